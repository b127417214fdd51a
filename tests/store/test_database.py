"""Transactions: committed together without pulling each other down, one process at a time on SQLite."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from surehand.errors import SettingsInvalid, Stopped
from surehand.store.database import Database, opened
from surehand.store.migrating import migrate
from surehand.store.tables import mark


def put(name: str) -> Any:
    def transaction(connection: Any) -> str:
        connection.execute(insert(mark).values(name=name, value="v"))
        return name

    return transaction


def names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(select(mark.c.name)).scalars())


def test_what_a_transaction_returns_comes_back_and_is_there(database: Database) -> None:
    assert database.write(put("a")) == "a"
    assert names(database) == {"a"}


class Mishap(Exception):
    """Something of the caller's own."""


def test_what_a_transaction_raises_is_raised_here_and_undone(database: Database) -> None:
    def broken(connection: Any) -> None:
        put("a")(connection)
        raise Mishap("mine")

    with pytest.raises(Mishap, match="mine"):
        database.write(broken)
    assert names(database) == set()
    with pytest.raises(IntegrityError):
        database.write(lambda c: (put("b")(c), put("b")(c)))
    assert names(database) == set()
    assert database.write(put("c")) == "c"


def test_a_failing_transaction_does_not_take_its_neighbours_with_it(database: Database) -> None:
    """The first holds the writer until the others wait, so that on SQLite they share one commit."""
    held, go = threading.Event(), threading.Event()
    results: dict[str, Any] = {}

    def holding(connection: Any) -> str:
        held.set()
        assert go.wait(20)
        return put("first")(connection)

    def failing(connection: Any) -> str:
        put("bad")(connection)
        raise Mishap

    def run(name: str, transaction: Any) -> None:
        try:
            results[name] = database.write(transaction)
        except Exception as error:  # noqa: BLE001 - looked at below
            results[name] = type(error)

    threads = [threading.Thread(target=run, args=("first", holding))]
    threads[0].start()
    assert held.wait(20)
    for number in range(9):
        transaction = failing if number % 3 == 1 else put(f"n{number}")
        threads.append(threading.Thread(target=run, args=(f"n{number}", transaction)))
        threads[-1].start()
    waiting = getattr(getattr(database, "_writer", None), "_waiting", None)
    while waiting is not None and waiting.qsize() < 9:
        threading.Event().wait(0.005)
    go.set()
    for thread in threads:
        thread.join()
    good = {f"n{number}" for number in range(9) if number % 3 != 1}
    assert results == {"first": "first", **{n: n for n in good}, **dict.fromkeys(("n1", "n4", "n7"), Mishap)}
    assert names(database) == {"first"} | good


def test_many_threads_lose_nothing(database: Database) -> None:
    def work(number: int) -> None:
        for turn in range(10):
            database.write(put(f"{number}.{turn}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == 80


def test_a_reader_sees_one_moment(database: Database) -> None:
    database.write(put("a"))
    with database.read() as connection:
        before = connection.execute(select(mark.c.name)).scalars().all()
        database.write(put("b"))
        assert connection.execute(select(mark.c.name)).scalars().all() == before == ["a"]
    assert names(database) == {"a", "b"}


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as connection:
        connection.execute(insert(mark).values(name="a", value="v"))
    assert names(database) == set()


def test_a_closed_sqlite_database_takes_no_more_and_can_be_closed_twice(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}")
    migrate(database)
    database.close()
    with pytest.raises(Stopped):
        database.write(put("a"))
    database.close()


def test_closing_ends_what_was_begun(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}")
    migrate(database)
    begun, results = threading.Event(), []

    def slow(connection: Any) -> str:
        begun.set()
        threading.Event().wait(0.2)
        return put("slow")(connection)

    thread = threading.Thread(target=lambda: results.append(database.write(slow)))
    thread.start()
    assert begun.wait(20)
    database.close()
    thread.join(20)
    assert results == ["slow"]
    again = opened(f"sqlite:///{tmp_path / 'a.db'}")
    assert names(again) == {"slow"}
    again.close()


SECOND = """
import sys
from surehand.errors import Stopped
from surehand.store.database import opened
try:
    opened(sys.argv[1]).close()
    print("opened")
except Stopped as refused:
    print(refused)
"""


def in_another_process(url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SECOND, url], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_a_second_process_is_kept_from_a_sqlite_file(tmp_path: Path) -> None:
    import os

    url = f"sqlite:///{tmp_path / 'a.db'}"
    database = opened(url)
    refused = in_another_process(url)
    assert f"Process {os.getpid()} has a.db open" in refused
    with pytest.raises(Stopped):
        opened(url)
    database.close()
    assert in_another_process(url) == "opened"


def test_who_only_looks_may_look_beside_a_writer_and_writes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    with pytest.raises(SettingsInvalid, match="there is no"):
        opened(url, looking=True)
    database = opened(url)
    migrate(database)
    database.write(put("a"))
    looking = opened(url, looking=True)
    assert names(looking) == {"a"}
    with pytest.raises(Stopped):
        looking.write(put("b"))
    looking.close()
    database.write(put("c"))
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/n", "oracle://h/n"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        opened(url)


def test_sqlite_is_opened_so_that_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path / 'a.db'}")
    migrate(database)

    def modes(connection: Any) -> list[Any]:
        return [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert database.write(modes) == ["wal", 2, 1]
    database.close()


def test_a_reader_that_fails_leaves_no_old_snapshot_behind(database_url: str) -> None:
    """Its traceback may live on, with rows that nobody read."""
    database = opened(database_url)
    database.write(lambda c: c.exec_driver_sql("CREATE TABLE thing (n INTEGER)") and None)
    database.write(lambda c: c.exec_driver_sql("INSERT INTO thing VALUES (1), (2), (3)") and None)
    kept: list[BaseException] = []
    try:
        with database.read() as connection:
            rows = connection.exec_driver_sql("SELECT n FROM thing")
            for row in rows:
                raise ValueError(f"{row.n} is not what was expected")
    except ValueError as error:
        kept.append(error)
    database.write(lambda c: c.exec_driver_sql("DELETE FROM thing") and None)
    for _ in range(3):
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM thing").scalar_one() == 0
    assert kept
    database.close()


def test_what_postgresql_has_prepared_is_kept_from_read_to_read(postgres_url: str) -> None:
    """The driver prepares what it has sent five times, and forgets all of it when it rolls back."""
    database = opened(postgres_url)
    migrate(database)
    for _ in range(8):
        assert names(database) == set()
    with database.read() as connection:
        kept = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
    assert any("FROM mark" in statement for statement in kept)
    database.close()


def test_what_was_read_is_there_although_the_server_left_meanwhile(postgres_url: str) -> None:
    database, another = opened(postgres_url), opened(postgres_url)
    migrate(database)
    with database.read() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with another.look() as beside:
            assert beside.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}).scalar_one()
    assert database.write(put("a")) == "a"
    assert names(database) == {"a"}
    for one in (database, another):
        one.close()
