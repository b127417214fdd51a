"""What becomes of an action after it was tried: done, again, unknown until somebody can say, or a person."""

from dataclasses import dataclass, replace
from typing import Any

from surehand.core.actions import backoff
from surehand.core.bound import BoundStep
from surehand.core.case import ENGINE, Action
from surehand.core.lifecycle import FALLBACK, Handover, ended, hand_over, onward
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.phrases import words
from surehand.core.placing import placed
from surehand.core.revoking import concerns, pursue
from surehand.core.steps import Act, DecisionPoint
from surehand.core.terms import Sla
from surehand.core.values import as_json
from surehand.errors import PermanentFailure, TemporaryFailure
from surehand.flow.context import Context
from surehand.flow.doubts import FORGOTTEN, other_round
from surehand.flow.scenes import Scene


def succeeded(context: Context, scene: Scene, *, result: Any) -> Passage:
    """It ran, or was found to have run."""
    return _done(context, scene, Passage(scene.case, at=context.clock()), result)


def _done(context: Context, scene: Scene, passage: Passage, result: Any) -> Passage:
    action = replace(scene.action, state="done", result=result, error=None, finished_at=passage.at)
    passage.update(action)
    if scene.undoes:
        passage.update(replace(scene.original, state="undone"))
        passage.note("action_undone", ENGINE, step=action.step, key=scene.original.key, result=result)
        if not _pursued(context, scene, passage):
            ended(passage, result="undone")
        return passage
    passage.note(
        "action_done", ENGINE, step=action.step, key=action.key, attempt=action.attempt,
        digest=action.digest, result=result,
    )  # fmt: skip
    if not _pursued(context, scene, passage):
        passage.move(place=scene.place + 1)
        onward(passage, scene.process)
    return passage


def _pursued(context: Context, scene: Scene, passage: Passage) -> bool:
    """The action belongs to a decision that is being taken back, which goes on now."""
    if scene.revocation is None or not concerns(scene.case, scene.action):
        return False
    pursue(passage, scene.process, context.office(), scene.revocation)
    return True


def stopped(context: Context, scene: Scene, refusal: str) -> Passage:
    """It must not run as it stands: a person looks."""
    passage, action = Passage(scene.case, at=context.clock()), scene.action
    passage.note("action_refused", ENGINE, step=action.step, key=action.key, because=refusal)
    _to_person(context, scene, passage, state=action.state, error=refusal, because=f"Not run: {refusal}")
    return passage


def not_begun(context: Context, scene: Scene, *, planned: Action) -> Passage:
    """It was marked as begun, and was stopped before it was called: nothing has happened.

    planned  the action as it was before
    """
    passage = Passage(scene.case, at=context.clock())
    passage.update(planned)
    passage.note("action_not_begun", ENGINE, step=planned.step, key=planned.key)
    passage.queue("act", planned.key, repeatable=planned.repeatable, failures=scene.item.failures)
    return passage


def gone_wrong(context: Context, scene: Scene, *, error: Exception) -> Passage:
    """Refused for good: a person. Surely not done: again later. Neither: unknown, unless it is repeatable."""
    passage = Passage(scene.case, at=context.clock())
    words = context.words(error)
    action = scene.action
    if isinstance(error, PermanentFailure | PermissionError):
        passage.note("action_failed", ENGINE, step=action.step, key=action.key, error=words, final=True)
        if not scene.unsure and not scene.undoes and concerns(scene.case, action):
            return _never_happened(context, scene, passage)
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
    context: Context, scene: Scene, passage: Passage, words: str, *, state: str, surely_not: bool
) -> Passage:
    action, step = scene.action, scene.bound.step
    assert isinstance(step, Act)
    if surely_not and not scene.undoes and concerns(scene.case, action):
        return _never_happened(context, scene, passage)
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


def _never_happened(context: Context, scene: Scene, passage: Passage) -> Passage:
    """What is to be taken back surely has not happened, so it is not tried again."""
    passage.update(replace(scene.action, state="abandoned", finished_at=passage.at))
    passage.note("action_prevented", ENGINE, step=scene.action.step, key=scene.action.key)
    _pursued(context, scene, passage)
    return passage


