"""Saving what a transition does, and reading cases back."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from surehand.core.audit import FIRST, linked
from surehand.core.case import Action, Assignment, Case, Change, Judgement, Outcome, Record, Verdict
from surehand.errors import Conflict
from surehand.store import work
from surehand.store.records import (
    TABLES,
    action_of,
    assignment_of,
    case_of,
    judgement_of,
    outcome_of,
    record_digest,
    record_name,
    row_of,
    verdict_of,
)
from surehand.store.tables import action, assignment, audit_event, case, judgement, outcome, verdict

_FIXED = frozenset(
    {"id", "process", "version", "key", "digest", "submitter", "input", "brought", "created_at"}
)
_MOVING = tuple(c.name for c in case.columns if c.name not in _FIXED and c.name != "sealed_seq")
_KEYS = {kind: tuple(c.name for c in table.primary_key) for kind, table in TABLES.items()}


class Stale(Conflict):
    """A case moved on between reading and saving; nothing of this transaction was saved."""


def save(connection: Connection, changes: Sequence[Change]) -> list[Case]:
    """Save transitions: cases by compare-and-set, records, audit events and work, together.

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
    connection.execute(insert(audit_event), events)
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
    records = {record_name(r): record_digest(r) for r in (*change.added, *change.updated)}
    records["case"] = record_digest(after)
    seq, before = after.audit_seq, after.audit_hash or FIRST
    rows = []
    for place, event in enumerate(change.events, start=1):
        body = dict(event.body)
        if place == len(change.events):
            body["records"] = records
        seq += 1
        link = linked(
            chain=after.id, seq=seq, at=after.updated_at, kind=event.kind, actor=event.actor, body=body,
            salt=secrets.token_hex(16), before=before,
        )  # fmt: skip
        before = link.hash
        rows.append(
            {"chain": link.chain, "seq": link.seq, "at": link.at, "kind": link.kind, "actor": link.actor,
             "commitment": link.commitment, "before": link.before, "hash": link.hash, "salt": link.salt,
             "body": link.body}
        )  # fmt: skip
    return replace(after, audit_seq=seq, audit_hash=before), rows


def _write_cases(connection: Connection, changes: Sequence[Change], saved: Sequence[Case]) -> None:
    new = [row_of(now) for change, now in zip(changes, saved, strict=True) if change.before is None]
    if new:
        new.sort(key=itemgetter("process", "key"))
        try:
            connection.execute(insert(case), new)
        except IntegrityError as error:
            raise Stale from error
    moved = [
        {"at_id": now.id, "at_rev": change.before.rev, **{n: getattr(now, n) for n in _MOVING}}
        for change, now in zip(changes, saved, strict=True)
        if change.before is not None
    ]
    if moved:
        # always in the same order, so that no two transactions wait for each other
        moved.sort(key=itemgetter("at_id"))
        guarded = update(case).where(case.c.id == bindparam("at_id"), case.c.rev == bindparam("at_rev"))
        if connection.execute(guarded, moved).rowcount != len(moved):
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
        table = TABLES[kind]
        where = [table.c[name] == bindparam(f"at_{name}") for name in keys]
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name not in keys}
        bound = [{**{f"at_{n}": row[n] for n in keys}, **{n: row[n] for n in values}} for row in rows]
        connection.execute(update(table).where(*where).values(values), bound)
    try:
        for kind, rows in added.items():
            connection.execute(insert(TABLES[kind]), rows)
    except IntegrityError as error:
        raise Stale from error


