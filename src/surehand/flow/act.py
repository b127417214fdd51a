"""Running actions: claim, compare with what was approved, check the authority again, run, record.

Repeatable actions run many to a transaction: a crash repeats some of them under the same key, which does
nothing twice. Others run one at a time behind a committed mark; a crash leaves them `unknown`, and only the
other system or a person can say what happened. What is stopped is held, and checked again when it resumes.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from surehand.core.case import ENGINE, Action, Case
from surehand.core.passage import Passage
from surehand.core.values import as_json
from surehand.errors import PermanentFailure
from surehand.flow.context import Context
from surehand.flow.finishing import save
from surehand.flow.scenes import Scene, refused, scene_of, scenes
from surehand.flow.settling import arguments, asked, gone_wrong, not_begun, settled, stopped, succeeded
from surehand.store import saving, stops, work
from surehand.store.saving import Stale
from surehand.store.work import Work

#: Results of repeatable actions are saved together, but none waits longer than this for its commit. What was
#: read for a chunk is read again after this time.
_TOGETHER = 0.05

#: One chunk may take this share of a lease before the rest of it is given back.
_PATIENCE = 1 / 3

#: Tells what came of an action, on its case as it is when that is saved.
Telling = Callable[[Scene], Passage]


@dataclass(frozen=True, slots=True)
class _Run:
    """One attempt that was made.

    read  the action as the database has it
    """

    scene: Scene
    read: Action
    tell: Telling


@dataclass(frozen=True, slots=True)
class _Held:
    """Nothing was begun, because it is stopped."""

    scene: Scene


def act(context: Context, items: Sequence[Work]) -> None:
    """Run claimed work of kind `act`."""
    left = list(items)
    ends = time.monotonic() + context.lease.total_seconds() * _PATIENCE
    while left:
        if time.monotonic() > ends and len(left) < len(items):
            _give_back(context, left)
            return
        found = scene_of(context, left[0]) if len(left) == 1 else scenes(context, left)
        since = time.monotonic()
        done: list[_Run] = []
        held: list[Scene] = []
        while left and time.monotonic() - since <= _TOGETHER:
            scene = found.get(left.pop(0).id)
            run = None if scene is None else _run(context, scene)
            if run is None:
                continue
            if isinstance(run, _Held):
                held.append(run.scene)
                continue
            done.append(run)
            if not run.scene.action.repeatable:
                _save(context, done)  # nothing else is at stake while its end is not on disk
                done = []
        _save(context, done)
        _hold(context, held)


def _hold(context: Context, scenes: Sequence[Scene]) -> None:
    """Put these aside until what stops them ends; due again at once where it has ended meanwhile."""
    if not scenes:
        return
    now = context.clock()

    def transaction(connection: Connection) -> bool:
        found = stops.beginning(connection)
        shut = [scene.item for scene in scenes if found.of(scene.case.process) is not None]
        free = [scene.item for scene in scenes if scene.item not in shut]
        work.put_aside(connection, shut, due_at=now, held=True)
        work.put_aside(connection, free, due_at=now, held=False)
        return bool(free)

    if context.db.write(transaction):
        context.wake(frozenset({"act"}))


def _save(context: Context, runs: Sequence[_Run]) -> None:
    """What came of these. A person who did something about a case meanwhile does not cost what is known."""
    of_item = {run.scene.item.id: run for run in runs}

    def again(item: Work) -> Passage | None:
        run = of_item[item.id]
        fresh = scenes(context, [item]).get(item.id)
        if fresh is None or _attempt(fresh.action) != _attempt(run.read):
            return None
        return run.tell(replace(fresh, action=run.scene.action))

    save(context, [(run.scene.item, run.tell(run.scene)) for run in runs], again=again)


def _attempt(action: Action) -> tuple[str, int, str]:
    """What tells an action from itself after another attempt."""
    return action.state, action.attempt, action.digest


def _give_back(context: Context, items: Sequence[Work]) -> None:
    """These were not begun; others may take them."""
    now = context.clock()
    context.db.write(lambda connection: work.release(connection, items, due_at=now))
    context.held.ended(items)
    context.wake(frozenset({"act"}))


def _run(context: Context, scene: Scene) -> _Run | _Held | None:
    """One attempt. Returns what to save with the end of this work; None when it was saved already."""
    action = scene.action
    if action.state in ("done", "undone", "compensated", "abandoned"):
        return _Run(scene, action, lambda now: Passage(now.case, at=context.clock()))
    if scene.forgotten or (action.state in ("running", "unknown") and not scene.unsure):
        answer = asked(scene)
        return _Run(scene, action, lambda now: settled(context, now, answer))
    if refusal := refused(context, scene):
        return _Run(scene, action, lambda now: stopped(context, now, refusal))
    if context.gate.lately(context.db).of(scene.case.process) is not None:
        return _Held(scene)
    if action.repeatable:
        begun = replace(scene, action=replace(action, attempt=action.attempt + 1))
        tell = _attempted(context, begun)
        return _Held(scene) if tell is None else _Run(begun, action, tell)
    since = time.monotonic()
    marked = _mark_started(context, scene)
    if not isinstance(marked, Case):
        return marked
    if not context.held.ours(scene.item, now=context.clock()):
        return None  # this process froze for longer than its lease: another settles it
    running = replace(action, state="running", attempt=action.attempt + 1)
    scene = replace(scene, case=marked, action=running)
    tell = _attempted(context, scene, since=since) or partial(not_begun, context, planned=action)
    return _Run(scene, running, tell)


def _mark_started(context: Context, scene: Scene) -> Case | _Held | None:
    """Commit the mark before a run that must not be repeated, unless it is stopped by then.

    None when the work is no longer ours.
    """
    passage = Passage(scene.case, at=context.clock())
    action = replace(scene.action, state="running", attempt=scene.action.attempt + 1)
    passage.update(action)
    passage.note("action_started", ENGINE, step=action.step, key=action.key, attempt=action.attempt)

    def mark(connection: Connection) -> Case | _Held | None:
        if stops.beginning(connection).of(scene.case.process) is not None:
            return _Held(scene)
        if not work.holds(connection, scene.item):
            return None
        return saving.save(connection, [passage.change()])[0]

    try:
        return context.db.write(mark)
    except Stale:
        # the case moved on between reading and marking: look again
        context.db.write(lambda c: work.retry(c, scene.item, due_at=context.clock()))
        return None


def _attempted(context: Context, scene: Scene, *, since: float | None = None) -> Telling | None:
    """Call it; how to tell what came of it. None: it was not called, as it is stopped.

    since  when it was marked as begun, by `time.monotonic`; what is marked is not stopped a moment later
    """
    function = scene.bound.undo if scene.undoes else scene.bound.function
    try:
        given = arguments(scene.bound, scene.action, undoes=scene.undoes, result=scene.original.result)
    except Exception as error:  # noqa: BLE001 - a fact is missing or does not fit: nothing was called
        failure = PermanentFailure(f"its arguments cannot be built: {context.words(error)}")
        return partial(gone_wrong, context, error=failure)
    assert function is not None
    if context.gate.shuts(context.db, scene.case.process, since=since) is not None:
        return None
    try:
        returned = function(**given)
    except Exception as error:  # noqa: BLE001 - classified: retry, unknown or a person; never a value
        return partial(gone_wrong, context, error=error)
    return partial(succeeded, context, result=_recorded(scene, returned))


def _recorded(scene: Scene, result: Any) -> Any:
    """What an action returned, as JSON for the record. It has run, so whatever it returned is no error."""
    if scene.undoes:
        return as_json(result)
    try:
        return scene.bound.to_facts(result) if result is not None else None
    except Exception:  # noqa: BLE001 - an object of the author's
        return {"result": as_json(result)}
