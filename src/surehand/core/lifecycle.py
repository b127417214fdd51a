"""Transitions of a case. Each takes a `Passage`, moves the case and records why."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from surehand.core import actions, deadlines
from surehand.core.answering import facts_of
from surehand.core.assignment import Pick, pick
from surehand.core.bound import BoundProcess
from surehand.core.calendars import Hours
from surehand.core.case import (
    BESIDE,
    ENGINE,
    Action,
    Assignment,
    Case,
    CaseState,
    Json,
)
from surehand.core.deadlines import Clock
from surehand.core.matters import matter_of, no_others, point_before
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.people import People
from surehand.core.steps import Act, DecisionPoint, Verify
from surehand.core.terms import Sla
from surehand.core.values import shown

#: The queue of cases that left every mapped path; its work belongs to the process owner.
FALLBACK = "fallback"


def _no_turns(_queue: str, _people: Sequence[str]) -> Mapping[str, int]:
    return {}


def _none_open(_case_id: str) -> Iterable[Assignment]:
    return ()


@dataclass(frozen=True, slots=True)
class Office:
    """The people, and what they have open.

    loads    how much each has
    open_of  case id -> its open assignments; asked only where somebody may have a spot check of the case
    others   what the earlier cases of a case's subject come to within a time; asked only where authority
             limits that
    hours    calendar -> its openings, where deadlines count working time
    turns    queue and people -> the last turn of each in it; asked only where each gets one in turn
    """

    people: People
    loads: Mapping[str, int]
    open_of: Callable[[str], Iterable[Assignment]] = _none_open
    others: Callable[[Case, timedelta], Decimal] = no_others
    hours: Mapping[str, Hours] = field(default_factory=dict)
    turns: Callable[[str, Sequence[str]], Mapping[str, int]] = _no_turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What is handed to a person, and why.

    to         a named person in place of the one that the queue would pick
    stay_with  the person who knows the case, taken if they may decide it
    round      that it is about; the case's, if left out
    eyes       see `Assignment`
    clock      that goes on, or a question's; by default one that begins as `sla` says
    backup     who has it too
    """

    kind: str
    point: str
    queue: str
    sla: Sla
    level: Level
    because: str
    to: str | None = None
    stay_with: str | None = None
    question: str | None = None
    round: int | None = None
    eyes: Json | None = None
    clock: Clock | None = None
    backup: str | None = None


def hand_over(passage: Passage, process: BoundProcess, office: Office, what: Handover) -> Assignment:
    """Give the case to a named person with a deadline; from now on it waits."""
    given = assign(passage, process, office, what)
    state = CaseState.ASKING if what.kind == "answer" else CaseState.WAITING
    passage.move(state=state, owner=given.person, due_at=given.due_at)
    return given


def assign(passage: Passage, process: BoundProcess, office: Office, what: Handover) -> Assignment:
    """Give a brief to a named person with a deadline. Where the case itself stands does not change."""
    matter = matter_of(
        passage.case, process, point=what.point, queue=what.queue, at=passage.at, assignee=what.to,
        others=office.others, eyes=what.eyes,
    )  # fmt: skip
    queue = office.people.queues.get(what.queue)
    apart: frozenset[str] = frozenset()
    if may_be_checked(passage.case, process):
        held = passage.assignments(office.open_of(passage.case.id))
        apart = kept_apart(held, blind_check=what.kind == "check" and not what.level.shows_recommendation)
    named = what.to is not None and not (what.kind == "finding" and what.to in apart)
    if what.to is not None and named and office.people.active(what.to):
        chosen = Pick(what.to, "named")
    else:
        chosen = pick(
            office.people, matter, level=what.level, loads=office.loads, stay_with=what.stay_with,
            besides=apart, turns=partial(office.turns, what.queue), hours=office.hours,
        )  # fmt: skip
    clock = what.clock or deadlines.started(
        what.sla, queue_due=queue.due if queue else None, now=passage.at,
        hours=deadlines.counted_in(what.sla, queue, office.hours), expires=_may_expire(process, what),
    )  # fmt: skip
    given = Assignment(
        id=f"{passage.case.id}.{passage.next_seq}", case_id=passage.case.id,
        round=passage.case.round if what.round is None else what.round,
        kind=what.kind, point=what.point, queue=what.queue, person=chosen.person, level=what.level,
        because=what.because, opened_at=passage.at, due_at=clock.due_at, timer_at=clock.timer_at,
        stage=int(clock.stage), question=what.question, clock=clock.kept(),
        backup=what.backup if what.backup != chosen.person else None, eyes=what.eyes,
        precedence=passage.case.precedence, turn=chosen.turn,
        relax_at=None if chosen.relax is None else passage.at + chosen.relax,
    )  # fmt: skip
    passage.add(given)
    passage.note(
        "assigned", ENGINE, kind=what.kind, point=what.point, queue=what.queue,
        person=chosen.person, level=what.level, because=what.because, picked=chosen.because,
        due_at=clock.due_at.isoformat(),
    )  # fmt: skip
    return given


