"""Actions that may have run in a time that the database has forgotten: after a restore from a backup.

No row says so. The other system is asked first, under every key that the action may have had; where it cannot
be asked, a person is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from surehand.core.actions import action_key
from surehand.core.case import Action, Case
from surehand.store import audit, restores
from surehand.store.restores import Restore

#: What is on record of an action that nobody remembers.
FORGOTTEN = "the database was restored from a backup, and it may have run since that was made"

#: Items that were lost are submitted again within this time. Those of the last minute before the loss are in
#: no checkpoint, so each new case is asked about for so long, where there is a system to ask.
_AFTERWARDS = timedelta(days=7)

#: A round leaves at least so many events: the verdict, the recommendation and the route.
_EVENTS_OF_A_ROUND = 3

#: Rounds that may have been since the last checkpoint.
_UNSEALED = 2

#: Events by which it became known whether an action had run.
_SETTLING = ("action_confirmed", "action_settled")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an action is not simply run.

    known   its case is older than the restore, or is known to have been lost by it
    rounds  the last round that the case may have had
    """

    known: bool
    rounds: int


def doubts(
    connection: Connection, wanted: Sequence[tuple[Action, Case]], restore: Restore | None, *, now: datetime
) -> dict[str, Doubt]:
    """Key -> doubt, of the actions that may have run before a restore and were not asked about since.

    restore  the last one; None when this database never was restored
    """
    if restore is None or not wanted:
        return {}
    ids = sorted({case.id for _, case in wanted})
    lost = restores.lost_of(connection, ids)
    settled = audit.told_of(connection, ids, _SETTLING, since=restore.at)
    found = {}
    for action, case in wanted:
        known = case.created_at <= restore.at or case.id in lost
        if action.key not in settled and (known or now <= restore.at + _AFTERWARDS):
            more = lost.get(case.id, 0) // _EVENTS_OF_A_ROUND + _UNSEALED
            found[action.key] = Doubt(known, max(action.round, case.round) + more)
    return found


def other_round(action: Action, doubt: Doubt, happened: Callable[[str], bool]) -> int | None:
    """The round under whose key the other system knows this action; None when it knows none of them.

    happened  asks the other system about a key
    """
    others = (number for number in range(1, doubt.rounds + 1) if number != action.round)
    return next((n for n in others if happened(action_key(action.case_id, action.step, n))), None)
