"""What lets two versions of the program use one database: docs/adr/0019-rolling-upgrades.md."""

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from surehand.core.case import CaseState
from surehand.errors import SettingsInvalid
from surehand.flow.intake import Submission, submit
from surehand.flow.running import drain
from surehand.store import tables
from surehand.store.database import opened
from surehand.store.migrating import HEAD, migrate
from surehand.store.tables import metadata
from tests.flow.world import World, opened_world


def columns(connection: Connection) -> dict[str, tuple[str, bool]]:
    """Each column with its type, and whether who does not know it may leave it out."""
    found = inspect(connection)
    return {
        f"{table}.{column['name']}": (
            str(column["type"]),
            bool(column["nullable"] or column["default"] or column.get("identity")),
        )
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }


def test_migrations_only_add(postgres_url: str) -> None:
    """On PostgreSQL. On SQLite there is one process, and none of another version beside it."""
    database = opened(postgres_url)
    migrate(database, to="0001")
    for number in range(2, int(HEAD) + 1):
        with database.read() as connection:
            before = columns(connection)
        assert migrate(database, to=f"{number:04}")
        with database.read() as connection:
            after = columns(connection)
        assert {name: after.get(name) for name in before} == before
        tables_before = {name.partition(".")[0] for name in before}
        for name in after.keys() - before.keys():
            if name.partition(".")[0] in tables_before:
                assert after[name][1], f"{name} is new, and must be given by who does not know it"
    database.close()


def newer(connection: Connection) -> None:
    """What a later version could have added, everywhere."""
    for name in metadata.tables:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" ADD COLUMN later TEXT')
        connection.exec_driver_sql(f"ALTER TABLE \"{name}\" ADD COLUMN sooner TEXT NOT NULL DEFAULT 'x'")
    connection.exec_driver_sql("CREATE TABLE entirely_new (id TEXT PRIMARY KEY)")
    connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def test_a_process_goes_on_while_a_later_version_adds_to_its_tables(
    database_url: str, tmp_path: Path
) -> None:
    with opened_world(tmp_path / "place", database_url) as world:
        waiting = world.submit(sure=0.8)
        world.context.db.write(newer)
        assert world.submit() != waiting
        world.verdict(waiting, "approve")
        assert world.case(waiting).state is CaseState.DONE
        world.verdict(world.submit(sure=0.8), "reject")
        world.seal()
        world.check()


def test_it_is_not_started_again_on_them(database_url: str, tmp_path: Path) -> None:
    with opened_world(tmp_path / "place", database_url) as world:
        world.context.db.write(newer)
    with (
        pytest.raises(SettingsInvalid, match="newer version of Surehand"),
        opened_world(tmp_path / "place", database_url),
    ):
        pass


def test_what_only_a_later_version_knows_is_put_off_and_holds_up_nothing_else(
    database_url: str, tmp_path: Path
) -> None:
    """A worker of the version before claims a case that stands where it knows no place."""
    with opened_world(tmp_path / "place", database_url) as world:
        given = {"total": "1 EUR", "sure": 0.99, "customer": "Acme"}
        numbers = [
            submit(world.context, Submission(process="refunds", input=given), submitter="robot").case.id
            for _ in range(3)
        ]
        strange = numbers[1]
        world.tamper(tables.case, {"id": strange}, state="negotiating")
        with pytest.raises(ValueError, match="negotiating"):
            drained(world)
        drained(world, patience=5)
        others = {world.case(number).state for number in numbers if number != strange}
        assert others == {CaseState.DONE}
        (left,) = world.due()
        assert (left["case_id"], left["state"]) == (strange, "ready")
        # a worker of the later version takes it, once it is due again; what failed before goes to a person
        world.tamper(tables.case, {"id": strange}, state="running")
        world.wait(minutes=30)
        assert world.case(strange).state is CaseState.WAITING
        world.verdict(strange, "approve", by="lead")
        assert world.case(strange).state is CaseState.DONE
        world.check()


def drained(world: World, *, patience: int = 0) -> None:
    """Run what is due; the fault that is raised for what was put off may be passed over so many times."""
    while True:
        try:
            if not drain(world.context):
                return
        except ValueError:
            if patience == 0:
                raise
            patience -= 1


def test_a_migration_that_waits_lets_the_others_go_first(postgres_url: str) -> None:
    """Somebody reads a table for a long time; whoever waits to change it would stop all others meanwhile."""
    database = opened(postgres_url)
    migrate(database, to="0001")
    reading, done = threading.Event(), threading.Event()
    results: list[Any] = []

    def read() -> None:
        with database.read() as connection:
            connection.exec_driver_sql('SELECT count(*) FROM "case"').scalar_one()
            reading.set()
            done.wait(10)

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(5)
    changer = threading.Thread(target=lambda: results.append(migrate(database)))
    changer.start()
    waits = []
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        began = time.monotonic()
        database.write(lambda c: c.exec_driver_sql('UPDATE "case" SET place = place') and None)
        waits.append(timedelta(seconds=time.monotonic() - began))
        time.sleep(0.02)
    assert results == []
    assert max(waits) < timedelta(seconds=1)
    assert max(waits) > timedelta(seconds=0.2), "the migration did not wait for the table"
    done.set()
    reader.join(10)
    changer.join(20)
    assert results == [True]
    with database.read() as connection:
        assert "document" in {column["name"] for column in inspect(connection).get_columns("case")}
    database.close()
