"""A world per test, on SQLite and on PostgreSQL, copied from a database that was migrated once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from surehand.store.database import opened
from surehand.store.migrating import migrate
from tests.flow.world import World, opened_world


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "surehand.db"
    _migrated(f"sqlite:///{path}")
    return path


def _migrated(url: str) -> None:
    database = opened(url)
    migrate(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "fresh.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    server.template("migrated", _migrated)
    with server.database(template="migrated") as url:
        yield url


@pytest.fixture
def a_world(fresh_url: str, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Opens the world with edits of its map; whatever a test leaves behind must hold."""
    with ExitStack() as stack:
        made: list[World] = []

        def open_it(*edits: tuple[str, str]) -> World:
            made.append(stack.enter_context(opened_world(tmp_path / "deployment", fresh_url, *edits)))
            return made[-1]

        yield open_it


@pytest.fixture
def world(a_world: Callable[..., World]) -> World:
    return a_world()
