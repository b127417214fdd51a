"""The answers that a person may give, each with its next state. A new answer is one entry in `KINDS`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from surehand.core import actions, four_eyes, opinions, repairs, verifying, watching
from surehand.core.answering import checked_value, corrected, refusal, same_answer
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, Assignment, Verdict
from surehand.core.deadlines import Clock, allowed, asking, clock_of, counted_in, stands
from surehand.core.hearing import FAILED, MISSING, Effect, Hearing, Kind, always, named, point_of
from surehand.core.lifecycle import (
    Handover,
    closed,
    decided,
    hand_over,
    onward,
    rejected,
    reopened,
)
from surehand.core.others import asked_person, escalation_target, kept_from
from surehand.core.phrases import words
from surehand.core.remarks import tags_of
from surehand.core.roles import Role
from surehand.core.steps import DecisionPoint, Verify
from surehand.core.terms import Ask, Sla
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput


def kinds_of(assignment: Assignment) -> Mapping[str, Kind]:
    """The answers that an assignment takes, by name; none for a question."""
    beside = {"notice": watching.NOTICE, "check": watching.CHECK, "finding": watching.FOUND, "answer": {}}
    return beside.get(assignment.kind, KINDS)


def give(hearing: Hearing) -> Verdict:
    """Apply an answer to a case. Raises InvalidInput, Forbidden or Conflict when it cannot be given."""
    passage, assignment, answer = hearing.passage, hearing.assignment, hearing.answer
    kind = _kind(hearing)
    _reason_given(hearing)
    _written_down(hearing)
    tags = tags_of(answer.tags)
    round_ = assignment.round if assignment.kind in BESIDE else passage.case.round
    if assignment.kind not in BESIDE:
        closed(passage, assignment)
    cause = passage.noted
    effect = kind.apply(hearing)
    point, round_ = effect.point or assignment.point, effect.round or round_
    serial = 1 + sum(given.point == point and given.round == round_ for given in hearing.verdicts)
    verdict = Verdict(
        case_id=passage.case.id, point=point, round=round_, serial=serial,
        kind=kind.name, person=hearing.person, at=passage.at, final=effect.final and _ends(kind, hearing),
        override=effect.override, value=effect.value, fields=dict(answer.fields), reason=answer.reason,
        note=answer.note, question=answer.question or None, shown=answer.shown or "",
        approves=effect.approves, behalf=hearing.warrant.lent_by if hearing.warrant else None,
        tags=tags,
    )  # fmt: skip
    passage.add(verdict)
    _told_unseen(hearing, verdict)
    passage.note(
        "verdict", hearing.person, place=cause, verdict=kind.name, point=point, round=round_,
        value=effect.value, fields=dict(answer.fields), reason=answer.reason, note=answer.note,
        question=answer.question, override=effect.override, shown=verdict.shown, approves=effect.approves,
        **({"about": assignment.kind} if assignment.kind in BESIDE else {}),
        **({"behalf": verdict.behalf} if verdict.behalf else {}),
        **({"tags": list(tags)} if tags else {}),
        **({"others": hearing.people} if not effect.final else {}),
        **({"given_at": hearing.given_at.isoformat()} if hearing.given_at else {}),
    )  # fmt: skip
    return verdict


def _told_unseen(hearing: Hearing, verdict: Verdict) -> None:
    """Whoever was drawn to decide without the AI's view says whether the AI would have been right."""
    point, judged = hearing.point, hearing.judgement
    if hearing.assignment.kind != "decide" or point is None or point.guarantee is None or judged is None:
        return
    drawn = judged.draw is not None and judged.draw["checked"] and not judged.level.shows_recommendation
    if drawn and verdict.final and not verdict.fields:
        found = opinions.weighed(hearing, verdict.value)
        opinions.tell(hearing, found)
        opinions.ask(hearing, found)


def _kind(hearing: Hearing) -> Kind:
    assignment = hearing.assignment
    kinds = kinds_of(assignment)
    if assignment.kind == "answer":
        raise InvalidInput(
            [Fault("verdict", "this case waits for an answer to a question, not for a verdict")]
        )
    kind = kinds.get(hearing.answer.kind)
    if kind is None:
        raise InvalidInput([Fault("verdict", f"must be one of {', '.join(kinds)}")])
    if assignment.kind == "notice" and hearing.passage.at >= assignment.due_at:
        state = hearing.passage.case.state
        raise Conflict(f"The window closed at {assignment.due_at:%Y-%m-%d %H:%M} UTC", state=state)
    return kind


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
    if point is None or not point.reasons or not _decides(hearing):
        return
    allowed = (*point.reasons, "other")
    if answer.reason not in allowed:
        raise InvalidInput([Fault("reason", f"must be one of: {', '.join(allowed)}")])
    if answer.reason == "other" and not answer.note.strip():
        raise InvalidInput([Fault("note", "say the reason in your words when you choose 'other'")])


