"""What guards are told and what they say: the terms of the moment, and the fold of new evidence.

Workers judge on terms that may be a moment old; each judgement carries those that it was made on, so evidence
is counted as it was made. Evidence is folded by one at a time, whoever comes first: numbered, told to the
guard, and kept with the state that follows from it, in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from surehand.core.bound import BoundProcess
from surehand.core.case import ENGINE
from surehand.core.claims import claim, sentence
from surehand.core.digest import digest
from surehand.core.guarantee import Evidence, Judged, Plan, Terms, Turn
from surehand.core.guard import Guard
from surehand.core.routing import Earned
from surehand.core.steps import DecisionPoint
from surehand.flow.context import Context
from surehand.store import audit, evidence, models
from surehand.store.evidence import Point, Standing, Told

#: Pieces of evidence in one transaction.
_TOGETHER = 1_000

#: Cases in a month below which one row of certificates is begun: three would share too little evidence.
_LOW_VOLUME = 1_000


@dataclass(frozen=True, slots=True)
class Basis:
    """What a guarantee holds for.

    name  of all of it: another plan, other signals or another model have another name
    """

    name: str
    plan: Plan


def basis_of(process: BoundProcess, point: DecisionPoint, in_use: Mapping[str, str]) -> Basis:
    """What the guarantee of a decision point holds for.

    in_use  name -> hash of the models of the process: another one gives other scores
    """
    promised = point.guarantee
    assert promised is not None
    volume = process.map.volume
    plan = Plan(promised.error, promised.sure)
    if volume is not None and volume.per_month < _LOW_VOLUME:
        plan = replace(plan, starts=(0.5,))
    # the version says what the signals are and which code makes the recommendations
    held = {"plan": asdict(plan), "version": process.version, "models": dict(in_use)}
    return Basis(digest(held)[:16], plan)


def earned(context: Context, process: BoundProcess, point: DecisionPoint) -> Earned | None:
    """On what terms judgements are made now; where nothing is known yet, all of them go to people."""
    if point.guarantee is None:
        return None
    with context.db.look() as connection:
        found = evidence.standing(connection, (process.name, point.name))
        basis = basis_of(process, point, models.hashes(connection, process.name))
    if found is None:
        terms = Guard(basis.plan).terms
    elif found.basis == basis.name:
        terms = Terms(**found.terms)
    else:
        # what was earned was earned for something else; the guard is told so with the next evidence
        terms = Guard.of(_plan(found), found.body).anew(basis.plan).terms
    return Earned(terms, point.guarantee.error)


def fold(context: Context) -> int:
    """Tell guards what they were not told; returns how many pieces of evidence that were."""
    with context.db.look() as connection:
        points = evidence.untold(connection)
    return sum(_fold(context, point) for point in points)


def _fold(context: Context, point: Point) -> int:
    count = 0
    while True:
        try:
            told = context.db.write(lambda connection: _folded(context, connection, point))
        except (_Overtaken, IntegrityError):
            return count  # another process is at it
        count += told
        if told < _TOGETHER:
            return count


def _folded(context: Context, connection: Connection, point: Point) -> int:
    before = evidence.standing(connection, point)
    basis = _basis(context, connection, point)
    found = evidence.fresh(connection, point, limit=_TOGETHER)
    told = before.told if before is not None else 0
    guard = None if before is None else Guard.of(_plan(before), before.body)
    if basis is not None and (before is None or before.basis != basis.name):
        body = {"plan": asdict(basis.plan), "basis": basis.name}
        evidence.add_told(connection, Evidence(*point, "planned", body), number=told)
        told += 1
        guard = Guard(basis.plan) if guard is None else guard.anew(basis.plan)
    if guard is None:
        return 0
    numbered, turns = _told(connection, point, guard, found, told)
    evidence.number(connection, numbered)
    now = context.clock()
    for turn in turns:
        audit.record(connection, "guarantee", ENGINE, now, _said(point, turn))
    after = Standing(
        *point, rev=1 if before is None else before.rev + 1,
        basis=basis.name if basis is not None else before.basis if before is not None else "",
        told=told + len(found), status=guard.status, terms=asdict(guard.terms),
        body={**guard.plain, "plan": asdict(guard.plan)}, at=now,
    )  # fmt: skip
    if not evidence.save(connection, after, before=None if before is None else before.rev):
        raise _Overtaken
    return len(found)


class _Overtaken(Exception):
    """Another process folded the same evidence."""


def _told(
    connection: Connection, point: Point, guard: Guard, found: Sequence[Told], number: int
) -> tuple[list[tuple[int, int, int | None]], list[Turn]]:
    """Tell the guard; id, number and place of each piece, and what changed."""
    here: dict[Any, tuple[int, Evidence]] = {}
    asked = [_about(one.evidence) for one in found if one.evidence.kind == "answered"]
    earlier = evidence.judged(connection, point, asked)
    numbered: list[tuple[int, int, int | None]] = []
    turns: list[Turn] = []
    for offset, one in enumerate(found):
        about, place = _about(one.evidence), None
        if one.evidence.kind == "judged":
            place = guard.judged
            here[about] = (place, one.evidence)
            turns += guard.judge(_judged(one.evidence, place))
        elif one.evidence.kind == "answered":
            before = earlier.get(about)
            known = here.get(about) or (
                (before.place, before.evidence) if before is not None and before.place is not None else None
            )
            if known is not None:
                turns += guard.answer(_judged(known[1], known[0]), right=bool(one.evidence.body["right"]))
        numbered.append((one.id, number + offset, place))
    return numbered, turns


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """A guarantee, with what may be said of it.

    at  when it changed last
    """

    process: str
    point: str
    status: str
    sentence: str
    claim: str
    epoch: int
    judged: int
    cut: float | None
    check: float
    told: int
    at: str


def guarantees(context: Context) -> list[Guaranteed]:
    """All guarantees, and where they stand."""
    with context.db.look() as connection:
        found = evidence.standings(connection)
    return [_guaranteed(one) for one in found]


def _guaranteed(one: Standing) -> Guaranteed:
    guard = Guard.of(_plan(one), one.body)
    return Guaranteed(
        one.process, one.point, guard.status, sentence(guard), claim(guard.plan), guard.epoch, guard.judged,
        guard.terms.cut, guard.terms.check, one.told, one.at.isoformat(),
    )  # fmt: skip


def replayed(connection: Connection, point: Point) -> Guard | None:
    """The guard that follows from the evidence alone, told in the order in which it was told."""
    guard: Guard | None = None
    places: dict[Any, tuple[int, Evidence]] = {}
    after = -1
    while found := evidence.told(connection, point, after=after):
        for one in found:
            about = _about(one.evidence)
            if one.evidence.kind == "planned":
                plan = _plan_of(one.evidence.body["plan"])
                guard = Guard(plan) if guard is None else guard.anew(plan)
            elif guard is not None and one.evidence.kind == "judged":
                places[about] = (guard.judged, one.evidence)
                guard.judge(_judged(one.evidence, guard.judged))
            elif guard is not None and about in places:
                place, judgement = places[about]
                guard.answer(_judged(judgement, place), right=bool(one.evidence.body["right"]))
        after = found[-1].number if found[-1].number is not None else after
    return guard


def unfounded(connection: Connection) -> list[str]:
    """Decision points whose guarantee does not follow from the evidence: somebody changed one of them."""
    return [
        f"{one.process}, {one.point}" for one in evidence.standings(connection)
        if not _follows(one, replayed(connection, (one.process, one.point)))
    ]  # fmt: skip


def _follows(one: Standing, guard: Guard | None) -> bool:
    if guard is None:
        return False
    kept = one.status, one.terms, one.body
    return kept == (guard.status, asdict(guard.terms), {**guard.plain, "plan": one.body.get("plan")})


def _about(one: Evidence) -> tuple[str, int]:
    return one.case_id or "", one.round or 0


def _judged(one: Evidence, place: int) -> Judged:
    body = one.body
    return Judged(place, Terms(**body["terms"]), body["score"], body["alone"], body["odds"], body["asked"])


def _plan(standing: Standing) -> Plan:
    return _plan_of(standing.body["plan"])


def _plan_of(plain: Mapping[str, Any]) -> Plan:
    return Plan(**{**plain, "starts": tuple(plain["starts"])})


def _basis(context: Context, connection: Connection, point: Point) -> Basis | None:
    """What is promised of a decision point now; None where it is not there any more, or promises nothing."""
    process = context.processes.current.get(point[0])
    steps = process.map.steps if process is not None else ()
    step = next((step for step in steps if step.name == point[1]), None)
    if process is None or not isinstance(step, DecisionPoint) or step.guarantee is None:
        return None
    return basis_of(process, step, models.hashes(connection, process.name))


def _said(point: Point, turn: Turn) -> dict[str, Any]:
    """A change of what is allowed, for the audit trail."""
    return {
        "process": point[0], "point": point[1], "what": turn.kind, "judged": turn.at, "epoch": turn.epoch,
        "cut": turn.cut, "wealth": turn.wealth,
    }  # fmt: skip
