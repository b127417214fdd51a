"""Sending what people and webhooks are told: where each goes, when, over what, and what if that fails.

Nothing is sent within a transaction. What was sent and not recorded, because the process died, is sent once
more under the same identity.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from surehand.channels.protocol import Address, Channel, Outcome, Parcel, Receipt
from surehand.core import reach
from surehand.core.actions import backoff
from surehand.core.case import ENGINE
from surehand.core.messages import Letter
from surehand.core.people import Person
from surehand.core.roles import Role
from surehand.core.telling import Tell
from surehand.flow import letters
from surehand.flow.context import Context
from surehand.store import audit, channels, outbox
from surehand.store.channels import ChannelState
from surehand.store.outbox import IN_APP, Delivery

#: Messages that are planned, claimed, and sent between two looks at the database.
_PLANNED, _CLAIMED, _SENT = 2_000, 2_000, 50

#: Of one person at one moment: more than this come as one.
_APART = 5

#: Attempts over one channel, then the next is taken.
_ATTEMPTS = 5

#: How long a webhook is tried, attempt by attempt: three days in all.
_WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)

#: What a webhook has not taken by then, it is not told any more.
_PATIENCE = timedelta(days=4)

#: A channel that is down is tried again this often.
_PROBE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A parcel with the messages that it tells."""

    parcel: Parcel
    rows: tuple[Delivery, ...]


def prepare(context: Context) -> None:
    """At start: the channels as surehand.yaml has them now, and who listens to what happens."""

    def transaction(connection: Connection) -> None:
        outbox.subscribe(connection, context.post.subscriptions)
        channels.prepare(connection, context.post.bases, now=context.clock())
        if connection.dialect.name == "sqlite":
            # the file is this process's alone, so nobody else is sending
            outbox.release(connection, now=context.clock(), everything=True)

    context.db.write(transaction)


def plan(context: Context) -> frozenset[str]:
    """Say of new messages where they go, and free what the dead had. Returns the channels that are due."""
    now = context.clock()
    with context.db.read() as connection:
        new = outbox.unplanned(connection, limit=_PLANNED)
        lost = outbox.any_lost(connection, now=now)
        states = channels.states(connection)
    if lost:
        context.db.write(lambda connection: outbox.release(connection, now=now))
    if new and not context.post.channels:
        context.db.write(lambda connection: outbox.stay_here(connection, at=now))
    elif new:
        planned = [_planned(context, one, states, now) for one in new]
        context.db.write(lambda connection: outbox.plan(connection, planned))
    with context.db.read() as connection:
        due = outbox.due_channels(connection, now=now)
    for name, since in due.items():
        if context.post.over(name) is None:
            context.db.write(partial(outbox.abandon, name=name, now=now))
        elif outbox.is_hook(name):
            _give_up(context, name, states.get(name), since, now)
    return frozenset(n for n in due if context.post.over(n) is not None and _takes(states.get(n), now))


def _give_up(context: Context, name: str, state: ChannelState | None, since: datetime, now: datetime) -> None:
    """What a webhook that refused for good was to be told has failed, and what it has not taken for too long.

    since  what has been due for longest is due since then
    """
    off = state is not None and state.state == "off"
    if not off and now - since <= _PATIENCE:
        return
    words = f"not taken for {_PATIENCE.days} days"
    if state is not None and off:
        words = f"nothing is sent until surehand.yaml says something else of it: {state.error}"
    before = None if off else now - _PATIENCE
    context.db.write(partial(outbox.give_up, name=name, now=now, error=words, due_before=before))


def _takes(state: ChannelState | None, now: datetime) -> bool:
    return state is None or state.takes(now)


def _planned(
    context: Context, one: Delivery, states: dict[str, ChannelState], now: datetime
) -> dict[str, object]:
    """Where one message goes, and when."""
    person = context.people.people.get(one.recipient)
    row: dict[str, object] = {"_id": one.id, "due_at": now, "gathered": False, "ended_at": now}
    if person is None or not person.active:
        return {**row, "channel": IN_APP, "state": "dropped"}
    for name in ways(context, person):
        if name not in one.given_up and _takes(states.get(name), now):
            at, gathered = reach.due(person.reach, urgent=one.urgent, now=now, zone=person.zone)
            return {
                **row, "channel": name, "state": "ready", "due_at": at, "gathered": gathered,
                "ended_at": None,
            }  # fmt: skip
    return {**row, "channel": IN_APP, "state": "sent"}


