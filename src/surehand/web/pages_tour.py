"""The demo's first screen. It exists only inside the demo, on the machine itself."""

from typing import Protocol

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from surehand.errors import NotFound
from surehand.web import pages_sign_in, session
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.views import PersonView, ShellView, TourView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: A page that waits for a training asks again after so many seconds.
_AGAIN = "2"


class Tour(Protocol):
    """The demo, as its pages see it."""

    def shown(self, shell: ShellView, people: tuple[PersonView, ...]) -> TourView:
        """The page as things stand."""

    def busy(self) -> bool:
        """A training runs, so the page will soon say something else."""

    def learn(self) -> None:
        """Begin a training, unless one runs."""

    def change_a_cent(self) -> None:
        """Change a sum in the database, past the program, and check the audit."""

    def put_back(self) -> None:
        """Make it as it was."""


def of(request: Request) -> Tour | None:
    """The demo, for a browser that came through the address that it printed."""
    tour: Tour | None = request.app.state.tour
    return tour if pages_sign_in.in_demo(request) else None


def _of(request: Request) -> Tour:
    tour = of(request)
    if tour is None:
        raise NotFound("There is no such page.")
    return tour


@router.get("/tour")
def tour_page(request: Request) -> Response:
    """What just happened, and three things to try."""
    return drawn(request, _of(request))


def drawn(request: Request, tour: Tour) -> Response:
    """The page, for who is signed in and for who is not."""
    if session.current(request) is not None:
        view = tour.shown(session.shell(request, "tour"), ())
        response = session.page(request, view)
    else:
        people = pages_sign_in.demo_people(request)
        response = pages_sign_in.open_home(request, lambda shell: tour.shown(shell, people))
    if tour.busy():
        # an address that differs from this one: a browser only scrolls to a fragment of the page it is on
        again = "b" if request.query_params.get("look") == "a" else "a"
        response.headers["Refresh"] = f"{_AGAIN}; url=/tour?look={again}#learn"
    return response


@router.post("/tour/learn")
def learn(request: Request, form: Sent) -> Response:
    """Train on what people decided, then read fresh papers."""
    _checked(request, form).learn()
    return _back("learn")


@router.post("/tour/cent")
def cent(request: Request, form: Sent) -> Response:
    """Change one cent in the database, and let the audit name it."""
    _checked(request, form).change_a_cent()
    return _back("cent")


@router.post("/tour/back")
def put_back(request: Request, form: Sent) -> Response:
    """Put the cent back."""
    _checked(request, form).put_back()
    return _back("cent")


def _checked(request: Request, form: Form) -> Tour:
    """The demo, after the form's token was compared."""
    tour = _of(request)
    if session.current(request) is not None:
        session.checked(request, form)
    else:
        session.checked_visitor(request, form)
    return tour


def _back(place: str) -> Response:
    return RedirectResponse(f"/tour#{place}", status_code=303)
