"""The three dispatchers in turn, each with what it needs."""

import importlib.util
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from surehand.engine.dispatcher import Dispatcher
from surehand.engine.embedded import EmbeddedDispatcher
from tests.conftest import missing

if TYPE_CHECKING:
    from tests.broker import Broker

DISPATCHERS = ("embedded", "procrastinate", "celery")


@dataclass(slots=True)
class Engines:
    """Makes dispatchers of one kind that share what is outside of them; all are stopped in the end.

    database  a PostgreSQL, for those that need one
    broker    a Redis, for Celery
    """

    kind: str
    database: str = ""
    broker: "Broker | None" = None
    made: list[Dispatcher] = field(default_factory=list)

    def make(self, *, workers: int = 2) -> Dispatcher:
        """Another one, installed."""
        made = dispatcher(self.kind, self.database, self.broker.url if self.broker else "", workers=workers)
        self.made.append(made)
        made.install()
        return made

    def stop(self) -> None:
        """Stop them all."""
        for one in self.made:
            one.stop(patience=10)


def dispatcher(kind: str, database: str, broker: str, *, workers: int = 2) -> Dispatcher:
    """One of a kind, not installed."""
    if kind == "embedded":
        return EmbeddedDispatcher(workers=workers)
    if kind == "procrastinate":
        from surehand.engine.procrastinate import ProcrastinateDispatcher

        return ProcrastinateDispatcher(database=database, workers=workers)
    from surehand.engine.celery import CeleryDispatcher

    return CeleryDispatcher(broker=broker, workers=workers)


@pytest.fixture(params=DISPATCHERS)
def engines(request: pytest.FixtureRequest) -> Engines:
    kind = request.param
    if kind != "embedded" and importlib.util.find_spec(kind) is None:
        missing(f"no {kind}: pip install 'surehand[{kind}]'")
    database = request.getfixturevalue("postgres_url") if kind == "procrastinate" else ""
    broker = request.getfixturevalue("broker") if kind == "celery" else None
    if broker is not None:
        broker.fresh()
    engines = Engines(kind, database, broker)
    # not after a yield: the database would be dropped before
    request.addfinalizer(engines.stop)  # noqa: PT021
    return engines
