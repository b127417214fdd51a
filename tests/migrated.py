"""Fresh databases with their tables: made by migrations once, and then by repeating what those did."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, inspect, text

from surehand.app import assembly
from surehand.store.database import Database, opened
from surehand.store.migrating import HEAD, migrate

#: Kind of database -> what makes its tables.
_SCRIPTS: dict[str, list[str]] = {}


def share() -> None:
    """From now on in this process, whatever starts on a database without tables makes them quickly."""
    assembly.migrate = quickly


def quickly(database: Database) -> bool:
    """Like `migrate`, which spends most of its time for an empty database in Python."""
    with database.read() as connection:
        if inspect(connection).get_table_names():
            return migrate(database)
    if (script := _SCRIPTS.get(database.dialect)) is not None:
        database.write(partial(_made, script))
        return True
    if database.dialect == "sqlite":
        migrate(database)
        _SCRIPTS["sqlite"] = _of_file(database)
    else:
        _SCRIPTS[database.dialect] = [";\n".join(_noted(database))]
    return True


def _noted(database: Database) -> list[str]:
    """Migrate, and tell what was sent for it."""
    sent: list[str] = []

    def note(
        connection: Connection, _cursor: Any, statement: str, given: Any, _context: Any, _m: bool
    ) -> None:
        if connection.dialect.name == database.dialect and not statement.lstrip().startswith("SELECT"):
            assert not given, f"has parameters: {statement}"
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        migrate(database)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return sent


def _of_file(database: Database) -> list[str]:
    """How SQLite itself would make the tables as they are in the end."""
    told = text(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    )
    with database.read() as connection:
        made = list(connection.execute(told).scalars())
    return [*made, f"INSERT INTO alembic_version VALUES ('{HEAD}')"]


def _made(script: list[str], connection: Connection) -> None:
    for statement in script:
        # past SQLAlchemy, which would have PostgreSQL prepare several statements as one
        connection.connection.driver_connection.execute(statement)  # type: ignore[union-attr]


def migrated(url: str) -> None:
    database = opened(url)
    quickly(database)
    database.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "surehand.db"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """SQLite and PostgreSQL in turn, with tables and without rows."""
    if request.param == "sqlite":
        path = tmp_path / "fresh.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    server.template("migrated", migrated)
    with server.database(template="migrated") as url:
        yield url
