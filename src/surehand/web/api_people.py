"""People through the API: who they are and what they may decide, and the same changes as on the pages."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Header, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel
from sqlalchemy import Connection

from surehand.core import edits
from surehand.core.edits import Edit
from surehand.core.grants import Delegation, Grant
from surehand.core.people import People, Person
from surehand.core.rosters import Change, without
from surehand.errors import NotFound
from surehand.flow import people, personnel
from surehand.flow.context import Context
from surehand.flow.roster import refresh
from surehand.store.roster import Revision
from surehand.web import people_schemas as shapes
from surehand.web.identity import Caller, Calling
from surehand.web.once import IdempotencyKey, once, revision_seen
from surehand.web.requests import SignedRoute
from surehand.web.roster_forms import checked

router = APIRouter(route_class=SignedRoute, tags=["People"])

_PATTERN = r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$"
Name = Annotated[str, InPath(description="The name, such as ap.lead.", pattern=_PATTERN, max_length=64)]
RowId = Annotated[str, InPath(description="Its `id`.", pattern=r"^[0-9a-f]{16}$")]
Why = Annotated[str, Query(min_length=1, max_length=500, description="Why, for the record.")]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of the roster as you saw it. If the same was changed since: 409.",
    ),
]

S = TypeVar("S", bound=BaseModel)

_NO_ROW = "There is no such row, or you may not see it; it may have been changed"


# People


@router.get("/people", operation_id="list_people")
def list_people(caller: Calling, response: Response) -> shapes.PeopleShown:
    """Everyone, as you may see them."""
    context = _now(caller)
    held = personnel.open_by_person(context)
    shown = [_person(context, caller.person, name, held.get(name, 0)) for name in context.people.people]
    return _tagged(response, shapes.PeopleShown(rev=context.people_rev, people=shown))


@router.get("/people/{name}", operation_id="get_person")
def get_person(caller: Calling, name: Name, response: Response) -> shapes.PersonDetail:
    """A person; what they may decide is shown to themselves, owners, auditors and administrators."""
    context = _now(caller)
    personnel.known(context, name)
    shown = _person(context, caller.person, name, personnel.open_by_person(context).get(name, 0))
    detail = shapes.PersonDetail(
        **dict(shown), rev=context.people_rev, absences=_absences(context, name),
        decides=_decides(context, name) if shown.private is not None else None,
    )  # fmt: skip
    return _tagged(response, detail)


@router.post("/people", operation_id="add_person", response_model=shapes.RosterChange)
def add_person(
    caller: Calling, body: shapes.PersonAdded, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Add somebody. For administrators."""
    return _changed(
        caller,
        key,
        seen,
        "add person",
        body,
        edits.person_added(body.name, body.person),
        _asks("people", body.name, "name"),
    )


