"""Taking an action back: a person asks, and the engine runs the map's `undo` like an action."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from surehand.core import actions as plans
from surehand.core.actions import UNDO
from surehand.core.case import Action, Case, CaseState, Passage
from surehand.flow.context import Context
from surehand.flow.review import may_undo
from surehand.store import saving


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
    taking_back = replace(
        original, key=original.key + UNDO, planned_at=now, state="planned", attempt=0, result=None,
        error=None, finished_at=None, authority={"by": person, "point": None, "round": case.round},
        digest=plans.action_digest(original.version, step + UNDO, original.args),
    )  # fmt: skip
    passage = Passage(case, at=now)
    passage.add(taking_back)
    passage.move(state=CaseState.ACTING)
    passage.note("undo_requested", person, step=step, key=original.key)
    passage.queue("act", taking_back.key, repeatable=original.repeatable)

    def transaction(connection: Connection) -> None:
        saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, (saved, taking_back))

    context.db.write(transaction)
    context.wake(frozenset({"act"}))
    return taking_back
