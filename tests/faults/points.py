"""Faults at commits: every transaction of a run is a numbered point, and one of them goes wrong."""

import ast
import inspect
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

import surehand
from surehand.store.database import Database

T = TypeVar("T")

SOURCE = Path(surehand.__file__).parent

#: A commit that no product code asked for.
TEST = "the test itself"

#: What goes wrong at a commit. `before`: nothing of the transaction is kept; `after`: all of it is kept, and
#: whoever asked for it is not told. A connection drops only where there is one.
ERRORS = ("error before", "error after")
KILLS = ("kill before", "kill after")
DROPS = ("drop before", "drop after")


@dataclass(frozen=True, slots=True)
class Fault:
    """The commit of this number (from 1) goes wrong in this way."""

    point: int
    kind: str


@dataclass(slots=True)
class Injector:
    """Counts commits, and lets one of them go wrong.

    fault   None for a dry run
    sites   where each commit so far was asked for: `flow/act.py:214`
    idle    numbers of those that claimed nothing: there was nothing to commit
    armed   commits are counted from now on
    """

    fault: Fault | None = None
    sites: list[str] = field(default_factory=list)
    idle: set[int] = field(default_factory=set)
    armed: bool = True

    @property
    def points(self) -> list[int]:
        """Numbers of the commits of the product that had something to commit."""
        own = {n for n, site in enumerate(self.sites, start=1) if site == TEST}
        return [n for n in range(1, len(self.sites) + 1) if n not in self.idle | own]

    def due(self) -> str | None:
        """Counts one commit; how it goes wrong, if it does."""
        if not self.armed:
            return None
        self.sites.append(_site())
        fault = self.fault
        return fault.kind if fault is not None and fault.point == len(self.sites) else None


@dataclass(slots=True)
class FaultyDatabase:
    """A database of which one commit goes wrong."""

    inner: Database
    injector: Injector

    @property
    def dialect(self) -> str:
        return self.inner.dialect

    def read(self) -> AbstractContextManager[Connection]:
        found: AbstractContextManager[Connection] = self.inner.read()
        return found

    def look(self) -> AbstractContextManager[Connection]:
        found: AbstractContextManager[Connection] = self.inner.look()
        return found

    def connected(self) -> frozenset[str]:
        return self.inner.connected()

    def close(self) -> None:
        self.inner.close()

    def write(self, transaction: Callable[[Connection], T]) -> T:
        """As the real one, but for the one commit that goes wrong."""
        match self.injector.due():
            case None:
                number, result = len(self.injector.sites), self.inner.write(transaction)
                if result == []:
                    self.injector.idle.add(number)
                return result
            case "error after":
                with suppress(Exception):  # refused or not: nobody hears of it
                    self.inner.write(transaction)
                raise _broken("the answer to the commit was lost")
            case "kill after":
                with suppress(Exception):
                    self.inner.write(transaction)
                _die()
            case kind:
                return self.inner.write(lambda connection: self._spoiled(connection, transaction, kind))
        raise AssertionError

    def _spoiled(self, connection: Connection, transaction: Callable[[Connection], T], kind: str) -> T:
        """Everything is written, and then it is not committed, or its commit is not answered."""
        try:
            return transaction(connection)
        finally:
            # also where it was refused, so that nobody learns of that
            match kind:
                case "error before":
                    raise _broken("the commit failed")
                case "kill before":
                    _die()
                case "drop before":
                    self._terminated(connection)
                case "drop after":
                    _deaf(connection)

    def _terminated(self, connection: Connection) -> None:
        """The server ends this session, as when it restarts."""
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        engine: Any = self.inner._engine  # type: ignore[attr-defined]
        with engine.connect() as another:
            assert another.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}).scalar_one()


def _deaf(connection: Connection) -> None:
    """The commit will reach the server, and its answer will not reach us."""
    driver: Any = connection.connection.driver_connection
    with socket.socket(fileno=os.dup(driver.fileno())) as line:
        line.shutdown(socket.SHUT_RD)


def _broken(words: str) -> OperationalError:
    return OperationalError("COMMIT", {}, ConnectionError(words))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _site() -> str:
    """The place in the product that asked for this commit."""
    frame = sys._getframe(1)
    while not frame.f_code.co_filename.startswith(str(SOURCE)):
        if frame.f_back is None:
            return TEST
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).relative_to(SOURCE)}:{frame.f_lineno}"


def commits_in(*parts: str) -> set[str]:
    """Every place below these parts of the product that asks for a commit, as its source says."""
    return {site for part in parts for file in _modules(SOURCE / part) for site in _asking(file)}


def commits_of(function: Callable[..., Any]) -> set[str]:
    """The places of a function of the product that ask for a commit."""
    file = Path(inspect.getfile(function))
    lines, first = inspect.getsourcelines(function)
    return {
        site for site in _asking(file) if first <= int(site.rpartition(":")[2]) < first + len(lines)
    }  # fmt: skip


def _modules(part: Path) -> list[Path]:
    return sorted(part.rglob("*.py")) if part.is_dir() else [part]


def _asking(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        whose = ast.unparse(node.func.value)
        if node.func.attr == "write" and (whose.endswith("db") or whose == "database"):
            yield f"{file.relative_to(SOURCE)}:{node.lineno}"
