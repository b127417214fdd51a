"""Edits of the roster, one thing at a time: the roster in force -> the one wanted. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from surehand.core.digest import digest
from surehand.core.grants import Delegation, Grant
from surehand.core.people import Absence, People, Person, Queue
from surehand.errors import Conflict, NotFound

Edit = Callable[[People], People]

Row = TypeVar("Row", bound=BaseModel)

_ONE_DAY = timedelta(days=1)


def row_id(row: BaseModel) -> str:
    """What a row of authority, a delegation or an absence is called: a digest of what it says."""
    return digest(row.model_dump(mode="json", by_alias=True, exclude_defaults=True))[:16]


def person_added(name: str, person: Person) -> Edit:
    """Somebody new. The edit raises ValueError where the name is taken."""

    def edit(people: People) -> People:
        if name in people.people:
            raise ValueError(f"there is a person called {name} already")
        return people.model_copy(update={"people": people.people | {name: person}})

    return edit


def person_changed(name: str, changes: Mapping[str, Any]) -> Edit:
    """Some fields of a person. The edit raises NotFound."""

    def edit(people: People) -> People:
        if name not in people.people:
            raise NotFound(f"There is no {name} here")
        person = people.people[name].model_copy(update=dict(changes))
        return people.model_copy(update={"people": people.people | {name: person}})

    return edit


def queue_added(name: str, queue: Queue) -> Edit:
    """A new queue. The edit raises ValueError where the name is taken."""

    def edit(people: People) -> People:
        if name in people.queues:
            raise ValueError(f"there is a queue called {name} already")
        return people.model_copy(update={"queues": people.queues | {name: queue}})

    return edit


def queue_changed(name: str, changes: Mapping[str, Any]) -> Edit:
    """Some fields of a queue. The edit raises NotFound."""

    def edit(people: People) -> People:
        if name not in people.queues:
            raise NotFound(f"There is no queue {name} here")
        queue = people.queues[name].model_copy(update=dict(changes))
        return people.model_copy(update={"queues": people.queues | {name: queue}})

    return edit


def absence_entered(name: str, absence: Absence) -> Edit:
    """Somebody is away on more days."""

    def edit(people: People) -> People:
        before = people.people[name].absences if name in people.people else ()
        after = tuple(sorted([*before, absence], key=lambda one: one.start))
        return person_changed(name, {"absences": after})(people)

    return edit


def absence_ended(name: str, row: str, *, today: date) -> Edit:
    """One that is under way ends yesterday; one that has not begun is taken out."""

    def edit(people: People) -> People:
        before = people.people[name].absences if name in people.people else ()
        found = _named(before, row, "This absence")
        kept: list[Absence] = [] if found.start >= today else [_until_yesterday(found, today)]
        return person_changed(name, {"absences": _in_place(before, found, kept)})(people)

    return edit


def lent(delegation: Delegation) -> Edit:
    """Authority is lent."""
    return lambda people: people.model_copy(update={"delegations": (*people.delegations, delegation)})


def taken_back(row: str, *, today: date) -> Edit:
    """What is lent now ends yesterday; what is not lent yet is not lent at all."""

    def edit(people: People) -> People:
        found = _named(people.delegations, row, "This delegation")
        kept = [] if found.start >= today else [_until_yesterday(found, today)]
        return people.model_copy(update={"delegations": _in_place(people.delegations, found, kept)})

    return edit


def granted(grant: Grant) -> Edit:
    """One more row of authority."""

    def edit(people: People) -> People:
        if grant in people.authority:
            raise ValueError("there is a row that says the same already")
        return people.model_copy(update={"authority": (*people.authority, grant)})

    return edit


def regranted(row: str, grant: Grant | None) -> Edit:
    """Another row of authority in place of one; None: it is taken out."""

    def edit(people: People) -> People:
        found = _named(people.authority, row, "This row of authority")
        kept = [] if grant is None else [grant]
        return people.model_copy(update={"authority": _in_place(people.authority, found, kept)})

    return edit


def _named(rows: tuple[Row, ...], row: str, what: str) -> Row:
    """The row of that id. Raises Conflict: somebody changed it, or took it out."""
    for one in rows:
        if row_id(one) == row:
            return one
    raise Conflict(f"{what} is not there any more as you saw it: look at it again", state="changed")


def _in_place(rows: tuple[Row, ...], old: Row, new: list[Row]) -> tuple[Row, ...]:
    place = rows.index(old)
    return (*rows[:place], *new, *rows[place + 1 :])


def _until_yesterday(row: Row, today: date) -> Row:
    return row.model_copy(update={"until": today - _ONE_DAY})
