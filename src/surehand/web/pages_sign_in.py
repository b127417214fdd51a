"""Signing in and out."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from surehand.errors import Forbidden, TooManyAttempts, Unauthenticated
from surehand.flow import access
from surehand.web import session
from surehand.web.desk_views import person_view
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.views import PageView, PersonView, ShellView, SigninView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: People who sit at the machine itself.
_HERE = frozenset({"127.0.0.1", "::1", "testclient"})


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
    try:
        session.checked_visitor(request, form)
        token = _token(request, form)
    except (Unauthenticated, TooManyAttempts) as error:
        return _form(request, path=path, name=form.one("name"), error=error.detail, status=error.status)
    except Forbidden as error:
        return _form(request, path=path, name=form.one("name"), error=error.detail, status=403)
    response = session.sent_on(request, path)
    session.begin_session(request, response, token)
    return response


def _token(request: Request, form: Form) -> str:
    context, former = context_of(request), session.session_token(request)
    chosen = form.one("as")
    if chosen:
        if chosen not in [person.name for person in demo_people(request)]:
            raise Forbidden("Nobody signs in here without a password.")
        return access.sign_in_as(context, chosen, former=former)[0]
    return access.sign_in(context, form.one("name"), form.one("password"), former=former)[0]


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


def demo_people(request: Request) -> tuple[PersonView, ...]:
    """Who may sign in by a click: in development mode, at this machine, and only who has no password."""
    host = request.client.host if request.client else ""
    if host not in _HERE:
        return ()
    context = context_of(request)
    names = access.without_password(context)
    return tuple(person_view(name, context.people.people[name]) for name in names)


def open_home(request: Request, draw: Callable[[ShellView], PageView]) -> Response:
    """A page for somebody who is not signed in, whose form signs in."""
    cookie, csrf = session.visitor_token(request)
    response = session.page(request, draw(replace(session.shell(request, "home"), csrf=csrf)))
    session.bind_visitor(request, response, cookie)
    return response


def _form(request: Request, *, path: str, name: str = "", error: str = "", status: int = 200) -> Response:
    cookie, csrf = session.visitor_token(request)
    shell = replace(session.shell(request), person=None, csrf=csrf, notice="")
    people = demo_people(request)
    view = SigninView(shell=shell, name=name[:200], error=error, next=path, people=people)
    response = session.page(request, view, status)
    session.bind_visitor(request, response, cookie)
    return response
