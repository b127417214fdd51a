"""Rows of authority: who may decide what alone, what goes higher, and what may be lent. Frozen data."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from surehand.core.duration import Duration
from surehand.core.money import Money
from surehand.core.names import PersonName
from surehand.core.policy import Grade, Identifier, Strict
from surehand.core.roles import Role

#: Whatever is decided.
ANYTHING = "*"

#: A sum with its currency, as maps and people.yaml write it.
Sum = Annotated[
    Money,
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d+(\.\d+)? [A-Z]{3}$", "description": "such as 10000 EUR"}
    ),
]

Decided = Annotated[str, Field(pattern=r"^(\*|[a-z][a-z0-9]*([_-][a-z0-9]+)*)$", max_length=64)]


class Splitting(Strict):
    """What one subject may come to in several cases, so that nobody splits what is too large for them.

    limit   the sum of this case and the others of its subject
    within  how far back the others lie
    """

    limit: Sum
    within: Duration


class Grant(Strict):
    """What somebody may decide alone.

    person, team, role  whom it is for: exactly one of them. Of several rows that fit, those that name the
                        person count, else those of the team, else those of the role
    process      the process; all, if left out
    decides      decision points and exceptions by name; `*`: all
    limit        the largest stake; none: no limit
    split        what the cases of one subject may come to together
    consequence  the highest grade; none: all
    only         fact -> the values that it may have
    above        who gets what goes beyond; if left out whoever may
    second       whether a second person has to agree: never, always, or from a stake on
    write        what has to be written down with a verdict
    delegate     how long it may be lent to somebody else; none: not at all
    """

    person: PersonName | None = None
    team: PersonName | None = None
    role: Role | None = None
    process: str | None = None
    decides: Annotated[tuple[Decided, ...], Field(min_length=1)]
    limit: Sum | None = None
    split: Splitting | None = None
    consequence: Grade | None = None
    only: Mapping[Identifier, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    above: PersonName | None = None
    second: Literal["never", "always"] | Sum = "never"
    write: tuple[Literal["reason", "note"], ...] = ()
    delegate: Duration | None = None

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        if sum(one is not None for one in (self.person, self.team, self.role)) != 1:
            raise ValueError("write one of 'person', 'team' and 'role'")
        return self

    def about(self, process: str, kind: str) -> bool:
        """It is about this kind of decision."""
        return self.process in (None, process) and (kind in self.decides or ANYTHING in self.decides)


class Delegation(Strict):
    """Authority that one person lends to another for some days. It never widens, and is not passed on.

    by, to   who lends it, and who gets it
    decides  decision points and exceptions by name; all that `by` may decide, if left out
    from     the first day, where `by` is
    until    the last day
    because  why, for the record
    """

    by: PersonName
    to: PersonName
    decides: Annotated[tuple[Decided, ...], Field(min_length=1)] = (ANYTHING,)
    start: date = Field(alias="from")
    until: date
    because: str = ""

    @model_validator(mode="after")
    def _between_two(self) -> Self:
        if self.by == self.to:
            raise ValueError("'by' and 'to' are the same person")
        if self.until < self.start:
            raise ValueError("'until' comes before 'from'")
        return self

    @property
    def lasts(self) -> timedelta:
        """How long it lasts, both days counted."""
        return self.until - self.start + timedelta(days=1)

    def about(self, kind: str) -> bool:
        """It is about this kind of decision."""
        return kind in self.decides or ANYTHING in self.decides

    def covers(self, day: date) -> bool:
        """The day is one of its days."""
        return self.start <= day <= self.until