def ways(context: Context, person: Person) -> tuple[str, ...]:
    """The channels that a person is reached over, the first one first."""
    there = context.post.channels
    wanted = person.reach.channels
    if wanted is None:
        wanted = tuple(name for name, channel in there.items() if channel.needs == "email")[:1]
    return tuple(name for name in wanted if name in there and has(person, there[name].needs))


def has(person: Person, needs: str | None) -> bool:
    """What a channel needs of a person is known."""
    if needs == "email":
        return person.email is not None and reach.is_address(person.email)
    return needs is None or person.slack is not None


def send(context: Context, name: str) -> int:
    """Send what is due over one channel. Returns how many messages were claimed; 0: nothing is due."""
    channel = context.post.over(name)
    if channel is None:
        return 0
    claimed = context.db.write(partial(_claim, context, name))
    if not claimed:
        return 0
    ready = list(_ready(context, name, claimed))
    told = {row.id for one in ready for row in one.rows}
    _drop(context, [row for row in claimed if row.id not in told])
    for start in range(0, len(ready), _SENT):
        failed = _send(context, name, channel, ready[start : start + _SENT])
        if failed is not None:
            # it takes nothing now, so the rest is not tried
            rest = [(one, replace(failed, tried=False)) for one in ready[start + _SENT :]]
            context.db.write(lambda connection: _record(context, connection, name, rest))  # noqa: B023
            break
    return len(claimed)


def _claim(context: Context, name: str, connection: Connection) -> list[Delivery]:
    now = context.clock()
    found = outbox.claim(
        connection, name, worker=context.worker, now=now, lease=context.lease, limit=_CLAIMED
    )
    batches = dict(_batches(found)) if not outbox.is_hook(name) else {}
    outbox.batched(connection, batches)
    of = {number: batch for batch, numbers in batches.items() for number in numbers}
    return [replace(one, batch=of.get(one.id, one.batch)) for one in found]


def _batches(found: Iterable[Delivery]) -> Iterator[tuple[str, list[int]]]:
    """What goes out together from now on: what is gathered, and what would be a flood."""
    alone: dict[tuple[str, bool], list[int]] = {}
    for one in found:
        if one.batch is None:
            alone.setdefault((one.recipient, one.gathered), []).append(one.id)
    for (_, gathered), numbers in alone.items():
        if len(numbers) > (1 if gathered else _APART):
            yield f"b{numbers[0]}", numbers


def _ready(context: Context, name: str, claimed: Sequence[Delivery]) -> Iterator[_Ready]:
    """What is to be sent of it, in words."""
    if outbox.is_hook(name):
        for row in claimed:
            letter = Letter(
                kind=row.kind, subject="", because="", link="", case_id=row.case_id, data=row.body
            )
            yield _Ready(_parcel(context, name, row, letter), (row,))
        return
    groups: dict[str, list[Delivery]] = {}
    for row in letters.current(context, claimed):
        groups.setdefault(row.batch or str(row.id), []).append(row)
    for rows in groups.values():
        found = _letter(context, rows)
        if found is not None:
            yield _Ready(_parcel(context, name, rows[0], found), tuple(rows))


def _letter(context: Context, rows: Sequence[Delivery]) -> Letter | None:
    if len(rows) == 1:
        return letters.letter(context, rows[0])
    return letters.digest(context, rows[0].recipient, rows, urgent=any(row.urgent for row in rows))


def _parcel(context: Context, name: str, row: Delivery, letter: Letter) -> Parcel:
    """The identity is the same whenever it is sent, and tells nothing."""
    of = f"{name}:{row.batch or row.id}".encode()
    number = hmac.new(context.secret, b"parcel:" + of, hashlib.sha256).hexdigest()[:32]
    person = context.people.people.get(row.recipient)
    to = Address(row.recipient)
    if person is not None:
        to = Address(row.recipient, person.name, person.email, person.slack)
    return Parcel(f"msg_{number}", to, letter, row.at)


def _drop(context: Context, rows: Sequence[Delivery]) -> None:
    """There is nothing to be told any more."""
    if rows:
        now = context.clock()
        context.db.write(lambda connection: outbox.ended(connection, rows, state="dropped", at=now))


