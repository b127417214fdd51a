"""The made-up company at home: its deployment in a folder, and its books in a service of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from surehand.demo.company import Company, company
from surehand.errors import Stopped

#: Enough orders for the invoices that come in, and for those that come after a lesson.
ORDERS = 1_200

_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books as a running service.

    database  its SQLite file
    """

    url: str
    database: Path
    process: "subprocess.Popen[bytes]"

    def load(self, house: Company) -> None:
        """Enter suppliers, orders, goods received and budgets. The same again changes nothing."""
        httpx.post(f"{self.url}/load", json=house.books(), timeout=60).raise_for_status()

    def payments(self) -> list[dict[str, Any]]:
        """Every payment that it holds."""
        found: list[dict[str, Any]] = httpx.get(
            f"{self.url}/payments", params={"limit": 1000}, timeout=10
        ).json()
        return found

    def mood(self, mode: str, **more: Any) -> None:
        """Tell it to be slow, to fail, or to book and say nothing; see `demo.ledger.Mood`."""
        httpx.put(f"{self.url}/mode", json={"mode": mode, **more}, timeout=10).raise_for_status()


@contextmanager
def ledger(database: Path) -> Iterator[Ledger]:
    """Run the books over a file, on a free port of this machine. Raises Stopped if they do not start."""
    port = free_port()
    command = [sys.executable, "-m", "surehand.demo.ledger", "--database", str(database), "--port", str(port)]
    log = database.with_suffix(".log")
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        _until_it_answers(url, process, log)
        yield Ledger(url, database, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_it_answers(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            said = log.read_text("utf-8", "replace").strip()
            raise Stopped(f"The ledger of the demo stopped at once: {said[-300:] or 'it said nothing'}")
        try:
            if httpx.get(f"{url}/health", timeout=1).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Stopped(f"The ledger of the demo does not answer at {url}; start the demo again")


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def at_home(home: Path, *, seed: int, today: date) -> Iterator[tuple[Ledger, Company]]:
    """The books run, hold what the company of this seed has ordered, and are where the steps look for them."""
    house = company(seed, orders=ORDERS, today=today)
    with ledger(home / "ledger.sqlite3") as books:
        books.load(house)
        before = os.environ.get("LEDGER_URL")
        os.environ["LEDGER_URL"] = books.url
        try:
            yield books, house
        finally:
            if before is None:
                del os.environ["LEDGER_URL"]
            else:
                os.environ["LEDGER_URL"] = before
