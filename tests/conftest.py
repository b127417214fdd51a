"""Fixtures for every test: databases, a browser, the shared data sets.

    database_url     SQLite and PostgreSQL in turn, a fresh database each time
    postgres_url     PostgreSQL only
    postgres_server  the server itself, for wider scopes and prepared templates
    browser_page     a page in a real Chromium, in a context of its own
    chromium         the browser itself: `with chromium.page() as second:`
    broker           a Redis that can be stopped and started again
    shared_data      shared_data("sroie_receipts"): folder of a data set, or skip

What is missing on a person's machine skips, with the reason in pytest's summary. In CI it fails.
"""

import gc
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from zlib import crc32

import pytest

from tests import compiled, migrated, nursery, passwords

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.broker import Broker
    from tests.browser import Chromium
    from tests.postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent

# A verdict from a page takes effect at once, so that no test waits for it; those about undo say otherwise.
os.environ.setdefault("SUREHAND_UNDO_FOR", "PT0S")
for one in (compiled, migrated, nursery, passwords):
    one.share()
IN_CI = os.environ.get("CI") == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-long", action="store_true", help="also run the tests marked `long`")
    parser.addoption("--write-pictures", action="store_true", help="take the pictures of docs/pages.md anew")


#: Here it is the database that a test is about, or what several processes do with it.
ON_BOTH = tuple(str(ROOT / "tests" / name) for name in ("crash", "engine", "races", "store", "upgrade"))
_DATABASE = re.compile("sqlite|postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    run_long = config.getoption("--run-long")
    if not run_long and (left_out := _of_the_other_database(items)):
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
    for item in items:
        if not item.get_closest_marker("long"):
            continue
        if not run_long:
            item.add_marker(pytest.mark.skip(reason="long: runs with --run-long (make nightly)"))
        elif not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(3600))


def pytest_collection_finish() -> None:
    """What thousands of tests are made of stays until the end: looking for garbage there is in vain."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    if (client := sys.modules.get("tests.client")) is not None:
        client.close()
    nursery.close()


def _of_the_other_database(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of a test on SQLite and on PostgreSQL one is run: its name says which, so that each has half of all."""
    twins: dict[str, dict[str, pytest.Item]] = {}
    for item in items:
        kind = _kind(item)
        if kind and not item.get_closest_marker("both") and not str(item.path).startswith(ON_BOTH):
            twins.setdefault(_DATABASE.sub("", item.nodeid), {})[kind] = item
    pairs = {name: both for name, both in twins.items() if len(both) > 1}
    return [both[sorted(both)[crc32(name.encode()) % 2]] for name, both in pairs.items()]


def _kind(item: pytest.Item) -> str | None:
    parameters = getattr(item, "callspec", None)
    values = parameters.params.values() if parameters is not None else ()
    return next((one for one in ("postgresql", "sqlite") if one in values), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["PostgresServer"]:
    if os.name == "nt":
        missing("the PostgreSQL fixture needs Unix sockets")
    try:
        from tests.postgres import running_postgres
    except ImportError as fault:
        missing(f"no PostgreSQL: {fault}")
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: "PostgresServer") -> Iterator[str]:
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'surehand.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture(scope="session")
def chromium() -> Iterator["Chromium"]:
    from tools.machine import CHROMIUM, missing_packages

    if lacking := missing_packages("a browser"):
        missing(f"no browser: apt-get install {' '.join(lacking)} (or set SUREHAND_CHROMIUM)")
    from tests.browser import running_chromium

    with running_chromium(CHROMIUM) as browser:
        yield browser


@pytest.fixture(scope="session")
def broker() -> Iterator["Broker"]:
    from tools.machine import missing_packages

    if lacking := missing_packages("a broker"):
        missing(f"no broker: apt-get install {' '.join(lacking)} (or set SUREHAND_REDIS)")
    from tests.broker import running_broker

    with running_broker() as server:
        yield server


@pytest.fixture
def browser_page(chromium: "Chromium") -> Iterator["Page"]:
    with chromium.page() as page:
        yield page


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Finds a folder of real data, below SUREHAND_DATA or else ../shared/data beside the project."""
    top = Path(os.environ.get("SUREHAND_DATA", ROOT.parent / "shared" / "data"))

    def folder(name: str) -> Path:
        if not (top / name).is_dir():
            pytest.skip(f"no data set {name!r} in {top}; set SUREHAND_DATA")
        return top / name

    return folder


def missing(reason: str) -> NoReturn:
    if IN_CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
