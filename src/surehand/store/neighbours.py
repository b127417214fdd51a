"""Where a piece of work stands among others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, tuple_, union_all

from surehand.core.case import Assignment
from surehand.store.desk import Condition, Which
from surehand.store.order import ORDER
from surehand.store.records import ASSIGNMENT, assignment_in_order
from surehand.store.tables import assignment
from surehand.store.tally import counting


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where an assignment stands in a list of work: place and count from 1, and those around it."""

    place: int
    count: int
    previous: Assignment | None
    following: Assignment | None


class Placing:
    """Where assignments stand in some work: a statement that is written once.

    work  of assignments alone, as `held_by` and `told` say it
    """

    def __init__(self, work: Which) -> None:
        key, here = tuple_(*ORDER), tuple_(*_HERE)
        around = or_(
            and_(assignment.c.id == _HERE[-1], assignment.c.open, work.where),
            assignment.c.id == _nearest(work, key < here, back=True),
            assignment.c.id == _nearest(work, key > here),
        )
        before, all_ = counting(work.only(key < here)), counting(work)
        self._asked = select(before, all_, *ASSIGNMENT).where(around).order_by(*ORDER)

    def of(self, connection: Connection, here: Assignment, **times: datetime) -> Neighbours | None:
        """The place of an assignment; None where it is none of them. `times`: as `Tally.ask`."""
        named = {f"here_{column.name}": getattr(here, column.name) for column in ORDER}
        rows = connection.execute(self._asked, {**named, **times}).all()
        found = [assignment_in_order([*row[2:]]) for row in rows]
        at = next((number for number, one in enumerate(found) if one.id == here.id), None)
        if at is None:
            return None
        return Neighbours(
            place=rows[0][0] + 1, count=rows[0][1], previous=found[at - 1] if at else None,
            following=next(iter(found[at + 1 :]), None),
        )  # fmt: skip


_HERE = [bindparam(f"here_{column.name}", type_=column.type) for column in ORDER]


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
