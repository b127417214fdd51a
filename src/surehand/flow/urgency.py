"""What makes a case urgent besides the clock: a customer waits for it, or another process cannot go on."""

from dataclasses import replace

from sqlalchemy import Connection

from surehand.core import deadlines
from surehand.core.bound import BoundProcess
from surehand.core.case import ENGINE, Assignment, Case
from surehand.core.deadlines import Rung, Stage, Waiter, clock_of, later
from surehand.core.hearing import sla_of
from surehand.core.passage import Passage
from surehand.errors import Fault, InvalidInput
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.review import Also, raced
from surehand.flow.sight import hidden, known_to
from surehand.flow.standing import moved_on
from surehand.store import cases, saving

_LONGEST = 2_000


def waits(
    context: Context, person: str, case_id: str, because: str, *, who: Waiter = Waiter.CUSTOMER,
    also: Also[Case] | None = None,
) -> Case:  # fmt: skip
    """Somebody says who waits for a case: whoever has it is told now.

    Its deadline comes forward, where the map says to when. Said again of the same assignment it changes
    nothing.

    because  why, in their words
    raises   Conflict where nobody has it, Forbidden, InvalidInput, NotFound
    """
    if not because.strip():
        raise InvalidInput([Fault("because", "say who waits, and for what")])
    if len(because) > _LONGEST:
        raise InvalidInput([Fault("because", f"must be at most {_LONGEST:,} characters")])

    def transaction(connection: Connection) -> Case:
        case = cases.load(connection, [case_id]).get(case_id)
        held = cases.open_assignments(connection, [case_id]).get(case_id)
        if case is None or not known_to(context, connection, person, case, held):
            raise hidden(context, person, case_id, case, held)
        unseen.decide_first(connection, person, case_id)
        if held is None:
            raise moved_on(connection, case)
        saved = case
        if who in left_to_say(held):
            process = context.processes.pinned(case.process, case.version)
            passage = Passage(case, at=context.clock())
            _hurry(context, passage, process, held, person, because.strip(), who)
            saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, saved)
        return saved

    return raced(context, person, case_id, transaction)


def left_to_say(held: Assignment) -> list[Waiter]:
    """Who has not been said to wait for it yet."""
    told = clock_of(held).told
    return [who for who in Waiter if who not in told]


def _hurry(
    context: Context, passage: Passage, process: BoundProcess, held: Assignment, person: str, because: str,
    who: Waiter,
) -> None:  # fmt: skip
    clock, sla = clock_of(held), sla_of(process, held)
    left = sla.waiting if who is Waiter.CUSTOMER else sla.blocked
    kind = "customer_waits" if who is Waiter.CUSTOMER else "process_waits"
    if held.kind != "answer" and left is not None:
        hours = deadlines.counted_in(sla, context.people.queues.get(held.queue), context.hours)
        clock = deadlines.hurried(clock, by=later(hours, passage.at, left))
    due_at = clock.due_at.isoformat()
    passage.note(kind, person, because=because, holder=held.person, due_at=due_at)
    if clock.ahead and clock.ahead[0].rung is Rung.REMIND:
        clock = replace(clock, ahead=clock.ahead[1:], stage=Stage.REMINDED)
        passage.note("reminded", ENGINE, person=held.person, due_at=due_at)
    # whoever had put it off sees it again
    passage.update(replace(clock, told=(*clock.told, who.value)).on(replace(held, snoozed_until=None)))
    passage.move(due_at=clock.due_at)