def _unknown(context: Context, scene: Scene, passage: Passage, words: str) -> Passage:
    """It may have happened: ask the other system if it can be asked, else a person."""
    if scene.asks:
        at = context.clock() + backoff(scene.action.attempt, draw=context.draw())
        passage.update(replace(scene.action, state="unknown", error=words))
        passage.queue("act", scene.action.key, at=at, repeatable=scene.action.repeatable)
        return passage
    because = f"It is not known whether {_title(scene)} happened: {words}"
    _to_person(context, scene, passage, state="unknown", error=words, because=because)
    return passage


#: There is no way to ask the other system.
_NO_WAY = object()


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """It did not happen under its key, but under that of another round, which a restore has lost."""

    round: int


def asked(scene: Scene) -> Any:
    """Whether an action happened whose worker died or whose answer was lost, as the other system says.

    returns  what it says, None or False where it did not happen; an exception where it does not answer
    """
    confirm = scene.bound.confirm
    if confirm is None or not scene.asks:
        return _NO_WAY
    try:
        given = arguments(scene.bound, scene.action)
        answer = confirm(**given | {"key": scene.action.key})
        if scene.doubt is None or answer not in (None, False):
            return answer
        other = other_round(
            scene.action, scene.doubt, lambda key: confirm(**given | {"key": key}) not in (None, False)
        )
        return answer if other is None else _Elsewhere(other)
    except Exception as error:  # noqa: BLE001 - the other system does not answer: it is asked again later
        return error


def settled(context: Context, scene: Scene, answer: Any) -> Passage:
    """What is done about such an action, with the answer of `asked`."""
    passage, action = Passage(scene.case, at=context.clock()), scene.action
    if action.state != "unknown":
        error = FORGOTTEN if scene.forgotten else "its worker stopped"
        passage.note("action_unknown", ENGINE, step=action.step, key=action.key, error=error)
    if answer is _NO_WAY:
        words = FORGOTTEN if scene.forgotten else "its worker stopped before it could say"
        return _unknown(context, scene, passage, action.error or words)
    if isinstance(answer, Exception):
        words = context.words(answer)
        counted = replace(scene, action=replace(action, attempt=action.attempt + 1))
        return _again(context, counted, passage, words, state="unknown", surely_not=False)
    if isinstance(answer, _Elsewhere):
        what = f"{_title(scene)} happened in round {answer.round}, which a restore from a backup has lost"
        _to_person(context, scene, passage, state="unknown", error=what, because=what)
        return passage
    happened = answer is not None and answer is not False
    passage.note("action_confirmed", ENGINE, step=action.step, key=action.key, happened=happened)
    if happened:
        return _done(context, scene, passage, as_json(answer))
    if concerns(scene.case, action):
        return _never_happened(context, scene, passage)
    if action.attempt >= scene.bound.step.attempts:
        words = action.error or "it did not happen"
        return _again(context, scene, passage, words, state="planned", surely_not=True)
    passage.update(replace(action, state="planned", error=None))
    passage.queue("act", action.key, repeatable=action.repeatable)
    return passage


def _to_person(
    context: Context, scene: Scene, passage: Passage, *, state: str, error: str, because: str
) -> None:
    passage.update(replace(scene.action, state=state, error=error))
    point = scene.action.authority.get("point") or (scene.case.revoking or {}).get("point")
    decided_at = scene.process.map.step(point) if point else None
    queue = FALLBACK
    if isinstance(decided_at, DecisionPoint):
        queue, _ = placed(scene.process, decided_at, passage.case.known)
    sla = decided_at.sla if isinstance(decided_at, DecisionPoint) else Sla()
    hand_over(
        passage, scene.process, context.office(),
        Handover(
            kind="repair", point=scene.action.key, queue=queue, sla=sla, level=Level.ASSIST, because=because
        ),
    )  # fmt: skip


def _title(scene: Scene) -> str:
    return ("undoing " if scene.undoes else "") + words(scene.action.step)


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
