"""What is read of a whole queue: its most urgent cases, and what became of those that are over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, select

from surehand.core.case import Assignment
from surehand.store import tables
from surehand.store.order import ORDER
from surehand.store.questions import named
from surehand.store.records import assignment_of
from surehand.store.tables import assignment

#: What a queue is for. Questions are put to others, and what stands beside a case holds nothing up.
_KINDS = ("decide", "exception", "repair")

#: Cases of which it is counted how many were in time: the newest, so that a large queue costs no more.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Over:
    """Cases of a queue that are over: how many, and how many of them before their first deadline."""

    count: int
    in_time: int


def most_urgent(connection: Connection, queue: str, *, limit: int) -> list[tuple[str, Assignment]]:
    """Title and assignment of the cases that wait in a queue: what is urgent first, then by deadline."""
    found = (
        select(tables.case.c.title, *assignment.columns)
        .join_from(assignment, tables.case, tables.case.c.id == assignment.c.case_id)
        .where(assignment.c.open, assignment.c.queue == queue, assignment.c.kind.in_(_KINDS))
        .order_by(*ORDER)
        .limit(limit)
    )
    rows = [dict(row) for row in named(connection.execute(found))]
    return [(row.pop("title"), assignment_of(row)) for row in rows]


def answered(connection: Connection, queue: str, *, since: datetime) -> Mapping[str, int]:
    """Person -> cases of a queue that they had and that ended since then."""
    ended = and_(assignment.c.queue == queue, assignment.c.closed_at >= since, assignment.c.kind.in_(_KINDS))
    found = select(assignment.c.person, func.count()).where(ended).group_by(assignment.c.person)
    return {row[0]: row[1] for row in connection.execute(found)}


def over(connection: Connection, queue: str, *, since: datetime) -> Over:
    """What became of the cases of a queue that ended since then, the newest `MOST` of them."""
    last = (
        select(assignment.c.closed_at, assignment.c.due_at, assignment.c.stage)
        .where(assignment.c.queue == queue, assignment.c.closed_at >= since, assignment.c.kind.in_(_KINDS))
        .order_by(assignment.c.closed_at.desc())
        .limit(MOST)
        .subquery()
    )
    # from the second stage on, the deadline that the row has is not the first any more
    in_time = and_(last.c.closed_at <= last.c.due_at, last.c.stage < 2)
    row = connection.execute(
        select(func.count(), func.sum(case((in_time, 1), else_=0))).select_from(last)
    ).one()
    return Over(row[0], int(row[1] or 0))
