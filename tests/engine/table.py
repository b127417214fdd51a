"""A table of work in memory, as a dispatcher sees one: it can be drained and swept."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from surehand.engine.dispatcher import Dispatcher

BOTH = frozenset({"advance", "act"})


@dataclass(slots=True)
class Table:
    """Pieces of work by kind.

    due      committed pieces that nobody has taken
    taken    what was taken, in order
    looks    kinds that somebody asked for, in order
    pace     seconds that a drain takes
    begun    set when a drain has looked; it then waits for `go`
    """

    due: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in BOTH})
    taken: list[str] = field(default_factory=list)
    looks: list[frozenset[str]] = field(default_factory=list)
    fails: bool = False
    pace: float = 0.0
    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    running: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self.go.set()

    def commit(self, kind: str, piece: str) -> None:
        """Work of a kind is there."""
        with self.lock:
            self.due[kind].append(piece)

    def drain(self, kinds: frozenset[str]) -> int:
        """Take one piece of each of these kinds."""
        with self.lock:
            self.looks.append(kinds)
            pieces = [self.due[kind].pop(0) for kind in kinds if self.due[kind]]
            self.taken += pieces
            self.running += 1
            self.most = max(self.most, self.running)
        self.begun.set()
        try:
            if self.fails:
                raise RuntimeError("a fault of ours")
            assert self.go.wait(30)
            time.sleep(self.pace)
        finally:
            with self.lock:
                self.running -= 1
        return len(pieces)

    def sweep(self) -> frozenset[str]:
        """Kinds that are due."""
        with self.lock:
            return frozenset(kind for kind, pieces in self.due.items() if pieces)


def nothing() -> frozenset[str]:
    """A sweep that finds nothing, so that only wake-ups count."""
    return frozenset()


def until(holds: Callable[[], bool], *, seconds: float = 15.0) -> float:
    """Wait until it holds; how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it took too long"
        time.sleep(0.001)
    return time.monotonic() - began


def awake(dispatcher: Dispatcher, table: Table, *, every: float = 60.0, sweeps: bool = False) -> None:
    """Run it, and wait until it takes wake-ups."""
    dispatcher.run(table.drain, table.sweep if sweeps else nothing, every=every)
    until(lambda: dispatcher.health().running)
    dispatcher.wake(BOTH)
    until(lambda: {kind for kinds in table.looks for kind in kinds} == BOTH)
    until(lambda: table.running == 0)
    table.looks.clear()
    table.begun.clear()
