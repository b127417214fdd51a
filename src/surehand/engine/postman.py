"""Sends messages in threads of their own, one a channel, so that a slow server holds up nobody else."""

import threading
import time
from collections.abc import Callable
from functools import partial

from surehand.engine.watch import Faults

#: Says where new messages go; returns the channels that something is due on.
Plan = Callable[[], frozenset[str]]

#: Sends what is due over a channel; returns how many messages there were.
Send = Callable[[str], int]


class Postman:
    """Looks every so often, and has a thread for each channel that something is due on, as long as it is."""

    def __init__(self, plan: Plan, send: Send, *, every: float = 1.0) -> None:
        self._plan, self._send, self._every = plan, send, every
        self._faults = Faults()
        self._ended = threading.Event()
        self._rounds: dict[str, threading.Thread] = {}
        self._thread = threading.Thread(target=self._look, name="surehand-postman", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, *, patience: float = 30.0) -> None:
        """Claim nothing more, and wait for what is being sent."""
        self._ended.set()
        until = time.monotonic() + patience
        begun = (one for one in (self._thread, *self._rounds.values()) if one.ident is not None)
        for thread in begun:
            thread.join(max(0.0, until - time.monotonic()))

    @property
    def faults(self) -> int:
        """Rounds that failed by a fault of ours."""
        return self._faults.count

    def _look(self) -> None:
        while not self._ended.is_set():
            for name in self._faults.safely(self._plan) or ():
                thread = self._rounds.get(name)
                if thread is None or not thread.is_alive():
                    self._rounds[name] = threading.Thread(
                        target=self._go, args=(name,), name=f"surehand-post-{name}", daemon=True
                    )
                    self._rounds[name].start()
            self._ended.wait(self._every)

    def _go(self, name: str) -> None:
        """One channel, until nothing is due there."""
        sent: int | None = 1
        while sent and not self._ended.is_set():
            sent = self._faults.safely(partial(self._send, name))
