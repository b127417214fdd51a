"""What the desk reads: who has what waiting, lists with a cursor, history, today in figures."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, true, tuple_

from surehand.core.case import Assignment, CaseState
from surehand.core.oversight import Level
from surehand.core.policy import Grade
from surehand.store.tables import assignment, audit_event, case, judgement, verdict

#: Counts stop here, so that a list of a million costs what one of ten thousand does. One more means 'more'.
COUNTED = 10_000

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Which:
    """Which of the waiting cases. `of_case` says that the condition looks at the case too."""

    where: Condition
    of_case: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may see: everything, or what their queues and processes hold, and what is their own."""

    person: str
    everything: bool
    processes: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of a list ended: its last row's time and id."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for a person, as a list shows it.

    confidence, limit, reasons  of its judgement; None and empty without one
    """

    case_id: str
    title: str
    process: str
    version: str
    submitter: str
    stake: Decimal | None
    grade: Grade | None
    confidence: float | None
    limit: float | None
    reasons: Sequence[Mapping[str, Any]]
    assignment: Assignment


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as the list of all cases shows it."""

    id: str
    title: str
    process: str
    state: CaseState
    result: str | None
    owner: str
    stake: Decimal | None
    grade: Grade | None
    answers: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Today:
    """A day in counts.

    repairs  actions that wait for a person
    late     overdue cases per queue
    """

    received: int
    automated: int
    decided: int
    overrides: int
    waiting: int
    overdue: int
    repairs: int
    late: Mapping[str, int]
    events: int


# Which of the waiting cases


EVERY = Which(true())


def held_by(person: str) -> Which:
    """Those of one person."""
    return Which(assignment.c.person == person)


def of_queues(person: str, queues: Collection[str]) -> Which:
    """Those of some queues, without the questions that were put to others."""
    return Which(and_(assignment.c.queue.in_(sorted(queues)), _not_asked_of_others(person)))


def within(sight: Sight) -> Which:
    """Those that a person may see, without the questions that were put to others."""
    if sight.everything:
        return Which(_not_asked_of_others(sight.person))
    theirs = or_(assignment.c.person == sight.person, assignment.c.queue.in_(sorted(sight.queues)))
    return Which(and_(or_(_visible(sight), theirs), _not_asked_of_others(sight.person)), of_case=True)


def _not_asked_of_others(person: str) -> Condition:
    return or_(assignment.c.kind != "answer", assignment.c.person == person)


def _visible(sight: Sight) -> Condition:
    if sight.everything:
        return true()
    own = or_(case.c.submitter == sight.person, case.c.owner == sight.person)
    return or_(case.c.process.in_(sorted(sight.processes)), own)


