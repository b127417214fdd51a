"""Oversight of decisions that the AI takes: telling a person of one, and checking some of them afterwards.

Both are assignments beside the way of the case, which does not wait for them.
"""

from collections.abc import Mapping
from typing import Any

from surehand.core import actions, four_eyes, opinions, picking, revoking, verifying
from surehand.core.answering import (
    answers_of,
    checked_value,
    corrected,
    may_fit_none,
    refusal,
    same_answer,
)
from surehand.core.bound import BoundProcess
from surehand.core.case import ENGINE, FINDING, Assignment, CaseState, Outcome
from surehand.core.hearing import Effect, Hearing, Kind, always, named, point_of
from surehand.core.lifecycle import Handover, Office, assign, closed, onward
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.phrases import words
from surehand.core.placing import placed
from surehand.core.policy import Acts, OnError
from surehand.core.revoking import Instead, Revocation
from surehand.core.steps import Act, Decide, DecisionPoint, Draft, Verify
from surehand.core.terms import Sla
from surehand.core.values import shown
from surehand.errors import Conflict, Fault, InvalidInput

# Assignments


def tell(
    passage: Passage, process: BoundProcess, office: Office, point: DecisionPoint, *, because: str
) -> Assignment:
    """Tell a person of a decision that they may override until the window has passed."""
    assert point.notify is not None
    queue, _ = placed(process, point, passage.case.known)
    return assign(
        passage, process, office,
        Handover(
            kind="notice", point=point.name, queue=queue, sla=Sla(due=point.notify.window),
            level=Level.NOTIFY, because=because,
        ),
    )  # fmt: skip


def check(passage: Passage, process: BoundProcess, office: Office, point: DecisionPoint) -> Assignment:
    """Let a person decide again what was drawn, without seeing how it was decided.

    A text can only be judged by reading it, so a check of a draft shows it.
    """
    assert point.checking is not None
    level = Level.REVIEW if isinstance(point, Draft) else Level.HUMAN
    queue, _ = placed(process, point, passage.case.known)
    return assign(
        passage, process, office,
        Handover(
            kind="check", point=point.name, queue=queue, sla=Sla(due=point.checking.within),
            level=level, because="Drawn at random for a spot check",
        ),
    )  # fmt: skip


def window_passed(passage: Passage, process: BoundProcess, notice: Assignment) -> None:
    """Nobody overrode it in time: it stands, and what it held back runs."""
    passage.note("window_passed", ENGINE, point=notice.point, person=notice.person)
    _stands(passage, process, notice)


def _stands(passage: Passage, process: BoundProcess, notice: Assignment) -> None:
    closed(passage, notice, ending="stood")
    case = passage.case
    held_back = case.state is CaseState.HOLDING and case.round == notice.round
    if held_back and process.steps[case.place - 1].step.name == notice.point:
        passage.move(state=CaseState.RUNNING, due_at=None)
        onward(passage, process)


# Answers to a notice


def takes_back(hearing: Hearing) -> bool:
    """The answer would take a decision back, so that what it let run must not be begun any more."""
    kind, answer = hearing.assignment.kind, hearing.answer
    if kind == "notice":
        return answer.kind in ("reject", "edit") or _differs(hearing)
    if kind == "finding":
        return answer.kind == "approve"
    return kind == "check" and _on_error(hearing) is OnError.UNDO and _overturned(hearing, _value(hearing))


def decides_at_once(point: DecisionPoint | None, kind: str) -> bool:
    """A verdict of this kind never waits, whatever it says: that it does must not tell what was decided."""
    return kind == "check" and point is not None and _when_wrong(point) is OnError.UNDO


def _differs(hearing: Hearing) -> bool:
    """Another answer is given than the one that stands; fields may be written in another way."""
    value, point = _value(hearing), hearing.point
    if isinstance(point, Verify):
        return not same_answer(point, hearing.recommended, value)
    return bool(value != hearing.recommended)


def _overturned(hearing: Hearing, value: Any) -> bool:
    """With this answer it is settled that what was decided is wrong, and it still stands."""
    settled = opinions.weighed(hearing, value).right is not None
    return settled and not _decided_as(hearing, value) and _decision_stands(hearing)


def _value(hearing: Hearing) -> Any:
    """The answer given in the type of the decision point; the one that stands if none was given."""
    value, point = hearing.answer.value, hearing.point
    if point is None or value is None or value == "":
        return hearing.recommended
    value = checked_value(hearing.process, point, value, _facts_then(hearing, point))
    if hearing.assignment.blind or not isinstance(point, Verify):
        return value
    # who sees what was read may name one field, and mean the others as they are
    return verifying.merged(hearing.recommended, value)


