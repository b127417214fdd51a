"""What was read of the past lately, so that not every page reads it anew."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

#: Seconds for which it serves.
_SERVES = 300.0

#: Places that are kept at once.
_MOST = 500


@dataclass
class Remembered(Generic[T]):
    """By place: since when it is known, and what. Two who ask at once may both read it."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[Hashable, tuple[float, T]] = field(default_factory=dict)

    def of(self, place: Hashable, read: Callable[[], T]) -> T:
        """What is known there, read anew now and then."""
        now, kept = self.clock(), self._kept.get(place)
        if kept is not None and now - kept[0] < _SERVES:
            return kept[1]
        if len(self._kept) >= _MOST:
            self._kept = {}
        found = read()
        self._kept[place] = (now, found)
        return found
