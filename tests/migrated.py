"""Fresh databases with their tables: copies of one that was migrated once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from surehand.store.database import opened
from surehand.store.migrating import migrate


def migrated(url: str) -> None:
    database = opened(url)
    migrate(database)
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
