"""What was asked of people and when they answered, counted: the record that capacity is planned from.

Each question looks at a bounded part of the record, however many cases there are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from surehand.store.tables import assignment, case, judgement, verdict

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)

#: The latest verdicts, and cases, that are looked at.
LATEST = 20_000


@dataclass(frozen=True, slots=True)
class Came:
    """Reviews that came to a queue in an hour of UTC."""

    queue: str
    hour: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict, with the assignment that it answered. opened_at: when that came to people"""

    person: str
    at: datetime
    queue: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """Cases that a decision point judged alike."""

    process: str
    point: str
    level: str
    grade: str
    count: int


@dataclass(frozen=True, slots=True)
class Received:
    """Cases of a process among the latest, and when the first of these came."""

    process: str
    count: int
    first: datetime


def came(connection: Connection, *, since: datetime, until: datetime) -> list[Came]:
    """Reviews by queue and hour. What people are only told of is none."""
    rows = connection.execute(_CAME, {"since": since, "until": until})
    return [Came(row.queue, _EPOCH + row.hour * _HOUR, row.reviews) for row in rows]


def decided(connection: Connection, *, since: datetime, until: datetime) -> list[Decided]:
    """The latest verdicts, by person and time."""
    rows = connection.execute(_DECIDED, {"since": since, "until": until, "most": LATEST})
    return [Decided(*row) for row in rows]


def judged(connection: Connection, *, since: datetime, until: datetime) -> list[Judged]:
    """Judgements of the first round of the latest cases."""
    rows = connection.execute(_JUDGED, {"since": since, "until": until, "most": LATEST})
    return [Judged(*row) for row in rows]


def received(connection: Connection, *, since: datetime, until: datetime) -> list[Received]:
    """The latest cases by process."""
    rows = connection.execute(_RECEIVED, {"since": since, "until": until, "most": LATEST})
    return [Received(*row) for row in rows]


def _within(column: Column[datetime]) -> ColumnElement[bool]:
    return and_(column >= bindparam("since"), column < bindparam("until"))


#: Whole hours since 1970: times are microseconds, and dividing whole numbers leaves whole numbers.
_HOURS = literal_column("assignment.opened_at / 3600000000", BigInteger)

_CAME = (
    select(assignment.c.queue, _HOURS.label("hour"), func.count().label("reviews"))
    .where(_within(assignment.c.opened_at), assignment.c.kind != "notice")
    .group_by(assignment.c.queue, _HOURS)
)

_VERDICTS = (
    select(verdict.c.case_id, verdict.c.person, verdict.c.at)
    .where(_within(verdict.c.at))
    .order_by(verdict.c.at.desc())
    .limit(bindparam("most"))
    .subquery()
)

# a verdict closes its assignment in the same moment
_DECIDED = (
    select(_VERDICTS.c.person, _VERDICTS.c.at, assignment.c.queue, assignment.c.opened_at)
    .join(
        assignment,
        and_(assignment.c.case_id == _VERDICTS.c.case_id, assignment.c.closed_at == _VERDICTS.c.at),
    )
    .order_by(_VERDICTS.c.person, _VERDICTS.c.at)
)

_CASES = (
    select(case.c.id, case.c.process, case.c.created_at)
    .where(_within(case.c.created_at))
    .order_by(case.c.created_at.desc(), case.c.id.desc())
    .limit(bindparam("most"))
    .subquery()
)

_KINDS = (_CASES.c.process, judgement.c.point, judgement.c.level, judgement.c.grade)
_JUDGED = (
    select(*_KINDS, func.count())
    .join(judgement, and_(judgement.c.case_id == _CASES.c.id, judgement.c.round == 1))
    .group_by(*_KINDS)
)

_RECEIVED = select(_CASES.c.process, func.count(), func.min(_CASES.c.created_at)).group_by(_CASES.c.process)
