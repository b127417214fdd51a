"""Signing in and out, passwords and API keys. Hashing never runs inside a transaction."""

import threading
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection

from surehand.core.people import People
from surehand.core.roles import Role
from surehand.errors import Fault, Forbidden, InvalidInput, NotFound, TooManyAttempts, Unauthenticated
from surehand.flow.context import Context
from surehand.store import access, audit
from surehand.store.access import Session, token_hash

#: A session ends after this, whatever happens, and sooner if nobody does anything with it.
LASTING = timedelta(hours=12)
IDLE = timedelta(hours=4)

#: That somebody is still there is written down once in so long, not at each click.
_NOTED_EVERY = timedelta(minutes=1)

#: Failed attempts within a window: with one name from one address, with any names from one address, and with
#: one name from anywhere. The first is small; the last is large, so that nobody is locked out from elsewhere.
WINDOW = timedelta(minutes=15)
ATTEMPTS, ATTEMPTS_FROM, ATTEMPTS_ANYWHERE = 10, 50, 200

#: Who failed, in the audit trail, where the name is nobody's: what was typed may have been a password.
UNKNOWN = "?"

_SHORTEST, _LONGEST = 10, 1_024

#: Each hash takes 64 MiB: so many at a time, the others wait.
_HASHING = threading.BoundedSemaphore(4)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password has, so that unknown names cost the same time."""
    return _hasher().hash(b"nobody")


def _hashed(password: str) -> str:
    with _HASHING:
        return _hasher().hash(password.encode("utf-8", "surrogatepass"))


def _fits(password: str, hashed: str | None) -> bool:
    nobody = _nobody()  # also where it is not needed: the first unknown name would take longer
    with _HASHING:
        try:
            _hasher().verify(hashed or nobody, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None


def sign_in(
    context: Context, name: str, password: str, *, former: str | None = None, address: str = ""
) -> tuple[str, Session]:
    """A new session for a name (or e-mail address) and a password. Returns its token, which is not stored.

    An attempt is counted before it is checked, so that many at once are counted too.

    former   the token that the browser had; its session ends
    address  where it comes from; '' when that tells nothing, as behind a proxy of our own
    raises   Unauthenticated, never saying which of the two was wrong; TooManyAttempts
    """
    person, hashed = _checked(context, _person(context, name), name, password, address=address)
    renewed = _hashed(password) if _hasher().check_needs_rehash(hashed) else None
    return _started(context, person, former=former, renewed=renewed)


def sign_in_as(context: Context, name: str, *, former: str | None = None) -> tuple[str, Session]:
    """A session without a password, for the made-up people of the demo. Raises Forbidden.

    The caller has checked that this is the demo; a production deployment refuses in any case.
    """
    if not context.development or not context.people.active(name):
        raise Forbidden("Nobody signs in here without a password.")
    return _started(context, name, former=former)


def session_of(context: Context, token: str, *, watching: bool = False) -> Session | None:
    """The session of a token; None when it ended, or its person is not active any more.

    watching  a page asks by itself whether there is news: that keeps no session alive
    """
    now = context.clock()
    with context.db.look() as connection:
        found = access.find_session(connection, token, now=now, idle=IDLE)
    if found is None or not context.people.active(found.person):
        return None
    if not watching and now - found.seen_at >= _NOTED_EVERY:
        context.db.write(lambda connection: access.touch_session(connection, token, found.person, now=now))
    return found


def sign_out(context: Context, token: str) -> None:
    """End the session of a token."""
    now = context.clock()

    def transaction(connection: Connection) -> None:
        session = access.find_session(connection, token, now=now, idle=IDLE)
        access.end_session(connection, token)
        if session is not None:
            audit.record(connection, "signed_out", session.person, now, {})

    context.db.write(transaction)


def check_password(context: Context, person: str, password: str) -> None:
    """Raises Unauthenticated when this is not the person's password, TooManyAttempts after too many."""
    _checked(context, _person(context, person), person, password)


def set_password(context: Context, person: str, password: str, *, by: str | None = None) -> None:
    """Give a person a password; their sessions end. Raises NotFound or InvalidInput.

    by  who does it; the person, if left out
    """
    _known(context, person)
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise InvalidInput([Fault("password", f"must have {_SHORTEST} to {_LONGEST} characters")])
    hashed, now = _hashed(password), context.clock()

    def transaction(connection: Connection) -> None:
        access.set_password(connection, person, hashed, at=now)
        access.forget_failures_of(connection, person)
        audit.record(connection, "password_set", by or person, now, _password(person, hashed))

    context.db.write(transaction)


def create_key(context: Context, person: str, label: str, *, by: str | None = None) -> str:
    """A new API key that acts as a person. Returns it; only its hash is kept. Raises NotFound."""
    _known(context, person)
    now = context.clock()

    def transaction(connection: Connection) -> str:
        key = access.add_key(connection, person, label[:200], at=now)
        body = {"person": person, "label": label[:200], "key": token_hash(key)}
        audit.record(connection, "key_created", by or person, now, body)
        return key

    return context.db.write(transaction)


