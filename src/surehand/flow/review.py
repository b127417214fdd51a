"""What people do with cases: give a verdict, claim, answer a question. Exactly one of several wins."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from surehand.core.authority import Warrant
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, Assignment, Case, Verdict
from surehand.core.deadlines import clock_of, counted_in, resumed, stands
from surehand.core.hearing import Answer, Hearing, point_of, sla_of
from surehand.core.lifecycle import Handover, closed, hand_over
from surehand.core.passage import Passage
from surehand.core.pending import Pending, pending_of
from surehand.core.verdicts import give
from surehand.core.watching import takes_back
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.parts import Part, keep
from surehand.flow.sight import Hidden
from surehand.flow.standing import (
    Standing,
    moved_on,
    not_as_seen,
    right_of,
    seen,
    standing,
    waiting_case,
)  # fmt: skip
from surehand.store import audit, cases, saving, work
from surehand.store.saving import Stale

T = TypeVar("T")

#: Called with what a verb returns, in its transaction: what it writes is committed with it or not at all.
Also = Callable[[Connection, T], None]

_LONGEST_NOTE = 20_000

#: How often a person's action that met another change of the case looks again.
_LOOKS = 10


def submit_verdict(
    context: Context,
    person: str,
    case_id: str,
    answer: Answer,
    *,
    round: int | None = None,
    rev: int | None = None,
    of: str | None = None,
    also: Also[tuple[Case, Verdict]] | None = None,
    given: Pending | None = None,
) -> tuple[Case, Verdict]:
    """Give a verdict: authority checked, state compared and set, audit written, actions queued, together.

    round, rev  of the page that the person saw; None skips that comparison
    of          id of the assignment; else what the case waits for, or the person's notice or check of it
    given       it was given before, and takes effect now
    raises      Conflict (with the winner) when the case moved on, Forbidden, InvalidInput, NotFound
    """
    sized(answer)

    def attempt() -> tuple[Case, Verdict]:
        hearing = heard(context, person, case_id, answer, round=round, rev=rev, of=of, given=given)
        # saved only if the case is still as it was read, so what was measured against still holds
        return _taking_back(context, hearing, also) if takes_back(hearing) else _given(context, hearing, also)

    return attempted(context, person, case_id, attempt)


def refuse(context: Context, person: str, case_id: str, *, of: str) -> None:
    """Ask only whether a person may decide this. Raises Forbidden, which is recorded as an attempt."""
    empty = Answer(kind="approve")
    ask = partial(heard, context, person, case_id, empty, round=None, rev=None, of=of)
    attempted(context, person, case_id, ask)


def heard(
    context: Context, person: str, case_id: str, answer: Answer, *, round: int | None, rev: int | None,
    of: str | None, given: Pending | None = None,
) -> Hearing:  # fmt: skip
    """All that a verdict needs, as it is now. Arguments and errors are those of `submit_verdict`."""
    found = seen(context, person, case_id, of=of, round=round, rev=rev)
    if pending_of(found.assignment) != given:
        raise decided_already(found, person)
    right, people = _allowed(context, person, found)
    return Hearing(
        passage=Passage(found.case, at=context.clock()), process=found.process,
        office=context.office(), assignment=found.assignment.unanswered(),
        judgement=found.judgement,
        action=found.action, original=found.original, person=person,
        answer=_on_what_was_shown(context, found, answer), verdicts=found.verdicts, around=found.around,
        warrant=right, people=people, given_at=given.at if given else None,
    )  # fmt: skip


def decided_already(found: Standing, person: str) -> Conflict:
    """Somebody gave a verdict on this, which is not in effect yet; or one that was is no more."""
    by, case = found.assignment.pending_by, found.case
    if by is None:
        return Conflict("What was decided was withdrawn", state=case.state, round=case.round)
    who = "You" if by == person else by
    words = f"{who} decided this a moment ago, and can still withdraw that"
    return Conflict(f"{words}; your verdict was not recorded", pending=by, state=case.state, round=case.round)


def _on_what_was_shown(context: Context, found: Standing, answer: Answer) -> Answer:
    """The answer, with the digest of what would run. Raises Conflict when the page showed something else.

    Where the digest would tell what was recommended, another stands for it; the first is not taken there, or
    it could be guessed.
    """
    if not answer.shown or found.judgement is None:
        return answer
    digest, given = found.judgement.shown, found.assignment
    stands_for = unseen.kept_digest(context.secret, digest)
    if answer.shown == stands_for or (answer.shown == digest and not given.blind):
        return replace(answer, shown=digest)
    if given.kind == "check" and given.blind:
        raise not_as_seen(given)
    raise Conflict("What would run changed since you saw it; open the case again", state=found.case.state)


def _given(
    context: Context, hearing: Hearing, also: Also[tuple[Case, Verdict]] | None
) -> tuple[Case, Verdict]:
    """Save a verdict, in a transaction with those of others who come at the same moment."""
    verdict = give(hearing)
    told = None if also is None else lambda connection, case: also(connection, (case, verdict))
    change, goes_on = hearing.passage.change(), context.following is not None
    saved = keep(context, Part(change=change, goes_on=goes_on, also=told)).case
    assert saved is not None
    if not goes_on:
        context.wake(frozenset(due.kind for due in change.due))
    return saved, verdict


def _taking_back(
    context: Context, hearing: Hearing, also: Also[tuple[Case, Verdict]] | None
) -> tuple[Case, Verdict]:
    """Save a verdict that takes a decision back, with the work taken off that nobody has begun."""
    around = hearing.around
    planned = [a.key for a in around.actions if a.state == "planned"]

    def transaction(connection: Connection) -> tuple[Case, Verdict]:
        # a transaction may be tried again, and then begins with the case as it was read
        passage = Passage(hearing.passage.case, at=hearing.passage.at)
        withdrawn = work.withdraw(connection, planned)
        verdict = give(replace(hearing, passage=passage, around=replace(around, withdrawn=withdrawn)))
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, (saved, verdict))
        return saved, verdict

    saved, verdict = context.db.write(transaction)
    context.wake(frozenset({"act", "advance"}))
    return saved, verdict


def answer_question(
    context: Context,
    person: str,
    case_id: str,
    text: str,
    *,
    round: int | None = None,
    also: Also[Case] | None = None,
) -> Case:
    """Answer a request for information; the case goes back to whoever asked, with the answer attached."""
    if not text.strip():
        raise InvalidInput([Fault("answer", "write an answer")])
    if len(text) > _LONGEST_NOTE:
        raise InvalidInput([Fault("answer", f"must be at most {_LONGEST_NOTE:,} characters")])

    def transaction(connection: Connection) -> Case:
        case, assignment = waiting_case(context, connection, person, case_id)
        unseen.decide_first(connection, person, case_id)
        if assignment.kind != "answer" or (round is not None and round != case.round):
            raise moved_on(connection, case)
        if person not in (assignment.person, case.submitter) or not context.people.active(person):
            raise Forbidden(f"This question was put to {assignment.person}")
        process = context.processes.pinned(case.process, case.version)
        passage = Passage(case, at=context.clock())
        told = {"question": assignment.question, "answer": text, "by": person, "at": passage.at.isoformat()}
        passage.move(exchange=(*case.exchange, told))
        passage.note("answered", person, question=assignment.question, answer=text)
        closed(passage, assignment)
        hand_back(
            context,
            passage,
            process,
            cases.held_up(connection, assignment),
            who_asked(connection, assignment),
            "the question was answered",
        )
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, saved)
        return saved

    return raced(context, person, case_id, transaction)


def who_asked(connection: Connection, assignment: Assignment) -> str | None:
    """Who put the question that somebody was given. By number, as clocks may go back."""
    given = cases.verdicts(connection, assignment.case_id)
    about = assignment.point, assignment.round
    asked = [one for one in given if one.kind == "ask" and (one.point, one.round) == about]
    return max(asked, key=lambda one: one.serial).person if asked else None


def hand_back(
    context: Context,
    passage: Passage,
    process: BoundProcess,
    held: Assignment,
    to: str | None,
    why: str,
) -> None:
    """Hand the case back for the verdict that the question held up, with the time that was left for it.

    held  what the question was asked about, as it was closed
    """
    office, sla, point = context.office(), sla_of(process, held), point_of(process, held)
    hours = counted_in(sla, office.people.queues.get(held.queue), office.hours)
    runs = not stands(point.ask if point else None, clock_of(held))
    hand_over(
        passage, process, office,
        Handover(
            kind=held.kind, point=held.point, queue=held.queue, sla=sla, level=held.level, because=why,
            stay_with=to, clock=resumed(held, now=passage.at, hours=hours, runs=runs), backup=held.backup,
            eyes=held.eyes,
        ),
    )  # fmt: skip


def claim(
    context: Context, person: str, case_id: str, *, of: str | None = None, also: Also[Case] | None = None
) -> Case:
    """Take a waiting case over from whoever has it. The deadline stays.

    of  id of the assignment, see `submit_verdict`
    """

    def transaction(connection: Connection) -> Case:
        found = standing(context, connection, person, case_id, of=of)
        if found.assignment.pending is not None:
            raise decided_already(found, person)
        _allowed(context, person, found)
        if found.assignment.person == person:
            if also is not None:
                also(connection, found.case)
            return found.case
        passage = Passage(found.case, at=context.clock())
        passage.update(found.assignment.given_to(person))
        if found.assignment.kind not in BESIDE:
            passage.move(owner=person)
        passage.note("claimed", person, taken_from=found.assignment.person)
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, saved)
        return saved

    return raced(context, person, case_id, transaction)


def _allowed(context: Context, person: str, found: Standing) -> tuple[Warrant, int]:
    """What lets the person decide it, and how many have to agree. Raises Forbidden."""
    right = right_of(context, person, found)
    if isinstance(right, str):
        raise Forbidden(right)
    return right


def raced(context: Context, person: str, case_id: str, transaction: Callable[[Connection], T]) -> T:
    """Run a transaction; whoever lost the race is told who won, and a denial is recorded."""
    return attempted(context, person, case_id, lambda: context.db.write(transaction))


def attempted(context: Context, person: str, case_id: str, attempt: Callable[[], T]) -> T:
    """Try it; whoever lost the race is told who won, and a denial is recorded."""
    for _ in range(_LOOKS):
        try:
            return attempt()
        except Stale:
            # a verdict that was faster shows in the next look; a reminder or a claim takes nothing away
            continue
        except (Forbidden, Hidden) as refusal:
            _denied(context, person, case_id, refusal)
            raise
    with context.db.read() as connection:
        if held := cases.checks_held(connection, person, [case_id]).get(case_id):
            raise not_as_seen(held[0])
        raise moved_on(connection, cases.load(connection, [case_id])[case_id])


def _denied(context: Context, person: str, case_id: str, refusal: Forbidden | Hidden) -> None:
    """A refusal is recorded, also where the person is told only that there is no such case."""
    body = {"case": case_id, "because": refusal.detail}
    now = context.clock()
    context.db.write(lambda connection: audit.record(connection, "denied", person, now, body))


def sized(answer: Answer) -> None:
    """What is written in it is not too long. Raises InvalidInput."""
    for name in ("reason", "note", "question"):
        if len(getattr(answer, name)) > _LONGEST_NOTE:
            raise InvalidInput([Fault(name, f"must be at most {_LONGEST_NOTE:,} characters")])
