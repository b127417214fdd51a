"""The steps of a map, as frozen models: what is done to a case, and at which of them a choice is made."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache, cached_property
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from surehand.core.duration import Duration, UndoFor
from surehand.core.names import PersonName
from surehand.core.policy import (
    Band,
    Checking,
    Consequence,
    Guarantee,
    Identifier,
    Limit,
    Notify,
    Rule,
    Share,
    SpotCheck,
    Strict,
    When,
)
from surehand.core.sensitive import FourEyes
from surehand.core.terms import Ask, Sla

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$", max_length=64)]


@cache
def _kind_of(step: type) -> str:
    return step.__name__.lower()


class StepBase(Strict):
    """What all steps have.

    minutes   minutes that it takes by hand
    who       who does it by hand
    attempts  how often it is tried before a person looks
    about     what it does, for readers of the map
    """

    minutes: Annotated[float, Field(ge=0)] | None = None
    who: str | None = None
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    about: str = ""

    @property
    def kind(self) -> str:
        """`extract`, `lookup`, `verify`, `decide`, `draft` or `act`."""
        return _kind_of(type(self))

    @cached_property
    def name(self) -> str:
        """The function's name, which is the step's."""
        return str(getattr(self, self.kind))


class Extract(StepBase):
    """Reads facts from the input; what it says is not trusted.

    extract  the function in steps.py
    model    a model of the map that it uses
    """

    extract: Identifier
    model: Name | None = None


class Lookup(StepBase):
    """Adds facts from a system of record; what it says is trusted.

    lookup  the function in steps.py
    """

    lookup: Identifier


class Number(Strict):
    """A decision that is a number.

    unit       such as EUR or days
    tolerance  it counts as right within this share of the true value
    tolerance_units  it counts as right within so many units of the true value, too
    least      the smallest answer that is possible
    most       the largest answer that is possible
    """

    unit: str = ""
    tolerance: Share = 0.0
    tolerance_units: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    least: float | None = None
    most: float | None = None


class Ranking(Strict):
    """A decision that picks the best of a list, in order.

    of   the fact that holds the list of names
    top  how many are picked; all, where there are fewer
    """

    of: Identifier
    top: Annotated[int, Field(ge=1, le=100)]


class QueueRow(Strict):
    """Cases that other people decide than those of the decision point's own queue.

    when   condition in CEL over the facts known at the decision point; of several that hold, the first counts
    queue  the queue of people.yaml where they wait
    """

    when: When
    queue: PersonName

    def __str__(self) -> str:
        return f"{self.queue} when {self.when}"


class DecisionPoint(StepBase):
    """A step at which a choice is made: what is asked, what an error costs, who may decide, how fast.

    model     the model of the map that recommends; the function of that name, if left out
    question  the sentence on top of the brief; `{name}` is replaced by a fact
    policy    passages of the map's policies that apply to every case here, quoted on each brief
    four_eyes  when several people have to agree before anything runs
    rules     conditions that ask for more people, or loosen the route on trusted facts
    limits    what narrows the bands, or what was earned, for some cases or for a while
    signals   the readings that the confidence is judged by, by name
    bands     from confidence to oversight level: the name of a preset, or a table that descends to 0
    level     a fixed oversight level in place of `bands`
    guarantee  what is promised about decisions that run alone; which may is then earned, and not written
    slices    facts by whose values the guarantee is reported, such as a customer group
    notify    the window of cases routed to `notify`
    spot_check  the sample of cases routed to `spot_check`
    queue     the queue of people.yaml where it waits for a person
    queues    the cases that wait in another queue
    sla       its deadline, and what comes before and after it
    ask       how a request for information is timed
    reasons   reason categories that a reviewer may pick; `other` is always there
    undo_for  how long a verdict from a page may be withdrawn before it takes effect, at most an hour; as
              surehand.yaml says, if left out
    subject   the fact that names whom the case is about, for history
    identified_by  texts or whole numbers that tell one matter of a subject from another, such as the number
              of an invoice: a case with the same is shown as a near duplicate
    interested  facts that name people who asked for it or benefit by it, and so do not decide it
    facts     names of the facts that the brief shows; all by default
    """

    model: Name | None = None
    question: str | None = None
    subject: str | None = None
    identified_by: tuple[str, ...] = ()
    interested: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    policy: tuple[str, ...] = ()
    consequence: Consequence = Consequence()
    four_eyes: tuple[FourEyes, ...] = ()
    rules: tuple[Rule, ...] = ()
    limits: tuple[Limit, ...] = ()
    signals: tuple[str, ...] | None = None
    bands: str | tuple[Band, ...] | None = None
    level: str | None = None
    guarantee: Guarantee | None = None
    slices: tuple[str, ...] = ()
    notify: Notify | None = None
    spot_check: SpotCheck | None = None
    queue: PersonName
    queues: tuple[QueueRow, ...] = ()
    sla: Sla = Sla()
    reasons: tuple[str, ...] = ()
    answer_within: Duration = timedelta(days=2)
    ask: Ask | None = None
    undo_for: UndoFor | None = None

    @model_validator(mode="after")
    def _one_way_to_route(self) -> Self:
        if sum(way is not None for way in (self.bands, self.level, self.guarantee)) != 1:
            raise ValueError(
                "write one of 'bands' (by confidence), 'guarantee' (by what is earned) and 'level' (always "
                "the same)"
            )
        return self

    @property
    def all_queues(self) -> tuple[str, ...]:
        """Every queue that its cases may wait in, its own first."""
        return tuple(dict.fromkeys([self.queue, *(row.queue for row in self.queues)]))

    @property
    def checking(self) -> Checking | None:
        """How decisions of this point that ran alone are checked, if any are."""
        return self.guarantee or self.spot_check


class Verify(DecisionPoint):
    """Whether what was read is right, before anything rests on it.

    verify  its name
    fields  facts of steps before it that read them
    keyed   how many of them, drawn at random, whoever checks unseen enters from the source; all, if left out
    """

    verify: Identifier
    fields: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=100)]
    keyed: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _can_be_keyed(self) -> Self:
        if len(set(self.fields)) < len(self.fields):
            raise ValueError("'fields' names one of them twice")
        if self.keyed is not None and self.keyed > len(self.fields):
            raise ValueError(f"'keyed' asks for more than the {len(self.fields)} that 'fields' names")
        if self.model is not None:
            raise ValueError("'model' belongs to the step that reads: what it read is what is verified")
        return self

    @property
    def caught(self) -> float:
        """Probability with which a check finds a case wrong that has one wrong field."""
        return (self.keyed or len(self.fields)) / len(self.fields)


class Decide(DecisionPoint):
    """A choice from a list, or several of it; the best of a list; a yes or no; or a number.

    decide   the function in steps.py, and the name of the fact that holds the answer
    choices  the answers to choose from
    several  one or more of the choices are the answer
    open_choices  the answers are those that people give: the list grows with them
    yes_no   it is answered by yes or no
    number   it is answered by a number
    ranking  it is answered by the best of a list, in order
    """

    decide: Identifier
    choices: tuple[Identifier, ...] | None = None
    several: bool = False
    open_choices: bool = False
    yes_no: bool = False
    number: Number | None = None
    ranking: Ranking | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.choices, self.open_choices or None, self.yes_no or None, self.number, self.ranking]
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError(
                "write exactly one of 'choices', 'open_choices: true', 'yes_no: true', 'number' and 'ranking'"
            )
        if self.several and self.choices is None:
            raise ValueError("'several' needs 'choices' to choose from")
        if self.choices is not None and len(set(self.choices)) < 2:
            raise ValueError("'choices' needs at least two different answers")
        return self

    @property
    def one_of(self) -> tuple[str, ...] | None:
        """The answers of which one is given; None where it is answered in another way."""
        return None if self.several else self.choices

    @property
    def picks(self) -> bool:
        """It is answered by a list: several choices, or the best of some names."""
        return self.several or self.ranking is not None

    @property
    def chosen(self) -> bool:
        """It is answered from a list, fixed or open."""
        return self.choices is not None or self.open_choices


class Draft(DecisionPoint):
    """A text that an AI writes and a person may have to approve.

    draft  the function in steps.py, and the name of the fact that holds the text
    """

    draft: Identifier


class Act(StepBase):
    """A side effect in another system.

    act         the function in steps.py
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


STEP_KINDS = ("extract", "lookup", "verify", "decide", "draft", "act")

Step = Annotated[
    Annotated[Extract, Tag("extract")]
    | Annotated[Lookup, Tag("lookup")]
    | Annotated[Verify, Tag("verify")]
    | Annotated[Decide, Tag("decide")]
    | Annotated[Draft, Tag("draft")]
    | Annotated[Act, Tag("act")],
    Discriminator(_step_kind),
]
