"""The answers that a person may give, each with its next state. A new answer is one entry in `KINDS`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from surehand.core import actions
from surehand.core.actions import UNDO
from surehand.core.answering import checked_value, corrected, refusal
from surehand.core.authority import denial
from surehand.core.bound import BoundProcess
from surehand.core.case import Action, Assignment, Case, CaseState, Judgement, Passage, Verdict
from surehand.core.lifecycle import (
    Handover,
    Office,
    closed,
    decided,
    ended,
    finish,
    hand_over,
    matter_of,
    onward,
    rejected,
    reopened,
)
from surehand.core.people import Role
from surehand.core.policy import Sla
from surehand.core.process import DecisionPoint, ExceptionPath
from surehand.errors import Fault, Forbidden, InvalidInput

#: Points of unmapped exceptions: a step lacks a field, failed for good, or has no document that can be read.
MISSING, FAILED, UNREADABLE = "missing:", "failed:", "document:"

#: How a person settles an action: it did not happen and may run again, or it did happen.
REPAIRS = ("retry", "happened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person sends.

    kind    a name in `KINDS`
    value   the decision, where it is not the recommendation
    fields  corrected facts by name, as typed
    to      who is asked, for `ask`
    shown   digest of the brief that this was decided on
    """

    kind: str
    value: Any = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    question: str = ""
    to: str | None = None
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything that a verdict needs.

    place      of the decision point in the map; for an exception the step before which it stopped
    judgement  what was recommended; None for an exception or a repair
    action     what went wrong, for a repair
    original   the action that it takes back, if it is taking back that went wrong
    serial     of the verdict within its point and round
    """

    passage: Passage
    process: BoundProcess
    office: Office
    assignment: Assignment
    judgement: Judgement | None
    action: Action | None
    person: str
    answer: Answer
    serial: int
    original: Action | None = None

    @property
    def point(self) -> DecisionPoint | None:
        """The decision point; None for an exception or a repair."""
        if self.assignment.kind != "decide":
            return None
        step = self.process.map.step(self.assignment.point)
        return step if isinstance(step, DecisionPoint) else None

    @property
    def exception(self) -> ExceptionPath | None:
        """The mapped exception that stopped the case, if one did."""
        return next((e for e in self.process.map.exceptions if e.name == self.assignment.point), None)

    @property
    def sla(self) -> Sla:
        """The clock of this kind of work."""
        source = self.point or self.exception
        return source.sla if source else Sla()


class NextState(Protocol):
    """What an answer leads to, in words for its button."""

    def __call__(self, process: BoundProcess, assignment: Assignment, recommended: Any = None, /) -> str:
        """A few words. `recommended` is the value that an approval takes, where it is known."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One answer.

    key        the single key on the keyboard
    final      settles the matter: at most one per point and round (to try again settles nothing, see `_ends`)
    apply      moves the case; returns (value, step -> digest of what it approves, override)
    next_state what happens then, in words, for the button
    """

    name: str
    label: str
    key: str
    final: bool
    apply: Callable[[Hearing], tuple[Any, dict[str, str], bool]]
    next_state: NextState


def give(hearing: Hearing) -> Verdict:
    """Apply an answer to a case. Raises InvalidInput or Forbidden when it cannot be given."""
    kind = KINDS.get(hearing.answer.kind)
    if kind is None:
        raise InvalidInput([Fault("verdict", f"must be one of {', '.join(KINDS)}")])
    if hearing.assignment.kind == "answer":
        raise InvalidInput(
            [Fault("verdict", "this case waits for an answer to a question, not for a verdict")]
        )
    _reason_given(hearing)
    passage, assignment, answer = hearing.passage, hearing.assignment, hearing.answer
    round_ = passage.case.round
    closed(passage, assignment)
    cause = passage.noted
    value, approves, override = kind.apply(hearing)
    verdict = Verdict(
        case_id=passage.case.id, point=assignment.point, round=round_, serial=hearing.serial,
        kind=kind.name, person=hearing.person, at=passage.at, final=_ends(kind, hearing), override=override,
        value=value, fields=dict(answer.fields), reason=answer.reason, note=answer.note,
        question=answer.question or None, shown=answer.shown or "", approves=approves,
    )  # fmt: skip
    passage.add(verdict)
    passage.note(
        "verdict", hearing.person, place=cause, verdict=kind.name, point=assignment.point, round=round_,
        value=value, fields=dict(answer.fields), reason=answer.reason, note=answer.note,
        question=answer.question, override=override, shown=verdict.shown, approves=approves,
    )  # fmt: skip
    return verdict


def _ends(kind: Kind, hearing: Hearing) -> bool:
    """The answer is the last one at this point in this round. To try again is not: it may fail again."""
    again = kind.name == "approve" and (
        hearing.assignment.point.startswith(FAILED)
        or (hearing.action is not None and hearing.answer.value == "retry")
    )
    return kind.final and not again


def _reason_given(hearing: Hearing) -> None:
    """Where the point lists reason categories, one of them (or `other` with a note) is required."""
    point, answer = hearing.point, hearing.answer
    if point is None or not point.reasons or answer.kind in ("ask", "escalate"):
        return
    allowed = (*point.reasons, "other")
    if answer.reason not in allowed:
        raise InvalidInput([Fault("reason", f"must be one of: {', '.join(allowed)}")])
    if answer.reason == "other" and not answer.note.strip():
        raise InvalidInput([Fault("note", "say the reason in your words when you choose 'other'")])


def _place(hearing: Hearing) -> int:
    return next(i for i, b in enumerate(hearing.process.steps) if b.step.name == hearing.assignment.point)


def _approve(hearing: Hearing) -> tuple[Any, dict[str, str], bool]:
    passage, point = hearing.passage, hearing.point
    if hearing.action is not None:
        return _repaired(hearing, hearing.action)
    if point is None:
        return _let_pass(hearing)
    recommended = hearing.judgement.recommendation.get("value") if hearing.judgement else None
    value = hearing.answer.value
    if value is None or value == "":
        value = recommended if hearing.assignment.level.shows_recommendation else None
    if value is None:
        raise InvalidInput([Fault("value", "choose an answer: there is no recommendation to approve")])
    value = checked_value(point, value)
    approves = decided(passage, hearing.process, _place(hearing), value, by=hearing.person)
    return value, approves, recommended is not None and value != recommended


def _let_pass(hearing: Hearing) -> tuple[Any, dict[str, str], bool]:
    """An exception is let pass: the case goes on where it stopped."""
    passage, name = hearing.passage, hearing.assignment.point
    if name.startswith(MISSING):
        raise InvalidInput([Fault(name.removeprefix(MISSING), "is needed to go on: fill it in")])
    passage.move(passed=(*passage.case.passed, hearing.assignment.point))
    onward(passage, hearing.process)
    return None, {}, False


def _repaired(hearing: Hearing, action: Action) -> tuple[Any, dict[str, str], bool]:
    """A person settles an action that failed or whose outcome is unknown."""
    passage, value = hearing.passage, hearing.answer.value
    undoes = action.key.endswith(UNDO)
    if value not in REPAIRS:
        raise InvalidInput([Fault("value", f"must be one of: {', '.join(REPAIRS)}")])
    if value == "happened":
        passage.update(replace(action, state="done", error=None, finished_at=passage.at))
        passage.note("action_settled", hearing.person, step=action.step, key=action.key, happened=True)
        if undoes:
            if hearing.original is not None:
                passage.update(replace(hearing.original, state="undone"))
            ended(passage, result="undone")
        else:
            passage.move(place=passage.case.place + 1)
            onward(passage, hearing.process)
    else:
        passage.update(replace(action, state="planned", attempt=0, error=None))
        passage.note("action_settled", hearing.person, step=action.step, key=action.key, happened=False)
        passage.move(state=CaseState.ACTING)
        passage.queue("act", action.key, repeatable=action.repeatable)
    return value, {action.step: action.digest}, False


def _reject(hearing: Hearing) -> tuple[Any, dict[str, str], bool]:
    passage, point = hearing.passage, hearing.point
    recommended = hearing.judgement.recommendation.get("value") if hearing.judgement else None
    refused = refusal(point)
    if hearing.action is not None:
        passage.update(replace(hearing.action, state="abandoned", finished_at=passage.at))
        if hearing.action.key.endswith(UNDO):
            # what was to be taken back stays
            finish(passage)
            return None, {}, False
    if point is None or refused is None:
        rejected(passage, because=hearing.answer.reason or hearing.answer.note)
        return None, {}, recommended is not None
    approves = decided(passage, hearing.process, _place(hearing), refused, by=hearing.person)
    return refused, approves, recommended is not None and refused != recommended


def _edit(hearing: Hearing) -> tuple[Any, dict[str, str], bool]:
    answer = hearing.answer
    if not answer.fields:
        if answer.value is None or hearing.point is None:
            raise InvalidInput([Fault("fields", "change at least one field, or choose another answer")])
        return _approve(hearing)
    if hearing.action is not None:
        _given_up(hearing, hearing.action)
    changed = corrected(hearing.passage, hearing.process, answer.fields)
    if not changed:
        raise InvalidInput([Fault("fields", "change at least one field: all of them are as they were")])
    reopened(hearing.passage, hearing.process, changed, by=hearing.person)
    return None, {}, True


def _given_up(hearing: Hearing, action: Action) -> None:
    """An action that is approved anew with other arguments must be known not to have happened."""
    if action.key.endswith(UNDO):
        raise InvalidInput([Fault("fields", "nothing is decided anew while an action is taken back")])
    if action.state == "unknown":
        raise InvalidInput([Fault("fields", "say first whether it happened: 'retry' or 'happened'")])
    hearing.passage.update(replace(action, state="abandoned", finished_at=hearing.passage.at))


def _ask(hearing: Hearing) -> tuple[Any, dict[str, str], bool]:
    answer, people = hearing.answer, hearing.office.people
    if not answer.question.strip():
        raise InvalidInput([Fault("question", "write what you need to know")])
    if answer.to is not None and not people.active(answer.to):
        raise InvalidInput([Fault("to", f"{answer.to} is not an active person here")])
    case, assignment = hearing.passage.case, hearing.assignment
    asked = asked_person(case, hearing.process, hearing.office, assignment, answer.to, by=hearing.person)
    within = hearing.point.answer_within if hearing.point else None
    hand_over(
        hearing.passage, hearing.process, hearing.office,
        Handover(
            kind="answer", point=hearing.assignment.point, queue=hearing.assignment.queue,
            sla=Sla(due=within), level=hearing.assignment.level, because=f"{hearing.person} asks",
            to=asked, question=answer.question,
        ),
    )  # fmt: skip
    return None, {}, False


def asked_person(
    case: Case, process: BoundProcess, office: Office, assignment: Assignment, to: str | None, *, by: str
) -> str:
    """Who answers a question: whoever was named, the submitter if a human, the queue's owner, the process's.

    A service cannot answer, and nobody is asked their own question while there is somebody else.
    """
    people = office.people
    if to is not None:
        return to
    queue = people.queues.get(assignment.queue)
    submitter = people.people.get(case.submitter)
    human = submitter is not None and not submitter.has(Role.SERVICE)
    ladder = [case.submitter if human else None, queue.owner if queue else None, process.map.owner]
    ladder += list(queue.people) if queue else []
    able = [name for name in ladder if name and people.active(name)]
    return next((name for name in able if name != by), by)


def _escalate(hearing: Hearing) -> tuple[Any, dict[str, str], bool]:
    above = escalation_target(
        hearing.passage.case, hearing.process, hearing.office, hearing.assignment, but=hearing.person
    )
    if above is None:
        raise Forbidden("There is nobody above you for this work; ask the process owner to name someone")
    assignment = hearing.assignment
    hand_over(
        hearing.passage, hearing.process, hearing.office,
        Handover(
            kind=assignment.kind, point=assignment.point, queue=assignment.queue, sla=hearing.sla,
            level=assignment.level, because=f"escalated by {hearing.person}: {assignment.because}", to=above,
        ),
    )  # fmt: skip
    return None, {}, False


def escalation_target(
    case: Case, process: BoundProcess, office: Office, assignment: Assignment, *, but: str | None = None
) -> str | None:
    """Who is above the present holder: the map's target, the backup, the queue owner, the process owner.

    Whoever may decide it comes before those who could only pass it on.
    """
    queue = office.people.queues.get(assignment.queue)
    step = next((b.step for b in process.steps if b.step.name == assignment.point), None)
    exception = next((e for e in process.map.exceptions if e.name == assignment.point), None)
    sla = step.sla if isinstance(step, DecisionPoint) else exception.sla if exception else Sla()
    ladder = [sla.escalate_to, queue.backup if queue else None, queue.owner if queue else None]
    ladder.append(process.map.owner)
    above = [n for n in ladder if n and n not in (assignment.person, but) and office.people.active(n)]
    able = [
        name
        for name in above
        if denial(office.people, name, matter_of(case, process, assignment.queue, assignee=name)) is None
    ]
    return next(iter([*able, *above]), None)


def _then(process: BoundProcess, assignment: Assignment, answer: Any) -> str:
    """What the answer lets run, in words."""
    place = next((i for i, b in enumerate(process.steps) if b.step.name == assignment.point), None)
    if place is None:
        return "The case goes on"
    steps = actions.actions_after(process, place, answer)
    names = ", ".join(bound.step.name.replace("_", " ") for bound in steps)
    return f"Runs {names}" if names else "Nothing runs"


def _after_approve(process: BoundProcess, assignment: Assignment, recommended: Any = None, /) -> str:
    if assignment.kind == "repair":
        return "As you say: runs again with the same key, or counts as done"
    if assignment.kind == "exception":
        return "Goes on as it is"
    if recommended is None:
        return "Your answer stands"
    return f"As recommended: {_then(process, assignment, recommended).lower()}"


def _after_reject(process: BoundProcess, assignment: Assignment, _recommended: Any = None, /) -> str:
    step = next((b.step for b in process.steps if b.step.name == assignment.point), None)
    refused = refusal(step if isinstance(step, DecisionPoint) else None)
    return _then(process, assignment, refused) if refused is not None else "The case ends, nothing runs"


def _always(words: str) -> NextState:
    def next_state(_process: BoundProcess, _assignment: Assignment, _recommended: Any = None, /) -> str:
        return words

    return next_state


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("approve", "Approve", "A", True, _approve, _after_approve),
        Kind("reject", "Reject", "R", True, _reject, _after_reject),
        Kind("edit", "Save edits", "E", True, _edit, _always("Checked again with your values")),
        Kind("ask", "Ask", "I", False, _ask, _always("Waits for the answer, then comes back to you")),
        Kind("escalate", "Escalate", "X", False, _escalate, _always("Goes to the person above you")),
    )
}
