"""Reports of guarantees: where each stands, what it rests on, what it costs; and what their owners are told.

Only sums over many cases are told, never what became of one, so that whoever has to decide a case unseen may
read a report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from surehand.core import news, report
from surehand.core.claims import claim, sentence
from surehand.core.course import Span, coverage, merged
from surehand.core.outlook import Outlook, outlook, said
from surehand.core.policy import Guarantee
from surehand.core.process import Process
from surehand.core.report import Calibration, Cost, CurvePoint, Share, SliceReport, Stretch, share_of
from surehand.core.steps import DecisionPoint
from surehand.errors import Forbidden, NotFound
from surehand.flow import guarding
from surehand.flow.context import Context
from surehand.flow.desk import sight_of
from surehand.store import audit, evidence
from surehand.store import course as kept
from surehand.store.course import Kept, Message
from surehand.store.evidence import Point

#: Spans that a report looks back on: 200,000 judgements.
_BACK = 400

#: Spans that its figures rest on, at most: 20,000 judgements, all made under the basis of now.
_LATELY = 40

#: Spans that the cost of today rests on.
_TODAY = 4

#: Changes that a report names, and messages that the desk shows.
_CHANGES, _NEWS = 50, 200

_MONTH = timedelta(days=30)

#: Process -> its map, see `guarding.maps_of`.
Maps = Mapping[str, Process]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a guarantee. read: the owner has said so."""

    id: int
    kind: str
    text: str
    tone: str
    at: datetime
    judged: int
    epoch: int
    coverage: float
    cut: float | None
    read: bool


@dataclass(frozen=True, slots=True)
class Checks:
    """Spot checks of what ran alone.

    drawn, answered, wrong  as far back as reports look; waiting: drawn, and not answered, if it ever will be
    odds                    probability with which one is drawn now
    found                   error of what ran alone, as answers say, under the basis of now
    """

    drawn: int
    answered: int
    wrong: int
    waiting: int
    odds: float
    found: Share | None


@dataclass(frozen=True, slots=True)
class GuaranteeSummary:
    """A guarantee in a list.

    status    see `surehand.core.guarantee.Status`; sentence: where it stands
    cut       confidence from which cases run alone now, coverage: their share; None and 0: none does
    judged    judgements in all; told: pieces of evidence
    at        when it changed last; None before there was evidence
    promised  the map promises it now
    clusters  of alike cases that are admitted; None: they are not told apart
    """

    process: str
    point: str
    owner: str
    error: float
    sure: float
    status: str
    sentence: str
    epoch: int
    judged: int
    told: int
    cut: float | None
    coverage: float
    at: datetime | None
    promised: bool
    clusters: int | None


@dataclass(frozen=True, slots=True)
class GuaranteeReport(GuaranteeSummary):
    """A guarantee, with all that is shown of it.

    claim    what is promised, with what it rests on; missing: `outlook` in words
    borne    share of checks that may find something: the error promised, or less where not all is entered
    anew     nothing of what was earned counts any more
    volume   cases a month; measured: as they came, and not as the map says
    span     judgements that calibration, curve and slices rest on
    changes  the latest first
    """

    claim: str
    missing: str
    outlook: Outlook
    borne: float
    anew: bool
    volume: float | None
    measured: bool
    span: int
    checks: Checks
    cost: Cost | None
    calibration: Calibration | None
    curve: tuple[CurvePoint, ...]
    slices: tuple[SliceReport, ...]
    course: tuple[Stretch, ...]
    changes: tuple[Change, ...]

    @property
    def alarms(self) -> tuple[Change, ...]:
        """Changes that ask for somebody's attention, the latest first."""
        return tuple(one for one in self.changes if one.tone in ("bad", "warn"))

    @property
    def unread(self) -> tuple[Change, ...]:
        """Changes that the owner has not read yet."""
        return tuple(one for one in self.changes if not one.read)


