"""How channels and webhooks are doing: what failed how often, what is down, and when it is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from surehand.store.questions import named
from surehand.store.tables import channel

#: Attempts in a row that fail until a channel is down.
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One channel. state: `up`, `down`, or `off` until surehand.yaml says something else of it."""

    name: str
    basis: str
    state: str
    failures: int
    since: datetime
    probe_at: datetime | None
    error: str | None

    def takes(self, now: datetime) -> bool:
        """Something may be sent over it now: it is up, or it is time to see whether it is again."""
        return self.state == "up" or (
            self.state == "down" and self.probe_at is not None and self.probe_at <= now
        )


def prepare(connection: Connection, bases: Mapping[str, str], *, now: datetime) -> None:
    """The channels of surehand.yaml as they are now; of which something else is said begin anew."""
    there = states(connection)
    gone = there.keys() - bases.keys()
    if gone:
        connection.execute(delete(channel).where(channel.c.name.in_(sorted(gone))))
    for name, basis in bases.items():
        if name not in there or there[name].basis != basis:
            connection.execute(delete(channel).where(channel.c.name == name))
            connection.execute(
                insert(channel).values(name=name, basis=basis, state="up", failures=0, since=now)
            )


def states(connection: Connection) -> dict[str, ChannelState]:
    """All of them, by name."""
    return {row["name"]: ChannelState(**row) for row in named(connection.execute(select(channel)))}


def worked(connection: Connection, name: str, *, now: datetime) -> bool:
    """It took something. Returns whether it had been down."""
    failing = update(channel).where(channel.c.name == name)
    back = connection.execute(
        failing.where(channel.c.state == "down").values(
            state="up", failures=0, since=now, probe_at=None, error=None
        )
    )
    if back.rowcount == 0:
        connection.execute(failing.where(channel.c.failures > 0).values(failures=0, error=None))
    return back.rowcount == 1


def failed(
    connection: Connection, name: str, *, now: datetime, error: str, probe_at: datetime, state: str | None
) -> bool:
    """It took nothing. Returns whether it is down from now on.

    state  `down` or `off` at once, however often it failed before
    """
    before = states(connection).get(name)
    if before is None:
        return False
    failures = before.failures + 1
    after = state or ("down" if failures >= PATIENCE or before.state == "down" else before.state)
    worse = before.state == "up" and after != "up"
    if before.state == "off":
        after = "off"
    values = {"state": after, "failures": failures, "error": error, "probe_at": probe_at}
    connection.execute(
        update(channel)
        .where(channel.c.name == name)
        .values(**values, since=now if after != before.state else before.since)
    )
    return worse
