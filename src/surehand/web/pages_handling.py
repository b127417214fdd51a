"""What people do with a case other than decide it, as forms; and who else looks at it."""

from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse

from surehand.core.case import BESIDE
from surehand.core.deadlines import Waiter
from surehand.core.precedence import Precedence
from surehand.errors import Conflict, Fault, InvalidInput
from surehand.flow import desk, handling, looking, selected, urgency
from surehand.flow.review import claim
from surehand.flow.standing import looked_at
from surehand.web import session
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.handling_views import sentence
from surehand.web.identity import context_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

#: How many cases that others take at the same moment "Claim next" passes over.
_TRIES = 8


@router.post("/inbox/next")
def claim_next(request: Request, form: Sent) -> Response:
    """Take over the most urgent case that others have, and open it."""
    person, context = session.checked(request, form).person, context_of(request)
    queue = form.one("queue")
    for _ in range(_TRIES):
        found = desk.next_claimable(context, person, queue=queue)
        if found is None:
            break
        of = found.id if found.kind in BESIDE else None
        try:
            verb = partial(claim, context, person, found.case_id, of=of)
            selected.alone(context, person, "claim", found.case_id, of, verb)
        except Conflict:
            continue  # somebody was faster: the next one
        return session.sent_on(request, _brief(found.case_id, of), notice="claim", case_id=found.case_id)
    here = f"/inbox?view=queues&queue={quote(queue)}" if queue else "/inbox?view=queues"
    return session.sent_on(request, here, notice="none_free")


@router.post("/cases/{case_id}/release")
def release_case(request: Request, case_id: str, form: Sent) -> Response:
    """Give it back to its queue."""
    person, name, of = _asked(request, case_id, form)
    context = context_of(request)
    try:
        verb = partial(handling.release, context, person, name, of=of, note=form.one("note"))
        selected.alone(context, person, "release", name, of, verb)
    except Conflict as error:
        return _not_done(request, name, of, error)
    return session.sent_on(request, "/inbox", notice="release", case_id=name)


@router.post("/cases/{case_id}/reassign")
def reassign_case(request: Request, case_id: str, form: Sent) -> Response:
    """Give it to a named person."""
    person, name, of = _asked(request, case_id, form)
    context = context_of(request)
    try:
        verb = partial(handling.reassign, context, person, name, form.one("to"), of=of, note=form.one("note"))
        selected.alone(context, person, "reassign", name, of, verb)
    except Conflict as error:
        return _not_done(request, name, of, error)
    return session.sent_on(request, "/inbox", notice="reassign", case_id=name)


@router.post("/cases/{case_id}/snooze")
def snooze_case(request: Request, case_id: str, form: Sent) -> Response:
    """Put it off until a time; without a time take it up again."""
    person, name, of = _asked(request, case_id, form)
    context, until = context_of(request), time_of(form.one("until"))
    try:
        verb = partial(handling.snooze, context, person, name, until, of=of, note=form.one("note"))
        selected.alone(context, person, "snooze", name, of, verb)
    except Conflict as error:
        return _not_done(request, name, of, error)
    if until is None:
        return session.sent_on(request, _brief(name, of), notice="awake", case_id=name)
    return session.sent_on(request, "/inbox", notice="snooze", case_id=name)


@router.post("/cases/{case_id}/priority")
def prioritise_case(request: Request, case_id: str, form: Sent) -> Response:
    """Say how soon it is looked at."""
    person, name, of = _asked(request, case_id, form)
    context = context_of(request)
    chosen = session.fits("priority", form.one("priority"), tuple(Precedence))
    try:
        verb = partial(
            handling.prioritise, context, person, name, Precedence(chosen), form.one("note"), of=of
        )
        selected.alone(context, person, "priority", name, of, verb)
    except Conflict as error:
        return _not_done(request, name, of, error)
    return session.sent_on(request, _brief(name, of), notice="priority", case_id=name)


@router.post("/cases/{case_id}/waiting")
def somebody_waits(request: Request, case_id: str, form: Sent) -> Response:
    """Say who waits for it."""
    person, name, _ = _asked(request, case_id, form)
    who = session.fits("who", form.one("who"), tuple(Waiter))
    try:
        urgency.waits(context_of(request), person, name, form.one("because"), who=Waiter(who))
    except Conflict:
        return session.sent_on(request, f"/cases/{name}", notice="elsewhere", case_id=name)
    return session.sent_on(request, f"/cases/{name}", notice="waits", case_id=name)


@router.get("/cases/{case_id}/looking")
def who_is_looking(request: Request, case_id: str) -> Response:
    """An open page says that it still is, and hears who else looks: {"looking": "..."}, or 304."""
    person = session.signed_in(request, watching=True).person
    context, name = context_of(request), session.case_id_of(case_id)
    try:
        standing, refused = looked_at(context, person, name, of=request.query_params.get("of"))
    except Conflict:
        return JSONResponse({"looking": ""})
    if not looking.open_to(standing, refused):
        return JSONResponse({"looking": ""})
    words = sentence(looking.others(context, person, name), context.clock())
    return JSONResponse({"looking": words}, background=BackgroundTask(looking.note, context, person, name))


def _asked(request: Request, case_id: str, form: Form) -> tuple[str, str, str | None]:
    """Who asks, of which case, and of which of its assignments."""
    person = session.checked(request, form).person
    return person, session.case_id_of(case_id), form.one("of") or None


def _not_done(request: Request, name: str, of: str | None, error: Conflict) -> Response:
    """It moved on, or stays: its brief, or its story, says how it stands."""
    notice = "stays" if "stays with you" in error.detail else "elsewhere"
    return session.sent_on(request, _brief(name, of), notice=notice, case_id=name)


def _brief(name: str, of: str | None) -> str:
    return f"/cases/{name}/brief" + (f"?of={quote(of)}" if of else "")


def time_of(text: str) -> datetime | None:
    """A time that a form sent; None where it sent none. Raises InvalidInput."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput([Fault("until", "choose one of the times")]) from None
    # a time without a zone is one of this server's pages, which are UTC
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
