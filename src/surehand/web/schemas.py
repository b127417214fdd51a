"""What the API takes and gives, as OpenAPI shows it."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from surehand.core.case import CaseState
from surehand.core.values import unstorable

Fields = dict[str, Any]


class Taken(BaseModel):
    """A body: keys that are not known are refused, and so is text that cannot be stored exactly."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if fault := unstorable(value):
            raise ValueError(fault)
        return value


class Given(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(from_attributes=True)


# What is taken

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Long = Annotated[str, Field(max_length=20_000)]


class BroughtAlternative(Taken):
    """Another answer that your model considered."""

    value: Any
    because: Annotated[str, Field(max_length=2_000)] = ""
    confidence: Probability | None = None


class Brought(Taken):
    """What your own model recommends, for a decision point whose provider is `external`."""

    value: Any = Field(description="The answer: one of the choices, true or false, a number, or a text.")
    confidence: Probability | None = Field(
        default=None, description="Your model's probability of being right; left out, a person decides."
    )
    reasons: Annotated[list[Annotated[str, Field(max_length=2_000)]], Field(max_length=50)] = []
    alternatives: Annotated[list[BroughtAlternative], Field(max_length=50)] = []
    signals: dict[str, Probability | None] = Field(
        default_factory=dict, description="Further readings by name, such as `consensus`."
    )
    source: Annotated[str, Field(max_length=200, description="Which model answered, with its version.")] = ""


class Submission(Taken):
    """One item to be taken in."""

    process: Annotated[str, Field(max_length=64, examples=["supplier-invoices"])]
    input: Fields = Field(
        description="The fields that the process declares (see `GET /processes`), and `document` where it "
        "takes one. A required field may be missing: the case then goes to a person.",
        examples=[{"po_number": "4500012345", "total": "812.40 EUR"}],
    )
    key: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="Your name for the item. The same key is the same case; with another body it is refused.",
    )
    recommendations: dict[str, Brought] = Field(
        default_factory=dict, description="Your recommendations by decision point."
    )
    recommendation: Brought | None = Field(
        default=None, description="The same, where the process has exactly one decision point."
    )
    wait: bool = Field(default=False, description="Run the case at once and answer with where it got to.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.recommendation is not None and self.recommendations:
            raise ValueError("write either 'recommendation' or 'recommendations'")
        return self


class Batch(BaseModel):
    """Up to 1,000 items; one that is refused does not hold up the others."""

    model_config = ConfigDict(extra="forbid")

    # each is checked on its own, so that one malformed item gets its own problem
    submissions: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=1_000,
            json_schema_extra={"items": {"$ref": "#/components/schemas/Submission"}},
        ),
    ]


class VerdictGiven(Taken):
    """A person's answer. Send `shown` (or `If-Match`) so that you decide on what you saw."""

    verdict: Annotated[str, Field(max_length=64, examples=["approve"])] = Field(
        description="`approve`, `reject`, `edit`, `ask` or `escalate`."
    )
    value: Any = Field(default=None, description="Your answer, where it is not the recommendation.")
    fields: Fields = Field(
        default_factory=dict, description="Corrected fields, for `edit`: a new round begins."
    )
    reason: Long = Field(default="", description="A reason category of the decision point, or `other`.")
    note: Long = Field(default="", description="Why, in your words.")
    question: Long = Field(default="", description="What you need to know, for `ask`.")
    to: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="Who is asked, for `ask`."
    )
    round: int | None = Field(default=None, description="The round that you saw; another one is a conflict.")
    shown: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="`waiting.shown` of the case: the digest of what each answer would let run."
    )


class AnswerGiven(Taken):
    """An answer to a question that a reviewer asked."""

    answer: Long
    round: int | None = None


class OutcomeGiven(Taken):
    """What later proved right or wrong."""

    correct: bool | None = Field(default=None, description="The decision was right.")
    value: Any = Field(default=None, description="What would have been right; `correct` then follows.")
    note: Long = ""


# What is given


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

    kind: Literal["decide", "exception", "answer", "repair"]
    point: str
    queue: str
    person: str
    level: str
    because: str
    round: int
    opened_at: datetime
    due_at: datetime
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
        description="Answers to choose from; null where any number or text will do."
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


class ActionPlanned(Given):
    """A side effect under its idempotency key."""

    key: str
    step: str
    round: int
    state: str
    attempt: int
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
    has_document: bool
    facts: Fields
    readings: Fields = Field(description="Field -> how sure, where it stood, who read or corrected it.")
    exchange: list[Fields] = Field(description="Questions that reviewers asked, with the answers.")
    route: RouteTaken | None
    waiting: Waiting | None
    judgements: list[Judged]
    verdicts: list[VerdictRecorded]
    actions: list[ActionPlanned]
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
    kind: Literal["choice", "yes_no", "number", "text"]
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


class DispatcherHealth(Given):
    """How the dispatcher is doing."""

    running: bool
    workers: int
    last_sweep: datetime | None
    faults: int


class Health(Given):
    """Whether Surehand can do its work."""

    status: Literal["ok", "failing"]
    database: bool
    oldest_due_seconds: float | None = Field(description="How long the oldest due work has waited.")
    dispatcher: DispatcherHealth | None = Field(description="Null where this process runs no work.")
