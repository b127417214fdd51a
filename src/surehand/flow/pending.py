"""Verdicts from pages: given now, in effect some seconds later, and until then withdrawn by a word."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from surehand.core import pending
from surehand.core.case import Assignment, Case
from surehand.core.hearing import Answer, Hearing
from surehand.core.passage import Passage
from surehand.core.steps import DecisionPoint
from surehand.core.verdicts import give
from surehand.core.watching import decides_at_once, takes_back
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound, NotHere, SurehandError
from surehand.flow.context import Context
from surehand.flow.parts import Part, keep
from surehand.flow.review import attempted, heard, raced, sized, submit_verdict
from surehand.flow.standing import Standing
from surehand.flow.unseen import decide_first
from surehand.store import cases, drafts, saving
from surehand.store import pending as rows
from surehand.store.saving import Stale

#: Verdicts that take effect in one sweep; the next sweep takes the rest.
_AT_ONCE = 200


def span_of(context: Context, found: Standing) -> timedelta:
    """How long a verdict on this may be withdrawn before it takes effect; nothing: not at all."""
    steps = (bound.step for bound in found.process.steps if bound.step.name == found.assignment.about)
    point = next((step for step in steps if isinstance(step, DecisionPoint)), None)
    if not pending.can_wait(found.assignment) or decides_at_once(point, found.assignment.kind):
        return timedelta(0)
    own: timedelta | None = getattr(point, "undo_for", None)
    return context.undo_for if own is None else own


def give_verdict(
    context: Context, person: str, case_id: str, answer: Answer, *, span: timedelta,
    round: int | None = None, rev: int | None = None, of: str | None = None,
) -> datetime | None:  # fmt: skip
    """Give a verdict that takes effect after a while. All that could be refused of it is refused now.

    span     how long it may be withdrawn, see `span_of`
    returns  when it takes effect; None where it does so at once
    raises   as `submit_verdict`, whose arguments the others are
    """
    sized(answer)

    def attempt() -> datetime | None:
        hearing = heard(context, person, case_id, answer, round=round, rev=rev, of=of)
        if not span or not pending.can_wait(hearing.assignment) or takes_back(hearing):
            return None
        return _put(context, hearing, until=hearing.passage.at + span)

    until = attempted(context, person, case_id, attempt)
    if until is None:
        submit_verdict(context, person, case_id, answer, round=round, rev=rev, of=of)
    return until


def _put(context: Context, hearing: Hearing, *, until: datetime) -> datetime:
    case, at, given = hearing.passage.case, hearing.passage.at, hearing.assignment
    give(hearing)  # what it would come to is thrown away: it is told whether it may be given
    passage = Passage(case, at=at)
    pending.put(
        passage, given, hearing.answer, by=hearing.person, until=until,
        round=given.round if given.kind == "check" else case.round,
    )  # fmt: skip
    keep(context, Part(change=passage.change()))
    return until


def withdraw(context: Context, person: str, case_id: str, *, of: str | None = None) -> Assignment:
    """Take back a verdict of a person's own that is not in effect yet. Returns what it was about.

    of      id of the assignment that it is on; else the one of the case that was given last
    raises  Conflict where there is none any more
    """

    def transaction(connection: Connection) -> Assignment:
        # the case first: whoever changes anything of it afterwards is found by its revision
        case = cases.load(connection, [case_id]).get(case_id)
        given = rows.of_case(connection, case_id, person, of=of)
        if given is None or case is None:
            decide_first(connection, person, case_id)
            raise Conflict("This has taken effect already, or was withdrawn")
        passage = Passage(case, at=context.clock())
        pending.withdraw(passage, given)
        saving.save(connection, [passage.change()])
        return given

    return raced(context, person, case_id, transaction)


def take_effect(context: Context) -> int:
    """What is to take effect by now, with everything asked again. Returns how many verdicts did."""
    with context.db.read() as connection:
        due = rows.due(connection, now=context.clock(), limit=_AT_ONCE)
    return sum(_takes_effect(context, one) for one in due)


def _takes_effect(context: Context, assignment: Assignment) -> bool:
    given = pending.pending_of(assignment)
    assert given is not None
    try:
        submit_verdict(
            context, given.by, assignment.case_id, given.answer, round=given.round, of=assignment.id,
            given=given, also=lambda connection, _: drafts.drop(connection, assignment.id, given.by),
        )  # fmt: skip
    except NotHere:
        return False  # another host has the files of its version, and takes it
    except (Conflict, Forbidden, InvalidInput, NotFound) as refused:
        _lapses(context, assignment, refused.detail)
        return False
    except SurehandError:  # its code does not load now: the next sweep tries again
        return False
    return True


def _lapses(context: Context, assignment: Assignment, because: str) -> None:
    """It cannot take effect: it waits again, unless it was withdrawn or closed meanwhile."""

    def transaction(connection: Connection) -> Case | None:
        # the case first, as above
        case = cases.load(connection, [assignment.case_id]).get(assignment.case_id)
        now = cases.assigned(connection, assignment.id)
        if now is None or case is None or not now.open or now.pending != assignment.pending:
            return None
        passage = Passage(case, at=context.clock())
        pending.lapse(passage, now, because)
        return saving.save(connection, [passage.change()])[0]

    try:
        context.db.write(transaction)
    except Stale:
        return  # the case moved on meanwhile: the next sweep looks again