def _facts_then(hearing: Hearing, point: DecisionPoint) -> Mapping[str, Any]:
    """The facts that an answer is looked up in; those to rank as they were when the decision fell."""
    facts = hearing.passage.case.facts
    if not isinstance(point, Decide) or point.ranking is None:
        return facts
    return {point.ranking.of: picking.candidates(point, facts, hearing.judgement)}


def _accepted(hearing: Hearing) -> Effect:
    """A notice is read and let stand, or another answer is given."""
    if takes_back(hearing):
        return _revoked(hearing, Instead(_value(hearing)))
    passage = hearing.passage
    _stands(passage, hearing.process, hearing.assignment)
    return Effect(hearing.recommended)


def _refused(hearing: Hearing) -> Effect:
    refused = refusal(hearing.point)
    if refused is not None and refused == hearing.recommended:
        raise InvalidInput([Fault("verdict", "it was decided so already: let it stand")])
    return _revoked(hearing, Instead(refused, ends=refused is None))


def _corrected(hearing: Hearing) -> Effect:
    if not hearing.answer.fields:
        if hearing.answer.value is None:
            raise InvalidInput([Fault("fields", "change at least one field, or choose another answer")])
        return _accepted(hearing)
    changed = corrected(hearing.passage, hearing.process, hearing.answer.fields)
    if not changed:
        raise InvalidInput([Fault("fields", "change at least one field: all of them are as they were")])
    if isinstance(hearing.point, Verify) and changed.keys() <= set(hearing.point.fields):
        return _revoked(hearing, Instead(verifying.merged(hearing.recommended, changed)))
    return _revoked(hearing, Instead(fields=changed))


def _revoked(hearing: Hearing, instead: Instead) -> Effect:
    """Take the decision back, and let the person's stand in its place."""
    passage, process, point = hearing.passage, hearing.process, hearing.point
    assert point is not None
    if passage.case.revoking is not None:
        raise Conflict("A decision of this case is being taken back already", state=passage.case.state)
    if not _decision_stands(hearing):
        raise Conflict("The decision that this is about does not stand any more", state=passage.case.state)
    approves = {}
    if not instead.fields and not instead.ends:
        approves = actions.approved(process, hearing.place, instead.value, passage.case.known)
    closed(passage, hearing.assignment)
    around, round_ = hearing.around, passage.case.round + 1
    revoking.revoke(
        passage, process, hearing.office, Revocation(around.actions, hearing.assignment, around.beside),
        point=point.name, by=hearing.person, instead=instead, withdrawn=around.withdrawn,
        holder=around.holder, outside=four_eyes.outside(hearing.assignment, hearing.warrant),
    )  # fmt: skip
    return Effect(instead.value, approves, override=True, point=point.name, round=round_)


# Answers to a spot check


def _on_error(hearing: Hearing) -> OnError:
    assert hearing.point is not None
    return _when_wrong(hearing.point)


def _when_wrong(point: DecisionPoint) -> OnError:
    return point.checking.on_error if point.checking else OnError.RECORD


def _checked(hearing: Hearing) -> Effect:
    """The person's own answer is compared with the decision."""
    point = hearing.point
    assert point is not None
    if hearing.answer.value in (None, "") and hearing.assignment.blind:
        raise InvalidInput([Fault("value", "choose an answer: here you decide without a recommendation")])
    value = _value(hearing)
    if faults := verifying.lacking(value or {}, verifying.keyed_of(point, hearing.judgement)):
        raise InvalidInput(faults)
    return _found(hearing, value)


def _wrong(hearing: Hearing) -> Effect:
    """It is wrong, and what would have been right is not said; or none of the answers is."""
    point = hearing.point
    assert point is not None
    if not may_fit_none(point) and (answers_of(point) != (None,) or hearing.assignment.blind):
        raise InvalidInput([Fault("verdict", "give the answer that is right in your view")])
    return _found(hearing, None)


def _found(hearing: Hearing, value: Any) -> Effect:
    """The record says whether the decision was right; a wrong one that still stands may be taken back.

    Where the answer differs, others may be asked before it is known.
    """
    passage, assignment, point = hearing.passage, hearing.assignment, hearing.point
    assert point is not None
    weighed, differs = opinions.weighed(hearing, value), not same_answer(point, hearing.recommended, value)
    ending, right = "wrong" if differs else "right", _decided_as(hearing, value)
    settled = weighed.right is not None
    passage.note(
        "spot_checked", hearing.person, point=point.name, round=assignment.round, value=value,
        right=right if settled else None, decided=_decided(hearing)[1],
    )  # fmt: skip
    if not settled:
        closed(passage, assignment, ending=ending)
        opinions.ask(hearing, weighed)
        return Effect(value, override=differs)
    opinions.tell(hearing, weighed)
    serial = hearing.around.outcomes + 1
    passage.add(
        Outcome(passage.case.id, serial, passage.at, hearing.person, right, value, "found by a spot check")
    )
    if not right and _decision_stands(hearing):
        if _on_error(hearing) is OnError.UNDO:
            stands = verifying.carried_out(point, value, hearing.recommended)
            return _revoked(hearing, Instead(stands, ends=value is None))
        if _on_error(hearing) is OnError.ASK:
            _ask_about(hearing, value)
    closed(passage, assignment, ending=ending)
    return Effect(value, override=differs)


