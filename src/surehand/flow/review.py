"""What people do with cases: give a verdict, claim, answer a question. Exactly one of several wins."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection

from surehand.core.actions import UNDO
from surehand.core.authority import denial
from surehand.core.bound import BoundProcess
from surehand.core.case import Action, Assignment, Case, CaseState, Judgement, Passage, Verdict
from surehand.core.lifecycle import Handover, Office, closed, hand_over, matter_of
from surehand.core.people import Role
from surehand.core.policy import Sla
from surehand.core.process import Act, DecisionPoint
from surehand.core.verdicts import KINDS, Answer, Hearing, give
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow.context import Context
from surehand.store import audit, cases, saving
from surehand.store.saving import Stale

T = TypeVar("T")

#: Called with what a verb returns, in its transaction: what it writes is committed with it or not at all.
Also = Callable[[Connection, T], None]

_LONGEST_NOTE = 20_000

#: How often a person's action that met another change of the case looks again.
_LOOKS = 10


class Hidden(NotFound):
    """There is no such case, or not for this person: which of the two is not told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case that waits, with all that a verdict on it is measured against.

    original  the action that is to be taken back, where taking it back is what needs a repair
    """

    case: Case
    process: BoundProcess
    assignment: Assignment
    judgement: Judgement | None
    action: Action | None
    original: Action | None
    verdicts: tuple[Verdict, ...]


def submit_verdict(
    context: Context,
    person: str,
    case_id: str,
    answer: Answer,
    *,
    round: int | None = None,
    rev: int | None = None,
    also: Also[tuple[Case, Verdict]] | None = None,
) -> tuple[Case, Verdict]:
    """Give a verdict: authority checked, state compared and set, audit written, actions queued, together.

    round, rev  of the page that the person saw; None skips that comparison
    raises      Conflict (with the winner) when the case moved on, Forbidden, InvalidInput, NotFound
    """
    _sized(answer)

    def transaction(connection: Connection) -> tuple[Passage, Case, Verdict]:
        standing = _standing(context, connection, person, case_id, round=round, rev=rev)
        _allowed(context, person, standing)
        if answer.shown and standing.judgement and answer.shown != standing.judgement.shown:
            raise Conflict(
                "What would run changed since you saw it; open the case again", state=standing.case.state
            )
        passage = Passage(standing.case, at=context.clock())
        serial = 1 + sum(
            v.point == standing.assignment.point and v.round == standing.case.round for v in standing.verdicts
        )
        verdict = give(
            Hearing(
                passage=passage, process=standing.process, office=Office(context.people, {}),
                assignment=standing.assignment, judgement=standing.judgement, action=standing.action,
                original=standing.original,
                person=person, answer=answer, serial=serial,
            )
        )  # fmt: skip
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, (saved, verdict))
        return passage, saved, verdict

    passage, case, verdict = _raced(context, person, case_id, transaction)
    context.wake(frozenset(due.kind for due in passage.change().due))
    return case, verdict


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
        case, assignment = _open(context, connection, person, case_id)
        if assignment.kind != "answer" or (round is not None and round != case.round):
            raise _moved_on(connection, case)
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
            assignment,
            who_asked(connection, assignment),
            "the question was answered",
        )
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, saved)
        return saved

    return _raced(context, person, case_id, transaction)


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
    assignment: Assignment,
    to: str | None,
    why: str,
) -> None:
    """Hand the case back for the verdict that the question held up."""
    step = next((b.step for b in process.steps if b.step.name == assignment.point), None)
    exception = next((e for e in process.map.exceptions if e.name == assignment.point), None)
    kind = "decide" if isinstance(step, DecisionPoint) else "exception"
    if assignment.point.startswith(f"{passage.case.id}:"):
        kind = "repair"
    sla = step.sla if isinstance(step, DecisionPoint) else exception.sla if exception else Sla()
    hand_over(
        passage, process, Office(context.people, {}),
        Handover(
            kind=kind, point=assignment.point, queue=assignment.queue, sla=sla, level=assignment.level,
            because=why, stay_with=to,
        ),
    )  # fmt: skip


def claim(context: Context, person: str, case_id: str, *, also: Also[Case] | None = None) -> Case:
    """Take a waiting case over from whoever has it. The deadline stays."""

    def transaction(connection: Connection) -> Case:
        standing = _standing(context, connection, person, case_id)
        _allowed(context, person, standing)
        if standing.assignment.person == person:
            if also is not None:
                also(connection, standing.case)
            return standing.case
        passage = Passage(standing.case, at=context.clock())
        passage.update(replace(standing.assignment, person=person))
        passage.move(owner=person)
        passage.note("claimed", person, taken_from=standing.assignment.person)
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, saved)
        return saved

    return _raced(context, person, case_id, transaction)


def may_undo(context: Context, person: str, case_id: str, step: str) -> tuple[Case, Action]:
    """The action of an ended case that this person may take back. Raises NotFound, Forbidden or Conflict."""
    with context.db.read() as connection:
        case = cases.load(connection, [case_id]).get(case_id)
        found = [a for a in cases.actions_of(connection, case_id) if a.step == step]
        known = case is not None and _known_to(context, connection, person, case, None)
    if case is None or not known or not found:
        raise NotFound(f"There is no action {step} in {case_id}")
    if case.state.open:
        raise Conflict(f"{case_id} has not ended; decide it instead of taking {step} back", state=case.state)
    done = [a for a in found if a.state == "done" and not a.key.endswith(":undo")]
    if not done or len(found) > len([a for a in found if not a.key.endswith(":undo")]):
        raise Conflict(f"{step} is not something that ran and was not taken back yet", state=found[-1].state)
    process = context.processes.pinned(case.process, case.version)
    bound = next(b for b in process.steps if b.step.name == step)
    if not isinstance(bound.step, Act) or bound.undo is None:
        raise Conflict(f"The map names no way to take {step} back", state=done[-1].state)
    points = [b.step for b in process.steps if isinstance(b.step, DecisionPoint)]
    queue = points[0].queue if points else ""
    matter = matter_of(case, process, queue)
    if refusal := denial(context.people, person, matter):
        raise Forbidden(refusal)
    return case, done[-1]


def undoable(context: Context, person: str, case_id: str) -> tuple[str, ...]:
    """Steps of an ended case that this person may take back."""
    with context.db.read() as connection:
        ran = [a.step for a in cases.actions_of(connection, case_id) if a.state == "done"]
    return tuple(step for step in dict.fromkeys(ran) if _may(context, person, case_id, step))


def _may(context: Context, person: str, case_id: str, step: str) -> bool:
    try:
        may_undo(context, person, case_id, step)
    except (Conflict, Forbidden, NotFound):
        return False
    return True


def looked_at(context: Context, person: str, case_id: str) -> tuple[Standing, str]:
    """The waiting case with why this person may not decide it; '' when they may.

    raises  NotFound also for a case that the person may not see, Conflict when it does not wait
    """
    with context.db.read() as connection:
        standing = _standing(context, connection, person, case_id, questions=True)
    case, given = standing.case, standing.assignment
    if given.kind == "answer" and person in (given.person, case.submitter):
        return standing, "" if context.people.active(person) else f"{person} is not an active person here"
    passage = Passage(case, at=context.clock())
    matter = matter_of(passage.case, standing.process, given.queue, assignee=given.person)
    refusal = denial(context.people, person, matter)
    if refusal and not may_see(context, person, case, given.queue):
        raise NotFound(f"There is no case {case_id}")
    return standing, refusal or ""


def may_see(context: Context, person: str, case: Case, queue: str | None) -> bool:
    """People of the queue, owners, auditors and administrators, and whoever sent or holds the case."""
    who = context.people.people.get(person)
    if who is None or not who.active:
        return False
    if who.has(Role.OWNER, Role.AUDITOR, Role.ADMINISTRATOR) or person in (case.submitter, case.owner):
        return True
    process = context.processes.current.get(case.process)
    queues = {queue} if queue else set()
    if process is not None:
        queues |= {b.step.queue for b in process.steps if isinstance(b.step, DecisionPoint)}
        queues |= {path.queue for path in process.map.exceptions}
    return any(person in q.people for name, q in context.people.queues.items() if name in queues)


def _known_to(
    context: Context, connection: Connection, person: str, case: Case, assignment: Assignment | None
) -> bool:
    """May see it, or had it once: who loses a race is told so even if the case was only lent to them."""
    queue = assignment.queue if assignment else None
    return may_see(context, person, case, queue) or cases.held_once(connection, case.id, person)


def _open(context: Context, connection: Connection, person: str, case_id: str) -> tuple[Case, Assignment]:
    """A case that waits. Raises NotFound before anything that would tell a stranger about it."""
    case = cases.load(connection, [case_id]).get(case_id)
    assignment = cases.open_assignments(connection, [case_id]).get(case_id)
    if case is None or not _known_to(context, connection, person, case, assignment):
        raise Hidden(f"There is no case {case_id}, or you may not see it")
    if assignment is None or case.state not in (CaseState.WAITING, CaseState.ASKING):
        raise _moved_on(connection, case)
    return case, assignment


def _standing(
    context: Context,
    connection: Connection,
    person: str,
    case_id: str,
    *,
    round: int | None = None,
    rev: int | None = None,
    questions: bool = False,
) -> Standing:
    case, assignment = _open(context, connection, person, case_id)
    if (round is not None and round != case.round) or (rev is not None and rev != case.rev):
        raise _moved_on(connection, case, round)
    if assignment.kind == "answer" and not questions:
        raise Conflict(f"{case_id} waits for {assignment.person} to answer a question", state=case.state)
    process = context.processes.pinned(case.process, case.version)
    judgement = next(
        (
            j
            for j in cases.judgements(connection, case_id)
            if j.point == assignment.point and j.round == case.round
        ),
        None,
    )
    action = original = None
    if assignment.kind == "repair":
        key = assignment.point.removesuffix(UNDO)
        actions = cases.actions(connection, {assignment.point, key})
        action = actions.get(assignment.point)
        original = actions.get(key) if key != assignment.point else None
    verdicts = tuple(cases.verdicts(connection, case_id))
    return Standing(case, process, assignment, judgement, action, original, verdicts)


def _allowed(context: Context, person: str, standing: Standing) -> None:
    matter = matter_of(standing.case, standing.process, standing.assignment.queue,
        assignee=standing.assignment.person,
    )  # fmt: skip
    if refusal := denial(context.people, person, matter):
        raise Forbidden(refusal)


def _moved_on(connection: Connection, case: Case, seen: int | None = None) -> Conflict:
    """The conflict, with the winner's name where somebody decided.

    seen  round of the caller's page; a verdict of an earlier round is not what it lost to
    """
    waits = case.state is CaseState.WAITING
    given = [v for v in cases.verdicts(connection, case.id) if KINDS[v.kind].final]
    final = [v for v in given if v.round >= (seen or case.round)] or ([] if waits else given)
    if not final:
        words = "changed since you saw it; open it again" if waits else "does not wait for a verdict now"
        return Conflict(f"{case.id} {words}: it is {case.state}", state=case.state, round=case.round)
    last = final[-1]
    words = "your verdict was not recorded, and nothing ran because of it"
    return Conflict(
        f"{last.person} decided this ({last.kind}); {words}",
        winner=last.person, verdict=last.kind, at=last.at.isoformat(), round=last.round, reason=last.reason,
        note=last.note, state=case.state, value=last.value,
    )  # fmt: skip


def _raced(context: Context, person: str, case_id: str, transaction: Callable[[Connection], T]) -> T:
    """Run it; whoever lost the race is told who won, and a denial is recorded."""
    for _ in range(_LOOKS):
        try:
            return context.db.write(transaction)
        except Stale:
            # a verdict that was faster shows in the next look; a reminder or a claim takes nothing away
            continue
        except (Forbidden, Hidden) as refusal:
            _denied(context, person, case_id, refusal)
            raise
    with context.db.read() as connection:
        raise _moved_on(connection, cases.load(connection, [case_id])[case_id])


def _denied(context: Context, person: str, case_id: str, refusal: Forbidden | Hidden) -> None:
    """A refusal is recorded, also where the person is told only that there is no such case."""
    body = {"case": case_id, "because": refusal.detail}
    now = context.clock()
    context.db.write(lambda connection: audit.record(connection, "denied", person, now, body))


def _sized(answer: Answer) -> None:
    for name in ("reason", "note", "question"):
        if len(getattr(answer, name)) > _LONGEST_NOTE:
            raise InvalidInput([Fault(name, f"must be at most {_LONGEST_NOTE:,} characters")])
