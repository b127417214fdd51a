"""A database, a server and two workers on hosts of their own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.conftest import missing
from tools.machine import missing_packages

if TYPE_CHECKING:
    from tests.hosts.network import Network
    from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def hosts() -> "Iterator[Network]":
    """The hosts `database`, `broker`, `server`, `worker-0` and `worker-1`."""
    from tests.hosts.network import NotPermitted, network

    if lacking := missing_packages("hosts"):
        missing(f"no hosts: apt-get install {' '.join(lacking)}")
    try:
        with network("database", "broker", "server", "worker-0", "worker-1") as found:
            yield found
    except NotPermitted as why:
        # who is not root, or in a container that may make no networks, is no fault of ours, in CI neither
        pytest.skip(f"no hosts: {why}")


@pytest.fixture(scope="session")
def distant_postgres(hosts: "Network") -> "Iterator[PostgresServer]":
    """PostgreSQL on the host `database`."""
    from tests.postgres import running_postgres

    host = hosts.hosts["database"]
    with running_postgres(address=host.address, within=host.within) as server:
        yield server