def load(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id; those that do not exist are left out."""
    columns = [c for c in case.columns if c.name != "sealed_seq"]
    rows = connection.execute(select(*columns).where(case.c.id.in_(list(ids))))
    return {found.id: found for found in map(case_of, rows)}


def by_key(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Case]:
    """Cases by process and key."""
    columns = [c for c in case.columns if c.name != "sealed_seq"]
    rows = connection.execute(select(*columns).where(tuple_(case.c.process, case.c.key).in_(list(keys))))
    return {(found.process, found.key): found for found in map(case_of, rows)}


def open_assignments(connection: Connection, ids: Iterable[str]) -> dict[str, Assignment]:
    """The open assignment of each case that has one."""
    rows = connection.execute(
        select(assignment).where(assignment.c.case_id.in_(list(ids)), assignment.c.open)
    )
    return {found.case_id: found for found in map(assignment_of, rows)}


def judgements(connection: Connection, case_id: str) -> list[Judgement]:
    """All judgements of a case, oldest first."""
    rows = connection.execute(select(judgement).where(judgement.c.case_id == case_id))
    return sorted(map(judgement_of, rows), key=lambda found: (found.at, found.round))


def verdicts(connection: Connection, case_id: str) -> list[Verdict]:
    """All verdicts of a case, oldest first."""
    rows = connection.execute(select(verdict).where(verdict.c.case_id == case_id))
    return sorted(map(verdict_of, rows), key=lambda found: (found.at, found.round, found.serial))


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody let run: `policy`, or the person whose final verdict it was.

    approves  step -> digest of the action
    """

    point: str
    round: int
    by: str
    approves: Mapping[str, str]


def approvals(connection: Connection, ids: Iterable[str]) -> dict[str, list[Approval]]:
    """Everything that lets actions of these cases run."""
    wanted = list(ids)
    found: dict[str, list[Approval]] = {}
    of_policy = select(
        judgement.c.case_id, judgement.c.point, judgement.c.round, _POLICY, judgement.c.approves
    ).where(judgement.c.case_id.in_(wanted))
    of_people = select(
        verdict.c.case_id, verdict.c.point, verdict.c.round, verdict.c.person, verdict.c.approves
    ).where(verdict.c.case_id.in_(wanted), verdict.c.final)
    for statement in (of_policy, of_people):
        for case_id, *row in connection.execute(statement):
            found.setdefault(case_id, []).append(Approval(*row))
    return found


_POLICY = literal("policy")


def actions(connection: Connection, keys: Iterable[str]) -> dict[str, Action]:
    """Actions by key."""
    rows = connection.execute(select(action).where(action.c.key.in_(list(keys))))
    return {found.key: found for found in map(action_of, rows)}


def actions_of(connection: Connection, case_id: str) -> list[Action]:
    """All actions of a case, oldest first."""
    rows = connection.execute(select(action).where(action.c.case_id == case_id))
    return sorted(map(action_of, rows), key=lambda found: (found.planned_at, found.key))


def outcomes(connection: Connection, case_id: str) -> list[Outcome]:
    """What was said about a case later, oldest first."""
    rows = connection.execute(select(outcome).where(outcome.c.case_id == case_id).order_by(outcome.c.serial))
    return [outcome_of(row) for row in rows]


def records_of(connection: Connection, case_id: str) -> dict[str, str]:
    """Name -> digest of every row of a case as it is now, to compare with what the audit trail says."""
    found: list[Case | Record] = list(load(connection, [case_id]).values())
    found += judgements(connection, case_id)
    found += verdicts(connection, case_id)
    found += actions_of(connection, case_id)
    found += outcomes(connection, case_id)
    rows = connection.execute(select(assignment).where(assignment.c.case_id == case_id))
    found += map(assignment_of, rows)
    return {record_name(record): record_digest(record) for record in found}


def due_timers(connection: Connection, *, now: datetime, limit: int) -> list[Assignment]:
    """Open assignments whose next rung has come."""
    rows = connection.execute(
        select(assignment)
        .where(assignment.c.timer_at.is_not(None), assignment.c.timer_at <= now)
        .order_by(assignment.c.timer_at)
        .limit(limit)
    )
    return [assignment_of(row) for row in rows]


def loads(connection: Connection) -> Mapping[str, int]:
    """Open assignments by person."""
    rows = connection.execute(
        select(assignment.c.person, func.count()).where(assignment.c.open).group_by(assignment.c.person)
    )
    return {row[0]: row[1] for row in rows}
