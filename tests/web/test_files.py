"""Files through the API and the desk: who may, headers, names and limits."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from surehand.app import create_app
from surehand.core.documents import Document
from surehand.errors import Unreadable
from surehand.flow import access, filing
from surehand.web import requests
from surehand.web.identity import CSRF_HEADER, SESSION_COOKIE
from tests.client import Client
from tests.papers import Office, Told, lines, opened_office, pdf

ROWS = ("Specimen Paper Ltd", "No. SP-1", "Total 120.50 EUR")


@dataclass
class Place:
    """An office that is served: programs call it with a key, browsers with a session."""

    office: Office
    client: Client
    keys: dict[str, str]

    def call(self, who: str, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.keys[who]}", **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def sent(self, body: bytes, name: str = "paper.pdf", **more: Any) -> str:
        """The number of a case that brings a file."""
        kept = self.call("robot", "POST", "/files", content=body)
        assert kept.status_code == 201, kept.text
        document = {"file": kept.json()["file"], "name": name}
        case = {"process": "papers", "input": {"document": document}, "wait": True, **more}
        found = self.call("robot", "POST", "/cases", json=case)
        assert found.status_code == 201, found.text
        return str(found.json()["id"])

    def browser(self, who: str) -> str:
        """Signs somebody in; returns the token of the session's forms."""
        token, session = access.sign_in_as(self.office.context, who)
        self.client.cookies.set(SESSION_COOKIE, token)
        return session.csrf


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with opened_office(tmp_path / "office", f"sqlite:///{tmp_path / 'surehand.db'}") as office:
        people = ("robot", "ann", "boss", "stranger", "dev")
        keys = {who: access.create_key(office.context, who, "test") for who in people}
        client = Client(
            create_app(office.bench.surehand), base_url="http://localhost", follow_redirects=False,
            raise_server_exceptions=False,
        )  # fmt: skip
        yield Place(office, client, keys)


# Who may


def test_a_file_and_its_pages_are_for_those_who_may_see_the_case(place: Place) -> None:
    body = pdf(*ROWS)
    case = place.sent(body)
    assert place.call("robot", "GET", f"/cases/{case}/file").content == body
    assert place.call("stranger", "GET", f"/cases/{case}/file").status_code == 404
    paths = (f"/cases/{case}/pages/1.png", f"/cases/{case}/file")
    assert [place.client.get(path).status_code for path in paths] == [303, 303]
    place.browser("boss")
    shown = [place.client.get(path) for path in paths]
    assert [answer.status_code for answer in shown] == [200, 200]
    tag = shown[0].headers["etag"]
    assert place.client.get(paths[0], headers={"If-None-Match": tag}).status_code == 304
    # neither the server's cache nor a tag opens it for somebody else
    place.browser("stranger")
    assert [place.client.get(path).status_code for path in paths] == [404, 404]
    assert place.client.get(paths[0], headers={"If-None-Match": tag}).status_code == 404
    assert shown[0].headers["vary"] == "Cookie"
    assert shown[0].headers["cache-control"] == "private, max-age=600"


@pytest.mark.parametrize(
    "number", ["0", "-1", "2", "301", "9999", "1.0", "1e0", "\uff11", "1%00", "1%2f..", "x"]
)
def test_a_page_that_is_none_is_not_found(place: Place, number: str) -> None:
    case = place.sent(pdf(*ROWS))
    place.browser("boss")
    assert place.client.get(f"/cases/{case}/pages/{number}.png").status_code == 404


def test_a_session_sends_files_and_trains_only_with_its_token(place: Place) -> None:
    csrf = place.browser("dev")
    for path, more in (
        ("/api/v1/files", {"content": b"x", "headers": {"Content-Type": "text/plain"}}),
        ("/api/v1/processes/papers/train", {"json": {}}),
    ):
        assert place.client.post(path, **more).status_code == 403
        assert (
            place.client.post(path, **more | {"headers": {CSRF_HEADER: "x" * len(csrf)}}).status_code == 403
        )
    kept = place.client.post("/api/v1/files", content=b"x", headers={CSRF_HEADER: csrf})
    assert kept.status_code == 201


def test_training_is_for_those_who_answer_for_the_process(place: Place) -> None:
    statuses = {
        who: place.call(who, "POST", "/processes/papers/train", json={}).status_code
        for who in ("robot", "ann", "stranger", "dev")
    }
    # its map has no model, which only those who may train learn
    assert statuses == {"robot": 403, "ann": 403, "stranger": 403, "dev": 404}


# Headers and names


def test_a_browser_saves_a_file_and_runs_nothing_of_it(place: Place) -> None:
    body = b"<html><script>alert(1)</script>"
    case = place.sent(body, "page.html")
    place.browser("boss")
    for answer in (place.client.get(f"/cases/{case}/file"), place.call("boss", "GET", f"/cases/{case}/file")):
        assert answer.content == body
        headers = answer.headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"].startswith("attachment;")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("sandbox;")
        assert headers["cache-control"] == "private, no-store"
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\bill.pdf", "bill.pdf"),
        ("invoice\u202efdp.exe", "invoice\ufffdfdp.exe"),
        ('a"; filename="b\r\nX-Evil: 1.pdf', 'a"; filename="b\ufffd\ufffdX-Evil: 1.pdf'),
        ("\x1b]0;owned\x07.pdf", "\ufffd]0;owned\ufffd.pdf"),
        ("<script>alert(1)<b>.pdf", "<script>alert(1)<b>.pdf"),
        ("Rechnung Größe 发票.pdf", "Rechnung Größe 发票.pdf"),
        ("\u0645\u06cc\u200c\u062e.pdf", "\u0645\u06cc\u200c\u062e.pdf"),
        ("folder/", "document.pdf"),
        ("é" * 200, "é" * 200),
    ],
)
def test_a_name_is_only_a_name(place: Place, sent: str, kept: str) -> None:
    from urllib.parse import unquote

    case = place.sent(pdf(*ROWS), sent)
    answer = place.call("boss", "GET", f"/cases/{case}/file")
    disposition = answer.headers["content-disposition"]
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == kept
    plain = disposition.partition('filename="')[2].partition('"')[0]
    assert plain == "".join(c if c.isascii() and (c.isalnum() or c in "._ -") else "_" for c in kept)[:120]
    assert "x-evil" not in answer.headers
    place.browser("boss")
    page = place.client.get(f"/cases/{case}").text
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "<script>alert" not in page


