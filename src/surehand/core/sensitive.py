"""What is too sensitive for one person alone. Frozen data; `core.four_eyes` counts."""

from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field

from surehand.core.policy import Rule, Strict, Text, Trigger, When


class Sensitive(StrEnum):
    """What makes a decision sensitive."""

    MONEY = "money"
    CUSTOMER_DATA = "customer_data"
    SECURITY = "security"
    PRODUCTION = "production"
    PUBLIC_CLAIM = "public_claim"


class FourEyes(Strict):
    """When several people have to agree before anything runs; such a case never runs alone.

    when     the cases that it is for, in CEL; all, if left out
    above    only where more than this is at stake, in the process's currency
    people   how many have to agree
    about    what makes it sensitive
    because  the sentence that people read
    """

    when: When | None = None
    above: Annotated[Decimal, Field(ge=0)] | None = None
    people: Annotated[int, Field(ge=2, le=5)] = 2
    about: Sensitive | None = None
    because: Text

    def __str__(self) -> str:
        parts = [self.because]
        parts += [f"({self.when})"] if self.when is not None else []
        parts += [f"above {self.above:,.2f}"] if self.above is not None else []
        return f"{', '.join(parts)}: {self.people} people"

    @cached_property
    def rule(self) -> Rule:
        """The same as a rule: it keeps such a case from running alone."""
        return Rule(when=self.when or "true", because=self.because, trigger=Trigger.POLICY_SENSITIVE)
