"""Pages of people: who is here, who may decide what, who is away; and the forms that change it."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from surehand.core import rosters
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow import access, people, personnel
from surehand.flow.context import Context
from surehand.flow.roster import refresh
from surehand.web import people_drafts, queue_drafts, session
from surehand.web.faults import PageRoute
from surehand.web.forms import Form, Sent
from surehand.web.identity import context_of
from surehand.web.people_views import absences_view, authority_view, people_view, roster_view
from surehand.web.person_views import person_view
from surehand.web.queue_views import queue_view, queues_view
from surehand.web.roster_forms import Draft, refilled

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_LONGEST_SEARCH = 200

Drafting = Callable[[Context, str], Draft]


@router.get("/people")
def people_page(request: Request) -> Response:
    """Everyone."""
    context, _ = _reader(request)
    query = request.query_params.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    return session.page(request, people_view(context, session.shell(request, "people"), query))


@router.get("/queues")
def queues_page(request: Request) -> Response:
    """Every queue."""
    context, _ = _reader(request)
    return session.page(request, queues_view(context, session.shell(request, "people")))


@router.get("/queues/{name}")
def queue_page(request: Request, name: str) -> Response:
    """One queue: who is here, what is likely to be late, what happens when nobody acts."""
    context, _ = _reader(request)
    return session.page(request, queue_view(context, session.shell(request, "people"), name))


@router.get("/authority")
def authority_page(request: Request) -> Response:
    """Rows of authority: all, or those about the reader."""
    context, _ = _reader(request)
    return session.page(request, authority_view(context, session.shell(request, "people")))


@router.get("/absences")
def absences_page(request: Request) -> Response:
    """Who is away when."""
    context, _ = _reader(request)
    return session.page(request, absences_view(context, session.shell(request, "people")))


@router.get("/roster")
def roster_page(request: Request) -> Response:
    """Who changed what, and why; for those who may see what others may decide."""
    context, person = _reader(request)
    if not rosters.sees_everyone(context.people, person):
        raise Forbidden("Owners, auditors and administrators read the history of the roster.")
    return session.page(request, roster_view(session.shell(request, "people"), people.history(context)))


@router.get("/people/{name}")
def person_page(request: Request, name: str) -> Response:
    """One person."""
    context, _ = _reader(request)
    return session.page(request, person_view(context, session.shell(request, "people"), name))


# API keys


@router.post("/people/{name}/keys")
def make_key(request: Request, name: str, form: Sent) -> Response:
    """Make an API key; the page that answers shows it, this once."""
    by = session.checked(request, form).person
    context = context_of(request)
    refresh(context)
    personnel.known(context, name)
    if refused := access.may_make_key(context.people, by, name):
        raise Forbidden(refused)
    label = form.one("label").strip()
    if not label:
        raise InvalidInput([Fault("label", "write what the key is for")])
    made = access.create_key(context, name, label, by=by)
    page = session.page(request, person_view(context, session.shell(request, "people"), name, made=made))
    page.headers["Cache-Control"] = "no-store"
    return page


@router.post("/people/{name}/keys/revoke")
def revoke_key(request: Request, name: str, form: Sent) -> Response:
    """Revoke an API key."""
    by = session.checked(request, form).person
    context = context_of(request)
    refresh(context)
    personnel.known(context, name)
    if refused := access.may_revoke_key(context.people, by, name):
        raise Forbidden(refused)
    row = form.one("row")
    _, keys = personnel.ways_in(context, name)
    key = next((one.hash for one in keys if len(row) == _KEY_ROW and one.hash.startswith(row)), None)
    if key is None:
        raise NotFound(f"{name} has no such key, or it was revoked before")
    access.revoke_key(context, name, key, by=by)
    return session.sent_on(request, f"/people/{quote(name)}", notice="key_revoked", case_id=name)


#: Letters of a key's hash that a form names it by.
_KEY_ROW = 16


# Forms


@router.get("/roster/person")
def add_person_page(request: Request) -> Response:
    """The form for somebody new."""
    return _asked(request, people_drafts.added)


@router.post("/roster/person")
def add_person(request: Request, form: Sent) -> Response:
    """Add somebody."""
    return _done(request, form, people_drafts.added)


@router.get("/roster/queue")
def add_queue_page(request: Request) -> Response:
    """The form for a new queue."""
    return _asked(request, queue_drafts.added)


@router.post("/roster/queue")
def add_queue(request: Request, form: Sent) -> Response:
    """Add a queue."""
    return _done(request, form, queue_drafts.added)


@router.get("/queues/{name}/edit")
def queue_form(request: Request, name: str) -> Response:
    """The form of a queue."""
    return _asked(request, lambda context, by: queue_drafts.changed(context, by, name))


@router.post("/queues/{name}/edit")
def change_queue(request: Request, name: str, form: Sent) -> Response:
    """Change a queue."""
    return _done(request, form, lambda context, by: queue_drafts.changed(context, by, name))


@router.get("/authority/row")
def row_form(request: Request) -> Response:
    """The form of a row of authority."""
    row = request.query_params.get("row", "")
    return _asked(request, lambda context, by: queue_drafts.row(context, by, row))


@router.post("/authority/row")
def change_row(request: Request, form: Sent) -> Response:
    """Add or change a row of authority."""
    return _done(request, form, lambda context, by: queue_drafts.row(context, by, form.one("row")))


@router.get("/authority/remove")
def remove_row_page(request: Request) -> Response:
    """What taking a row of authority out means."""
    row = request.query_params.get("row", "")
    return _asked(request, lambda context, by: queue_drafts.removed(context, by, row))


@router.post("/authority/remove")
def remove_row(request: Request, form: Sent) -> Response:
    """Take a row of authority out."""
    return _done(request, form, lambda context, by: queue_drafts.removed(context, by, form.one("row")))


@router.get("/delegations/end")
def end_delegation_page(request: Request) -> Response:
    """What is taken back."""
    row = request.query_params.get("row", "")
    return _asked(request, lambda context, by: people_drafts.takes_back(context, by, row))


@router.post("/delegations/end")
def end_delegation(request: Request, form: Sent) -> Response:
    """Take back what is lent."""
    return _done(request, form, lambda context, by: people_drafts.takes_back(context, by, form.one("row")))


@router.get("/people/{name}/absence/end")
def end_absence_page(request: Request, name: str) -> Response:
    """Which absence ends."""
    row = request.query_params.get("row", "")
    return _asked(request, lambda context, by: people_drafts.back(context, by, name, row))


@router.post("/people/{name}/absence/end")
def end_absence(request: Request, name: str, form: Sent) -> Response:
    """End an absence."""
    return _done(request, form, lambda context, by: people_drafts.back(context, by, name, form.one("row")))


#: What may be done about a person, by the last part of its address.
_ABOUT_A_PERSON: dict[str, Callable[[Context, str, str], Draft]] = {
    "edit": people_drafts.changed,
    "absence": people_drafts.away,
    "delegate": people_drafts.lends,
    "disable": people_drafts.leaves,
    "enable": people_drafts.returns,
}


def _about_a_person(what: str, make: Callable[[Context, str, str], Draft]) -> None:
    """The form of a change of a person, and where it is sent."""

    def asked(request: Request, name: str) -> Response:
        return _asked(request, lambda context, by: make(context, by, name))

    def done(request: Request, name: str, form: Sent) -> Response:
        return _done(request, form, lambda context, by: make(context, by, name))

    router.add_api_route(f"/people/{{name}}/{what}", asked, methods=["GET"])
    router.add_api_route(f"/people/{{name}}/{what}", done, methods=["POST"])


def _reader(request: Request) -> tuple[Context, str]:
    """The world as it is now, and who looks at it."""
    person = session.signed_in(request).person
    context = context_of(request)
    refresh(context)
    return context, person


def _asked(request: Request, make: Drafting) -> Response:
    """A form, with what is in force."""
    context, person = _reader(request)
    draft = make(context, person)
    return session.page(request, draft.drawn(session.shell(request, "people"), context.people_rev))


def _done(request: Request, form: Form, make: Drafting) -> Response:
    """Make the change; where it cannot be made, the form again, with what was typed and what is wrong."""
    by = session.checked(request, form).person
    context = context_of(request)
    refresh(context)
    draft = make(context, by)
    view = draft.drawn(session.shell(request, "people"), context.people_rev)
    try:
        people.change(
            context, by=by, because=form.one("because"), edit=draft.edit(form), leaves=draft.leaves,
            rev=_revision(form),
        )  # fmt: skip
    except InvalidInput as error:
        return session.page(request, refilled(view, form, faults=error.faults), error.status)
    except (Conflict, Forbidden) as error:
        # the number of the newest: who sends it again has seen what was changed
        newest = replace(view, rev=int(error.extra.get("rev", view.rev)))
        return session.page(request, refilled(newest, form, said=error.detail), error.status)
    return session.sent_on(request, draft.then, notice="roster", case_id="roster")


def _revision(form: Form) -> int:
    text = form.one("rev")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput([Fault("rev", "must be the number of a revision of the roster")])
    return int(text)


for _what, _make in _ABOUT_A_PERSON.items():
    _about_a_person(_what, _make)
