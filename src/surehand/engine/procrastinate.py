"""Workers on any number of hosts, woken by Procrastinate through the PostgreSQL that holds the cases.

A wake-up is a job that names a kind of work and nothing else. It is deferred after the commit and by a
connection of its own: inside the transaction, a worker that takes the wake-up before it could see the work
would leave the work behind. Jobs are never retried, because the sweep finds what is due. While jobs cannot
be deferred, or this process's worker is not there, a thread of the process does what the sweep finds.
"""

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from surehand.engine.dispatcher import Drain, Health, Sweep
from surehand.engine.watch import Due, Faults, Hands, Watch
from surehand.store.database import connecting

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.job_context import JobContext

_log = logging.getLogger("surehand.engine")

#: Only jobs of this queue are ours, should the database hold another application's, too.
QUEUE = "surehand"

#: Held while Procrastinate's tables are made: of several processes that start together one makes them.
_LOCK = 0x70726F63

#: Seconds between two looks for jobs; most are announced by NOTIFY at once.
_POLL = 0.5

#: Seconds after which a worker without a sign of life is dead, and its jobs with it. It gives one every 10.
_SILENT = 30.0

#: Seconds before a worker that ended by itself is started again.
_AGAIN = 1.0


class ProcrastinateDispatcher:
    """Defers a job per kind of work, and runs a worker for such jobs in a thread of this process.

    It takes up to five connections: two for the worker, one on which it listens, two for wake-ups.
    """

    def __init__(self, *, database: str, workers: int = 2, name: str = "surehand") -> None:
        url = make_url(database).set(drivername="postgresql")
        self._conninfo = url.render_as_string(hide_password=False)
        self._connecting = connecting(url, name=f"{name} wake")
        self._name = name
        self._count = workers
        self._faults = Faults()
        self._watch = Watch(self._faults)
        self._alone = Hands(self._faults, count=1)
        self._due = Due()
        self._announcer = threading.Thread(target=self._announce, name="surehand-wake", daemon=True)
        self._worker = threading.Thread(target=self._supervise, name="surehand-worker", daemon=True)
        self._stopping = threading.Event()
        self._serving: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None] | None = None
        self._lock = threading.Lock()
        self._connected = False
        self._drain: Drain | None = None
        self._trouble: str | None = None

    def install(self) -> None:
        """Make Procrastinate's tables, or bring those that an earlier version of it made here up to date."""
        import psycopg

        with psycopg.connect(self._conninfo, **self._connecting) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            _bring_up_to_date(connection)

    def wake(self, kinds: frozenset[str]) -> None:
        """Announce it soon, in another thread: nobody who committed work has to wait for that."""
        self._due.add(kinds)

    def run(self, drain: Drain, sweep: Sweep, *, every: float = 0.5) -> None:
        """Start the worker, the thread that announces, the one that works without it, and the sweep."""
        import procrastinate  # noqa: F401 - once, before several threads do

        self._drain = drain
        self._alone.start(drain)
        self._worker.start()
        self._announcer.start()
        self._watch.start(sweep, self.wake, every=every)

    def stop(self, *, patience: float = 30.0) -> None:
        """Let the worker finish its jobs; it takes no more."""
        until = time.monotonic() + patience
        self._stopping.set()
        with self._lock:
            if self._serving is not None:
                loop, task = self._serving
                assert task is not None
                loop.call_soon_threadsafe(task.cancel)
        self._due.close()
        self._alone.due.close()
        self._watch.stop(until=until)
        self._alone.stop(until=until)
        for thread in (self._worker, self._announcer):
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))

    def health(self) -> Health:
        """How it is doing."""
        threads = (self._worker, self._announcer)
        running = self._watch.alive and self._alone.alive and all(thread.is_alive() for thread in threads)
        return Health(
            running and self._connected, self._count, self._watch.last, self._faults.count,
            self._faults.last, self._trouble,
        )  # fmt: skip

    # -- wake-ups --------------------------------------------------------------------------------------------

    def _announce(self) -> None:
        from procrastinate import App, SyncPsycopgConnector
        from psycopg_pool import ConnectionPool

        with ConnectionPool(
            self._conninfo, kwargs=self._connecting, min_size=1, max_size=2, timeout=5.0, open=True,
            check=ConnectionPool.check_connection,
        ) as pool:  # fmt: skip
            app = App(connector=SyncPsycopgConnector())
            app.open(pool)
            while (kinds := self._due.take()) is not None:
                deferred = self._faults.safely(partial(self._deferred, app, kinds))
                if not (deferred and self._connected):
                    self._alone.due.add(kinds)

    def _deferred(self, app: "App", kinds: frozenset[str]) -> bool:
        """A job for each kind is waiting, and one at most; a running one may have looked too early."""
        from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
        from psycopg_pool import PoolTimeout

        try:
            for kind in sorted(kinds):
                lock = f"{QUEUE}.{kind}"
                # asked first: the database would write each violation of the lock into its log as an error
                if not app.job_manager.list_jobs(queueing_lock=lock, status="todo"):
                    with suppress(AlreadyEnqueued):
                        app.configure_task(f"{QUEUE}.drain", queue=QUEUE, queueing_lock=lock).defer(kind=kind)
        except (ConnectorException, PoolTimeout) as error:
            if self._trouble is None:
                _log.warning(
                    "wake-ups are lost, and the sweep makes up for them: %s", error.__cause__ or error
                )
            self._trouble = "wake-ups are lost: work is found every half second instead"
            return False
        self._trouble = None
        return True

    # -- the worker ------------------------------------------------------------------------------------------

    def _supervise(self) -> None:
        """A worker ends when the database is gone for a moment; there is a new one as long as we run."""
        while not self._stopping.is_set():
            with suppress(asyncio.CancelledError):
                self._faults.safely(lambda: asyncio.run(self._serve()))
            self._stopping.wait(_AGAIN)

    async def _serve(self) -> None:
        with self._lock:
            if self._stopping.is_set():
                return
            self._serving = (asyncio.get_running_loop(), asyncio.current_task())
        try:
            await self._work()
        finally:
            with self._lock:
                self._serving = None
            self._connected = False

    async def _work(self) -> None:
        """Until it is cancelled: then it finishes the jobs that run, and takes no more."""
        from procrastinate import App, PsycopgConnector

        # synchronous tasks run in it, and by default it is smaller than the number of workers may be
        executor = ThreadPoolExecutor(self._count + 2, thread_name_prefix="surehand-worker")
        asyncio.get_running_loop().set_default_executor(executor)
        app = App(
            connector=PsycopgConnector(
                conninfo=self._conninfo, kwargs=self._connecting, min_size=1, max_size=2
            )
        )
        app.task(name=f"{QUEUE}.drain", queue=QUEUE)(self._drained)
        _prune_each_minute(app)
        async with app.open_async():
            self._connected = True
            await app.run_worker_async(
                queues=[QUEUE], name=self._name, concurrency=self._count, listen_notify=True,
                fetch_job_polling_interval=_POLL, delete_jobs="always", install_signal_handlers=False,
                stalled_worker_timeout=_SILENT,
            )  # fmt: skip

    def _drained(self, kind: str) -> None:
        """The task: one chunk, then to the end of the queue, so that no kind waits until another is done."""
        assert self._drain is not None
        if self._stopping.is_set():
            return
        if self._faults.safely(partial(self._drain, frozenset({kind}))):
            self.wake(frozenset({kind}))


