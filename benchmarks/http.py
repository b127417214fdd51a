"""Over HTTP, against a server process: how many cases a second, and how long pages take.

    python -m benchmarks.http [--waiting N] [--threads N] [--seconds S] [--database KIND] [--json]

The server is `surehand up` with its own workers; callers are threads of this process, each with a connection
that stays open. `--waiting` cases wait before anything is measured, see `benchmarks.crowd`.

submit       POST /api/v1/cases, one case each
batch        POST /api/v1/cases/batch, 100 cases each; cases per second
round_trip   POST /api/v1/cases?wait=true, POST .../verdict, GET until the case is done
pages        GET, one after the other: p50 and p95 in milliseconds, bytes, and bytes after gzip
             (the server itself does not compress: pages carry secrets beside what others may have written)
"""

import argparse
import gzip
import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.callers import Figures
from benchmarks.crowd import PEOPLE, REVIEWERS, fill
from benchmarks.refunds import KINDS, databases, place, tell, written
from surehand.flow import access
from surehand.web.identity import SESSION_COOKIE

PAGES = {
    "inbox": "/inbox", "case": "/cases/{}", "home": "/", "cases": "/cases", "processes": "/processes",
}  # fmt: skip

BATCH = 100
SUBMITTER = "ida.owner"

_numbers = count()


class Caller:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.number = next(_numbers)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def asked(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> tuple[int, bytes]:
        """Status and body of the answer."""
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def done(self, method: str, path: str, key: str, body: Any = None) -> Any:
        """The answer to a call with an API key that must succeed."""
        status, text = self.asked(method, path, {"Authorization": f"Bearer {key}"}, body)
        assert status in (200, 201), (status, text[:300])
        return json.loads(text)


def submission(number: int, *, sure: float) -> dict[str, Any]:
    """The body of one refund; its key was never used before."""
    return {
        "process": "refunds", "key": f"http-{number}",
        "input": {"order": f"http-{number}", "amount": f"{number % 900 + 1}.50 EUR", "sure": sure},
    }  # fmt: skip


def per_second(port: int, threads: int, seconds: float, one: Callable[[Caller], int]) -> Figures:
    """How many a second, with so many callers for so long; how long each waited.

    one  does something and returns how many cases that was
    """
    milliseconds: list[float] = []
    cases: list[int] = []
    faults: list[BaseException] = []
    ends = time.perf_counter() + seconds

    def call() -> None:
        try:
            with closing(Caller(port)) as caller:
                while time.perf_counter() < ends:
                    began = time.perf_counter()
                    cases.append(one(caller))
                    milliseconds.append((time.perf_counter() - began) * 1000)
        except BaseException as fault:  # noqa: BLE001 - raised below, in the thread that measures
            faults.append(fault)

    began = time.perf_counter()
    calling = [threading.Thread(target=call) for _ in range(threads)]
    for thread in calling:
        thread.start()
    for thread in calling:
        thread.join()
    if faults:
        raise faults[0]
    return {
        "cases_per_s": round(sum(cases) / (time.perf_counter() - began), 1),
        "p50_ms": round(statistics.median(milliseconds), 1),
        "p95_ms": round(_p95(milliseconds), 1),
    }


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18] if len(values) > 1 else values[0]


def throughput(port: int, keys: dict[str, str], *, threads: int, seconds: float) -> Figures:
    """The three ways of sending cases."""
    fresh = count()
    owner = keys[SUBMITTER]

    def single(caller: Caller) -> int:
        caller.done("POST", "/api/v1/cases", owner, submission(next(fresh), sure=0.97))
        return 1

    def batch(caller: Caller) -> int:
        items = [submission(next(fresh), sure=0.97) for _ in range(BATCH)]
        answer = caller.done("POST", "/api/v1/cases/batch", owner, {"submissions": items})
        assert all(result["status"] == 201 for result in answer["results"])
        return BATCH

    def trip(caller: Caller) -> int:
        taken = caller.done("POST", "/api/v1/cases?wait=true", owner, submission(next(fresh), sure=0.8))
        path, key = f"/api/v1/cases/{taken['id']}", keys[taken["owner"]]
        caller.done("POST", f"{path}/verdict", key, {"verdict": "approve"})
        while (state := caller.done("GET", path, key)["state"]) != "done":
            assert state == "acting", state
            time.sleep(0.002)
        return 1

    found = {"round_trip": per_second(port, threads, seconds, trip)}
    found["submit"] = per_second(port, threads, seconds, single)
    _until_idle(port)
    found["batch"] = per_second(port, min(threads, 4), seconds, batch)
    return found


