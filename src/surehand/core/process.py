"""The map of one piece of work, as frozen models; `process.yaml` parses into these, Python may build them.

The shape is checked here; names, types and conditions are compared with `steps.py` in `surehand.maps`.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from surehand.core.duration import Duration
from surehand.core.money import Currency
from surehand.core.names import PersonName
from surehand.core.policy import Identifier, Share, Strict, Text, When
from surehand.core.steps import DecisionPoint, Name, Step, StepBase
from surehand.core.terms import Sla


class FieldType(StrEnum):
    """Types that an input field may have."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    YES_NO = "yes_no"
    MONEY = "money"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TEXTS = "texts"


class InputField(Strict):
    """One field that a case may arrive with.

    type      what it holds
    required  a case without it is not complete, and goes to a person
    missing   share of cases in which it is absent today
    trusted   comes from a system of record, so a rule may loosen a route on it
    choices   the texts that it may be
    about     what it means, for those who fill it in
    """

    type: FieldType = FieldType.TEXT
    required: bool = True
    missing: Share | None = None
    trusted: bool = False
    choices: tuple[str, ...] | None = None
    about: str = ""


class UnreadablePath(Strict):
    """Where a case waits whose document cannot be read.

    queue  the queue of people.yaml
    """

    queue: PersonName
    sla: Sla = Sla()


class Input(Strict):
    """What comes in.

    from        where cases come from, such as api and upload
    document    what kinds of document a case may bring, if any; `lines`: recognised lines of text
    unreadable  who gets a document that cannot be read; those who would decide the case, if left out
    fields      the fields of a case by name
    """

    sources: tuple[str, ...] = Field(default=("api",), alias="from")
    document: tuple[Literal["lines", "pdf", "png", "jpeg"], ...] = ()
    unreadable: UnreadablePath | None = None
    fields: Mapping[Identifier, InputField] = Field(default_factory=dict)

    @property
    def files(self) -> tuple[str, ...]:
        """The kinds of file among the documents."""
        return tuple(kind for kind in self.document if kind != "lines")


class Volume(Strict):
    """How much of it there is, and what it costs by hand, in the process's currency.

    per_month        cases in a month
    minutes_by_hand  minutes of a person for one case
    hourly_cost      cost of an hour of that person
    error_cost       cost of one wrong decision
    """

    per_month: Annotated[float, Field(gt=0)]
    minutes_by_hand: Annotated[float, Field(ge=0)] | None = None
    hourly_cost: Annotated[float, Field(ge=0)] | None = None
    error_cost: Annotated[float, Field(ge=0)] | None = None


class TableRow(Strict):
    """One row of a `rules` model; the first whose condition is true answers.

    when       condition in CEL over the facts known at the decision point
    recommend  the answer
    because    the sentence that people read
    """

    when: When
    recommend: str | bool | float
    because: Text


class Budget(Strict):
    """What a language model may use in a day of UTC, all workers together.

    calls   requests, those included that failed and were tried again
    tokens  what was sent and what came back, as the model's server counts it
    money   what those tokens cost by the model's `prices`, in their currency
    """

    calls: Annotated[int, Field(ge=1)] | None = None
    tokens: Annotated[int, Field(ge=1)] | None = None
    money: Annotated[Decimal, Field(gt=0, lt=10**9, decimal_places=2)] | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.calls is None and self.tokens is None and self.money is None:
            raise ValueError("write 'calls', 'tokens' or 'money', or several of them")
        return self


class Prices(Strict):
    """What a language model costs, for a million tokens; it stands in the map since it changes elsewhere.

    currency  that of the process
    sent      what providers call input
    received  what they call output
    """

    currency: Currency
    sent: Annotated[Decimal, Field(ge=0, lt=10**6, decimal_places=6)]
    received: Annotated[Decimal, Field(ge=0, lt=10**6, decimal_places=6)]

    def cost(self, sent: int, received: int) -> Decimal:
        """What so many tokens cost, in `currency` and not rounded."""
        return (self.sent * sent + self.received * received).scaleb(-6)


class Masking(Strict):
    """What of a case does not leave for a language model.

    fields       facts whose values are masked, besides those that are known by their names
    off_because  why nothing is masked
    """

    fields: tuple[Identifier, ...] = ()
    off_because: Annotated[str, Field(min_length=10, max_length=300)] | None = None

    @model_validator(mode="after")
    def _on_or_off(self) -> Self:
        if self.fields and self.off_because is not None:
            raise ValueError("write 'fields' or 'off_because': nothing is masked when it is off")
        return self


class Learning(Strict):
    """When a model that decides learns from verdicts by itself.

    from   verdicts after which it learns first; then each time when there are four times as many
    until  verdicts after which it does not any more; 0: it never does

    Learning anew gives up what was seen of the model, or takes a part of the risk where it is a rival first,
    so it is rare.
    """

    first: Annotated[int, Field(ge=20)] = Field(default=200, alias="from")
    until: Annotated[int, Field(ge=0)] = 50_000

    def due(self, learned: int) -> int | None:
        """Verdicts at which it learns next, after it learned from so many; None: never again."""
        wanted = max(self.first, 4 * learned)
        return wanted if wanted <= self.until else None