def summaries(context: Context, person: str | None = None) -> list[GuaranteeSummary]:
    """All guarantees that a person may see, by process and decision point; without a person all there are."""
    with context.db.read() as connection:
        maps = guarding.maps_of(context, connection)
        promises = _promises(maps)
        standings = {(one.process, one.point): one for one in evidence.standings(connection)}
        found = []
        for point in sorted({*standings, *promises}):
            if not may_see(context, person, point[0]):
                continue
            kept_, promise = standings.get(point), promises.get(point)
            stand = guarding.stand(context, connection, point, promise=promise, kept=kept_)
            if stand is not None:
                found.append(_summary(maps, point, stand))
    return found


def _summary(maps: Maps, point: Point, stand: guarding.Stand) -> GuaranteeSummary:
    guard, state = stand.guard, stand.kept
    owner = maps[point[0]].owner if point[0] in maps else ""
    return GuaranteeSummary(
        *point, owner, guard.plan.error, guard.plan.sure, guard.status, sentence(guard),
        guard.epoch, guard.judged, state.told if state else 0, guard.terms.cut, coverage(guard),
        state.at if state else None, stand.promised, guard.distinct,
    )  # fmt: skip


def reported(context: Context, process: str, point: str, *, person: str | None = None) -> GuaranteeReport:
    """The report of one guarantee. Raises NotFound, also where the person may not see it."""
    at, stand = (process, point), None
    with context.db.read() as connection:
        maps = guarding.maps_of(context, connection)
        if may_see(context, person, process):
            promise, state = _promises(maps).get(at), evidence.standing(connection, at)
            stand = guarding.stand(context, connection, at, promise=promise, kept=state)
        if stand is None:
            raise NotFound(f"There is no guarantee of {process}, {point}, or you may not see it")
        spans = kept.latest(connection, at, limit=_BACK, whole=_LATELY)
        told = kept.messages(connection, at, limit=_CHANGES)
    found = _report(_summary(maps, at, stand), stand, _volume(context, maps.get(process), spans), spans, told)
    return found if _sees_cases(context, person, process) else replace(found, slices=())


def _report(
    summary: GuaranteeSummary, stand: guarding.Stand, volume: tuple[float | None, bool],
    spans: Sequence[Kept], told: Sequence[Message],
) -> GuaranteeReport:  # fmt: skip
    guard, every = stand.guard, [one.span for one in spans]
    now = _of_now(stand, spans)
    figures, today = merged(now[-_LATELY:]), merged(now[-_TODAY:])
    ahead = outlook(guard, per_month=volume[0])
    return GuaranteeReport(
        **{name: getattr(summary, name) for name in GuaranteeSummary.__slots__},
        claim=claim(guard.plan, summary.clusters),
        missing=said(ahead, guard.plan), outlook=ahead, borne=guard.plan.error * guard.plan.caught,
        anew=stand.anew, volume=volume[0], measured=volume[1],
        span=figures.cases, checks=_checks(merged(every), figures, guard.terms.check),
        cost=report.cost(today), calibration=report.calibration(figures), curve=report.curve(figures),
        slices=report.slices(figures), course=report.course(every),
        changes=tuple(_change(one) for one in told),
    )  # fmt: skip


def _of_now(stand: guarding.Stand, spans: Sequence[Kept]) -> list[Span]:
    """Spans under the basis of now: another model's confidence says nothing about this one's."""
    if stand.anew or stand.kept is None:
        return []
    return [one.span for one in spans if one.basis == stand.kept.basis]


def _checks(whole: Span, now: Span, odds: float) -> Checks:
    done = whole.checks
    waiting = max(0, whole.drawn - done.answers)
    return Checks(whole.drawn, done.answers, done.wrong, waiting, odds, share_of(now.checks))


def _volume(context: Context, process: Process | None, spans: Sequence[Kept]) -> tuple[float | None, bool]:
    """Cases a month: of the last month if there are some days of it, else as the map says."""
    recent = [one for one in spans if one.at >= context.clock() - _MONTH]
    if recent:
        lasted = context.clock() - recent[0].begun_at
        if lasted >= timedelta(days=3):
            return sum(one.span.cases for one in recent) * (_MONTH / lasted), True
    volume = process.volume if process is not None else None
    return (float(volume.per_month), False) if volume is not None else (None, False)


