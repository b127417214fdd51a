"""What guards are told and what they say: the terms of the moment, and the fold of new evidence.

Workers judge on terms that may be a moment old; each judgement carries those that it was made on, so evidence
is counted as it was made. Evidence is folded by one at a time, whoever comes first: numbered, told to the
guard, and kept with the state that follows from it, in one transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from surehand.core.bound import BoundProcess
from surehand.core.case import ENGINE
from surehand.core.clusters import Clusters
from surehand.core.course import Course, Span, coverage
from surehand.core.guarantee import Evidence, Judged, Plan, Said, Status, Terms, Turn
from surehand.core.guard import Guard
from surehand.core.news import ANEW, FITTED
from surehand.core.news import told as in_words
from surehand.core.phrases import words
from surehand.core.policy import Guarantee
from surehand.core.process import Process
from surehand.core.routing import Earned
from surehand.core.steps import DecisionPoint
from surehand.core.telling import Tell
from surehand.flow import bases, calibrating, rivalry
from surehand.flow.context import Context
from surehand.store import audit, course, evidence, outbox, versions
from surehand.store.evidence import Point, Standing, Told

#: Pieces of evidence in one transaction.
_TOGETHER = 1_000


def earned(context: Context, process: BoundProcess, point: DecisionPoint) -> Earned | None:
    """On what terms judgements are made now; where nothing is known yet, all of them go to people."""
    if point.guarantee is None:
        return None
    with context.db.look() as connection:
        found = evidence.standing(connection, (process.name, point.name))
        basis = bases.basis_of(context, connection, process, point)
    admitted: Mapping[str, float] = {}
    if found is None:
        terms = Guard(basis.plan).terms
    elif found.basis == basis.name:
        terms = Terms(**found.terms)
        if basis.plan.cluster is not None:
            admitted = Clusters.of(found.body["clusters"]).admitted(basis.plan)
    else:
        # what was earned was earned for something else; the guard is told so with the next evidence
        with context.db.look() as connection:
            terms = _guard(connection, found).anew(basis.plan).terms
    return Earned(terms, point.guarantee.error, basis.calibration, basis.rival, admitted)


def fold(context: Context) -> int:
    """Tell guards what they were not told; returns how many pieces of evidence that were."""
    with context.db.look() as connection:
        points = evidence.untold(connection)
    return sum(_fold(context, point) for point in points)


def _fold(context: Context, point: Point) -> int:
    count = 0
    while True:
        try:
            told = context.db.write(lambda connection: _told_and_fitted(context, connection, point))
        except (_Overtaken, IntegrityError):
            return count  # another process is at it
        count += told
        if told < _TOGETHER:
            return count


def _told_and_fitted(context: Context, connection: Connection, point: Point) -> int:
    """Tell a guard what is new, and fit its score where that is due. How much that was.

    In one transaction: no evidence would lead back here if the fit were lost between two.
    """
    told, fits = _folded(context, connection, point)
    if fits and calibrating.calibrate(context, connection, point):
        # the guard is told of what its score is now, before anything else
        told += _folded(context, connection, point)[0]
    return told


def _folded(context: Context, connection: Connection, point: Point) -> tuple[int, bool]:
    """Tell a guard what is new, and keep where it stands. How much that was, and whether a fit is due."""
    before = evidence.standing(connection, point)
    basis = _basis(context, connection, point)
    found = evidence.fresh(connection, point, limit=_TOGETHER)
    told = before.told if before is not None else 0
    guard = None if before is None else _guard(connection, before)
    if basis is not None and basis.rival is not None and (guard is None or guard.held < 0):
        # the model in use has nothing that would be lost
        basis = rivalry.taken_over(context, connection, point)
    if basis is not None and (before is None or before.basis != basis.name):
        body = {"plan": asdict(basis.plan), "basis": basis.name, "ground": basis.ground}
        evidence.add_told(connection, Evidence(*point, "planned", body), number=told)
        told += 1
        same = before is not None and before.body.get("ground") == basis.ground
        guard = Guard(basis.plan) if guard is None else guard.anew(basis.plan, refitted=same)
    if guard is None:
        return 0, False
    challenged: list[Turn] = []
    if basis is not None and basis.rival != (guard.rival.hash if guard.rival is not None else None):
        evidence.add_told(connection, Evidence(*point, "challenged", {"hash": basis.rival}), number=told)
        told += 1
        challenged = guard.challenge(basis.rival)
    name = basis.name if basis is not None else before.basis if before is not None else ""
    followed = _course(connection, point, guard, name)
    followed.turned(challenged)
    numbered = _told(connection, point, followed, found, told, basis=name)
    evidence.number(connection, numbered)
    now = context.clock()
    # what was counted so far is about the model that was in use
    course.save(connection, point, followed.spans, basis=name, at=now)
    news = list(_news(before, basis, followed))
    if basis is not None and any(turn.model is not None for turn, _ in followed.turns):
        basis = rivalry.taken_over(context, connection, point, fitted=basis.calibration)
        name, body = basis.name, {"plan": asdict(basis.plan), "basis": basis.name, "ground": basis.ground}
        planned = Evidence(*point, "planned", {**body, "promoted": True})
        evidence.add_told(connection, planned, number=told + len(found))
        told += 1
    for turn, _ in followed.turns:
        audit.record(connection, "guarantee", ENGINE, now, _said(point, turn))
    for kind, told_of in news:
        course.tell(connection, point, kind, told_of, at=now)
        _tell_owner(context, connection, point, kind, told_of, number=told + len(found))
    after = Standing(
        *point, rev=1 if before is None else before.rev + 1, basis=name, told=told + len(found),
        status=guard.status, terms=asdict(guard.terms),
        body={**guard.plain, "plan": asdict(guard.plan), "ground": _ground(basis, before)}, at=now,
    )  # fmt: skip
    if not evidence.save(connection, after, before=None if before is None else before.rev):
        raise _Overtaken
    return len(found), guard.fits


def _tell_owner(
    context: Context, connection: Connection, point: Point, kind: str, body: Mapping[str, Any], *, number: int
) -> None:
    """Whoever answers for the process is told over their channels too."""
    process = context.processes.current.get(point[0])
    if process is None:
        return
    told = {
        "of": f"{point[0]}, {words(point[1])}", "text": in_words(kind, body),
        "path": f"/guarantees/{point[0]}/{point[1]}",
    }  # fmt: skip
    tell = Tell(f"guarantee:{point[0]}:{point[1]}:{number}:{kind}", process.map.owner, "guarantee", body=told)
    outbox.tell(connection, [tell], at=context.clock(), process=point[0])


def _ground(basis: bases.Basis | None, before: Standing | None) -> str | None:
    if basis is not None:
        return basis.ground
    return before.body.get("ground") if before is not None else None


class _Overtaken(Exception):
    """Another process folded the same evidence."""


def _course(connection: Connection, point: Point, guard: Guard, basis: str) -> Course:
    """The guard with the span that goes on, or with a new one where it holds for something else."""
    last = course.latest(connection, point, limit=1)
    if not last:
        return Course(guard, [Span(first=guard.judged)])
    if last[0].basis == basis:
        return Course(guard, [last[0].span])
    return Course(guard, [Span(last[0].span.number + 1, guard.judged)])


def _news(
    before: Standing | None, basis: bases.Basis | None, followed: Course
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the owner is told: every turn, and another status that came without one."""
    guard, was = followed.guard, before.status if before is not None else Status.SHADOW
    now = {"error": guard.plan.error, "judged": guard.judged, "epoch": guard.epoch}
    if before is not None and basis is not None and before.basis != basis.name:
        same = before.body.get("ground") == basis.ground and before.body["plan"]["error"] == basis.plan.error
        yield FITTED if same else ANEW, {**now, "cut": None, "coverage": 0.0}
        was = Status.SHADOW
    for turn, certified in followed.turns:
        at = {"judged": turn.at, "epoch": turn.epoch, "cut": turn.cut, "coverage": certified}
        yield turn.kind, {**now, **at}
    if guard.status != was and (not followed.turns or guard.status is Status.UNPROVEN):
        yield guard.status, {**now, "cut": guard.terms.cut, "coverage": coverage(guard)}


