"""Many workers draw on one budget at the same moment: it is spent to the last call, and no further."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import insert, select

from surehand.store import budgets
from surehand.store.budgets import Used
from surehand.store.database import Database, opened
from surehand.store.tables import mark
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
        db.write(
            lambda connection: budgets.use(connection, "p", "m", now=NOW, tokens=3, money=Decimal("0.000007"))
        )
    return granted


def take(connection: budgets.Connection) -> Used | None:
    return budgets.use(connection, "p", "m", now=NOW, calls=1, most=Used("", MOST, 0))


def test_a_budget_is_spent_to_the_last_call(fresh_url: str) -> None:
    db = opened(fresh_url)
    try:
        granted = together(*(partial(draws, db) for _ in range(THREADS)))
        assert sum(granted) == MOST
        with db.read() as connection:
            assert budgets.used(connection, "p", "m", now=NOW) == Used(
                "2026-11-26", MOST, THREADS * EACH * 3, THREADS * EACH * Decimal("0.000007")
            )
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


def test_money_is_counted_exactly_and_refused_when_it_is_spent(fresh_url: str) -> None:
    db, most = opened(fresh_url), Used("", money=Decimal("0.30"))

    def spend(money: str) -> bool:
        def write(connection: budgets.Connection) -> Used | None:
            taken = budgets.use(connection, "p", "m", now=NOW, calls=1, most=most)
            budgets.use(connection, "p", "m", now=NOW, money=Decimal(money))
            return taken

        return db.write(write) is not None

    try:
        # three times 0.1 is 0.3, and the third call may begin: what it takes is known afterwards
        assert [spend("0.1") for _ in range(4)] == [True, True, True, False]
        assert [spend(one) for one in ("0", "0.000000000001")] == [False, False]
        with db.read() as connection:
            found = budgets.used(connection, "p", "m", now=NOW)
            assert (found.calls, found.money) == (3, Decimal("0.400000000001"))
            row = connection.execute(select(mark.c.value).where(mark.c.name == "used p m")).scalar_one()
        assert json.loads(row)["money"] == "0.400000000001"
    finally:
        db.close()


def test_a_row_without_money_is_read_and_stays_as_it_was(fresh_url: str) -> None:
    """Workers of the version before have such rows, and read them, as long as nobody counts money."""
    db, row = opened(fresh_url), {"day": "2026-11-26", "calls": 2, "tokens": 240}
    try:
        db.write(
            lambda connection: connection.execute(insert(mark).values(name="used p m", value=json.dumps(row)))
        )
        db.write(lambda connection: budgets.use(connection, "p", "m", now=NOW, calls=1))
        with db.read() as connection:
            assert budgets.used(connection, "p", "m", now=NOW) == Used("2026-11-26", 3, 240)
            value = connection.execute(select(mark.c.value).where(mark.c.name == "used p m")).scalar_one()
        assert json.loads(value) == {**row, "calls": 3}
    finally:
        db.close()
