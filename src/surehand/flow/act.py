"""Running actions: claim, compare with what was approved, check the authority again, run, record.

Repeatable actions run many to a transaction: a crash repeats some of them under the same key, which does
nothing twice. Others run one at a time behind a committed mark; a crash leaves them `unknown`, and only the
other system or a person can say what happened.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from surehand.core.case import ENGINE, Case, Passage
from surehand.errors import PermanentFailure
from surehand.flow.advance import save
from surehand.flow.context import Context
from surehand.flow.scenes import Scene, refused, scenes
from surehand.flow.settling import arguments, gone_wrong, settled, succeeded, to_person
from surehand.store import saving, work
from surehand.store.saving import Stale
from surehand.store.work import Work

#: Results of repeatable actions are saved together, but none waits longer than this for its commit. What was
#: read for a chunk is read again after this time.
_TOGETHER = 0.05

#: One chunk may take this share of a lease before the rest of it is given back.
_PATIENCE = 1 / 3


def act(context: Context, items: Sequence[Work]) -> None:
    """Run claimed work of kind `act`."""
    left = list(items)
    ends = time.monotonic() + context.lease.total_seconds() * _PATIENCE
    while left:
        if time.monotonic() > ends and len(left) < len(items):
            _give_back(context, left)
            return
        found = scenes(context, left)
        since = time.monotonic()
        done: list[tuple[Work, Passage]] = []
        while left and time.monotonic() - since <= _TOGETHER:
            scene = found.get(left.pop(0).id)
            passage = None if scene is None else _run(context, scene)
            if scene is None or passage is None:
                continue
            done.append((scene.item, passage))
            if not scene.action.repeatable:
                save(context, done)  # nothing else is at stake while its end is not on disk
                done = []
        save(context, done)


def _give_back(context: Context, items: Sequence[Work]) -> None:
    """These were not begun; others may take them."""
    now = context.clock()
    context.db.write(lambda connection: work.release(connection, items, due_at=now))
    context.held.ended(items)
    context.wake(frozenset({"act"}))


def _run(context: Context, scene: Scene) -> Passage | None:
    """One attempt. Returns what to save with the end of this work; None when it was saved already."""
    passage = Passage(scene.case, at=context.clock())
    action = scene.action
    if action.state in ("done", "undone", "compensated", "abandoned"):
        return passage
    if action.state in ("running", "unknown"):
        return settled(context, scene, passage)
    if refusal := refused(context, scene):
        passage.note("action_refused", ENGINE, step=action.step, key=action.key, because=refusal)
        to_person(context, scene, passage, state="planned", error=refusal, because=f"Not run: {refusal}")
        return passage
    if not scene.action.repeatable:
        marked = _mark_started(context, scene, passage)
        if marked is None:
            return None
        if not context.held.ours(scene.item, now=context.clock()):
            return None  # this process froze for longer than its lease: another settles it
        passage = Passage(marked, at=context.clock())
        scene = replace(
            scene, case=marked, action=replace(action, state="running", attempt=action.attempt + 1)
        )
    else:
        scene = replace(scene, action=replace(action, attempt=action.attempt + 1))
    return _attempted(context, scene, passage)


def _mark_started(context: Context, scene: Scene, passage: Passage) -> Case | None:
    """Commit the mark before a run that must not be repeated; None when the work is no longer ours."""
    action = replace(scene.action, state="running", attempt=scene.action.attempt + 1)
    passage.update(action)
    passage.note("action_started", ENGINE, step=action.step, key=action.key, attempt=action.attempt)

    def mark(connection: Connection) -> Case | None:
        if not work.holds(connection, scene.item):
            return None
        return saving.save(connection, [passage.change()])[0]

    try:
        return context.db.write(mark)
    except Stale:
        # the case moved on between reading and marking: look again
        context.db.write(lambda c: work.retry(c, scene.item, due_at=context.clock()))
        return None


def _attempted(context: Context, scene: Scene, passage: Passage) -> Passage:
    function = scene.bound.undo if scene.undoes else scene.bound.function
    try:
        given = arguments(scene.bound, scene.action, undoes=scene.undoes, result=scene.original.result)
    except Exception as error:  # noqa: BLE001 - a fact is missing or does not fit: nothing was called
        words = f"its arguments cannot be built: {type(error).__name__}: {error}"
        return gone_wrong(context, scene, passage, PermanentFailure(words))
    try:
        assert function is not None
        result = function(**given)
        return succeeded(context, scene, passage, _recorded(scene, result))
    except Exception as error:  # noqa: BLE001 - classified: retry, unknown or a person; never a value
        return gone_wrong(context, scene, passage, error)


def _recorded(scene: Scene, result: Any) -> Any:
    """What an action returned, as JSON for the record."""
    if scene.undoes:
        return json.loads(json.dumps(result, default=str))
    return scene.bound.to_facts(result) if result is not None else None
