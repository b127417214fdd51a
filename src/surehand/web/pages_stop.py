"""Stopping automation, having it resume, and drills."""

from fastapi import APIRouter, Request, Response

from surehand.errors import InvalidInput, NotFound
from surehand.flow import stopping
from surehand.web import session
from surehand.web.faults import PageRoute
from surehand.web.forms import Sent
from surehand.web.identity import context_of
from surehand.web.stop_views import confirm_view, stops_view

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/stop")
def stops_page(request: Request) -> Response:
    """What is stopped and was, for everybody who is signed in."""
    person = session.signed_in(request).person
    found = stopping.overview(context_of(request), person)
    return session.page(request, stops_view(session.shell(request, "stop"), found))


@router.post("/stop")
def stop(request: Request, form: Sent) -> Response:
    """Stop a process or everything; asked back first."""
    person, context = session.checked(request, form).person, context_of(request)
    process, because = form.one("process"), form.one("because")
    try:
        said = stopping.may_stop(context, person, process or None, because=because)
        if form.one("confirmed") != "yes":
            return session.page(
                request, confirm_view(session.shell(request, "stop"), process=process, because=said)
            )
        stopping.stop(context, person, process or None, because=because)
    except InvalidInput as error:
        found = stopping.overview(context, person)
        told = "; ".join(f"{fault.message}" for fault in error.faults).capitalize() + "."
        view = stops_view(
            session.shell(request, "stop"), found, process=process, because=because[:2_000], error=told
        )
        return session.page(request, view, status=error.status)
    return session.sent_on(request, "/stop", notice="stopped", case_id="stop")


@router.post("/stop/drill")
def drill(request: Request, form: Sent) -> Response:
    """Stop it for a moment, to see that it works."""
    person = session.checked(request, form).person
    stopping.drill(context_of(request), person, form.one("process") or None)
    return session.sent_on(request, "/stop", notice="drilled", case_id="stop")


@router.post("/stop/{id}/resume")
def ask_to_resume(request: Request, id: str, form: Sent) -> Response:
    """Ask for a stop to end."""
    person = session.checked(request, form).person
    stopping.ask_to_resume(context_of(request), person, _number(id))
    return session.sent_on(request, "/stop", notice="asked", case_id="stop")


@router.post("/stop/{id}/agree")
def agree(request: Request, id: str, form: Sent) -> Response:
    """Agree that it ends."""
    person = session.checked(request, form).person
    stopping.agree(context_of(request), person, _number(id))
    return session.sent_on(request, "/stop", notice="resumed", case_id="stop")


@router.post("/stop/{id}/keep")
def keep_stopped(request: Request, id: str, form: Sent) -> Response:
    """Do not resume as somebody asks."""
    person = session.checked(request, form).person
    stopping.keep_stopped(context_of(request), person, _number(id))
    return session.sent_on(request, "/stop", notice="kept", case_id="stop")


def _number(text: str) -> int:
    """The number of a stop, from an address. Raises NotFound for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise NotFound("There is no such stop.")
    return int(text)
