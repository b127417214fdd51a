"""Work through the API: given back, handed on, put off, let come first."""

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Response
from pydantic import BaseModel

from surehand.core.case import Case
from surehand.core.precedence import Precedence
from surehand.flow import consult, handling
from surehand.flow.review import Also
from surehand.web import bodies, schemas
from surehand.web.identity import Caller, Calling
from surehand.web.named import CaseId, Of, changed, known
from surehand.web.once import IdempotencyKey, once
from surehand.web.requests import SignedRoute

router = APIRouter(route_class=SignedRoute)


def _once(
    caller: Caller, case_id: str, what: str, key: str | None, body: BaseModel, of: str | None,
    act: Callable[[Also[Case] | None], Case],
) -> Response:  # fmt: skip
    told = body.model_dump(mode="json") | ({"assignment": of} if of else {})
    return once(
        caller, key, route=f"{what} {case_id}", body=told, answer=partial(changed, caller), act=act
    )  # fmt: skip


@router.post(
    "/cases/{case_id}/release", tags=["Review"], operation_id="release_case", response_model=schemas.Changed
)
def release(
    caller: Calling, case_id: CaseId, body: bodies.Released, key: IdempotencyKey = None, of: Of = None
) -> Response:
    """Give what you have back to its queue: somebody else who may decide it gets it. The deadline stays."""
    consult.visible(caller.context, caller.person, known(case_id))
    return _once(
        caller, case_id, "release", key, body, of,
        lambda also: handling.release(
            caller.context, caller.person, case_id, of=of, note=body.note, also=also
        ),
    )  # fmt: skip


@router.post(
    "/cases/{case_id}/reassign", tags=["Review"], operation_id="reassign_case", response_model=schemas.Changed
)
def reassign(
    caller: Calling, case_id: CaseId, body: bodies.Reassigned, key: IdempotencyKey = None, of: Of = None
) -> Response:
    """Give a case to a named person who may decide it. For whoever answers for its queue, and for owners."""
    consult.visible(caller.context, caller.person, known(case_id))
    return _once(
        caller, case_id, "reassign", key, body, of,
        lambda also: handling.reassign(
            caller.context, caller.person, case_id, body.to, of=of, note=body.note, also=also
        ),
    )  # fmt: skip


@router.post(
    "/cases/{case_id}/snooze", tags=["Review"], operation_id="snooze_case", response_model=schemas.Changed
)
def snooze(
    caller: Calling, case_id: CaseId, body: bodies.Snoozed, key: IdempotencyKey = None, of: Of = None
) -> Response:
    """Put off what you have: until then it is not in your inbox. The deadline goes on."""
    consult.visible(caller.context, caller.person, known(case_id))
    return _once(
        caller, case_id, "snooze", key, body, of,
        lambda also: handling.snooze(
            caller.context, caller.person, case_id, body.until, of=of, note=body.note, also=also
        ),
    )  # fmt: skip


@router.post(
    "/cases/{case_id}/priority", tags=["Review"], operation_id="set_priority", response_model=schemas.Changed
)
def priority(
    caller: Calling, case_id: CaseId, body: bodies.Prioritised, key: IdempotencyKey = None, of: Of = None
) -> Response:
    """Say how soon a case that waits is looked at: what is urgent comes first in every list."""
    consult.visible(caller.context, caller.person, known(case_id))
    return _once(
        caller, case_id, "priority", key, body, of,
        lambda also: handling.prioritise(
            caller.context, caller.person, case_id, Precedence(body.priority), body.note, of=of, also=also
        ),
    )  # fmt: skip