def _may_expire(process: BoundProcess, what: Handover) -> bool:
    """It is a decision or exception of the map; what else a person has to settle does not settle itself."""
    mapped = what.kind == "exception" and any(path.name == what.point for path in process.map.exceptions)
    return what.kind == "decide" or mapped


def may_be_checked(case: Case, process: BoundProcess) -> bool:
    """Somebody may have a spot check of the case, so that it is worth asking who."""
    if not case.answers and case.round == 1:
        return False
    return any(isinstance(b.step, DecisionPoint) and b.step.checking for b in process.steps)


def kept_apart(held: Iterable[Assignment], *, blind_check: bool, but: str = "") -> frozenset[str]:
    """Who is not to be given another assignment of a case: whoever checks it unseen would see how it went.

    held         assignments of the case
    blind_check  it is itself such a check, so that it goes to somebody who has nothing else of the case
    but          id of the one that changes hands
    """
    others = (one for one in held if one.open and one.id != but)
    return frozenset(
        name for one in others if blind_check or (one.kind == "check" and one.blind) for name in one.holders
    )


def closed(passage: Passage, assignment: Assignment, *, ending: str | None = None) -> None:
    """The assignment is over; a case that waited for it goes back to the engine until a step says otherwise.

    ending  see `Assignment`; only of one beside the way of the case
    """
    if assignment.pending is not None:
        lapsed(passage, assignment, "the case moved on before it took effect")
    passage.update(
        replace(assignment.unanswered(), open=False, closed_at=passage.at, timer_at=None, ending=ending)
    )
    if assignment.kind not in BESIDE:
        passage.move(owner=ENGINE, due_at=None)


def lapsed(passage: Passage, assignment: Assignment, because: str) -> None:
    """A verdict that was not in effect yet comes to nothing. Whoever gave it is told why."""
    pending = assignment.pending or {}
    passage.note(
        "lapsed", ENGINE, person=assignment.pending_by, verdict=pending["answer"]["kind"],
        point=assignment.point, round=pending["round"], because=because,
    )  # fmt: skip


