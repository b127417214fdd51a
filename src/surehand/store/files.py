"""Files that cases brought, by the digest of their bytes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from surehand.errors import Unreadable
from surehand.store.tables import file

#: What was sent and never submitted with a case is dropped after this.
UNUSED = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file without its bytes.

    digest  SHA-256, 64 hex digits
    kind    what its first bytes say: pdf, png, jpeg or another word
    size    bytes
    """

    digest: str
    kind: str
    size: int
    by: str
    at: datetime


_HEAD = select(file.c.digest, file.c.kind, file.c.size, file.c.by, file.c.at)


def find(connection: Connection, digest: str) -> Kept | None:
    """A file by its digest."""
    row = connection.execute(_HEAD.where(file.c.digest == digest)).first()
    return Kept(**row._mapping) if row else None


def keep(connection: Connection, body: bytes, kind: str, *, by: str, at: datetime) -> Kept:
    """Keep a file; one that is there already stays as it is, and stays longer."""
    connection.execute(delete(file).where(~file.c.used, file.c.at < at - UNUSED))
    kept = Kept(hashlib.sha256(body).hexdigest(), kind, len(body), by, at)
    found = find(connection, kept.digest)
    again = update(file).where(file.c.digest == kept.digest).values(at=at)
    # another sender may have dropped it in between, if it was old
    if found is not None and connection.execute(again).rowcount:
        return found
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {
        "digest": kept.digest,
        "kind": kind,
        "size": len(body),
        "by": by,
        "at": at,
        "used": False,
        "body": body,
    }
    # somebody may send the same file at the same moment
    connection.execute(insert(file).values(row).on_conflict_do_nothing())
    return kept


def use(connection: Connection, digests: Iterable[str]) -> frozenset[str]:
    """Mark files as belonging to cases; returns those that exist."""
    wanted = sorted(set(digests))
    if not wanted:
        return frozenset()
    connection.execute(update(file).where(file.c.digest.in_(wanted)).values(used=True))
    return frozenset(connection.execute(select(file.c.digest).where(file.c.digest.in_(wanted))).scalars())


_BODY = select(file.c.body).where(file.c.digest == bindparam("digest"))


def body(connection: Connection, digest: str) -> bytes | None:
    """The bytes of a file. Raises Unreadable when they are not those that were sent."""
    found = connection.execute(_BODY, {"digest": digest}).scalar_one_or_none()
    if found is None:
        return None
    if hashlib.sha256(found).hexdigest() != digest:
        raise Unreadable(
            "broken",
            "Its bytes in the database are not those that were sent: they were changed there. Nothing of it "
            "is used. Restore it from a backup, or ask for another copy.",
        )
    return bytes(found)


def fault(connection: Connection, digest: str) -> str | None:
    """What the audit finds wrong with a file that a case names; None when it is as it was sent."""
    try:
        found = body(connection, digest)
    except Unreadable:
        return "is not the one that was sent: its bytes were changed"
    return "was deleted" if found is None else None
