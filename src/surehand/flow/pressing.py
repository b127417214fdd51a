"""Verdicts from a button of a chat: what may be decided there, and deciding it as every other verdict is."""

from typing import Any

from sqlalchemy import Connection

from surehand.core.answering import kind_of
from surehand.core.digest import digest
from surehand.core.hearing import Answer, point_of
from surehand.core.messages import Choice, choice_within
from surehand.core.showing import names_of, to_check
from surehand.core.steps import Decide
from surehand.errors import Conflict, Forbidden
from surehand.flow.context import Context
from surehand.flow.review import submit_verdict
from surehand.flow.standing import Standing, looked_at
from surehand.store import audit, idempotency
from surehand.store.idempotency import Kept, Slot


def pressable(found: Standing, *, up_to: str | None = None) -> bool:
    """It can be approved or rejected with what a message shows.

    Nothing that is decided unseen, needs a reason, has a field that is to be looked at first, or stands
    beside the way of its case.

    up_to  the highest consequence; None: whatever it is
    """
    given, judged = found.assignment, found.judgement
    point = point_of(found.process, given)
    if given.kind != "decide" or given.blind or judged is None or not isinstance(point, Decide):
        return False
    if point.reasons or kind_of(point) not in ("choice", "yes_no"):
        return False
    if judged.recommendation.get("value") is None or not judged.shown:
        return False
    if to_check(found.case, found.process, names_of(found.process, point)):
        return False
    return up_to is None or choice_within(found.case.grade, up_to)


def press(
    context: Context, person: str, choice: Choice, verdict: str, *, up_to: str, once: str, over: str
) -> str:
    """Give a verdict as `flow.review` does, on what the message showed.

    verdict  `approve` or `reject`
    up_to    the highest consequence that may be decided so
    once     names this press: the same one again changes nothing
    over     the channel
    returns  what came of it, in words
    raises   Conflict with the winner, Forbidden, NotFound
    """
    slot = Slot(person, f"press {choice.case_id}", once, digest([choice.of, choice.round, verdict]))
    with context.db.read() as connection:
        if (known := idempotency.find(connection, slot, now=context.clock())) is not None:
            return str(known.response["text"])
    found, refused = looked_at(context, person, choice.case_id, of=choice.of)
    judged = found.judgement
    if judged is None or found.case.round != choice.round or judged.shown != choice.shown:
        raise Conflict("What waits here is not what the message showed", state=found.case.state)
    if not refused and not pressable(found, up_to=up_to):
        raise Forbidden("This is not decided with a button: open it, and sign in")
    said = (
        f"{person} approved this: {choice.recommended}" if verdict == "approve" else f"{person} rejected this"
    )

    def remember(connection: Connection, _given: Any) -> None:
        now = context.clock()
        idempotency.keep(connection, slot, Kept(200, {"text": said}), now=now)
        body = {"case": choice.case_id, "verdict": verdict, "channel": over}
        audit.record(connection, "pressed", person, now, body)

    submit_verdict(
        context, person, choice.case_id, Answer(kind=verdict, shown=choice.shown), round=choice.round,
        of=choice.of, also=remember,
    )  # fmt: skip
    return said
