"""Narrowing what waits: which of the first cases of a list fit. Cheap, however many wait.

No index knows titles or sums, so only the first so many of a list are looked through, by what is due.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Numeric,
    Select,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
)  # fmt: skip
from sqlalchemy import case as either

from surehand.core.narrowing import Narrowing
from surehand.core.oversight import Level
from surehand.core.policy import Grade
from surehand.store import desk
from surehand.store.among import among
from surehand.store.desk import Condition, Waiting, Which
from surehand.store.order import ORDER, Mark, place
from surehand.store.tables import assignment, case, judgement
from surehand.store.tally import COUNTED


@dataclass(frozen=True, slots=True)
class Fit:
    """One that fits: an assignment, with when it is due as that is stored."""

    id: str
    due: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and of which processes subjects are not told: there people enter what was read."""

    person: str
    without_subject: Collection[str] = ()


def fitting(
    connection: Connection, which: Which, narrowing: Narrowing, *, reader: Reader, now: datetime,
    after: Mark | None = None, by_stake: bool = False,
) -> tuple[list[Fit], Mark | None]:  # fmt: skip
    """Those of the first COUNTED that fit, what is urgent first, then by deadline; and where these end, if
    there are more.

    by_stake  in another order: by consequence, then by the sum, whatever its currency, then by deadline
    """
    before, ranks = narrowing.due_before(now), [one.rank for one in narrowing.precedences]
    due = which if before is None and not ranks else which.only(desk.due(before, ranks))
    first, end = _first(connection, due, COUNTED, after)
    found = _joined(select(assignment.c.id, _DUE)).where(_AMONG, _fits(narrowing, reader))
    order = (*_stakes(reader), assignment.c.due_at, assignment.c.id) if by_stake else ORDER
    return [Fit(*row) for row in connection.execute(found.order_by(*order), {"ids": first})], end


def counts(
    connection: Connection, which: Which, several: Sequence[Narrowing], *, reader: Reader, now: datetime,
    most: int,
) -> tuple[list[int], bool]:  # fmt: skip
    """How many of the first so many fit each of several, looked through once; and whether there are more."""
    first, end = _first(connection, which, most, None)
    conditions = [and_(_due(one, now), _fits(one, reader)) for one in several]
    columns: Any = select(*(func.count().filter(condition) for condition in conditions))
    return list(connection.execute(_joined(columns).where(_AMONG), {"ids": first}).one()), end is not None


def since(
    connection: Connection, which: Which, narrowing: Narrowing, at: datetime, *, reader: Reader, now: datetime
) -> list[Fit]:
    """Those that fit and wait only since a time: of the newest COUNTED of all lists."""
    came = select(assignment.c.id).where(assignment.c.opened_at > at)
    newest = came.order_by(assignment.c.opened_at.desc()).limit(COUNTED + 1).subquery()
    found = _joined(select(assignment.c.id, _DUE)).where(
        assignment.c.id.in_(select(newest.c.id)), assignment.c.open, which.where
    )
    chosen = found.where(_due(narrowing, now), _fits(narrowing, reader))
    return [Fit(*row) for row in connection.execute(chosen.order_by(*ORDER))]


def rows_of(connection: Connection, ids: Sequence[str]) -> list[Waiting]:
    """These assignments as a list shows them, in this order; who is not open is left out."""
    found = desk.waiting(connection, Which(assignment.c.id.in_(list(ids))), limit=len(ids))
    rows = {row.assignment.id: row for row in found}
    return [rows[one] for one in ids if one in rows]


def _due(narrowing: Narrowing, now: datetime) -> Condition:
    return desk.due(narrowing.due_before(now), [one.rank for one in narrowing.precedences])


def _first(
    connection: Connection, which: Which, most: int, after: Mark | None
) -> tuple[list[str], Mark | None]:
    """Ids of the first of a list; and where these end, if there are more."""
    further = true() if after is None else tuple_(*ORDER) > place(after)
    found = select(assignment.c.id).where(assignment.c.open)
    if which.beside and not which.parts:
        found = found.join_from(assignment, case, case.c.id == assignment.c.case_id)
    chosen = desk.chosen(found, which, further, limit=most + 1).order_by(*ORDER).limit(most + 1)
    ids = list(connection.execute(chosen).scalars())
    return ids[:most], _mark(connection, ids[most - 1]) if len(ids) > most else None


def _mark(connection: Connection, id: str) -> Mark:
    """The place of one of them."""
    columns = (assignment.c.due_at, assignment.c.id, assignment.c.precedence)
    return Mark(*connection.execute(select(*columns).where(assignment.c.id == id)).one())


#: A thousand of these are compared with a time, and none is shown.
_DUE = type_coerce(assignment.c.due_at, BigInteger)


_JUDGED = and_(
    judgement.c.case_id == assignment.c.case_id,
    judgement.c.point == assignment.c.point,
    judgement.c.round == assignment.c.round,
    assignment.c.kind == "check",
)


_AMONG: Any = among(assignment.c.id, "ids")


def _joined(found: Select[Any]) -> Select[Any]:
    """With its case, and of a check what was judged."""
    joined = found.join_from(assignment, case, case.c.id == assignment.c.case_id)
    return joined.outerjoin(judgement, _JUDGED)


# What may be looked for is no more than a row shows to its reader


def _checked(reader: Reader) -> Condition:
    """They check it unseen: title, subject and what is at stake may come from later than the decision."""
    blind = [level for level in Level if not level.shows_recommendation]
    return and_(
        assignment.c.kind == "check", assignment.c.person == reader.person, assignment.c.level.in_(blind)
    )


def _as_seen(
    reader: Reader, now: ColumnElement[Any], then: ColumnElement[Any]
) -> ColumnElement[Any]:  # fmt: skip
    return either((_checked(reader), then), else_=now)


def _fits(narrowing: Narrowing, reader: Reader) -> Condition:
    """What no index knows."""
    found: list[Condition] = []
    if narrowing.process:
        found.append(case.c.process == narrowing.process)
    if narrowing.kinds:
        found.append(assignment.c.kind.in_(narrowing.kinds))
    if narrowing.grades:
        found.append(_as_seen(reader, case.c.grade, judgement.c.grade).in_(narrowing.grades))
    if narrowing.least is not None or narrowing.most is not None:
        stake = _stake(reader)
        found.append(stake.is_not(None))
        found += [stake >= literal(narrowing.least, Numeric)] if narrowing.least is not None else []
        found += [stake <= literal(narrowing.most, Numeric)] if narrowing.most is not None else []
    if narrowing.text:
        found.append(_says(narrowing.text, reader))
    return and_(true(), *found)


def _says(text: str, reader: Reader) -> Condition:
    number, title, subject, submitter = (
        column.icontains(text, autoescape=True)
        for column in (case.c.id, case.c.title, case.c.subject, case.c.submitter)
    )
    told = and_(case.c.process.not_in(sorted(reader.without_subject)), subject)
    return or_(number, submitter, and_(~_checked(reader), or_(title, told)))


def _stake(reader: Reader) -> ColumnElement[Any]:
    # a decimal is kept as text
    sums = (cast(case.c.stake, Numeric), cast(judgement.c.stake, Numeric))
    return func.abs(_as_seen(reader, *sums))


def _stakes(reader: Reader) -> tuple[ColumnElement[Any], ...]:
    grade = _as_seen(reader, case.c.grade, judgement.c.grade)
    ranks = either({one.value: one.rank for one in Grade}, value=grade, else_=-1)
    return ranks.desc(), func.coalesce(_stake(reader), -1).desc()
