"""What wakes the workers goes away for a moment: the work goes on, and health says so."""

import time

import pytest
from sqlalchemy import create_engine, text

from tests.broker import Broker
from tests.engine.conftest import Engines
from tests.engine.table import BOTH, Table, awake, until

ADVANCE = frozenset({"advance"})


@pytest.mark.parametrize("engines", ["procrastinate"], indirect=True)
def test_connections_that_the_database_ends_are_made_again(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    ends = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'surehand wake'"
    )
    database = create_engine(engines.database)
    with database.begin() as connection:
        ended = connection.execute(ends).scalars().all()
    assert len(ended) >= 3
    table.commit("advance", "after")
    deadline = time.monotonic() + 20
    while table.taken != ["after"]:
        one.wake(ADVANCE)
        time.sleep(0.1)
        assert time.monotonic() < deadline, one.health()
    until(lambda: one.health().running and one.health().trouble is None)
    # and it listens again: this takes no poll, which would be half a second
    time.sleep(1.5)
    took = []
    for number in range(5):
        table.commit("advance", f"soon {number}")
        one.wake(ADVANCE)
        took.append(until(lambda: len(table.taken) == number + 2))  # noqa: B023 - called here
    assert min(took) < 0.1
    database.dispose()


@pytest.mark.parametrize("engines", ["procrastinate"], indirect=True)
def test_finished_jobs_leave_nothing_behind(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    for number in range(20):
        table.commit("act", f"piece {number}")
        one.wake(BOTH)
        until(lambda: len(table.taken) > number)  # noqa: B023 - called here
    table.fails = True
    one.wake(BOTH)
    until(lambda: one.health().faults > 0)
    one.stop()
    database = create_engine(engines.database)
    with database.begin() as connection:
        left = connection.execute(text("SELECT status FROM procrastinate_jobs WHERE status <> 'todo'"))
        assert left.scalars().all() == []
        assert connection.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one() == 0
    database.dispose()


@pytest.mark.parametrize("engines", ["celery"], indirect=True)
def test_without_its_broker_the_work_goes_on_here(engines: Engines, broker: Broker) -> None:
    table, one = Table(), engines.make()
    awake(one, table, every=0.2, sweeps=True)
    broker.stop()
    table.commit("advance", "without")
    until(lambda: table.taken == ["without"])
    health = one.health()
    assert health.trouble is not None
    assert "the broker is away" in health.trouble
    assert health.running
    broker.start()
    table.commit("act", "with")
    until(lambda: table.taken == ["without", "with"])
    until(lambda: one.health().trouble is None)
    assert one.health().faults == 0


@pytest.mark.parametrize("engines", ["celery"], indirect=True)
def test_messages_that_the_broker_lost_strand_nothing(engines: Engines, broker: Broker) -> None:
    table, one = Table(), engines.make()
    awake(one, table, every=0.2, sweeps=True)
    table.go.clear()
    one.wake(BOTH)
    assert table.begun.wait(5)
    one.wake(BOTH)
    time.sleep(0.2)
    broker.client().flushall()
    table.commit("advance", "announced and lost")
    table.go.set()
    assert until(lambda: table.taken == ["announced and lost"]) < 7


@pytest.mark.parametrize("engines", ["celery"], indirect=True)
def test_it_stops_while_its_broker_is_away(engines: Engines, broker: Broker) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    broker.stop()
    one.wake(BOTH)
    until(lambda: one.health().trouble is not None)
    began = time.monotonic()
    one.stop()
    assert time.monotonic() - began < 15
    broker.start()
