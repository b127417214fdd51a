"""Unique secrets and personal data are planted; everything that comes out is searched for them."""

import io
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from surehand.app import assembled, create_app
from surehand.flow import access, consult
from surehand.store import tables
from surehand.testing import Clock
from surehand.web.identity import CSRF_HEADER, SESSION_COOKIE
from tests.client import Client
from tests.desk import Desk, desk_of
from tests.postgres import PostgresServer
from tests.served import listening

PASSWORD = "canary-sign-in-pass-phrase"
DATABASE = "canary-database-pass"
SERVER = "canary-server-secret-0123456789-abcdef"
CONNECTOR = "canary-ledger-credential-77"

RITA, OWNER, SHOP = "rita.reviewer", "olga.owner", "shop.service"

#: What is personal in a case. Nothing of it belongs into a log or into an answer that says what went wrong.
PERSONAL = {
    "name": "Canaria Testperson-Feldweg",
    "iban": "DE02120300000000202051",
    "email": "canaria.testperson@example.org",
}

_STEPS = '''

def _loud(what: str, shop: object) -> str:
    """What a careless connector says of its fault."""
    import os

    return (
        f"{what} of {shop} failed: 401 for {os.environ['LEDGER_API_KEY']}, {os.environ['SUREHAND_SECRET']}, "
        f"postgresql://desk:@DATABASE@@db.example/x, Authorization: Bearer {os.environ['LEDGER_API_KEY']}"
    )

_read_order = read_order

def read_order(document: Document) -> Reading[Order]:
    rows = [line.text for page in document.pages for line in page.lines]
    if any("bad reading" in row for row in rows):
        raise RuntimeError(_loud("reading", rows))
    return _read_order(document)

_accept = accept

def accept(total: Money | None, buyer: str | None) -> Recommendation[str]:
    if buyer and "bad model" in buyer:
        raise ValueError(_loud("asking", buyer))
    return _accept(total)

_book = book

def book(key: str, number: str | None, total: Money | None, buyer: str | None) -> str:
    if buyer and "bad ledger" in buyer:
        raise TimeoutError(_loud("booking", buyer))
    return _book(key, number, total)
'''


@dataclass
class Heard:
    """Everything that came out, by where."""

    desk: Desk
    secrets: dict[str, str]
    logs: io.StringIO
    #: bodies and headers: of what went well, of what went wrong, and of pages, which hold their own token
    answers: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def take(self, response: Any) -> Any:
        text = f"{response.request.method} {response.status_code} {response.headers}\n{response.text}"
        # the browser is given its session in a cookie, which is its place
        text = re.sub(rf"{SESSION_COOKIE}=[^;']+", "", text)
        html = "html" in response.headers.get("content-type", "")
        # a brief that comes back with its faults, and a verdict that came too late, are pages of the case
        of_the_case = html and response.status_code in (409, 422)
        wrong = response.status_code >= 400 and not of_the_case
        (self.faults if wrong else self.pages if html else self.answers).append(text)
        return response


@contextmanager
def canaries(folder: Path, url: str) -> Iterator[Heard]:
    """A deployment whose connectors are careless, with every log at its most talkative."""
    environment = {"SUREHAND_SECRET": SERVER, "LEDGER_API_KEY": CONNECTOR, "SUREHAND_DATABASE": url}
    logs = io.StringIO()
    handler = logging.StreamHandler(logs)
    root = logging.getLogger()
    before = root.level
    with patch.dict(os.environ, environment), desk_of(folder, url) as desk:
        steps = folder / "orders" / "steps.py"
        steps.write_text(steps.read_text() + _STEPS.replace("@DATABASE@", DATABASE))
        desk.surehand.close()
        surehand = assembled(folder)
        context = surehand.context
        clock = Clock(context.clock())
        context.clock = clock
        desk = Desk(surehand, create_app(surehand), clock)
        access.set_password(context, RITA, PASSWORD)
        access.set_password(context, OWNER, PASSWORD)
        key = access.create_key(context, SHOP, "canary")
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        # what people turn on when something is wrong with the database
        logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)
        # the test's own client
        for name in ("httpcore", "httpx"):
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            yield Heard(desk, {"password": PASSWORD, "database": DATABASE, "server": SERVER, "key": key,
                               "connector": CONNECTOR}, logs)  # fmt: skip
        finally:
            for name in ("sqlalchemy.engine", "httpcore", "httpx"):
                logging.getLogger(name).setLevel(logging.NOTSET)
            root.setLevel(before)
            root.removeHandler(handler)
            surehand.close()


