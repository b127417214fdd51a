"""Running actions: claim, compare with what was approved, check the authority again, run, record.

Repeatable actions run many to a transaction: a crash repeats some of them under the same key, which does
nothing twice. Others run one at a time behind a committed mark; a crash leaves them `unknown`, and only the
other system or a person can say what happened.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from surehand.core import actions as plans
from surehand.core.actions import UNDO, backoff
from surehand.core.authority import denial
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import ENGINE, Action, Case, Passage
from surehand.core.lifecycle import (
    FALLBACK,
    Handover,
    Office,
    ended,
    hand_over,
    matter_of,
    onward,
    point_before,
)
from surehand.core.oversight import Level
from surehand.core.phrases import words
from surehand.core.policy import Sla
from surehand.core.process import Act, DecisionPoint
from surehand.errors import PermanentFailure, SurehandError, TemporaryFailure
from surehand.flow.advance import save
from surehand.flow.context import Context
from surehand.flow.doubts import FORGOTTEN, Doubt, doubts, other_round
from surehand.store import cases, saving, work
from surehand.store.cases import Approval
from surehand.store.saving import Stale
from surehand.store.work import Work

#: Results of repeatable actions are saved together, but none waits longer than this for its commit. What was
#: read for a chunk is read again after this time.
_TOGETHER = 0.05

#: One chunk may take this share of a lease before the rest of it is given back.
_PATIENCE = 1 / 3


@dataclass(frozen=True, slots=True)
class _Scene:
    """One action with everything needed to judge whether it may run."""

    item: Work
    case: Case
    action: Action
    original: Action
    process: BoundProcess
    bound: BoundStep
    approvals: Sequence[Approval]
    doubt: Doubt | None = None

    @property
    def forgotten(self) -> bool:
        """It may have run before a restore, so it is asked about before it runs."""
        if self.doubt is None or self.action.state != "planned":
            return False
        return self.asks or (self.doubt.known and not self.action.repeatable)

    @property
    def unsure(self) -> bool:
        """An earlier attempt, or a worker that died, may have done it; it runs again under its key."""
        before = self.action.state == "unknown" or self.item.attempt > 1
        return before and self.action.repeatable and not (self.doubt is not None and self.asks)

    @property
    def asks(self) -> bool:
        """The other system can be asked about it."""
        return self.bound.confirm is not None and not self.undoes

    @property
    def undoes(self) -> bool:
        return self.action.key.endswith(UNDO)

    @property
    def place(self) -> int:
        return next(i for i, bound in enumerate(self.process.steps) if bound is self.bound)


def act(context: Context, items: Sequence[Work]) -> None:
    """Run claimed work of kind `act`."""
    left = list(items)
    ends = time.monotonic() + context.lease.total_seconds() * _PATIENCE
    while left:
        if time.monotonic() > ends and len(left) < len(items):
            _give_back(context, left)
            return
        scenes = _scenes(context, left)
        since = time.monotonic()
        done: list[tuple[Work, Passage]] = []
        while left and time.monotonic() - since <= _TOGETHER:
            scene = scenes.get(left.pop(0).id)
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


def _scenes(context: Context, items: Sequence[Work]) -> dict[int, _Scene]:
    """By number of the work; what cannot be run is finished or put off."""
    keys = {key for item in items for key in (item.ref, item.ref.removesuffix(UNDO))}
    with context.db.read() as connection:
        actions = cases.actions(connection, keys)
        found = cases.load(connection, [item.case_id for item in items])
        approvals = cases.approvals(connection, found)
        pairs = [(actions[i.ref], found[i.case_id]) for i in items if i.ref in actions and i.case_id in found]
        doubtful = doubts(connection, pairs, now=context.clock())
    gone = [
        item
        for item in items
        if not {item.ref, item.ref.removesuffix(UNDO)} <= actions.keys() or item.case_id not in found
    ]
    scenes = {}
    for item in items:
        if item in gone:
            continue
        action, case = actions[item.ref], found[item.case_id]
        try:
            process = context.processes.pinned(case.process, action.version)
        except SurehandError:
            _put_off(context, item)
            continue
        bound = next((b for b in process.steps if b.step.name == action.step), None)
        if bound is None:
            gone.append(item)
            continue
        scenes[item.id] = _Scene(
            item, case, action, actions[action.key.removesuffix(UNDO)], process, bound,
            approvals.get(case.id, ()), doubtful.get(action.key),
        )  # fmt: skip
    if gone:
        # rows were changed by hand: verify-audit names them; there is nothing that may run
        context.db.write(lambda connection: work.finish(connection, gone))
    return scenes


def _put_off(context: Context, item: Work) -> None:
    """The code of a pinned version is gone or does not load: try again in a while, nothing is lost."""
    at = context.clock() + backoff(item.failures + 5, draw=context.draw())
    context.db.write(lambda connection: work.retry(connection, item, due_at=at))


def _run(context: Context, scene: _Scene) -> Passage | None:
    """One attempt. Returns what to save with the end of this work; None when it was saved already."""
    passage = Passage(scene.case, at=context.clock())
    action = scene.action
    if action.state in ("done", "undone", "abandoned"):
        return passage
    if scene.forgotten or (action.state in ("running", "unknown") and not scene.unsure):
        return _settled(context, scene, passage)
    if refusal := refused(context, scene):
        passage.note("action_refused", ENGINE, step=action.step, key=action.key, because=refusal)
        _to_person(context, scene, passage, state=action.state, error=refusal, because=f"Not run: {refusal}")
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


def refused(context: Context, scene: _Scene) -> str | None:
    """Why an action must not run now; None when what runs is what was approved, by someone who still may."""
    action, case = scene.action, scene.case
    step = action.step + (UNDO if scene.undoes else "")
    if plans.action_digest(action.version, step, action.args) != action.digest:
        return "its arguments are not the ones that were planned"
    by, point = action.authority.get("by"), action.authority.get("point")
    if scene.undoes:
        return None if context.people.active(str(by)) else f"{by} is not active any more"
    if point != point_before(scene.process, scene.place):
        return "it does not name the decision that it follows"
    if action.round != case.round:
        return f"it was approved in round {action.round}, and the case is in round {case.round}"
    if point is None:
        return None
    allowed = any(
        a.point == point and a.round == action.round and a.by == by
        and a.approves.get(action.step) == action.digest
        for a in scene.approvals
    )  # fmt: skip
    if by == "policy":
        return None if allowed else "no recorded judgement lets exactly this run"
    if not allowed:
        return "no recorded verdict approves exactly this"
    decided_at = scene.process.map.step(point)
    assert isinstance(decided_at, DecisionPoint)
    matter = matter_of(case, scene.process, decided_at.queue, assignee=by)
    return denial(context.people, str(by), matter)


def _mark_started(context: Context, scene: _Scene, passage: Passage) -> Case | None:
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


def _attempted(context: Context, scene: _Scene, passage: Passage) -> Passage:
    function = scene.bound.undo if scene.undoes else scene.bound.function
    try:
        given = arguments(scene.bound, scene.action, undoes=scene.undoes, result=scene.original.result)
    except Exception as error:  # noqa: BLE001 - a fact is missing or does not fit: nothing was called
        words = f"its arguments cannot be built: {type(error).__name__}: {error}"
        return _gone_wrong(context, scene, passage, PermanentFailure(words))
    try:
        assert function is not None
        result = function(**given)
        return _succeeded(scene, passage, _recorded(scene, result))
    except Exception as error:  # noqa: BLE001 - classified: retry, unknown or a person; never a value
        return _gone_wrong(context, scene, passage, error)


def arguments(
    bound: BoundStep, action: Action, *, undoes: bool = False, result: Any = None
) -> dict[str, Any]:
    """The arguments of an action, built from what was frozen when it was approved."""
    key = action.key
    given: dict[str, Any] = {}
    for parameter in bound.parameters:
        facts = {"key": key} if parameter.source == "key" else action.args[parameter.name]
        given[parameter.name] = parameter.build(facts)
    if undoes:
        given["key"], given["result"] = key, result
    return given


def _recorded(scene: _Scene, result: Any) -> Any:
    """What an action returned, as JSON for the record."""
    if scene.undoes:
        return json.loads(json.dumps(result, default=str))
    return scene.bound.to_facts(result) if result is not None else None


def _succeeded(scene: _Scene, passage: Passage, result: Any) -> Passage:
    action = replace(scene.action, state="done", result=result, error=None, finished_at=passage.at)
    passage.update(action)
    if scene.undoes:
        passage.update(replace(scene.original, state="undone"))
        passage.note("action_undone", ENGINE, step=action.step, key=scene.original.key, result=result)
        ended(passage, result="undone")
        return passage
    passage.note(
        "action_done", ENGINE, step=action.step, key=action.key, attempt=action.attempt,
        digest=action.digest, result=result,
    )  # fmt: skip
    passage.move(place=scene.place + 1)
    onward(passage, scene.process)
    return passage


def _gone_wrong(context: Context, scene: _Scene, passage: Passage, error: Exception) -> Passage:
    """Refused for good: a person. Surely not done: again later. Neither: unknown, unless it is repeatable."""
    words = f"{type(error).__name__}: {error}"[:500].replace("\x00", "")
    action = scene.action
    if isinstance(error, PermanentFailure | PermissionError):
        passage.note("action_failed", ENGINE, step=action.step, key=action.key, error=words, final=True)
        because = f"{_title(scene)} failed: {words}"
        if scene.unsure:
            because += "; an attempt before it was not answered, and may have done it"
        state = "unknown" if scene.unsure else "failed"
        _to_person(context, scene, passage, state=state, error=words, because=because)
        return passage
    # that this attempt did nothing says nothing of an earlier one that was not answered
    surely_not = isinstance(error, TemporaryFailure | ConnectionRefusedError) and not scene.unsure
    if not surely_not and not action.repeatable:
        passage.note("action_unknown", ENGINE, step=action.step, key=action.key, error=words)
        return _unknown(context, scene, passage, words)
    state = "planned" if surely_not else "unknown"
    return _again(context, scene, passage, words, state=state, surely_not=surely_not)


def _again(
    context: Context, scene: _Scene, passage: Passage, words: str, *, state: str, surely_not: bool
) -> Passage:
    action, step = scene.action, scene.bound.step
    assert isinstance(step, Act)
    if action.attempt >= step.attempts:
        what = "failed" if surely_not else "is not known to have happened"
        passage.note("action_failed", ENGINE, step=action.step, key=action.key, error=words, final=True)
        because = f"{_title(scene)} {what} after {action.attempt} attempts: {words}"
        _to_person(
            context, scene, passage, state="failed" if surely_not else "unknown", error=words, because=because
        )
        return passage
    at = context.clock() + backoff(action.attempt, draw=context.draw())
    passage.update(replace(action, state=state, error=words))
    passage.note(
        "action_failed", ENGINE, step=action.step, key=action.key, error=words, final=False,
        attempt=action.attempt, again=at.isoformat(),
    )  # fmt: skip
    passage.queue("act", action.key, at=at, repeatable=action.repeatable, failures=scene.item.failures + 1)
    return passage


def _unknown(context: Context, scene: _Scene, passage: Passage, words: str) -> Passage:
    """It may have happened: ask the other system if it can be asked, else a person."""
    if scene.asks:
        at = context.clock() + backoff(scene.action.attempt, draw=context.draw())
        passage.update(replace(scene.action, state="unknown", error=words))
        passage.queue("act", scene.action.key, at=at, repeatable=scene.action.repeatable)
        return passage
    because = f"It is not known whether {_title(scene)} happened: {words}"
    _to_person(context, scene, passage, state="unknown", error=words, because=because)
    return passage


def _settled(context: Context, scene: _Scene, passage: Passage) -> Passage:
    """Find out what became of an action whose worker died or whose answer was lost."""
    action, confirm = scene.action, scene.bound.confirm
    if action.state != "unknown":
        error = FORGOTTEN if scene.forgotten else "its worker stopped"
        passage.note("action_unknown", ENGINE, step=action.step, key=action.key, error=error)
    if confirm is None or not scene.asks:
        words = FORGOTTEN if scene.forgotten else "its worker stopped before it could say"
        return _unknown(context, scene, passage, action.error or words)
    try:
        given = arguments(scene.bound, action)
        result = confirm(**given | {"key": action.key})
        happened = result is not None and result is not False
        other = None if happened or scene.doubt is None else other_round(
            action, scene.doubt, lambda key: confirm(**given | {"key": key}) not in (None, False)
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the other system does not answer: ask again later
        words = f"{type(error).__name__}: {error}"[:500]
        counted = replace(scene, action=replace(action, attempt=action.attempt + 1))
        return _again(context, counted, passage, words, state="unknown", surely_not=False)
    if other is not None:
        because = f"{_title(scene)} happened in round {other}, which a restore from a backup has lost"
        _to_person(context, scene, passage, state="unknown", error=because, because=because)
        return passage
    passage.note("action_confirmed", ENGINE, step=action.step, key=action.key, happened=happened)
    if happened:
        return _succeeded(scene, passage, json.loads(json.dumps(result, default=str)))
    if action.attempt >= scene.bound.step.attempts:
        words = action.error or "it did not happen"
        return _again(context, scene, passage, words, state="planned", surely_not=True)
    passage.update(replace(action, state="planned", error=None))
    passage.queue("act", action.key, repeatable=action.repeatable)
    return passage


def _to_person(
    context: Context, scene: _Scene, passage: Passage, *, state: str, error: str, because: str
) -> None:
    passage.update(replace(scene.action, state=state, error=error))
    point = scene.action.authority.get("point")
    decided_at = scene.process.map.step(point) if point else None
    queue = decided_at.queue if isinstance(decided_at, DecisionPoint) else FALLBACK
    sla = decided_at.sla if isinstance(decided_at, DecisionPoint) else Sla()
    with context.db.read() as connection:
        office = Office(context.people, cases.loads(connection))
    hand_over(
        passage, scene.process, office,
        Handover(
            kind="repair", point=scene.action.key, queue=queue, sla=sla, level=Level.ASSIST, because=because
        ),
    )  # fmt: skip


def _title(scene: _Scene) -> str:
    return ("undoing " if scene.undoes else "") + words(scene.action.step)