def _change(one: Message) -> Change:
    body = one.body
    return Change(
        one.id, one.kind, news.told(one.kind, body), news.tone(one.kind), one.at, int(body["judged"]),
        int(body["epoch"]), float(body["coverage"]), body["cut"], one.read_at is not None,
    )  # fmt: skip


def plain(found: GuaranteeSummary) -> dict[str, Any]:
    """As JSON, times as the API writes them."""

    def written(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        return {name: _iso(value) if isinstance(value, datetime) else value for name, value in pairs}

    return asdict(found, dict_factory=written)


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


# Who may see what


def _promises(maps: Maps) -> dict[Point, Guarantee]:
    return {
        (name, step.name): step.guarantee
        for name, process in maps.items()
        for step in process.steps
        if isinstance(step, DecisionPoint) and step.guarantee is not None
    }


def may_see(context: Context, person: str | None, process: str) -> bool:
    """People who see its cases, its owner and its builder; None is whoever runs the deployment."""
    if person is None:
        return True
    bound = context.processes.current.get(process)
    builds = bound is not None and context.people.active(person) and person == bound.map.builder
    return builds or _sees_cases(context, person, process)


def _sees_cases(context: Context, person: str | None, process: str) -> bool:
    """Whoever may see its cases may know what is in them, such as the names of groups."""
    bound = context.processes.current.get(process)
    if person is None or sight_of(context, person).everything:
        return True
    if bound is None:
        return False
    sight, exceptions = sight_of(context, person), {path.queue for path in bound.map.exceptions}
    owns = person == bound.map.owner and context.people.active(person)
    return owns or process in sight.processes or bool(exceptions & sight.queues)


def linked(context: Context, person: str | None, process: str) -> tuple[str, ...]:
    """The decision points of a process that promise something, for a person who may see that."""
    bound = context.processes.current.get(process)
    if person is None or bound is None or not may_see(context, person, process):
        return ()
    return tuple(point for _, point in _promises({process: bound.map}))


# What owners are told


@dataclass(frozen=True, slots=True)
class News:
    """What an owner has not read yet about one guarantee: the last change, and how many came before it."""

    process: str
    point: str
    last: Change
    before: int


def news_of(context: Context, person: str) -> list[News]:
    """What a person is to be told of the guarantees that they answer for, the latest first."""
    owned = _owned(context, person)
    if not owned:
        return []
    with context.db.look() as connection:
        told = kept.unread(connection, owned, limit=_NEWS)
    by_point: dict[Point, list[Message]] = {}
    for one in told:
        by_point.setdefault((one.process, one.point), []).append(one)
    return [News(*point, _change(ones[0]), len(ones) - 1) for point, ones in by_point.items()]


def count_news(context: Context, person: str) -> int:
    """Of how many guarantees a person has news."""
    owned = _owned(context, person)
    if not owned:
        return 0
    with context.db.look() as connection:
        return kept.unread_points(connection, owned)


def _owned(context: Context, person: str) -> list[str]:
    """The processes that a person answers for now, so that a new owner has the news of the one before."""
    current = context.processes.current
    return [name for name, bound in current.items() if bound.map.owner == person]


def read(context: Context, person: str, process: str, point: str, *, up_to: int) -> int:
    """The owner has read what was told up to a message. Returns how many messages that were.

    Raises NotFound where the person may not see the guarantee, Forbidden for anybody but the owner.
    """
    bound = context.processes.current.get(process)
    if bound is None or not may_see(context, person, process):
        raise NotFound(f"There is no guarantee of {process}, {point}, or you may not see it")
    if bound.map.owner != person:
        raise Forbidden(f"{bound.map.owner} answers for {process}, and says that it was read")
    now = context.clock()

    def transaction(connection: Connection) -> int:
        count = kept.mark_read(connection, (process, point), up_to=up_to, by=person, at=now)
        if count:
            body = {"process": process, "point": point, "up_to": up_to, "count": count}
            audit.record(connection, "guarantee_read", person, now, body)
        return count

    return context.db.write(transaction)