def revoke_keys(context: Context, person: str, *, by: str) -> int:
    """Revoke every API key of a person. Returns how many there were."""
    now = context.clock()

    def transaction(connection: Connection) -> int:
        count = access.revoke_keys(connection, person, at=now)
        audit.record(connection, "keys_revoked", by, now, {"person": person, "count": count})
        return count

    return context.db.write(transaction)


def revoke_key(context: Context, person: str, key: str, *, by: str) -> None:
    """Revoke one API key of a person, by its hash. Raises NotFound."""
    now = context.clock()

    def transaction(connection: Connection) -> None:
        if not access.revoke_key(connection, person, key, at=now):
            raise NotFound(f"{person} has no such key, or it was revoked before")
        audit.record(connection, "keys_revoked", by, now, {"person": person, "count": 1, "key": key})

    context.db.write(transaction)


def may_make_key(people: People, by: str, person: str) -> str:
    """Why somebody may not make an API key that acts as a person; '' when they may.

    A key acts as its person: people make their own, and administrators those of services.
    """
    who, whose = people.people.get(by), people.people.get(person)
    if who is None or not who.active or whose is None or not whose.active:
        return f"{person} is not an active person here"
    if by == person or (who.has(Role.ADMINISTRATOR) and whose.has(Role.SERVICE)):
        return ""
    return f"{by} cannot make a key that acts as {person}: {person} does"


def may_revoke_key(people: People, by: str, person: str) -> str:
    """Why somebody may not revoke the API keys of a person; '' when they may."""
    who = people.people.get(by)
    if who is not None and who.active and (by == person or who.has(Role.ADMINISTRATOR)):
        return ""
    return f"{by} cannot revoke the keys of {person}: {person} or an administrator does"


def _password(person: str, hashed: str) -> dict[str, str]:
    """What an event says of a password: enough to tell another one put in its place."""
    return {"person": person, "digest": token_hash(hashed)}


def _known(context: Context, person: str) -> None:
    if person not in context.people.people:
        raise NotFound(f"There is no {person} in people.yaml")


def _person(context: Context, name: str) -> str | None:
    """The active person of a name or an e-mail address."""
    wanted = name.strip().casefold()
    for known, person in context.people.people.items():
        if wanted and wanted in (known, (person.email or "").casefold()):
            return known if person.active else None
    return None


def _checked(
    context: Context, person: str | None, name: str, password: str, *, address: str = ""
) -> tuple[str, str]:
    """The person and the hash that the password fits; an attempt is counted before it is checked.

    Each way through here hashes once and writes twice, so that its time tells nothing about the name.
    """
    who = person or f"?{token_hash(name)[:40]}"
    noted = _count_attempt(context, who, address)
    with context.db.read() as connection:
        hashed = access.password_hash(connection, who)
    fits = _fits(password[: _LONGEST + 1], hashed) and person is not None
    now = context.clock()

    def transaction(connection: Connection) -> None:
        if fits:
            access.take_back(connection, noted)
            access.forget_failures(connection, _pair(who, address))
        else:
            audit.record(connection, "sign_in_failed", person or UNKNOWN, now, {})

    context.db.write(transaction)
    if not fits or person is None or hashed is None:
        raise Unauthenticated("Name and password do not match.")
    return person, hashed


def _pair(who: str, address: str) -> str:
    return f"{who}@{token_hash(address)[:16]}"


def _count_attempt(context: Context, who: str, address: str) -> list[int]:
    """Count it in advance, under each label. Raises TooManyAttempts."""
    now = context.clock()
    limits = {_pair(who, address): ATTEMPTS, who: ATTEMPTS_ANYWHERE}
    if address:
        limits[f"@{token_hash(address)[:40]}"] = ATTEMPTS_FROM

    def transaction(connection: Connection) -> list[int] | None:
        for label, most in limits.items():
            if access.failures_since(connection, label, since=now - WINDOW) >= most:
                return None
        return access.note_failure(connection, limits, at=now, forget=now - WINDOW)

    noted = context.db.write(transaction)
    if noted is None:
        minutes = int(WINDOW.total_seconds() // 60)
        raise TooManyAttempts(f"Too many failed attempts. Wait {minutes} minutes.")
    return noted


def _started(
    context: Context, person: str, *, former: str | None, renewed: str | None = None
) -> tuple[str, Session]:
    now = context.clock()

    def transaction(connection: Connection) -> tuple[str, Session]:
        if renewed is not None:
            access.set_password(connection, person, renewed, at=now)
            audit.record(connection, "password_renewed", person, now, _password(person, renewed))
        if former is not None:
            access.end_session(connection, former)
        audit.record(connection, "signed_in", person, now, {})
        return access.start_session(connection, person, now=now, lasting=LASTING)

    return context.db.write(transaction)
