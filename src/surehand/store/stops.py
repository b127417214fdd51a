"""Stops, and the lock between them and what begins.

An execution that must not be repeated looks in the transaction that marks it as begun, with a lock that it
shares with others of its kind; whoever stops or resumes has the lock alone. So no mark commits after a stop
has, and no work is put aside for a stop that ended meanwhile.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, func, insert, literal_column, select, text, update

from surehand.core.case import BESIDE
from surehand.core.stopping import InForce, Stop
from surehand.errors import Conflict
from surehand.store.tables import assignment, case, stop, work

#: Held by whoever changes what is stopped, and shared by what begins. ("stop")
_LOCK = 0x73746F70

_COLUMNS = tuple(stop.c[one.name] for one in fields(Stop))
_IN_FORCE = select(*_COLUMNS).where(stop.c.ended_at.is_(None)).order_by(stop.c.id)
_CLAIMED, _HELD = literal_column("'claimed'", Text), literal_column("'held'", Text)

#: Counting stops here: more is as bad.
MOST = 1_000


def in_force(connection: Connection) -> InForce:
    """What is stopped at this moment."""
    return InForce(Stop(*row) for row in connection.execute(_IN_FORCE))


def beginning(connection: Connection) -> InForce:
    """What is stopped, and stays so until this transaction ends: no stop and no resume commits before."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})"))
    return in_force(connection)


def changing(connection: Connection) -> InForce:
    """What is stopped; until this transaction ends nothing begins and nobody else changes it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    return in_force(connection)


def add(
    connection: Connection, process: str | None, *, by: str, because: str, at: datetime, drill: bool,
    counted: Mapping[str, Any],
) -> Stop:  # fmt: skip
    """Stop it."""
    values = {
        "process": process, "by": by, "because": because, "at": at, "drill": drill, "counted": dict(counted),
    }  # fmt: skip
    return Stop(*connection.execute(insert(stop).values(values).returning(*_COLUMNS)).one())


def find(connection: Connection, id: int) -> Stop | None:
    """One stop, whether it is in force or not."""
    row = connection.execute(select(*_COLUMNS).where(stop.c.id == id)).first()
    return None if row is None else Stop(*row)


def change(connection: Connection, before: Stop, **values: Any) -> Stop:
    """Change a stop that is in force. Raises Conflict when it has ended meanwhile."""
    guarded = update(stop).where(stop.c.id == before.id, stop.c.ended_at.is_(None)).values(values)
    row = connection.execute(guarded.returning(*_COLUMNS)).first()
    if row is None:
        raise Conflict("This stop has ended already", state="ended")
    return Stop(*row)


def ended(connection: Connection, *, limit: int) -> list[Stop]:
    """Those that have ended, newest first."""
    rows = connection.execute(
        select(*_COLUMNS).where(stop.c.ended_at.is_not(None)).order_by(stop.c.id.desc()).limit(limit)
    )
    return [Stop(*row) for row in rows]


def every(connection: Connection) -> list[Stop]:
    """All of them, oldest first."""
    return [Stop(*row) for row in connection.execute(select(*_COLUMNS).order_by(stop.c.id))]


def release(connection: Connection, still: InForce) -> int:
    """Make work due again that is held and is not stopped any more; how many pieces."""
    if still.everything:
        return 0
    again = update(work).where(work.c.state == _HELD)
    if still:
        of = select(case.c.id).where(case.c.process.not_in(still.processes))
        again = again.where(work.c.case_id.in_(of))
    return connection.execute(again.values(state="ready")).rowcount


def counts(connection: Connection, process: str | None) -> dict[str, int]:
    """Of what a stop is about: actions that are `held`, at most `MOST` that are `under_way`, and cases that
    are `waiting` for people."""
    held = select(work.c.case_id).where(work.c.state == _HELD)
    under_way = select(work.c.case_id).where(work.c.state == _CLAIMED, work.c.kind == "act")
    waiting = select(assignment.c.case_id).where(assignment.c.open, assignment.c.kind.not_in(BESIDE))
    return {
        name: _count(connection, found, process)
        for name, found in (("held", held), ("under_way", under_way), ("waiting", waiting))
    }


def _count(connection: Connection, found: Any, process: str | None) -> int:
    if process is not None:
        (of,) = found.selected_columns
        found = found.join(case, case.c.id == of).where(case.c.process == process)
    counted: int = connection.execute(
        select(func.count()).select_from(found.limit(MOST + 1).subquery())
    ).scalar_one()
    return counted


def held_of(connection: Connection, case_id: str) -> frozenset[str]:
    """Keys of the actions of a case that are held back."""
    found = select(work.c.ref).where(work.c.state == _HELD, work.c.case_id == case_id)
    return frozenset(connection.execute(found).scalars())