class Model(Strict):
    """Where the recommendations of a step come from.

    provider   `function` (a typed function of `steps.py`), `rules` (a first-hit table), `external`
               (the caller brings recommendation and confidence), `field-extractor` (reads fields of
               documents, trained from examples), `text-classifier` and `table-classifier` (choose among
               answers, trained from examples and verdicts), `llm` (asks a language model)
    table      the rows of a `rules` model
    examples   file of labelled documents or cases in the process's folder that a trained model starts from
    reads      facts that a classifier or a language model reads; by default all input fields of types that
               it can read
    vectors    what stands for a text: its words, or its meaning by a sentence encoder
    out_of_scope  share of cases that no answer fits, for which a classifier's confidence is to hold; by
               default as the examples show
    learns     when a classifier learns from verdicts by itself; by default where a guarantee lets nothing run
               that was not earned, and nowhere else
    cluster    the field whose value tells which documents look alike, such as the supplier
    day_first  3/4 is the third of April; learned from the examples if left out
    model      of an `llm`: kind and name, such as `openai:NAME`
    base_url   where an OpenAI-compatible server of an `llm` is
    key        the environment variable that holds its key
    instructions  what a language model is to know and to weigh; part of the version, as all of this is
    temperature   how much its answers may vary
    timeout    how long one call may take; 30 seconds by default
    within     how long one answer may take with all its calls; 45 seconds by default
    retries    how often a call that failed is made again before the case is put off; 2 by default
    samples    how often each case is asked; how far the answers agree is the signal `consensus`
    at_once    calls of one worker that are under way at a time; 8 by default
    budget     what it may use in a day
    prices     what its tokens cost, where the budget limits money
    logprobs   its server is asked how likely each token was; the answer's are the signal `token_probability`
    masking    what does not leave; names and numbers of persons by default
    """

    provider: str
    table: tuple[TableRow, ...] = ()
    examples: Annotated[str, Field(pattern=r"^[^/\\][^\\]*\.(jsonl|csv)$")] | None = None
    reads: Annotated[tuple[Identifier, ...], Field(min_length=1)] | None = None
    vectors: Literal["words", "sentences"] | None = None
    out_of_scope: Annotated[float, Field(ge=0, lt=1)] | None = None
    learns: Learning | None = None
    cluster: Identifier | None = None
    day_first: bool | None = None
    model: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_/-]*:\S+$", max_length=200)] | None = None
    base_url: Annotated[str, Field(pattern=r"^https?://[^/\s@]+(/\S*)?$")] | None = None
    key: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    instructions: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    timeout: Duration | None = None
    within: Duration | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | None = None
    samples: Annotated[int, Field(ge=1, le=20)] | None = None
    at_once: Annotated[int, Field(ge=1, le=64)] | None = None
    budget: Budget | None = None
    prices: Prices | None = None
    logprobs: bool | None = None
    masking: Masking | None = None


class ExceptionPath(Strict):
    """A known way in which a case leaves the main path, and who answers for it.

    name     what it is called
    when     condition in CEL, tested as soon as all the facts it names are known
    queue    the queue of people.yaml where it waits
    because  the sentence that people read; the name, if left out
    """

    name: Name
    when: When
    queue: PersonName
    sla: Sla = Sla()
    because: str = ""

    @property
    def all_queues(self) -> tuple[str, ...]:
        """Its queue, as a decision point says several."""
        return (self.queue,)


class Output(Strict):
    """What is written where in the end.

    system  the other system
    record  what kind of record is written there
    fields  the facts that are written
    """

    system: str
    record: str
    fields: tuple[str, ...] = ()


class Process(Strict):
    """The map of one piece of work.

    process       its name, in lower case
    title         its name as people read it
    prefix        start of the case numbers, in capitals
    currency      ISO 4217 code; sums are compared in it
    rates         units of `currency` for one unit of another, pinned with the version
    owner         the one person who answers for it, and who did not build it
    builder       who built it; has no say in its review
    review_every  how often the owner looks at the map again
    input         what comes in
    volume        how much of it there is
    models        where recommendations come from, by name
    steps         what is done to a case, in order
    exceptions    known ways out of the main path
    outputs       what is written where in the end
    policies      passages by number, quoted in briefs
    """

    process: Name
    title: str = ""
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")] | None = None
    currency: Currency = "EUR"
    rates: Mapping[Currency, Annotated[Decimal, Field(gt=0)]] = Field(default_factory=dict)
    owner: PersonName
    builder: PersonName
    review_every: Duration = timedelta(days=90)
    input: Input = Input()
    volume: Volume | None = None
    models: Mapping[Name, Model] = Field(default_factory=dict)
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    exceptions: tuple[ExceptionPath, ...] = ()
    outputs: tuple[Output, ...] = ()
    policies: Mapping[str, str] = Field(default_factory=dict)

    @cached_property
    def watched(self) -> bool:
        """Decisions that run alone may have notices, checks or findings beside the way of the case."""
        points = (step for step in self.steps if isinstance(step, DecisionPoint))
        return any(point.notify is not None or point.checking is not None for point in points)

    @cached_property
    def about_money(self) -> bool:
        """What is at stake at some decision point is a sum."""
        points = (step for step in self.steps if isinstance(step, DecisionPoint))
        return any(point.consequence.money is not None for point in points)

    @cached_property
    def waits(self) -> tuple[DecisionPoint | ExceptionPath, ...]:
        """Where cases wait for people: decision points, and exceptions."""
        points = (step for step in self.steps if isinstance(step, DecisionPoint))
        return (*points, *self.exceptions)

    @cached_property
    def places(self) -> tuple[tuple[str, str], ...]:
        """The same by name, each with its queues."""
        return tuple((place.name, queue) for place in self.waits for queue in place.all_queues)

    @property
    def case_prefix(self) -> str:
        """The start of this process's case numbers, in lower case."""
        return (self.prefix or self.process.replace("-", "").replace("_", "")[:3]).lower()

    def step(self, name: str) -> "StepBase":
        """The step of that name. Raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def provider(self, step: StepBase) -> str:
        """Who answers at a step: the provider of its model, `function` if it names none. Raises KeyError."""
        model = getattr(step, "model", None)
        return self.models[model].provider if model is not None else "function"
