"""The contract of a dispatcher, which decides who runs the work that the tables hold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

#: Runs some of the due work of these kinds; returns how many pieces were claimed.
Drain = Callable[[frozenset[str]], int]

#: Looks at what time brought; returns the kinds of work that are due.
Sweep = Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Health:
    """How a dispatcher is doing.

    running     its workers run
    last_sweep  when it last looked at the tables; a sweep bounds every lost wake-up
    faults      chunks that failed by a fault of ours since it started
    trouble     what does not work although the work goes on, in words; None when all is well
    """

    running: bool
    workers: int
    last_sweep: datetime | None
    faults: int = 0
    last_fault: str | None = None
    trouble: str | None = None


class Dispatcher(Protocol):
    """Five verbs. A wake-up may be lost and may come twice; the sweep finds what is due anyway."""

    def install(self) -> None:
        """Prepare what it needs outside this process (tables, queues). Repeatable."""

    def wake(self, kinds: frozenset[str]) -> None:
        """Work of these kinds was committed."""

    def run(self, drain: Drain, sweep: Sweep, *, every: float) -> None:
        """Start: drain when woken, sweep every so many seconds. Returns at once."""

    def stop(self, *, patience: float = 30.0) -> None:
        """Finish what was begun, claim nothing more."""

    def health(self) -> Health:
        """How it is doing."""
