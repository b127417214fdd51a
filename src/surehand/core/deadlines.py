"""The clock of an assignment: what comes before its deadline, at it, after it. A timeout never approves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import takewhile
from typing import Any

from surehand.core.calendars import Hours
from surehand.core.case import Assignment, Json
from surehand.core.people import Queue
from surehand.core.terms import Ask, Sla, TimeKind

#: Where neither the step nor its queue sets a deadline (a case that left every mapped path).
DEFAULT_DUE = timedelta(hours=24)

#: What a reviewer has at least when the answer to their question comes.
LEAST = timedelta(minutes=10)


class Stage(IntEnum):
    """How far an assignment went up, as its row says."""

    WAITING = 0
    REMINDED = 1
    ESCALATED = 2
    OVERDUE = 3


class Rung(StrEnum):
    """What happens as time passes, in this order; each once."""

    REMIND = "remind"
    WARN = "warn"
    SHARE = "share"
    ESCALATE = "escalate"
    OVERDUE = "overdue"
    EXPIRE = "expire"


class Waiter(StrEnum):
    """Who is held up by a case, besides its clock. The value is also the key of the deadline about it."""

    CUSTOMER = "waiting"
    PROCESS = "blocked"


#: What happens after the deadline, and to whom the minimum of time applies.
_LATE = (Rung.ESCALATE, Rung.OVERDUE, Rung.EXPIRE)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A rung that is not climbed yet, and when it is."""

    rung: Rung
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """When it is due, what is still to come in order, and what has happened.

    told    triggers besides time that happened: `waiting`, `blocked`, `at_risk`
    paused  questions for which it stood
    """

    due_at: datetime
    ahead: tuple[Ahead, ...]
    stage: Stage = Stage.WAITING
    told: tuple[str, ...] = ()
    paused: int = 0

    @property
    def timer_at(self) -> datetime | None:
        """When the next rung is climbed; None: nothing is left."""
        return self.ahead[0].at if self.ahead else None

    def on(self, assignment: Assignment) -> Assignment:
        """The assignment with this clock."""
        return replace(
            assignment, due_at=self.due_at, timer_at=self.timer_at, stage=int(self.stage), clock=self.kept()
        )

    def kept(self, *, whole: bool = False) -> Json | None:
        """What of it due time, timer and stage do not say; None: nothing.

        whole  all of it, for a row whose timer is taken away
        """
        usual = _usual(self.stage, self.timer_at, self.due_at)
        if self.ahead == usual and not (self.told or self.paused or whole):
            return None
        kept: dict[str, Any] = {"ahead": [[str(one.rung), one.at.isoformat()] for one in self.ahead]}
        if self.told:
            kept["told"] = list(self.told)
        if self.paused:
            kept["paused"] = self.paused
        return kept


def _usual(stage: Stage, timer_at: datetime | None, due_at: datetime) -> tuple[Ahead, ...]:
    """What is to come where there is only a reminder, a deadline, and a second one."""
    if timer_at is None:
        return ()
    if stage is Stage.WAITING and timer_at < due_at:
        return (Ahead(Rung.REMIND, timer_at), Ahead(Rung.ESCALATE, due_at))
    return (Ahead(Rung.ESCALATE if stage < Stage.ESCALATED else Rung.OVERDUE, timer_at),)


def clock_of(assignment: Assignment) -> Clock:
    """The clock that an assignment has."""
    stage, kept = Stage(assignment.stage), assignment.clock
    if kept is None:
        usual = _usual(stage, assignment.timer_at, assignment.due_at)
        return Clock(assignment.due_at, usual, stage)
    ahead = tuple(Ahead(Rung(rung), datetime.fromisoformat(at)) for rung, at in kept["ahead"])
    return Clock(
        assignment.due_at, ahead, stage, tuple(kept.get("told") or ()), int(kept.get("paused") or 0)
    )  # fmt: skip


def stands(ask: Ask | None, clock: Clock) -> bool:
    """The clock of whoever asks stands until the answer, as the map says and so many times."""
    ask = ask or Ask()
    return ask.clock == "pause" and clock.paused < ask.pauses


def later(hours: Hours | None, start: datetime, duration: timedelta) -> datetime:
    """So much time later: of those hours, or as it passes."""
    return start + duration if hours is None else hours.add_working(start, duration)


def between(hours: Hours | None, start: datetime, end: datetime) -> timedelta:
    """The time from one moment to another: of those hours, or as it passes."""
    return end - start if hours is None else hours.working_between(start, end)


def counted_in(terms: Sla | Ask, queue: Queue | None, hours: Mapping[str, Hours]) -> Hours | None:
    """The openings in which a deadline is counted; None: time as it passes.

    So too where a calendar is gone since: a deadline that comes early is better than none.
    """
    if terms.time is TimeKind.ELAPSED:
        return None
    return hours.get(terms.calendar or (queue.calendar if queue else None) or "")


