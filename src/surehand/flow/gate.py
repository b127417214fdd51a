"""Whether an execution may begin at this moment: what is stopped, as far as this process may rely on it.

Whoever begins something has looked a moment ago, and looks again if that moment grew long. Whoever stops
waits longer than that moment after the commit before saying that it is stopped. So nothing begins after a
stop was acknowledged, nobody who stops has to wait for what runs, and looking costs next to nothing.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from surehand.core.stopping import InForce, Stop
from surehand.store import stops
from surehand.store.database import Database

#: Seconds for which a look is good. A process that froze for longer has to look again.
FRESH = 0.1

#: Seconds after a stop's commit in which whoever had looked before it has begun, or looks again.
SETTLED = FRESH + 0.05


class Gate:
    """One for a process.

    A SQLite file belongs to one process, so what it stops is known here at every moment; a PostgreSQL is
    asked, a few times a second and not for every execution.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._known: InForce | None = None
        self._seen: tuple[float, InForce] | None = None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """What is stopped is being changed; nobody here looks until it is committed, or has failed."""
        with self._lock:
            try:
                yield
            finally:
                self._known = self._seen = None

    def lately(self, db: Database) -> InForce:
        """What is stopped, or was a moment ago. Not to be asked inside a transaction."""
        return self._look(db)[1]

    def shuts(self, db: Database, process: str, *, since: float | None = None) -> Stop | None:
        """What keeps an execution of a process from beginning; called right before it does.

        since  when something looked that still holds, by `time.monotonic`

        A database that takes longer to answer than a look is good for lets nothing begin.
        """
        if since is not None and time.monotonic() - since <= FRESH:
            return None
        while True:
            asked, seen = self._look(db)
            found = seen.of(process)
            if found is not None or time.monotonic() - asked <= FRESH:
                return found

    def _look(self, db: Database) -> tuple[float, InForce]:
        """What is stopped, with when it was looked up."""
        asked = time.monotonic()
        if db.dialect == "sqlite":
            with self._lock:
                if self._known is None:
                    self._known = _read(db)
                return time.monotonic(), self._known
        seen = self._seen
        if seen is None or asked - seen[0] > FRESH:
            return self._asked(db, asked)
        if asked - seen[0] > FRESH / 2 and self._asking.acquire(blocking=False):
            # one thread looks again in time, and the others need not
            try:
                return self._asked(db, asked)
            finally:
                self._asking.release()
        return seen

    def _asked(self, db: Database, at: float) -> tuple[float, InForce]:
        seen = self._seen = at, _read(db)
        return seen


def _read(db: Database) -> InForce:
    with db.look() as connection:
        return stops.in_force(connection)
