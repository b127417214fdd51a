"""Many workers draw on one budget at the same moment: it is spent to the last call, and no further."""

from datetime import UTC, datetime, timedelta
from functools import partial

from surehand.store import budgets
from surehand.store.budgets import Used
from surehand.store.database import Database, opened
from tests.migrated import fresh_url, migrated_file
from tests.races.test_verdicts import together

__all__ = ["fresh_url", "migrated_file"]

NOW = datetime(2026, 11, 26, 23, 59, tzinfo=UTC)
THREADS, EACH, MOST = 16, 20, 250


def draws(db: Database) -> int:
    """How many calls were granted to one worker."""
    granted = 0
    for _ in range(EACH):
        granted += db.write(take) is not None
        db.write(lambda connection: budgets.use(connection, "p", "m", now=NOW, tokens=3))
    return granted


def take(connection: budgets.Connection) -> Used | None:
    return budgets.use(connection, "p", "m", now=NOW, calls=1, most=Used("", MOST, 0))


def test_a_budget_is_spent_to_the_last_call(fresh_url: str) -> None:
    db = opened(fresh_url)
    try:
        granted = together(*(partial(draws, db) for _ in range(THREADS)))
        assert sum(granted) == MOST
        with db.read() as connection:
            assert budgets.used(connection, "p", "m", now=NOW) == Used("2026-11-26", MOST, THREADS * EACH * 3)
            # another model has its own, and so has the next day
            assert budgets.used(connection, "p", "n", now=NOW) == Used("2026-11-26")
            assert budgets.used(connection, "p", "m", now=NOW + timedelta(hours=1)) == Used("2026-11-27")
            # a clock that is behind gives nobody a second budget
        later = NOW + timedelta(hours=1)
        db.write(lambda connection: budgets.use(connection, "p", "m", now=later, calls=1))
        with db.read() as connection:
            assert budgets.used(connection, "p", "m", now=NOW) == Used("2026-11-27", 1, 0)
    finally:
        db.close()
