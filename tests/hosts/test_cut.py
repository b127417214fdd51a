"""A host loses its network under load and gets it back: nothing acknowledged is lost or happens twice.

The short form cuts each worker once; `make nightly` cuts every host many times, the server's too, and for so
long that the database gives the host up.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from surehand.app import looking
from tests.broker import Broker
from tests.crash.fleet import free_port
from tests.crash.place import write_place
from tests.crash.trial import LEASE, examined, settled, storm, under_load

if TYPE_CHECKING:
    from tests.hosts.network import Network
    from tests.postgres import PostgresServer

LONG = (pytest.mark.long, pytest.mark.timeout(2_400))

#: Longer than the twenty seconds of silence after which both ends of a connection give it up.
GIVEN_UP = 30.0

Place = Callable[[str], Path]


@pytest.fixture
def place(
    hosts: "Network", distant_postgres: "PostgresServer", tmp_path: Path, request: pytest.FixtureRequest
) -> Place:
    """Writes a deployment for a dispatcher, with a fresh database."""

    def written(dispatcher: str) -> Path:
        database = distant_postgres.database()
        url = database.__enter__()
        request.addfinalizer(lambda: database.__exit__(None, None, None))
        more = f"dispatcher: {dispatcher}\n"
        if dispatcher == "celery":
            more += f"broker: {distant_broker(hosts, tmp_path, request).url}\n"
        return write_place(tmp_path / "place", database=url, more=more)

    return written


def distant_broker(hosts: "Network", folder: Path, request: pytest.FixtureRequest) -> Broker:
    """Redis on the host `broker`."""
    request.getfixturevalue("broker")  # skips where there is none
    host = hosts.hosts["broker"]
    (folder / "redis").mkdir()
    broker = Broker(folder / "redis", free_port(), address=host.address, within=host.within)
    broker.start()
    request.addfinalizer(broker.stop)
    return broker


@pytest.mark.parametrize(
    ("dispatcher", "cuts"),
    [
        pytest.param("embedded", 2, id="embedded"),
        pytest.param("procrastinate", 2, id="procrastinate"),
        pytest.param("embedded", 24, id="embedded-long", marks=LONG),
        pytest.param("procrastinate", 24, id="procrastinate-long", marks=LONG),
        pytest.param("celery", 24, id="celery-long", marks=LONG),
    ],
)
def test_a_host_that_is_cut_off_and_brought_back_loses_and_doubles_nothing(
    hosts: "Network", place: Place, dispatcher: str, cuts: int
) -> None:
    draws = random.Random(cuts)
    folder = place(dispatcher)
    with storm(folder, seed=cuts, pace=0.1, workers=2, outside=hosts.outside, hosts=hosts.hosts) as (
        fleet, clients, ledger,
    ):  # fmt: skip
        under_load(clients)
        for number in range(cuts):
            under_load(clients)
            names = ("worker-0", "worker-1") if cuts == 2 else fleet.names
            victim = names[number % len(names)]
            seconds = LEASE * 2 if cuts == 2 else draws.choice((0.5, LEASE * 2, 12.0, GIVEN_UP))
            hosts.hosts[victim].cut()
            since = time.monotonic()
            if victim != "server":
                under_load(clients)  # the others go on
            time.sleep(max(0.0, since + seconds - time.monotonic()))
            hosts.hosts[victim].mend()
        settled(fleet, clients, patience=120.0)
    examined(folder, clients, ledger)


@pytest.mark.long
def test_the_database_gives_up_a_host_that_stays_away(
    hosts: "Network", place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Work that must not be repeated waits for its worker as long as the worker seems to be there."""
    folder = place("embedded")
    with (
        storm(folder, seed=1, pace=0.2, workers=2, outside=hosts.outside, hosts=hosts.hosts) as (
            fleet, clients, ledger,
        ),
        looking(folder) as context,
    ):  # fmt: skip
        under_load(clients)

        def there() -> bool:
            return any(name.startswith("worker-0:") for name in context.db.connected())

        deadline = time.monotonic() + 20
        while not there():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        hosts.hosts["worker-0"].cut()
        since = time.monotonic()
        while there():
            assert time.monotonic() - since < 60, "the database believes in a dead host"
            time.sleep(0.5)
        with capsys.disabled():
            print(f"given up after {time.monotonic() - since:.0f} s")  # noqa: T201
        hosts.hosts["worker-0"].mend()
        settled(fleet, clients, patience=120.0)
    examined(folder, clients, ledger)
