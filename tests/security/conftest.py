"""One desk for the tests of a module: what they change is theirs to look at, and never in another's way."""

from collections.abc import Iterator

import pytest

from tests.desk import Desk, desk_of


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with desk_of(folder / "place", f"sqlite:///{folder}/surehand.db") as running:
        yield running
