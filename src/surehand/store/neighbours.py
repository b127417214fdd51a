"""Where a piece of work stands among a person's others."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, tuple_

from surehand.core.case import Assignment
from surehand.store.desk import counts, held_by
from surehand.store.order import ORDER, Mark, place
from surehand.store.records import ASSIGNMENT, assignment_in_order
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
    key, at = tuple_(*ORDER), place(Mark(here.due_at, here.id, here.precedence))
    mine = held_by(person, now=now)
    if checks_any(connection, person):
        mine = mine.only(not_kept_from(person))
    before, all_ = counts(connection, [mine.only(key < at), mine])
    ids = select(assignment.c.id).where(assignment.c.open, mine.where)
    last = ids.where(key < at).order_by(*(column.desc() for column in ORDER)).limit(1)
    first = ids.where(key > at).order_by(*ORDER).limit(1)
    both = or_(assignment.c.id == last.scalar_subquery(), assignment.c.id == first.scalar_subquery())
    around = connection.execute(select(*ASSIGNMENT).where(both).order_by(*ORDER))
    found = [assignment_in_order([*row]) for row in around]
    previous, rest = (found[0], found[1:]) if before else (None, found)
    return Neighbours(place=before + 1, count=all_, previous=previous, following=next(iter(rest), None))
