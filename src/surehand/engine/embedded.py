"""Threads in the server's own process: an event wakes them, a short sweep makes up for what was missed."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from surehand.discretion import trace
from surehand.engine.dispatcher import Drain, Health, Sweep

T = TypeVar("T")

_log = logging.getLogger("surehand.engine")


class EmbeddedDispatcher:
    """Runs the work in a few threads of this process."""

    def __init__(self, *, workers: int = 2) -> None:
        self._count = workers
        self._changed = threading.Condition()
        self._due: set[str] = set()
        self._stopping = False
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._last_sweep: datetime | None = None
        self._faults = 0
        self._last_fault: str | None = None

    def install(self) -> None:
        """Nothing to prepare."""

    def wake(self, kinds: frozenset[str]) -> None:
        """Wake one thread per kind that has become due."""
        with self._changed:
            self._due |= kinds
            self._changed.notify(max(1, len(kinds)))

    def run(self, drain: Drain, sweep: Sweep, *, every: float = 0.5) -> None:
        """Start the threads."""
        self._threads = [
            threading.Thread(target=self._work, args=(drain,), name=f"surehand-worker-{n}", daemon=True)
            for n in range(self._count)
        ]
        self._threads.append(
            threading.Thread(target=self._sweep, args=(sweep, every), name="surehand-sweep", daemon=True)
        )
        for thread in self._threads:
            thread.start()

    def stop(self, *, patience: float = 30.0) -> None:
        """Let every thread finish its chunk."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._ended.set()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def health(self) -> Health:
        """How it is doing."""
        alive = sum(thread.is_alive() for thread in self._threads)
        running = alive == len(self._threads) > 0
        return Health(running, self._count, self._last_sweep, self._faults, self._last_fault)

    def _work(self, drain: Drain) -> None:
        while (kinds := self._next()) is not None:
            if self._safely(partial(drain, kinds)):
                self.wake(kinds)  # there may be more of it

    def _next(self) -> frozenset[str] | None:
        with self._changed:
            while not self._due and not self._stopping:
                self._changed.wait()
            if self._stopping:
                return None
            kinds = frozenset(self._due)
            self._due.clear()
            return kinds

    def _sweep(self, sweep: Sweep, every: float) -> None:
        while not self._stopping:
            due = self._safely(sweep)
            self._last_sweep = datetime.now(UTC)
            if due:
                self.wake(due)
            # not on the condition: a wake-up that reached this thread would be lost for the workers
            self._ended.wait(every)

    def _safely(self, call: Callable[[], T]) -> T | None:
        """A fault of ours must not end the thread: it is logged, counted and shown by health."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - logged, counted, and the work comes back
            self._faults += 1
            self._last_fault = type(error).__name__
            _log.error("a chunk of work failed and will be tried again\n%s", trace(error))
            time.sleep(0.2)
            return None
