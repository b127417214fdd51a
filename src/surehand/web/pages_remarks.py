"""The page of what reviewers of a process say beside their answers."""

from fastapi import APIRouter, Request, Response

from surehand.flow import remarks
from surehand.web import session
from surehand.web.faults import PageRoute
from surehand.web.identity import context_of
from surehand.web.remark_views import remarks_view

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/processes/{process}/remarks")
def remarks_page(request: Request, process: str) -> Response:
    """What its briefs lacked."""
    person, context = session.signed_in(request).person, context_of(request)
    found = remarks.remarked(context, process, person=person)
    return session.page(request, remarks_view(session.shell(request, "processes"), found))
