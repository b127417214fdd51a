"""The same Idempotency-Key with the same body gets the same answer, given once."""

import re
import string
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Header, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Connection

from surehand.core.digest import digest
from surehand.errors import Conflict, Fault, InvalidInput
from surehand.flow.review import Also
from surehand.store import idempotency
from surehand.store.idempotency import Kept, Slot
from surehand.web.identity import Caller

T = TypeVar("T")

LONGEST_KEY = 200
_PRINTABLE = frozenset(string.printable) - frozenset("\t\n\r\x0b\x0c")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Your name for this request, up to 200 printable ASCII characters. Send it again with "
        "the same body after a lost connection: nothing happens twice, and the answer is the same.",
    ),
]


def checked_key(key: str | None) -> str | None:
    """A key that can be stored. Raises InvalidInput."""
    if key is not None and (not 0 < len(key) <= LONGEST_KEY or not _PRINTABLE.issuperset(key)):
        raise InvalidInput(
            [Fault("Idempotency-Key", f"must have 1 to {LONGEST_KEY} printable ASCII characters")]
        )
    return key


def revision_seen(seen: str | None, of: str = "the case") -> int | None:
    """The revision of an If-Match header. Raises InvalidInput for what is no ETag of ours."""
    if seen is None or seen.strip() == "*":
        return None
    found = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', seen.strip(), re.ASCII)
    if found is None:
        raise InvalidInput([Fault("If-Match", f'must be the ETag of {of}, such as "7"')])
    return int(found[1])


def once(
    caller: Caller,
    key: str | None,
    *,
    route: str,
    body: Any,
    act: Callable[[Also[T] | None], object],
    answer: Callable[[Connection, T], BaseModel],
) -> Response:
    """Act and answer; with a key, remember the answer in the same transaction, or give the one remembered.

    route   what is asked, with the case's number
    body    everything that makes it the same request, as JSON
    act     the verb; calls what it is given in its transaction, with its result
    answer  the response to a result, as the caller may see it
    """
    given: list[Kept] = []
    if checked_key(key) is None:
        act(lambda connection, result: given.append(_kept(answer(connection, result))))
        return _response(given[-1])
    assert key is not None
    slot = Slot(caller.person, route, key, digest(body))
    if (known := _found(caller, slot)) is not None:
        return _response(known, again=True)

    def remember(connection: Connection, result: T) -> None:
        kept = _kept(answer(connection, result))
        idempotency.keep(connection, slot, kept, now=caller.context.clock())
        given.append(kept)

    try:
        act(remember)
    except Conflict:
        # the same request may have won while this one looked
        if (known := _found(caller, slot)) is not None:
            return _response(known, again=True)
        raise
    return _response(given[-1])


def _found(caller: Caller, slot: Slot) -> Kept | None:
    with caller.context.db.read() as connection:
        return idempotency.find(connection, slot, now=caller.context.clock())


def _kept(model: BaseModel) -> Kept:
    return Kept(200, model.model_dump(mode="json"))


def _response(kept: Kept, *, again: bool = False) -> Response:
    headers = {"Idempotency-Replayed": "true"} if again else {}
    rev = (kept.response.get("case") or kept.response).get("rev")
    if rev is not None:
        headers["ETag"] = f'"{rev}"'
    return JSONResponse(kept.response, status_code=kept.status, headers=headers)
