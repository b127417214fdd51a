"""Databases with their tables, both kinds."""

from collections.abc import Iterator

import pytest

from surehand.store.database import Database, opened
from tests.migrated import fresh_url, migrated_file

__all__ = ["fresh_url", "migrated_file"]


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    made = opened(fresh_url)
    yield made
    made.close()
