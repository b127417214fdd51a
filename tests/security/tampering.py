"""Eight ways of changing what was recorded, drawn at random, as by somebody who may write everything."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Float, Table, delete, func, insert, select, update

from surehand.core.audit import FIRST, SYSTEM_CHAIN, Link, linked
from surehand.core.digest import digest
from surehand.flow import access
from surehand.store import audit, tables
from surehand.store.audit import merkle_root
from surehand.store.columns import Exact, UtcTime
from surehand.store.records import TABLES
from tests import invariants
from tests.flow.world import World

EVENT, CASE, MARK = tables.audit_event, tables.case, tables.mark

#: In the order in which rows may be inserted.
ALL = (
    CASE,
    tables.delivery,
    *TABLES.values(),
    EVENT,
    MARK,
    tables.api_key,
    tables.credential,
    tables.version,
)

ROWS = (CASE, *TABLES.values())


@dataclass
class Record:
    """A sealed history, and the way back to it.

    before  every row; files: every checkpoint file
    """

    world: World
    before: dict[Table, list[dict[str, Any]]]
    files: dict[Path, bytes]

    @contextmanager
    def tampered(self) -> Iterator[None]:
        """Whatever is changed inside is put back."""
        try:
            yield
        finally:
            self.world.context.db.write(self._put_back)
            for path in self.folder.glob("checkpoints-*"):
                path.unlink()
            for path, body in self.files.items():
                path.write_bytes(body)

    @property
    def folder(self) -> Path:
        return self.world.context.checkpoints._folder

    def _put_back(self, connection: Connection) -> None:
        for table in reversed(ALL):
            connection.execute(delete(table))
        for table in ALL:
            if self.before[table]:
                connection.execute(insert(table), self.before[table])
        # left aside: it never says what is true, only how far it is sealed
        assert connection.execute(select(func.count()).select_from(EVENT)).scalar_one()

    def links(self, chain: str) -> list[Link]:
        with self.world.context.db.read() as connection:
            return audit.chain(connection, chain)

    @property
    def chains(self) -> list[str]:
        return sorted({row["chain"] for row in self.before[EVENT]})

    @property
    def cases(self) -> list[str]:
        return [row["id"] for row in self.before[CASE]]


def recorded(world: World) -> Record:
    """A history of some cases with every kind of row, sealed in several lines; as it is now."""
    done = world.submit(sure=0.95)
    world.seal()
    approved = world.submit(sure=0.8)
    world.verdict(approved, "approve", note="looks right")
    edited = world.submit(sure=0.8, total="200 EUR")
    world.verdict(edited, "edit", fields={"total": "150 EUR"})
    world.wait(minutes=2)
    world.seal()
    asked = world.submit(sure=0.8)
    world.verdict(asked, "ask", question="Why twice?")
    world.submit(sure=0.8, customer="watched")
    refused = world.submit(sure=0.8)
    world.verdict(refused, "reject", note="no")
    access.create_key(world.context, "robot", "loader")
    access.set_password(world.context, "ann", "long enough, surely")
    world.bench.clock.move(timedelta(minutes=1))
    world.seal()
    # a line that holds nothing but what happened to the deployment itself
    access.create_key(world.context, "robot", "another")
    world.seal()
    assert len({done, approved, edited, asked, refused}) == 5
    with world.context.db.read() as connection:
        before = {table: invariants.rows(connection, table) for table in ALL}
    folder = world.context.checkpoints._folder
    files = {path: path.read_bytes() for path in folder.glob("checkpoints-*")}
    return Record(world, before, files)


def changed(value: Any, draw: random.Random) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case datetime():
            return value + draw.choice((-1, 1)) * timedelta(microseconds=draw.randint(1, 10**9))
        case Decimal():
            return value + Decimal("0.01")
        case int() | float():
            return value + draw.choice((-1, 1))
        case str():
            return _changed_text(value, draw)
        case Mapping():
            return _changed_object(dict(value), draw)
        case list() | tuple():
            return [*value, "x"] if not value or draw.random() < 0.5 else list(value)[:-1]
        case _:
            return draw.choice(("x", "boss"))


def _changed_text(text: str, draw: random.Random) -> str:
    if not text or draw.random() < 0.3:
        return text + draw.choice("ax1 ")
    place = draw.randrange(len(text))
    return text[:place] + draw.choice([c for c in "abc012" if c != text[place]]) + text[place + 1 :]


def _changed_object(given: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    name = draw.choice([*given, "more"])
    if name == "more":
        return {**given, "more": 1}
    if draw.random() < 0.3:
        return {key: value for key, value in given.items() if key != name}
    return {**given, name: changed(given[name], draw)}


# The eight kinds


def event_changed(record: Record, connection: Connection, draw: random.Random) -> None:
    """Any column of any event."""
    row = draw.choice(record.before[EVENT])
    name = draw.choice(
        ("body", "body", "body", "at", "kind", "actor", "salt", "commitment", "before", "hash")
    )
    _set(connection, EVENT, {"chain": row["chain"], "seq": row["seq"]}, {name: changed(row[name], draw)})


def event_deleted(record: Record, connection: Connection, draw: random.Random) -> None:
    """One event, wherever it stands."""
    row = draw.choice(record.before[EVENT])
    gone = delete(EVENT).where(EVENT.c.chain == row["chain"], EVENT.c.seq == row["seq"])
    assert connection.execute(gone).rowcount == 1
    if draw.random() < 0.5:
        _renumber(connection, row["chain"], row["seq"], by=-1)


def events_reordered(record: Record, connection: Connection, draw: random.Random) -> None:
    """Two change places, one moves to another chain, or all behind one move on."""
    chain = draw.choice([name for name in record.chains if len(record.links(name)) > 1])
    last = len(record.links(chain))
    how = draw.choice(("swap", "move", "shift"))
    if how == "swap":
        one, other = sorted(draw.sample(range(1, last + 1), 2))
        for old, new in ((one, -1), (other, one), (-1, other)):
            _set(connection, EVENT, {"chain": chain, "seq": old}, {"seq": new})
    elif how == "move":
        to = draw.choice([name for name in record.chains if name != chain])
        here = {"chain": chain, "seq": draw.randint(1, last)}
        _set(connection, EVENT, here, {"chain": to, "seq": len(record.links(to)) + 1})
    else:
        _renumber(connection, chain, draw.randint(0, last - 1), by=1)


def chain_rewritten(record: Record, connection: Connection, draw: random.Random) -> None:
    """A chain made anew with sound hashes, and the rows made to fit: only what is outside can tell."""
    chain = draw.choice(record.chains)
    links = record.links(chain)
    place = draw.randrange(len(links))
    how = draw.choice(("body", "actor", "dropped", "added"))
    if how == "dropped" and len(links) > 1:
        del links[place]
    elif how == "added":
        links.insert(place, replace(links[place], body={"verdict": "approve"}, actor="lead"))
    elif how == "actor":
        links[place] = replace(links[place], actor=changed(links[place].actor, draw))
    else:
        links[place] = replace(links[place], body=_changed_object(dict(links[place].body), draw))
    _relinked(connection, chain, links)


def case_deleted(record: Record, connection: Connection, draw: random.Random) -> None:
    """A case with all that belongs to it; sometimes only some of it."""
    case_id = draw.choice(record.cases)
    for table in (tables.delivery, *reversed(list(TABLES.values()))):
        connection.execute(delete(table).where(table.c.case_id == case_id))
    if draw.random() < 0.8:
        connection.execute(delete(EVENT).where(EVENT.c.chain == case_id))
    connection.execute(delete(CASE).where(CASE.c.id == case_id))


def row_changed(record: Record, connection: Connection, draw: random.Random) -> None:
    """Any column of any row of a case, a row too many, or one too few."""
    table = draw.choice([table for table in ROWS if record.before[table]])
    row = draw.choice(record.before[table])
    keys = [column.name for column in table.primary_key]
    here = {name: row[name] for name in keys}
    how = draw.random()
    if how < 0.1 and table is not CASE:
        connection.execute(delete(table).where(*(table.c[n] == v for n, v in here.items())))
    elif how < 0.2 and "serial" in row:
        connection.execute(insert(table), [{**row, "serial": 99, "final": False, "round": 7}])
    else:
        names = [name for name in row if name not in keys and name not in ("case_id", "open", "final")]
        name = draw.choice([name for name in names if name != "sealed_seq"])
        value = _some(table.c[name].type) if row[name] is None else changed(row[name], draw)
        if name == "ending":
            value = "undone" if row[name] == "stood" else "stood"  # no other words fit
        _set(connection, table, here, {name: value})


def _some(kind: Any) -> Any:
    """A value for a column that has none."""
    match kind:
        case UtcTime():
            return datetime(2026, 1, 1, tzinfo=UTC)
        case Exact():
            return Decimal(1)
        case Boolean():
            return True
        case Float():
            return 0.5
        case JSON():
            return {"x": 1}
        case _:
            return "medium"


def tail_cut(record: Record, connection: Connection, draw: random.Random) -> None:
    """The end of a chain, with rows that agree with what is left of it."""
    chain = draw.choice([name for name in record.chains if len(record.links(name)) > 1])
    links = record.links(chain)
    kept = links[: draw.randint(1, len(links) - 1)]
    connection.execute(delete(EVENT).where(EVENT.c.chain == chain, EVENT.c.seq > len(kept)))
    if chain != SYSTEM_CHAIN:
        last, moves = kept[-1], sum("records" in link.body for link in kept)
        values = {"audit_seq": last.seq, "audit_hash": last.hash, "updated_at": last.at, "rev": moves}
        if draw.random() < 0.5:
            values["sealed_seq"] = last.seq
        _set(connection, CASE, {"id": chain}, values)


def checkpoints_changed(record: Record, connection: Connection, draw: random.Random) -> None:
    """The files outside: a byte, a line, a file, or all of them written anew with sound hashes."""
    path = draw.choice(sorted(record.files))
    lines = record.files[path].decode().splitlines()
    place = draw.randrange(len(lines))
    how = draw.choice(("byte", "line", "swap", "file", "short", "anew", "anew", "twice"))
    if how == "byte":
        body = bytearray(record.files[path])
        at = draw.randrange(len(body))
        body[at] = draw.choice([c for c in b"0123456789abcdefghijk" if c != body[at]])
        path.write_bytes(body)
        return
    if how == "file":
        path.unlink()
        return
    if how == "line":
        del lines[place]
    elif how == "swap" and len(lines) > 1:
        other = (place + 1) % len(lines)
        lines[place], lines[other] = lines[other], lines[place]
    elif how == "short":
        del lines[place:]
    elif how == "twice":
        lines.insert(place, lines[place])
    else:
        lines = _sealed_anew(lines, draw)
    path.write_text("".join(f"{line}\n" for line in lines))


Kind = Callable[[Record, Connection, random.Random], None]

KINDS: tuple[Kind, ...] = (
    event_changed, event_deleted, events_reordered, chain_rewritten, case_deleted, row_changed, tail_cut,
    checkpoints_changed,
)  # fmt: skip


def _set(connection: Connection, table: Table, where: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    clauses = [table.c[name] == value for name, value in where.items()]
    assert connection.execute(update(table).where(*clauses).values(**values)).rowcount == 1


def _renumber(connection: Connection, chain: str, behind: int, *, by: int) -> None:
    """Every event behind a place gets the next number, or the one before."""
    there = select(EVENT.c.seq).where(EVENT.c.chain == chain, EVENT.c.seq > behind)
    numbers = sorted(connection.execute(there).scalars(), reverse=by > 0)
    for number in numbers:
        _set(connection, EVENT, {"chain": chain, "seq": number}, {"seq": number + by})


def _relinked(connection: Connection, chain: str, links: list[Link]) -> None:
    """These links with new hashes in place of the chain; the case's row agrees."""
    before, rows = FIRST, []
    for seq, link in enumerate(links, start=1):
        made = linked(
            chain=chain, seq=seq, at=link.at, kind=link.kind, actor=link.actor, body=link.body,
            salt=link.salt or "", before=before,
        )  # fmt: skip
        before = made.hash
        rows.append({name: getattr(made, name) for name in Link.__slots__})
    connection.execute(delete(EVENT).where(EVENT.c.chain == chain))
    connection.execute(insert(EVENT), rows)
    if chain != SYSTEM_CHAIN:
        values = {"audit_seq": len(rows), "audit_hash": before, "updated_at": rows[-1]["at"]}
        _set(
            connection, CASE, {"id": chain}, {**values, "rev": sum("records" in row["body"] for row in rows)}
        )


def _sealed_anew(lines: list[str], draw: random.Random) -> list[str]:
    """The lines with something else in one of them, and every number, root and hash made to fit."""
    parsed = [json.loads(line) for line in lines]
    one = draw.choice(parsed)
    how = draw.choice(("head", "at", "cases", "less"))
    if how == "head":
        name = draw.choice(list(one["heads"]))
        one["heads"][name][1] = "0" * 64
    elif how == "at":
        one["at"] = "2030-01-01T00:00:00+00:00"
    elif how == "cases":
        one["cases"] += 1
    else:
        parsed.remove(one)
    last = FIRST
    for number, line in enumerate(parsed, start=1):
        line |= {"number": number, "before": last, "root": _root(line["heads"])}
        line.pop("hash")
        last = line["hash"] = digest(line)
    return [json.dumps(line, separators=(",", ":")) for line in parsed]


def _root(heads: Mapping[str, Any]) -> str:
    return merkle_root([f"{name} {seq} {hash}" for name, (seq, hash) in sorted(heads.items())])
