"""Reading chains, recording what happens to the deployment itself, and sealing heads outside the database."""

import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from surehand.core.audit import FIRST, SYSTEM_CHAIN, Link, linked, merkle_root
from surehand.core.digest import digest
from surehand.store.database import Database
from surehand.store.tables import audit_event, case, mark


def chain(connection: Connection, name: str) -> list[Link]:
    """All events of a chain, by sequence."""
    rows = connection.execute(
        select(audit_event).where(audit_event.c.chain == name).order_by(audit_event.c.seq)
    )
    return [Link(**row._mapping) for row in rows]


def record(connection: Connection, kind: str, actor: str, at: datetime, body: dict[str, Any]) -> None:
    """An event of the deployment itself: a sign-in, a published version, a key."""
    if connection.dialect.name == "postgresql":
        # one after the other, so that none of them takes the same place in the chain
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SYSTEM_LOCK})
    seq, before = _system_head(connection) or (0, FIRST)
    link = linked(
        chain=SYSTEM_CHAIN, seq=seq + 1, at=at, kind=kind, actor=actor, body=body,
        salt=secrets.token_hex(16), before=before,
    )  # fmt: skip
    values = {name: getattr(link, name) for name in Link.__slots__}
    connection.execute(insert(audit_event), [values])


def chain_names(connection: Connection) -> Iterator[str]:
    """Names of all chains that have events."""
    yield from connection.execute(
        select(audit_event.c.chain).distinct().order_by(audit_event.c.chain)
    ).scalars()


