"""What a form sent: bounded, UTF-8, and nothing in it that cannot be stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from surehand.core.values import unstorable
from surehand.errors import Fault, InvalidInput

#: Bytes and fields that a form of ours may have.
_LARGEST = 1024 * 1024
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with its values in order. Line ends are as we keep them."""

    values: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """The last value of a field; '' when there is none."""
        found = self.values.get(name)
        return found[-1] if found else ""

    def all(self, name: str) -> Sequence[str]:
        """Every value of a field."""
        return self.values.get(name, ())

    def below(self, prefix: str) -> dict[str, str]:
        """Fields whose names begin with a prefix, without it."""
        return {n.removeprefix(prefix): v[-1] for n, v in self.values.items() if n.startswith(prefix)}


async def read(request: Request) -> Form:
    """The form of a request. Raises InvalidInput or HTTPException."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise HTTPException(413, "This form is larger than 1 MB, and nothing of it was taken.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded" and body:
        raise HTTPException(415, "Send the form as application/x-www-form-urlencoded.")
    if body.count(b"&") >= _MOST:
        raise HTTPException(413, f"This form has more than {_MOST:,} fields. Nothing of it was taken.")
    try:
        text = bytes(body).decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise InvalidInput([Fault("the form", "cannot be read as UTF-8")]) from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if fault := unstorable([name, value], path="the form"):
            raise InvalidInput([Fault(name.replace("\x00", "") or "the form", fault)])
        values.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\r", "\n"))
    return Form(values)


Sent = Annotated[Form, Depends(read)]
