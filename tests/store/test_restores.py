"""Declared restores: the last one counts, and what was lost stays known."""

from datetime import timedelta

from surehand.store import restores
from surehand.store.database import Database
from surehand.store.restores import Restore
from tests.core.made import NOW


def declared(database: Database, restore: Restore, lost: dict[str, int]) -> None:
    database.write(lambda connection: restores.declare(connection, restore, lost))


def test_a_database_that_was_never_restored_knows_of_none(database: Database) -> None:
    with database.read() as connection:
        assert restores.last(connection) is None
        assert restores.lost_of(connection, ["pay-1"]) == {}


def test_the_last_restore_counts_and_the_worst_loss_of_each_case(database: Database) -> None:
    declared(database, Restore(NOW, 7), {"pay-1": 3, "pay-2": 9})
    later = Restore(NOW + timedelta(microseconds=1), 12)
    declared(database, later, {"pay-2": 2, "pay-3": 1})
    with database.read() as connection:
        assert restores.last(connection) == later
        assert restores.lost_of(connection, ["pay-1", "pay-2", "pay-3", "pay-4"]) == {
            "pay-1": 3, "pay-2": 9, "pay-3": 1,
        }  # fmt: skip


def test_many_cases_may_be_lost(database: Database) -> None:
    lost = {f"pay-{n}": n + 1 for n in range(1_201)}
    declared(database, Restore(NOW, 1), lost)
    with database.read() as connection:
        assert restores.lost_of(connection, ["pay-0", "pay-1200"]) == {"pay-0": 1, "pay-1200": 1_201}
