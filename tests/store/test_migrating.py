"""Migrations end at exactly the tables of this version, on both databases."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import inspect, select, text

from surehand.errors import SettingsInvalid
from surehand.store.database import opened
from surehand.store.migrating import HEAD, migrate
from surehand.store.tables import metadata, outcome


def indexes(connection: Any) -> dict[str, Any]:
    """Names, columns, uniqueness and conditions, which the comparison of metadata does not all look at."""
    found = {}
    for table in metadata.tables:
        for index in inspect(connection).get_indexes(table):
            where = [str(v) for k, v in index.get("dialect_options", {}).items() if k.endswith("_where")]
            found[index["name"]] = (table, tuple(index["column_names"]), bool(index["unique"]), bool(where))
    return found


def declared(dialect: str) -> dict[str, Any]:
    return {
        index.name: (
            table.name, tuple(c.name for c in index.columns), bool(index.unique),
            index.dialect_options[dialect]["where"] is not None,
        )
        for table in metadata.tables.values()
        for index in table.indexes
    }  # fmt: skip


def test_migrations_give_exactly_the_tables_of_this_version(database_url: str) -> None:
    database = opened(database_url)
    assert migrate(database) is True
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        found = {
            name: shape for name, shape in indexes(connection).items() if name in declared(database.dialect)
        }
        assert found == declared(database.dialect)
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD
    database.close()


def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = opened(database_url)
    assert [migrate(database), migrate(database)] == [True, False]
    database.close()
    again = opened(database_url)
    assert migrate(again) is False
    again.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url: str) -> None:
    database = opened(database_url)
    migrate(database)
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    database.write(lambda connection: connection.execute(newer) and None)
    with pytest.raises(SettingsInvalid, match="newer version"):
        migrate(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    database.close()


def test_of_several_that_start_together_one_migrates(database_url: str) -> None:
    database = opened(database_url)
    results: list[Any] = []

    def start() -> None:
        try:
            migrate(database)
            results.append("fine")
        except Exception as error:  # noqa: BLE001 - looked at below
            results.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["fine"] * 4
    with database.read() as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
    database.close()


def test_a_migration_that_breaks_leaves_nothing_behind(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened(database_url)

    def fails(self: Any) -> None:
        original(self)
        raise RuntimeError("the power went")

    original = EnvironmentContext.run_migrations
    with monkeypatch.context() as patched:
        patched.setattr(EnvironmentContext, "run_migrations", fails)
        with pytest.raises(RuntimeError):
            migrate(database)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == []
    assert migrate(database) is True
    database.close()


def test_numbers_that_sqlite_had_rounded_are_whole_again(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(database, to="0002")
    values = ("95.0", "0.25", '"pay"', "true")
    with sqlite3.connect(tmp_path / "old.db") as plain:
        insert = "INSERT INTO outcome (case_id, serial, at, by, value, note) VALUES ('c', ?, 0, 'a', ?, '')"
        plain.executemany(insert, list(enumerate(values)))
        kinds = plain.execute("SELECT typeof(value) FROM outcome ORDER BY serial").fetchall()
    assert [kind for (kind,) in kinds] == ["integer", "real", "text", "text"]
    assert migrate(database) is True
    with database.read() as connection:
        raw = connection.execute(text("SELECT value FROM outcome ORDER BY serial")).scalars().all()
        read = connection.execute(select(outcome.c.value).order_by(outcome.c.serial)).scalars().all()
    assert raw == list(values)
    assert read == [95.0, 0.25, "pay", True]
    assert isinstance(read[0], float)
    database.close()
