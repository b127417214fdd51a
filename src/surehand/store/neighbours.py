"""Where a piece of work stands among others."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_, select, tuple_, union_all

from surehand.core.case import Assignment
from surehand.store.desk import Condition, Which, counting
from surehand.store.order import ORDER, Mark, place
from surehand.store.records import ASSIGNMENT, assignment_in_order
from surehand.store.tables import assignment


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where an assignment stands in a list of work: place and count from 1, and those around it."""

    place: int
    count: int
    previous: Assignment | None
    following: Assignment | None


def neighbours(connection: Connection, work: Which, here: Assignment) -> Neighbours | None:
    """The place of an assignment in some work; None where it is none of it.

    work  of assignments alone, as `held_by` and `told` say it
    """
    key, at = tuple_(*ORDER), place(Mark(here.due_at, here.id, here.precedence))
    around = or_(
        and_(assignment.c.id == here.id, assignment.c.open, work.where),
        assignment.c.id == _nearest(work, key < at, back=True),
        assignment.c.id == _nearest(work, key > at),
    )
    before, all_ = counting(work.only(key < at)), counting(work)
    rows = connection.execute(select(before, all_, *ASSIGNMENT).where(around).order_by(*ORDER)).all()
    found = [assignment_in_order([*row[2:]]) for row in rows]
    place_ = next((number for number, one in enumerate(found) if one.id == here.id), None)
    if place_ is None:
        return None
    return Neighbours(
        place=rows[0][0] + 1, count=rows[0][1], previous=found[place_ - 1] if place_ else None,
        following=next(iter(found[place_ + 1 :]), None),
    )  # fmt: skip


def _nearest(work: Which, condition: Condition, *, back: bool = False) -> Any:
    """The first of those for which a condition holds, or the last: one of the firsts of its parts."""
    order = [column.desc() if back else column for column in ORDER]
    firsts = [
        select(assignment.c.id).where(assignment.c.open, part.where, condition).order_by(*order).limit(1)
        for part in work.parts or (work,)
    ]
    if len(firsts) == 1:
        return firsts[0].scalar_subquery()
    some = assignment.c.id.in_(union_all(*(select(one.subquery().c.id) for one in firsts)))
    return select(assignment.c.id).where(some).order_by(*order).limit(1).scalar_subquery()
