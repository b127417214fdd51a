"""What is due: rows that carry ids, a lease and an attempt, never payloads.

A row is inserted with the change that makes it due, claimed under a lease, and deleted with the change that
does it. Whoever comes back after the lease was given to another deletes nothing, and so writes nothing. What
must not begin because automation is stopped is `held`: nobody claims it until `stops.release`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Text,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)  # fmt: skip
from sqlalchemy.sql.dml import ReturningUpdate

from surehand.store.among import among
from surehand.store.bulk import insert_rows
from surehand.store.tables import work


@dataclass(frozen=True, slots=True)
class Work:
    """One claimed piece of work.

    attempt   fences: only the holder of the latest attempt may finish
    failures  how often it has failed so far
    """

    id: int
    kind: str
    ref: str
    case_id: str
    repeatable: bool
    attempt: int
    failures: int


#: The columns of a `Work`.
_WORK = (
    work.c.id, work.c.kind, work.c.ref, work.c.case_id, work.c.repeatable, work.c.attempt, work.c.failures,
)  # fmt: skip


#: Written into the statement: an index with a condition is not used where the state comes as a parameter.
_READY = literal_column("'ready'", Text)
_CLAIMED = literal_column("'claimed'", Text)


@dataclass(frozen=True, slots=True)
class NewWork:
    """Work to be inserted."""

    kind: str
    ref: str
    case_id: str
    repeatable: bool
    due_at: datetime
    failures: int = 0


def add(connection: Connection, items: Sequence[NewWork]) -> None:
    """Make work due. Due anew, it supersedes whoever is still at an earlier piece: they are fenced off."""
    # one statement may not meet the same piece twice; what is said last holds
    rows = {(item.kind, item.ref): _row(item) for item in items}
    insert_rows(connection, work, list(rows.values()), conflict=_ANEW)


def _row(item: NewWork) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _NEW}


_NEW = tuple(field.name for field in fields(NewWork))
_ANEW = """ON CONFLICT (kind, ref) DO UPDATE SET
state = 'ready', attempt = work.attempt + 1, worker = NULL, lease_until = NULL,
due_at = excluded.due_at, failures = excluded.failures"""


def add_once(connection: Connection, items: Sequence[NewWork]) -> None:
    """Make work due that may be due or in hand already: then nothing changes."""
    rows = [_row(item) for item in items]
    insert_rows(connection, work, rows, conflict="ON CONFLICT (kind, ref) DO NOTHING")


def withdraw(connection: Connection, keys: Iterable[str]) -> frozenset[str]:
    """Take off the work of these actions that nobody has begun; the keys of those that were still there."""
    taken = delete(work).where(
        work.c.kind == "act", work.c.state.in_(("ready", "held")), work.c.attempt == 0,
        work.c.ref.in_(list(keys)),
    )  # fmt: skip
    return frozenset(connection.execute(taken.returning(work.c.ref)).scalars())


def claim(
    connection: Connection, kind: str, *, worker: str, limit: int, now: datetime, lease: timedelta
) -> list[Work]:
    """Take up to `limit` due pieces, oldest first. Each is ours until the lease ends."""
    statement = _claiming(connection.dialect.name, of_case=False)
    return _taken(connection, statement, worker=worker, now=now, lease=lease, of_kind=kind, most=limit)


def claim_cases(
    connection: Connection, ids: Sequence[str], *, worker: str, now: datetime, lease: timedelta
) -> list[Work]:
    """Take the due work of some cases, of any kind, for callers who wait for them."""
    statement = _claiming(connection.dialect.name, of_case=True)
    return _taken(connection, statement, worker=worker, now=now, lease=lease, of_cases=list(ids))


@cache
def _claiming(dialect: str, *, of_case: bool) -> ReturningUpdate[Any]:
    due = select(work.c.id).where(work.c.state == _READY, work.c.due_at <= bindparam("at"))
    if of_case:
        due = due.where(among(work.c.case_id, "of_cases"))
    else:
        due = due.where(work.c.kind == bindparam("of_kind")).order_by(work.c.due_at, work.c.id)
        due = due.limit(bindparam("most"))
    if dialect == "postgresql":
        # in a WITH, or the planner may run it again for each row and claim more than the limit
        due = select(due.with_for_update(skip_locked=True).cte("due").c.id)
    claimed = {"worker": bindparam("by"), "attempt": work.c.attempt + 1, "lease_until": bindparam("until")}
    return update(work).where(work.c.id.in_(due)).values(state="claimed", **claimed).returning(*_WORK)


def _taken(
    connection: Connection, statement: ReturningUpdate[Any], *, worker: str, now: datetime,
    lease: timedelta, **which: Any,
) -> list[Work]:  # fmt: skip
    rows = connection.execute(statement, {"by": worker, "at": now, "until": now + lease, **which})
    return sorted((Work(*row) for row in rows), key=lambda item: item.id)


def finish(connection: Connection, items: Sequence[Work]) -> set[int]:
    """Delete work that is still ours. Returns the ids of those that were; only they may write."""
    done: set[int] = set()
    for attempt, ids in _by_attempt(items).items():
        done.update(connection.execute(_FINISH, {"fence": attempt, "ids": ids}).scalars())
    return done


_FINISH = (
    delete(work)
    .where(
        work.c.state == _CLAIMED, work.c.attempt == bindparam("fence"),
        among(work.c.id, "ids"),
    )
    .returning(work.c.id)
)  # fmt: skip


def retry(connection: Connection, item: Work, *, due_at: datetime) -> bool:
    """Give work back to be tried again later. False when it is no longer ours."""
    result = connection.execute(
        update(work)
        .where(_still_ours([item]))
        .values(state="ready", due_at=due_at, failures=work.c.failures + 1, worker=None, lease_until=None)
    )
    return result.rowcount == 1


def release(connection: Connection, items: Sequence[Work], *, due_at: datetime) -> None:
    """Give work back that was not begun; it does not count as a failure."""
    if items:
        connection.execute(
            update(work).where(_still_ours(items)).values(
                state="ready", due_at=due_at, worker=None, lease_until=None
            )
        )  # fmt: skip


def put_aside(connection: Connection, items: Sequence[Work], *, due_at: datetime, held: bool) -> None:
    """Give work back of which this claim began nothing, as if it had never been claimed.

    It is a row of its own then, so whoever was at the former one can do nothing to it.

    held  until `stops.release`; else it is due at once
    """
    ours = finish(connection, items)
    rows = [
        {name: getattr(item, name) for name in ("kind", "ref", "case_id", "repeatable", "failures")}
        | {"state": "held" if held else "ready", "due_at": due_at, "attempt": item.attempt - 1}
        for item in items
        if item.id in ours
    ]
    if rows:
        insert_rows(connection, work, rows)


def extend(connection: Connection, items: Sequence[Work], *, until: datetime) -> set[int]:
    """Renew the lease of work that is still ours. Returns the ids of those that were."""
    if not items:
        return set()
    rows = connection.execute(
        update(work).where(_still_ours(items)).values(lease_until=until).returning(work.c.id)
    )
    return set(rows.scalars())


def holds(connection: Connection, item: Work) -> bool:
    """The work is still ours; on PostgreSQL its row stays locked until the transaction ends."""
    found = select(work.c.id).where(_still_ours([item]))
    if connection.dialect.name == "postgresql":
        found = found.with_for_update()
    return connection.execute(found).first() is not None


def _still_ours(items: Iterable[Work]):  # type: ignore[no-untyped-def]  # SQLAlchemy's clause type
    held = _by_attempt(items).items()
    fences = [and_(work.c.attempt == attempt, work.c.id.in_(ids)) for attempt, ids in held]
    return and_(work.c.state == _CLAIMED, or_(*fences))


def _by_attempt(items: Iterable[Work]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for item in items:
        found.setdefault(item.attempt, []).append(item.id)
    return found


def expired(connection: Connection, *, now: datetime, limit: int = 500) -> list[tuple[Work, str]]:
    """Claimed work whose lease has ended, with its worker, who died, froze or is slow."""
    rows = connection.execute(
        select(*_WORK, work.c.worker)
        .where(work.c.state == _CLAIMED, work.c.lease_until < now)
        .order_by(work.c.lease_until)
        .limit(limit)
    )
    return [(Work(*row[:-1]), row[-1]) for row in rows]


def claimed(connection: Connection) -> list[Work]:
    """All claimed work, whoever has it."""
    return [Work(*row) for row in connection.execute(select(*_WORK).where(work.c.state == _CLAIMED))]


def due_kinds(connection: Connection, *, now: datetime) -> frozenset[str]:
    """Kinds of work that something is due of."""
    rows = connection.execute(
        select(work.c.kind).where(work.c.state == _READY, work.c.due_at <= now).distinct()
    )
    return frozenset(rows.scalars())


def counts(connection: Connection) -> dict[str, int]:
    """Rows by state, for health."""
    rows = connection.execute(select(work.c.state, func.count()).group_by(work.c.state))
    return {row[0]: row[1] for row in rows}


def oldest_due(connection: Connection, *, now: datetime) -> datetime | None:
    """Since when the oldest work that nobody has begun is due; None when nothing is."""
    ready = select(func.min(work.c.due_at)).where(work.c.state == _READY, work.c.due_at <= now)
    oldest: datetime | None = connection.execute(ready).scalar_one()
    return oldest
