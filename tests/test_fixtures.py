"""The test bench itself: a real database each time, a real browser, nothing left behind."""

import asyncio
import http.server
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text

from surehand.core.classification import Taught
from surehand.flow import apart
from surehand.store.database import Database, opened
from surehand.store.migrating import migrate
from tests.migrated import quickly

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.broker import Broker
    from tests.browser import Chromium
    from tests.postgres import PostgresServer


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_a_fresh_database(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE once (turn INTEGER)"))
        connection.execute(text("INSERT INTO once VALUES (:turn)"), {"turn": turn})
        assert connection.scalar(text("SELECT count(*) FROM once")) == 1
    engine.dispose()


def test_postgres_is_durable_and_roomy(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        shown = {
            name: connection.scalar(text(f"SHOW {name}"))
            for name in ("max_connections", "fsync", "synchronous_commit", "transaction_isolation")
        }
    engine.dispose()
    assert shown == {
        "max_connections": "200",
        "fsync": "on",
        "synchronous_commit": "on",
        "transaction_isolation": "read committed",
    }


def test_tables_that_are_made_quickly_are_those_that_migrations_make(
    postgres_server: "PostgresServer", tmp_path: Path
) -> None:
    with ExitStack() as stack:
        for kind in ("sqlite", "postgresql"):
            made = []
            for number, make in enumerate((migrate, quickly, quickly)):
                url = f"sqlite:///{tmp_path}/{number}.db"
                if kind == "postgresql":
                    url = stack.enter_context(postgres_server.database())
                database = opened(url)
                make(database)
                made.append(schema(database))
                database.close()
            assert made[0] == made[1] == made[2]
            assert all(made[0])


def schema(database: Database) -> list[list[Any]]:
    """All that the database knows of its tables, and which migration it is at."""
    told = ["SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"]
    if database.dialect == "postgresql":
        told = [
            "SELECT table_name, column_name, data_type, column_default, is_nullable"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
        ]
    with database.read() as connection:
        return [
            [tuple(row) for row in connection.execute(text(one))]
            for one in (*told, "SELECT version_num FROM alembic_version")
        ]


def test_a_template_is_prepared_once_and_copied(postgres_server: "PostgresServer") -> None:
    prepared = []

    def prepare(url: str) -> None:
        prepared.append(url)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE ready (id INTEGER)"))
        engine.dispose()

    for _ in range(2):
        postgres_server.template("ready", prepare)
        with postgres_server.database(template="ready") as url:
            engine = create_engine(url)
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT count(*) FROM ready")) == 0
            engine.dispose()
    assert len(prepared) == 1


def test_a_child_of_the_nursery_learns_the_same_as_one_that_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = {"billing": "a refund of the payment", "access": "the password of my login"}
    examples = [
        Taught(values={"text": f"{text} {n}"}, answer=topic)
        for n in range(20)
        for topic, text in texts.items()
    ]
    task, told = apart.Task("text-classifier", {"text": "text"}), []
    forked = apart.learned(task, examples, lambda what, share: told.append((what, share)))
    heard = list(told)
    monkeypatch.setattr(apart, "subprocess", subprocess)
    started = apart.learned(task, examples, lambda what, share: told.append((what, share)))
    assert (forked.version, forked.body, forked.report) == (started.version, started.body, started.report)
    assert heard
    assert told == heard * 2


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A page that asks for something outside when its button is pressed."""
    (tmp_path / "index.html").write_text(
        "<title>Desk</title><button onclick=\"new Image().src='http://elsewhere.example/x'\">Leave</button>"
    )

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None: ...

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *arguments: Quiet(*arguments, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_browser_shows_a_page(browser_page: "Page", site: str) -> None:
    browser_page.goto(site)
    assert browser_page.title() == "Desk"


def test_a_request_that_leaves_the_site_is_a_failure(chromium: "Chromium", site: str) -> None:
    def leave() -> None:
        with chromium.page() as page:
            page.goto(site)
            page.get_by_role("button").click()

    with pytest.raises(AssertionError, match=r"left the site: http://elsewhere\.example/x"):
        leave()


def test_asyncio_still_works_beside_the_browser(chromium: "Chromium") -> None:
    async def answer() -> int:
        return 42

    assert asyncio.run(answer()) == 42
    with chromium.page() as page:
        assert page.evaluate("6 * 7") == 42
    assert asyncio.run(answer()) == 42


def test_the_broker_is_empty_each_time_and_can_go_away(broker: "Broker") -> None:
    broker.fresh()
    broker.client().set("key", "value")
    broker.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((broker.address, broker.port), timeout=2)
    broker.fresh()
    assert broker.client().keys() == []


def test_shared_data_is_a_folder(shared_data: Callable[[str], Path]) -> None:
    assert any(shared_data("sroie_receipts").iterdir())


@pytest.mark.long
def test_long_tests_run_on_request_only(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getoption("--run-long")