def _decides(hearing: Hearing) -> bool:
    """The answer settles something, so that it is asked why; to let a decision stand settles nothing new."""
    kind = hearing.assignment.kind
    if hearing.answer.kind in ("ask", "escalate") or kind in ("check", "finding"):
        return False
    return kind != "notice" or watching.takes_back(hearing)


def _written_down(hearing: Hearing) -> None:
    """What the person's authority asks to be written down. A reason is a category where there are some."""
    asked = hearing.warrant.write if hearing.warrant is not None and _decides(hearing) else ()
    answer, point = hearing.answer, hearing.point
    if "note" in asked and not answer.note.strip():
        raise InvalidInput([Fault("note", "write a note: your authority for this asks for one")])
    listed = point is not None and bool(point.reasons)
    if "reason" in asked and not listed and not (answer.reason.strip() or answer.note.strip()):
        raise InvalidInput([Fault("note", "write why: your authority for this asks for a reason")])


def _approve(hearing: Hearing) -> Effect:
    passage, point = hearing.passage, hearing.point
    if hearing.action is not None:
        return repairs.settled(hearing, hearing.action)
    if point is None:
        return _let_pass(hearing)
    recommended, value = hearing.recommended, hearing.answer.value
    if value is None or value == "":
        value = recommended if hearing.assignment.level.shows_recommendation else None
    if value is None:
        raise InvalidInput([Fault("value", "choose an answer: there is no recommendation to approve")])
    value = checked_value(hearing.process, point, value, passage.case.facts)
    if isinstance(point, Verify) and (faults := verifying.lacking(value, point.fields)):
        raise InvalidInput(faults)
    differs = recommended is not None and not same_answer(point, recommended, value)
    return _agreed(hearing, point, value, differs=differs)


def _agreed(hearing: Hearing, point: DecisionPoint, value: Any, *, differs: bool) -> Effect:
    """The answer stands, or waits for somebody else to agree to it."""
    passage, assignment = hearing.passage, hearing.assignment
    given = four_eyes.approvals(hearing.verdicts, point.name, passage.case.round)
    alike = four_eyes.agreeing(point, given, value)
    stands = alike[0].value if alike else value
    if assignment.blind:
        stands = verifying.carried_out(point, stands, hearing.recommended)
    approves = actions.approved(hearing.process, hearing.place, stands, passage.case.known)
    outside = four_eyes.outside(assignment, hearing.warrant)
    if four_eyes.enough(point, given, value, people=hearing.people, runs=bool(approves)):
        approves = decided(
            passage, hearing.process, hearing.place, stands, by=hearing.person,
            others=[one.person for one in alike], outside=outside, queue=assignment.queue,
        )  # fmt: skip
        return Effect(value, approves, differs)
    behind = hearing.warrant.humans if hearing.warrant else frozenset({hearing.person})
    eyes = hearing.judgement.eyes if hearing.judgement else None
    names, answers = [*(one.person for one in given), hearing.person], [*(one.value for one in given), value]
    hand_over(
        passage, hearing.process, hearing.office,
        Handover(
            kind=assignment.kind, point=assignment.point, queue=assignment.queue, sla=hearing.sla,
            level=assignment.level,
            eyes=four_eyes.after(hearing.people, four_eyes.humans(given) | behind, outside),
            because=four_eyes.told(eyes, names, answers, hearing.people),
        ),
    )  # fmt: skip
    return Effect(value, approves, differs, final=False)


def _let_pass(hearing: Hearing) -> Effect:
    """An exception is let pass: the case goes on where it stopped."""
    passage, name = hearing.passage, hearing.assignment.point
    if name.startswith(MISSING):
        raise InvalidInput([Fault(name.removeprefix(MISSING), "is needed to go on: fill it in")])
    passage.move(passed=(*passage.case.passed, hearing.assignment.point))
    onward(passage, hearing.process)
    return Effect()


def _reject(hearing: Hearing) -> Effect:
    passage, point, recommended = hearing.passage, hearing.point, hearing.recommended
    refused = refusal(point)
    if hearing.action is not None:
        return repairs.refused(hearing, hearing.action)
    if point is None or refused is None:
        rejected(passage, because=hearing.answer.reason or hearing.answer.note)
        return Effect(override=recommended is not None)
    return _agreed(hearing, point, refused, differs=recommended is not None and refused != recommended)


def _edit(hearing: Hearing) -> Effect:
    answer, point = hearing.answer, hearing.point
    if not answer.fields:
        if answer.value is None or point is None:
            raise InvalidInput([Fault("fields", "change at least one field, or choose another answer")])
        return _approve(hearing)
    if (
        isinstance(point, Verify)
        and hearing.assignment.blind
        and not answer.fields.keys().isdisjoint(point.fields)
    ):
        # to hear that a field is as it was would tell what was read
        raise InvalidInput([Fault("value", f"give these as your answer: {', '.join(point.fields)}")])
    if hearing.action is not None:
        repairs.given_up(hearing, hearing.action)
    changed = corrected(hearing.passage, hearing.process, answer.fields)
    if not changed:
        raise InvalidInput([Fault("fields", "change at least one field: all of them are as they were")])
    if isinstance(point, Verify) and changed.keys() <= set(point.fields):
        return _verified(hearing, changed)
    reopened(
        hearing.passage, hearing.process, changed, by=hearing.person, beside=hearing.around.beside
    )  # fmt: skip
    return Effect(override=True)


