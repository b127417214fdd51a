"""Threads in the server's own process: an event wakes them, a short sweep makes up for what was missed."""

import time

from surehand.engine.dispatcher import Drain, Health, Sweep
from surehand.engine.watch import Faults, Hands, Watch


class EmbeddedDispatcher:
    """Runs the work in a few threads of this process."""

    def __init__(self, *, workers: int = 2) -> None:
        self._count = workers
        self._faults = Faults()
        self._hands = Hands(self._faults, count=workers)
        self._watch = Watch(self._faults)

    def install(self) -> None:
        """Nothing to prepare."""

    def wake(self, kinds: frozenset[str]) -> None:
        """Wake one thread per kind that has become due."""
        self._hands.due.add(kinds)

    def run(self, drain: Drain, sweep: Sweep, *, every: float = 0.5) -> None:
        """Start the threads."""
        self._hands.start(drain)
        self._watch.start(sweep, self.wake, every=every)

    def stop(self, *, patience: float = 30.0) -> None:
        """Let every thread finish its chunk."""
        until = time.monotonic() + patience
        self._hands.due.close()
        self._watch.stop(until=until)
        self._hands.stop(until=until)

    def health(self) -> Health:
        """How it is doing."""
        running = self._hands.alive and self._watch.alive
        return Health(running, self._count, self._watch.last, self._faults.count, self._faults.last)
