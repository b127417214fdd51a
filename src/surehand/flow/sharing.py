"""Callers of one process who come at the same moment share a transaction.

Nobody waits for company: a caller who finds nobody at work begins at once, alone. Those who come meanwhile
wait, and the first of them then serves all who have gathered, itself included. So a lone caller pays nothing,
and many pay for each statement and each commit once.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

A = TypeVar("A")
R = TypeVar("R")

#: Serves several at once, results in order; what it raises means that nothing of it was done.
Serve = Callable[[Sequence[A]], Sequence[R]]

#: So many are served together at most.
_TOGETHER = 64


class Sharing:
    """Lanes by name; in each, one caller at a time serves all who wait there."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}

    def run(self, lane: str, item: A, serve: Serve[A, R]) -> R:
        """The result for an item, or what serving it alone raised."""
        found = self._lanes.get(lane)
        if found is None:
            found = self._lanes.setdefault(lane, _Lane())
        result: R = found.run(item, serve)
        return result


class _Turn:
    """One caller in a lane. `ready` opens when it was served, or when it is its turn to serve."""

    __slots__ = ("fault", "item", "ready", "result", "served")

    def __init__(self, item: Any) -> None:
        self.item = item
        self.ready = threading.Lock()
        self.ready.acquire()
        self.served = False
        self.result: Any = None
        self.fault: BaseException | None = None


class _Lane:
    __slots__ = ("_busy", "_lock", "_waiting")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[_Turn] = deque()
        self._busy = False

    def run(self, item: Any, serve: Serve[Any, Any]) -> Any:
        mine = _Turn(item)
        with self._lock:
            self._waiting.append(mine)
            first, self._busy = not self._busy, True
        if not first:
            mine.ready.acquire()
        if not mine.served:
            self._lead(serve)
        if mine.fault is not None:
            raise mine.fault
        return mine.result

    def _lead(self, serve: Serve[Any, Any]) -> None:
        """Serve all who wait, among them the caller, who came first; then pass the lead on."""
        with self._lock:
            turns = [self._waiting.popleft() for _ in range(min(len(self._waiting), _TOGETHER))]
        try:
            _serve(turns, serve)
        finally:
            for turn in turns:
                turn.served = True
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
            if following is not None:
                following.ready.release()
            for turn in turns[1:]:
                turn.ready.release()


def _serve(turns: Sequence[_Turn], serve: Serve[Any, Any]) -> None:
    """All together; if that fails, each alone, so that a fault reaches only whom it concerns."""
    try:
        for turn, result in zip(turns, serve([turn.item for turn in turns]), strict=True):
            turn.result = result
    except Exception as fault:  # noqa: BLE001 - raised by the caller whose item it was
        if len(turns) == 1:
            turns[0].fault = fault
            return
        for turn in turns:
            _serve([turn], serve)
    except BaseException as fault:
        # an interrupt hits the leader; the others must not take a missing result for an answer
        for turn in turns[1:]:
            turn.fault = fault
        raise
