"""Signing in: sessions that nobody can plant or keep, and guessing that is slow and nobody else's trouble."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from argon2 import Type

from surehand.flow import access
from surehand.store import access as stored
from surehand.web.identity import SESSION_COOKIE
from tests import passwords
from tests.client import Client
from tests.desk import PASSWORD, Desk, Visitor

RITA, SAM, STRANGER = "rita.reviewer", "sam.reviewer", "otto.other"


def at(desk: Desk, address: str) -> Visitor:
    """A browser somewhere."""
    return Visitor(Client(desk.app, raise_server_exceptions=False, client=(address, 50_000)))


def tried(visitor: Visitor, name: str, password: str) -> Any:
    visitor.http.cookies.delete(SESSION_COOKIE)
    visitor.get("/signin")
    return visitor.send("/signin", name=name, password=password)


@pytest.fixture(autouse=True)
def _later(desk: Desk) -> None:
    """What others tried has been forgotten."""
    desk.clock.move(access.WINDOW + timedelta(seconds=1))


# Sessions


def test_a_session_that_was_planted_is_not_taken(desk: Desk) -> None:
    """Fixation: whatever a browser brings along, signing in gives it a new session."""
    attacker = desk.person(STRANGER)
    planted = attacker.http.cookies[SESSION_COOKIE]
    victim = desk.visitor()
    for brought in (planted, "x" * 43, "made-up"):
        victim.http.cookies.set(SESSION_COOKIE, brought)
        victim.http.cookies.delete(SESSION_COOKIE) if brought == planted else None
        victim.get("/signin")
        victim.http.cookies.set(SESSION_COOKIE, brought)
        response = victim.send("/signin", name=RITA, password=PASSWORD)
        assert response.status_code == 303
        given = response.cookies[SESSION_COOKIE]
        assert given not in (planted, brought)
        victim.http.cookies.clear()
    # the session that was brought along has ended, so that nobody else holds it either
    assert access.session_of(desk.surehand.context, planted) is None


def test_after_signing_out_the_session_is_dead_on_the_server(desk: Desk) -> None:
    visitor = desk.person(RITA)
    token = visitor.http.cookies[SESSION_COOKIE]
    visitor.get("/inbox")
    response = visitor.send("/signout")
    assert response.status_code == 303
    assert f'{SESSION_COOKIE}=""' in response.headers["set-cookie"]
    stolen = desk.visitor()
    stolen.http.cookies.set(SESSION_COOKIE, token)
    assert stolen.http.get("/inbox", follow_redirects=False).headers["location"].startswith("/signin")
    assert stolen.http.get("/api/v1/inbox").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(desk: Desk) -> None:
    visitor = desk.visitor()
    visitor.get("/signin")
    cookie = visitor.send("/signin", name=RITA, password=PASSWORD).headers["set-cookie"]
    session = cookie.partition(SESSION_COOKIE)[2].partition(", ")[0].lower()
    assert "httponly" in session
    assert "samesite=lax" in session
    assert "domain=" not in session
    assert "secure" not in session
    settings = desk.app.state.settings
    desk.app.state.settings = settings.model_copy(update={"public_url": "https://desk.example"})
    try:
        visitor = Visitor(Client(desk.app, base_url="https://desk.example"))
        visitor.get("/signin")
        cookies = visitor.send("/signin", name=RITA, password=PASSWORD).headers.get_list("set-cookie")
    finally:
        desk.app.state.settings = settings
    assert any(c.startswith(SESSION_COOKIE) and "; Secure" in c for c in cookies)


def test_a_session_that_is_left_alone_ends_although_its_page_asks_for_news(desk: Desk) -> None:
    visitor = desk.person(RITA)
    steps = int(access.IDLE / timedelta(minutes=10))
    for _ in range(steps):
        assert visitor.http.get("/inbox/live?view=mine&queue=&since=0").status_code == 200
        desk.clock.move(timedelta(minutes=10))
    news = visitor.http.get("/inbox/live?view=mine&queue=&since=0", follow_redirects=False)
    assert news.status_code == 303
    assert visitor.http.get("/inbox", follow_redirects=False).status_code == 303


def test_a_session_that_is_used_lasts_the_day_and_no_longer(desk: Desk) -> None:
    visitor = desk.person(RITA)
    steps = int(access.LASTING / timedelta(hours=1))
    for _ in range(steps):
        assert visitor.http.get("/inbox", follow_redirects=False).status_code == 200
        desk.clock.move(timedelta(hours=1))
    assert visitor.http.get("/inbox", follow_redirects=False).status_code == 303


def test_only_hashes_are_kept(desk: Desk) -> None:
    visitor = desk.person(RITA)
    token = visitor.http.cookies[SESSION_COOKIE]
    key = access.create_key(desk.surehand.context, RITA, "one")
    with desk.surehand.context.db.read() as connection:
        tables = "select * from session", "select * from api_key", "select * from credential"
        rows = [str(row) for sql in tables for row in connection.exec_driver_sql(sql)]
        rows += [str(row) for row in connection.exec_driver_sql("select * from audit_event")]
    everything = "\n".join(rows)
    for secret in (token, key, PASSWORD):
        assert secret not in everything
    # RFC 9106, the choice where memory is short: three passes over 64 MiB
    hasher = passwords.usual()
    assert (hasher.type, hasher.time_cost, hasher.memory_cost) == (Type.ID, 3, 64 * 1024)


# Guessing


def test_guessing_one_name_from_one_place_is_stopped_there_and_nowhere_else(desk: Desk) -> None:
    attacker = at(desk, "203.0.113.7")
    answers = [tried(attacker, RITA, f"guess number {n}") for n in range(access.ATTEMPTS + 5)]
    assert [a.status_code for a in answers] == [401] * access.ATTEMPTS + [429] * 5
    assert int(answers[-1].headers["retry-after"]) > 0
    # even the right password does not help there now
    assert tried(attacker, RITA, PASSWORD).status_code == 429
    # the victim, and others at the attacker's place, sign in as ever
    assert tried(at(desk, "198.51.100.20"), RITA, PASSWORD).status_code == 303
    assert tried(attacker, SAM, PASSWORD).status_code == 303
    desk.clock.move(access.WINDOW + timedelta(seconds=1))
    assert tried(attacker, RITA, PASSWORD).status_code == 303


def test_trying_one_password_on_many_names_is_stopped_by_the_place(desk: Desk) -> None:
    attacker = at(desk, "203.0.113.8")
    answers = [tried(attacker, f"name.{n}", "Summer2026!") for n in range(access.ATTEMPTS_FROM)]
    assert {a.status_code for a in answers} == {401}
    assert tried(attacker, RITA, PASSWORD).status_code == 429
    assert tried(at(desk, "198.51.100.21"), RITA, PASSWORD).status_code == 303


def test_signing_in_rightly_gives_no_new_guesses(desk: Desk) -> None:
    """Somebody with an account of their own signs in between guesses."""
    attacker = at(desk, "203.0.113.9")
    statuses = []
    for n in range(access.ATTEMPTS + 3):
        statuses.append(tried(attacker, RITA, f"guess number {n}").status_code)
        assert tried(attacker, STRANGER, PASSWORD).status_code == 303
    assert statuses == [401] * access.ATTEMPTS + [429] * 3


def test_guessing_from_everywhere_is_stopped_too(desk: Desk) -> None:
    places = access.ATTEMPTS_ANYWHERE // access.ATTEMPTS
    for place in range(places):
        visitor = at(desk, f"203.0.113.{100 + place}")
        for n in range(access.ATTEMPTS):
            assert tried(visitor, SAM, f"guess number {n}").status_code == 401
    assert tried(at(desk, "198.51.100.22"), SAM, "guess").status_code == 429


def test_many_people_at_one_place_may_sign_in_all_day(desk: Desk) -> None:
    office = at(desk, "198.51.100.23")
    for _ in range(access.ATTEMPTS_FROM + 10):
        assert tried(office, RITA, PASSWORD).status_code == 303


# What an answer gives away


WHO = {
    "wrong password": (RITA, "a wrong password"),
    "unknown": ("no.body", "a wrong password"),
    "not active": ("gone.reviewer", "a wrong password"),
    "without a password": ("bo.builder", "a wrong password"),
    "e-mail of nobody": ("nobody@example.org", "a wrong password"),
    "empty": ("", ""),
}


def test_the_text_is_the_same_for_every_name(desk: Desk) -> None:
    texts = set()
    for place, (name, password) in enumerate(given for what, given in WHO.items() if what != "empty"):
        visitor = at(desk, f"192.0.2.{place}")
        for _ in range(access.ATTEMPTS):
            answer = tried(visitor, name, password)
            assert answer.status_code == 401
        texts.add(answer.text.replace(f'value="{name}"', 'value=""').replace(visitor.last["csrf"], ""))
        stopped = tried(visitor, name, password)
        assert stopped.status_code == 429
        texts.add(stopped.text.replace(f'value="{name}"', 'value=""').replace(visitor.last["csrf"], ""))
    assert len(texts) == 2


def test_the_work_is_the_same_for_every_name(desk: Desk) -> None:
    """Time follows from it: as many hashes, writes and looks whoever is tried."""
    context, hasher = desk.surehand.context, access._hasher()
    seen = {}
    for what, (name, password) in WHO.items():
        counts = {"verify": 0, "write": 0, "read": 0}
        originals = {"verify": type(hasher).verify, "write": context.db.write, "read": context.db.read}

        def counting(key: str, counts: dict[str, int] = counts, originals: Any = originals) -> Any:
            def call(*given: Any) -> Any:
                counts[key] += 1
                return originals[key](*given)

            return call

        with (
            patch.object(type(hasher), "verify", counting("verify")),
            patch.object(context.db, "write", counting("write")),
            patch.object(context.db, "read", counting("read")),
            pytest.raises(access.Unauthenticated),
        ):
            access.sign_in(context, name, password, address="192.0.2.99")
        seen[what] = tuple(counts.values())
    assert set(seen.values()) == {(1, 2, 1)}, seen


def test_what_was_typed_in_place_of_a_name_is_not_written_down(desk: Desk) -> None:
    """People type passwords into the wrong field."""
    tried(at(desk, "192.0.2.50"), "my actual Passw0rd", "x")
    with desk.surehand.context.db.read() as connection:
        rows = list(connection.exec_driver_sql("select * from audit_event where kind = 'sign_in_failed'"))
        rows += list(connection.exec_driver_sql("select * from sign_in_failure"))
    assert rows
    assert "Passw0rd" not in str(rows)


@pytest.mark.parametrize("password", ["", "short", "nine char", "x" * 1_025])
def test_passwords_that_are_too_short_or_endless_are_refused(desk: Desk, password: str) -> None:
    with pytest.raises(access.InvalidInput):
        access.set_password(desk.surehand.context, RITA, password)


def test_an_endless_password_costs_no_more_than_another(desk: Desk) -> None:
    assert tried(at(desk, "192.0.2.51"), RITA, "x" * 900_000).status_code == 401


# Where signing in leads


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/", "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example",
        "/\t/evil.example", "javascript:alert(1)", "data:text/html,x", " //evil.example",
        "/%0d%0aSet-Cookie:x=1",
        "http:evil.example", "/\r\nLocation: https://evil.example", "//evil.example/%2f..",
        "https:///evil.example",
        "evil.example", "/" + "a" * 600,
    ],
)  # fmt: skip
def test_signing_in_never_leads_off_the_site(desk: Desk, path: str) -> None:
    visitor = desk.visitor()
    visitor.http.get("/signin", params={"next": path})
    visitor.get("/signin")
    response = visitor.send("/signin", name=RITA, password=PASSWORD, next=path)
    assert response.status_code == 303
    location = response.headers["location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\r" not in location
    assert "evil.example" not in location
    assert "set-cookie" not in location.lower() or "%0d%0a" in location.lower()
    # who is signed in already goes on at once, and by the same rule
    onward = visitor.http.get("/signin", params={"next": path}, follow_redirects=False)
    assert onward.headers["location"] == location


def test_a_foreign_host_name_leads_nobody_there(desk: Desk) -> None:
    visitor = desk.person(RITA)
    for path in ("/inbox/", "/cases/", "/signin/", "/nothing", "/api/v1/cases/", "/static", "/"):
        response = visitor.http.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
        assert "evil.example" not in str(response.headers), path
        assert "evil.example" not in response.text, path


def test_only_the_hash_of_a_token_opens_nothing(desk: Desk) -> None:
    visitor = desk.person(RITA)
    hashed = stored.token_hash(visitor.http.cookies[SESSION_COOKIE])
    thief = desk.visitor()
    thief.http.cookies.set(SESSION_COOKIE, hashed)
    assert thief.http.get("/inbox", follow_redirects=False).status_code == 303
    assert thief.http.get("/api/v1/inbox", headers={"Authorization": f"Bearer {hashed}"}).status_code == 401
