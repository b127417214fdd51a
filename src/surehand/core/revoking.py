"""Taking a decision back after it took effect, and carrying out another one in its place.

Everything that ran because of it is taken back, the latest first, and what has not begun never runs. An
action of which it is not known whether it happened is first found out about. It ends in exactly one of
`prevented` (nothing had happened), `undone` (all of it was taken back), or `compensated` (a person made good
in another way what could not be taken back).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from surehand.core import actions as plans
from surehand.core.actions import UNDO
from surehand.core.authority import denial
from surehand.core.bound import BoundProcess
from surehand.core.case import ENGINE, Action, Assignment, Case, CaseState, Json, Judgement
from surehand.core.lifecycle import (
    Handover,
    Office,
    closed,
    decided,
    fell,
    hand_over,
    rejected,
    reopened,
)
from surehand.core.matters import as_judged, decided_at, matter_of
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.phrases import words
from surehand.core.placing import placed
from surehand.core.steps import DecisionPoint
from surehand.core.terms import Sla

#: States in which an action stands for nothing any more.
_GONE = ("undone", "compensated", "abandoned", "failed")


@dataclass(frozen=True, slots=True)
class Instead:
    """What a person decided in place of it.

    fields  corrected facts: the case is decided anew with them
    value   the answer that is carried out, where no field was corrected
    ends    the case ends, because no answer of the decision point is a refusal
    """

    value: Any = None
    fields: Json = field(default_factory=dict)
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Revocation:
    """What is being taken back.

    actions  all of the case, as they were read
    watch    the notice or check that led to it, and that it ends
    beside   open notices, checks and findings
    """

    actions: tuple[Action, ...]
    watch: Assignment
    beside: tuple[Assignment, ...] = ()


def revoke(
    passage: Passage, process: BoundProcess, office: Office, revocation: Revocation, *, point: str, by: str,
    instead: Instead, withdrawn: Collection[str], holder: Assignment | None, outside: Collection[str] = (),
) -> None:  # fmt: skip
    """Begin to take a decision back: a new round, in which nothing of it is approved any more.

    withdrawn  keys of actions whose work was taken off before anybody had begun it
    holder     the assignment that the case waits for
    outside    `by`, where they may only because it was given to them
    """
    place = _place(process, point)
    after = {bound.step.name: i for i, bound in enumerate(process.steps) if i > place}
    theirs = [a for a in revocation.actions if a.step in after and not a.key.endswith(UNDO)]
    theirs.sort(key=lambda action: (after[action.step], action.round))
    # nobody is at work on an action that the case waits for a person to repair
    _stop(passage, theirs, withdrawn if holder is None else {*withdrawn, holder.point})
    watch, case = revocation.watch.id, passage.case
    settles = holder is not None and _settles(holder, theirs, revocation.actions)
    if holder is not None and settles:
        passage.update(replace(holder, round=case.round + 1))
    elif holder is not None:
        closed(passage, holder)
    fell(passage, process, [one for one in revocation.beside if one.id != watch], place=place)
    passage.move(
        round=case.round + 1, result=None,
        revoking={
            "point": point, "by": by, "watch": watch, "keys": [a.key for a in theirs],
            "value": instead.value, "fields": dict(instead.fields), "ends": instead.ends,
            "queue": revocation.watch.queue,
            **({"outside": list(outside)} if outside else {}),
        },
    )  # fmt: skip
    passage.note(
        "revoking", ENGINE, by=by, point=point, actions=[a.key for a in theirs], round=case.round + 1
    )
    if not settles:  # else it goes on when the person who is asked has said so
        passage.move(state=CaseState.ACTING, owner=ENGINE, due_at=None)
        pursue(passage, process, office, revocation)


def _stop(passage: Passage, theirs: Iterable[Action], withdrawn: Collection[str]) -> None:
    """What surely has not begun never runs.

    A run that must not be repeated begins with a mark that is committed against the case as it was read, so
    without the mark it has not begun. Of a repeatable one this is known only if nobody had its work.
    """
    for action in theirs:
        never_ran = not action.repeatable or action.key in withdrawn
        if action.state == "planned" and never_ran:
            passage.update(replace(action, state="abandoned", finished_at=passage.at))
            passage.note("action_prevented", ENGINE, step=action.step, key=action.key)


def _settles(holder: Assignment, theirs: Iterable[Action], actions: Iterable[Action]) -> bool:
    """Somebody is asked whether one of these actions happened, or about taking back one that did."""
    unsettled = {action.key for action in theirs if action.state == "unknown"}
    done = {action.key for action in theirs if action.state == "done"}
    unsettled |= {
        undo.key for undo in actions
        if undo.key.endswith(UNDO) and undo.key.removesuffix(UNDO) in done
        and undo.state in ("planned", "failed", "unknown")
    }  # fmt: skip
    return holder.point in unsettled


def pursue(passage: Passage, process: BoundProcess, office: Office, revocation: Revocation) -> None:
    """Take back what stands next; when nothing stands any more, carry out what was decided instead."""
    revoking = passage.case.revoking
    assert revoking is not None
    found = {action.key: action for action in passage.actions(revocation.actions)}
    theirs = [found[key] for key in revoking["keys"]]
    for action in reversed(theirs):
        if action.state in _GONE:
            continue
        undo = found.get(action.key + UNDO)
        if action.state == "done" and (undo is None or undo.state == "abandoned"):
            _take_back(passage, process, office, action, again=undo is not None)
        # otherwise it is under way, and its end leads back here
        return
    states = {action.state for action in theirs}
    ending = next((end for end in ("compensated", "undone") if end in states), "prevented")
    watch = revocation.watch
    closed_at = watch.closed_at or passage.at
    passage.update(replace(watch, open=False, closed_at=closed_at, timer_at=None, ending=ending))
    passage.note("revoked", ENGINE, point=revoking["point"], ending=ending, by=revoking["by"])
    _carry_out(passage, process, revoking)


def concerns(case: Case, action: Action) -> bool:
    """The action is one of those that are being taken back, or takes one back."""
    return case.revoking is not None and action.key.removesuffix(UNDO) in case.revoking["keys"]


def taking_back(original: Action, *, by: str, round: int, at: datetime) -> Action:
    """The action that takes another one back, with the same arguments."""
    return replace(
        original, key=original.key + UNDO, planned_at=at, state="planned", attempt=0, result=None,
        error=None, finished_at=None, authority={"by": by, "point": None, "round": round},
        digest=plans.action_digest(original.version, original.step + UNDO, original.args),
    )  # fmt: skip


def _take_back(
    passage: Passage, process: BoundProcess, office: Office, original: Action, *, again: bool
) -> None:
    """Plan it, or hand it to a person where the map names no way.

    again  a person gave it up once, so that its record is there
    """
    case = passage.case
    by = str((case.revoking or {})["by"])
    record = passage.update if again else passage.add
    undo = taking_back(original, by=by, round=case.round, at=passage.at)
    passage.note("undo_requested", by, step=original.step, key=original.key)
    bound = next(b for b in process.steps if b.step.name == original.step)
    if bound.undo is not None:
        record(undo)
        passage.move(state=CaseState.ACTING, owner=ENGINE, due_at=None)
        passage.queue("act", undo.key, repeatable=original.repeatable)
        return
    error = f"the map names no way to take {words(original.step)} back"
    record(replace(undo, state="failed", error=error))
    point = next(
        step for step in (b.step for b in reversed(process.steps[: _place(process, original.step)]))
        if isinstance(step, DecisionPoint)
    )  # fmt: skip
    queue, _ = placed(process, point, passage.case.known)
    hand_over(
        passage, process, office,
        Handover(
            kind="repair", point=undo.key, queue=queue, sla=Sla(due=point.sla.due), level=Level.ASSIST,
            because=f"{words(original.step).capitalize()} is to be taken back, and {error}",
        ),
    )  # fmt: skip


def _carry_out(passage: Passage, process: BoundProcess, revoking: Json) -> None:
    """Nothing stands any more: go on with what the person decided."""
    place = _place(process, revoking["point"])
    passage.move(revoking=None, owner=ENGINE, due_at=None, state=CaseState.RUNNING)
    if revoking["fields"]:
        reopened(passage, process, revoking["fields"], by=revoking["by"], back_to=place)
        return
    kept = {bound.step.name for bound in process.steps[:place]}
    answers = {name: answer for name, answer in passage.case.answers.items() if name in kept}
    passage.move(place=place, answers=answers)
    if revoking["ends"]:
        rejected(passage, because=f"taken back by {revoking['by']}")
    else:
        decided(
            passage, process, place, revoking["value"], by=revoking["by"],
            outside=revoking.get("outside", ()), queue=revoking.get("queue", ""),
        )  # fmt: skip


def _place(process: BoundProcess, name: str) -> int:
    return next(i for i, bound in enumerate(process.steps) if bound.step.name == name)


def undo_refused(
    office: Office, name: str, case: Case, process: BoundProcess, action: Action, *,
    judged: Iterable[Judgement], at: datetime,
) -> str | None:  # fmt: skip
    """Why this person may not take an action of a case back; None when they may. Asked again when it runs.

    judged  judgements of the case: what was at stake where it was decided, whatever was decided since
    """
    point = decided_at(process, action.key)
    decided = next((one for one in judged if (one.point, one.round) == (point, action.round)), None)
    step = next((bound.step for bound in process.steps if bound.step.name == point), None)
    queue = action.authority.get("queue", "")
    if not queue and isinstance(step, DecisionPoint):
        queue, _ = placed(process, step, case.known)
    matter = matter_of(
        as_judged(case, decided), process, point=point, queue=queue, at=at, others=office.others
    )  # fmt: skip
    return denial(office.people, name, matter)
