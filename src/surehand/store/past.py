"""What there was before a case: its subject elsewhere, cases that may be the same matter, and precedents.

Whatever there is, only so many rows of an index are looked at: the latest.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, select, true, union_all

from surehand.core.oversight import Level
from surehand.store.among import among
from surehand.store.desk import Sight
from surehand.store.listing import LISTED, Listed, listed_of, visible
from surehand.store.order import ORDER
from surehand.store.tables import assignment, case, evidence, judgement, outcome, verdict

#: Rows of one subject that are looked at, of one process.
_OF_SUBJECT = 200

#: Of them, in each other process.
_ELSEWHERE = 20


def elsewhere(
    connection: Connection, processes: Collection[str], subject: str, *, before: datetime, sight: Sight,
    limit: int,
) -> list[Listed]:  # fmt: skip
    """The latest cases about a subject in these processes that somebody may see, the latest first."""
    if not processes:
        return []
    parts = []
    for name in sorted(processes):
        latest = (
            select(case.c.id)
            .where(case.c.process == name, case.c.subject == subject, case.c.created_at < before)
            .order_by(case.c.created_at.desc())
            .limit(_ELSEWHERE)
        )
        parts.append(select(latest.subquery().c.id))
    found = (
        select(*LISTED)
        .where(case.c.id.in_(union_all(*parts)), visible(sight))
        .order_by(case.c.created_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    return [listed_of(row) for row in connection.execute(found)]


@dataclass(frozen=True, slots=True)
class Near:
    """Another case of the same process and subject.

    stake  at the decision point that was asked for
    marks  facts that identify its matter, by name; '' where one is not known
    """

    id: str
    at: datetime
    stake: Decimal | None
    marks: Mapping[str, str]


def near(
    connection: Connection, process: str, subject: str, *, point: str, but: str, at: datetime,
    within: timedelta, until: datetime, names: Sequence[str], sight: Sight | None,
) -> tuple[list[Near], bool]:  # fmt: skip
    """Other cases about a subject around a time, the latest first, and whether these are all of them.

    point  the decision point at which their stake counts: a later one may be about something else
    until  none that came later
    sight  only those that somebody may see; all of them for whoever is to decide
    """
    latest = (
        select(case.c.id)
        .where(
            case.c.process == process, case.c.subject == subject, case.c.created_at >= at - within,
            case.c.created_at <= min(at + within, until),
        )
        .order_by(case.c.created_at.desc())
        .limit(_OF_SUBJECT + 1)
    )  # fmt: skip
    shown = true() if sight is None else visible(sight)
    marks = [case.c.facts[name].as_string() for name in names]
    judged = and_(
        judgement.c.case_id == case.c.id, judgement.c.point == point, judgement.c.round == case.c.round
    )
    found = (
        select(case.c.id, case.c.created_at, judgement.c.stake, shown.label("shown"), *marks)
        .join_from(case, judgement, judged, isouter=True)
        .where(case.c.id.in_(select(latest.subquery().c.id)), case.c.id != but)
    )
    rows = connection.execute(found.order_by(case.c.created_at.desc(), case.c.id.desc())).all()
    seen = [
        Near(row.id, row.created_at, row.stake, _texts(names, row[4:]))
        for row in rows[:_OF_SUBJECT]
        if row.shown
    ]
    return seen, len(rows) < _OF_SUBJECT


def _texts(names: Sequence[str], values: Sequence[Any]) -> dict[str, str]:
    return {
        name: "" if value is None else str(value) for name, value in zip(names, values, strict=True)
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision that a person took at a decision point, with what was recommended there.

    reasons     why it came to a person
    source      what recommended, with its version
    confidence  None: it could not be told
    alone       it had run alone, and was checked
    seen        the person saw the recommendation
    override    the answer differs from it
    right       what a guard was told of the recommendation, where there is one: whether it was right
    """

    case_id: str
    round: int
    at: datetime
    kind: str
    answer: Any
    recommended: Any
    source: str
    reasons: Sequence[Mapping[str, Any]]
    stake: Decimal | None
    confidence: float | None
    alone: bool
    seen: bool
    override: bool
    right: bool | None