def _prune_each_minute(app: "App") -> None:
    """Let what dead workers left be dropped.

    A task of Procrastinate's own schedule: one worker does it for all, and as long as there is such a task
    Procrastinate looks after its listener and its signs of life, and ends a worker that has lost them.
    """

    async def prune(context: "JobContext", timestamp: int) -> None:  # noqa: ARG001 - Procrastinate gives it
        await pruned(context.app)

    name = f"{QUEUE}.prune"
    task = app.task(name=name, queue=QUEUE, queueing_lock=name, pass_context=True)(prune)
    app.periodic(cron="* * * * *")(task)


async def pruned(app: "App") -> None:
    """Drop what dead workers left: the jobs that they had begun, and themselves."""
    from procrastinate.jobs import Status

    manager = app.job_manager
    for job in await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=_SILENT):
        if job.id is not None:
            await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
    await manager.prune_stalled_workers(_SILENT)


def _bring_up_to_date(connection: Any) -> None:
    """Which migrations the tables have is kept as their comment: Procrastinate does not write it down."""
    from procrastinate.schema import SchemaManager

    known = sorted(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    (there,) = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
    if there is None:
        connection.execute(SchemaManager.get_schema())
        _remember(connection, known[-1])
        return
    (comment,) = connection.execute(
        "SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')"
    ).fetchone()
    if comment is None or not comment.startswith(_COMMENT):
        return  # another application made them, and keeps them up to date
    newer = [name for name in known if name > comment.removeprefix(_COMMENT)]
    for name in newer:
        connection.execute((Path(SchemaManager.get_migrations_path()) / name).read_text("utf-8"))
    if newer:
        _remember(connection, newer[-1])


_COMMENT = "made by surehand, up to "


def _remember(connection: Any, name: str) -> None:
    from psycopg import sql

    comment = sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(sql.Literal(_COMMENT + name))
    connection.execute(comment)
