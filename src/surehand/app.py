"""Assembly, and nowhere else: settings, database, processes and dispatcher become a running Surehand."""

import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from surehand import plugins
from surehand.core.bound import BoundProcess
from surehand.core.names import case_number
from surehand.core.people import People
from surehand.discretion import mask_of
from surehand.documents.limits import Limits
from surehand.documents.pictures import Pictures
from surehand.documents.reader import Reader
from surehand.engine.dispatcher import Dispatcher
from surehand.engine.embedded import EmbeddedDispatcher
from surehand.errors import Conflict, SettingsInvalid, Stopped
from surehand.flow import learning, publish
from surehand.flow.context import Context, Processes
from surehand.flow.escalate import replace_absent
from surehand.flow.models import Models
from surehand.flow.reconcile import older_than_its_checkpoints
from surehand.flow.running import drain, reclaim, sweep
from surehand.maps import deployment as deployments
from surehand.maps import language
from surehand.maps import version as contents
from surehand.maps.bind import bind
from surehand.maps.checks import Names
from surehand.maps.deployment import Deployment
from surehand.settings import Mode, Settings
from surehand.settings import secret as secret_of
from surehand.store import versions
from surehand.store.audit import Checkpoints
from surehand.store.database import Database, opened
from surehand.store.migrating import migrate
from surehand.store.work import Work

if TYPE_CHECKING:
    from fastapi import FastAPI

    from surehand.web.pages_tour import Tour

#: Child processes that read files. Pages are drawn by one more, so that a person who looks at a case does
#: not wait for what is being read; it gives up sooner, and so do those who wait for it.
_READERS = 2
_DRAWING = Limits(seconds=10)
_PATIENCE = 20.0

#: Bytes of page pictures that are kept.
_PICTURES = 1024**3

#: What the extra of a dispatcher brings.
_BROUGHT = {"procrastinate": ("procrastinate", "psycopg_pool"), "celery": ("celery", "redis")}

#: Heads of audit chains are sealed outside the database this often.
SEAL_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Surehand:
    """Everything that runs: made by `assembled`, given back by `close`.

    sealing  this process writes the checkpoints; of a deployment with workers, the server does
    """

    deployment: Deployment
    context: Context
    dispatcher: Dispatcher
    secret: bytes = field(repr=False)
    sealing: bool = True

    @property
    def settings(self) -> Settings:
        """How it runs."""
        return self.deployment.settings

    def start(self) -> None:
        """Let the dispatcher run the work."""
        self.dispatcher.install()
        reclaim(self.context)
        replace_absent(self.context)
        self.context.wake = self.dispatcher.wake
        seals = _Sealing(self.context) if self.sealing else None
        school = _School(self.context)

        def swept() -> frozenset[str]:
            if seals is not None:
                seals.now_and_then()
            kinds = sweep(self.context)
            school.now_and_then()
            return kinds

        self.dispatcher.run(lambda kinds: drain(self.context, kinds), swept, every=0.5)

    def close(self) -> None:
        """Finish what was begun, seal the audit, close the database."""
        self.dispatcher.stop()
        self.context.reader.close()
        self.context.pictures.close()
        if self.sealing:
            # a database that was closed before takes no mark any more, and the files may be ahead of it
            with suppress(Stopped):
                self.context.checkpoints.seal(self.context.db, now=self.context.clock())
        self.context.db.close()


