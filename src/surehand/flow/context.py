"""What every verb needs: the database, the processes, the people, and the world as arguments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from threading import BoundedSemaphore
from typing import Any, Protocol

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess
from surehand.core.calendars import Hours
from surehand.core.case import Assignment, Case
from surehand.core.completeness import Share
from surehand.core.documents import Document, Page
from surehand.core.formats import Manner
from surehand.core.lifecycle import Office
from surehand.core.people import People
from surehand.core.signal import SignalView
from surehand.core.values import storable
from surehand.discretion import Mask
from surehand.errors import NotFound
from surehand.flow.following import Following
from surehand.flow.gate import Gate
from surehand.flow.holding import Holding
from surehand.flow.lately import Lately
from surehand.flow.lookout import Lookout
from surehand.flow.models import Models
from surehand.flow.opened import Opened
from surehand.flow.openings import Openings
from surehand.flow.pace import Pace
from surehand.flow.post import Post
from surehand.flow.remembered import Remembered
from surehand.flow.sharing import Sharing
from surehand.flow.watch import Watch
from surehand.flow.workload import Loads, Turns, Workload
from surehand.providers import Provider
from surehand.providers.protocol import Languages
from surehand.store import cases, figures, handing, work
from surehand.store.audit import Checkpoints
from surehand.store.database import Database
from surehand.store.work import Work

#: How long claimed work is ours. A worker that is silent longer is taken for dead.
LEASE = timedelta(seconds=60)

SignalReader = Callable[[SignalView], float | None]


class Versions(Protocol):
    """Finds the code that a case was pinned to."""

    def load(self, process: str, version: str) -> BoundProcess:
        """Raises NotFound when its files are gone, MapInvalid when they do not bind."""


@dataclass(slots=True)
class Processes:
    """The processes that run here: the current version of each, and older ones that cases are pinned to."""

    current: dict[str, BoundProcess]
    versions: Versions
    _pinned: dict[str, BoundProcess] = field(default_factory=dict)

    def named(self, name: str) -> BoundProcess:
        """The current version of a process. Raises NotFound."""
        found = self.current.get(name)
        if found is None:
            names = ", ".join(sorted(self.current)) or "none"
            raise NotFound(f"There is no process '{name}' here; there are: {names}")
        return found

    def pinned(self, name: str, version: str) -> BoundProcess:
        """The version that a case was routed with. Raises NotFound or MapInvalid."""
        found = self.current.get(name)
        if found is not None and found.version == version:
            return found
        if version not in self._pinned:
            self._pinned[version] = self.versions.load(name, version)
        return self._pinned[version]


class DocumentReader(Protocol):
    """Reads files in a process of its own; see `surehand.documents.reader.Reader`."""

    def read(self, data: bytes, *, name: str = "") -> Document:
        """The pages of a file. Raises Unreadable."""

    def sizes(self, data: bytes, *, name: str = "") -> tuple[Page, ...]:
        """The pages without their text. Raises Unreadable."""

    def close(self) -> None:
        """End that process."""


class PagePictures(Protocol):
    """Draws pages of files, and keeps the pictures; see `surehand.documents.pictures.Pictures`."""

    def of(self, digest: str, page: int, *, width: int, load: Callable[[], bytes]) -> bytes:
        """A page as PNG, from 0. Raises Unreadable, or Stopped when many wait."""

    def close(self) -> None:
        """End the process that draws."""


def _no_wake(kinds: frozenset[str]) -> None:
    """Nobody runs work in this process."""


@dataclass(slots=True)
class Context:
    """The world of a verb.

    people_rev  of the roster that `people` is; 0: they are not in the database
    clock   aware UTC now
    draw    a number in [0, 1), for jitter
    new_id  prefix -> a case number never used before
    lease   how long claimed work is ours before it is taken for lost
    reader  reads the files that cases bring
    pictures  draws their pages
    models  the trained models in use
    languages  language models by provider, asked over the network
    secret  of the deployment: random draws are made with it
    undo_for  how long a verdict from a page may be withdrawn, where a decision point does not say
    held    the claimed work that this process is at
    gate    what is stopped, asked before anything is executed
    lately  how many cases came since something changed
    pace    how quick the steps of each version are
    workload  what each person has open
    openings  of the calendars that there are
    watch   when it was last looked at what is at risk
    opened    what the database was told of open pages
    lookout   what the last look for cases that are left alone found
    sharing transactions of callers who come at the same moment
    asking  how many threads may wait for language models at a time
    post    the channels over which people are reached, and webhooks
    house   how numbers, dates and times are written for who chose nothing
    witnesses  what people decided lately, see `flow.witness`
    complete  how complete briefs were lately
    following  of a caller who waits for a case and runs its work itself; nobody is woken for that
    mask    hides secrets in the words of an error
    wake    tells the dispatcher, after the commit, which kinds of work are due; may be lost
    """

    db: Database
    processes: Processes
    people: People
    people_rev: int = field(default=0, kw_only=True)
    providers: Mapping[str, Provider]
    signals: Mapping[str, SignalReader]
    checkpoints: Checkpoints
    clock: Callable[[], datetime]
    draw: Callable[[], float]
    new_id: Callable[[str], str]
    worker: str
    reader: DocumentReader
    pictures: PagePictures
    models: Models
    languages: Mapping[str, Languages]
    secret: bytes = field(repr=False)
    development: bool = False
    undo_for: timedelta = timedelta(0)
    lease: timedelta = LEASE
    held: Holding = field(default_factory=Holding)
    gate: Gate = field(default_factory=Gate)
    sharing: Sharing = field(default_factory=Sharing)
    lately: Lately = field(default_factory=Lately)
    pace: Pace = field(default_factory=Pace)
    workload: Workload = field(default_factory=Workload)
    openings: Openings = field(default_factory=Openings)
    watch: Watch = field(default_factory=Watch)
    opened: Opened = field(default_factory=Opened)
    lookout: Lookout = field(default_factory=Lookout)
    asking: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(1))
    post: Post = field(default_factory=Post)
    house: Manner = field(default_factory=Manner)
    witnesses: Remembered[Any] = field(default_factory=Remembered)
    complete: Remembered[tuple[Share, ...]] = field(default_factory=Remembered)
    changed: Remembered[Any] = field(default_factory=Remembered)
    following: Following | None = None
    mask: Mask = field(default_factory=Mask)
    wake: Callable[[frozenset[str]], None] = _no_wake

    def claim(self, connection: Connection, ids: Sequence[str]) -> list[Work]:
        """Take what is due of these cases, of any kind."""
        if not ids:
            return []
        return work.claim_cases(connection, ids, worker=self.worker, now=self.clock(), lease=self.lease)

    def words(self, error: BaseException) -> str:
        """The kind of an error and its message, for the record: short, without secrets, whatever is in it."""
        text: str = storable(self.mask(f"{type(error).__name__}: {error}")[:500])
        return text

    def office(self) -> Office:
        """The people with what each has open now, or nearly: counted once somebody is picked by it."""
        loads = Loads(lambda: self.workload.of(self._loads))
        return Office(self.people, loads, self.open_of, self.others, self.hours, Turns(self._turns))

    @property
    def hours(self) -> Mapping[str, Hours]:
        """Calendar -> its openings."""
        return self.openings.of(self.people)

    def open_of(self, case_id: str) -> list[Assignment]:
        """The open assignments of a case."""
        with self.db.look() as connection:
            return cases.open_of(connection, case_id)

    def others(self, case: Case, within: timedelta) -> Decimal:
        """What the earlier cases of a case's subject come to; those that were refused do not count."""
        with self.db.look() as connection:
            return cases.sum_of_others(connection, case, within=within)

    def _turns(self, queue: str, people: Sequence[str]) -> Mapping[str, int]:
        with self.db.look() as connection:
            return handing.turns(connection, queue, people)

    def _loads(self) -> Mapping[str, int]:
        with self.db.look() as connection:
            return figures.loads(connection)
