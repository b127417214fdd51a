"""What reviewers say beside their answers, through the API."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Path as InPath

from surehand.flow import consult, remarks
from surehand.flow.elsewhere import look_elsewhere
from surehand.flow.remarks import ProcessRemarks
from surehand.web import bodies, schemas
from surehand.web.identity import Calling
from surehand.web.named import CaseId, Of, changed, known
from surehand.web.once import IdempotencyKey, once
from surehand.web.requests import SignedRoute

router = APIRouter(route_class=SignedRoute)

_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,99}$"


@router.post(
    "/cases/{case_id}/elsewhere", tags=["Review"], operation_id="look_elsewhere",
    response_model=schemas.Changed,
)  # fmt: skip
def elsewhere(
    caller: Calling, case_id: CaseId, body: bodies.LookedElsewhere, key: IdempotencyKey = None,
    of: Of = None,
) -> Response:  # fmt: skip
    """Say what you had to look for outside the brief. It is counted and decides nothing; the last counts."""
    consult.visible(caller.context, caller.person, known(case_id))
    told = body.model_dump(mode="json") | ({"assignment": of} if of else {})
    return once(
        caller, key, route=f"elsewhere {case_id}", body=told, answer=partial(changed, caller),
        act=lambda also: look_elsewhere(
            caller.context, caller.person, case_id, body.what, body.words, of=of, round=body.round, also=also
        ),
    )  # fmt: skip


@router.get("/processes/{process}/remarks", tags=["Processes"], operation_id="get_remarks")
def of_process(
    caller: Calling, process: Annotated[str, InPath(description="The process.", pattern=_NAME)]
) -> ProcessRemarks:
    """How often the briefs of a process lacked something in the last 30 days, and what. Shares in [0, 1]."""
    return remarks.remarked(caller.context, process, person=caller.person)
