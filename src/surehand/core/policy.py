"""What a map says about routing: consequence, bands, rules and deadlines. Frozen data, no decisions."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from surehand.core.duration import Duration
from surehand.core.oversight import Level

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Text = Annotated[str, Field(min_length=1, max_length=300)]
When = Annotated[str, Field(min_length=1, max_length=2_000)]


class Strict(BaseModel):
    """Frozen, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Grade(StrEnum):
    """What an error costs. Ordered by `rank`.

    rank  0 (low) to 3 (critical)
    """

    rank: int

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def raised(self) -> "Grade":
        """The next grade up; critical stays."""
        return _GRADES[min(self.rank + 1, len(_GRADES) - 1)]


_GRADES = tuple(Grade)
for _rank, _grade in enumerate(_GRADES):
    _grade.rank = _rank


class GradeRow(Strict):
    """A condition in CEL under which harm has a grade; of several that hold, the highest counts.

    when     condition in CEL over the facts known at the decision point
    grade    what the harm is then
    because  the sentence that people read
    """

    when: When
    grade: Grade
    because: Text

    def __str__(self) -> str:
        return f"{self.grade} when {self.when}"


class GradedBy(Strict):
    """A function of `steps.py` that grades one part of the consequence.

    by        the function; it takes facts by their names and returns a `Grade`
    at_least  the grade, whatever the function says; required where it takes what nobody can vouch for
    """

    by: Identifier
    at_least: Grade | None = None

    def __str__(self) -> str:
        least = f", {self.at_least} at least" if self.at_least is not None else ""
        return f"what {self.by} says{least}"


class SumBy(Strict):
    """A function of `steps.py` that says what sum is at stake.

    by        the function; it takes facts by their names and returns `Money`, or a number
    at_least  the sum, whatever the function says; required where it takes what nobody can vouch for
    """

    by: Identifier
    at_least: Annotated[Decimal, Field(ge=0)] | None = None

    def __str__(self) -> str:
        least = f", {self.at_least} at least" if self.at_least is not None else ""
        return f"what {self.by} says{least}"


class ToldBy(Strict):
    """A function of `steps.py` that says whether it can be undone.

    by  the function; it takes facts by their names and returns true or false
    """

    by: Identifier

    def __str__(self) -> str:
        return f"what {self.by} says"


#: How harm that is not money is graded: always alike, by conditions, or by a function.
Harm = Grade | GradedBy | Annotated[tuple[GradeRow, ...], Field(min_length=1)]


class Consequence(Strict):
    """How to grade the cost of an error: the highest of its parts.

    money              the fact that holds the sum at stake, or the function that says it
    medium_from, high_from, critical_from
                       breakpoints in the process's currency; at or above one the grade is reached
    customer, legal, reputation
                       harm that is not money: a grade, a list of conditions, or a function
    reversible         False raises the grade by one step; or the function that says so
    reversible_within  how long the action can be undone
    """

    money: str | SumBy | None = None
    medium_from: Annotated[Decimal, Field(ge=0)] | None = None
    high_from: Annotated[Decimal, Field(ge=0)] | None = None
    critical_from: Annotated[Decimal, Field(ge=0)] | None = None
    customer: Harm = Grade.LOW
    legal: Harm = Grade.LOW
    reputation: Harm = Grade.LOW
    reversible: bool | ToldBy = True
    reversible_within: Duration | None = None

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        steps = [s for s in (self.medium_from, self.high_from, self.critical_from) if s is not None]
        if steps and self.money is None:
            raise ValueError("breakpoints need 'money': the fact that holds the sum")
        if any(low >= high for low, high in pairwise(steps)):
            raise ValueError("medium_from, high_from and critical_from must ascend")
        return self

    @property
    def functions(self) -> dict[str, GradedBy | SumBy | ToldBy]:
        """The parts that a function says, by name."""
        parts = {name: getattr(self, name) for name in PARTS}
        return {name: part for name, part in parts.items() if isinstance(part, GradedBy | SumBy | ToldBy)}

    @cached_property
    def breakpoints(self) -> tuple[tuple[Grade, Decimal], ...]:
        """Grades that a sum leads to, each with where it begins, the highest first."""
        starts = (
            (Grade.CRITICAL, self.critical_from), (Grade.HIGH, self.high_from),
            (Grade.MEDIUM, self.medium_from),
        )  # fmt: skip
        return tuple((grade, start) for grade, start in starts if start is not None)

    @cached_property
    def rows(self) -> dict[str, tuple[GradeRow, ...]]:
        """The parts that conditions say, by name."""
        parts = {name: getattr(self, name) for name in HARM}
        return {name: part for name, part in parts.items() if isinstance(part, tuple)}


#: Harm that is not money, and all parts of a consequence.
HARM = ("customer", "legal", "reputation")
PARTS = ("money", *HARM, "reversible")


