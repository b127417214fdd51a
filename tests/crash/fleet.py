"""Processes that are killed and frozen, and clients that go on regardless."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.crash.place import REVIEWERS
from tests.postgres import die_with_parent

ROOT = Path(__file__).resolve().parents[2]


class Host(Protocol):
    """Where a process runs."""

    @property
    def address(self) -> str:
        """Where others reach it."""

    @property
    def within(self) -> tuple[str, ...]:
        """A command that becomes another one there."""


@dataclass(slots=True)
class Fleet:
    """A server and workers of one deployment; whoever dies is started again.

    lease   seconds after which the work of a dead process is taken over
    kills   how many processes were killed with SIGKILL so far
    frozen  how many were stopped for longer than their lease, and went on
    hosts   where processes run that do not run here
    """

    folder: Path
    ledger: str
    lease: float
    port: int
    workers: int = 0
    kills: int = 0
    frozen: int = 0
    hosts: Mapping[str, Host] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _thawing: list[threading.Timer] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all processes."""
        return ("server", *(f"worker-{n}" for n in range(self.workers)))

    def address(self, name: str) -> str:
        """Where a process is reached."""
        return self.hosts[name].address if name in self.hosts else "127.0.0.1"

    def start(self, name: str) -> None:
        """Start one process; it takes a moment to be ready."""
        command = [*self.hosts[name].within] if name in self.hosts else []
        command += [sys.executable, "-m", "tests.crash.server", str(self.folder), "--lease", str(self.lease)]
        if name == "server":
            command += ["--address", self.address(name), "--port", str(self.port)]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "LEDGER": self.ledger}, preexec_fn=die_with_parent,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """SIGKILL, and a new one at once."""
        process = self._running[name]
        assert process.poll() is None, self.log(name)
        process.kill()
        process.wait()
        self.kills += 1
        self.start(name)

    def restart(self, name: str) -> None:
        """SIGTERM, and a new one when it has ended in order."""
        process = self._running[name]
        process.terminate()
        assert process.wait(30) in (0, -signal.SIGTERM), self.log(name)
        self.start(name)

    def mend(self) -> int:
        """Start again whoever ended by itself, as a supervisor does; how many that were."""
        ended = [name for name, process in self._running.items() if process.poll() is not None]
        for name in ended:
            self.start(name)
        return len(ended)

    def freeze(self, name: str, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        process = self._running[name]
        process.send_signal(signal.SIGSTOP)
        thaw = threading.Timer(seconds, self._thaw, [process])
        thaw.start()
        self._thawing.append(thaw)
        self.frozen += 1

    def _thaw(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """SIGTERM to all; each must end by itself, and in order."""
        for thaw in self._thawing:
            thaw.join()
        for process in self._running.values():
            process.terminate()
        for name, process in self._running.items():
            # killed by it: the process had just been started and was not listening for it yet
            assert process.wait(30) in (0, -signal.SIGTERM), self.log(name)

    def log(self, name: str) -> str:
        """What a process said."""
        return f"{name}:\n{(self.folder / f'{name}.log').read_text()[-4_000:]}"


@contextmanager
def running_fleet(
    folder: Path, *, ledger: str, lease: float, workers: int = 0, hosts: Mapping[str, Host] | None = None
) -> Iterator[Fleet]:
    """All processes running; none is left at the end."""
    fleet = Fleet(folder, ledger, lease, port=free_port(), workers=workers, hosts=hosts or {})
    try:
        for name in fleet.names:
            fleet.start(name)
        yield fleet
    finally:
        for thaw in fleet._thawing:
            thaw.cancel()
        for process in fleet._running.values():
            process.kill()
            process.wait()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Clients:
    """Callers that submit and approve, each until it is told that it is done.

    acknowledged  item -> case number, as answered with 201
    approved      case numbers whose approval was answered with 200
    surprises     answers that no fault explains
    """

    port: int
    seed: int
    pace: float
    address: str = "127.0.0.1"
    acknowledged: dict[str, str] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    surprises: list[str] = field(default_factory=list)
    _to_approve: deque[str] = field(default_factory=deque)
    _finishing: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, *, submitters: int = 3, reviewers: int = 2) -> None:
        """Begin."""
        for number in range(submitters):
            self._thread(self._submit, number)
        for number in range(reviewers):
            self._thread(self._review, number)

    def finish(self) -> None:
        """Let everybody get an answer to what was begun. The server must be there."""
        self._finishing.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a client got no answer"

    def _thread(self, run: Callable[[int], None], number: int) -> None:
        thread = threading.Thread(target=run, args=(number,), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _submit(self, number: int) -> None:
        draws = random.Random(f"{self.seed} submit {number}")
        serial = 0
        while not self._finishing.is_set():
            serial += 1
            item = f"item-{number}-{serial}"
            sure = draws.choice((0.97, 0.97, 0.97, 0.8))
            body = {
                "process": draws.choice(("bookings", "wires")), "key": item,
                "input": {"item": item, "sure": sure},
            }  # fmt: skip
            self._send_item(item, body, twice=draws.random() < 0.1)
            if sure < 0.9:
                self._to_approve.append(self.acknowledged[item])
            time.sleep(draws.random() * self.pace)

    def _send_item(self, item: str, body: dict[str, Any], *, twice: bool) -> None:
        for _ in range(2 if twice else 1):
            status, answer = self._send("/cases", body)
            if status != 201:
                self.surprises.append(f"{item}: {status} {answer}")
            elif self.acknowledged.setdefault(item, answer["case"]) != answer["case"]:
                self.surprises.append(f"{item} is {self.acknowledged[item]} and {answer['case']}")

    def _review(self, number: int) -> None:
        draws = random.Random(f"{self.seed} review {number}")
        while True:
            try:
                case = self._to_approve.popleft()
            except IndexError:
                if self._finishing.is_set():
                    return
                time.sleep(0.02)
                continue
            status, answer = self._send("/verdicts", {"person": draws.choice(REVIEWERS), "case": case})
            if status == 200:
                self.approved.add(case)
            elif status == 409 and "winner" not in answer:
                self._to_approve.append(case)  # not handed to a person yet
                time.sleep(0.02)
            elif status != 409:
                self.surprises.append(f"{case}: {status} {answer}")

    def _send(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Again and again until there is an answer, as a good caller does."""
        while True:
            connection = http.client.HTTPConnection(self.address, self.port, timeout=10)
            try:
                connection.request("POST", path, json.dumps(body))
                response = connection.getresponse()
                return response.status, json.loads(response.read())
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.03)
            finally:
                connection.close()
