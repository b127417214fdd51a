"""How long each migration takes with 100,000 cases, assignments and audit events in place, and whom it stops.

Whatever migrations there are, are measured: nothing here names a table's columns.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
)

from surehand.store import migrating
from surehand.store.database import Database, opened
from surehand.store.migrating import migrate

#: Rows in each of the large tables; no writer may wait longer for a migration, in seconds.
ROWS = 100_000
LONGEST = 1.0

LONG = pytest.param(ROWS, id="long", marks=pytest.mark.long)
LARGE = ("case", "assignment", "audit_event")


def revisions() -> list[tuple[str, str]]:
    """Each migration after the first tables, with the one before it."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).with_name("migrations")))
    scripts = ScriptDirectory.from_config(config)
    found = [(script.down_revision, script.revision) for script in scripts.walk_revisions()]
    return sorted((str(before), after) for before, after in found if before is not None)


@pytest.mark.parametrize(("before", "after"), revisions(), ids=lambda revision: revision)
@pytest.mark.parametrize(
    "rows", [pytest.param(2_000, id="short"), pytest.param(ROWS, id="long", marks=pytest.mark.long)]
)
def test_a_migration_of_many_rows_stops_nobody_for_long(
    database_url: str, before: str, after: str, rows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    database = opened(database_url)
    migrate(database, to=before)
    database.write(lambda connection: filled(connection, rows))
    with writing(database) as waits:
        began = time.monotonic()
        assert migrate(database, to=after)
        took = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 - the figure is what this is for
            f"\n{before} to {after} with {rows:,} rows on {database.dialect}: {took:.2f} s, "
            f"longest wait of a writer {max(waits):.2f} s"
        )
    # SQLite has one writer, which the migration is
    if database.dialect == "postgresql":
        assert max(waits) < LONGEST
    database.close()


class writing:  # noqa: N801 - used as a verb
    """Meanwhile somebody writes to each of the large tables, as processes of the version before do."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waits: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> list[float]:
        self._thread.start()
        time.sleep(0.2)
        return self._waits

    def __exit__(self, *_: object) -> None:
        time.sleep(0.2)
        self._ended.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._ended.is_set():
            for name in LARGE:
                key = "seq" if name == "audit_event" else "round"
                where = "chain" if name == "audit_event" else "id"
                statement = f"UPDATE \"{name}\" SET {key} = {key} WHERE {where} = '{where} 7'"
                began = time.monotonic()
                self._database.write(lambda c: c.exec_driver_sql(statement) and None)  # noqa: B023
                self._waits.append(time.monotonic() - began)
            time.sleep(0.005)


def filled(connection: Connection, rows: int) -> None:
    """Rows that fit, whatever columns there are."""
    found = MetaData()
    found.reflect(connection, only=LARGE)
    for name in LARGE:
        table = found.tables[name]
        for start in range(0, rows, 5_000):
            connection.execute(
                insert(table), [dict(row(table, n)) for n in range(start, min(start + 5_000, rows))]
            )
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")


def row(table: Table, number: int) -> Iterator[tuple[str, Any]]:
    """Every column has something that fits its type; names that end in the same word fit together."""
    for column in table.columns:
        if column.name == "ending":
            yield column.name, None  # only some words fit
        elif isinstance(column.type, JSON):
            yield column.name, {}
        elif isinstance(column.type, Boolean):
            yield column.name, number % 2 == 0
        elif isinstance(column.type, Float):
            yield column.name, 0.5
        elif isinstance(column.type, LargeBinary):
            yield column.name, b"x"
        elif isinstance(column.type, BigInteger | Integer):
            yield column.name, number
        else:
            yield column.name, f"{'id' if column.name.endswith('_id') else column.name} {number}"


def test_every_migration_is_measured() -> None:
    assert revisions()[-1][1] == migrating.HEAD
