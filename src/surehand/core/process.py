"""The map of one piece of work, as frozen models; `process.yaml` parses into these, Python may build them.

The shape is checked here; names, types and conditions are compared with `steps.py` in `surehand.maps`.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from surehand.core.duration import Duration
from surehand.core.money import Currency
from surehand.core.people import PersonName
from surehand.core.policy import Band, Consequence, Rule, Share, Sla, Strict

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=64)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


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

    missing  share of cases in which it is absent today
    trusted  comes from a system of record, so a rule may loosen a route on it
    """

    type: FieldType = FieldType.TEXT
    required: bool = True
    missing: Share | None = None
    trusted: bool = False
    choices: tuple[str, ...] | None = None
    about: str = ""


class Input(Strict):
    """What comes in: from where, as which documents, with which fields."""

    sources: tuple[str, ...] = Field(default=("api",), alias="from")
    document: tuple[Literal["lines"], ...] = ()
    fields: Mapping[Identifier, InputField] = Field(default_factory=dict)


class Volume(Strict):
    """How much of it there is, and what it costs by hand, in the process's currency."""

    per_month: Annotated[float, Field(gt=0)]
    minutes_by_hand: Annotated[float, Field(ge=0)] | None = None
    hourly_cost: Annotated[float, Field(ge=0)] | None = None
    error_cost: Annotated[float, Field(ge=0)] | None = None


class TableRow(Strict):
    """One row of a `rules` model; the first whose condition is true answers."""

    when: Annotated[str, Field(min_length=1, max_length=2_000)]
    recommend: str | bool | float
    because: Annotated[str, Field(min_length=1, max_length=300)]


class Model(Strict):
    """Where the recommendations of a step come from.

    provider  `function` (a typed function of `steps.py`), `rules` (a first-hit table), `external`
              (the caller brings recommendation and confidence)
    table     the rows of a `rules` model
    """

    provider: str
    table: tuple[TableRow, ...] = ()


class StepBase(Strict):
    """What all steps have. `minutes` and `who` describe how it is done by hand."""

    minutes: Annotated[float, Field(ge=0)] | None = None
    who: str | None = None
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    about: str = ""

    @property
    def kind(self) -> str:
        """`extract`, `lookup`, `decide`, `draft` or `act`."""
        return type(self).__name__.lower()

    @property
    def name(self) -> str:
        """The function's name, which is the step's."""
        return str(getattr(self, self.kind))


class Extract(StepBase):
    """Reads facts from the input; what it says is not trusted."""

    extract: Identifier
    model: Name | None = None


class Lookup(StepBase):
    """Adds facts from a system of record; what it says is trusted."""

    lookup: Identifier


class Number(Strict):
    """A decision that is a number: right when within `tolerance` (a share of the true value)."""

    unit: str = ""
    tolerance: Share = 0.0
    least: float | None = None
    most: float | None = None


class DecisionPoint(StepBase):
    """A step at which a choice is made: what is asked, what an error costs, who may decide, how fast.

    question  the sentence on top of the brief; `{name}` is replaced by a fact
    level     a fixed oversight level in place of `bands`
    reasons   reason categories that a reviewer may pick; `other` is always there
    subject   the fact that names whom the case is about, for history
    facts     names of the facts that the brief shows; all by default
    """

    model: Name | None = None
    question: str | None = None
    subject: str | None = None
    facts: tuple[str, ...] = ()
    consequence: Consequence = Consequence()
    rules: tuple[Rule, ...] = ()
    signals: tuple[str, ...] | None = None
    bands: str | tuple[Band, ...] | None = None
    level: str | None = None
    queue: PersonName
    sla: Sla = Sla()
    reasons: tuple[str, ...] = ()
    answer_within: Duration = timedelta(days=2)

    @model_validator(mode="after")
    def _one_way_to_route(self) -> Self:
        if (self.bands is None) == (self.level is None):
            raise ValueError("write either 'bands' (by confidence) or 'level' (always the same)")
        return self


class Decide(DecisionPoint):
    """A choice from a list, a yes or no, or a number."""

    decide: Identifier
    choices: tuple[Identifier, ...] | None = None
    yes_no: bool = False
    number: Number | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.choices is not None, self.yes_no, self.number is not None]
        if sum(kinds) != 1:
            raise ValueError("write exactly one of 'choices', 'yes_no: true' and 'number'")
        if self.choices is not None and len(set(self.choices)) < 2:
            raise ValueError("'choices' needs at least two different answers")
        return self


class Draft(DecisionPoint):
    """A text that an AI writes and a person may have to approve."""

    draft: Identifier


class Act(StepBase):
    """A side effect in another system.

    after       the answer of the decision point before it that lets it run; always, if left out
    undo        the function that takes it back
    confirm     the function that asks the other system, by key, whether it happened
    repeatable  doing it twice with one key does it once
    """

    act: Identifier
    after: str | bool | None = None
    undo: Identifier | None = None
    confirm: Identifier | None = None
    repeatable: bool = False
    attempts: Annotated[int, Field(ge=1, le=20)] = 5


def _step_kind(value: Any) -> str | None:
    if isinstance(value, StepBase):
        return value.kind
    if isinstance(value, Mapping):
        return next((kind for kind in STEP_KINDS if kind in value), None)
    return None


STEP_KINDS = ("extract", "lookup", "decide", "draft", "act")

Step = Annotated[
    Annotated[Extract, Tag("extract")]
    | Annotated[Lookup, Tag("lookup")]
    | Annotated[Decide, Tag("decide")]
    | Annotated[Draft, Tag("draft")]
    | Annotated[Act, Tag("act")],
    Discriminator(_step_kind),
]


class ExceptionPath(Strict):
    """A known way in which a case leaves the main path, and who answers for it."""

    name: Name
    when: Annotated[str, Field(min_length=1, max_length=2_000)]
    queue: PersonName
    sla: Sla = Sla()
    because: str = ""


class Output(Strict):
    """What is written where in the end."""

    system: str
    record: str
    fields: tuple[str, ...] = ()


class Process(Strict):
    """The map of one piece of work.

    owner, builder  two different people
    rates           units of `currency` for one unit of another, pinned with the version
    policies        passages by number, quoted in briefs
    prefix          start of the case numbers
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
