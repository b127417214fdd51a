"""Guarantees through the API: where they stand, and what they rest on."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath

from surehand.flow import reporting
from surehand.flow.reporting import GuaranteeReport
from surehand.web import schemas
from surehand.web.identity import Calling
from surehand.web.requests import SignedRoute

router = APIRouter(route_class=SignedRoute)

_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,99}$"


@router.get("/guarantees", tags=["Guarantees"], operation_id="list_guarantees")
def guarantees(caller: Calling) -> schemas.Guarantees:
    """The guarantees of the processes whose cases you may see, in short."""
    return schemas.Guarantees(guarantees=reporting.summaries(caller.context, caller.person))


@router.get("/guarantees/{process}/{point}", tags=["Guarantees"], operation_id="get_guarantee")
def guarantee(
    caller: Calling,
    process: Annotated[str, InPath(description="The process.", pattern=_NAME)],
    point: Annotated[str, InPath(description="The decision point.", pattern=_NAME)],
) -> GuaranteeReport:
    """All that a guarantee's page shows. Shares lie between 0 and 1, and intervals are of 95 %."""
    return reporting.reported(caller.context, process, point, person=caller.person)
