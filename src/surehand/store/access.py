"""Passwords, sessions and API keys. Only hashes are kept."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Text, bindparam, delete, func, insert, select, update

from surehand.store import readers
from surehand.store.columns import UtcTime
from surehand.store.readers import CHOSE_NOTHING, Preference
from surehand.store.tables import api_key, credential, reader, session, sign_in_failure


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser.

    csrf     what its forms must send along
    seen_at  when it last did something, to the minute
    before   when its person was last here before it began; None: not that it is known
    prefers  how its person wants to read
    """

    person: str
    csrf: str = field(repr=False)
    expires_at: datetime
    seen_at: datetime = field(compare=False)
    before: datetime | None = None
    prefers: Preference = CHOSE_NOTHING


def token_hash(token: str) -> str:
    """What is stored of a random token: enough to recognise it, useless to a thief."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def set_password(connection: Connection, person: str, password_hash: str, *, at: datetime) -> None:
    """Set a password and end every session of that person."""
    connection.execute(delete(credential).where(credential.c.person == person))
    connection.execute(insert(credential).values(person=person, password_hash=password_hash, changed_at=at))
    connection.execute(delete(session).where(session.c.person == person))


def password_hash(connection: Connection, person: str) -> str | None:
    """The argon2 hash of a person's password."""
    found = connection.execute(select(credential.c.password_hash).where(credential.c.person == person))
    return found.scalar_one_or_none()


def start_session(
    connection: Connection, person: str, *, now: datetime, lasting: timedelta
) -> tuple[str, Session]:
    """A new session under a new random token; returns the token, which is not stored."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires, before = now + lasting, readers.last_here(connection, person)
    connection.execute(delete(session).where(session.c.expires_at < now))
    connection.execute(
        insert(session).values(
            hash=token_hash(token), person=person, csrf=csrf, created_at=now, seen_at=now,
            expires_at=expires, before=before,
        )
    )  # fmt: skip
    readers.was_here(connection, person, at=now)
    prefers = readers.preferences(connection, [person]).get(person, CHOSE_NOTHING)
    return token, Session(person, csrf, expires, now, before, prefers)


def find_session(connection: Connection, token: str, *, now: datetime, idle: timedelta) -> Session | None:
    """The session of a token, unless it has expired, or was left alone for as long as `idle`."""
    given = {"hash": token_hash(token), "now": now, "left": now - idle}
    row = connection.execute(_SESSION, given).first()
    return Session(*row[:5], Preference(row.locale, row.zone)) if row else None


_SESSION = (
    select(
        session.c.person, session.c.csrf, session.c.expires_at, session.c.seen_at, session.c.before,
        reader.c.locale, reader.c.zone,
    )
    .outerjoin_from(session, reader, reader.c.person == session.c.person)
    .where(
        session.c.hash == bindparam("hash", type_=Text),
        session.c.expires_at > bindparam("now", type_=UtcTime),
        session.c.seen_at > bindparam("left", type_=UtcTime),
    )
)  # fmt: skip


def touch_session(connection: Connection, token: str, person: str, *, now: datetime) -> None:
    """Somebody is still there."""
    readers.was_here(connection, person, at=now)
    connection.execute(update(session).where(session.c.hash == token_hash(token)).values(seen_at=now))


def end_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(session).where(session.c.hash == token_hash(token)))


def end_sessions_of(connection: Connection, person: str) -> None:
    """Sign a person out everywhere."""
    connection.execute(delete(session).where(session.c.person == person))


def add_key(connection: Connection, person: str, label: str, *, at: datetime) -> str:
    """A new API key for a person; returns it, it is not stored."""
    key = f"sh_{secrets.token_urlsafe(32)}"
    connection.execute(
        insert(api_key).values(hash=token_hash(key), person=person, label=label, created_at=at)
    )
    return key


def revoke_keys(connection: Connection, person: str, *, at: datetime) -> int:
    """Revoke every key of a person; returns how many there were."""
    result = connection.execute(
        update(api_key)
        .where(api_key.c.person == person, api_key.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return result.rowcount


def revoke_key(connection: Connection, person: str, hashed: str, *, at: datetime) -> bool:
    """Revoke one key of a person; tells whether there was one that worked."""
    which = (api_key.c.person == person, api_key.c.hash == hashed, api_key.c.revoked_at.is_(None))
    return connection.execute(update(api_key).where(*which).values(revoked_at=at)).rowcount > 0


def key_person(connection: Connection, key: str) -> str | None:
    """Whose API key this is, unless it was revoked."""
    found = connection.execute(
        select(api_key.c.person).where(api_key.c.hash == token_hash(key), api_key.c.revoked_at.is_(None))
    )
    return found.scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it is kept."""

    hash: str
    person: str
    works: bool
    label: str = ""
    created_at: datetime | None = None


def keys(connection: Connection, *, person: str | None = None) -> list[Key]:
    """Every API key, or every one of a person; those that were revoked too."""
    columns = (api_key.c.hash, api_key.c.person, api_key.c.revoked_at, api_key.c.label, api_key.c.created_at)
    found = select(*columns).order_by(api_key.c.created_at, api_key.c.hash)
    if person is not None:
        found = found.where(api_key.c.person == person)
    rows = connection.execute(found)
    return [Key(row.hash, row.person, row.revoked_at is None, row.label, row.created_at) for row in rows]


def passwords(connection: Connection) -> list[tuple[str, str]]:
    """People with the hash of their password."""
    found = select(credential.c.person, credential.c.password_hash).order_by(credential.c.person)
    rows = connection.execute(found)
    return [(row.person, row.password_hash) for row in rows]


def failures_since(connection: Connection, label: str, *, since: datetime) -> int:
    """Failed sign-ins that count under a label."""
    found = connection.execute(
        select(func.count())
        .select_from(sign_in_failure)
        .where(sign_in_failure.c.person == label, sign_in_failure.c.at > since)
    )
    return found.scalar_one()


def note_failure(
    connection: Connection, labels: Collection[str], *, at: datetime, forget: datetime
) -> list[int]:
    """Remember a failed sign-in under labels, and forget those before `forget`. Returns what to take back."""
    connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at < forget))
    noted = insert(sign_in_failure).returning(sign_in_failure.c.id)
    return list(connection.execute(noted, [{"person": label, "at": at} for label in labels]).scalars())


def take_back(connection: Connection, noted: Sequence[int]) -> None:
    """It was no failure after all."""
    connection.execute(delete(sign_in_failure).where(sign_in_failure.c.id.in_(noted)))


def forget_failures(connection: Connection, *labels: str) -> None:
    """Start counting anew."""
    connection.execute(delete(sign_in_failure).where(sign_in_failure.c.person.in_(labels)))


def forget_failures_of(connection: Connection, person: str) -> None:
    """Start counting anew for a person, from wherever it was tried."""
    forget_failures(connection, person)
    from_somewhere = sign_in_failure.c.person.startswith(f"{person}@", autoescape=True)
    connection.execute(delete(sign_in_failure).where(from_somewhere))