def _decided(hearing: Hearing) -> tuple[str, Any]:
    """Who decided it and how: policy as the AI recommended, or whoever decided it without the AI's view."""
    assert hearing.judgement is not None
    if not hearing.judgement.level.waits:
        return "policy", hearing.recommended
    before = opinions.given(hearing.verdicts, hearing.judgement)
    return (before[0].person, before[0].value) if before else ("", None)


def _decided_as(hearing: Hearing, value: Any) -> bool:
    """It was decided with this answer."""
    assert hearing.point is not None
    return same_answer(hearing.point, _decided(hearing)[1], value)


def _decision_stands(hearing: Hearing) -> bool:
    """It is still the decision that this is about: nobody has edited the case or taken it back since."""
    assert hearing.point is not None
    answer = hearing.passage.case.answers.get(hearing.point.name, {})
    same = (answer.get("by"), answer.get("round")) == (_decided(hearing)[0], hearing.assignment.round)
    return same and hearing.passage.case.revoking is None


def _who_found(hearing: Hearing) -> str:
    again = hearing.assignment.another_opinion
    return "Several people who decided it unseen" if again else f"A spot check by {hearing.person}"


def _ask_about(hearing: Hearing, value: Any) -> None:
    """Whoever answers for the queue says whether a decision found wrong is taken back."""
    passage, process, point = hearing.passage, hearing.process, hearing.point
    assert point is not None
    queue = hearing.office.people.queues.get(hearing.assignment.queue)
    right = f": {shown(value)} would be right" if value is not None else ""
    owner = queue.owner if queue else process.map.owner
    assign(
        passage, process, hearing.office,
        Handover(
            kind="finding", point=f"{FINDING}{point.name}", queue=hearing.assignment.queue,
            sla=Sla(due=point.sla.due), round=hearing.assignment.round, level=Level.REVIEW,
            to=owner if owner != hearing.person else None,
            because=f"{_who_found(hearing)} found it wrong{right}",
        ),
    )  # fmt: skip


# Answers about what a spot check found wrong


def _taken_back(hearing: Hearing) -> Effect:
    """It is taken back, and what the spot check decided is carried out."""
    assert hearing.point is not None
    value = verifying.carried_out(hearing.point, _value_of_check(hearing), hearing.recommended)
    return _revoked(hearing, Instead(value, ends=value is None))


def _value_of_check(hearing: Hearing) -> Any:
    assert hearing.point is not None
    assert hearing.judgement is not None
    given = opinions.given(hearing.verdicts, hearing.judgement)
    return given[-1].value if given else None


def _left_standing(hearing: Hearing) -> Effect:
    closed(hearing.passage, hearing.assignment, ending="stood")
    return Effect()


# In words


def _runs(process: BoundProcess, assignment: Assignment) -> tuple[str, bool]:
    """The actions that hang on a notice's decision, and whether they run only after its window."""
    point = point_of(process, assignment)
    place = next((i for i, b in enumerate(process.steps) if b.step.name == assignment.point), 0)
    names = ", ".join(words(b.step.name) for b in process.steps[place:] if isinstance(b.step, Act))
    waits = point is None or point.notify is None or point.notify.acts is Acts.AFTER_WINDOW
    return names, waits


def _after_accepted(process: BoundProcess, assignment: Assignment, _recommended: Any = None, /) -> str:
    _, waits = _runs(process, assignment)
    return "Goes on now, before the window has passed" if waits else "Stays as it is"


def _after_refused(process: BoundProcess, assignment: Assignment, _recommended: Any = None, /) -> str:
    names, waits = _runs(process, assignment)
    if not names:
        return "Your decision stands instead"
    return f"{names.capitalize()} never runs" if waits else f"{names.capitalize()} is taken back if it ran"


NOTICE = named(
    Kind("approve", "Let it stand", "A", True, _accepted, _after_accepted),
    Kind("reject", "Override", "R", True, _refused, _after_refused),
    Kind("edit", "Save edits", "E", True, _corrected, always("Taken back, then decided with your values")),
)
CHECK = named(
    Kind("approve", "Decide", "A", True, _checked, always("Compared with what was decided")),
    Kind("reject", "It is wrong", "R", True, _wrong, always("Recorded as wrong")),
)
FOUND = named(
    Kind("approve", "Take it back", "A", True, _taken_back, always("Undone, then decided as the check says")),
    Kind("reject", "Let it stand", "R", True, _left_standing, always("Stays as it is, recorded as wrong")),
)