def _send(context: Context, name: str, channel: Channel, ready: Sequence[_Ready]) -> Receipt | None:
    """Send some, and record it. Returns why none of them was taken; None when it is worth going on."""
    until = context.clock() + context.lease
    rows = [row for one in ready for row in one.rows]
    ours = context.db.write(lambda connection: outbox.ours(connection, rows, until=until))
    mine = [one for one in ready if all(row.id in ours for row in one.rows)]
    receipts = channel.send([one.parcel for one in mine], now=context.clock())
    told = list(zip(mine, receipts, strict=True))
    context.db.write(lambda connection: _record(context, connection, name, told))
    took = [receipt for receipt in receipts if receipt.outcome in (Outcome.SENT, Outcome.REFUSED)]
    return None if took or not receipts else receipts[-1]


# What became of it


def _record(
    context: Context, connection: Connection, name: str, told: Sequence[tuple[_Ready, Receipt]]
) -> None:
    now = context.clock()
    down = _noted(context, connection, name, [receipt for _, receipt in told], now)
    sent = [row for one, receipt in told if receipt.outcome is Outcome.SENT for row in one.rows]
    outbox.ended(connection, sent, state="sent", at=now)
    for one, receipt in told:
        if receipt.outcome is not Outcome.SENT:
            _not_sent(context, connection, name, one.rows, receipt, now=now, down=down)


def _not_sent(
    context: Context, connection: Connection, name: str, rows: Sequence[Delivery], receipt: Receipt, *,
    now: datetime, down: bool,
) -> None:  # fmt: skip
    words = context.mask(receipt.detail)[:300]
    failures = rows[0].failures + receipt.tried
    hook = outbox.is_hook(name)
    over = receipt.outcome in (Outcome.REFUSED, Outcome.OFF)
    over = over or failures > (len(_WAITS) if hook else _ATTEMPTS) or (down and not hook)
    over = over or (hook and now - rows[0].at > _PATIENCE)
    if over and hook:
        outbox.ended(connection, rows, state="failed", at=now, error=words)
    elif over:
        outbox.elsewhere(connection, rows, name, now=now, error=words)
    else:
        attempt = max(1, failures)
        wait = _WAITS[attempt - 1] if hook else backoff(attempt, draw=context.draw())
        wait = max(wait, receipt.after or wait)
        outbox.later(connection, rows, due_at=now + wait, error=words, tried=receipt.tried)


def _noted(
    context: Context, connection: Connection, name: str, receipts: Sequence[Receipt], now: datetime
) -> bool:
    """How the channel is doing, told to whoever answers for it when that changes. Whether it is down."""
    if any(receipt.outcome is Outcome.SENT for receipt in receipts):
        if channels.worked(connection, name, now=now):
            _report(context, connection, name, now)
        return False
    bad = next((r for r in receipts if r.outcome in (Outcome.OFF, Outcome.DOWN, Outcome.LATER)), None)
    if bad is None:
        return False
    words = context.mask(bad.detail)[:300]
    state = "off" if bad.outcome is Outcome.OFF else None
    if channels.failed(connection, name, now=now, error=words, probe_at=now + _PROBE, state=state):
        _report(context, connection, name, now, fault=words)
        if not outbox.is_hook(name):
            outbox.replan(connection, name)
    after = channels.states(connection).get(name)
    return after is not None and after.state != "up"


def _report(context: Context, connection: Connection, name: str, now: datetime, *, fault: str = "") -> None:
    """Those who answer for it hear once that it does not work, or does again; the record has it too."""
    kind = "channel_failed" if fault else "channel_works"
    said = name.removeprefix("hook:")
    body = {"of": said, "because": fault, "path": "/channels"}
    event = f"{kind}:{name}:{now.isoformat()}"
    outbox.tell(
        connection, [Tell(event, person, kind, urgent=True, body=body) for person in answerable(context)],
        at=now,
    )  # fmt: skip
    audit.record(connection, kind, ENGINE, now, {"channel": said, "because": fault})


def answerable(context: Context) -> list[str]:
    """Who answers for channels: administrators, else the owners of processes."""
    people = context.people
    administrators = [n for n, p in people.people.items() if p.active and p.has(Role.ADMINISTRATOR)]
    owners = {process.map.owner for process in context.processes.current.values()}
    return sorted(administrators or [name for name in owners if people.active(name)])


def forget(context: Context) -> int:
    """Drop what is too old to be looked for. Returns how many."""
    return context.db.write(lambda connection: outbox.forget(connection, now=context.clock()))
