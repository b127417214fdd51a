"""What wakes the workers goes away for a moment: the work goes on, and health says so."""

import asyncio
import shutil
import time
from pathlib import Path

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
def test_without_wake_ups_the_work_goes_on_here(engines: Engines) -> None:
    """Jobs cannot be deferred any more, as after somebody touched Procrastinate's tables."""
    table, one = Table(), engines.make()
    awake(one, table, every=0.2, sweeps=True)
    database = create_engine(engines.database)

    def renamed(old: str, new: str) -> None:
        with database.begin() as connection:
            connection.execute(text(f"ALTER FUNCTION {old} RENAME TO {new}"))

    renamed("procrastinate_defer_jobs_v1", "gone")
    table.commit("advance", "without")
    until(lambda: table.taken == ["without"])
    assert one.health().trouble is not None
    assert "wake-ups are lost" in one.health().trouble
    assert one.health().running
    renamed("gone", "procrastinate_defer_jobs_v1")
    table.commit("act", "with")
    until(lambda: table.taken == ["without", "with"])
    until(lambda: one.health().trouble is None)
    assert one.health().faults == 0
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


@pytest.mark.parametrize("engines", ["procrastinate"], indirect=True)
def test_a_worker_that_was_taken_for_dead_starts_again(engines: Engines) -> None:
    """It froze for so long that another one struck it off."""
    table, one = Table(), engines.make()
    awake(one, table)
    database = create_engine(engines.database)
    with database.begin() as connection:
        assert connection.execute(text("DELETE FROM procrastinate_workers")).rowcount == 1
    table.commit("advance", "after")
    deadline = time.monotonic() + 20
    while table.taken != ["after"]:
        one.wake(ADVANCE)
        time.sleep(0.1)
        assert time.monotonic() < deadline, one.health()

    def registered() -> bool:
        with database.begin() as connection:
            count: int = connection.execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one()
        return count == 1

    until(registered)
    until(lambda: one.health().running)
    database.dispose()


@pytest.mark.parametrize("engines", ["procrastinate"], indirect=True)
def test_what_dead_workers_left_is_dropped(engines: Engines) -> None:
    """Their jobs and they themselves; not what is waiting, and nothing of another application."""
    engines.make()
    database = create_engine(engines.database)
    statements = (
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes'), (now())",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) VALUES "
        "('surehand', 'surehand.drain', 'doing', 1), ('surehand', 'surehand.drain', 'doing', NULL), "
        "('surehand', 'surehand.drain', 'doing', 2), ('surehand', 'surehand.drain', 'todo', NULL), "
        "('theirs', 'theirs', 'doing', NULL)",
    )
    with database.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))

    async def prune() -> None:
        from procrastinate import App, PsycopgConnector

        from surehand.engine.procrastinate import pruned

        conninfo = engines.database.replace("+psycopg", "")
        async with App(connector=PsycopgConnector(conninfo=conninfo)).open_async() as app:
            await pruned(app)

    asyncio.run(prune())
    with database.begin() as connection:
        jobs = connection.execute(
            text("SELECT queue_name, status::text, worker_id FROM procrastinate_jobs ORDER BY id")
        )
        assert [tuple(job) for job in jobs] == [
            ("surehand", "doing", 2), ("surehand", "todo", None), ("theirs", "doing", None),
        ]  # fmt: skip
        assert connection.execute(text("SELECT id FROM procrastinate_workers")).scalars().all() == [2]
    database.dispose()


@pytest.mark.parametrize("engines", ["procrastinate"], indirect=True)
def test_its_tables_are_brought_up_to_date_if_they_are_ours(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later Procrastinate has one migration more."""
    from procrastinate.schema import SchemaManager

    one = engines.make()
    shutil.copytree(SchemaManager.get_migrations_path(), tmp_path / "later")
    (tmp_path / "later/99.00.00_01_more.sql").write_text("CREATE TABLE procrastinate_more (id bigint)")
    monkeypatch.setattr(SchemaManager, "get_migrations_path", lambda: str(tmp_path / "later"))
    exists = text("SELECT to_regclass('procrastinate_more') IS NOT NULL")
    database = create_engine(engines.database)
    one.install()
    one.install()
    with database.begin() as connection:
        assert connection.execute(exists).scalar_one()
        connection.execute(text("DROP TABLE procrastinate_more"))
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS NULL"))
    one.install()
    with database.begin() as connection:
        assert not connection.execute(exists).scalar_one(), "tables of another application were changed"
    database.dispose()
