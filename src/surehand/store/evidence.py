"""What guards are told, in the order in which they are told, and where their guarantees stand.

Evidence is added with the change that it comes from, by many at once. It gets its number later, when a guard
is told of it: whoever does that is alone with the guarantee, so the numbers have no gaps and never change,
and telling a new guard the same in the same order gives the same guarantee.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from surehand.core.guarantee import Evidence
from surehand.store.among import among
from surehand.store.bulk import AT, insert_rows, update_rows
from surehand.store.questions import named
from surehand.store.tables import evidence, guarantee, judgement

#: A decision point: its process and its name.
Point = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of evidence as it is kept.

    number  the place in the order of what the guard was told; None: it was not told yet
    place   judgements of this point before it, once that is known
    """

    id: int
    evidence: Evidence
    number: int | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a guarantee stands.

    rev    grows with every change
    basis  what it holds for: plan, signals, models
    told   pieces of evidence that it follows from
    terms  on which judgements are made now, as JSON
    body   the whole state of the guard, as JSON
    """

    process: str
    point: str
    rev: int
    basis: str
    told: int
    status: str
    terms: Mapping[str, Any]
    body: Mapping[str, Any]
    at: datetime


def add(connection: Connection, found: Sequence[Evidence]) -> None:
    """Keep evidence that its guard is not told yet. The same is kept once: what was said first counts."""
    rows = [{name: getattr(one, name) for name in _EVIDENCE} for one in found]
    insert_rows(connection, evidence, rows, conflict="ON CONFLICT (case_id, point, round, kind) DO NOTHING")


_EVIDENCE = tuple(field.name for field in fields(Evidence))


def add_told(connection: Connection, one: Evidence, *, number: int) -> None:
    """Keep evidence that its guard is told with this number."""
    connection.execute(
        insert(evidence).values(**{name: getattr(one, name) for name in _EVIDENCE}, number=number)
    )


def untold(connection: Connection) -> list[Point]:
    """Decision points of which there is evidence that their guard was not told."""
    found = select(evidence.c.process, evidence.c.point).where(evidence.c.number.is_(None)).distinct()
    return [(row.process, row.point) for row in connection.execute(found)]


def fresh(connection: Connection, point: Point, *, limit: int) -> list[Told]:
    """Evidence that the guard was not told, in the order in which it came."""
    new = _OF.where(evidence.c.number.is_(None)).order_by(evidence.c.id).limit(limit)
    return list(_told(connection, new, point))


def told(connection: Connection, point: Point, *, after: int = -1, limit: int = 1_000) -> list[Told]:
    """Evidence that the guard was told, in that order."""
    old = _OF.where(evidence.c.number > after).order_by(evidence.c.number).limit(limit)
    return list(_told(connection, old, point))


def judged(connection: Connection, point: Point, cases: Iterable[tuple[str, int]]) -> dict[Any, Told]:
    """What a guard was told of the judgements of some cases and rounds, by these."""
    wanted = set(cases)
    names = sorted({case_id for case_id, _ in wanted})
    found = _told(connection, _JUDGED, point, names=names)
    keys = ((one, (one.evidence.case_id, one.evidence.round)) for one in found)
    return {key: one for one, key in keys if key in wanted}


def of_case(connection: Connection, case_id: str) -> list[Evidence]:
    """What a case has brought for guards."""
    columns = (evidence.c[name] for name in _EVIDENCE)
    return [
        Evidence(*row) for row in connection.execute(select(*columns).where(evidence.c.case_id == case_id))
    ]


@dataclass(frozen=True, slots=True)
class Unseen:
    """An answer that a guard was told of, with what the signals had said of the case."""

    signals: Mapping[str, float | None]
    odds: float
    right: bool


def unseen(connection: Connection, point: Point, *, ground: str, limit: int) -> list[Unseen]:
    """The latest answers about judgements on the same ground as now, the latest first.

    ground  see `flow.guarding.Basis`
    """
    planned = _OF.where(evidence.c.kind == "planned").order_by(evidence.c.number.desc())
    since = None
    for one in _told(connection, planned, point):
        if one.evidence.body.get("ground") != ground:
            break
        since = one.number
    if since is None:
        return []
    about = (
        judgement.c.case_id == evidence.c.case_id, judgement.c.point == evidence.c.point,
        judgement.c.round == evidence.c.round,
    )  # fmt: skip
    found = (
        select(judgement.c.signals, judgement.c.draw, evidence.c.body)
        .join(judgement, and_(*about))
        .where(
            evidence.c.process == point[0], evidence.c.point == point[1], evidence.c.kind == "answered",
            evidence.c.number > since,
        )
        .order_by(evidence.c.number.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        Unseen(row.signals, row.draw["share"], bool(row.body["right"]))
        for row in connection.execute(found)
        if row.draw is not None
    ]


def number(connection: Connection, given: Sequence[tuple[int, int, int | None]]) -> None:
    """Say in which order evidence was told: its id, number and place."""
    # whoever was quicker has changed the guarantee too, so this transaction is given up
    update_rows(connection, evidence, [
        {"number": number, "place": place, f"{AT}id": id} for id, number, place in given
    ])  # fmt: skip


def standing(connection: Connection, point: Point) -> Standing | None:
    """Where a guarantee stands; None before it was told anything."""
    row = named(connection.execute(_STANDING, {"process": point[0], "point": point[1]}))
    return Standing(**row[0]) if row else None


def standings(connection: Connection) -> list[Standing]:
    """All guarantees, by process and decision point."""
    found = select(guarantee).order_by(guarantee.c.process, guarantee.c.point)
    return [Standing(**row) for row in named(connection.execute(found))]


def save(connection: Connection, now: Standing, *, before: int | None) -> bool:
    """Keep where it stands. False: it is not as it was read, and the transaction must be given up.

    before  the revision that was read; None for a new one
    """
    values = {name: getattr(now, name) for name in Standing.__slots__}
    if before is None:
        connection.execute(insert(guarantee).values(values))
        return True
    same = update(guarantee).where(
        guarantee.c.process == now.process, guarantee.c.point == now.point, guarantee.c.rev == before
    )
    return connection.execute(same.values(values)).rowcount == 1


_OF = select(
    evidence.c.id, evidence.c.number, evidence.c.place, *(evidence.c[name] for name in _EVIDENCE)
).where(evidence.c.process == bindparam("of_process"), evidence.c.point == bindparam("of_point"))
_STANDING = select(guarantee).where(
    guarantee.c.process == bindparam("process"), guarantee.c.point == bindparam("point")
)
_JUDGED = _OF.where(evidence.c.kind == "judged", among(evidence.c.case_id, "names"))


def _told(connection: Connection, found: Any, point: Point, **more: Any) -> Iterator[Told]:
    rows = connection.execute(found, {"of_process": point[0], "of_point": point[1], **more})
    return (Told(id, Evidence(*kept), number, place) for id, number, place, *kept in rows)
