"""Bodies and files that are made to exhaust a server: it stays small, answers clearly, and works on."""

import gzip
import io
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from surehand.app import assembled
from surehand.flow import access
from tests.served import SHOP, write_place

MIB = 1024 * 1024
GIB = 1024 * MIB

#: How much the server may grow, whatever is sent to it.
ROOM = 150 * MIB

LONG = pytest.mark.long


@dataclass(frozen=True)
class Server:
    """`surehand up` in a process of its own, whose memory is watched while it is attacked."""

    pid: int
    port: int
    key: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> int:
        """Bytes that the process holds. Its children, which read documents, have limits of their own."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def well(self) -> None:
        """It still takes a case in and runs it."""
        body = {"process": "refunds", "input": {"customer": "C", "amount": "1 EUR"}, "wait": True}
        response = httpx.post(f"{self.url}/api/v1/cases", json=body, headers=self.signed, timeout=60)
        assert response.status_code == 201, response.text

    @property
    def signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def growth(self, attack: Callable[[], None]) -> int:
        """How far it grew at most while it was attacked."""
        before = peak = self.memory()
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(0.01):
                peak = max(peak, self.memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            attack()
        finally:
            done.set()
            watcher.join()
        return peak - before


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not Path("/proc/self/statm").exists():
        pytest.skip("memory is read from /proc")
    folder = tmp_path_factory.mktemp("bombs")
    place = write_place(folder / "place", database=f"sqlite:///{folder}/surehand.db")
    process_file = place / "refunds" / "process.yaml"
    process_file.write_text(
        process_file.read_text().replace("document: [lines]", "document: [lines, pdf, png, jpeg]")
    )
    surehand = assembled(place)
    key = access.create_key(surehand.context, SHOP, "bombs")
    surehand.close()
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "surehand.cli", "up", str(place), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            found = Server(process.pid, port, key)
            _wait_for(found)
            found.well()
            yield found
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(server: Server) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            httpx.get(f"{server.url}/api/v1/health", timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def _raw(server: Server, path: str, head: list[str], pieces: Iterator[bytes]) -> str:
    """Send past any client's care; the status line that came back, also while it was still being sent."""
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {server.key}", *head, "", ""]
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=60)) as line:
        line.sendall("\r\n".join(lines).encode())
        try:
            for piece in pieces:
                line.sendall(piece)
        except OSError:
            pass  # it hung up, as it should
        line.settimeout(30)
        answer = b""
        try:
            while b"\r\n" not in answer:
                part = line.recv(4096)
                if not part:
                    break
                answer += part
        except OSError:
            pass
    return answer.split(b"\r\n", 1)[0].decode("latin-1")


