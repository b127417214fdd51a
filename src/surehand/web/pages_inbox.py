"""The inbox: what waits, narrowed and ordered."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from surehand.errors import Fault, InvalidInput
from surehand.flow import inbox
from surehand.store.desk import COUNTED
from surehand.web import narrowing, session
from surehand.web.faults import PageRoute
from surehand.web.identity import context_of
from surehand.web.inbox_views import inbox_view
from surehand.web.paging import mark_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@router.get("/inbox")
def inbox_page(request: Request) -> Response:
    """What waits. What cannot be looked for is said beside it, with the status 422."""
    person = session.signed_in(request).person
    context, given = context_of(request), request.query_params
    asked = narrowing.asked(context, given.multi_items())
    found = inbox.pile(
        context, person, asked.wanted, after=mark_of(given.get("cursor")), skip=_skip(given.get("skip"))
    )
    shell = session.shell(request, "inbox")
    since = (shell.now - _EPOCH) // timedelta(microseconds=1)
    live = f"/inbox/live?{urlencode([*narrowing.pairs_of(asked.wanted), ('since', since)])}"
    view = inbox_view(context, shell, found, asked, live="" if asked.faults else live)
    return session.page(request, view, 422 if asked.faults else 200)


def _skip(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= COUNTED):
        raise InvalidInput([Fault("skip", "is not one that this list gave; leave it out to begin")])
    return int(text)


@router.get("/inbox/live")
def inbox_news(request: Request) -> Response:
    """How many cases have come into a list since a time: {"new": 3}, or 304."""
    person = session.signed_in(request, watching=True).person
    context, given = context_of(request), request.query_params
    text = given.get("since", "0")
    microseconds = int(text) if text.isascii() and text.isdigit() and len(text) <= 17 else 0
    since = _EPOCH + timedelta(microseconds=microseconds)
    wanted = narrowing.asked(context, given.multi_items()).wanted
    with context.db.read() as connection:
        count = inbox.newer(context, connection, person, wanted, since=since)
    tag = f'"{count}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return JSONResponse({"new": count}, headers={"ETag": tag})
