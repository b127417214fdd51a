"""What people and webhooks are told: inserted with what it tells, sent afterwards, each once by its event.

A row is ready, then claimed under a lease by whoever sends it, then sent, failed or dropped. Finishing is
guarded by the attempt, as with `store.work`. What was sent by a process that died before it said so is sent
once more, under the same identity.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, delete, func, literal_column, or_, select, update

from surehand.core.passage import Change
from surehand.core.telling import HOOK, Subscription, Tell, hooked
from surehand.store.bulk import insert_rows
from surehand.store.questions import named
from surehand.store.tables import assignment, channel, delivery

_OPTION = "surehand_subscriptions"

#: Written into statements, or an index with a condition is not used.
_READY, _CLAIMED = literal_column("'ready'", Text), literal_column("'claimed'", Text)
_UNREAD = delivery.c.read_at.is_(None)

#: Messages that are kept: of how long, and how many are dropped in one go.
KEPT = timedelta(days=90)
_OLD = 5_000

#: Messages that a claim begins with; of their recipients it takes what else is due.
_AT_ONCE = 100

#: Unread ones are counted up to this.
COUNTED = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that one recipient is told; see `store.tables.messages.delivery`."""

    id: int
    event: str
    recipient: str
    kind: str
    process: str | None
    case_id: str | None
    of: str | None
    urgent: bool
    body: Mapping[str, Any]
    at: datetime
    state: str
    channel: str | None
    due_at: datetime
    gathered: bool
    batch: str | None
    tried: str
    failures: int
    attempt: int
    error: str | None
    ended_at: datetime | None
    read_at: datetime | None

    @property
    def given_up(self) -> tuple[str, ...]:
        """Channels that did not take it."""
        return tuple(name for name in self.tried.split(",") if name)


_COLUMNS = tuple(column for column in delivery.columns if column.name not in ("worker", "lease_until"))


def _deliveries(rows: Any) -> list[Delivery]:
    return [Delivery(**row) for row in named(rows)]


# Telling


def subscribe(connection: Connection, subscriptions: Iterable[Subscription]) -> None:
    """From now on whatever this process saves in this database is told to these webhooks as well.

    Kept with the engine: whoever saves a change need not know who listens.
    """
    connection.engine.update_execution_options(**{_OPTION: tuple(subscriptions)})


def tell_of(connection: Connection, changes: Sequence[Change]) -> None:
    """What changes tell, in the transaction that saves them."""
    listening: tuple[Subscription, ...] = connection.engine.get_execution_options().get(_OPTION, ())
    rows = [_row(one, change) for change in changes for one in change.tells]
    if listening:
        rows += [_row(one, change) for change in changes for one in hooked(change, listening)]
    _settle(connection, changes)
    _insert(connection, rows)


def tell(connection: Connection, tells: Iterable[Tell], *, at: datetime, process: str | None = None) -> None:
    """What is told of something that is no change of a case."""
    rows = [
        {"event": one.event, "recipient": one.to, "kind": one.kind, "process": process, "case_id": None,
         "of": None, "urgent": one.urgent, "body": one.body, "at": at, "due_at": at, "channel": None,
         "tried": ""}
        for one in tells
    ]  # fmt: skip
    _insert(connection, rows)


def _row(one: Tell, change: Change) -> dict[str, Any]:
    case = change.after
    return {
        "event": one.event, "recipient": one.to, "kind": one.kind, "process": case.process,
        "case_id": case.id, "of": one.of, "urgent": one.urgent, "body": one.body, "at": case.updated_at,
        "due_at": case.updated_at, "channel": one.to if is_hook(one.to) else None,
        "tried": "",
    }  # fmt: skip


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    insert_rows(connection, delivery, rows, conflict="ON CONFLICT (event, recipient, kind) DO NOTHING")


def _settle(connection: Connection, changes: Sequence[Change]) -> None:
    """What is done with, or passed on, need not be read any more."""
    over = [
        {"_of": given.id, "_but": given.person if given.open else "", "_at": change.after.updated_at}
        for change in changes
        for given in change.assigned
        if not given.open or change.passed_on
    ]
    if over:
        connection.execute(_READ_OF, over)


_READ_OF = (
    update(delivery)
    .where(_UNREAD, delivery.c.of == bindparam("_of"), delivery.c.recipient != bindparam("_but"))
    .values(read_at=bindparam("_at"))
)


# Sending


def unplanned(connection: Connection, *, limit: int) -> list[Delivery]:
    """What nobody has said yet where it goes, oldest first."""
    found = select(*_COLUMNS).where(delivery.c.state == _READY, delivery.c.channel.is_(None))
    return _deliveries(connection.execute(found.order_by(delivery.c.id).limit(limit)))