def _told(
    connection: Connection, point: Point, followed: Course, found: Sequence[Told], number: int, *, basis: str
) -> list[tuple[int, int, int | None]]:
    """Tell the guard; id, number and place of each piece."""
    here: dict[Any, tuple[int, Evidence]] = {}
    asked = [_about(one.evidence) for one in found if one.evidence.kind == "answered"]
    earlier = evidence.judged(connection, point, asked)
    numbered: list[tuple[int, int, int | None]] = []
    for offset, one in enumerate(found):
        about, place = _about(one.evidence), None
        if one.evidence.kind == "judged":
            place = followed.guard.judged
            here[about] = (place, one.evidence)
            followed.judge(_judged(one.evidence, place), one.evidence.body)
        elif one.evidence.kind == "answered":
            before = earlier.get(about)
            known = here.get(about) or (
                (before.place, before.evidence) if before is not None and before.place is not None else None
            )
            if known is not None:
                said = _said_by_people(one.evidence)
                followed.answer(_judged(known[1], known[0]), known[1].body, **said)
        elif one.evidence.body["basis"] == basis:
            followed.trust(one.evidence.body["levels"], one.evidence.body["level"])
        numbered.append((one.id, number + offset, place))
    return numbered


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a guarantee stands.

    kept      the last state that follows from evidence; None before there was any
    promised  the map promises it now
    anew      what it held for has changed since, so nothing of what was earned counts any more
    """

    guard: Guard
    kept: Standing | None
    promised: bool
    anew: bool = False


def maps_of(context: Context, connection: Connection) -> dict[str, Process]:
    """The maps that run here. Whoever only looks loads no code, and has those that are published."""
    if current := context.processes.current:
        return {name: bound.map for name, bound in current.items()}
    published = versions.current(connection)
    return {name: Process.model_validate(one.map) for name, one in published.items()}


def stand(
    context: Context,
    connection: Connection,
    point: Point,
    *,
    promise: Guarantee | None,
    kept: Standing | None,
) -> Stand | None:
    """Where the guarantee of a decision point stands; None where there is and was none.

    promise  of the map now; kept: the last state. Without the code of the process, what it holds for is not
             known, and taken to be the same
    """
    guard = None if kept is None else _guard(connection, kept)
    if promise is None:
        return None if guard is None else Stand(guard, kept, promised=False)
    basis = _basis(context, connection, point)
    if guard is None or kept is None:
        plan = Plan(promise.error, promise.sure) if basis is None else basis.plan
        return Stand(Guard(plan), None, promised=True)
    if basis is None or kept.basis == basis.name:
        return Stand(guard, kept, promised=True)
    same = kept.body.get("ground") == basis.ground
    return Stand(guard.anew(basis.plan, refitted=same), kept, promised=True, anew=True)


def _guard(connection: Connection, kept: Standing) -> Guard:
    """The state that is kept; where another version of the program kept it, what the evidence gives."""
    plan = _plan(kept)
    try:
        return Guard.of(plan, kept.body)
    except (KeyError, TypeError, ValueError):
        return replayed(connection, (kept.process, kept.point)) or Guard(plan)


def replayed(connection: Connection, point: Point) -> Guard | None:
    """The guard that follows from the evidence alone, told in the order in which it was told."""
    guard: Guard | None = None
    ground = basis = None
    places: dict[Any, tuple[int, Evidence]] = {}
    after = -1
    while found := evidence.told(connection, point, after=after):
        for one in found:
            about = _about(one.evidence)
            if one.evidence.kind == "planned":
                plan = _plan_of(one.evidence.body["plan"])
                same, ground = one.evidence.body.get("ground") == ground, one.evidence.body.get("ground")
                basis = one.evidence.body["basis"]
                if one.evidence.body.get("promoted"):
                    continue  # the guard knows, and goes on with what the rival earned
                guard = Guard(plan) if guard is None else guard.anew(plan, refitted=same)
            elif guard is not None and one.evidence.kind == "challenged":
                guard.challenge(one.evidence.body["hash"])
            elif guard is not None and one.evidence.kind == "trusted":
                if one.evidence.body["basis"] == basis:
                    guard.trust(one.evidence.body["levels"], one.evidence.body["level"])
            elif guard is not None and one.evidence.kind == "judged":
                places[about] = (guard.judged, one.evidence)
                guard.judge(_judged(one.evidence, guard.judged))
            elif guard is not None and about in places:
                place, judgement = places[about]
                guard.answer(_judged(judgement, place), **_said_by_people(one.evidence))
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
    return kept == (guard.status, asdict(guard.terms), {**guard.plain, **_beside(one.body)})


def _beside(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept with the state of a guard and is no part of it."""
    return {name: body.get(name) for name in ("plan", "ground")}


