"""Saving what a transition does, and reading cases back."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Text,
    Update,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    tuple_,
    union_all,
    update,
)  # fmt: skip
from sqlalchemy.exc import IntegrityError

from surehand.core.audit import FIRST, linked
from surehand.core.case import (
    Action,
    Assignment,
    Case,
    Change,
    Event,
    Judgement,
    Outcome,
    Record,
    Verdict,
    with_changes,
)
from surehand.errors import Conflict
from surehand.store import work
from surehand.store.database import run_many
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


#: Built once: building a statement costs more than running it.
_INSERTS: dict[type, Insert] = {kind: insert(table) for kind, table in TABLES.items()}
_INSERTS |= {Case: insert(case), Event: insert(audit_event)}


def _update_of(kind: type) -> Update:
    table, keys = TABLES[kind], _KEYS[kind]
    here = [table.c[name] == bindparam(f"at_{name}") for name in keys]
    return (
        update(table).where(*here).values({c.name: bindparam(c.name) for c in table.c if c.name not in keys})
    )


_UPDATES = {kind: _update_of(kind) for kind in TABLES}


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
    run_many(connection, _INSERTS[Event], events)
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
    return with_changes(after, audit_seq=seq, audit_hash=before), rows


def _write_cases(connection: Connection, changes: Sequence[Change], saved: Sequence[Case]) -> None:
    new = [row_of(now) for change, now in zip(changes, saved, strict=True) if change.before is None]
    if new:
        new.sort(key=itemgetter("process", "key"))
        try:
            run_many(connection, _INSERTS[Case], new)
        except IntegrityError as error:
            raise Stale from error
    moved: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for change, now in zip(changes, saved, strict=True):
        if change.before is not None:
            before = change.before
            names = tuple(n for n in _MOVING if getattr(before, n) is not getattr(now, n))
            values = {n: getattr(now, n) for n in names}
            moved.setdefault(names, []).append({"at_id": now.id, "at_rev": before.rev, **values})
    for names, rows in sorted(moved.items()):
        # always in the same order, so that no two transactions wait for each other
        rows.sort(key=itemgetter("at_id"))
        if run_many(connection, _guarded(names), rows) != len(rows):
            raise Stale


@cache
def _guarded(names: tuple[str, ...]) -> Update:
    """Sets these columns of a case that is as it was read."""
    here = case.c.id == bindparam("at_id"), case.c.rev == bindparam("at_rev")
    return update(case).where(*here).values({name: bindparam(name) for name in names})


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
        bound = [{f"at_{n}" if n in keys else n: value for n, value in row.items()} for row in rows]
        run_many(connection, _UPDATES[kind], bound)
    try:
        for kind, rows in added.items():
            run_many(connection, _INSERTS[kind], rows)
    except IntegrityError as error:
        raise Stale from error


def load(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id; those that do not exist are left out."""
    rows = connection.execute(_LOAD, {"ids": list(ids)})
    return {found.id: found for found in map(case_of, rows)}


def heads(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id without what they brought and what was read, which may be large. Not to be saved."""
    rows = connection.execute(_HEADS, {"ids": list(ids)})
    return {row.id: case_of(row) for row in rows}


def sizes(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Letters of what cases brought and what was read of it, by id."""
    return {row[0]: row[1] for row in connection.execute(_SIZES, {"ids": list(ids)})}


def portions(connection: Connection, ids: Sequence[str], *, most: int) -> Iterator[Sequence[str]]:
    """Ids in their order, in parts whose cases have about `most` letters together, or one case alone."""
    letters = sizes(connection, ids)
    begin, total = 0, 0
    for place, one in enumerate(ids):
        total += letters.get(one, 0)
        if total > most and place > begin:
            yield ids[begin:place]
            begin, total = place, letters.get(one, 0)
    if begin < len(ids):
        yield ids[begin:]


#: What may be as large as a body of the API.
_LARGE = ("input", "facts", "readings", "brought", "document")

_CASE = select(*(c for c in case.columns if c.name != "sealed_seq"))
_HEADS = select(*(c for c in case.columns if c.name not in ("sealed_seq", *_LARGE))).where(
    case.c.id.in_(bindparam("ids", expanding=True))
)
_SIZES = select(
    case.c.id, sum((func.coalesce(func.length(cast(case.c[name], Text)), 0) for name in _LARGE), literal(0))
).where(case.c.id.in_(bindparam("ids", expanding=True)))
_LOAD = _CASE.where(case.c.id.in_(bindparam("ids", expanding=True)))
_BY_KEY = _CASE.where(tuple_(case.c.process, case.c.key).in_(bindparam("keys", expanding=True)))


def by_key(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Case]:
    """Cases by process and key."""
    rows = connection.execute(_BY_KEY, {"keys": list(keys)})
    return {(found.process, found.key): found for found in map(case_of, rows)}


def open_assignments(connection: Connection, ids: Iterable[str]) -> dict[str, Assignment]:
    """The open assignment of each case that has one."""
    rows = connection.execute(_OPEN, {"ids": list(ids)})
    return {found.case_id: found for found in map(assignment_of, rows)}


_OPEN = select(assignment).where(
    assignment.c.case_id.in_(bindparam("ids", expanding=True)), assignment.c.open
)
_JUDGEMENTS = select(judgement).where(judgement.c.case_id == bindparam("id"))
_VERDICTS = select(verdict).where(verdict.c.case_id == bindparam("id"))
_ACTIONS = select(action).where(action.c.key.in_(bindparam("keys", expanding=True)))


def judgements(connection: Connection, case_id: str) -> list[Judgement]:
    """All judgements of a case, oldest first."""
    rows = connection.execute(_JUDGEMENTS, {"id": case_id})
    return sorted(map(judgement_of, rows), key=lambda found: (found.at, found.round))


def verdicts(connection: Connection, case_id: str) -> list[Verdict]:
    """All verdicts of a case, oldest first."""
    rows = connection.execute(_VERDICTS, {"id": case_id})
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
    found: dict[str, list[Approval]] = {}
    for case_id, *row in connection.execute(_APPROVALS, {"ids": list(ids)}):
        found.setdefault(case_id, []).append(Approval(*row))
    return found


_APPROVALS = union_all(
    select(
        judgement.c.case_id, judgement.c.point, judgement.c.round, literal("policy"), judgement.c.approves
    ).where(judgement.c.case_id.in_(bindparam("ids", expanding=True))),
    select(verdict.c.case_id, verdict.c.point, verdict.c.round, verdict.c.person, verdict.c.approves).where(
        verdict.c.case_id.in_(bindparam("ids", expanding=True)), verdict.c.final
    ),
)


def actions(connection: Connection, keys: Iterable[str]) -> dict[str, Action]:
    """Actions by key."""
    rows = connection.execute(_ACTIONS, {"keys": list(keys)})
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


def held_once(connection: Connection, case_id: str, person: str) -> bool:
    """This person was given this case at some time."""
    found = select(assignment.c.id).where(assignment.c.case_id == case_id, assignment.c.person == person)
    return connection.execute(found.limit(1)).first() is not None


def held_by(connection: Connection, people: Sequence[str]) -> list[Assignment]:
    """Open assignments of some people."""
    if not people:
        return []
    rows = connection.execute(select(assignment).where(assignment.c.open, assignment.c.person.in_(people)))
    return [assignment_of(row) for row in rows]


def loads(connection: Connection) -> Mapping[str, int]:
    """Open assignments by person."""
    return {row[0]: row[1] for row in connection.execute(_LOADS)}


_LOADS = select(assignment.c.person, func.count()).where(assignment.c.open).group_by(assignment.c.person)
