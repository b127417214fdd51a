"""Saving what a transition does: cases, records, audit events, messages and work, in one transaction."""

import secrets
from collections.abc import Sequence
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from surehand.core.audit import FIRST, linked
from surehand.core.case import Case, with_changes
from surehand.core.passage import Change
from surehand.errors import Conflict
from surehand.store import evidence, outbox, work
from surehand.store.bulk import AT, insert_rows, update_rows
from surehand.store.records import TABLES, record_digest, record_name, row_of
from surehand.store.tables import audit_event, case

_FIXED = frozenset(
    {"id", "process", "version", "key", "digest", "submitter", "input", "brought", "created_at"}
)
_MOVING = tuple(c.name for c in case.columns if c.name not in _FIXED and c.name != "sealed_seq")
_MOVED = attrgetter(*_MOVING)
_KEYS = {kind: tuple(c.name for c in table.primary_key) for kind, table in TABLES.items()}


class Stale(Conflict):
    """A case moved on between reading and saving; nothing of this transaction was saved."""


def save(connection: Connection, changes: Sequence[Change]) -> list[Case]:
    """Save transitions: cases by compare-and-set, records, audit events, messages and work, together.

    returns  the cases as they are now, in order
    raises   Stale when any of the cases is not as it was read; the transaction must be given up
    """
    if not changes:
        return []
    saved, events = [], []
    for change in changes:
        head, links = _chained(change)
        saved.append(head)
        events.extend(links)
    _write_cases(connection, changes, saved)
    _write_records(connection, changes)
    insert_rows(connection, audit_event, events)
    evidence.add(connection, [one for change in changes for one in change.evidence])
    outbox.tell_of(connection, changes)
    work.add(
        connection,
        [
            work.NewWork(
                due.kind,
                due.ref,
                change.after.id,
                due.repeatable,
                due.at or change.after.updated_at,
                due.failures,
            )
            for change in changes
            for due in change.due
        ],
    )
    return saved


def _chained(change: Change) -> tuple[Case, list[dict[str, Any]]]:
    """The events of a change as links behind the case's chain; the last one carries the rows' digests."""
    after = change.after
    records = {record_name(r): record_digest(r) for r in (*change.added, *change.updated, *change.evidence)}
    records["case"] = record_digest(after)
    seq, before = after.audit_seq, after.audit_hash or FIRST
    salts = secrets.token_hex(16 * len(change.events))
    rows = []
    for place, event in enumerate(change.events, start=1):
        body = dict(event.body)
        if place == len(change.events):
            body["records"] = records
        seq += 1
        link = linked(
            chain=after.id, seq=seq, at=after.updated_at, kind=event.kind, actor=event.actor, body=body,
            salt=salts[32 * (place - 1) : 32 * place], before=before,
        )  # fmt: skip
        before = link.hash
        rows.append(
            {"chain": link.chain, "seq": link.seq, "at": link.at, "kind": link.kind, "actor": link.actor,
             "commitment": link.commitment, "before": link.before, "hash": link.hash, "salt": link.salt,
             "body": link.body}
        )  # fmt: skip
    return with_changes(after, audit_seq=seq, audit_hash=before), rows


def _write_cases(connection: Connection, changes: Sequence[Change], saved: Sequence[Case]) -> None:
    new = [row_of(now) for change, now in zip(changes, saved, strict=True) if change.before is None]
    if new:
        new.sort(key=itemgetter("process", "key"))
        try:
            insert_rows(connection, case, new)
        except IntegrityError as error:
            raise Stale from error
    moved: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for change, now in zip(changes, saved, strict=True):
        if change.before is not None:
            values = zip(_MOVING, _MOVED(change.before), _MOVED(now), strict=True)
            row = {name: new for name, old, new in values if old is not new}
            names = tuple(row)
            row[f"{AT}id"], row[f"{AT}rev"] = now.id, change.before.rev
            moved.setdefault(names, []).append(row)
    for rows in map(moved.__getitem__, sorted(moved)):
        # mostly in the same order, so that two transactions seldom wait for each other; PostgreSQL may choose
        rows.sort(key=itemgetter(f"{AT}id"))
        if update_rows(connection, case, rows) != len(rows):
            raise Stale


def _write_records(connection: Connection, changes: Sequence[Change]) -> None:
    added: dict[type, list[dict[str, Any]]] = {}
    updated: dict[type, list[dict[str, Any]]] = {}
    for change in changes:
        for record in change.added:
            added.setdefault(type(record), []).append(row_of(record))
        for record in change.updated:
            updated.setdefault(type(record), []).append(row_of(record))
    # updates first: closing one assignment makes room for the next
    for kind, rows in updated.items():
        keys = _KEYS[kind]
        bound = [{f"{AT}{n}" if n in keys else n: value for n, value in row.items()} for row in rows]
        update_rows(connection, TABLES[kind], bound)
    try:
        for kind, rows in added.items():
            insert_rows(connection, TABLES[kind], rows)
    except IntegrityError as error:
        raise Stale from error
