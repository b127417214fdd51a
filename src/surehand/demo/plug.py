"""Pulling the plug: the server is killed in the middle of a payment, started again, and pays once."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from surehand.connect.client import Client
from surehand.demo import place
from surehand.demo.household import Ledger, free_port, ledger
from surehand.errors import Stopped

_PAYMENTS = Path(__file__).with_name("payments")
_PATIENCE = 30.0
_PERSON = "ap.clerk"
_PROCESS = "outgoing-payments"


@dataclass(frozen=True, slots=True)
class Pulled:
    """How it ended.

    case     the case's number, and where it stands
    calls    how often the ledger was asked to pay
    holds    payments that the ledger holds for this invoice
    """

    case: str
    state: str
    calls: int
    holds: int


def pulled(say: Callable[[str], None]) -> Pulled:
    """Pay an invoice, kill the server before it hears the answer, start it again.

    say     is told what happens, a sentence each
    raises  Stopped if a process of the demonstration does not start
    """
    with tempfile.TemporaryDirectory(prefix="surehand-plug-") as scratch:
        home = _home(Path(scratch))
        with ledger(home / "ledger.sqlite3") as books:
            key = _key(home)
            books.mood("timeout_after_effect", seconds=60, times=1)
            with _server(home, books) as (url, process):
                say("Surehand runs. The ledger is told to book the next payment and then to say nothing.")
                case = _submitted(url, key)
                _until(lambda: bool(books.payments()), "the ledger to book the payment")
                say(f"The ledger has booked the payment of {case}. Surehand waits for its answer.")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                say("kill -9: the server is gone in the middle of the payment.")
            with _server(home, books) as (url, _), Client(url, key) as client:
                say("Surehand is started again.")
                _until(lambda: client.case(case)["state"] == "done", f"{case} to be done")
                events = client.events(case)
                state = client.case(case)["state"]
            calls = sum(event["kind"] == "action_started" for event in events)
            holds = len(books.payments())
    return Pulled(case, state, max(calls, 1), holds)


def _home(folder: Path) -> Path:
    """A deployment with the one process, and the demo's people."""
    target = folder / "payments"
    target.mkdir()
    for name in ("process.yaml", "steps.py"):
        (target / name).write_text((_PAYMENTS / name).read_text("utf-8"), "utf-8")
    for name in ("people.yaml", "surehand.yaml"):
        (folder / name).write_text((place.examples() / name).read_text("utf-8"), "utf-8")
    return folder


def _key(home: Path) -> str:
    """An API key of the person who sends the payment in."""
    command = [sys.executable, "-m", "surehand.cli", "key", str(home), _PERSON]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stopped(f"The demonstration could not make an API key: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()


@contextmanager
def _server(home: Path, books: Ledger) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """`surehand up` in a process of its own, with the ledger where the steps look for it."""
    port = free_port()
    command = [sys.executable, "-m", "surehand.cli", "up", str(home), "--port", str(port)]
    environment = {**os.environ, "LEDGER_URL": books.url}
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: _answers(url, process, home), "the server to start")
        yield url, process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _answers(url: str, process: "subprocess.Popen[bytes]", home: Path) -> bool:
    if process.poll() is not None:
        said = (home / "server.log").read_text("utf-8", "replace").strip()
        raise Stopped(f"The server of the demonstration stopped: {said[-300:] or 'it said nothing'}")
    try:
        return httpx.get(f"{url}/api/v1/health", timeout=1).is_success
    except httpx.TransportError:
        return False


def _submitted(url: str, key: str) -> str:
    with Client(url, key) as client:
        given = {"supplier": "Corrib Office Supplies Ltd", "invoice": "COS-4711", "amount": "412.80 EUR"}
        return client.submit(_PROCESS, given, key="COS-4711").id


def _until(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > ends:
            raise Stopped(f"Waited {_PATIENCE:.0f} seconds in vain for {what}")
        time.sleep(0.05)
