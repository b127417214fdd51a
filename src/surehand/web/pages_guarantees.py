"""The pages of guarantees, and what their owners say that they have read."""

from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from surehand.errors import Fault, InvalidInput
from surehand.flow import reporting
from surehand.web import session
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.guarantee_views import guarantee_view, guarantees_view
from surehand.web.identity import context_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/guarantees")
def guarantees_page(request: Request) -> Response:
    """What is promised here, and where it stands."""
    person, context = session.signed_in(request).person, context_of(request)
    found = reporting.summaries(context, person)
    news = {(one.process, one.point) for one in reporting.news_of(context, person)}
    return session.page(request, guarantees_view(session.shell(request, "guarantees"), found, news))


@router.get("/guarantees/{process}/{point}")
def guarantee_page(request: Request, process: str, point: str) -> Response:
    """One guarantee, with what it rests on."""
    person, context = session.signed_in(request).person, context_of(request)
    found = reporting.reported(context, process, point, person=person)
    return session.page(request, guarantee_view(session.shell(request, "guarantees"), found))


@router.post("/guarantees/{process}/{point}/read")
def read_news(request: Request, process: str, point: str, form: Sent) -> Response:
    """The owner has read what changed, up to what the page showed."""
    person = session.checked(request, form).person
    reporting.read(context_of(request), person, process, point, up_to=_up_to(form))
    home = form.one("from") == "home"
    return session.sent_on(request, "/" if home else f"/guarantees/{quote(process)}/{quote(point)}")


def _up_to(form: Form) -> int:
    text = form.one("up_to")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise InvalidInput([Fault("up_to", "must be the number of a message")])
    return int(text)