@router.put("/people/{name}", operation_id="change_person", response_model=shapes.RosterChange)
def change_person(
    caller: Calling, name: Name, body: shapes.PersonChanged, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Change some of what a person is. For administrators; owners of queues change skills and capacity."""
    edit = edits.person_changed(name, _given(body))
    return _changed(
        caller, key, seen, f"change person {name}", body, edit, _asks("people", name, *_given(body))
    )


@router.post("/people/{name}/disable", operation_id="disable_person", response_model=shapes.RosterChange)
def disable_person(
    caller: Calling, name: Name, body: shapes.Reasoned, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """A person has left: signed out, keys revoked, and what they hold is with others, in one transaction."""
    personnel.known(_now(caller), name)
    return _changed(
        caller,
        key,
        seen,
        f"disable {name}",
        body,
        lambda roster: without(roster, name),
        _asks("people", name, "active"),
        leaves=True,
    )


@router.post("/people/{name}/enable", operation_id="enable_person", response_model=shapes.RosterChange)
def enable_person(
    caller: Calling, name: Name, body: shapes.Reasoned, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """A person is here again, without the queues and keys that they had; rows that name them count again."""
    edit = edits.person_changed(name, {"active": True})
    return _changed(caller, key, seen, f"enable {name}", body, edit, _asks("people", name, "active"))


# Queues


@router.get("/queues", operation_id="list_queues")
def list_queues(caller: Calling, response: Response) -> shapes.QueuesShown:
    """Every queue, with who is here."""
    context = _now(caller)
    now, roster = context.clock(), context.people
    shown = [
        shapes.QueueShown(
            id=name, queue=queue, waiting=personnel.waiting_in(context, caller.person, name),
            here=[one for one in roster.everybody(name) if roster.here(one, now)],
        )
        for name, queue in roster.queues.items()
    ]  # fmt: skip
    return _tagged(response, shapes.QueuesShown(rev=context.people_rev, queues=shown))


@router.post("/queues", operation_id="add_queue", response_model=shapes.RosterChange)
def add_queue(
    caller: Calling, body: shapes.QueueAdded, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Add a queue. For administrators."""
    return _changed(
        caller,
        key,
        seen,
        "add queue",
        body,
        edits.queue_added(body.name, body.queue),
        _asks("queues", body.name, "owner"),
    )


@router.put("/queues/{name}", operation_id="change_queue", response_model=shapes.RosterChange)
def change_queue(
    caller: Calling, name: Name, body: shapes.QueueChanged, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Change some of what a queue is. For its owner, its backup and administrators."""
    edit = edits.queue_changed(name, _given(body))
    return _changed(
        caller, key, seen, f"change queue {name}", body, edit, _asks("queues", name, *_given(body))
    )


# Authority


@router.get("/authority", operation_id="list_authority")
def list_authority(caller: Calling, response: Response) -> shapes.AuthorityShown:
    """Rows of authority: all for owners, auditors and administrators, else those about you."""
    context = _now(caller)
    rows = [
        shapes.RowShown(id=edits.row_id(row), row=row)
        for row in personnel.rows_seen(context.people, caller.person)
    ]
    return _tagged(response, shapes.AuthorityShown(rev=context.people_rev, rows=rows))


@router.post("/authority", operation_id="give_authority", response_model=shapes.RosterChange)
def give_authority(
    caller: Calling, body: shapes.RowGiven, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Add a row of authority. For administrators whom it is not about."""
    return _changed(caller, key, seen, "give authority", body, edits.granted(body.row), [_row(body.row)])


@router.put("/authority/{row}", operation_id="change_authority", response_model=shapes.RosterChange)
def change_authority(
    caller: Calling, row: RowId, body: shapes.RowGiven, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Put another row of authority in place of one."""
    edit = _of_seen(caller, row, edits.regranted(row, body.row))
    return _changed(caller, key, seen, f"change authority {row}", body, edit, [_row(body.row)])


@router.delete("/authority/{row}", operation_id="take_authority", response_model=shapes.RosterChange)
def take_authority(
    caller: Calling, row: RowId, because: Why, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Take a row of authority out. What no other row speaks of is open to its queue again."""
    body, edit = _reasoned(because), edits.regranted(row, None)
    return _changed(caller, key, seen, f"take authority {row}", body, _of_seen(caller, row, edit))


# Delegations


@router.get("/delegations", operation_id="list_delegations")
def list_delegations(caller: Calling, response: Response) -> shapes.DelegationsShown:
    """What is lent: all for owners, auditors and administrators, else by and to you."""
    context = _now(caller)
    shown = [
        shapes.DelegationShown(id=edits.row_id(one), delegation=one)
        for one in personnel.delegations_seen(context.people, caller.person)
    ]
    return _tagged(response, shapes.DelegationsShown(rev=context.people_rev, delegations=shown))


@router.post("/delegations", operation_id="lend", response_model=shapes.RosterChange)
def lend(
    caller: Calling, body: shapes.DelegationGiven, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Lend what you may decide, for some days; it never widens, and is not passed on."""
    given = body.model_dump(by_alias=True) | {"by": caller.person}
    return _changed(caller, key, seen, "lend", body, edits.lent(checked(Delegation, given)))


@router.delete("/delegations/{row}", operation_id="end_delegation", response_model=shapes.RosterChange)
def end_delegation(
    caller: Calling, row: RowId, because: Why, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Take back what is lent: from today on, or altogether where it has not begun."""
    now = caller.context.clock()

    def edit(roster: People) -> People:
        seen_ = {edits.row_id(one): one for one in personnel.delegations_seen(roster, caller.person)}
        if row not in seen_:
            raise NotFound(_NO_ROW)
        return edits.taken_back(row, today=roster.people[seen_[row].by].day(now))(roster)

    body = _reasoned(because)
    return _changed(caller, key, seen, f"end delegation {row}", body, edit)


# Absences


@router.get("/absences", operation_id="list_absences")
def list_absences(caller: Calling, response: Response) -> shapes.AbsencesShown:
    """Who is away from today on."""
    context = _now(caller)
    active = [name for name, person in context.people.people.items() if person.active]
    shown = [one for name in active for one in _absences(context, name)]
    return _tagged(response, shapes.AbsencesShown(rev=context.people_rev, absences=shown))


@router.post("/absences", operation_id="enter_absence", response_model=shapes.RosterChange)
def enter_absence(
    caller: Calling, body: shapes.AbsenceGiven, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Somebody is away: you, or people of a queue of yours."""
    edit = edits.absence_entered(body.person, body.absence)
    return _changed(caller, key, seen, "enter absence", body, edit, _asks("people", body.person, "absences"))


@router.delete("/absences/{name}/{row}", operation_id="end_absence", response_model=shapes.RosterChange)
def end_absence(
    caller: Calling, name: Name, row: RowId, because: Why, key: IdempotencyKey = None, seen: IfMatch = None
) -> Response:
    """Somebody is back, or not away after all."""
    context = _now(caller)
    personnel.known(context, name)
    today = context.people.people[name].day(context.clock())
    body = _reasoned(because)
    edit = edits.absence_ended(name, row, today=today)
    return _changed(caller, key, seen, f"end absence {name} {row}", body, edit)


def _now(caller: Caller) -> Context:
    """The world with the roster that is in force."""
    refresh(caller.context)
    return caller.context


def _tagged(response: Response, shown: S) -> S:
    response.headers["ETag"] = f'"{shown.rev}"'  # type: ignore[attr-defined]  # each of them has one
    return shown


def _of_seen(caller: Caller, row: str, edit: Edit) -> Edit:
    """The edit of a row of authority that the caller may see: its id tells what it says."""

    def edited(roster: People) -> People:
        if all(edits.row_id(one) != row for one in personnel.rows_seen(roster, caller.person)):
            raise NotFound(_NO_ROW)
        return edit(roster)

    return edited


def _reasoned(because: str) -> shapes.Reasoned:
    """The reason of a request without a body, asked what one in a body is asked. Raises InvalidInput."""
    return checked(shapes.Reasoned, {"because": because}, whole="the query")


def _given(body: shapes.Reasoned) -> dict[str, object]:
    """What a body says, without what was left out."""
    return {name: getattr(body, name) for name in body.model_fields_set if name != "because"}


def _asks(part: str, name: str, *fields: str) -> list[Change]:
    """What is to be changed of a person or a queue."""
    return [Change((part, name, field), None, None) for field in fields]


def _row(row: Grant) -> Change:
    """A row of authority that is to be there."""
    return Change(("authority",), None, row.model_dump(mode="json", by_alias=True, exclude_defaults=True))


def _changed(
    caller: Caller, key: str | None, seen: str | None, route: str, body: shapes.Reasoned, edit: Edit,
    asked: Sequence[Change] = (), *, leaves: bool = False,
) -> Response:  # fmt: skip
    """Make a change of the roster, once for each key."""
    rev = revision_seen(seen, "the roster")

    def answered(_connection: Connection, revision: Revision) -> BaseModel:
        return shapes.RosterChange(rev=revision.rev)

    sent = {**body.model_dump(mode="json", by_alias=True, exclude_unset=True), "rev": rev}
    return once(
        caller, key, route=route, body=sent, answer=answered,
        act=lambda also: people.change(
            caller.context, by=caller.person, because=body.because, edit=edit, leaves=leaves, rev=rev,
            also=also, asked=asked,
        ),
    )  # fmt: skip


def _person(context: Context, viewer: str, name: str, held: int) -> shapes.PersonShown:
    roster = context.people
    person = roster.people[name]
    kept = personnel.private(roster, viewer, name)
    return shapes.PersonShown(
        id=name, name=person.name, roles=person.roles, team=person.team, queues=roster.queues_of(name),
        active=person.active, here=roster.here(name, context.clock()),
        private=None if kept else _private(person, held),
    )  # fmt: skip


def _private(person: Person, held: int) -> shapes.PersonPrivate:
    return shapes.PersonPrivate(
        email=person.email, aliases=person.aliases, skills=dict(person.skills), capacity=person.capacity,
        limit=person.limit, zone=person.zone, open=held,
    )  # fmt: skip


def _decides(context: Context, name: str) -> list[shapes.DecisionShown]:
    return [
        shapes.DecisionShown(
            process=one.process, point=one.point, queue=one.queue, currency=one.currency or None,
            alone=[
                shapes.AllowanceShown(limit=a.limit, consequence=a.grade, row=a.grant) for a in one.alone
            ],
        )
        for one in personnel.decided_by(context, name)
    ]  # fmt: skip


def _absences(context: Context, name: str) -> list[shapes.AbsenceShown]:
    person = context.people.people[name]
    today = person.day(context.clock())
    return [
        shapes.AbsenceShown(id=edits.row_id(one), person=name, absence=one)
        for one in person.absences
        if one.until >= today
    ]