def allowed(sla: Sla, queue_due: timedelta | None) -> timedelta:
    """How long an answer may take."""
    return sla.due or queue_due or DEFAULT_DUE


def started(
    sla: Sla, *, queue_due: timedelta | None, now: datetime, hours: Hours | None = None, expires: bool = True
) -> Clock:
    """The clock of a new assignment.

    hours    in which it counts; None: time as it passes
    expires  it may end without an answer, where the deadline says so
    """
    due_at = later(hours, now, allowed(sla, queue_due))
    before = ((Rung.REMIND, sla.remind), (Rung.WARN, sla.warn), (Rung.SHARE, sla.share))
    ahead = [Ahead(rung, min(due_at, later(hours, now, after))) for rung, after in before if after]
    ahead.append(Ahead(Rung.ESCALATE, due_at))
    if expires and sla.expire is not None:
        ahead.append(Ahead(Rung.EXPIRE, later(hours, now, sla.expire.after)))
    return Clock(due_at, tuple(ahead))


def asking(ask: Ask, *, now: datetime, hours: Hours | None, until: datetime | None) -> Clock:
    """The clock of a question: a reminder half-way, and then its end.

    until  the deadline of whoever asks, where their clock runs on: an answer after it would come too late
    """
    due_at = later(hours, now, ask.within)
    if until is not None and until > now:
        due_at = min(due_at, until)
    half = later(hours, now, between(hours, now, due_at) / 2)
    return Clock(due_at, (Ahead(Rung.REMIND, half), Ahead(Rung.ESCALATE, due_at)))


def climbed(
    clock: Clock, *, now: datetime, period: timedelta, hours: Hours | None = None
) -> tuple[tuple[Rung, ...], Clock]:
    """The rungs whose time has come, in order, and the clock after them.

    After an outage that may be several. Whoever gets it after the deadline has the whole `period` all the
    same, and what comes after is put off by as much as they had to wait for it.
    """
    fired: list[Rung] = []
    while clock.ahead and clock.ahead[0].at <= now:
        rung, clock = clock.ahead[0].rung, _climbed(clock, now=now, period=period, hours=hours)
        fired.append(rung)
    return tuple(fired), clock


def _climbed(clock: Clock, *, now: datetime, period: timedelta, hours: Hours | None) -> Clock:
    here, ahead = clock.ahead[0], clock.ahead[1:]
    if here.rung is Rung.ESCALATE:
        due_at = later(hours, now, period)
        ends = [
            Ahead(one.rung, later(hours, now, between(hours, here.at, one.at)))
            for one in ahead
            if one.rung is Rung.EXPIRE
        ]
        due_at = min([due_at, *(one.at for one in ends)])
        overdue = [] if ends and ends[0].at <= due_at else [Ahead(Rung.OVERDUE, due_at)]
        return replace(clock, due_at=due_at, ahead=(*overdue, *ends), stage=Stage.ESCALATED)
    stage = {Rung.REMIND: Stage.REMINDED, Rung.OVERDUE: Stage.OVERDUE}.get(here.rung, clock.stage)
    return replace(clock, ahead=ahead, stage=stage)


def resumed(held: Assignment, *, now: datetime, hours: Hours | None, runs: bool) -> Clock:
    """The clock with which a reviewer goes on whose question was answered.

    held  as it was closed when they asked
    runs  time went on meanwhile; else they have exactly what was left then, and `LEAST` at least
    """
    clock, asked = clock_of(held), held.closed_at
    if held.clock is None:  # closed by a version before, which kept less of it
        rung = Rung.ESCALATE if clock.stage < Stage.ESCALATED else Rung.OVERDUE
        clock = replace(clock, ahead=(Ahead(rung, clock.due_at),) if clock.stage < Stage.OVERDUE else ())
    if runs or asked is None:
        return clock

    def left(at: datetime, least: timedelta) -> datetime:
        return later(hours, now, max(between(hours, asked, at), least))

    ahead = tuple(
        Ahead(one.rung, left(one.at, LEAST if one.rung in _LATE else timedelta(0))) for one in clock.ahead
    )
    return replace(clock, due_at=left(clock.due_at, LEAST), ahead=ahead, paused=clock.paused + 1)


def hurried(clock: Clock, *, by: datetime) -> Clock:
    """A deadline brought forward, with all that comes before it; one that is earlier already stays."""
    if by >= clock.due_at:
        return clock
    early = list(takewhile(lambda one: one.rung is not Rung.EXPIRE, clock.ahead))
    kept: Sequence[Ahead] = clock.ahead[len(early) :]
    return replace(clock, due_at=by, ahead=(*(Ahead(one.rung, min(one.at, by)) for one in early), *kept))