class _Sealing:
    """Seals the audit heads each minute, in the sweep's thread."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._last = context.clock()

    def now_and_then(self) -> None:
        now = self._context.clock()
        if now - self._last >= SEAL_EVERY:
            self._last = now
            self._context.checkpoints.seal(self._context.db, now=now)


class _School:
    """Lets models learn by themselves in a thread of their own, one at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._thread: threading.Thread | None = None

    def now_and_then(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        item = learning.claimed(self._context)
        if item is not None:
            self._thread = threading.Thread(target=self._learn, args=(item,), name="learning", daemon=True)
            self._thread.start()

    def _learn(self, item: Work) -> None:
        # the server may stop meanwhile; then the next one learns it
        with suppress(Stopped):
            learning.learn(self._context, item)


@dataclass(frozen=True, slots=True)
class KeptVersions:
    """Versions that were published, from the deployment's folder; their content must have its hash."""

    folder: Path
    people: People
    names: Names

    def load(self, process: str, version: str) -> BoundProcess:
        """See `flow.context.Versions`."""
        folder = contents.kept(self.folder, process, version)
        return bind(folder, self.people, names=self.names, label=f"{process}@{version[:8]}", pinned=True)


def assembled(
    folder: Path, *, database: Database | None = None, publishing: bool = False, sealing: bool = True
) -> Surehand:
    """A deployment, ready to start.

    publishing  only for proposing and publishing: nothing has to be published yet
    sealing     this process writes the checkpoints
    raises      SettingsInvalid, MapInvalid with every fault
    """
    deployment = deployments.load(folder)
    settings = deployment.settings
    installed = plugins.load()
    secret = secret_of(settings)
    worker = _worker_name()
    dispatcher = _dispatcher(settings, worker)
    db = database or opened(settings.database_url, name=worker)
    mask = mask_of([secret.decode(errors="replace")], database_url=settings.database, environment=os.environ)
    try:
        migrate(db)
        _guard_mode(db, settings)
        context = _context(deployment, db, installed, worker, secret)
        context.mask = mask
        # a database that lacks what was sealed of it goes on with no seal, so that the next start sees it too
        sealing = sealing and not older_than_its_checkpoints(context)
        if settings.development:
            _publish_folder(deployment, context, installed.names)
        elif not publishing:
            context.processes.current.update(_published(context))
            _everything_is_there(context, installed.names)
    except BaseException:
        db.close()
        raise
    return Surehand(deployment, context, dispatcher, secret, sealing)


def _dispatcher(settings: Settings, worker: str) -> Dispatcher:
    """Who runs the work. What an extra brings is imported when it starts. Raises SettingsInvalid."""
    if settings.dispatcher == "embedded":
        return EmbeddedDispatcher(workers=settings.workers)
    if any(find_spec(package) is None for package in _BROUGHT[settings.dispatcher]):
        raise SettingsInvalid(
            f"dispatcher: {settings.dispatcher} is not installed here: "
            f"pip install 'surehand[{settings.dispatcher}]'"
        )
    if settings.dispatcher == "procrastinate":
        from surehand.engine.procrastinate import ProcrastinateDispatcher

        return ProcrastinateDispatcher(database=settings.database_url, workers=settings.workers, name=worker)
    from surehand.engine.celery import CeleryDispatcher

    assert settings.broker is not None
    return CeleryDispatcher(broker=settings.broker, workers=settings.workers, name=worker)


@contextmanager
def rehearsed(
    deployment: Deployment, process: BoundProcess, scratch: Path, *, clock: Callable[[], datetime],
    secret: bytes,
) -> Iterator[Context]:  # fmt: skip
    """One process on a database of its own in `scratch`. Nothing of the deployment's own is touched.

    clock   aware UTC now
    secret  of what is drawn, so that the same is drawn again
    """
    installed = plugins.load()
    settings = deployment.settings.model_copy(update={"mode": Mode.DEVELOPMENT, "audit": scratch / "audit"})
    apart = replace(deployment, folder=scratch, settings=settings)
    db = opened(f"sqlite:///{scratch}/pilot.db", durable=False)
    try:
        migrate(db)
        context = _context(apart, db, installed, _worker_name(), secret)
        context.clock, context.draw = clock, lambda: 0.5
        publish.propose(context, process, by=process.map.owner)
        publish.publish(context, process.version, by=process.map.owner)
        context.processes.current[process.name] = process
        try:
            yield context
        finally:
            context.reader.close()
            context.pictures.close()
    finally:
        db.close()


@contextmanager
def looking(folder: Path) -> Iterator[Context]:
    """A context that only reads, also beside a running server."""
    deployment = deployments.load(folder)
    installed = plugins.load()
    db = opened(deployment.settings.database_url, looking=True)
    try:
        # it draws nothing, so it needs no secret
        yield _context(deployment, db, installed, _worker_name(), b"")
    finally:
        db.close()


def _context(
    deployment: Deployment, db: Database, installed: plugins.Plugins, worker: str, secret: bytes
) -> Context:
    kept = KeptVersions(deployment.folder, deployment.people, installed.names)
    reader, drawer = Reader(processes=_READERS), Reader(_DRAWING, patience=_PATIENCE)
    folders = {_process_of(folder): folder for folder in deployment.processes}
    return Context(
        db=db, processes=Processes({}, kept), people=deployment.people, providers=installed.providers,
        signals=installed.signals, checkpoints=Checkpoints(deployment.settings.audit_folder),
        clock=_now, draw=random.random, new_id=_new_id, worker=worker, reader=reader,
        pictures=Pictures(drawer, deployment.folder / ".surehand" / "pages", _PICTURES),
        models=Models(installed.extractors, folders, installed.classifiers),
        languages=installed.languages,
        # one thread is left for everything else
        asking=BoundedSemaphore(max(1, deployment.settings.workers - 1)), secret=secret,
        development=deployment.settings.development,
    )  # fmt: skip


def _guard_mode(db: Database, settings: Settings) -> None:
    """A production database is not run in development, where one person may publish alone."""
    with db.read() as connection:
        mode = versions.marked(connection, "mode")
    if mode is None:
        db.write(lambda connection: versions.set_mark(connection, "mode", settings.mode))
    elif mode == "production" and settings.development:
        raise SettingsInvalid(
            "This database is a production one, and surehand.yaml says mode: development. Use another "
            "database for development, or set mode: production"
        )


def _publish_folder(deployment: Deployment, context: Context, names: Names) -> None:
    """Development: what lies in the folder is what runs; its builder publishes it alone."""
    for name, process in deployment.bind(names=names).items():
        with context.db.read() as connection:
            current = versions.current(connection).get(name)
        if current is None or current.hash != process.version:
            contents.keep(deployment.folder, folder_of(deployment, name), name)
            publish.propose(context, process, by=process.map.builder)
            # of several processes that start together, one is first
            with suppress(Conflict):
                publish.publish(context, process.version, by=process.map.builder)
        context.processes.current[name] = process


def folder_of(deployment: Deployment, process: str) -> Path:
    """The folder of a process, by the process's name or the folder's. Raises SettingsInvalid."""
    for folder in deployment.processes:
        if process in (folder.name, _process_of(folder)):
            return folder
    names = ", ".join(folder.name for folder in deployment.processes)
    raise SettingsInvalid(f"There is no process '{process}' in {deployment.folder.name}; there are: {names}")


def _process_of(folder: Path) -> str:
    """The name of the process in a folder; the folder's own if its map cannot be read."""
    from surehand.maps.parse import process_as_far_as_possible
    from surehand.maps.source import read

    parsed = process_as_far_as_possible(read(folder / "process.yaml")).process
    return folder.name if parsed is None else parsed.process


def _published(context: Context) -> dict[str, BoundProcess]:
    with context.db.read() as connection:
        current = versions.current(connection)
    if not current:
        raise SettingsInvalid(
            "No process is published in this database. Propose one with 'surehand publish DIR PROCESS', "
            "then a second person publishes it with the same command"
        )
    return {name: context.processes.versions.load(name, version.hash) for name, version in current.items()}


def _everything_is_there(context: Context, names: Names) -> None:
    """What language models need is on this machine: else every case would wait, try, and go to people."""
    lacking = [
        words
        for process in context.processes.current.values()
        for name, lacks in names.languages.items()
        for words in language.lacks(process.map, lacks, (name,))
    ]
    if lacking:
        raise SettingsInvalid("\n".join(lacking))


def _worker_name() -> str:
    """Short enough for the 63 characters that PostgreSQL keeps of it."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(3)}"


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id(prefix: str) -> str:
    return case_number(prefix, milliseconds=time.time_ns() // 1_000_000, random=secrets.randbits(36))


@contextmanager
def running(folder: Path, *, database: Database | None = None) -> Iterator[Surehand]:
    """A started deployment, without the web server; stopped at the end."""
    surehand = assembled(folder, database=database)
    surehand.start()
    try:
        yield surehand
    finally:
        surehand.close()


def create_app(surehand: Surehand, *, demo_token: str | None = None, tour: "Tour | None" = None) -> "FastAPI":
    """The web application of an assembled deployment.

    demo_token  opens the door of the demo, where a browser on this machine may be any of its people
    tour        what the demo's first screen shows and does
    """
    from fastapi import FastAPI

    from surehand.web import api, pages

    app = FastAPI(
        title="Surehand", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        # such a redirect would name whatever host the request named
        redirect_slashes=False,
    )  # fmt: skip
    app.state.context = surehand.context
    app.state.surehand = surehand
    app.state.settings = surehand.settings
    app.state.demo_token = demo_token
    app.state.tour = tour
    api.install(app)
    pages.install(app)
    return app