def _about(one: Evidence) -> tuple[str, int]:
    return one.case_id or "", one.round or 0


def _judged(one: Evidence, place: int) -> Judged:
    body = one.body
    rival = body.get("rival")
    return Judged(
        place, Terms(**body["terms"]), body["score"], body["alone"], body["odds"], body["asked"],
        None if rival is None else Said(**rival), body.get("cluster"), body.get("admitted", True),
    )  # fmt: skip


def _said_by_people(one: Evidence) -> dict[str, Any]:
    """Whether the AI was right, and whether its rival would have been, as arguments of a guard."""
    return {"right": bool(one.body["right"]), "rival": one.body.get("rival")}


def _plan(standing: Standing) -> Plan:
    return _plan_of(standing.body["plan"])


def _plan_of(plain: Mapping[str, Any]) -> Plan:
    return Plan(**{**plain, "starts": tuple(plain["starts"])})


def _basis(context: Context, connection: Connection, point: Point) -> bases.Basis | None:
    """What is promised of a decision point now; None where it is not there any more, or promises nothing."""
    found = bases.promised(context, *point)
    return None if found is None else bases.basis_of(context, connection, *found)


def _said(point: Point, turn: Turn) -> dict[str, Any]:
    """A change of what is allowed, for the audit trail."""
    return {
        "process": point[0], "point": point[1], "what": turn.kind, "judged": turn.at, "epoch": turn.epoch,
        "cut": turn.cut, "wealth": turn.wealth,
    }  # fmt: skip
