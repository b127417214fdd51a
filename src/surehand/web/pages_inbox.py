"""The inbox: what waits, narrowed and ordered, saved views of it, and what is done with several cases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from surehand.core.digest import digest
from surehand.core.precedence import Precedence
from surehand.errors import Conflict, Fault, InvalidInput, NotFound
from surehand.flow import inbox, putting_back, saved, selected
from surehand.flow.selected import MOST, TASKS, Picked, Task
from surehand.store.tally import COUNTED
from surehand.web import narrowing, session
from surehand.web.change_views import changed_for
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.inbox_views import done_view, inbox_view, saved_views, told_view
from surehand.web.narrowing import Asked
from surehand.web.pages_handling import time_of
from surehand.web.paging import mark_of
from surehand.web.views import ShellView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@router.get("/inbox")
def inbox_page(request: Request) -> Response:
    """What waits. What cannot be looked for is said beside it, with the status 422."""
    person = session.signed_in(request).person
    context, given = context_of(request), request.query_params
    asked, name = _asked(request, person)
    found = inbox.pile(
        context, person, asked.wanted, after=mark_of(given.get("cursor")), skip=_skip(given.get("skip"))
    )
    views = saved_views(context, person, found.aside.saved, _zone(request))
    done = putting_back.done(context, person, given["done"]) if given.get("done") else found.aside.last
    shell = session.shell(request, "inbox", bearings=found.bearings)
    since = (shell.now - _EPOCH) // timedelta(microseconds=1)
    live = f"/inbox/live?{urlencode([*narrowing.pairs_of(asked.wanted), ('since', since)])}"
    view = inbox_view(
        context, shell, found, asked, live=live, here=_here(request), saved=views, name=name,
        done=done_view(done, context.clock()), changed=changed_for(request, briefly=True),
    )  # fmt: skip
    return session.page(request, view, 422 if asked.faults and not name else 200)


def _asked(request: Request, person: str) -> tuple[Asked, str]:
    """The list that an address asks for, and the name of the saved view that it is. Raises NotFound."""
    context, given, zone = context_of(request), request.query_params, _zone(request)
    name = given.get("saved", "")
    if not name:
        return narrowing.asked(context, given.multi_items(), zone), ""
    one = next((one for one in saved.of_person(context, person) if one.name == name), None)
    if one is None:
        raise NotFound("You have no saved view of that name")
    asked, gone = narrowing.stored(context, person, one.query, zone)
    return replace(asked, faults=asked.faults or {"saved": gone}) if gone else asked, name


def _zone(request: Request) -> tzinfo:
    return session.manner_of_reader(request).zone


def _here(request: Request) -> str:
    """The address of this page, without what was done on it."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name != "done"]
    return f"/inbox?{urlencode(pairs)}" if pairs else "/inbox"


def _skip(text: str | None) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= COUNTED):
        raise InvalidInput([Fault("skip", "is not one that this list gave; leave it out to begin")])
    return int(text)


@router.get("/inbox/live")
def inbox_news(request: Request) -> Response:
    """What has changed of a list that somebody looks at, or 304.

    {"new": 3, "counts": {"mine": "14", ...}, "told": "14 cases.", "has": {...}, "decided": {...}}

    since  microseconds; row: the assignments that are shown
    """
    person = session.signed_in(request, watching=True).person
    context, given = context_of(request), request.query_params
    text = given.get("since", "0")
    microseconds = int(text) if text.isascii() and text.isdigit() and len(text) <= 17 else 0
    since = _EPOCH + timedelta(microseconds=microseconds)
    asked = narrowing.asked(context, given.multi_items(), _zone(request))
    ids = [one for one in given.getlist("row") if one.isascii() and len(one) <= 120][:MOST]
    found = inbox.pulse(context, person, asked.wanted, since=since, ids=ids)
    views = saved_views(context, person, saved.of_person(context, person), _zone(request))
    shell = ShellView(now=context.clock(), person=person, manner=session.manner_of_reader(request))
    told = told_view(request.app.state.templates, shell, found, asked, views)
    tag = f'"{digest(told)[:32]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return JSONResponse(told, headers={"ETag": tag})


# Saved views


@router.post("/inbox/views")
def save_view(request: Request, form: Sent) -> Response:
    """Save a list under a name."""
    person, context = session.checked(request, form).person, context_of(request)
    asked = narrowing.asked(context, parse_qsl(form.one("query")), _zone(request))
    if asked.faults:
        raise InvalidInput([Fault(name, why) for name, why in asked.faults.items()])
    one = saved.save(context, person, form.one("name"), urlencode(narrowing.pairs_of(asked.wanted)))
    return session.sent_on(request, _of_view(one.name), notice="view_saved")


@router.post("/inbox/views/rename")
def rename_view(request: Request, form: Sent) -> Response:
    """Call it otherwise."""
    person, context = session.checked(request, form).person, context_of(request)
    name = saved.rename(context, person, form.one("view"), form.one("name"))
    return session.sent_on(request, _of_view(name), notice="view_renamed")


@router.post("/inbox/views/remove")
def remove_view(request: Request, form: Sent) -> Response:
    """Remove it; the cases stay."""
    person, context = session.checked(request, form).person, context_of(request)
    saved.remove(context, person, form.one("view"))
    return session.sent_on(request, "/inbox", notice="view_removed")


def _of_view(name: str) -> str:
    return f"/inbox?{urlencode({'saved': name})}"


# Several cases at once


@router.post("/inbox/selected")
def do_selected(request: Request, form: Sent) -> Response:
    """Do one thing with all that are selected; the page says how many were done, and who was refused why."""
    person, context = session.checked(request, form).person, context_of(request)
    here = _back(form)
    names = form.all("shown") if form.one("all") else form.all("row")
    if not names:
        return session.sent_on(request, here, notice="none_selected")
    what = session.fits("task", form.one("task"), TASKS)
    task = Task(
        what=what, until=time_of(form.one("until")), to=form.one("to"), note=form.one("note"),
        precedence=Precedence(session.fits("priority", form.one("priority") or "normal", tuple(Precedence))),
    )  # fmt: skip
    record = selected.together(context, person, _picked(names), task)
    return session.sent_on(request, _with(here, record.id))


@router.post("/inbox/undo")
def undo_handled(request: Request, form: Sent) -> Response:
    """Put back what was just done."""
    person, context = session.checked(request, form).person, context_of(request)
    try:
        record = putting_back.put_back(context, person, form.one("id"))
    except (Conflict, NotFound):
        return session.sent_on(request, _back(form), notice="too_late")
    return session.sent_on(request, _with(_back(form), record.id))


def _picked(names: Sequence[str]) -> list[Picked]:
    """A case and its assignment, as the boxes of a page name them."""
    found = []
    for name in names:
        case_id, _, of = name.partition(" ")
        found.append(Picked(session.case_id_of(case_id), of))
    return found


def _back(form: Form) -> str:
    path = session.local_path(form.one("here"))
    return path if path.partition("?")[0] == "/inbox" else "/inbox"


def _with(path: str, done: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{urlencode({'done': done})}"
