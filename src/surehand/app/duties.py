"""What a server does besides work: seal the audit heads, let models learn, forget what is old."""

import threading
from contextlib import suppress
from datetime import timedelta

from surehand.errors import Stopped
from surehand.flow import delivering, drafting, learning
from surehand.flow.context import Context
from surehand.store.work import Work

#: Heads of audit chains are sealed outside the database this often.
SEAL_EVERY = timedelta(minutes=1)


class Sealing:
    """Seals the audit heads each minute, in the sweep's thread."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._last = context.clock()

    def now_and_then(self) -> None:
        now = self._context.clock()
        if now - self._last >= SEAL_EVERY:
            self._last = now
            self._context.checkpoints.seal(self._context.db, now=now)


#: Old messages and drafts are dropped this often.
FORGET_EVERY = timedelta(hours=1)


class Forgetting:
    """Drops old messages and drafts, in the sweep's thread."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._last = context.clock()

    def now_and_then(self) -> None:
        now = self._context.clock()
        if now - self._last >= FORGET_EVERY:
            self._last = now
            delivering.forget(self._context)
            drafting.forget(self._context)


class School:
    """Lets models learn by themselves in a thread of their own, one at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._thread: threading.Thread | None = None

    def now_and_then(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        item = learning.claimed(self._context)
        if item is not None:
            self._thread = threading.Thread(target=self._learn, args=(item,), name="learning", daemon=True)
            self._thread.start()

    def _learn(self, item: Work) -> None:
        # the server may stop meanwhile; then the next one learns it
        with suppress(Stopped):
            learning.learn(self._context, item)
