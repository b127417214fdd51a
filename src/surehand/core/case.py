"""A case and the records that belong to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any

from surehand.core.oversight import Level
from surehand.core.policy import Grade

ENGINE = "engine"

Json = Mapping[str, Any]


class CaseState(StrEnum):
    """Where a case stands. The first five are open; `holding`: decided, and its window has not passed."""

    RUNNING = "running"
    WAITING = "waiting"
    ASKING = "asking"
    ACTING = "acting"
    HOLDING = "holding"
    DONE = "done"
    REJECTED = "rejected"

    @property
    def open(self) -> bool:
        """Something or somebody still owes the next step."""
        return self not in (CaseState.DONE, CaseState.REJECTED)


@dataclass(frozen=True, slots=True)
class Case:
    """One item moving through a process.

    digest    of the body it arrived with; the same key with another digest is refused
    place     index of the next step in the map
    round     grows with every material edit; earlier approvals are void
    rev       grows with every change; compare-and-set is on this
    owner     the person who has it, or `engine`
    precedence  -1: before the others, 1: after them; see `core.precedence`
    revoking  a decision that is being taken back, and what is decided instead; see `core.revoking`
    document  what was recognised on the file that it brought: {"pages"}, or {"fault", "sizes"} of its pages
    readings  field -> {"confidence", "evidence", "by"} of what was read, with "person" who corrected it or
              who "verified" it
    brought   decision point -> recommendation that the caller sent along
    answers   decision point -> {"value", "by", "round"} of the decision that stands, with "with" where others
              agreed to it, and "queue" where people of another one than the point's were asked
    passed    names of exceptions that a person let pass in this round
    exchange  questions that reviewers asked, with their answers
    """

    id: str
    process: str
    version: str
    key: str
    digest: str
    submitter: str
    input: Json
    created_at: datetime
    updated_at: datetime
    state: CaseState = CaseState.RUNNING
    place: int = 0
    round: int = 1
    rev: int = 1
    owner: str = ENGINE
    due_at: datetime | None = None
    title: str = ""
    subject: str | None = None
    stake: Decimal | None = None
    grade: Grade | None = None
    result: str | None = None
    facts: Json = field(default_factory=dict)
    readings: Json = field(default_factory=dict)
    brought: Json = field(default_factory=dict)
    answers: Json = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    exchange: tuple[Json, ...] = ()
    revoking: Json | None = None
    document: Json | None = None
    precedence: int = 0
    audit_seq: int = 0
    audit_hash: str = ""

    @property
    def known(self) -> dict[str, Any]:
        """What step functions and conditions see: the facts, and the document under its own name."""
        return {**self.facts, "document": self.pages}

    @property
    def pages(self) -> Json | None:
        """The document as recognised: what the case brought, or what was read from its file."""
        brought = self.input.get("document") or {}
        pages = brought.get("pages") or (self.document or {}).get("pages")
        return {"pages": pages} if pages else None

    @property
    def file(self) -> Json | None:
        """The file that it brought: {"file": digest, "name", "kind", "size"}; None if it brought none."""
        brought = self.input.get("document") or {}
        return brought if brought.get("file") else None

    @property
    def corrected(self) -> frozenset[str]:
        """Fields whose value a person gave."""
        return frozenset(name for name, reading in self.readings.items() if reading.get("person"))

    @property
    def vouched_for(self) -> frozenset[str]:
        """Fields whose value a person gave or found right."""
        verified = {name for name, reading in self.readings.items() if reading.get("verified")}
        return self.corrected | verified


_NAMES = tuple(f.name for f in fields(Case))
_VALUES = attrgetter(*_NAMES)
_SETTERS = {name: getattr(Case, name).__set__ for name in _NAMES}


def with_changes(case: Case, **changes: Any) -> Case:
    """A case with some fields changed: `dataclasses.replace` at half the cost, on the hottest path."""
    changed = object.__new__(Case)
    for setter, value in zip(_SETTERS.values(), _VALUES(case), strict=True):
        setter(changed, value)
    for name, value in changes.items():
        _SETTERS[name](changed, value)
    return changed


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was recommended and how it was routed: once per case, decision point and round.

    shown     digest of everything that the possible answers would let run, as the brief shows it
    approves  step -> digest of the actions that policy lets run; empty while a person has to answer
    draw      where a person may be asked unseen: {"share", "draw", "checked"}, the draw in [0, 1) and
              whether it was below; under a guarantee also `again`: where the answer differs from the AI's,
              somebody else is asked
    eyes      {"people", "because"} where several people have to agree, see `core.four_eyes`
    """

    case_id: str
    point: str
    round: int
    at: datetime
    version: str
    recommendation: Json
    signals: Json
    confidence: float | None
    grade: Grade
    stake: Decimal | None
    level: Level
    reasons: tuple[Json, ...]
    limit: float | None
    shown: str
    approves: Json
    draw: Json | None = None
    eyes: Json | None = None


#: Kinds of assignment beside the way of a case, which does not wait for them: being told of a decision, a
#: spot check of one, and what to do about one that a spot check found wrong.
BESIDE = ("notice", "check", "finding")

