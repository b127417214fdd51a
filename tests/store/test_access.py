"""Passwords, sessions and keys: only hashes are kept, and what has ended opens nothing."""

from datetime import timedelta

from sqlalchemy import select

from surehand.store import access, tables
from surehand.store.database import Database
from tests.core.made import NOW

HOUR, IDLE = timedelta(hours=1), timedelta(days=1)


def test_a_session_is_known_by_its_token_until_it_ends(database: Database) -> None:
    token, made = database.write(lambda c: access.start_session(c, "ann", now=NOW, lasting=HOUR))
    with database.read() as connection:
        assert access.find_session(connection, token, now=NOW, idle=IDLE) == made
        assert (
            access.find_session(connection, token, now=NOW + HOUR - timedelta(seconds=1), idle=IDLE) == made
        )
        assert access.find_session(connection, token, now=NOW + HOUR, idle=IDLE) is None
        assert access.find_session(connection, "", now=NOW, idle=IDLE) is None
        assert access.find_session(connection, "\ud800", now=NOW, idle=IDLE) is None
        assert access.find_session(connection, access.token_hash(token), now=NOW, idle=IDLE) is None
        stored = connection.execute(select(tables.session)).one()._mapping
    assert token not in map(str, stored.values())
    assert made.csrf != token
    database.write(lambda c: access.end_session(c, token))
    with database.read() as connection:
        assert access.find_session(connection, token, now=NOW, idle=IDLE) is None


def test_sessions_differ_and_expired_ones_are_swept(database: Database) -> None:
    tokens = {
        database.write(lambda c: access.start_session(c, "ann", now=NOW, lasting=HOUR))[0] for _ in range(3)
    }
    assert len(tokens) == 3
    database.write(lambda c: access.start_session(c, "bo", now=NOW + 2 * HOUR, lasting=HOUR))
    with database.read() as connection:
        assert connection.execute(select(tables.session.c.person)).scalars().all() == ["bo"]


def test_a_new_password_ends_that_persons_sessions(database: Database) -> None:
    ann, _ = database.write(lambda c: access.start_session(c, "ann", now=NOW, lasting=HOUR))
    bo, _ = database.write(lambda c: access.start_session(c, "bo", now=NOW, lasting=HOUR))
    for hashed in ("one", "two"):
        database.write(lambda c, hashed=hashed: access.set_password(c, "ann", hashed, at=NOW))
    with database.read() as connection:
        assert access.password_hash(connection, "ann") == "two"
        assert access.password_hash(connection, "bo") is None
        assert access.find_session(connection, ann, now=NOW, idle=IDLE) is None
        assert access.find_session(connection, bo, now=NOW, idle=IDLE) is not None


def test_a_key_names_its_person_until_it_is_revoked(database: Database) -> None:
    key = database.write(lambda c: access.add_key(c, "robot", "loader", at=NOW))
    other = database.write(lambda c: access.add_key(c, "ann", "laptop", at=NOW))
    with database.read() as connection:
        assert access.key_person(connection, key) == "robot"
        assert access.key_person(connection, key + "x") is None
        assert access.key_person(connection, access.token_hash(key)) is None
        kept = [str(value) for row in connection.execute(select(tables.api_key)) for value in row]
    assert key not in kept
    assert database.write(lambda c: access.revoke_keys(c, "robot", at=NOW)) == 1
    assert database.write(lambda c: access.revoke_keys(c, "robot", at=NOW)) == 0
    with database.read() as connection:
        assert access.key_person(connection, key) is None
        assert access.key_person(connection, other) == "ann"


def test_failed_sign_ins_are_counted_for_a_while(database: Database) -> None:
    for minutes in (0, 5, 10):
        at = NOW + timedelta(minutes=minutes)
        database.write(
            lambda c, at=at: access.note_failure(c, ["ann"], at=at, forget=at - timedelta(minutes=7))
        )
    database.write(lambda c: access.note_failure(c, ["x" * 500], at=NOW, forget=NOW - HOUR))
    with database.read() as connection:
        assert access.failures_since(connection, "ann", since=NOW - HOUR) == 2
        assert access.failures_since(connection, "ann", since=NOW + timedelta(minutes=5)) == 1
        assert access.failures_since(connection, "bo", since=NOW - HOUR) == 0
    database.write(lambda c: access.forget_failures(c, "ann"))
    with database.read() as connection:
        assert access.failures_since(connection, "ann", since=NOW - HOUR) == 0
