"""The parts of a deployment that runs: its context, its dispatcher, the code of published versions."""

import os
import random
import secrets
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore

from surehand import plugins
from surehand.core.bound import BoundProcess
from surehand.core.names import case_number
from surehand.core.people import People
from surehand.documents.limits import Limits
from surehand.documents.pictures import Pictures
from surehand.documents.reader import Reader
from surehand.engine.dispatcher import Dispatcher
from surehand.engine.embedded import EmbeddedDispatcher
from surehand.errors import SettingsInvalid
from surehand.flow.context import Context, Processes
from surehand.flow.manners import house_of
from surehand.flow.models import Models
from surehand.maps import version as contents
from surehand.maps.bind import bind
from surehand.maps.checks import Names
from surehand.maps.deployment import Deployment
from surehand.settings import Settings
from surehand.store.audit import Checkpoints
from surehand.store.database import Database

#: Child processes that read files. Pages are drawn by one more, so that a person who looks at a case does
#: not wait for what is being read; it gives up sooner, and so do those who wait for it.
_READERS = 2
_DRAWING = Limits(seconds=10)
_PATIENCE = 20.0

#: Bytes of page pictures that are kept.
_PICTURES = 1024**3

#: What the extra of a dispatcher brings.
_BROUGHT = {"procrastinate": ("procrastinate", "psycopg_pool"), "celery": ("celery", "redis")}


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


def dispatcher_of(settings: Settings, worker: str) -> Dispatcher:
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


def context_of(
    deployment: Deployment, db: Database, installed: plugins.Plugins, worker: str, secret: bytes
) -> Context:
    kept = KeptVersions(deployment.folder, deployment.people, installed.names)
    reader, drawer = Reader(processes=_READERS), Reader(_DRAWING, patience=_PATIENCE)
    folders = {process_of(folder): folder for folder in deployment.processes}
    return Context(
        db=db, processes=Processes({}, kept), people=deployment.people, providers=installed.providers,
        signals=installed.signals, checkpoints=Checkpoints(deployment.settings.audit_folder),
        clock=_now, draw=random.random, new_id=_new_id, worker=worker, reader=reader,
        pictures=Pictures(drawer, deployment.folder / ".surehand" / "pages", _PICTURES),
        models=Models(installed.extractors, folders, installed.classifiers),
        languages=installed.languages,
        # one thread is left for everything else
        asking=BoundedSemaphore(max(1, deployment.settings.workers - 1)), secret=secret,
        development=deployment.settings.development, undo_for=deployment.settings.undo_for,
        house=house_of(deployment.settings.locale, deployment.settings.timezone),
    )  # fmt: skip


def process_of(folder: Path) -> str:
    """The name of the process in a folder; the folder's own if its map cannot be read."""
    from surehand.maps.parse import process_as_far_as_possible
    from surehand.maps.source import read

    parsed = process_as_far_as_possible(read(folder / "process.yaml")).process
    return folder.name if parsed is None else parsed.process


def worker_name() -> str:
    """Short enough for the 63 characters that PostgreSQL keeps of it."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(3)}"


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id(prefix: str) -> str:
    return case_number(prefix, milliseconds=time.time_ns() // 1_000_000, random=secrets.randbits(36))