def _until_idle(port: int) -> None:
    """What was sent so far is decided and done: it must not slow down what comes next."""
    with closing(Caller(port)) as caller:
        while json.loads(caller.asked("GET", "/api/v1/health", {})[1])["oldest_due_seconds"] is not None:
            time.sleep(0.1)


def pages(port: int, token: str, case_id: str, *, repeats: int) -> Figures:
    """Each page, one request at a time."""
    found: Figures = {}
    headers = {"Cookie": f"{SESSION_COOKIE}={token}"}
    with closing(Caller(port)) as caller:
        for name, path in PAGES.items():
            times, body = [], b""
            for _ in range(repeats + 3):
                began = time.perf_counter()
                status, body = caller.asked("GET", path.format(case_id), headers)
                times.append((time.perf_counter() - began) * 1000)
                assert status == 200, (path, status)
            warm = times[3:]
            found[name] = {
                "p50_ms": round(statistics.median(warm), 1), "p95_ms": round(_p95(warm), 1),
                "bytes": len(body), "gzip_bytes": len(gzip.compress(body)),
            }  # fmt: skip
    return found


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The server as a process of its own; the port that it listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "surehand.cli", "up", str(folder), "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until_healthy(port, server, folder / "server.log")
        yield port
    finally:
        server.terminate()
        server.wait(60)


def _until_healthy(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        try:
            with closing(Caller(port)) as caller:
                if caller.asked("GET", "/api/v1/health", {})[0] == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def measured(url: str, *, waiting: int, threads: int, seconds: float, repeats: int) -> Figures:
    """All figures on one database."""
    fill(url, waiting)
    with place(url, people=PEOPLE, pool=4) as surehand:
        context = surehand.context
        keys = {name: access.create_key(context, name, "benchmark") for name in (SUBMITTER, *REVIEWERS)}
        token, _ = access.sign_in_as(context, REVIEWERS[0])
    with tempfile.TemporaryDirectory(prefix="http-") as name:
        folder = written(Path(name), url, people=PEOPLE)
        with served(folder) as port:
            with closing(Caller(port)) as caller:
                inbox = caller.done("GET", "/api/v1/inbox", keys[REVIEWERS[0]])
            found = pages(port, token, inbox["items"][0]["case"]["id"], repeats=repeats)
            return {
                "pages": found, **throughput(port, keys, threads=threads, seconds=seconds),
            }  # fmt: skip


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--waiting", type=int, default=1_000, help="cases that wait beforehand")
    parser.add_argument("--threads", type=int, default=16, help="callers at once")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each way is tried")
    parser.add_argument("--repeats", type=int, default=60, help="of each page")
    parser.add_argument("--database", action="append", choices=KINDS)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures: Figures = {
        "waiting": options.waiting, "threads": options.threads, "python": sys.version.split()[0]
    }  # fmt: skip
    with ExitStack() as stack:
        for kind, fresh in databases(options.database or KINDS, stack):
            figures[kind] = measured(
                next(fresh), waiting=options.waiting, threads=options.threads, seconds=options.seconds,
                repeats=options.repeats,
            )  # fmt: skip
    tell(figures, lambda kind, found: _lines(kind, found, options.waiting), as_json=options.json)


def _lines(kind: str, found: Figures, waiting: int) -> Iterator[str]:
    yield f"{kind}, {waiting:,} cases wait"
    for name in ("submit", "batch", "round_trip"):
        way = found[name]
        yield (
            f"  {name:12} {way['cases_per_s']:>8,.0f} cases/s  p50 {way['p50_ms']} ms, p95 {way['p95_ms']} ms"
        )
    for name, page in found["pages"].items():
        yield (
            f"  {name:12} p50 {page['p50_ms']} ms, p95 {page['p95_ms']} ms, {page['bytes']:,} bytes, "
            f"{page['gzip_bytes']:,} after gzip"
        )


if __name__ == "__main__":
    main()