def decided(
    passage: Passage, process: BoundProcess, place: int, answer: Any, *, by: str, inline: bool = False,
    until: datetime | None = None, others: Sequence[str] = (), outside: Sequence[str] = (), queue: str = "",
) -> dict[str, str]:  # fmt: skip
    """A decision stands: store it and let its actions run. Returns step -> digest of what it approves.

    by      `policy`, or the person whose verdict it is
    inline  the caller runs the next function itself, see `onward`
    until   nothing runs before this time, see `core.watching`
    others  who agreed to it before, where several have to
    outside  who of them decided it only because it was given to them
    queue   whose people were asked, where it is not the one of the point: they are asked again before it runs
    """
    case, point = passage.case, process.steps[place].step
    assert isinstance(point, DecisionPoint)
    approves = actions.approved(process, place, answer, case.known)
    made = facts_of(point, answer)
    if isinstance(point, Verify) and by != "policy":
        passage.move(readings=vouched_for(case, made, by))
    passage.move(
        answers={
            **case.answers,
            point.name: {
                "value": answer,
                "by": by,
                "round": case.round,
                **({"with": list(others)} if others else {}),
                **({"outside": list(outside)} if outside else {}),
                **({"queue": queue} if queue and queue != point.queue else {}),
            },
        },
        facts={**case.facts, **made},
        place=place + 1,
        state=CaseState.RUNNING,
    )
    if until is not None:
        passage.move(state=CaseState.HOLDING, owner=ENGINE, due_at=until)
    else:
        onward(passage, process, inline=inline)
    return approves


def vouched_for(case: Case, values: Mapping[str, Any], by: str) -> dict[str, Any]:
    """The readings of a case after a person said what these fields are: corrected, or right as they were."""
    said = {name: "person" if value != case.facts.get(name) else "verified" for name, value in values.items()}
    return {**case.readings, **{n: {**case.readings.get(n, {}), how: by} for n, how in said.items()}}


def onward(
    passage: Passage, process: BoundProcess, *, inline: bool = False, tested: int | None = None
) -> None:
    """Go on as far as no function has to run: skip actions that do not apply, plan the next, or finish.

    inline  the caller runs the next function itself, so no work is queued for it
    tested  the place whose exceptions were tested just now
    """
    for place in range(passage.case.place, len(process.steps)):
        bound = process.steps[place]
        untested = place != tested and _has_exceptions(process, place, passage.case)
        if untested or not isinstance(bound.step, Act):
            passage.move(place=place, state=CaseState.RUNNING, owner=ENGINE, due_at=None)
            if not inline:
                passage.queue("advance", passage.case.id)
            return
        authority = authority_for(passage.case, process, place)
        if actions.runs_after(bound.step, authority.get("value")):
            passage.move(place=place, state=CaseState.ACTING, owner=ENGINE, due_at=None)
            _plan(passage, process, place, authority)
            return
    passage.move(place=len(process.steps))
    finish(passage)


def _has_exceptions(process: BoundProcess, place: int, case: Case) -> bool:
    """A mapped exception that nobody let pass is to be tested before the step at `place`."""
    paths = zip(process.map.exceptions, process.exceptions, strict=True)
    return any(at == place and path.name not in case.passed for path, (at, _) in paths)


def authority_for(case: Case, process: BoundProcess, place: int) -> dict[str, Any]:
    """The decision that an action at `place` hangs on: its point, value, round and who gave it."""
    point = point_before(process, place)
    if point is None:
        return {"point": None, "value": None, "by": "policy", "round": case.round}
    return {"point": point, **case.answers.get(point, {"value": None, "by": "policy", "round": case.round})}


def _plan(passage: Passage, process: BoundProcess, place: int, authority: Mapping[str, Any]) -> None:
    case, bound = passage.case, process.steps[place]
    assert isinstance(bound.step, Act)
    plan = actions.planned(bound, case.known, version=process.version)
    action = Action(
        key=actions.action_key(case.id, plan.step, case.round), case_id=case.id, step=plan.step,
        round=case.round, version=process.version, args=plan.args, digest=plan.digest,
        authority=authority, repeatable=bound.step.repeatable, planned_at=passage.at,
    )  # fmt: skip
    passage.add(action)
    passage.note(
        "action_planned", ENGINE, step=plan.step, key=action.key, digest=plan.digest, args=plan.args,
        by=authority["by"],
    )  # fmt: skip
    passage.queue("act", action.key, repeatable=bound.step.repeatable)


def ended(passage: Passage, *, result: str) -> None:
    """The case is done, with this result."""
    passage.move(state=CaseState.DONE, owner=ENGINE, due_at=None, result=result)
    passage.note("finished", ENGINE, result=result)


