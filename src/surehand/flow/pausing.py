"""How it stands with a question: who is asked, and what the reviewer has left meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from surehand.core.case import Assignment, Case
from surehand.core.deadlines import LEAST, between, clock_of, counted_in, resumed, stands
from surehand.core.hearing import point_of, sla_of
from surehand.flow.context import Context
from surehand.flow.review import who_asked
from surehand.store import cases


@dataclass(frozen=True, slots=True)
class Pause:
    """A question that is open.

    asked, asks  who is to answer, and whom
    left         what the reviewer has when the answer comes; None: their clock runs on
    working      that is working time
    due_at       the reviewer's deadline, where it runs on
    """

    asked: str
    asks: str
    left: timedelta | None
    working: bool = False
    due_at: datetime | None = None


def paused(context: Context, case: Case, question: Assignment) -> Pause:
    """The question that a case waits for. Raises NotFound where the code of the case is gone."""
    with context.db.read() as connection:
        held, asks = cases.held_up(connection, question), who_asked(connection, question)
    process = context.processes.pinned(case.process, case.version)
    point, sla = point_of(process, held), sla_of(process, held)
    hours = counted_in(sla, context.people.queues.get(held.queue), context.hours)
    to = asks or held.person
    if not stands(point.ask if point else None, clock_of(held)):
        return Pause(question.person, to, None, due_at=held.due_at)
    now = context.clock()
    goes_on = resumed(held, now=now, hours=hours, runs=False)
    left = max(between(hours, now, goes_on.due_at), LEAST)
    return Pause(question.person, to, left, working=hours is not None)
