"""Answers that were given under an idempotency key, so that a repeated request gets the same one."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from surehand.errors import Conflict, KeyReused
from surehand.store.tables import idempotency

#: A repeat that comes later than this is a new request.
KEPT = timedelta(days=7)


class Taken(Conflict):
    """The same key is being used by a request that has just won; its answer can be read now."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One key of one person on one route, with the digest of the body that came with it."""

    person: str
    route: str
    key: str
    digest: str

    @property
    def hash(self) -> str:
        """What is stored of the key. Lengths first, so that no two slots run into the same bytes."""
        parts = "".join(f"{len(part)}:{part}" for part in (self.person, self.route, self.key))
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given."""

    status: int
    response: Any


def find(connection: Connection, slot: Slot, *, now: datetime) -> Kept | None:
    """The answer given before. Raises KeyReused when the body was another one."""
    row = connection.execute(
        select(idempotency.c.digest, idempotency.c.status, idempotency.c.response).where(
            idempotency.c.hash == slot.hash, idempotency.c.at >= now - KEPT
        )
    ).first()
    if row is None:
        return None
    if row.digest != slot.digest:
        raise KeyReused(
            "This Idempotency-Key came with another body before; send a new key for a new request"
        )
    return Kept(row.status, row.response)


def keep(connection: Connection, slot: Slot, kept: Kept, *, now: datetime) -> None:
    """Remember an answer in the transaction that it reports. Raises Taken when the key is in use."""
    connection.execute(delete(idempotency).where(idempotency.c.at < now - KEPT))
    try:
        connection.execute(
            insert(idempotency).values(
                hash=slot.hash, person=slot.person, route=slot.route, digest=slot.digest,
                status=kept.status, response=kept.response, at=now,
            )
        )  # fmt: skip
    except IntegrityError as error:
        raise Taken from error
