"""A process with a dispatcher, and real work rows to claim: it does a piece by writing down who did it.

python -m tests.engine.process KIND --database URL --broker URL --name NAME --lease SECONDS --pace SECONDS
"""

import argparse
import signal
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from surehand.store import work
from surehand.store.database import Database, opened
from surehand.store.tables import mark
from surehand.store.work import Work
from tests.engine.conftest import dispatcher


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind")
    parser.add_argument("--database", required=True)
    parser.add_argument("--broker", default="")
    parser.add_argument("--name", required=True)
    parser.add_argument("--lease", type=float, required=True)
    parser.add_argument("--pace", type=float, required=True)
    options = parser.parse_args()
    database = opened(options.database, name=options.name)
    clerk = Clerk(database, options.name, timedelta(seconds=options.lease), options.pace)
    one = dispatcher(options.kind, options.database, options.broker)
    one.install()
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    one.run(clerk.drain, clerk.sweep, every=0.2)
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    while not told:
        time.sleep(0.05)
    one.stop()
    database.close()


class Clerk:
    """Claims a few pieces at a time, takes a while for each, and does it once."""

    def __init__(self, database: Database, name: str, lease: timedelta, pace: float) -> None:
        self._database = database
        self._name = name
        self._lease = lease
        self._pace = pace

    def drain(self, kinds: frozenset[str]) -> int:
        """Up to three of each kind."""
        done = 0
        for kind in sorted(kinds):
            items = self._database.write(lambda connection: self._claimed(connection, kind))  # noqa: B023
            for item in items:
                time.sleep(self._pace)
                self._database.write(lambda connection: self._done(connection, item))  # noqa: B023
            done += len(items)
        return done

    def sweep(self) -> frozenset[str]:
        """What dead processes held is due again."""
        now = datetime.now(UTC)
        with self._database.read() as connection:
            lost = [item for item, _ in work.expired(connection, now=now)]
            due = work.due_kinds(connection, now=now)
        if lost:
            self._database.write(lambda connection: work.release(connection, lost, due_at=now))
        return due

    def _claimed(self, connection: Connection, kind: str) -> list[Work]:
        now = datetime.now(UTC)
        return work.claim(connection, kind, worker=self._name, limit=3, now=now, lease=self._lease)

    def _done(self, connection: Connection, item: Work) -> None:
        if work.finish(connection, [item]):
            connection.execute(insert(mark), {"name": item.ref, "value": self._name})


if __name__ == "__main__":
    main()