def test_a_name_that_is_too_long_is_refused(place: Place) -> None:
    kept = place.call("robot", "POST", "/files", content=b"x").json()["file"]
    case = {"process": "papers", "input": {"document": {"file": kept, "name": "é" * 201}}}
    answer = place.call("robot", "POST", "/cases", json=case)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["where"] == "document.name"


def test_recognised_lines_are_drawn_in_the_order_in_which_they_are_read(place: Place) -> None:
    rows = ("No. SP-1", "Sum \u202e00.1\u202c EUR", "<svg onload=alert(1)>", "\u2067Pay\u2069 now")
    case = {"process": "papers", "input": {"document": lines(*rows)}, "wait": True}
    made = place.call("robot", "POST", "/cases", json=case).json()
    assert made["state"] == "waiting"
    place.browser("ann")
    page = place.client.get(f"/cases/{made['id']}/brief").text
    drawn = page[page.index("SP-1") :]
    assert "\ufffd00.1\ufffd EUR" in drawn
    assert not any(mark in drawn for mark in "\u202e\u202c\u2067\u2069")
    assert "<svg onload" not in page


# Limits


def test_a_file_that_is_too_large_is_refused_however_it_comes(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    piece = bytes(1024 * 1024)
    whole = filing.LARGEST_FILE // len(piece)
    announced = place.call("robot", "POST", "/files", headers={"Content-Length": str(2**40)})
    chunked = place.call("robot", "POST", "/files", content=(piece for _ in range(whole + 1)))
    for answer in (announced, chunked):
        assert answer.status_code == 413
        assert answer.json()["detail"].startswith("A body may have 64 MiB")
    # a sender's mistake is no fault of ours
    assert [record.message for record in caplog.records if "unexpected" in record.message] == []
    monkeypatch.setattr(filing, "LARGEST_FILE", 10)
    assert place.call("robot", "POST", "/files", content=bytes(11)).status_code == 422


def test_large_bodies_take_turns(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    large = bytes(requests._LARGE + 1)
    monkeypatch.setattr(requests, "_PATIENCE", 0.05)
    turns = 0
    while requests._TURNS.acquire(blocking=False):
        turns += 1
    assert turns >= 2
    for ask in (
        lambda: place.call("robot", "POST", "/files", content=large),
        lambda: place.call("robot", "POST", "/files", content=iter([b"x"])),
        lambda: place.call(
            "robot", "POST", "/cases", content=large, headers={"Content-Type": "application/json"}
        ),
    ):
        answer = ask()
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "nothing of this one was kept" in answer.json()["detail"]
    # small ones are not held up, and who is nobody gets no turn
    assert place.call("robot", "POST", "/files", content=b"small").status_code == 201
    assert place.client.post("/api/v1/files", content=large).status_code == 401
    for _ in range(turns):
        requests._TURNS.release()
    assert place.call("robot", "POST", "/files", content=large).status_code == 201
    # whatever became of them, all turns came back
    for _ in range(turns):
        assert requests._TURNS.acquire(blocking=False)
    for _ in range(turns):
        requests._TURNS.release()


def test_who_waits_for_hanging_files_does_not_hold_the_threads_of_others(place: Place) -> None:
    go_on, hanging = threading.Event(), threading.Semaphore(0)

    class Hangs(Told):
        def read(self, data: bytes, *, name: str = "") -> Document:
            hanging.release()
            assert go_on.wait(60)
            return super().read(data, name=name)

    place.office.context.reader.close()
    place.office.context.reader = Hangs(Unreadable("too_slow", "It took too long."))
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(place.sent, b"%%PDF- hangs %d" % number) for number in range(8)]
        for _ in waiting:
            assert hanging.acquire(timeout=30)
        # the ninth is told at once where its case is, and the case is not lost
        ninth = place.sent(b"%PDF- hangs too")
        assert place.office.bench.case(ninth).state == "running"
        go_on.set()
        cases = [one.result(30) for one in waiting]
    place.office.bench.run()
    assert {place.office.bench.case(case).state for case in (*cases, ninth)} == {"waiting"}
    assert place.office.bench.case(place.sent(b"%PDF- one more")).state == "waiting"


def test_a_sender_that_stops_gives_its_turn_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_ARRIVING", 0.1)
    assert answered(place, lambda: asyncio.sleep(60)) == 408


def test_a_sender_that_goes_away_is_no_fault(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    assert answered(place, gone) == 400
    assert caplog.records == []


def answered(place: Place, then: Callable[[], Any]) -> int:
    """The status of a large file of which one piece arrives, and then what `then` says."""
    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/files", "raw_path": b"/api/v1/files",
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
        "headers": [
            (b"authorization", f"Bearer {place.keys['robot']}".encode()),
            (b"content-length", str(2 * requests._LARGE).encode()),
        ],
    }  # fmt: skip
    pieces = [{"type": "http.request", "body": b"x", "more_body": True}]
    said: list[Any] = []

    async def receive() -> Any:
        return pieces.pop() if pieces else await then()

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(place.client.app(scope, receive, send))
    return int(said[0]["status"])
