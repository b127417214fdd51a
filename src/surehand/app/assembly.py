"""What becomes a deployment that runs, and the ways to open one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from surehand import plugins
from surehand.app.duties import Forgetting, School, Sealing
from surehand.app.parts import context_of, dispatcher_of, process_of, worker_name
from surehand.core.bound import BoundProcess
from surehand.discretion import mask_of
from surehand.engine.dispatcher import Dispatcher
from surehand.engine.postman import Postman
from surehand.errors import Conflict, SettingsInvalid, Stopped
from surehand.flow import delivering, post, publish
from surehand.flow.context import Context
from surehand.flow.escalate import replace_absent
from surehand.flow.people import seed
from surehand.flow.reconcile import older_than_its_checkpoints
from surehand.flow.roster import refresh
from surehand.flow.running import drain, reclaim, sweep
from surehand.maps import deployment as deployments
from surehand.maps import language
from surehand.maps import version as contents
from surehand.maps.checks import Names
from surehand.maps.deployment import Deployment
from surehand.settings import Mode, Settings
from surehand.settings import secret as secret_of
from surehand.store import versions
from surehand.store.database import Database, opened
from surehand.store.migrating import migrate

if TYPE_CHECKING:
    from fastapi import FastAPI

    from surehand.web.pages_tour import Tour


@dataclass(frozen=True, slots=True)
class Surehand:
    """Everything that runs: made by `assembled`, given back by `close`.

    sealing  this process writes the checkpoints; of a deployment with workers, the server does
    passed_over  people.yaml says something else than was taken in last: what runs is in the database
    """

    deployment: Deployment
    context: Context
    dispatcher: Dispatcher
    postman: Postman
    secret: bytes = field(repr=False)
    sealing: bool = True
    passed_over: bool = False

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
        seals = Sealing(self.context) if self.sealing else None
        school, forgetting = School(self.context), Forgetting(self.context)

        def swept() -> frozenset[str]:
            if seals is not None:
                seals.now_and_then()
            kinds = sweep(self.context)
            school.now_and_then()
            forgetting.now_and_then()
            return kinds

        self.dispatcher.run(lambda kinds: drain(self.context, kinds), swept, every=0.5)
        self.postman.start()

    def close(self) -> None:
        """Finish what was begun, seal the audit, close the database."""
        self.dispatcher.stop()
        self.postman.stop()
        self.context.reader.close()
        self.context.pictures.close()
        if self.sealing:
            # a database that was closed before takes no mark any more, and the files may be ahead of it
            with suppress(Stopped):
                self.context.checkpoints.seal(self.context.db, now=self.context.clock())
        self.context.db.close()


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
    worker = worker_name()
    dispatcher = dispatcher_of(settings, worker)
    db = database or opened(settings.database_url, name=worker)
    try:
        mail = post.opened(settings, installed.channels, key=secret)
        hidden = (secret.decode(errors="replace"), *mail.secrets)
        mask = mask_of(hidden, database_url=settings.database, environment=os.environ)
        migrate(db)
        _guard_mode(db, settings)
        context = context_of(deployment, db, installed, worker, secret)
        context.mask, context.post = mask, mail
        delivering.prepare(context)
        # a database that lacks what was sealed of it goes on with no seal, so that the next start sees it too
        sealing = sealing and not older_than_its_checkpoints(context)
        passed_over = seed(context, deployment.people)
        if settings.development:
            _publish_folder(deployment, context, installed.names)
        elif not publishing:
            context.processes.current.update(_published(context))
            _everything_is_there(context, installed.names)
    except BaseException:
        db.close()
        raise
    postman = Postman(partial(delivering.plan, context), partial(delivering.send, context))
    return Surehand(deployment, context, dispatcher, postman, secret, sealing, passed_over)


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
        context = context_of(apart, db, installed, worker_name(), secret)
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
def looking(folder: Path, *, processes: bool = False) -> Iterator[Context]:
    """A context that only reads, also beside a running server.

    processes  also the published versions, whose code is run
    """
    deployment = deployments.load(folder)
    installed = plugins.load()
    db = opened(deployment.settings.database_url, looking=True)
    try:
        # it draws nothing, so it needs no secret
        context = context_of(deployment, db, installed, worker_name(), b"")
        refresh(context)
        if processes:
            context.processes.current.update(_published(context))
        yield context
    finally:
        db.close()


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
        if process in (folder.name, process_of(folder)):
            return folder
    names = ", ".join(folder.name for folder in deployment.processes)
    raise SettingsInvalid(f"There is no process '{process}' in {deployment.folder.name}; there are: {names}")


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
