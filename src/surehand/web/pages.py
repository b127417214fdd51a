"""The desk: pages for people, rendered on the server."""

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from surehand.core.case import CaseState
from surehand.core.remarks import TAGS
from surehand.flow import desk, reaching, reporting, searching
from surehand.store import versions
from surehand.web import (
    faults,
    pages_capacity,
    pages_case,
    pages_files,
    pages_guarantees,
    pages_handling,
    pages_help,
    pages_inbox,
    pages_messages,
    pages_people,
    pages_remarks,
    pages_sign_in,
    pages_slack,
    pages_stop,
    pages_tour,
    pages_verdict,
    session,
)
from surehand.web.change_views import changed_for
from surehand.web.desk_views import cases_view, home_view, processes_view
from surehand.web.faults import PageRoute
from surehand.web.guarantee_views import news_views
from surehand.web.headers import SecurityHeaders
from surehand.web.identity import context_of
from surehand.web.message_views import row_view
from surehand.web.paging import cursor, mark_of
from surehand.web.rendering import STATIC

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_LONGEST_SEARCH = 200


def install(app: FastAPI) -> None:
    """Add the desk's pages, static files and headers. Settings and context are in the application's state."""
    session.prepare(app)
    parts = (
        pages_sign_in,
        pages_case,
        pages_handling,
        pages_help,
        pages_inbox,
        pages_files,
        pages_guarantees,
        pages_capacity,
        pages_messages,
        pages_people,
        pages_remarks,
        pages_slack,
        pages_stop,
        pages_tour,
        pages_verdict,
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
    shell = session.shell(request, "home")
    today = desk.today(context, current.person, zone=shell.manner.zone)
    news = news_views(reporting.news_of(context, current.person))
    newest = tuple(row_view(context, one) for one in reaching.newest(context, current.person))
    view = home_view(
        context, shell, today, news=news, messages=newest, mine=desk.soonest(context, current.person),
        changed=changed_for(request), tour=tour is not None,
    )  # fmt: skip
    return session.page(request, view)


@router.get("/above")
def above_page(request: Request) -> Response:
    """What stands above a page: what just happened, and what can be undone."""
    session.signed_in(request, watching=True)
    return session.above(request)


#: Browsers that can make the case that follows ready before the one that is open is decided.
_AHEAD = b'{"prerender": [{"where": {"selector_matches": "a[data-following]"}, "eagerness": "immediate"}]}'


@router.get("/ahead.json")
def ahead_rules(request: Request) -> Response:
    """Which page a browser may make ready ahead of its time."""
    session.signed_in(request, watching=True)
    return Response(_AHEAD, media_type="application/speculationrules+json")


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
    if text and not (state or process or after) and (case_id := searching.numbered(context, person, text)):
        return _onto(request, f"/cases/{case_id}")
    found = searching.search(
        context, person, text=text, state=CaseState(state) if state else None, process=process or None,
        tag=tag or None, after=after,
    )  # fmt: skip
    page = cases_view(
        context, session.shell(request, "cases"), found, query=text, state=state, process=process,
        tag=tag, cursor=cursor(found.after) if found.after else None, later=after is not None,
    )  # fmt: skip
    return session.page(request, page)


def _onto(request: Request, path: str) -> Response:
    """To another page; the script of a list would take a part of it for its own."""
    if "hx-request" in request.headers:
        return Response(headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)


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