def _pieces(size: int, *, chunked: bool, fill: bytes = b"a") -> Iterator[bytes]:
    piece = fill * (MIB // len(fill))
    for _ in range(size // MIB):
        yield b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece
    if chunked:
        yield b"0\r\n\r\n"


SIZES = [96 * MIB, pytest.param(GIB, marks=LONG)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/files", "/cases/ref-1/verdict", "/nothing"])
@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "announced"])
def test_a_body_without_an_end(server: Server, size: int, path: str, chunked: bool) -> None:
    kind = "application/x-www-form-urlencoded" if "api" not in path else "application/json"
    head = [f"Content-Type: {kind}", "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"]
    statuses: list[str] = []
    grown = server.growth(lambda: statuses.append(_raw(server, path, head, _pieces(size, chunked=chunked))))
    assert grown < ROOM, grown // MIB
    # a client that goes on sending may find the line closed before it reads the answer
    assert statuses[0] == "" or statuses[0].split()[1] in ("413", "404", "405"), statuses
    if not chunked:
        assert statuses[0].split()[1:2] in (["413"], [], ["404"], ["405"]), statuses
    server.well()


@pytest.mark.parametrize(
    "head",
    [
        ["Content-Length: 10", "Content-Length: 11"],
        ["Content-Length: 10", "Transfer-Encoding: chunked"],
        ["Content-Length: -1"],
        ["Content-Length: 1e3"],
        ["Content-Length: " + "9" * 5_000],
        ["Content-Length: 99999999999999999999"],
        ["Content-Length: 5, 6"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: xchunked"],
        ["X-Long: " + "a" * 200_000],
        ["Host: y"],
    ],
    ids=lambda head: " + ".join(head)[:40],
)
def test_a_request_that_two_servers_could_read_differently(server: Server, head: list[str]) -> None:
    body = b'{"process": "refunds", "input": {}}\r\n\r\nGET /api/v1/cases HTTP/1.1\r\n\r\n'
    status = _raw(server, "/api/v1/cases", ["Content-Type: application/json", *head], iter([body]))
    code = status.split()[1] if status else "closed"
    # chunked wins over a length, as the standard says, and the line is closed behind it
    assert code in ("400", "413", "431", "501", "closed"), status
    server.well()


DEEP = 100_000

BODIES: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b"[" * DEEP,
    "closed lists": lambda: b"[" * DEEP + b"]" * DEEP,
    "objects": lambda: b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "in a field": lambda: b'{"process":"refunds","input":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "a number": lambda: b'{"process":"refunds","input":{"count":' + b"9" * 10 * MIB + b"}}",
    "a fraction": lambda: b'{"process":"refunds","input":{"share":0.' + b"1" * 10 * MIB + b"}}",
    "an exponent": lambda: b'{"process":"refunds","input":{"amount":"1e999999999 EUR"}}',
    "names": lambda: b"{" + b",".join(b'"%d":1' % n for n in range(300_000)) + b"}",
    "the same name": lambda: b"{" + b",".join([b'"a":1'] * 300_000) + b"}",
    "colliding names": lambda: (
        b"{" + b",".join(b'"%s":1' % (b"Aa" * (n % 9) + b"%d" % n) for n in range(9_999)) + b"}"
    ),
    "surrogates": lambda: b'{"process":"' + b"\\ud800" * 100_000 + b'"}',
    "empty lists": lambda: b'{"process":"refunds","input":{"tags":[' + b"[]," * (5 * MIB) + b"[]]}}",
    "empty objects": lambda: b'{"submissions":[' + b"{}," * (5 * MIB) + b"{}]}",
    "text": lambda: b'{"process":"refunds","input":{"customer":"' + b"a" * 15 * MIB + b'"}}',
}


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("path", ["/api/v1/cases", pytest.param("/api/v1/cases/batch", marks=LONG)])
def test_json_that_is_deep_or_wide(server: Server, what: str, path: str) -> None:
    body = BODIES[what]()
    headers = {**server.signed, "Content-Type": "application/json"}
    answers: list[httpx.Response] = []

    def attack() -> None:
        answers.append(httpx.post(f"{server.url}{path}", content=body, headers=headers, timeout=120))

    grown = server.growth(attack)
    assert grown < ROOM, f"{grown // MIB} MiB"
    # a fraction of ten million digits is a fraction
    taken = what == "a fraction" and path.endswith("cases")
    assert answers[0].status_code in ((201,) if taken else (400, 413, 422)), answers[0].text[:300]
    assert taken or answers[0].json()["detail"]
    server.well()


def test_a_packed_body_is_not_unpacked(server: Server) -> None:
    packed = gzip.compress(b" " * 50 * MIB + b'{"process": "refunds", "input": {}}')
    for coding in ("gzip", "deflate", "br", "zstd", "gzip, gzip"):
        headers = {**server.signed, "Content-Type": "application/json", "Content-Encoding": coding}
        response = httpx.post(f"{server.url}/api/v1/cases", content=packed, headers=headers, timeout=60)
        assert response.status_code in (400, 415), response.text
    server.well()


def _zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b"0" * 100 * MIB)
    return made.getvalue()


def _png(width: int, height: int, rows: bytes) -> bytes:
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(b)) + kind + b + struct.pack(">I", zlib.crc32(kind + b)) for kind, b in parts
    )


def _pdf_stream_bomb() -> bytes:
    """A page whose content unpacks to 40 MiB of drawing."""
    content = zlib.compress(b"0 0 1 1 re f\n" * (40 * MIB // 13), 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(made)


FILES: dict[str, Callable[[], bytes]] = {
    "a zip": _zip_bomb,
    "pixels that are there": lambda: _png(20_000, 20_000, zlib.compress(bytes(20_001) * 20_000, 9)),
    "pixels that are only said": lambda: _png(2**31 - 1, 2**31 - 1, zlib.compress(b"\x00")),
    "a packed page": _pdf_stream_bomb,
    "a gzip": lambda: gzip.compress(bytes(100 * MIB)),
}


#: One that is only slow to draw takes as long as the child may: half a minute.
SLOW = "a packed page"


@pytest.mark.parametrize("what", [pytest.param(n, marks=LONG) if n == SLOW else n for n in FILES])
def test_files_that_grow(server: Server, what: str) -> None:
    body = FILES[what]()
    cases: list[dict[str, Any]] = []

    def attack() -> None:
        sent = httpx.post(f"{server.url}/api/v1/files", content=body, headers=server.signed, timeout=120)
        assert sent.status_code == 201, sent.text
        given = {"process": "refunds", "input": {"document": {"file": sent.json()["file"], "name": "a.bin"}}}
        taken = httpx.post(f"{server.url}/api/v1/cases", json=given, headers=server.signed, timeout=120)
        assert taken.status_code in (200, 201), taken.text
        cases.append(_settled(server, taken.json()["id"]))
        for path in ("file", "events", ""):
            httpx.get(f"{server.url}/api/v1/cases/{cases[0]['id']}/{path}", headers=server.signed, timeout=60)

    grown = server.growth(attack)
    assert grown < ROOM, f"{grown // MIB} MiB"
    # a person has it, with the reason in words
    assert cases[0]["state"] == "waiting", cases[0]
    server.well()


def _settled(server: Server, case_id: str) -> dict[str, Any]:
    until = time.monotonic() + 90
    while True:
        found = httpx.get(f"{server.url}/api/v1/cases/{case_id}", headers=server.signed, timeout=60).json()
        if found["state"] not in ("running", "acting") or time.monotonic() > until:
            return dict(found)
        time.sleep(0.2)
