"""Where a piece of work stands among a person's others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from surehand.core.case import Assignment
from surehand.store.desk import counted, held_by
from surehand.store.order import ORDER, Mark, place
from surehand.store.records import assignment_of
from surehand.store.tables import assignment
from surehand.store.unseen import checks_any, not_kept_from


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where an assignment stands in a person's work: place and count from 1, and those around it."""

    place: int
    count: int
    previous: Assignment | None
    following: Assignment | None


def neighbours(connection: Connection, person: str, here: Assignment, *, now: datetime) -> Neighbours | None:
    """The place of an assignment in its person's work; None when it is somebody else's, or put off."""
    later = here.snoozed_until is not None and here.snoozed_until > now
    if here.person != person or not here.open or later:
        return None
    key = tuple_(*ORDER)
    mine = select(assignment).where(assignment.c.open, held_by(person, now=now).where)
    if checks_any(connection, person):
        mine = mine.where(not_kept_from(person))
    at = place(Mark(here.due_at, here.id, here.precedence))
    before, after = mine.where(key < at), mine.where(key > at)
    last = before.order_by(*(column.desc() for column in ORDER)).limit(1)
    first = after.order_by(*ORDER).limit(1)
    return Neighbours(
        place=counted(connection, before) + 1,
        count=counted(connection, mine),
        previous=_one(connection, last),
        following=_one(connection, first),
    )


def _one(connection: Connection, found: Select[Any]) -> Assignment | None:
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else assignment_of(row)
