"""Passwords, sessions and keys: what ends, what is recorded, and that hashing holds nobody up."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from surehand.core.audit import SYSTEM_CHAIN
from surehand.errors import Forbidden, InvalidInput, NotFound, TooManyAttempts, Unauthenticated
from surehand.flow import access
from surehand.store import access as stored
from surehand.store import audit
from tests.desk import PASSWORD, Desk, desk_of

RITA = "rita.reviewer"


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", database_url) as running:
        yield running


def recorded(desk: Desk) -> list[tuple[str, str]]:
    with desk.surehand.context.db.read() as connection:
        return [(link.kind, link.actor) for link in audit.chain(connection, SYSTEM_CHAIN)]


def test_everything_about_access_is_recorded(desk: Desk) -> None:
    context = desk.surehand.context
    before = len(recorded(desk))
    token, _ = access.sign_in(context, RITA, PASSWORD)
    with pytest.raises(Unauthenticated):
        access.sign_in(context, RITA, "wrong")
    access.sign_out(context, token)
    access.create_key(context, RITA, "a script", by="olga.owner")
    assert access.revoke_keys(context, RITA, by="olga.owner") == 1
    assert recorded(desk)[before:] == [
        ("signed_in", RITA), ("sign_in_failed", RITA), ("signed_out", RITA),
        ("key_created", "olga.owner"), ("keys_revoked", "olga.owner"),
    ]  # fmt: skip


def test_a_new_password_ends_sessions_and_opens_the_door_again(desk: Desk) -> None:
    context = desk.surehand.context
    token, session = access.sign_in(context, RITA, PASSWORD)
    assert access.session_of(context, token) == session
    for _ in range(access.ATTEMPTS):
        with pytest.raises(Unauthenticated):
            access.check_password(context, RITA, "wrong")
    with pytest.raises(TooManyAttempts):
        access.check_password(context, RITA, PASSWORD)
    access.set_password(context, RITA, "another long password")
    assert access.session_of(context, token) is None
    access.check_password(context, RITA, "another long password")


def test_sessions_end_by_themselves(desk: Desk) -> None:
    context = desk.surehand.context
    token, _ = access.sign_in(context, RITA, PASSWORD)
    for _ in range(11):
        desk.clock.move(timedelta(hours=1))
        assert access.session_of(context, token)
    desk.clock.move(timedelta(minutes=59, seconds=59))
    assert access.session_of(context, token)
    desk.clock.move(timedelta(seconds=1))
    assert access.session_of(context, token) is None


def test_a_session_that_is_left_alone_ends(desk: Desk) -> None:
    context = desk.surehand.context
    token, _ = access.sign_in(context, RITA, PASSWORD)
    # a page that asks by itself for news keeps nothing alive
    step = access.IDLE / 24
    for _ in range(23):
        desk.clock.move(step)
        assert access.session_of(context, token, watching=True)
    desk.clock.move(step)
    assert access.session_of(context, token) is None
    assert access.session_of(context, token, watching=True) is None


def test_passwords_that_are_refused(desk: Desk) -> None:
    for password in ("", "short", "x" * 1_025):
        with pytest.raises(InvalidInput):
            access.set_password(desk.surehand.context, RITA, password)
    with pytest.raises(NotFound):
        access.set_password(desk.surehand.context, "nobody.here", PASSWORD)
    access.set_password(desk.surehand.context, RITA, "pass\ud800word, odd \x00 but long")
    assert access.sign_in(desk.surehand.context, RITA, "pass\ud800word, odd \x00 but long")


def test_many_attempts_at_once_are_counted(desk: Desk) -> None:
    context = desk.surehand.context

    def attempt(number: int) -> type[Exception]:
        try:
            access.check_password(context, RITA, f"wrong {number}")
        except (Unauthenticated, TooManyAttempts) as error:
            return type(error)
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(attempt, range(24)))
    checked = found.count(Unauthenticated)
    # on PostgreSQL those that look at the same moment may each be let through
    assert access.ATTEMPTS <= checked <= access.ATTEMPTS + (0 if context.db.dialect == "sqlite" else 7)


def test_hashing_does_not_hold_the_writer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    context = desk.surehand.context
    hashing, written, hash_now = threading.Event(), threading.Event(), access._hashed

    def slow(password: str) -> str:
        hashing.set()
        assert written.wait(10), "nobody could write while a password was hashed"
        return hash_now(password)

    monkeypatch.setattr(access, "_hashed", slow)
    with ThreadPoolExecutor(1) as pool:
        setting = pool.submit(access.set_password, context, RITA, "another long password")
        assert hashing.wait(10)
        context.db.write(lambda connection: stored.forget_failures(connection, "nobody"))
        written.set()
        setting.result(10)
    access.check_password(context, RITA, "another long password")


def test_without_a_password_never_in_production_and_only_people_who_are_there(desk: Desk) -> None:
    context = desk.surehand.context
    assert access.sign_in_as(context, "bo.builder")
    with pytest.raises(Forbidden):
        access.sign_in_as(context, "no.body")
    context.development = False
    with pytest.raises(Forbidden):
        access.sign_in_as(context, "bo.builder")
