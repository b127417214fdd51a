"""What dispatchers share: kinds that are due, faults that end nothing, hands that work, and the sweep."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from surehand.discretion import trace
from surehand.engine.dispatcher import Drain, Sweep

T = TypeVar("T")

_log = logging.getLogger("surehand.engine")

#: After a fault, so that a loop that fails at once does not fill the log.
_PAUSE = 0.2


class Faults:
    """Faults of ours must not end a thread: they are logged, counted and shown by health."""

    def __init__(self) -> None:
        self.count = 0
        self.last: str | None = None

    def safely(self, call: Callable[[], T]) -> T | None:
        """What the call gives; None after a fault."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - logged, counted, and the work comes back
            self.count += 1
            self.last = type(error).__name__
            _log.error("a chunk of work failed and will be tried again\n%s", trace(error))
            time.sleep(_PAUSE)
            return None


class Due:
    """Kinds of work that became due, for threads that wait for them. What comes twice is there once."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._kinds: set[str] = set()
        self._closed = False

    def add(self, kinds: frozenset[str]) -> None:
        """Wake one waiting thread per kind."""
        with self._changed:
            self._kinds |= kinds
            self._changed.notify(max(1, len(kinds)))

    def take(self) -> frozenset[str] | None:
        """All kinds that are due, as soon as there are any; None once it is closed."""
        with self._changed:
            while not self._kinds and not self._closed:
                self._changed.wait()
            if self._closed:
                return None
            kinds = frozenset(self._kinds)
            self._kinds.clear()
            return kinds

    def close(self) -> None:
        """Let everybody who waits go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Hands:
    """Threads of this process that drain what is due."""

    def __init__(self, faults: Faults, *, count: int) -> None:
        self.due = Due()
        self._faults = faults
        self._count = count
        self._threads: list[threading.Thread] = []

    def start(self, drain: Drain) -> None:
        """Begin to work."""
        self._threads = [
            threading.Thread(target=self._work, args=(drain,), name=f"surehand-worker-{n}", daemon=True)
            for n in range(self._count)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, *, until: float) -> None:
        """Let every thread finish its chunk; wait for it until that moment of the monotonic clock."""
        self.due.close()
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    @property
    def alive(self) -> bool:
        """All threads run."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def _work(self, drain: Drain) -> None:
        while (kinds := self.due.take()) is not None:
            if self._faults.safely(partial(drain, kinds)):
                self.due.add(kinds)  # there may be more of it


class Watch:
    """The thread that looks at the tables every so often, and wakes for what it finds."""

    def __init__(self, faults: Faults) -> None:
        self.last: datetime | None = None
        self._faults = faults
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, sweep: Sweep, wake: Callable[[frozenset[str]], None], *, every: float) -> None:
        """Begin to look."""
        self._thread = threading.Thread(
            target=self._look, args=(sweep, wake, every), name="surehand-sweep", daemon=True
        )
        self._thread.start()

    def stop(self, *, until: float) -> None:
        """Look no more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(max(0.0, until - time.monotonic()))

    @property
    def alive(self) -> bool:
        """The thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def _look(self, sweep: Sweep, wake: Callable[[frozenset[str]], None], every: float) -> None:
        while not self._ended.is_set():
            due = self._faults.safely(sweep)
            self.last = datetime.now(UTC)
            if due:
                wake(due)
            self._ended.wait(every)