#: Before the name of the decision point, where such an assignment is about what a check found wrong, or is a
#: second or third opinion about an answer that differed.
FINDING, SECOND, SENIOR = "finding:", "second:", "senior:"


def about(point: str) -> str:
    """The decision point, exception or action alone, whatever is asked about it."""
    prefix = next((one for one in (FINDING, SECOND, SENIOR) if point.startswith(one)), "")
    return point.removeprefix(prefix)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A brief given to one person, due at a time.

    kind      `decide`, `exception`, `answer` or `repair`, which the case waits for, or one of `BESIDE`
    point     the decision point, exception or action that it is about
    stage     rungs of the escalation ladder already climbed; each fires once
    timer_at  when the next rung is due; None when there is none left
    backup    has it too, and whoever of both is first decides it
    clock     of its time, what due time, timer and stage do not say; see `core.deadlines`
    precedence  the case's, see `core.precedence`
    snoozed_until  until then its person does not want to see it among their work
    turn      where each of a queue gets one in turn: the how many-th of the queue it was
    relax_at  when less skill is enough, while nobody who is here has what the queue asks for
    ending    of a kind in `BESIDE`: `right` or `wrong` of a check, `stood`, `prevented`, `undone` or
              `compensated` of a notice or finding; none where its decision fell before, see `lifecycle.fell`
    eyes      {"people", "agreed"} where several have to agree: how many, and who did already
    pending   a verdict that was given and is not in effect yet, see `core.pending`; by whom, and until when
              they may withdraw it
    """

    id: str
    case_id: str
    round: int
    kind: str
    point: str
    queue: str
    person: str
    level: Level
    because: str
    opened_at: datetime
    due_at: datetime
    timer_at: datetime | None
    stage: int = 0
    open: bool = True
    closed_at: datetime | None = None
    question: str | None = None
    ending: str | None = None
    eyes: Json | None = None
    backup: str | None = None
    clock: Json | None = None
    precedence: int = 0
    snoozed_until: datetime | None = None
    turn: int | None = None
    relax_at: datetime | None = None
    pending: Json | None = None
    pending_by: str | None = None
    pending_until: datetime | None = None

    @property
    def holders(self) -> tuple[str, ...]:
        """Who has it: one person, or two of whom one decides."""
        return (self.person,) if self.backup is None else (self.person, self.backup)

    @property
    def blind(self) -> bool:
        """Whoever has it decides without the AI's view."""
        return not self.level.shows_recommendation

    @property
    def about(self) -> str:
        """The decision point, exception or action alone, whatever is asked about it."""
        return about(self.point)

    def given_to(self, person: str, *, turn: int | None = None) -> "Assignment":
        """The same with another person, whose work it is from now on: nobody has put it off yet."""
        backup = self.backup if self.backup != person else None
        return replace(
            self, person=person, backup=backup, turn=turn or self.turn, relax_at=None,
            snoozed_until=None if self.pending is None else self.snoozed_until,
        )  # fmt: skip

    def unanswered(self) -> "Assignment":
        """The same without a verdict that is not in effect yet."""
        if self.pending is None:
            return self
        return replace(self, pending=None, pending_by=None, pending_until=None, snoozed_until=None)

    @property
    def another_opinion(self) -> bool:
        """Others have answered it unseen before, and differed from the AI."""
        return self.point.startswith((SECOND, SENIOR))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's answer. `final` ones are at most one per case, point and round.

    shown     digest of what the brief showed when this was decided
    approves  step -> digest of the actions that this verdict lets run, with those of others who have to agree
    behalf    whose authority it was, where it was lent
    tags      of `remarks.TAGS`, for whoever looks for such cases later
    """

    case_id: str
    point: str
    round: int
    serial: int
    kind: str
    person: str
    at: datetime
    final: bool
    override: bool
    value: Any
    fields: Json
    reason: str
    note: str
    question: str | None
    shown: str
    approves: Json
    behalf: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A side effect under one idempotency key.

    key        `case:step:round`, with `:undo` for taking it back; also the identity of the row
    args       parameter name -> the facts it is built from, frozen when approved
    digest     of version, step and args; must be the same when it runs
    authority  who or what allowed it: {"by", "point", "round"}, with what else its answer says, see `Case`;
               `by` is `policy` or a person
    state      planned, running, done, failed, unknown, abandoned, undone, or compensated: taken back by a
               person in another way
    """

    key: str
    case_id: str
    step: str
    round: int
    version: str
    args: Json
    digest: str
    authority: Json
    repeatable: bool
    planned_at: datetime
    state: str = "planned"
    attempt: int = 0
    result: Any = None
    error: str | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What later proved right or wrong. Only ever added; the last one counts.

    serial   1, 2, ... within the case
    by       the person or service that says so
    correct  the decision was right; None where it cannot be told
    value    what would have been the right answer, where it is known
    """

    case_id: str
    serial: int
    at: datetime
    by: str
    correct: bool | None
    value: Any
    note: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A brief lacked something, says a person who decides on it: one per person, point and round; the last
    counts. It is no answer.

    point  of the assignment
    what   one of `remarks.LACKS`
    """

    case_id: str
    point: str
    round: int
    person: str
    at: datetime
    what: str
    words: str


Record = Judgement | Assignment | Verdict | Action | Outcome | Elsewhere