def answered(
    connection: Connection, process: str, point: str, queues: Sequence[str], *, limit: int
) -> list[Answered]:  # fmt: skip
    """The latest decisions of people at a decision point, on cases as they are now.

    limit  rows of the latest work of each queue that are looked at
    """
    latest = [_closed(queue, limit) for queue in queues]
    rows = union_all(*(select(one.subquery()) for one in latest)).subquery("closed")
    told, said = evidence.alias("told"), judgement.c.recommendation
    found = (
        select(
            case.c.id, case.c.round, verdict.c.at, verdict.c.kind, verdict.c.value, verdict.c.override,
            rows.c.level,
            said["value"].label("recommended"), said["source"].label("source"), judgement.c.reasons,
            judgement.c.level.label("judged"), judgement.c.stake, judgement.c.confidence, told.c.body,
        )
        .select_from(rows)
        .join(case, case.c.id == rows.c.case_id)
        .join(
            verdict,
            and_(
                verdict.c.case_id == rows.c.case_id, verdict.c.point == rows.c.point,
                verdict.c.round == rows.c.round, verdict.c.final,
            ),
        )
        .join(judgement, _judged(rows))
        .outerjoin(
            told,
            and_(
                told.c.case_id == rows.c.case_id, told.c.point == rows.c.point,
                told.c.round == rows.c.round, told.c.kind == "answered",
            ),
        )
        .where(
            case.c.process == process, case.c.round == rows.c.round, rows.c.point == point
        )
        .order_by(verdict.c.at.desc(), case.c.id)
    )  # fmt: skip
    # several may have had it, one after another
    by_case: dict[str, Answered] = {}
    for row in connection.execute(found):
        by_case.setdefault(row.id, _answered(row))
    return list(by_case.values())


def _answered(row: Any) -> Answered:
    return Answered(
        case_id=row.id, round=row.round, at=row.at, kind=row.kind, answer=row.value,
        recommended=row.recommended, source=str(row.source or ""), reasons=row.reasons or (),
        stake=row.stake, confidence=row.confidence, alone=not Level(row.judged).waits,
        seen=Level(row.level).shows_recommendation, override=row.override,
        right=bool(row.body["right"]) if row.body else None,
    )  # fmt: skip


_ASKED = (
    assignment.c.case_id, assignment.c.point, assignment.c.round, assignment.c.level, assignment.c.kind,
)  # fmt: skip


def _closed(queue: str, limit: int) -> Select[Any]:
    found = select(*_ASKED).where(assignment.c.queue == queue, assignment.c.closed_at.is_not(None))
    return found.order_by(assignment.c.closed_at.desc()).limit(limit)


def _judged(rows: FromClause) -> ColumnElement[bool]:
    return and_(
        judgement.c.case_id == rows.c.case_id, judgement.c.point == rows.c.point,
        judgement.c.round == rows.c.round,
    )  # fmt: skip


def outcomes(connection: Connection, ids: Sequence[str]) -> dict[str, bool]:
    """Whether what was decided turned out right, by case, where that was said; the last word counts."""
    if not ids:
        return {}
    rows = connection.execute(_OUTCOMES, {"ids": list(ids)})
    return {row.case_id: row.correct for row in rows}


_OUTCOMES = (
    select(outcome.c.case_id, outcome.c.correct)
    .where(among(outcome.c.case_id, "ids"), outcome.c.correct.is_not(None))
    .order_by(outcome.c.case_id, outcome.c.serial)
)


@dataclass(frozen=True, slots=True)
class Posed:
    """A decision that a person was asked for, as it was put to them.

    level     of the assignment
    because   reasons of the recommendation
    reasons   why it came to a person
    """

    level: str
    subject: str | None
    recommended: Any
    because: Sequence[Any]
    reasons: Sequence[Mapping[str, Any]]


def posed(
    connection: Connection, process: str, point: str, queues: Sequence[str], *, limit: int
) -> list[Posed]:  # fmt: skip
    """The latest decisions that were asked for at a decision point, waiting ones and others, each once.

    limit  rows of each queue that are looked at, of what waits and of what was done
    """
    latest = [_closed(queue, limit) for queue in queues] + [_open(queue, limit) for queue in queues]
    rows = union_all(*(select(one.subquery()) for one in latest)).subquery("asked")
    said = judgement.c.recommendation
    found = (
        select(
            rows.c.case_id, rows.c.round, rows.c.level, case.c.subject, said["value"].label("recommended"),
            said["reasons"].label("because"), judgement.c.reasons,
        )
        .select_from(rows)
        .join(case, case.c.id == rows.c.case_id)
        .join(judgement, _judged(rows))
        .where(case.c.process == process, rows.c.point == point, rows.c.kind == "decide")
    )  # fmt: skip
    by_round: dict[tuple[str, int], Posed] = {}
    for row in connection.execute(found):
        known = Posed(row.level, row.subject, row.recommended, row.because or (), row.reasons or ())
        by_round.setdefault((row.case_id, row.round), known)
    return list(by_round.values())


def _open(queue: str, limit: int) -> Select[Any]:
    found = select(*_ASKED).where(assignment.c.queue == queue, assignment.c.open)
    return found.order_by(*ORDER).limit(limit)


def still(connection: Connection, rounds: Mapping[str, int], sight: Sight) -> frozenset[str]:
    """Those of these cases that are in the same round as before and that somebody may see."""
    found = select(case.c.id, case.c.round).where(among(case.c.id, "ids"), visible(sight))
    rows = connection.execute(found, {"ids": list(rounds)})
    return frozenset(row.id for row in rows if rounds[row.id] == row.round)
