"""What a map says about routing: consequence, bands, rules and deadlines. Frozen data, no decisions."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from surehand.core.duration import Duration
from surehand.core.oversight import Level
from surehand.core.people import PersonName

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Strict(BaseModel):
    """Frozen, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Grade(StrEnum):
    """What an error costs. Ordered by `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (low) to 3 (critical)."""
        return _GRADES.index(self)

    @property
    def raised(self) -> "Grade":
        """The next grade up; critical stays."""
        return _GRADES[min(self.rank + 1, len(_GRADES) - 1)]


_GRADES = tuple(Grade)


class Consequence(Strict):
    """How to grade the cost of an error: the highest of its parts.

    money              the fact that holds the sum at stake
    medium_from, high_from, critical_from
                       breakpoints in the process's currency; at or above one the grade is reached
    customer, legal, reputation
                       fixed grades for harm that is not money
    reversible         False raises the grade by one step
    reversible_within  how long the action can be undone
    """

    money: str | None = None
    medium_from: Annotated[Decimal, Field(ge=0)] | None = None
    high_from: Annotated[Decimal, Field(ge=0)] | None = None
    critical_from: Annotated[Decimal, Field(ge=0)] | None = None
    customer: Grade = Grade.LOW
    legal: Grade = Grade.LOW
    reputation: Grade = Grade.LOW
    reversible: bool = True
    reversible_within: Duration | None = None

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        steps = [s for s in (self.medium_from, self.high_from, self.critical_from) if s is not None]
        if steps and self.money is None:
            raise ValueError("breakpoints need 'money': the fact that holds the sum")
        if any(low >= high for low, high in pairwise(steps)):
            raise ValueError("medium_from, high_from and critical_from must ascend")
        return self


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

    when: Annotated[str, Field(min_length=1, max_length=2_000)]
    route: Level = Level.REVIEW
    because: Annotated[str, Field(min_length=1, max_length=300)]
    policy: str | None = None
    trigger: Trigger | None = None


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

    error  the share of them that is wrong is at most this
    sure   with this probability nothing ever runs alone whose error is larger, while traffic is stable
    """

    error: Annotated[float, Field(gt=0, le=0.5, allow_inf_nan=False)]
    sure: Annotated[float, Field(ge=0.5, lt=1, allow_inf_nan=False)] = 0.95


class Sla(Strict):
    """The clock of an assignment, all counted from when the case began to wait.

    due          the deadline; the queue's, if left out
    remind       when the person is reminded, before the deadline
    escalate_to  who gets it after the deadline; if left out the backup, then the owner of the queue
    """

    due: Duration | None = None
    remind: Duration | None = None
    escalate_to: PersonName | None = None
