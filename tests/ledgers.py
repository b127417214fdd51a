"""The made-up company's ledger in a process of its own, which a test may kill."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from surehand.channels.trust import trusted


@dataclass
class LedgerProcess:
    """One ledger; after `kill` it can be started again on the same port and file."""

    database: Path
    port: int = 0
    url: str = ""
    process: "subprocess.Popen[str] | None" = None

    def start(self) -> None:
        """Returns when the port takes connections."""
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "surehand.demo.ledger",
                "--database",
                str(self.database),
                "--port",
                str(self.port),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline().strip()
        assert said.startswith("The books are open at http://127.0.0.1:"), said
        self.url = said.rpartition(" ")[2]
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """As when the power fails."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def call(self, method: str, path: str, *, key: str | None = None, **sent: Any) -> httpx.Response:
        """One request on a connection of its own."""
        headers = {**({"Idempotency-Key": key} if key else {}), **sent.pop("headers", {})}
        timeout = sent.pop("timeout", 20)
        return httpx.request(
            method,
            f"{self.url}{path}",
            headers=headers,
            timeout=timeout,
            trust_env=False,
            verify=trusted(),
            **sent,
        )

    def pay(self, key: str, **more: Any) -> httpx.Response:
        """Pay 119.00 EUR for INV-001, unless it says otherwise."""
        body = {"supplier": "Papier Nord GmbH", "invoice": "INV-001", "amount": "119.00", "currency": "EUR"}
        timeout = more.pop("timeout", 20)
        return self.call("POST", "/payments", key=key, json=body | more, timeout=timeout)

    def told(self, mode: str, **more: Any) -> None:
        """Set the mode."""
        assert self.call("PUT", "/mode", json={"mode": mode, **more}).status_code == 200

    def emptied(self) -> None:
        """No suppliers, orders, budgets or payments, and a good mood."""
        with closing(sqlite3.connect(self.database, timeout=10)) as db, db:
            for (table,) in db.execute(
                "select name from sqlite_master where sql like 'create table%'"
            ).fetchall():
                if not table.startswith("sqlite_"):
                    db.execute(f"delete from {table}")
        self.told("ok")

    def payments(self) -> list[dict[str, Any]]:
        """All payments."""
        found: list[dict[str, Any]] = self.call("GET", "/payments").json()
        return found


@contextmanager
def running_ledger(database: Path) -> Iterator[LedgerProcess]:
    """A ledger on a free port, killed at the end."""
    ledger = LedgerProcess(database)
    ledger.start()
    try:
        yield ledger
    finally:
        if ledger.process is not None and ledger.process.poll() is None:
            ledger.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