def lengths(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """Chain -> how many events it has, of those that are there."""
    wanted, found = sorted(names), {}
    for start in range(0, len(wanted), _PORTION):
        some = case.c.id.in_(wanted[start : start + _PORTION])
        rows = connection.execute(select(case.c.id, case.c.audit_seq).where(some))
        found.update({row.id: row.audit_seq for row in rows})
    system = _system_head(connection) if SYSTEM_CHAIN in names else None
    return found if system is None else {**found, SYSTEM_CHAIN: system[0]}


def agreeing(links: Sequence[Link], heads: "Sequence[Head]") -> int:
    """How many events of a chain are those that were sealed, as far as heads tell."""
    agree = (h.seq for h in reversed(heads) if len(links) >= h.seq and links[h.seq - 1].hash == h.hash)
    return next(agree, 0)


def recorded(connection: Connection, kind: str) -> list[Link]:
    """The events of one kind in the chain of the deployment itself, oldest first."""
    rows = connection.execute(
        select(audit_event)
        .where(audit_event.c.chain == SYSTEM_CHAIN, audit_event.c.kind == kind)
        .order_by(audit_event.c.seq)
    )
    return [Link(**row._mapping) for row in rows]


def recorded_of(
    connection: Connection, kind: str, actor: str, *, since: datetime, limit: int
) -> list[Link]:  # fmt: skip
    """Events of one kind in the deployment's own chain that somebody caused since a time, newest first."""
    rows = connection.execute(
        select(audit_event)
        .where(
            audit_event.c.chain == SYSTEM_CHAIN, audit_event.c.kind == kind, audit_event.c.actor == actor,
            audit_event.c.at >= since,
        )
        .order_by(audit_event.c.seq.desc())
        .limit(limit)
    )  # fmt: skip
    return [Link(**row._mapping) for row in rows]


def told_of(
    connection: Connection, ids: Collection[str], kinds: Collection[str], *, since: datetime
) -> set[str]:
    """Keys of the actions of some cases that events of these kinds speak of since a time."""
    rows = connection.execute(
        select(audit_event.c.body).where(
            audit_event.c.chain.in_(ids), audit_event.c.kind.in_(kinds), audit_event.c.at >= since
        )
    )
    return {str(body["key"]) for body in rows.scalars() if isinstance(body, dict) and "key" in body}


def sealed_cases(connection: Connection) -> Iterator[tuple[str, int]]:
    """Cases with the sequence up to which a checkpoint was written of them."""
    rows = connection.execute(select(case.c.id, case.c.sealed_seq).where(case.c.sealed_seq > 0))
    yield from ((row[0], row[1]) for row in rows)


def last_sealed(connection: Connection) -> tuple[int, str] | None:
    """Number and hash of the last checkpoint that was written beside this database."""
    value = connection.execute(select(mark.c.value).where(mark.c.name == _LAST)).scalar_one_or_none()
    number, _, hashed = (value or "").partition(" ")
    return (int(number), hashed) if number.isdigit() else None


def cases_without_events(connection: Connection) -> list[str]:
    """Cases whose chain is gone."""
    known = select(audit_event.c.chain)
    return list(connection.execute(select(case.c.id).where(case.c.id.not_in(known))).scalars())


#: Names in one statement; databases take some thousands.
_PORTION = 500

#: Held while an event is added to the system chain. ("audit")
_SYSTEM_LOCK = 0x6175646974

#: The mark that holds the last checkpoint.
_LAST = "checkpoint"


class Head(NamedTuple):
    """The end of a chain as a checkpoint sealed it, and the number of that checkpoint."""

    seq: int
    hash: str
    checkpoint: int


@dataclass(frozen=True, slots=True)
class Seals:
    """What the checkpoint files say.

    heads    chain -> its end as last sealed
    faults   lines that do not hold, in words
    last     hash and number of the last line
    earlier  chain -> what was sealed of it before: a chain that was rewritten and sealed again still shows
    lines    number and hash of every line
    """

    heads: dict[str, Head]
    faults: tuple[str, ...]
    number: int
    last: str
    earlier: Mapping[str, list[Head]] = field(default_factory=dict)
    lines: frozenset[tuple[int, str]] = frozenset()

    def of(self, name: str) -> list[Head]:
        """Every head that was sealed of a chain, oldest first."""
        return [*self.earlier.get(name, ()), *([self.heads[name]] if name in self.heads else [])]


class Checkpoints:
    """Sealed heads, a line each time, in files outside the database.

    A line holds the heads that moved since the line before, their Merkle root, the count of cases, and the
    hash of the line before; so the last line commits to every head ever sealed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._system: tuple[int, str] | None = None

    def seal(self, database: Database, *, now: datetime, limit: int = 50_000) -> int:
        """Write down the heads that moved, then mark them. Returns how many."""
        with database.read() as connection:
            moved = connection.execute(
                select(case.c.id, case.c.audit_seq, case.c.audit_hash)
                .where(case.c.sealed_seq != case.c.audit_seq)
                .limit(limit)
            ).all()
            count = connection.execute(select(func.count()).select_from(case)).scalar_one()
            system, known = _system_head(connection), last_sealed(connection)
        heads: dict[str, Any] = {row.id: [row.audit_seq, row.audit_hash] for row in moved}
        with self._alone():
            number, last = self._tail()
            if system is not None and system != self._system:
                heads[SYSTEM_CHAIN] = list(system)
            if not heads:
                return 0
            line = {
                "number": number + 1, "at": now.isoformat(), "cases": count, "root": _root(heads),
                "before": last, "heads": heads,
            }  # fmt: skip
            self._append(line, now)
            # files that do not go on from what the database knows were touched: it keeps knowing better
            whole = known in (None, (number, last)) or known in self.read().lines
        self._system = system
        sealed = (int(line["number"]), str(line["hash"])) if whole else None
        _mark(database, [(row.id, row.audit_seq) for row in moved], sealed)
        return len(heads)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time continues the files."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def newest(self) -> tuple[int, dict[str, int]]:
        """Number of the last line, and chain -> sequence of the heads in it; only that line is read."""
        for path in sorted(self._folder.glob("checkpoints-*.jsonl"), reverse=True):
            lines = _last_lines(path)
            if lines:
                try:
                    line = json.loads(lines[-1])
                    return int(line["number"]), {name: int(head[0]) for name, head in line["heads"].items()}
                except (ValueError, KeyError, TypeError, AttributeError):
                    return 0, {}  # damaged: verify names it
        return 0, {}

    def _tail(self) -> tuple[int, str]:
        """Number and hash of the last line; only the end of the newest file is read."""
        for path in sorted(self._folder.glob("checkpoints-*.jsonl"), reverse=True):
            lines = _last_lines(path)
            if lines:
                try:
                    line = json.loads(lines[-1])
                    return int(line["number"]), str(line["hash"])
                except (ValueError, KeyError, TypeError):
                    # damaged: go on behind it, and let verify name it
                    seals = self.read()
                    return seals.number, seals.last
        return 0, FIRST

    def _append(self, line: dict[str, Any], now: datetime) -> None:
        line["hash"] = digest(line)
        path = self._folder / f"checkpoints-{now:%Y%m%d}.jsonl"
        with path.open("a+b") as file:
            _drop_torn_end(file)
            file.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> Seals:
        """Everything sealed so far, and whether the files themselves hold."""
        heads: dict[str, Head] = {}
        earlier: dict[str, list[Head]] = {}
        lines: set[tuple[int, str]] = set()
        faults, number, last = [], 0, FIRST
        for path in sorted(self._folder.glob("checkpoints-*.jsonl")):
            whole = path.read_text("ascii", "replace")
            # what follows the last line break was being written when the program died; it sealed nothing yet
            for place, written in enumerate(whole.split("\n")[:-1], start=1):
                fault = None
                try:
                    line = json.loads(written)
                    hashed = line.pop("hash")
                    fault = _line_fault(line, hashed, number=number, last=last)
                    for name, (seq, head) in line["heads"].items():
                        before = heads.get(name)
                        heads[name] = Head(seq, head, line["number"])
                        if before is not None:
                            # a process that was slow to write may have sealed less than another before it
                            less, heads[name] = sorted((before, heads[name]), key=itemgetter(0))
                            earlier.setdefault(name, []).append(less)
                    number, last = line["number"], hashed
                    lines.add((number, hashed))
                except (ValueError, KeyError, TypeError, AttributeError):
                    fault = "is not a checkpoint"
                if fault:
                    faults.append(f"{path.name}:{place} {fault}")
        return Seals(heads, tuple(faults), number, last, earlier, frozenset(lines))


def _line_fault(line: dict[str, Any], hashed: str, *, number: int, last: str) -> str | None:
    if digest(line) != hashed:
        return "was changed"
    if line["number"] != number + 1 or line["before"] != last:
        return f"does not continue checkpoint {number}: lines are missing or out of order"
    return None if _root(line["heads"]) == line["root"] else "has a root that does not match its heads"


def _root(heads: Mapping[str, Any]) -> str:
    return merkle_root([f"{name} {seq} {hash}" for name, (seq, hash) in sorted(heads.items())])


def _system_head(connection: Connection) -> tuple[int, str] | None:
    row = connection.execute(
        select(audit_event.c.seq, audit_event.c.hash)
        .where(audit_event.c.chain == SYSTEM_CHAIN)
        .order_by(audit_event.c.seq.desc())
        .limit(1)
    ).first()
    return (row.seq, row.hash) if row else None


def _last_lines(path: Path, *, reach: int = 1 << 20) -> list[str]:
    """The last whole lines of a file; all of them where a line is longer than `reach` bytes."""
    size = path.stat().st_size
    while True:
        with path.open("rb") as file:
            file.seek(max(0, size - reach))
            lines = file.read().decode("ascii", "replace").split("\n")[:-1]
        if reach >= size:
            return lines
        if len(lines) > 1:
            return lines[1:]
        reach *= 16


def _drop_torn_end(file: IO[bytes]) -> None:
    """Cut off what follows the last line break, which was being written when the program died."""
    size = file.seek(0, os.SEEK_END)
    kept = size
    while kept:
        reach = min(kept, 1 << 16)
        file.seek(kept - reach)
        place = file.read(reach).rfind(b"\n")
        if place >= 0:
            kept += place + 1 - reach
            break
        kept -= reach
    if kept < size:
        file.truncate(kept)


def _mark(database: Database, heads: list[tuple[str, int]], sealed: tuple[int, str] | None) -> None:
    """Remember in the database how far it is sealed, so that lines taken from the files are missed."""
    marked = update(case).where(case.c.id == bindparam("at_id")).values(sealed_seq=bindparam("at_seq"))
    rows = [{"at_id": name, "at_seq": seq} for name, seq in heads]

    def write(connection: Connection) -> None:
        if rows:
            connection.execute(marked, rows)
        if sealed is not None:
            value = f"{sealed[0]} {sealed[1]}"
            there = connection.execute(update(mark).where(mark.c.name == _LAST).values(value=value)).rowcount
            if not there:
                connection.execute(insert(mark).values(name=_LAST, value=value))

    database.write(write)
