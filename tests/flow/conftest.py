"""A world per test, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.flow.world import World, opened_world
from tests.migrated import fresh_url, migrated_file

__all__ = ["fresh_url", "migrated_file"]


@pytest.fixture
def a_world(fresh_url: str, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Opens the world, with edits of its map."""
    with ExitStack() as stack:
        yield lambda *edits: stack.enter_context(opened_world(tmp_path / "deployment", fresh_url, *edits))


@pytest.fixture
def world(a_world: Callable[..., World]) -> World:
    return a_world()
