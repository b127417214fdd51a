"""What the API gives, as OpenAPI shows it."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from surehand.core.case import CaseState
from surehand.flow.reporting import GuaranteeSummary

Fields = dict[str, Any]


class Given(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(from_attributes=True)


class FaultFound(Given):
    """One thing that is wrong, and where."""

    where: str
    message: str
    suggestion: str | None = None


class Problem(Given):
    """An error, RFC 9457. A conflict also has `winner`, `verdict`, `at`, `round` and `state`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/problems/conflict"])
    title: str
    status: int
    detail: str
    faults: list[FaultFound] = []


class Answered(Given):
    """A decision that stands."""

    value: Any
    by: str = Field(description="`policy`, or the person who decided.")
    round: int


class CaseSummary(Given):
    """A case in short."""

    id: str
    process: str
    version: str = Field(description="Content hash of the version that it is pinned to.")
    key: str
    submitter: str
    state: CaseState
    title: str
    subject: str | None
    stake: Decimal | None
    grade: str | None
    result: str | None
    owner: str = Field(description="Who has it: a person, or `engine`.")
    due_at: datetime | None
    round: int
    rev: int = Field(description="Grows with every change; the ETag.")
    answers: dict[str, Answered] = Field(description="Decision point -> the decision that stands.")
    created_at: datetime
    updated_at: datetime


class RouteTaken(Given):
    """How a decision point sent the case on, and why."""

    point: str
    round: int
    level: str = Field(description="`automate`, `review`, `assist`, `human`, ...")
    confidence: float | None
    limit: float | None = Field(description="Above this confidence it would have run alone.")
    reasons: list[str]


class ModelTrained(Given):
    """A model after training."""

    process: str
    model: str
    hash: str = Field(description="Content hash of the version in use.")
    replaced: str | None = Field(default=None, description="The version that was in use before.")
    changed: bool = Field(description="False when there was nothing new to learn.")
    report: dict[str, Any] = Field(description="What it learned from, and how well it reads.")


class FileKept(Given):
    """A file that is kept, to submit a case with."""

    file: str = Field(description="SHA-256 of its bytes: `input.document.file` of a case.")
    kind: str = Field(description="What its first bytes say: `pdf`, `png`, `jpeg` or another word.")
    size: int = Field(description="Bytes.")


class FileBrought(FileKept):
    """The file of a case."""

    name: str
    fault: str | None = Field(default=None, description="Why it cannot be read, in a sentence.")


class Submitted(CaseSummary):
    """An acknowledged case."""

    created: bool = Field(description="False when the key was known: nothing happened again.")
    route: RouteTaken | None = Field(
        default=None, description="With `wait`, once a decision point was reached."
    )


class BatchItem(Given):
    """What became of one item."""

    status: int
    created: bool | None = None
    case: CaseSummary | None = None
    problem: Problem | None = None


class BatchAnswer(Given):
    """Results in the order of the submissions."""

    results: list[BatchItem]


class Cases(Given):
    """A page of cases, newest first."""

    cases: list[CaseSummary]
    next: str | None = Field(description="Send it as `cursor` for the next page; null at the end.")


class Judged(RouteTaken):
    """What was recommended at a decision point, and how it was routed."""

    at: datetime
    recommendation: Fields = Field(description="Empty while a person decides without the AI's view.")
    signals: Fields
    grade: str
    stake: Decimal | None
    shown: str


class Assigned(Given):
    """Who has a case, what for, and until when."""

    id: str = Field(description="Send it as `assignment` with a verdict on one of `beside`.")
    kind: Literal["decide", "exception", "answer", "repair", "notice", "check", "finding"]
    point: str
    queue: str
    person: str
    backup: str | None = Field(description="Who has it too; whoever of both is first decides.")
    level: str
    because: str
    round: int
    opened_at: datetime
    due_at: datetime
    priority: Literal["urgent", "normal", "low"] = Field(description="What comes first in lists.")
    snoozed_until: datetime | None = Field(description="Until then whoever has it put it off.")
    pending_by: str | None = Field(description="Who decided it on a page, which is not in effect yet.")
    pending_until: datetime | None = Field(description="Until then they may withdraw that.")
    question: str | None


class PossibleVerdict(Given):
    """An answer that can be given, and what happens then."""

    verdict: str
    label: str
    then: str


class Waiting(Assigned):
    """What a person needs to decide."""

    title: str
    shown: str | None = Field(description="Send it back with the verdict.")
    recommendation: Fields | None
    confidence: float | None
    reasons: list[str]
    verdicts: list[PossibleVerdict]
    values: list[Any] | None = Field(
        description="Answers to choose from, or to pick from; null where any number or text will do."
    )
    enter: list[str] = Field(
        description="Fields that `value` has to say, entered from the source; null for one that is not there."
    )
    reason_categories: list[str]
    editable: dict[str, str] = Field(description="Fields that `edit` may correct, with their types.")


