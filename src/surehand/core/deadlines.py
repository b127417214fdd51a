"""The clock of an assignment: remind, escalate, hand to the process owner. A timeout never approves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from surehand.core.policy import Sla

#: Where neither the step nor its queue sets a deadline (a case that left every mapped path).
DEFAULT_DUE = timedelta(hours=24)


class Stage(IntEnum):
    """Rungs of the ladder that have been climbed; each is climbed once."""

    WAITING = 0
    REMINDED = 1
    ESCALATED = 2
    OVERDUE = 3


@dataclass(frozen=True, slots=True)
class Clock:
    """When it is due, and when the next rung fires."""

    due_at: datetime
    timer_at: datetime | None


def allowed(sla: Sla, queue_due: timedelta | None) -> timedelta:
    """How long an answer may take."""
    return sla.due or queue_due or DEFAULT_DUE


def started(sla: Sla, *, queue_due: timedelta | None, now: datetime) -> Clock:
    """The clock of a new assignment."""
    due_at = now + allowed(sla, queue_due)
    return Clock(due_at, now + sla.remind if sla.remind else due_at)


def climbed(stage: Stage, *, due_at: datetime, period: timedelta, now: datetime) -> tuple[Stage, Clock]:
    """The next rung and the clock after it.

    WAITING -> REMINDED while there is time left, else -> ESCALATED with a fresh period, then -> OVERDUE,
    after which nothing fires any more: the process owner has it.
    """
    if stage is Stage.WAITING and now < due_at:
        return Stage.REMINDED, Clock(due_at, due_at)
    if stage in (Stage.WAITING, Stage.REMINDED):
        return Stage.ESCALATED, Clock(now + period, now + period)
    return Stage.OVERDUE, Clock(due_at, None)
