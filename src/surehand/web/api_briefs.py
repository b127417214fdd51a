"""Briefs of a process through the API: how complete they are."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import Field

from surehand.core.completeness import Lack
from surehand.flow import lacking
from surehand.web.identity import Calling
from surehand.web.requests import SignedRoute
from surehand.web.schemas import Given

router = APIRouter(route_class=SignedRoute)

_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,99}$"


class LackShown(Given):
    """Something that briefs lack."""

    what: Lack
    words: str
    briefs: int = Field(description="How many of them lack it.")


class PointBriefs(Given):
    """The latest briefs of a decision point."""

    point: str
    briefs: int = Field(description="How many were looked at: the latest, waiting ones and others.")
    complete: int = Field(description="How many of them lack nothing.")
    lacks: list[LackShown]


class ProcessBriefs(Given):
    """How complete the latest briefs of a process are, by decision point."""

    process: str
    points: list[PointBriefs]


@router.get("/processes/{process}/briefs", tags=["Processes"], operation_id="get_briefs")
def briefs(
    caller: Calling, process: Annotated[str, InPath(description="The process.", pattern=_NAME)]
) -> ProcessBriefs:
    """How complete the latest briefs of a process are. It is read anew every five minutes."""
    found = lacking.shares(caller.context, process, person=caller.person)
    points = [
        PointBriefs(
            point=one.point, briefs=one.briefs, complete=one.complete,
            lacks=[LackShown(what=lack, words=lack.words, briefs=n) for lack, n in one.lacks.items()],
        )
        for one in found
    ]  # fmt: skip
    return ProcessBriefs(process=process, points=points)
