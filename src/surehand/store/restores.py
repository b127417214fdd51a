"""Restores from a backup that somebody has declared, and what was lost by them: marks of the database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from surehand.store.database import alone
from surehand.store.tables import mark

_RESTORED, _LOST = "restored", "lost:"

#: Cases in one statement; databases take some thousands of names.
_PORTION = 500


@dataclass(frozen=True, slots=True)
class Restore:
    """The last restore.

    at          when it was declared: whatever is older may have gone on without this database
    checkpoint  number of the last checkpoint at that time; what was sealed up to it may be missing here
    """

    at: datetime
    checkpoint: int


def declare(connection: Connection, restore: Restore, lost: Mapping[str, int]) -> None:
    """Keep it, with how many events each case is known to have lost."""
    alone(connection)
    _put(connection, {_RESTORED: f"{restore.checkpoint} {restore.at.isoformat()}"})
    names = sorted(lost)
    for start in range(0, len(names), _PORTION):
        some = names[start : start + _PORTION]
        known = lost_of(connection, some)
        _put(connection, {f"{_LOST}{name}": str(max(lost[name], known.get(name, 0))) for name in some})


def _put(connection: Connection, values: Mapping[str, str]) -> None:
    connection.execute(delete(mark).where(mark.c.name.in_(list(values))))
    connection.execute(insert(mark), [{"name": name, "value": value} for name, value in values.items()])


#: Finds the mark of the last restore.
LAST = select(mark.c.value).where(mark.c.name == _RESTORED)


def last(connection: Connection) -> Restore | None:
    """The last restore; None when this database never was restored."""
    return restored(connection.execute(LAST).scalars())


def restored(values: Iterable[str]) -> Restore | None:
    """What the marks that `LAST` finds say: one, or none."""
    for value in values:
        checkpoint, _, at = value.partition(" ")
        return Restore(datetime.fromisoformat(at), int(checkpoint))
    return None


def lost_of(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    """How many events each of these cases is known to have lost, of those that lost any."""
    rows = connection.execute(
        select(mark.c.name, mark.c.value).where(mark.c.name.in_([f"{_LOST}{name}" for name in ids]))
    )
    return {row.name.removeprefix(_LOST): int(row.value) for row in rows}