@pytest.fixture
def heard(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Heard]:
    """On PostgreSQL, whose URL holds a password."""
    with postgres_server.database() as url:
        secret = url.replace("postgres@/", f"postgres:{DATABASE}@/")
        assert secret != url
        with canaries(tmp_path / "place", secret) as found:
            yield found


def document(**lines: str) -> dict[str, Any]:
    rows = [f"{name}: {value}" for name, value in {"number": "N-1", "total": "610.00 EUR", **lines}.items()]
    words = [{"text": row, "box": [0, 20 * n, 300, 20 * n + 12]} for n, row in enumerate(rows)]
    return {"document": {"pages": [{"lines": words}]}}


def told(about: str) -> str:
    return f"{about} {PERSONAL['name']} {PERSONAL['iban']} {PERSONAL['email']}"


def test_nothing_comes_out(heard: Heard, capfd: pytest.CaptureFixture[str]) -> None:
    desk = heard.desk
    with listening(desk.app) as url, patch_slow_hashing():
        http = _Browser(heard, url)
        _submissions(heard, http)
        cases = _journey(heard, http)
        _faults_of_ours(heard, http, cases)
        _database_down(heard, http)
    out, err = capfd.readouterr()
    logs = heard.logs.getvalue() + out + err
    assert len(logs) > 10_000
    assert "unexpected fault" in logs
    assert len(heard.faults) > 25
    assert len(heard.pages) > 10

    stored = _stored(desk)
    assert "[hidden]" in stored  # it was said, and masked
    session, csrf = heard.secrets.pop("session"), heard.secrets.pop("csrf")
    places = {"logs": logs, "faults": "\n".join(heard.faults), "answers": "\n".join(heard.answers)}
    everywhere = {**places, "pages": "\n".join(heard.pages), "stored": stored}
    for where, text in everywhere.items():
        for what, secret in {**heard.secrets, "session": session}.items():
            assert secret not in text, f"{what} in {where}: {_around(text, secret)}"
    # a page holds the token of its own forms, pages of errors too, and the database knows it
    for where, text in {"logs": logs, "answers": places["answers"], "problems": _problems(heard)}.items():
        assert csrf not in text, f"the token of forms in {where}"
    for where in ("logs", "faults"):
        for what, personal in PERSONAL.items():
            assert personal not in places[where], f"{what} in {where}: {_around(places[where], personal)}"


def _around(text: str, part: str) -> str:
    at = text.index(part)
    return text[max(0, at - 300) : at + 100]


def _problems(heard: Heard) -> str:
    return "\n".join(text for text in heard.faults if "application/problem+json" in text)


@contextmanager
def patch_slow_hashing() -> Iterator[None]:
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with patch.object(access, "_hasher", lambda: quick):
        yield


