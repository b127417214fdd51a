"""Revisions of the roster: everyone, their authority and the queues, whole, as somebody left them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from surehand.core.digest import digest
from surehand.store.tables import roster


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of the roster.

    rev     1, 2, ...; the newest is in force
    source  digest of the people.yaml that it was made of; None where it was edited here
    digest  of the body, as the event that recorded it says
    body    as `core.people.People` writes itself
    """

    rev: int
    at: datetime
    by: str
    because: str
    source: str | None
    digest: str
    body: Mapping[str, Any]

    @property
    def whole(self) -> bool:
        """The body is the one that was recorded."""
        return digest(self.body) == self.digest


#: Number of the revision in force; None before the first.
NUMBER = select(func.max(roster.c.rev).label("rev"))
_COLUMNS = [roster.c[field.name] for field in fields(Revision)]


def number(connection: Connection) -> int:
    """Number of the revision in force; 0 before the first."""
    return connection.execute(NUMBER).scalar_one() or 0


def newest(connection: Connection) -> Revision | None:
    """The revision in force; None before the first."""
    found = connection.execute(select(*_COLUMNS).order_by(roster.c.rev.desc()).limit(1)).first()
    return Revision(*found) if found else None


def revisions(connection: Connection, *, limit: int | None = None) -> list[Revision]:
    """Revisions, newest first."""
    rows = connection.execute(select(*_COLUMNS).order_by(roster.c.rev.desc()).limit(limit))
    return [Revision(*row) for row in rows]


def revision(connection: Connection, rev: int) -> Revision | None:
    """The revision of that number."""
    found = connection.execute(select(*_COLUMNS).where(roster.c.rev == rev)).first()
    return Revision(*found) if found else None


def last_source(connection: Connection) -> str | None:
    """Digest of the people.yaml that was taken in last."""
    taken = select(roster.c.source).where(roster.c.source.is_not(None)).order_by(roster.c.rev.desc())
    return connection.execute(taken.limit(1)).scalar_one_or_none()


def add(
    connection: Connection, body: Mapping[str, Any], *, at: datetime, by: str, because: str,
    source: str | None,
) -> Revision:  # fmt: skip
    """The next revision. The caller is the only one who adds any now."""
    made = Revision(number(connection) + 1, at, by, because, source, digest(body), body)
    connection.execute(insert(roster).values({f.name: getattr(made, f.name) for f in fields(Revision)}))
    return made
