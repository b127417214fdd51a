"""Published versions of processes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from surehand.store.database import alone
from surehand.store.tables import case, mark, version


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a process: `proposed` by one person, `published` by another."""

    hash: str
    process: str
    map: Mapping[str, Any]
    state: str
    proposed_by: str
    proposed_at: datetime
    published_by: str | None
    published_at: datetime | None


def find(connection: Connection, hash: str) -> Version | None:
    """A version by its content hash."""
    row = connection.execute(select(version).where(version.c.hash == hash)).first()
    return Version(**row._mapping) if row else None


def propose(
    connection: Connection, hash: str, process: str, body: Mapping[str, Any], *, by: str, at: datetime
) -> bool:
    """Put a version up for publication. True when it was not known yet."""
    alone(connection)
    if find(connection, hash) is not None:
        return False
    connection.execute(
        insert(version).values(
            hash=hash, process=process, map=dict(body), state="proposed", proposed_by=by, proposed_at=at
        )
    )
    return True


def publish(connection: Connection, hash: str, *, by: str, at: datetime) -> bool:
    """Publish a version, or publish an older one again. False when there is none."""
    result = connection.execute(
        update(version)
        .where(version.c.hash == hash)
        .values(state="published", published_by=by, published_at=at)
    )
    return result.rowcount == 1


def every(connection: Connection) -> list[Version]:
    """All versions, proposed and published."""
    return [Version(**row._mapping) for row in connection.execute(select(version))]


def current(connection: Connection) -> dict[str, Version]:
    """The version published last, per process."""
    rows = connection.execute(
        select(version).where(version.c.state == "published").order_by(version.c.published_at)
    )
    return {row.process: Version(**row._mapping) for row in rows}


@dataclass(frozen=True, slots=True)
class Published:
    """A published version in short, with the passages of its policy."""

    process: str
    by: str
    at: datetime
    policies: Mapping[str, str]


def published_since(
    connection: Connection, processes: Collection[str], since: datetime
) -> list[tuple[Published, Published | None]]:
    """The versions in force of these processes that were published since a time, the latest first.

    Each with the one that was in force before that time; None: there was none.
    """
    columns = (version.c.hash, version.c.process, version.c.published_by, version.c.published_at)
    found = select(*columns).where(version.c.state == "published", version.c.process.in_(list(processes)))
    of: dict[str, list[Any]] = {}
    for row in connection.execute(found.order_by(version.c.published_at.desc())):
        of.setdefault(row.process, []).append(row)
    pairs = [
        (rows[0], next((row for row in rows if row.published_at < since), None))
        for rows in of.values()
        if rows[0].published_at >= since
    ]
    hashes = [row.hash for pair in pairs for row in pair if row is not None]
    bodies = select(version.c.hash, version.c.map).where(version.c.hash.in_(hashes))
    maps = {row.hash: row.map for row in connection.execute(bodies)}

    def told(row: Any) -> Published:
        policies = maps[row.hash].get("policies") or {}
        return Published(row.process, row.published_by or "", row.published_at, policies)

    return [(told(new), told(old) if old is not None else None) for new, old in pairs]


def in_use(connection: Connection) -> dict[str, int]:
    """Versions that open cases are pinned to, with how many."""
    rows = connection.execute(
        select(case.c.version, func.count())
        .where(case.c.state.not_in(("done", "rejected")))
        .group_by(case.c.version)
    )
    return {row[0]: row[1] for row in rows}


def marked(connection: Connection, name: str) -> str | None:
    """A mark of this database, such as the mode that it is used in."""
    return connection.execute(select(mark.c.value).where(mark.c.name == name)).scalar_one_or_none()


def set_mark(connection: Connection, name: str, value: str) -> None:
    """Mark this database, once."""
    alone(connection)
    if marked(connection, name) is None:
        connection.execute(insert(mark).values(name=name, value=value))