def plan(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Where messages go and when: {"_id", "channel", "due_at", "gathered", "state", "ended_at"}."""
    if rows:
        connection.execute(_PLAN, list(rows))


_PLAN = (
    update(delivery)
    .where(
        delivery.c.id == bindparam("_id"), delivery.c.state == _READY, delivery.c.channel.is_(None),
    )
    .values(
        channel=bindparam("channel"), due_at=bindparam("due_at"), gathered=bindparam("gathered"),
        state=bindparam("state"), ended_at=bindparam("ended_at"),
    )
)  # fmt: skip


def stay_here(connection: Connection, *, at: datetime) -> int:
    """Where there is no channel: all messages are on their page, and that is that."""
    found = update(delivery).where(delivery.c.state == _READY, delivery.c.channel.is_(None))
    return connection.execute(found.values(state="sent", channel=IN_APP, ended_at=at)).rowcount


#: The page that every message is on.
IN_APP = "in_app"


def due_channels(connection: Connection, *, now: datetime) -> dict[str, datetime]:
    """Channels that something is due on, and since when at most.

    One look into the index for each of them, however much has gathered there.
    """
    due: dict[str, datetime] = {}
    name = ""
    while (row := connection.execute(_NEXT, {"_after": name}).first()) is not None:
        name = row.channel
        if row.due_at <= now:
            due[name] = row.due_at
    return due


_NEXT = (
    select(delivery.c.channel, delivery.c.due_at)
    .where(delivery.c.state == _READY, delivery.c.channel > bindparam("_after"))
    .order_by(delivery.c.channel, delivery.c.due_at)
    .limit(1)
)


def claim(
    connection: Connection, name: str, *, worker: str, now: datetime, lease: timedelta, limit: int
) -> list[Delivery]:
    """Take what is due on a channel: whole batches, then for those who wait longest all that is due.

    The channel's row is locked until the transaction ends, so that no two processes part a batch.
    """
    connection.execute(update(channel).where(channel.c.name == name).values(name=name))
    ready = and_(delivery.c.state == _READY, delivery.c.channel == name, delivery.c.due_at <= now)
    first = select(delivery.c.id).where(ready, delivery.c.batch.is_not(None)).order_by(delivery.c.id)
    ids = list(connection.execute(first).scalars())
    if len(ids) < limit:
        alone = select(delivery.c.id, delivery.c.recipient).where(ready, delivery.c.batch.is_(None))
        oldest = alone.order_by(delivery.c.id).limit(_AT_ONCE).subquery()
        theirs = alone.where(delivery.c.recipient.in_(select(oldest.c.recipient)))
        ids += connection.execute(theirs.order_by(delivery.c.id).limit(limit - len(ids))).scalars()
    if not ids:
        return []
    taken = (
        update(delivery)
        .where(delivery.c.id.in_(ids), delivery.c.state == _READY)
        .values(state="claimed", worker=worker, attempt=delivery.c.attempt + 1, lease_until=now + lease)
    )
    return sorted(_deliveries(connection.execute(taken.returning(*_COLUMNS))), key=lambda one: one.id)


def batched(connection: Connection, batches: Mapping[str, Iterable[int]]) -> None:
    """These go out together, from now on."""
    for name, ids in batches.items():
        connection.execute(update(delivery).where(delivery.c.id.in_(list(ids))).values(batch=name))


def ours(connection: Connection, rows: Iterable[Delivery], *, until: datetime) -> frozenset[int]:
    """Renew the lease of what is still ours; the ids of those that were."""
    held = update(delivery).where(_held(rows)).values(lease_until=until)
    return frozenset(connection.execute(held.returning(delivery.c.id)).scalars())


def ended(
    connection: Connection, rows: Sequence[Delivery], *, state: str, at: datetime, error: str | None = None
) -> int:
    """They were sent, failed for good or are dropped; of those that are still ours. How many that were."""
    if not rows:
        return 0
    values = {"state": state, "ended_at": at, "worker": None, "lease_until": None, "error": error}
    return connection.execute(update(delivery).where(_held(rows)).values(**values)).rowcount


def later(
    connection: Connection, rows: Sequence[Delivery], *, due_at: datetime, error: str | None, tried: bool
) -> None:
    """Give back what is still ours, to be sent later; `tried`: it failed itself."""
    failures = delivery.c.failures + (1 if tried else 0)
    values = {"due_at": due_at, "error": error, "failures": failures, **_GIVEN_BACK}
    connection.execute(update(delivery).where(_held(rows)).values(**values))


def elsewhere(
    connection: Connection, rows: Sequence[Delivery], name: str, *, now: datetime, error: str | None
) -> None:
    """A channel does not take these: they are planned anew, without it. Each alone, as on another channel
    they are another message."""
    tried = func.trim(delivery.c.tried + f",{name}", ",")
    values = {"channel": None, "batch": None, "tried": tried, "failures": 0, "due_at": now, "error": error}
    connection.execute(update(delivery).where(_held(rows)).values(**values, **_GIVEN_BACK))


_GIVEN_BACK: Mapping[str, Any] = {"state": "ready", "worker": None, "lease_until": None}


def _held(rows: Iterable[Delivery]) -> Any:
    by_attempt: dict[int, list[int]] = {}
    for row in rows:
        by_attempt.setdefault(row.attempt, []).append(row.id)
    fences = [and_(delivery.c.attempt == n, delivery.c.id.in_(ids)) for n, ids in by_attempt.items()]
    return and_(delivery.c.state == _CLAIMED, or_(*fences))


def release(connection: Connection, *, now: datetime, everything: bool = False) -> int:
    """What a sender that is silent had claimed is ready again; `everything`: none of them lives."""
    lost = delivery.c.state == _CLAIMED
    if not everything:
        lost = and_(lost, delivery.c.lease_until < now)
    return connection.execute(update(delivery).where(lost).values(**_GIVEN_BACK)).rowcount


def any_lost(connection: Connection, *, now: datetime) -> bool:
    """A sender is silent that had claimed something."""
    lost = select(delivery.c.id).where(delivery.c.state == _CLAIMED, delivery.c.lease_until < now)
    return connection.execute(lost.limit(1)).first() is not None


def abandon(connection: Connection, name: str, now: datetime) -> None:
    """A channel is not there any more: what was to go over it is planned anew, a webhook's has failed."""
    if not is_hook(name):
        replan(connection, name)
    else:
        give_up(connection, name, now, error="surehand.yaml has no such webhook any more")


def give_up(
    connection: Connection, name: str, now: datetime, *, error: str, due_before: datetime | None = None
) -> None:
    """What was to go to a webhook has failed; `due_before`: only what has been due for so long."""
    there = update(delivery).where(delivery.c.state == _READY, delivery.c.channel == name)
    if due_before is not None:
        there = there.where(delivery.c.due_at < due_before)
    connection.execute(there.values(state="failed", ended_at=now, error=error))


def replan(connection: Connection, name: str) -> None:
    """What was to go over a channel that is down is planned anew."""
    there = update(delivery).where(delivery.c.state == _READY, delivery.c.channel == name)
    connection.execute(there.values(channel=None, batch=None, failures=0))


def forget(connection: Connection, *, now: datetime) -> int:
    """Drop messages that are so old that nobody looks for them; what waits is kept."""
    old = select(delivery.c.id).where(
        delivery.c.at < now - KEPT, delivery.c.state.not_in(("ready", "claimed"))
    )
    gone = delete(delivery).where(delivery.c.id.in_(old.order_by(delivery.c.at).limit(_OLD)))
    return connection.execute(gone).rowcount


# Reading


def of_person(
    connection: Connection, person: str, *, limit: int, before: int | None = None
) -> list[Delivery]:
    """The messages of a person, the latest first."""
    found = select(*_COLUMNS).where(delivery.c.recipient == person, delivery.c.state != "dropped")
    if before is not None:
        found = found.where(delivery.c.id < before)
    return _deliveries(connection.execute(found.order_by(delivery.c.id.desc()).limit(limit)))


#: How many a person has not read, up to COUNTED and one.
UNREAD = select(func.count().label("unread")).select_from(
    select(delivery.c.id)
    .where(delivery.c.recipient == bindparam("person", type_=Text), _UNREAD)
    .limit(COUNTED + 1)
    .subquery()
)


def mark_read(connection: Connection, person: str, *, up_to: int, at: datetime) -> int:
    """A person has read their messages, up to one of them. How many that were."""
    found = update(delivery).where(delivery.c.recipient == person, _UNREAD, delivery.c.id <= up_to)
    return connection.execute(found.values(read_at=at)).rowcount


def holders(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Who has these assignments, one person or two, of those that are open."""
    found = select(assignment.c.id, assignment.c.person, assignment.c.backup).where(
        assignment.c.open, assignment.c.id.in_(sorted(set(ids)))
    )
    return {row.id: tuple(filter(None, (row.person, row.backup))) for row in connection.execute(found)}


def backlog(connection: Connection) -> dict[str, int]:
    """How many wait to be sent, by channel; '' before it is known."""
    found = select(delivery.c.channel, func.count()).where(delivery.c.state == _READY)
    return {name or "": count for name, count in connection.execute(found.group_by(delivery.c.channel))}


def is_hook(name: str | None) -> bool:
    """The channel is a webhook of other software."""
    return name is not None and name.startswith(HOOK)
