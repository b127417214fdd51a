"""Help: the keys, what a brief says, how to take something back. Nothing in it is about any case."""

from fastapi import APIRouter, Request, Response

from surehand.web import session
from surehand.web.faults import PageRoute
from surehand.web.views import HelpView

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/help")
def help_page(request: Request) -> Response:
    """The same for everybody, signed in or not."""
    return session.page(request, HelpView(shell=session.shell(request, "help")))
