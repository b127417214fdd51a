"""The other system: a small HTTP service of the test's own, never killed, that remembers every call.

POST /book    the same key again changes nothing, as a good service does
POST /wire    moves money every time it is called, whatever the key
GET  /wire    whether a key was ever wired; this is what `confirm` asks
"""

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived. `answer` is set for a question: did it happen?"""

    what: str
    key: str
    item: str
    answer: bool | None = None


@dataclass(slots=True)
class Ledger:
    """What was called, in the order of arrival, and what came of it.

    effects  item -> keys under which something happened, once per effect
    delay    seconds before and after the effect, drawn for each call
    """

    delay: Callable[[], float]
    calls: list[Call] = field(default_factory=list)
    effects: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def book(self, key: str, item: str) -> None:
        """Idempotent."""
        with self._lock:
            self.calls.append(Call("book", key, item))
            if key not in self.effects[item]:
                self.effects[item].append(key)

    def wire(self, key: str, item: str) -> None:
        """Not idempotent."""
        with self._lock:
            self.calls.append(Call("wire", key, item))
            self.effects[item].append(key)

    def was_wired(self, key: str, item: str) -> bool:
        """Recorded, as it decides whether a second call is allowed."""
        with self._lock:
            answer = key in self.effects[item]
            self.calls.append(Call("ask", key, item, answer))
            return answer

    def of_item(self) -> dict[str, list[Call]]:
        """Calls by item, in order."""
        found: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            found[call.item].append(call)
        return found


@contextmanager
def running_ledger(*, seed: int, slowest: float = 0.012, address: str = "127.0.0.1") -> Iterator[Ledger]:
    """A ledger that listens on a free port of this machine."""
    draws = random.Random(seed)
    ledger = Ledger(delay=lambda: draws.random() ** 4 * slowest)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(ledger.delay())
            (ledger.book if self.path == "/book" else ledger.wire)(body["key"], body["item"])
            time.sleep(ledger.delay())
            self._answer({"receipt": f"{body['key']} is done"})

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            self._answer({"happened": ledger.was_wired(asked["key"][0], asked["item"][0])})

        def _answer(self, value: dict[str, object]) -> None:
            body = json.dumps(value).encode()
            try:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the caller was killed

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A caller that was killed in the middle of its request."""

    server = Quiet((address, 0), Handler)
    ledger.url = f"http://{address}:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield ledger
    finally:
        server.shutdown()
        server.server_close()
