"""Connections and transactions.

SQLite has one writer thread in one process: transactions that wait together are committed together, each in
its own savepoint. PostgreSQL runs each transaction on a pooled connection of the caller's thread.
"""

import fcntl
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError

from surehand.errors import SettingsInvalid, Stopped
from surehand.store.columns import decoded, encoded

T = TypeVar("T")
Transaction = Callable[[Connection], T]

#: Seconds after which a pooled connection is tested before it is used.
_IDLE = 1.0

#: How often PostgreSQL is asked to run a transaction that it gave up in favour of another.
_ATTEMPTS = 5
_GIVEN_UP = ("40P01", "40001")

#: A host that lost its network says nothing more. We give up a silent server after some 20 seconds, and ask
#: it to give us up as soon: left alone, both would take hours, and `connected` would name the dead.
_SILENCE = {
    "connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}  # fmt: skip
_SILENCE_OF_OURS = (
    "SELECT set_config('tcp_keepalives_idle', '10', false), "
    "set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '2', false), "
    "set_config('tcp_user_timeout', '20000', false)"
)

#: How many waiting transactions share one commit at most.
_GROUP = 64


class Database(Protocol):
    """What the rest of the program sees of a database."""

    dialect: str

    def read(self) -> Any:
        """Context manager: a connection whose reads see one moment."""

    def look(self) -> Any:
        """As `read`, for a single question: one statement on PostgreSQL, or one of `Questions`. Cheaper."""

    def write(self, transaction: Transaction[T]) -> T:
        """Run a function in one transaction and commit it; what it raises rolls it back and comes out."""

    def connected(self) -> frozenset[str]:
        """Names under which processes are connected. A frozen one still is; a dead one is not."""

    def close(self) -> None:
        """Give everything back; later writes raise Stopped."""


def opened(
    url: str, *, pool: int = 16, looking: bool = False, durable: bool = True, name: str = "surehand"
) -> Database:
    """The database under a URL: `sqlite:///path` or `postgresql+psycopg://...`.

    name     of this process, as PostgreSQL shows it for each connection
    looking  only for reading: a SQLite file that another process writes can be looked at
    durable  False: a SQLite file that is thrown away, so that nothing has to wait for the disk
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite":
        return SqliteDatabase(parsed, looking=looking, durable=durable)
    if parsed.drivername == "postgresql+psycopg":
        return PostgresDatabase(parsed, pool=pool, name=name)
    raise SettingsInvalid(
        f"database: '{parsed.drivername}' is not supported; use sqlite:///FILE or postgresql://HOST/NAME"
    )


class PostgresDatabase:
    """READ COMMITTED transactions on a pool; guards in the statements do the rest."""

    dialect = "postgresql"

    def __init__(self, url: URL, *, pool: int, name: str) -> None:
        self._engine = create_engine(
            url, pool_size=pool, max_overflow=0, json_serializer=encoded, json_deserializer=decoded,
            hide_parameters=True, connect_args=connecting(url, name=name),
        )  # fmt: skip
        _ping_after_idling(self._engine)
        event.listen(self._engine, "connect", _ask_for_patience)
        # on the same pool
        self._readers = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._lookers = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One REPEATABLE READ, read-only snapshot."""
        with self._readers.connect() as connection:
            yield connection
            # After a rollback, the driver forgets every statement that it has prepared on this connection.
            # What was read is read: a server that is gone by now is noticed by who asks it next.
            with suppress(DBAPIError):
                connection.commit()

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A statement sees one moment by itself: no transaction is begun for it."""
        with self._lookers.connect() as connection:
            yield connection

    def write(self, transaction: Transaction[T]) -> T:
        """See `Database.write`."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._engine.begin() as connection:
                    return transaction(connection)
            except OperationalError as error:
                # two that wait for each other: the server gave up this one, and nothing of it was done
                if attempt == _ATTEMPTS or getattr(error.orig, "sqlstate", None) not in _GIVEN_UP:
                    raise
        raise AssertionError

    def connected(self) -> frozenset[str]:
        """See `Database.connected`."""
        names = text("SELECT application_name FROM pg_stat_activity WHERE datname = current_database()")
        with self._engine.connect() as connection:
            return frozenset(connection.execute(names).scalars())

    def close(self) -> None:
        """Close the pool."""
        self._engine.dispose()


def connecting(url: URL, *, name: str) -> dict[str, Any]:
    """What libpq is told beside the URL: our name, and how long to wait for a silent server. The URL wins."""
    told = {"application_name": name[:63], **_SILENCE}
    return {key: value for key, value in told.items() if key not in url.query}


def _ask_for_patience(connection: Any, _record: Any) -> None:
    """Over a Unix socket the server takes these and does nothing."""
    connection.execute(_SILENCE_OF_OURS)
    connection.commit()


def _ping_after_idling(engine: Engine) -> None:
    """Test a pooled connection that was not used for a moment; a server that restarted closed it."""

    @event.listens_for(engine, "checkin")
    def _left(_connection: Any, record: Any) -> None:
        record.info["left"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("left", time.monotonic()) < _IDLE:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.dbapi.Error as error:  # type: ignore[union-attr]  # there is one
            raise DisconnectionError from error


class SqliteDatabase:
    """One file, one process, one writer."""

    dialect = "sqlite"

    def __init__(self, url: URL, *, looking: bool = False, durable: bool = True) -> None:
        if not url.database or url.database == ":memory:":
            raise SettingsInvalid("database: SQLite needs a file, such as sqlite:///surehand.db")
        if looking and not Path(url.database).is_file():
            raise SettingsInvalid(f"database: there is no {url.database} yet; start it with 'surehand up'")
        self._lock = None if looking else _Lock(Path(url.database))
        self._readers = _sqlite_engine(url, read_only=True)
        self._writer = None if looking else _Writer(_sqlite_engine(url, read_only=False, durable=durable))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot of the write-ahead log."""
        with self._readers.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            except BaseException:
                # the traceback keeps unread rows alive, and they keep the snapshot: later readers got it
                connection.invalidate()
                raise

    look = read

    def write(self, transaction: Transaction[T]) -> T:
        """See `Database.write`. Runs in the writer's thread."""
        if self._writer is None:
            raise Stopped("The database was opened for looking only")
        return self._writer.run(transaction)

    def connected(self) -> frozenset[str]:
        """Nobody but this process."""
        return frozenset()

    def close(self) -> None:
        """Stop the writer after what it has begun."""
        if self._writer is not None:
            self._writer.stop()
        self._readers.dispose()
        if self._lock is not None:
            self._lock.release()


def _sqlite_engine(url: URL, *, read_only: bool, durable: bool = True) -> Engine:
    """The driver begins nothing by itself; whoever uses a connection says BEGIN.

    Not in SQLAlchemy's `begin` event: any such listener makes every statement look for listeners.
    """
    engine = create_engine(
        url,
        json_serializer=encoded,
        json_deserializer=decoded,
        # what a statement that failed was to write does not belong into anybody's log
        hide_parameters=True,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        if not read_only:
            cursor.execute("PRAGMA journal_mode = WAL")
        for pragma in (
            f"synchronous = {'FULL' if durable else 'OFF'}",
            "foreign_keys = ON",
            "cache_size = -65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    return engine


class _Lock:
    """Keeps a second process away from a SQLite file: two writers starve each other."""

    def __init__(self, database: Path) -> None:
        database.parent.mkdir(parents=True, exist_ok=True)
        self._file = Path(f"{database}.lock").open("a+")  # noqa: SIM115 - held open as long as the lock
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise Stopped(
                f"Process {holder} has {database.name} open, and SQLite takes one process at a time: stop it "
                "first, or move to PostgreSQL. 'surehand submit' can also send to it, with --url"
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let others in."""
        self._file.close()


class _Writer:
    """A thread that commits in groups."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[tuple[Transaction[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="surehand-writer", daemon=True)
        self._thread.start()

    def run(self, transaction: Transaction[T]) -> T:
        """Queue it and wait until it is on disk."""
        if self._stopped:
            raise Stopped("The database is closed")
        future: Future[T] = Future()
        self._waiting.put((transaction, future))
        return future.result()

    def stop(self) -> None:
        """Finish what waits, then end."""
        if not self._stopped:
            self._stopped = True
            self._waiting.put(None)
            self._thread.join()
            self._engine.dispose()

    def _work(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._waiting.get()) is not None:
                group = [first]
                while len(group) < _GROUP and not self._waiting.empty():
                    another = self._waiting.get()
                    if another is None:
                        self._waiting.put(None)
                        break
                    group.append(another)
                _commit_together(connection, group)
        while not self._waiting.empty():
            late = self._waiting.get()
            if late is not None:
                late[1].set_exception(Stopped("The database is closed"))


def _commit_together(connection: Connection, group: list[tuple[Transaction[Any], Future[Any]]]) -> None:
    """Run each in a savepoint, commit all, then tell them. A failed commit fails every one of them."""
    results: list[tuple[Future[Any], Any, BaseException | None]] = []
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for transaction, future in group:
                connection.exec_driver_sql("SAVEPOINT one")
                try:
                    results.append((future, transaction(connection), None))
                except Exception as error:  # noqa: BLE001 - handed to the caller that waits for it
                    results.append((future, None, error))
                    connection.exec_driver_sql("ROLLBACK TO one")
                connection.exec_driver_sql("RELEASE one")
    except Exception as error:  # noqa: BLE001 - handed to all callers: none of it was committed
        for _, future in group:
            future.set_exception(error)
        return
    for future, result, failure in results:
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)


def alone(connection: Connection) -> None:
    """Until this transaction ends, nobody else is in a transaction that has called this. ("surehand")"""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(1937076837)"))


def ping(connection: Connection) -> None:
    """Raises when the database does not answer."""
    connection.execute(text("SELECT 1"))
