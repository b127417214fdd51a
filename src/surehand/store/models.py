"""Trained models by the hash of their content; one of each name is active."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from surehand.store.bulk import insert_rows
from surehand.store.database import alone
from surehand.store.tables import mark, model

#: After the name of a decision point: that of what its confidence is fitted to. No name in a map has a dot.
CONFIDENCE = ".confidence"

#: After the name of a model: that of a version that has to earn as much before it takes over.
RIVAL = ".rival"


@dataclass(frozen=True, slots=True)
class Version:
    """A trained model without its arrays.

    report  what it learned from, and how well it read what it had not seen
    """

    process: str
    name: str
    hash: str
    provider: str
    by: str
    at: datetime
    report: Mapping[str, Any]
    active: bool


_HEAD = select(*(column for column in model.c if column.name != "body"))
_ACTIVE = select(model.c.hash).where(
    model.c.process == bindparam("process"), model.c.name == bindparam("name"), model.c.active
)
_IN_USE = select(model.c.process, model.c.name, model.c.hash).where(model.c.active)
_REPORT = select(model.c.report).where(
    model.c.process == bindparam("process"), model.c.name == bindparam("name"), model.c.active
)
_BODY = select(model.c.body).where(
    model.c.process == bindparam("process"), model.c.name == bindparam("name"),
    model.c.hash == bindparam("hash"),
)  # fmt: skip


def active(connection: Connection, process: str, name: str) -> str | None:
    """The hash of the version in use; None when nothing was trained yet."""
    return connection.execute(_ACTIVE, {"process": process, "name": name}).scalar_one_or_none()


def hashes(connection: Connection, process: str) -> dict[str, str]:
    """Name -> hash of every model that decides or reads for a process now."""
    found = connection.execute(_IN_USE.where(model.c.process == process))
    return {row.name: row.hash for row in found if not row.name.endswith((CONFIDENCE, RIVAL))}


def learned_from(connection: Connection, process: str, name: str) -> int:
    """Verdicts that the version in use learned from, or that it was tried with last; 0 before any."""
    tried = connection.execute(select(mark.c.value).where(mark.c.name == _tried(process, name)))
    report = connection.execute(_REPORT, {"process": process, "name": name}).scalar_one_or_none()
    return max(int(tried.scalar_one_or_none() or 0), int((report or {}).get("cases", 0)))


def set_tried(connection: Connection, process: str, name: str, verdicts: int) -> None:
    """Note with how many verdicts a model has been tried to learn, whether it could or not."""
    row = {"name": _tried(process, name), "value": str(verdicts)}
    insert_rows(connection, mark, [row], conflict="ON CONFLICT (name) DO UPDATE SET value = excluded.value")


def _tried(process: str, name: str) -> str:
    return f"learned {process} {name}"


def body(connection: Connection, process: str, name: str, hash: str) -> bytes | None:
    """The arrays of a version."""
    found = connection.execute(_BODY, {"process": process, "name": name, "hash": hash}).scalar_one_or_none()
    return None if found is None else bytes(found)


def in_use(connection: Connection) -> Iterator[tuple[str, str, str, bool]]:
    """Process, name and hash of every active model, and whether its bytes have that hash."""
    for row in connection.execute(_IN_USE).all():
        held = body(connection, row.process, row.name, row.hash) or b""
        yield row.process, row.name, row.hash, hashlib.sha256(held).hexdigest() == row.hash


def versions(connection: Connection, process: str) -> list[Version]:
    """All versions of a process's models, oldest first."""
    rows = connection.execute(_HEAD.where(model.c.process == process).order_by(model.c.at, model.c.hash))
    return [Version(**row._mapping) for row in rows]


def version(connection: Connection, process: str, name: str, hash: str) -> Version:
    """A version that is kept. Raises NoResultFound."""
    same = model.c.process == process, model.c.name == name, model.c.hash == hash
    return Version(**connection.execute(_HEAD.where(*same)).one()._mapping)


def promote(connection: Connection, process: str, name: str, *, at: datetime) -> Version:
    """The rival of a model takes over; it is nobody's rival any more. Raises NoResultFound without one."""
    found = version(connection, process, name + RIVAL, str(active(connection, process, name + RIVAL)))
    held = body(connection, process, found.name, found.hash) or b""
    add(connection, replace(found, name=name, at=at), held)
    drop_rival(connection, process, name)
    return found


def drop_rival(connection: Connection, process: str, name: str) -> None:
    """The model has no rival any more."""
    connection.execute(
        update(model).where(model.c.process == process, model.c.name == name + RIVAL).values(active=False)
    )


def add(connection: Connection, version: Version, body: bytes) -> bool:
    """Keep a version and make it the active one. False when it is the active one already."""
    alone(connection)
    if active(connection, version.process, version.name) == version.hash:
        return False
    same = model.c.process == version.process, model.c.name == version.name
    connection.execute(update(model).where(*same).values(active=False))
    known = connection.execute(
        update(model).where(*same, model.c.hash == version.hash).values(active=True)
    ).rowcount
    if not known:
        connection.execute(
            insert(model).values(
                process=version.process, name=version.name, hash=version.hash, provider=version.provider,
                by=version.by, at=version.at, report=dict(version.report), active=True, body=body,
            )
        )  # fmt: skip
    return True
