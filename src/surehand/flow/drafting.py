"""Half-finished verdicts: kept while somebody writes, and there again after a reload, a sign-in, an undo."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from surehand.core.case import BESIDE
from surehand.errors import Fault, InvalidInput
from surehand.flow.context import Context
from surehand.flow.standing import Standing
from surehand.store import drafts
from surehand.store.drafts import Kept

#: Letters of a draft, which is what one form may hold.
_LONGEST = 400_000

#: What nobody has gone on with for so long is dropped.
_KEPT = timedelta(days=30)


def keep(context: Context, person: str, found: Standing, body: Mapping[str, Sequence[str]]) -> None:
    """Keep what a person has written in a brief; nothing written drops it. Raises InvalidInput."""
    given = found.assignment
    if not body:
        drop(context, person, given.id)
        return
    if len(json.dumps(body)) > _LONGEST:
        raise InvalidInput([Fault("the draft", "is too long to be kept: send it, or shorten it")])
    round_, now = _round(found), context.clock()
    context.db.write(
        lambda connection: drafts.keep(connection, given.id, person, round=round_, body=body, at=now)
    )


def kept(context: Context, person: str, found: Standing) -> Kept | None:
    """What this person has written in this brief."""
    with context.db.look() as connection:
        return drafts.of(connection, found.assignment.id, person, round=_round(found))


def drop(context: Context, person: str, assignment_id: str) -> None:
    """It was sent, or is not wanted."""
    context.db.write(lambda connection: drafts.drop(connection, assignment_id, person))


def forget(context: Context) -> None:
    """Drop what belongs to no open brief any more."""
    before = context.clock() - _KEPT
    context.db.write(lambda connection: drafts.forget(connection, before=before))


def _round(found: Standing) -> int:
    return found.assignment.round if found.assignment.kind in BESIDE else found.case.round
