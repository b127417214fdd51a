"""Several processes with one database: they share the load, and take over what a dead one held."""

import importlib.util
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, select

from surehand.store import work
from surehand.store.database import Database, opened
from surehand.store.tables import mark
from surehand.store.work import NewWork
from tests.conftest import ROOT, missing
from tests.engine.conftest import DISPATCHERS
from tests.migrated import migrated
from tests.postgres import die_with_parent

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

LEASE = 1.5


@pytest.fixture
def migrated_url(postgres_server: "PostgresServer") -> Iterator[str]:
    postgres_server.template("migrated", migrated)
    with postgres_server.database(template="migrated") as url:
        yield url


@pytest.fixture(params=DISPATCHERS)
def start(
    request: pytest.FixtureRequest, migrated_url: str, tmp_path: Path
) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts a process under a name, and waits until it is ready."""
    kind = request.param
    if kind != "embedded" and importlib.util.find_spec(kind) is None:
        missing(f"no {kind}: pip install 'surehand[{kind}]'")
    broker = request.getfixturevalue("broker").fresh() if kind == "celery" else ""
    with ExitStack() as stack:

        def started(name: str) -> subprocess.Popen[str]:
            command = [
                sys.executable, "-m", "tests.engine.process", kind, "--database", migrated_url,
                "--broker", broker, "--name", name, "--lease", str(LEASE), "--pace", "0.02",
            ]  # fmt: skip
            log = stack.enter_context((tmp_path / f"{name}.log").open("w"))
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                preexec_fn=die_with_parent,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", (tmp_path / f"{name}.log").read_text()
            return process

        yield started


@contextmanager
def table(url: str) -> Iterator[Database]:
    database = opened(url, name="test")
    try:
        yield database
    finally:
        database.close()


def put(database: Database, count: int) -> None:
    """So many pieces, with nobody told."""
    items = [
        NewWork(kind=("act", "advance")[n % 2], ref=f"piece {n}", case_id="-", repeatable=True,
                due_at=datetime.now(UTC))
        for n in range(count)
    ]  # fmt: skip
    database.write(lambda connection: work.add(connection, items))


def done_by(database: Database) -> Counter[str]:
    """Pieces that are done, by name of the process."""

    def counted(connection: Connection) -> Counter[str]:
        return Counter(connection.execute(select(mark.c.value).where(mark.c.name.like("piece %"))).scalars())

    with database.read() as connection:
        return counted(connection)


def finished(database: Database, count: int, *, seconds: float = 30.0) -> Counter[str]:
    until = time.monotonic() + seconds
    while (done := done_by(database)).total() < count:
        assert time.monotonic() < until, f"{done} of {count}"
        time.sleep(0.05)
    return done


def killed_at_work(process: subprocess.Popen[str], database: Database) -> None:
    """Kill it at a moment at which it holds something: it is stopped, looked at, and let go on if not."""
    for _ in range(500):
        process.send_signal(signal.SIGSTOP)
        with database.read() as connection:
            if work.counts(connection).get("claimed"):
                process.kill()
                process.wait()
                return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.005)
    raise AssertionError("it never held anything")


def test_two_processes_share_the_load(
    start: Callable[[str], subprocess.Popen[str]], migrated_url: str
) -> None:
    both = [start("one"), start("two")]
    with table(migrated_url) as database:
        put(database, 150)
        done = finished(database, 150)
        assert min(done["one"], done["two"]) >= 30, done
        for process in both:
            process.terminate()
        assert [process.wait(20) for process in both] == [0, 0]


def test_what_a_dead_process_held_is_done_by_another(
    start: Callable[[str], subprocess.Popen[str]], migrated_url: str
) -> None:
    doomed = start("doomed")
    with table(migrated_url) as database:
        put(database, 90)
        finished(database, 6)
        killed_at_work(doomed, database)
        start("heir")
        done = finished(database, 90)
        assert done["heir"] >= 60
        with database.read() as connection:
            assert work.counts(connection) == {}
