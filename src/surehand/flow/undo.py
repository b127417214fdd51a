"""Taking an action back: a person asks, and the engine runs the map's `undo` like an action."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from surehand.core.actions import UNDO
from surehand.core.case import Action, Case, CaseState
from surehand.core.matters import decided_at
from surehand.core.passage import Passage
from surehand.core.revoking import taking_back, undo_refused
from surehand.core.steps import Act, DecisionPoint
from surehand.errors import Conflict, Forbidden, NotFound
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.sight import known_to
from surehand.store import cases, saving


def undo(
    context: Context,
    person: str,
    case_id: str,
    step: str,
    *,
    also: Callable[[Connection, tuple[Case, Action]], None] | None = None,
) -> Action:
    """Ask for an action to be taken back. Raises NotFound, Forbidden or Conflict.

    also  called in the same transaction
    """
    case, original = may_undo(context, person, case_id, step)
    now = context.clock()
    undoing = taking_back(original, by=person, round=case.round, at=now)
    passage = Passage(case, at=now)
    passage.add(undoing)
    passage.move(state=CaseState.ACTING)
    passage.note("undo_requested", person, step=step, key=original.key)
    passage.queue("act", undoing.key, repeatable=original.repeatable)

    def transaction(connection: Connection) -> None:
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, (saved, undoing))

    context.db.write(transaction)
    context.wake(frozenset({"act"}))
    return undoing


def may_undo(context: Context, person: str, case_id: str, step: str) -> tuple[Case, Action]:
    """The action of an ended case that this person may take back. Raises NotFound, Forbidden or Conflict."""
    with context.db.read() as connection:
        case = cases.load(connection, [case_id]).get(case_id)
        found = [a for a in cases.actions_of(connection, case_id) if a.step == step]
        judged = cases.judgements(connection, case_id)
        known = case is not None and known_to(context, connection, person, case, None)
        if known:
            unseen.decide_first(connection, person, case_id)
    if case is None or not known or not found:
        raise NotFound(f"There is no action {step} in {case_id}")
    if case.state.open:
        raise Conflict(f"{case_id} has not ended; decide it instead of taking {step} back", state=case.state)
    keys = {action.key for action in found}
    done = [a for a in found if a.state == "done" and not a.key.endswith(UNDO) and a.key + UNDO not in keys]
    if not done:
        raise Conflict(f"{step} is not something that ran and was not taken back yet", state=found[-1].state)
    process = context.processes.pinned(case.process, case.version)
    bound = next(b for b in process.steps if b.step.name == step)
    if not isinstance(bound.step, Act) or bound.undo is None:
        raise Conflict(f"The map names no way to take {step} back", state=done[-1].state)
    office, at = context.office(), context.clock()
    if refusal := undo_refused(office, person, case, process, done[-1], judged=judged, at=at):
        raise Forbidden(refusal)
    return case, done[-1]


@dataclass(frozen=True, slots=True)
class Reversal:
    """What became of taking back something that ran.

    until    up to when the map counts on it; None: it names no time
    refused  why this person may not take it back, in words; '' when they may
    """

    step: str
    until: datetime | None
    refused: str = ""


def reversals(context: Context, person: str, case_id: str) -> tuple[Reversal, ...]:
    """What ran of an ended case and was not taken back, in the order in which it ran."""
    with context.db.read() as connection:
        case = cases.load(connection, [case_id])[case_id]
        actions = cases.actions_of(connection, case_id)
    keys = {action.key for action in actions}
    ran = [a for a in actions if a.state == "done" and not a.key.endswith(UNDO) and a.key + UNDO not in keys]
    process = context.processes.pinned(case.process, case.version)
    found = {}
    for action in ran:
        point = next((b.step for b in process.steps if b.step.name == decided_at(process, action.key)), None)
        lasts = point.consequence.reversible_within if isinstance(point, DecisionPoint) else None
        until = action.finished_at + lasts if lasts is not None and action.finished_at is not None else None
        found[action.step] = Reversal(
            action.step, until, _refused(context, person, case_id, action.step)
        )  # fmt: skip
    return tuple(found.values())


def _refused(context: Context, person: str, case_id: str, step: str) -> str:
    try:
        may_undo(context, person, case_id, step)
    except (Conflict, Forbidden, NotFound) as refusal:
        return refusal.detail
    return ""