def waiting(connection: Connection, which: Which, *, limit: int, after: Mark | None = None) -> list[Waiting]:
    """Cases that wait, earliest deadline first."""
    columns = (
        case.c.id.label("at_case"), case.c.title, case.c.process, case.c.version, case.c.submitter,
        case.c.stake, case.c.grade, judgement.c.confidence, judgement.c.limit, judgement.c.reasons,
    )  # fmt: skip
    judged = and_(
        judgement.c.case_id == assignment.c.case_id,
        judgement.c.point == assignment.c.point,
        judgement.c.round == assignment.c.round,
    )
    found = (
        select(*columns, *assignment.columns)
        .join_from(assignment, case, case.c.id == assignment.c.case_id)
        .outerjoin(judgement, judged)
        .where(assignment.c.open, which.where)
        .order_by(assignment.c.due_at, assignment.c.id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(assignment.c.due_at, assignment.c.id) > _bound(after))
    return [_waiting(row) for row in connection.execute(found)]


def _bound(mark: Mark) -> Any:
    return tuple_(literal(mark.at, assignment.c.due_at.type), mark.id)


def _waiting(row: Any) -> Waiting:
    values = dict(row._mapping)
    given = {column.name: values.pop(column.name) for column in assignment.columns}
    values.update(
        case_id=values.pop("at_case"),
        grade=None if values["grade"] is None else Grade(values["grade"]),
        reasons=values["reasons"] or (),
        assignment=Assignment(**{**given, "level": Level(given["level"])}),
    )
    return Waiting(**values)


def count_waiting(
    connection: Connection,
    which: Which,
    *,
    due_before: datetime | None = None,
    opened_after: datetime | None = None,
) -> int:
    """How many of them wait, up to COUNTED and one; due before a time, or waiting only since one."""
    found = select(_ONE).where(assignment.c.open, which.where)
    if which.of_case:
        found = found.join_from(assignment, case, case.c.id == assignment.c.case_id)
    if due_before is not None:
        found = found.where(assignment.c.due_at < due_before)
    if opened_after is not None:
        found = found.where(assignment.c.opened_at > opened_after)
    return _counted(connection, found)


_ONE = literal(1)


def _counted(connection: Connection, found: Select[Any]) -> int:
    capped = found.limit(COUNTED + 1).subquery()
    return connection.execute(select(func.count()).select_from(capped)).scalar_one()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a case stands in a person's work: place and count from 1, and the cases around it."""

    place: int
    count: int
    previous: str | None
    following: str | None


def neighbours(connection: Connection, person: str, here: Assignment) -> Neighbours | None:
    """The place of an assignment in its person's work; None when it is somebody else's."""
    if here.person != person or not here.open:
        return None
    key = tuple_(assignment.c.due_at, assignment.c.id)
    mine = select(assignment.c.case_id).where(assignment.c.open, assignment.c.person == person)
    at = _bound(Mark(here.due_at, here.id))
    before, after = mine.where(key < at), mine.where(key > at)
    last = before.order_by(assignment.c.due_at.desc(), assignment.c.id.desc()).limit(1)
    first = after.order_by(assignment.c.due_at, assignment.c.id).limit(1)
    return Neighbours(
        place=_counted(connection, before) + 1,
        count=_counted(connection, mine),
        previous=connection.execute(last).scalar_one_or_none(),
        following=connection.execute(first).scalar_one_or_none(),
    )


# The list of all cases


_LISTED = (
    case.c.id, case.c.title, case.c.process, case.c.state, case.c.result, case.c.owner, case.c.stake,
    case.c.grade, case.c.answers, case.c.created_at,
)  # fmt: skip


def listed(
    connection: Connection,
    sight: Sight,
    *,
    limit: int,
    text: str = "",
    state: CaseState | None = None,
    process: str | None = None,
    after: Mark | None = None,
) -> list[Listed]:
    """Cases that a person may see, newest first.

    text  part of the number, title, subject or key; upper and lower case are the same
    """
    found = select(*_LISTED).where(_visible(sight))
    if text:
        columns = (case.c.id, case.c.title, case.c.subject, case.c.key)
        found = found.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if state is not None:
        found = found.where(case.c.state == state)
    if process is not None:
        found = found.where(case.c.process == process)
    if after is not None:
        found = found.where(tuple_(case.c.created_at, case.c.id) < _bound(after))
    found = found.order_by(case.c.created_at.desc(), case.c.id.desc()).limit(limit)
    return [_listed(row) for row in connection.execute(found)]


def _listed(row: Any) -> Listed:
    values = dict(row._mapping)
    grade = None if values["grade"] is None else Grade(values["grade"])
    return Listed(**{**values, "state": CaseState(values["state"]), "grade": grade})


def history(
    connection: Connection,
    process: str,
    subject: str,
    *,
    before: datetime,
    sight: Sight | None = None,
    limit: int = 5,
) -> list[Listed]:
    """Earlier cases about the same subject, newest first.

    sight  only those that somebody may see; all of them for whoever is to decide
    """
    rows = connection.execute(
        select(*_LISTED)
        .where(true() if sight is None else _visible(sight))
        .where(case.c.process == process, case.c.subject == subject, case.c.created_at < before)
        .order_by(case.c.created_at.desc())
        .limit(limit)
    )
    return [_listed(row) for row in rows]


# Figures


def decided_by(connection: Connection, person: str, *, since: datetime) -> tuple[int, int]:
    """Final verdicts of a person since a time, and how many of them were overrides."""
    return _verdicts(connection, verdict.c.person == person, since=since)


def _verdicts(connection: Connection, which: Condition, *, since: datetime) -> tuple[int, int]:
    found = select(func.count(), func.count().filter(verdict.c.override)).where(
        which, verdict.c.at >= since, verdict.c.final
    )
    decided, overrides = connection.execute(found).one()
    return decided, overrides


def today(connection: Connection, *, since: datetime, now: datetime) -> Today:
    """Counts since the start of the day, and what waits now, over all processes."""
    automated = select(_ONE).where(judgement.c.at >= since, judgement.c.level.in_(_ALONE))
    decided, overrides = _verdicts(connection, true(), since=since)
    late = connection.execute(
        select(assignment.c.queue, func.count())
        .where(assignment.c.open, assignment.c.due_at < now)
        .group_by(assignment.c.queue)
        .order_by(func.count().desc(), assignment.c.queue)
    )
    return Today(
        received=_counted(connection, select(_ONE).where(case.c.created_at >= since)),
        automated=_counted(connection, automated),
        decided=decided,
        overrides=overrides,
        waiting=count_waiting(connection, EVERY),
        overdue=count_waiting(connection, EVERY, due_before=now),
        repairs=count_waiting(connection, Which(assignment.c.kind == "repair")),
        late={row.queue: row[1] for row in late},
        events=_counted(connection, select(_ONE).select_from(audit_event)),
    )


_ALONE = ("automate", "spot_check", "notify")


def waiting_by_process(connection: Connection) -> dict[str, int]:
    """Cases that wait for a person, per process."""
    waits = (CaseState.WAITING, CaseState.ASKING)
    rows = connection.execute(
        select(case.c.process, func.count()).where(case.c.state.in_(waits)).group_by(case.c.process)
    )
    return {row.process: row[1] for row in rows}


def state_counts(connection: Connection, process: str | None = None) -> dict[str, int]:
    """Cases by state, of one process or of all."""
    found = select(case.c.state, func.count()).group_by(case.c.state)
    if process is not None:
        found = found.where(case.c.process == process)
    return {row.state: row[1] for row in connection.execute(found)}


def sealed(connection: Connection, case_id: str) -> int:
    """How many events of a case a checkpoint outside the database covers."""
    found = connection.execute(select(case.c.sealed_seq).where(case.c.id == case_id))
    return found.scalar_one_or_none() or 0