class Band(Strict):
    """One row of the table from confidence to level; the first row that matches is taken.

    above        confidence strictly above this
    at_least     confidence at or above this (write one of the two)
    under        stake strictly under this, in the process's currency
    consequence  grades that the row is for; all by default
    route        the oversight level of cases in this row
    """

    above: Share | None = None
    at_least: Share | None = Field(default=None, alias="from")
    under: Annotated[Decimal, Field(gt=0)] | None = None
    consequence: tuple[Grade, ...] = tuple(Grade)
    route: Level

    @model_validator(mode="after")
    def _one_edge(self) -> Self:
        if (self.above is None) == (self.at_least is None):
            raise ValueError("write either 'above' or 'from'")
        return self

    @property
    def edge(self) -> float:
        """Where the row begins."""
        return self.above if self.above is not None else self.at_least or 0.0

    def holds(self, confidence: float) -> bool:
        """The confidence lies in or over this row."""
        return confidence > self.above if self.above is not None else confidence >= self.edge


class Trigger(StrEnum):
    """Why a case needs a person, whatever its confidence."""

    LOW_CONFIDENCE = "low_confidence"
    MISSING_FIELD = "missing_field"
    CONFLICTING_SIGNALS = "conflicting_signals"
    POLICY_SENSITIVE = "policy_sensitive"
    CUSTOMER_RISK = "customer_risk"
    REPEATED_FAILURE = "repeated_failure"
    NOVEL_INPUT = "novel_input"
    AMBIGUOUS_INPUT = "ambiguous_input"
    HIGH_STAKES = "high_stakes"
    REGULATION = "regulation"
    NO_RATE = "no_rate"


class Rule(Strict):
    """A condition in CEL that sets the least human involvement, or with `route: automate` loosens it.

    when     condition in CEL over the facts known at the decision point
    route    the oversight level that it asks for
    because  the sentence that people read
    policy   the passage that says so, a key of the map's `policies`
    trigger  the kind of reason, for counting
    """

    when: When
    route: Level = Level.REVIEW
    because: Text
    policy: str | None = None
    trigger: Trigger | None = None


class Period(Strict):
    """Some days.

    from   the first of them, in UTC
    until  the last of them
    """

    start: date = Field(alias="from")
    until: date

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.until < self.start:
            raise ValueError("'until' comes before 'from'")
        return self

    def holds(self, day: date) -> bool:
        """The day is one of them."""
        return self.start <= day <= self.until


class Limit(Strict):
    """Narrows what may run alone, and never widens it: a case that it is for gets at least a level.

    when     the cases that it is for, in CEL; all, if left out
    below    only while their confidence is below this
    first    only the first so many cases since the version of the process, or the passage, changed
    policy   the passage that says so, a key of the map's `policies`; with `first` its change is what counts
    peak     periods in which the limit rests; what the bands or the certificate allow holds then, as ever
    route    the least level
    because  the sentence that people read
    """

    when: When | None = None
    below: Annotated[Share, Field(gt=0)] | None = None
    first: Annotated[int, Field(ge=1, le=100_000)] | None = None
    policy: str | None = None
    peak: tuple[Period, ...] = ()
    route: Level = Level.REVIEW
    because: Text

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.below is None and self.first is None:
            raise ValueError(
                "write 'below' or 'first'; a condition alone is a rule and belongs under 'rules'"
            )
        if self.route is Level.AUTOMATE:
            raise ValueError("a limit asks for people, and 'automate' asks for nobody")
        return self

    def __str__(self) -> str:
        parts = [self.because]
        parts += [f"({self.when})"] if self.when is not None else []
        parts += [f"below {self.below:g}"] if self.below is not None else []
        if self.first is not None:
            parts.append(f"the first {self.first} cases of {self.policy or 'a version'}")
        parts += [f"not from {period.start} until {period.until}" for period in self.peak]
        return f"{', '.join(parts)}: {self.route.words}"

    @property
    def passes(self) -> bool:
        """It ends, or rests, as time goes on."""
        return self.first is not None or bool(self.peak)


class Acts(StrEnum):
    """When a decision takes effect that a person is told of."""

    NOW = "now"
    AFTER_WINDOW = "after_window"


class Notify(Strict):
    """The window of the level `notify`: a person is told of the decision and may override it.

    window  how long an override is possible
    acts    `now`: its actions run at once, and an override takes them back;
            `after_window`: they run when the window has passed, and an override prevents them
    """

    window: Duration
    acts: Acts = Acts.AFTER_WINDOW


class OnError(StrEnum):
    """What follows when a spot check finds a decision wrong. The record is corrected in any case."""

    ASK = "ask"
    UNDO = "undo"
    RECORD = "record"


class Checking(Strict):
    """How decisions that ran alone are decided again by a person who does not see them.

    within    how long the person has
    on_error  when they decide otherwise: `ask` the owner of the queue whether to take it back, `undo` it at
              once and carry out the person's answer, or only `record` it
    """

    within: Duration = timedelta(days=3)
    on_error: OnError = OnError.ASK


class SpotCheck(Checking):
    """The sample of the level `spot_check`: some decisions are drawn and decided again by a person.

    share  the share of decisions that is drawn
    """

    share: Annotated[Share, Field(gt=0)]


class Guarantee(Checking):
    """What is promised about the decisions that run alone, in place of bands with fixed edges.

    error    the share of them that is wrong is at most this
    sure     with this probability nothing ever runs alone whose error is larger, while traffic is stable
    cluster  the fact by which cases are alike, such as a vendor: what is new of it goes to people first
    """

    error: Annotated[float, Field(gt=0, le=0.5, allow_inf_nan=False)]
    sure: Annotated[float, Field(ge=0.5, lt=1, allow_inf_nan=False)] = 0.95
    cluster: str | None = None
