"""The one form in which a case and its records may change: what happens is collected and saved as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from surehand.core.case import (
    Action,
    Assignment,
    Case,
    Elsewhere,
    Json,
    Judgement,
    Outcome,
    Record,
    Verdict,
    with_changes,
)
from surehand.core.guarantee import Evidence
from surehand.core.telling import Tell, tells


@dataclass(frozen=True, slots=True)
class Event:
    """One fact to be recorded. `actor` is `engine`, `ai` or a person's name."""

    kind: str
    actor: str
    body: Json


@dataclass(frozen=True, slots=True)
class Due:
    """Work to be queued in the same transaction: `advance` a case, or `act` on an action's key.

    failures  attempts that failed before, when it is queued again
    """

    kind: str
    ref: str
    at: datetime | None = None
    repeatable: bool = True
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """All that one transition does; saved together or not at all.

    before  the case as it was read, None for a new one
    tells   who is told what of it, see `core.telling`
    """

    before: Case | None
    after: Case
    events: tuple[Event, ...]
    added: tuple[Record, ...] = ()
    updated: tuple[Record, ...] = ()
    due: tuple[Due, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    tells: tuple[Tell, ...] = ()

    @property
    def assigned(self) -> list[Assignment]:
        """The assignments that are new or not as they were."""
        return [one for one in (*self.added, *self.updated) if isinstance(one, Assignment)]

    @property
    def passed_on(self) -> bool:
        """An open assignment went from one person to another."""
        return any(
            event.kind in HANDED_ON and (event.kind != "put_back" or "to" in event.body)
            for event in self.events
        )


#: Events with which an assignment changes hands; `taken_from` is who had it before.
HANDED_ON = frozenset(
    {"claimed", "escalated", "replaced", "stood_in", "released", "reassigned", "relaxed", "adopted",
     "put_back"}
)  # fmt: skip


class Passage:
    """The way of one case through one transaction: collects what happens, and ends as a `Change`."""

    __slots__ = ("_added", "_before", "_due", "_events", "_evidence", "_updated", "at", "case")

    def __init__(self, case: Case, *, at: datetime, new: bool = False) -> None:
        self._before = None if new else case
        self.case = case
        self.at = at
        self._events: list[Event] = []
        self._added: dict[Any, Record] = {}
        self._updated: dict[Any, Record] = {}
        self._due: list[Due] = []
        self._evidence: list[Evidence] = []

    @property
    def next_seq(self) -> int:
        """Sequence number that the next event will have."""
        return self.case.audit_seq + len(self._events) + 1

    @property
    def changed(self) -> bool:
        """Anything happened."""
        return bool(self._events)

    @property
    def noted(self) -> int:
        """How many events there are so far."""
        return len(self._events)

    def move(self, **changes: Any) -> None:
        """Set fields of the case."""
        self.case = with_changes(self.case, **changes)

    def note(self, kind: str, actor: str, /, *, place: int | None = None, **body: Any) -> None:
        """Record an event, at the end or before those that it caused."""
        self._events.insert(len(self._events) if place is None else place, Event(kind, actor, body))

    def add(self, record: Record) -> None:
        """A new record."""
        self._added[_identity(record)] = record

    def update(self, record: Record) -> None:
        """A record as it is from now on."""
        identity = _identity(record)
        (self._added if identity in self._added else self._updated)[identity] = record

    def actions(self, read: Iterable[Action]) -> list[Action]:
        """Actions that were read, as they are by now, with those that were added."""
        here = (*self._updated.values(), *self._added.values())
        changed = {record.key: record for record in here if isinstance(record, Action)}
        return list(({action.key: action for action in read} | changed).values())

    def assignments(self, read: Iterable[Assignment]) -> list[Assignment]:
        """Assignments that were read, as they are by now, with those that were added."""
        here = (*self._updated.values(), *self._added.values())
        changed = {record.id: record for record in here if isinstance(record, Assignment)}
        return list(({given.id: given for given in read} | changed).values())

    def queue(
        self, kind: str, ref: str, *, at: datetime | None = None, repeatable: bool = True, failures: int = 0
    ) -> None:
        """Work that becomes due with this change."""
        self._due.append(Due(kind, ref, at, repeatable, failures))

    def prove(self, kind: str, point: str, round: int, /, **body: Any) -> None:
        """Evidence for the guard of a decision point."""
        self._evidence.append(Evidence(self.case.process, point, kind, body, self.case.id, round))

    def change(self) -> Change:
        """The whole, with the revision counted up."""
        rev = 1 if self._before is None else self._before.rev + 1
        return Change(
            before=self._before,
            after=with_changes(self.case, rev=rev, updated_at=self.at),
            events=tuple(self._events),
            added=tuple(self._added.values()),
            updated=tuple(self._updated.values()),
            due=tuple(self._due),
            evidence=tuple(self._evidence),
            tells=self._tells(),
        )

    def _tells(self) -> tuple[Tell, ...]:
        added, updated = (
            [record for record in records.values() if isinstance(record, Assignment)]
            for records in (self._added, self._updated)
        )
        return tells(self.case, self._events, added, updated) if added or updated else ()


def _identity(record: Record) -> tuple[Any, ...]:
    match record:
        case Judgement():
            return ("judgement", record.case_id, record.point, record.round)
        case Assignment():
            return ("assignment", record.id)
        case Verdict():
            return ("verdict", record.case_id, record.point, record.round, record.serial)
        case Action():
            return ("action", record.key)
        case Outcome():
            return ("outcome", record.case_id, record.serial)
        case Elsewhere():
            return ("elsewhere", record.case_id, record.point, record.round, record.person)
