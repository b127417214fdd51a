"""Signing in and out."""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from surehand.errors import Forbidden, NotFound, TooManyAttempts, Unauthenticated
from surehand.flow import access
from surehand.store.access import Session
from surehand.web import session
from surehand.web.desk_views import person_view
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.views import PageView, PersonView, ShellView, SigninView
from surehand.web.written import brought, carried, keep_draft

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: Browsers on the machine itself; nobody else may be one of the demo's people.
_HERE = frozenset({"127.0.0.1", "::1"})

_DEMO_COOKIE = "surehand_demo"

_BRIEF = re.compile(r"/cases/([A-Za-z0-9][A-Za-z0-9._-]{0,79})/brief(?:\?|$)")

_SIGNED_OUT = "You were signed out while you wrote."
_IS_KEPT = "Nothing was recorded. What you wrote goes along with this form, and is on its brief again."


@router.get("/signin")
def sign_in_page(request: Request) -> Response:
    """The form; who is signed in already goes on."""
    path = session.local_path(request.query_params.get("next", "/"))
    if session.current(request) is not None:
        return RedirectResponse(path, status_code=303)
    return _form(request, path=path)


@router.post("/signin")
def sign_in(request: Request, form: Sent) -> Response:
    """Check name and password, or take a demo person; a new session each time."""
    path = session.local_path(form.one("next") or "/")
    carries = brought(form)
    try:
        session.checked_visitor(request, form)
        token, begun = _begun(request, form)
    except (Unauthenticated, TooManyAttempts, Forbidden) as error:
        return _form(
            request, path=path, name=form.one("name"), error=error.detail, status=error.status,
            carries=carries,
        )  # fmt: skip
    case_id = _carried_on(request, begun.person, path, carries)
    response = session.sent_on(request, path, notice="back" if case_id else "", case_id=case_id)
    session.begin_session(request, response, token)
    return response


def _carried_on(request: Request, person: str, path: str, carries: Form) -> str:
    """What somebody wrote before they were signed out becomes their draft. Returns the case; '' for none."""
    found = _BRIEF.match(path)
    if not carries.values or found is None:
        return ""
    return found[1] if keep_draft(context_of(request), person, found[1], carries) else ""


def signed_out(request: Request, path: str, form: Form) -> Response:
    """401: the form to sign in, which carries what was written.

    path  of the brief that it was written on
    """
    return _form(request, path=path, status=Unauthenticated.status, carries=form)


def _begun(request: Request, form: Form) -> tuple[str, Session]:
    context, former = context_of(request), session.session_token(request)
    chosen = form.one("as")
    if chosen:
        if not in_demo(request):
            raise Forbidden("Nobody signs in here without a password.")
        return access.sign_in_as(context, chosen, former=former)
    address = _address(request)
    return access.sign_in(context, form.one("name"), form.one("password"), former=former, address=address)


def _address(request: Request) -> str:
    """Where a browser is. A proxy on this machine that is not trusted to tell hides it: then ''."""
    host = request.client.host if request.client else ""
    return "" if host in _HERE else host


@router.post("/signout")
def sign_out(request: Request, form: Sent) -> Response:
    """End the session."""
    session.checked(request, form)
    token = session.session_token(request)
    if token:
        access.sign_out(context_of(request), token)
    response = RedirectResponse("/signin", status_code=303)
    session.end_session(response)
    return response


@router.get("/demo/{token}")
def enter_demo(request: Request, token: str) -> Response:
    """The address that `surehand demo` prints: this browser may be any of the made-up people."""
    if not _is_demo_token(request, token):
        raise NotFound("There is no such page.")
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(_DEMO_COOKIE, token, httponly=True, samesite="strict", path="/")
    return response


def in_demo(request: Request) -> bool:
    """The browser is on this machine and came through the address that the demo printed."""
    return _is_demo_token(request, request.cookies.get(_DEMO_COOKIE, ""))


def _is_demo_token(request: Request, token: str) -> bool:
    expected: str | None = request.app.state.demo_token
    host = request.client.host if request.client else ""
    given = token.encode("utf-8", "surrogatepass")
    return expected is not None and host in _HERE and secrets.compare_digest(given, expected.encode())


def demo_people(request: Request) -> tuple[PersonView, ...]:
    """Who may sign in by a click: the demo's people, busiest first, in a browser that entered the demo."""
    if not in_demo(request):
        return ()
    office = context_of(request).office()
    people = [(name, person) for name, person in office.people.people.items() if person.active]
    people.sort(key=lambda one: -office.loads.get(one[0], 0))
    return tuple(person_view(name, person, office.loads.get(name, 0)) for name, person in people)


def open_home(request: Request, draw: Callable[[ShellView], PageView]) -> Response:
    """A page for somebody who is not signed in, whose form signs in."""
    cookie, csrf = session.visitor_token(request)
    response = session.page(request, draw(replace(session.shell(request, "home"), csrf=csrf)))
    session.bind_visitor(request, response, cookie)
    return response


def _form(
    request: Request, *, path: str, name: str = "", error: str = "", status: int = 200,
    carries: Form | None = None,
) -> Response:  # fmt: skip
    cookie, csrf = session.visitor_token(request)
    shell = replace(session.shell(request), person=None, csrf=csrf, notice="")
    people = demo_people(request)
    along = carried(carries) if carries is not None else ()
    view = SigninView(
        shell=shell, name=name[:200], error=error, next=path, people=people, carried=along,
        notice=_SIGNED_OUT if along else "", kept=_IS_KEPT if along else "",
    )  # fmt: skip
    response = session.page(request, view, status)
    if status == TooManyAttempts.status:
        response.headers["Retry-After"] = str(int(access.WINDOW.total_seconds()))
    session.bind_visitor(request, response, cookie)
    return response