class InboxItem(Given):
    """One thing that waits for you."""

    case: CaseSummary
    waiting: Assigned


class Inbox(Given):
    """What waits for you, due first."""

    items: list[InboxItem]
    next: str | None


class VerdictRecorded(Given):
    """A verdict as it was recorded."""

    kind: str
    point: str
    round: int
    serial: int
    person: str
    at: datetime
    final: bool
    override: bool
    value: Any
    fields: Fields
    reason: str
    note: str
    question: str | None
    tags: list[str]


class ActionPlanned(Given):
    """A side effect under its idempotency key."""

    key: str
    step: str
    round: int
    state: str
    attempt: int
    args: Fields = Field(description="Parameter -> the facts that it is built from, frozen when approved.")
    authority: Fields
    digest: str
    planned_at: datetime
    finished_at: datetime | None
    result: Any
    error: str | None


class OutcomeRecorded(Given):
    """An outcome as it was recorded."""

    serial: int
    at: datetime
    by: str
    correct: bool | None
    value: Any
    note: str


class CaseDetail(CaseSummary):
    """Everything about a case."""

    currency: str | None
    input: Fields
    file: FileBrought | None = Field(default=None, description="The file that it brought.")
    has_document: bool
    facts: Fields
    readings: Fields = Field(description="Field -> how sure, where it stood, who read or corrected it.")
    exchange: list[Fields] = Field(description="Questions that reviewers asked, with the answers.")
    route: RouteTaken | None
    waiting: Waiting | None
    beside: list[Waiting] = Field(
        description="What people are told of or check afterwards: the case does not wait for it."
    )
    judgements: list[Judged]
    verdicts: list[VerdictRecorded]
    actions: list[ActionPlanned]
    held: list[str] = Field(description="Keys of actions that are held back while automation is stopped.")
    outcomes: list[OutcomeRecorded]


class Changed(Given):
    """The case after a change."""

    case: CaseSummary


class VerdictAnswer(Changed):
    """The case after your verdict."""

    verdict: VerdictRecorded


class OutcomeAnswer(Changed):
    """The case with your outcome."""

    outcome: OutcomeRecorded


class UndoAnswer(Changed):
    """The action that takes the other one back; it runs next."""

    action: ActionPlanned


class EventRecorded(Given):
    """One link of the audit chain. A body that was erased is null; the chain still verifies."""

    seq: int
    at: datetime
    kind: str
    actor: str
    body: Any
    commitment: str
    before: str
    hash: str


class Events(Given):
    """The audit trail of a case, oldest first."""

    events: list[EventRecorded]


class InputFieldShown(Given):
    """A field that a case may arrive with."""

    type: str
    required: bool
    choices: list[str] | None
    about: str


class PointShown(Given):
    """A decision point."""

    name: str
    kind: Literal["choice", "yes_no", "several", "ranking", "number", "text", "fields"]
    question: str | None
    choices: list[str] | None
    provider: str = Field(description="Who recommends; with `external`, you do.")
    queue: str


class ProcessShown(Given):
    """A process that runs here."""

    process: str
    title: str
    version: str
    owner: str
    currency: str
    takes_document: bool
    fields: dict[str, InputFieldShown]
    points: list[PointShown]
    actions: list[str]


class Processes(Given):
    """The processes that run here."""

    processes: list[ProcessShown]


class Guarantees(Given):
    """What is promised here, by process and decision point."""

    guarantees: list[GuaranteeSummary]


class DispatcherHealth(Given):
    """How the dispatcher is doing."""

    running: bool
    workers: int
    last_sweep: datetime | None
    faults: int
    trouble: str | None = Field(description="What does not work although the work goes on, in words.")


class LeftAlone(Given):
    """What the last look for open cases that nobody owes the next step of has found."""

    at: datetime
    found: int
    mended: int = Field(description="Of these, how many have an owner or work again.")


class Health(Given):
    """Whether Surehand can do its work."""

    status: Literal["ok", "failing"]
    database: bool
    oldest_due_seconds: float | None = Field(description="How long the oldest due work has waited.")
    stopped: bool = Field(description="Automation is stopped, for a process or for everything.")
    dispatcher: DispatcherHealth | None = Field(description="Null where this process runs no work.")
    channels_down: list[str] = Field(
        default_factory=list, description="Channels and webhooks that take nothing now."
    )
    left_alone: LeftAlone | None = Field(description="Null before this process has looked.")
