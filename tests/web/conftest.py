"""A server for the sample pages, with the content policy of the real one."""

import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from surehand.web.rendering import STATIC, english, render
from tests.web.samples import ENDLESS_PAGES, PAGES

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def picture(width: int = 119, height: int = 168) -> bytes:
    """A grey page with a margin, as PNG."""
    row = b"\0" + bytes(255 if not 10 < x < width - 10 or x % 7 else 170 for x in range(width))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


PICTURE = picture()


@dataclass
class Desk:
    """Where the sample pages are: `url` + '/NAME'. `posted` is what forms sent: path, '?', body."""

    url: str
    posted: list[str] = field(default_factory=list)


@pytest.fixture
def desk() -> Iterator[Desk]:
    env = english()
    posted: list[str] = []
    pages = PAGES | ENDLESS_PAGES

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            file = STATIC / path.removeprefix("/static/")
            if path.startswith("/static/") and file.is_file():
                self.answer(200, TYPES[file.suffix], file.read_bytes())
            elif path.startswith("/static/vendor/"):  # written by the build; without it pages must work too
                self.answer(200, "text/javascript", b"")
            elif path.startswith("/cases/") and path.endswith(".png"):
                self.answer(200, "image/png", PICTURE)
            elif path[1:] in pages:
                self.answer(200, "text/html; charset=utf-8", render(env, pages[path[1:]]).encode())
            else:
                self.answer(404, "text/plain", b"no such sample")

        def do_POST(self) -> None:
            if self.headers["Accept"] == "application/json":  # then it comes again, as any form does
                self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(406, "text/plain", b"a page, please")
                return
            posted.append(f"{self.path}?{self.rfile.read(int(self.headers['Content-Length'])).decode()}")
            self.answer(200, "text/plain", b"recorded")

        def answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield Desk(f"http://127.0.0.1:{server.server_port}", posted)
    server.shutdown()
    server.server_close()
