"""The work that this process is at, so that its lease is renewed and a process that froze notices it."""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime

from surehand.store.work import Work


class Holding:
    """Claimed work by number, with the end of its lease as this process knows it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[int, tuple[Work, datetime]] = {}

    def begun(self, items: Iterable[Work], *, until: datetime) -> None:
        """It was claimed, or its lease was renewed."""
        with self._lock:
            self._held.update({item.id: (item, until) for item in items})

    def ended(self, items: Iterable[Work]) -> None:
        """It was done, given back, or lost to another worker."""
        with self._lock:
            for item in items:
                if self._is(item):
                    del self._held[item.id]

    def ours(self, item: Work, *, now: datetime) -> bool:
        """Nobody else can have taken it over yet."""
        with self._lock:
            return self._is(item) and now < self._held[item.id][1]

    def ending(self, *, before: datetime) -> Sequence[Work]:
        """Work that is still being done and whose lease ends before a time."""
        with self._lock:
            return [item for item, until in self._held.values() if until < before]

    def has(self, item: Work) -> bool:
        """It is being done here."""
        with self._lock:
            held = self._held.get(item.id)
            return held is not None and held[0].attempt == item.attempt

    def _is(self, item: Work) -> bool:
        """This very claim: the same work may have been given back and claimed again here meanwhile."""
        held = self._held.get(item.id)
        return held is not None and held[0] is item