class _Browser:
    """A person's browser and a program, over a real socket."""

    def __init__(self, heard: Heard, url: str) -> None:
        import httpx

        self.heard = heard
        self.client = httpx.Client(base_url=url, timeout=30)
        self.key = {"Authorization": f"Bearer {heard.secrets['key']}"}
        page = self.get("/signin").text
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)
        assert csrf
        for password in ("wrong", PASSWORD):
            form = {"csrf": csrf[1], "name": RITA, "password": password, "next": "/"}
            self.post("/signin", form)
        token = self.client.cookies[SESSION_COOKIE]
        found = access.session_of(heard.desk.surehand.context, token)
        assert found is not None
        self.csrf = found.csrf
        heard.secrets |= {"session": token, "csrf": found.csrf}

    def get(self, path: str, **given: Any) -> Any:
        return self.heard.take(self.client.get(path, **given))

    def post(self, path: str, form: dict[str, str]) -> Any:
        return self.heard.take(self.client.post(path, data=form))

    def send(self, path: str, body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json", **self.key, **headers}
        return self.heard.take(self.client.post(f"/api/v1{path}", content=raw, headers=given))


def _submissions(heard: Heard, http: _Browser) -> None:
    """Input that cannot be taken, each with something personal in it."""
    about = told("x")
    for body in (
        {"process": "refunds", "input": {"customer": about, "amount": about}},
        {"process": "refunds", "input": {"customer": about, "count": about, "share": about, "vip": about}},
        {"process": "refunds", "input": {"bought": about, "at": about, "tags": [1, about], "colour": about}},
        {"process": "refunds", "input": {"customer": "x" * 30_000 + about}},
        {"process": "refunds", "input": {"customer": about + "\x00"}},
        {"process": "refunds", "input": about},
        {"process": "refunds", "input": {"document": {"pages": [{"lines": [{"text": about, "box": [1]}]}]}}},
        {"process": "refunds", "input": {"customer": about}, "recommendation": {"value": about}},
        {"process": "orders", "input": {"document": {"file": about}}},
        [about], about,
    ):  # fmt: skip
        http.send("/cases", body)
        http.send("/cases/batch", {"submissions": [body]})
    broken = f'{{"process": "refunds", "input": {{"customer": "{about}'
    for raw in (broken, about, f'{{"x": NaN, "y": "{about}"}}', f'{{"{about}"'):
        http.send("/cases", raw.encode())
        http.send("/cases", raw.encode(), Authorization="Bearer sh_" + "0" * 43)
    key = {"Idempotency-Key": "one"}
    http.send("/cases", {"process": "refunds", "input": {"customer": about}}, **key)
    http.send("/cases", {"process": "refunds", "input": {"customer": about + "!"}}, **key)


def _journey(heard: Heard, http: _Browser) -> list[str]:
    """Cases whose steps fail with everything in the message, and people who look at them and decide."""
    ids = []
    for what in ("fine", "bad reading", "bad model", "bad ledger"):
        taken = http.send("/cases", {"process": "orders", "input": document(buyer=told(what)), "wait": True})
        assert taken.status_code == 201, taken.text
        ids.append(taken.json()["id"])
        heard.desk.run()
    for _ in range(4):
        heard.desk.wait(hours=1)
        http.get("/inbox")
    for case_id in ids:
        for path in ("", "/brief", "/file", "/pages/1.png"):
            http.get(f"/cases/{case_id}{path}")
        for path in ("", "/events", "/file"):
            http.get(f"/api/v1/cases/{case_id}{path}", headers=http.key)
        verdict = {"csrf": http.csrf, "verdict": "approve", "note": told("note"), "reason": "price-list"}
        http.post(f"/cases/{case_id}/verdict", {**verdict, "digest": "old"})
        for kind in ("approve", "edit", "nonsense"):
            reason = "price-list" if kind == "approve" else told("reason")
            body = {"verdict": kind, "note": told("note"), "reason": reason}
            http.send(f"/cases/{case_id}/verdict", body)
            path, headers = f"/api/v1/cases/{case_id}/verdict", {CSRF_HEADER: http.csrf}
            heard.take(http.client.post(path, json=body, headers=headers))
        heard.desk.run()
    for _ in range(4):
        heard.desk.wait(hours=1.5)
        http.get("/inbox")
    for path in ("/", "/inbox?view=all", "/cases", "/processes", f"/cases?q={PERSONAL['iban']}", "/nothing"):
        http.get(path)
    return ids


def _faults_of_ours(heard: Heard, http: _Browser, cases: list[str]) -> None:
    """500s whose messages hold all of it."""
    loud = " ".join([*heard.secrets.values(), told("fault")])

    def broken(*_: Any, **__: Any) -> Any:
        try:
            raise KeyError(loud)
        except KeyError as cause:
            raise RuntimeError(loud) from cause

    from surehand.flow import inbox as listing
    from surehand.web import pages_case

    with patch.object(consult, "consult", broken), patch.object(listing, "pile", broken):
        for path in (f"/api/v1/cases/{cases[0]}", "/inbox"):
            assert http.get(path, headers=http.key).status_code in (401, 500, 303)
        assert heard.take(http.client.get("/inbox")).status_code == 500
    with patch.object(pages_case, "explain", broken):
        assert http.get(f"/cases/{cases[0]}").status_code == 500
    # a statement that fails names what it was to write, unless it is told not to
    database = heard.desk.surehand.context.db

    def failing(connection: Any) -> None:
        row = {"hash": loud, "person": told("person"), "csrf": None, "created_at": None}
        connection.execute(tables.session.insert().values(row))

    def writes(*_: Any, **__: Any) -> Any:
        return database.write(failing)

    with patch.object(pages_case, "claim", writes):
        assert http.post(f"/cases/{cases[0]}/claim", {"csrf": http.csrf}).status_code == 500
    with patch("surehand.flow.running.work.claim", broken):
        heard.desk.surehand.dispatcher._faults.safely(heard.desk.run)


def _database_down(heard: Heard, http: _Browser) -> None:
    engine = heard.desk.surehand.context.db._engine
    engine.dispose()
    real = engine.dialect.connect

    def refused(*given: Any, **named: Any) -> Any:
        return real(*given, **{**named, "host": "/nowhere", "password": DATABASE})

    with patch.object(engine.dialect, "connect", refused):
        http.send("/cases", {"process": "refunds", "input": {"customer": told("down")}})
        for path in ("/inbox", "/cases", "/", "/signin", "/api/v1/health"):
            assert http.get(path).status_code in (200, 303, 500, 503)


def _stored(desk: Desk) -> str:
    """Every row, but not the tokens of sessions' forms."""
    with desk.surehand.context.db.read() as connection:
        rows = [
            str(dict(row._mapping))
            for table in tables.metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    return "\n".join(rows)


@pytest.mark.parametrize("count", [2, pytest.param(8, marks=pytest.mark.long)])
def test_the_program_itself_says_nothing_secret_when_it_cannot_start(tmp_path: Path, count: int) -> None:
    """Settings that are wrong, and a database that is not there, on the command line."""
    import subprocess

    place = tmp_path / "place"
    from tests.served import write_place

    write_place(place, database="sqlite:///x.db")
    urls = (
        f"postgresql://desk:{DATABASE}@127.0.0.1:1/x", f"nonsense {DATABASE}",
        f"mysql://desk:{DATABASE}@127.0.0.1/x", f"postgresql://desk:{DATABASE}@[bad/x",
    )  # fmt: skip
    more: tuple[dict[str, str], ...] = ({}, {"SUREHAND_PORT": "no"})
    for url, extra in [(url, extra) for extra in more for url in urls][:count]:
        environment = {**os.environ, "SUREHAND_SECRET": SERVER, "SUREHAND_DATABASE": url, **extra}
        done = subprocess.run(
            [sys.executable, "-m", "surehand.cli", "up", str(place)],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert DATABASE not in done.stdout + done.stderr, url
        assert SERVER not in done.stdout + done.stderr


def test_nothing_secret_is_part_of_what_an_object_says_of_itself(tmp_path: Path) -> None:
    with (
        patch.dict(os.environ, {"SUREHAND_SECRET": SERVER}),
        desk_of(tmp_path / "p", f"sqlite:///{tmp_path}/x.db") as desk,
    ):
        _, session = access.sign_in_as(desk.surehand.context, RITA)
        said = repr(desk.surehand) + repr(session) + repr(desk.surehand.context.mask)
        assert SERVER not in said
        assert session.csrf not in said
        settings = desk.surehand.settings.model_copy(update={"database": f"postgresql://u:{DATABASE}@h/x"})
        assert DATABASE not in repr(settings)


def test_keys_in_addresses_are_no_keys(tmp_path: Path) -> None:
    """An address ends in logs and histories; a key in one opens nothing."""
    with desk_of(tmp_path / "p", f"sqlite:///{tmp_path}/x.db") as desk:
        key = access.create_key(desk.surehand.context, RITA, "one")
        http = Client(desk.app)
        for name in ("key", "api_key", "token", "access_token", "authorization", SESSION_COOKIE):
            assert http.get("/api/v1/inbox", params={name: key}).status_code == 401
        assert http.get(f"/api/v1/inbox#{key}").status_code == 401
