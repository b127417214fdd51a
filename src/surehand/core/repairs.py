"""What a person says about an action that failed, or of which it is not known whether it happened."""

from dataclasses import replace

from surehand.core import revoking
from surehand.core.actions import UNDO
from surehand.core.case import Action, CaseState
from surehand.core.hearing import Effect, Hearing
from surehand.core.lifecycle import ended, finish, onward, rejected
from surehand.core.revoking import Revocation
from surehand.errors import Fault, InvalidInput

#: How a person settles an action: it did not happen and may run again, or it did happen.
REPAIRS = ("retry", "happened")

#: How taking a decision back is settled where the undo fails: made good in another way.
COMPENSATED = "compensated"


def choices(action: Action, *, revoked: bool) -> tuple[str, ...]:
    """What a person may say of it.

    revoked  it belongs to a decision that is being taken back
    """
    return (*REPAIRS, COMPENSATED) if revoked and action.key.endswith(UNDO) else REPAIRS


def settled(hearing: Hearing, action: Action) -> Effect:
    """It runs again under the same key, or counts as done, or was made good."""
    passage, value = hearing.passage, hearing.answer.value
    allowed = choices(action, revoked=revoking.concerns(passage.case, action))
    if value not in allowed:
        raise InvalidInput([Fault("value", f"must be one of: {', '.join(allowed)}")])
    happened = value != "retry"
    passage.note("action_settled", hearing.person, step=action.step, key=action.key, happened=happened)
    if happened:
        _counts(hearing, action, "compensated" if value == COMPENSATED else "undone")
    elif revoking.concerns(passage.case, action) and not action.key.endswith(UNDO):
        # it did not happen, and is not to happen any more
        passage.update(replace(action, state="abandoned", finished_at=passage.at))
        _pursued(hearing)
    else:
        passage.update(replace(action, state="planned", attempt=0, error=None))
        passage.move(state=CaseState.ACTING)
        passage.queue("act", action.key, repeatable=action.repeatable)
    return Effect(value, {action.step: action.digest})


def _counts(hearing: Hearing, action: Action, end: str) -> None:
    passage = hearing.passage
    passage.update(replace(action, state="done", error=None, finished_at=passage.at))
    if action.key.endswith(UNDO) and hearing.original is not None:
        passage.update(replace(hearing.original, state=end))
    if revoking.concerns(passage.case, action):
        _pursued(hearing)
    elif action.key.endswith(UNDO):
        ended(passage, result="undone")
    else:
        passage.move(place=passage.case.place + 1)
        onward(passage, hearing.process)


def _pursued(hearing: Hearing) -> None:
    around = hearing.around
    assert around.watch is not None
    hearing.passage.move(state=CaseState.ACTING)
    revocation = Revocation(around.actions, around.watch)
    revoking.pursue(hearing.passage, hearing.process, hearing.office, revocation)


def given_up(hearing: Hearing, action: Action) -> None:
    """An action that is approved anew with other arguments must be known not to have happened."""
    if action.key.endswith(UNDO) or revoking.concerns(hearing.passage.case, action):
        raise InvalidInput([Fault("fields", "nothing is decided anew while an action is taken back")])
    if action.state == "unknown":
        raise InvalidInput([Fault("fields", "say first whether it happened: 'retry' or 'happened'")])
    hearing.passage.update(replace(action, state="abandoned", finished_at=hearing.passage.at))


def refused(hearing: Hearing, action: Action) -> Effect:
    """The case ends without it; what was to be taken back stays."""
    passage = hearing.passage
    if revoking.concerns(passage.case, action):
        allowed = ", ".join(f"'{one}'" for one in choices(action, revoked=True))
        raise InvalidInput([Fault("verdict", f"a decision is being taken back: say {allowed} instead")])
    passage.update(replace(action, state="abandoned", finished_at=passage.at))
    if action.key.endswith(UNDO):
        finish(passage)
    else:
        rejected(passage, because=hearing.answer.reason or hearing.answer.note)
    return Effect()
