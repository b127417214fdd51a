"""The page of what reviewers of a process say beside their answers, and what its owner does with it."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from surehand.errors import Conflict
from surehand.flow import remarks, wording
from surehand.web import session
from surehand.web.faults import PageRoute
from surehand.web.forms import Sent
from surehand.web.identity import context_of
from surehand.web.remark_views import remarks_view

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/processes/{process}/remarks")
def remarks_page(request: Request, process: str) -> Response:
    """What its briefs lacked, and which reasons its map could have."""
    person, context = session.signed_in(request).person, context_of(request)
    found = remarks.remarked(context, process, person=person)
    proposed = wording.proposals(context, process, person=person)
    return session.page(request, remarks_view(session.shell(request, "processes"), found, proposed))


@router.post("/processes/{process}/reasons/aside")
def set_reason_aside(request: Request, process: str, form: Sent) -> Response:
    """The owner does not want a proposed reason."""
    person = session.checked(request, form).person
    notice = "aside"
    try:
        wording.set_aside(
            context_of(request), person, process, form.one("point"), form.one("id"), form.one("note")
        )
    except Conflict:
        notice = "not_aside"
    return session.sent_on(request, f"/processes/{quote(process)}/remarks", notice=notice)
