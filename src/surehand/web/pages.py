"""The desk: pages for people, rendered on the server."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.responses import JSONResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from surehand.core.case import CaseState
from surehand.core.remarks import TAGS
from surehand.flow import desk, reaching, reporting
from surehand.store import versions
from surehand.web import (
    faults,
    pages_capacity,
    pages_case,
    pages_files,
    pages_guarantees,
    pages_handling,
    pages_messages,
    pages_people,
    pages_remarks,
    pages_sign_in,
    pages_slack,
    pages_stop,
    pages_tour,
    session,
)
from surehand.web.desk_views import cases_view, home_view, inbox_view, processes_view
from surehand.web.faults import PageRoute
from surehand.web.guarantee_views import news_views
from surehand.web.headers import SecurityHeaders
from surehand.web.identity import context_of
from surehand.web.message_views import row_view
from surehand.web.paging import cursor, mark_of
from surehand.web.rendering import STATIC

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_SEARCH = 200


def install(app: FastAPI) -> None:
    """Add the desk's pages, static files and headers. Settings and context are in the application's state."""
    session.prepare(app)
    parts = (
        pages_sign_in,
        pages_case,
        pages_handling,
        pages_files,
        pages_guarantees,
        pages_capacity,
        pages_messages,
        pages_people,
        pages_remarks,
        pages_slack,
        pages_stop,
        pages_tour,
    )
    for part in (router, *(pages.router for pages in parts)):
        app.include_router(part)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    faults.install(app)
    app.add_middleware(SecurityHeaders, https=str(app.state.settings.url).startswith("https:"))


@router.get("/")
def home_page(request: Request) -> Response:
    """Today; in the demo, for who is not signed in, what just happened there."""
    tour = pages_tour.of(request)
    current = session.current(request)
    if current is None:
        return pages_tour.drawn(request, tour) if tour else RedirectResponse("/signin", status_code=303)
    context = context_of(request)
    today = desk.today(context, current.person)
    news = news_views(reporting.news_of(context, current.person))
    newest = tuple(row_view(context, one) for one in reaching.newest(context, current.person))
    view = home_view(
        context, session.shell(request, "home"), today, news=news, messages=newest, tour=tour is not None
    )
    return session.page(request, view)


@router.get("/inbox")
def inbox_page(request: Request) -> Response:
    """What waits."""
    person = session.signed_in(request).person
    context, asked = context_of(request), request.query_params
    view = session.fits("view", asked.get("view", "mine"), desk.VIEWS)
    queue = asked.get("queue", "")
    found = desk.pile(context, person, view, queue=queue, after=mark_of(asked.get("cursor")))
    shell = session.shell(request, "inbox")
    since = (shell.now - _EPOCH) // timedelta(microseconds=1)
    live = f"/inbox/live?view={view}&queue={queue}&since={since}"
    following = cursor(found.after) if found.after else None
    page = inbox_view(context, shell, found, view=view, queue=queue, cursor=following, live=live)
    return session.page(request, page)


@router.get("/inbox/live")
def inbox_news(request: Request) -> Response:
    """How many cases have come into a view since a time: {"new": 3}, or 304."""
    person = session.signed_in(request, watching=True).person
    context, asked = context_of(request), request.query_params
    view = session.fits("view", asked.get("view", "mine"), desk.VIEWS)
    text = asked.get("since", "0")
    microseconds = int(text) if text.isascii() and text.isdigit() and len(text) <= 17 else 0
    since = _EPOCH + timedelta(microseconds=microseconds)
    count = desk.newer(context, person, view, queue=asked.get("queue", ""), since=since)
    tag = f'"{count}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return JSONResponse({"new": count}, headers={"ETag": tag})


@router.get("/cases")
def cases_page(request: Request) -> Response:
    """Search."""
    person = session.signed_in(request).person
    context, asked = context_of(request), request.query_params
    text = asked.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    state, process, tag = (asked.get(name, "") for name in ("state", "process", "tag"))
    if state:
        session.fits("state", state, tuple(CaseState))
    if process:
        session.fits("process", process, tuple(context.processes.current))
    if tag:
        session.fits("tag", tag, tuple(TAGS))
    after = mark_of(asked.get("cursor"))
    rows, last = desk.search(
        context, person, text=text, state=CaseState(state) if state else None, process=process or None,
        tag=tag or None, after=after,
    )  # fmt: skip
    page = cases_view(
        context, session.shell(request, "cases"), rows, query=text, state=state, process=process,
        tag=tag, cursor=cursor(last) if last else None, later=after is not None,
    )  # fmt: skip
    return session.page(request, page)


@router.get("/processes")
def processes_page(request: Request) -> Response:
    """The maps that run here."""
    person = session.signed_in(request).person
    context = context_of(request)
    with context.db.read() as connection:
        published = versions.current(connection)
    waiting = desk.waiting_by_process(context, person)
    return session.page(
        request, processes_view(context, session.shell(request, "processes"), published, waiting)
    )