def _verified(hearing: Hearing, changed: Mapping[str, Any]) -> Effect:
    """What was read is right with these fields. Nothing rests on them yet, so the case need not go back."""
    value, point = verifying.merged(hearing.recommended, changed), hearing.point
    assert point is not None
    return _agreed(hearing, point, value, differs=True)


def _ask(hearing: Hearing) -> Effect:
    answer, people = hearing.answer, hearing.office.people
    if not answer.question.strip():
        raise InvalidInput([Fault("question", "write what you need to know")])
    if answer.to is not None and not people.active(answer.to):
        raise InvalidInput([Fault("to", f"{answer.to} is not an active person here")])
    if answer.to == hearing.person:
        # the clock stands still meanwhile, which nobody gets by talking to themselves
        raise InvalidInput([Fault("to", "is you: ask somebody else, or decide")])
    if answer.to is not None and people.people[answer.to].has(Role.SERVICE):
        raise InvalidInput([Fault("to", f"{answer.to} is a service, which cannot answer")])
    case, assignment = hearing.passage.case, hearing.assignment
    if answer.to in kept_from(case, hearing.process, hearing.office, assignment):
        raise InvalidInput([Fault("to", f"{answer.to} has a spot check of this case to decide first")])
    asked = asked_person(case, hearing.process, hearing.office, assignment, answer.to, by=hearing.person)
    # what its clock was is kept, for when it goes on
    closed(hearing.passage, replace(assignment, clock=clock_of(assignment).kept(whole=True)))
    point = hearing.point
    hand_over(
        hearing.passage, hearing.process, hearing.office,
        Handover(
            kind="answer", point=assignment.point, queue=assignment.queue,
            sla=Sla(due=point.answer_within if point else None), level=assignment.level,
            because=f"{hearing.person} asks", to=asked, question=answer.question, eyes=assignment.eyes,
            clock=_until_answered(hearing, point),
        ),
    )  # fmt: skip
    return Effect()


def _until_answered(hearing: Hearing, point: DecisionPoint | None) -> Clock | None:
    """The clock of a question; None where only its length is said, and whoever asks loses no time by it."""
    office, assignment, ask = hearing.office, hearing.assignment, point.ask if point else None
    stood = stands(ask, clock_of(assignment))
    if ask is None and stood:
        return None
    queue = office.people.queues.get(assignment.queue)
    within = Sla(due=point.answer_within if point else None)
    ask = ask or Ask(within=allowed(within, queue.due if queue else None))
    hours = counted_in(ask, queue, office.hours)
    return asking(ask, now=hearing.passage.at, hours=hours, until=None if stood else assignment.due_at)


def _escalate(hearing: Hearing) -> Effect:
    above = escalation_target(
        hearing.passage.case, hearing.process, hearing.office, hearing.assignment, at=hearing.passage.at,
        but=hearing.person,
    )  # fmt: skip
    if above is None:
        raise Forbidden("There is nobody above you for this work; ask the process owner to name someone")
    assignment = hearing.assignment
    here = assignment.point, assignment.round
    again = any(one.kind == "escalate" and (one.point, one.round) == here for one in hearing.verdicts)
    hand_over(
        hearing.passage, hearing.process, hearing.office,
        Handover(
            kind=assignment.kind, point=assignment.point, queue=assignment.queue, sla=hearing.sla,
            level=assignment.level, because=f"escalated by {hearing.person}: {assignment.because}", to=above,
            eyes=assignment.eyes,
            # who is above gets time of their own once; to and fro it goes on as it was
            clock=clock_of(assignment) if again else None,
        ),
    )  # fmt: skip
    return Effect()


def _then(process: BoundProcess, assignment: Assignment, answer: Any) -> str:
    """What the answer lets run, in words."""
    place = next((i for i, b in enumerate(process.steps) if b.step.name == assignment.point), None)
    if place is None:
        return "The case goes on"
    names = ", ".join(words(bound.step.name) for bound in actions.actions_after(process, place, answer))
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


def _after_edit(process: BoundProcess, assignment: Assignment, _recommended: Any = None, /) -> str:
    if isinstance(point_of(process, assignment), Verify):
        return "Goes on with your values"
    return "Checked again with your values"


KINDS = named(
    Kind("approve", "Approve", "A", True, _approve, _after_approve),
    Kind("reject", "Reject", "R", True, _reject, _after_reject),
    Kind("edit", "Save edits", "E", True, _edit, _after_edit),
    Kind("ask", "Ask", "I", False, _ask, always("Waits for the answer, then comes back to you")),
    Kind("escalate", "Escalate", "X", False, _escalate, always("Goes to the person above you")),
)