def finish(passage: Passage) -> None:
    """Nothing is left to do."""
    last = next(reversed(list(passage.case.answers.values())), None)
    result = shown(last["value"])[:200] if last else "finished"
    ended(passage, result=result)


def rejected(passage: Passage, *, because: str) -> None:
    """The case ends here, and nothing runs."""
    passage.move(state=CaseState.REJECTED, owner=ENGINE, due_at=None, result="rejected")
    passage.note("finished", ENGINE, result="rejected", because=because)


def reopened(
    passage: Passage, process: BoundProcess, changed: Mapping[str, Any], *, by: str,
    back_to: int | None = None, beside: Iterable[Assignment] = (),
) -> None:  # fmt: skip
    """A material edit: a new round in which every approval is void.

    The case goes back to the first decision, or to the first step or exception that depends on a changed
    fact, but never behind an action, which would otherwise run a second time. What was read and verified
    stays so, with the fields as they are now: a person has just said what they are.

    back_to  place up to which no action stands any more
    beside   open notices, checks and findings
    """
    case = passage.case
    standing = process.steps[: case.place if back_to is None else back_to]
    behind = [i for i, bound in enumerate(standing) if isinstance(bound.step, Act)]
    floor = behind[-1] + 1 if behind else 0
    dependent = [i for i, b in enumerate(process.steps) if _depends(b.parameters, changed)]
    dependent += [i for i, _ in enumerate(process.steps) if i >= floor and _decides_anew(process, i, case)]
    dependent += [at for at, condition in process.exceptions if condition.names & changed.keys()]
    place = max(floor, min([*dependent, case.place]))
    kept = {bound.step.name for bound in process.steps[:place]}
    answers = {name: answer for name, answer in case.answers.items() if name in kept}
    passage.move(
        round=case.round + 1,
        place=place,
        state=CaseState.RUNNING,
        owner=ENGINE,
        due_at=None,
        facts={**case.facts, **changed},
        readings=vouched_for(case, changed, by),
        answers={**answers, **_verified_so(process, answers, changed, by=by, round=case.round + 1)},
        passed=(),
    )
    fell(passage, process, beside, place=place)
    passage.queue("advance", case.id)


def _decides_anew(process: BoundProcess, place: int, case: Case) -> bool:
    """A decision point, but not what verified a reading where another approves what runs."""
    step = process.steps[place].step
    if not isinstance(step, Verify) or step.name not in case.answers:
        return isinstance(step, DecisionPoint)
    later = (bound.step for bound in process.steps[place + 1 :])
    return isinstance(next((one for one in later if isinstance(one, DecisionPoint | Act)), None), Act)


def _verified_so(
    process: BoundProcess, answers: Mapping[str, Any], changed: Mapping[str, Any], *, by: str, round: int
) -> dict[str, Any]:
    """Answers about what was read, as far as a person has changed it since."""
    found = {}
    for bound in process.steps:
        step = bound.step
        if isinstance(step, Verify) and step.name in answers and changed.keys() & set(step.fields):
            mine = {name: value for name, value in changed.items() if name in step.fields}
            value = {**(answers[step.name]["value"] or {}), **mine}
            found[step.name] = {"value": value, "by": by, "round": round}
    return found


def fell(passage: Passage, process: BoundProcess, beside: Iterable[Assignment], *, place: int) -> None:
    """Decisions from `place` on do not stand any more: nobody can override them, nor take them back.

    A spot check goes on, for the record.
    """
    fallen = {bound.step.name for bound in process.steps[place:]}
    for one in beside:
        if one.kind in ("notice", "finding") and one.about in fallen:
            closed(passage, one)


def _depends(parameters: tuple[Any, ...], changed: Mapping[str, Any]) -> bool:
    return any(name in changed for parameter in parameters for name in parameter.facts)
