"""Passwords, sessions and API keys. Only hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from surehand.store.tables import api_key, credential, session, sign_in_failure


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `csrf` is what its forms must send along."""

    person: str
    csrf: str
    expires_at: datetime


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
    expires = now + lasting
    connection.execute(delete(session).where(session.c.expires_at < now))
    connection.execute(
        insert(session).values(
            hash=token_hash(token), person=person, csrf=csrf, created_at=now, seen_at=now, expires_at=expires
        )
    )
    return token, Session(person, csrf, expires)


def find_session(connection: Connection, token: str, *, now: datetime) -> Session | None:
    """The session of a token, unless it has expired."""
    row = connection.execute(
        select(session.c.person, session.c.csrf, session.c.expires_at).where(
            session.c.hash == token_hash(token), session.c.expires_at > now
        )
    ).first()
    return Session(*row) if row else None


def end_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(session).where(session.c.hash == token_hash(token)))


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


def keys(connection: Connection) -> list[Key]:
    """Every API key, those that were revoked too."""
    rows = connection.execute(
        select(api_key.c.hash, api_key.c.person, api_key.c.revoked_at).order_by(
            api_key.c.created_at, api_key.c.hash
        )
    )
    return [Key(row.hash, row.person, row.revoked_at is None) for row in rows]


def passwords(connection: Connection) -> list[tuple[str, str]]:
    """People with the hash of their password."""
    found = select(credential.c.person, credential.c.password_hash).order_by(credential.c.person)
    rows = connection.execute(found)
    return [(row.person, row.password_hash) for row in rows]


def failures_since(connection: Connection, person: str, *, since: datetime) -> int:
    """Failed sign-ins of a name."""
    found = connection.execute(
        select(func.count())
        .select_from(sign_in_failure)
        .where(sign_in_failure.c.person == person, sign_in_failure.c.at > since)
    )
    return found.scalar_one()


def note_failure(connection: Connection, person: str, *, at: datetime, forget: datetime) -> None:
    """Remember a failed sign-in; forget those before `forget`."""
    connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at < forget))
    connection.execute(insert(sign_in_failure).values(person=person[:64], at=at))


def forget_failures(connection: Connection, person: str) -> None:
    """A successful sign-in clears the count."""
    connection.execute(delete(sign_in_failure).where(sign_in_failure.c.person == person))
