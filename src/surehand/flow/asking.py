"""Asking a language model at a decision point, within its budget and the time that a chunk may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surehand.core.bound import BoundProcess, BoundStep, Facts
from surehand.core.money import Money
from surehand.core.process import Budget, Prices
from surehand.core.recommendation import Recommendation
from surehand.core.steps import DecisionPoint
from surehand.flow.context import Context
from surehand.providers.protocol import NotBegun
from surehand.store import budgets
from surehand.store.budgets import Used

#: Seconds of asking after which the rest of a chunk is given back: what was answered is saved, and other work
#: has its turn.
_PATIENCE = 5.0


def asked(
    context: Context, process: BoundProcess, bound: BoundStep, cases: Sequence[Facts]
) -> list[Recommendation[Any] | Exception]:
    """The model's answers, one per case; the error of one is its own, NotBegun where time was up.

    Of the threads that run work one is never here, unless it is the only one: other work goes on.
    """
    point, model = bound.step, bound.model
    assert isinstance(point, DecisionPoint)
    assert model is not None
    purse: _Purse | _Bottomless = _Bottomless()
    if model.budget is not None:
        purse = _Purse(context, process.name, str(point.model), model.budget, model.prices)
    if not context.asking.acquire(blocking=False):
        return [NotBegun()] * len(cases)
    try:
        return context.languages[model.provider].ask(
            bound, cases, purse=purse, draw=context.draw, patience=_PATIENCE
        )
    finally:
        context.asking.release()


def asks(context: Context, process: str) -> bool:
    """Some case of a process, as it is published now, may wait for a language model. Raises NotFound."""
    models = context.processes.named(process).map.models.values()
    return any(model.provider in context.languages for model in models)


class _Bottomless:
    """There is no budget, and nothing is counted."""

    def take(self) -> str | None:
        """There is always room."""
        return None

    def used(self, sent: int, received: int) -> None:
        """Nobody counts."""


@dataclass(frozen=True, slots=True)
class _Purse:
    """A budget of the day, kept in the database: several workers draw on it."""

    context: Context
    process: str
    model: str
    budget: Budget
    prices: Prices | None

    def take(self) -> str | None:
        """See `Purse`. A call is counted before it is made: one that is cut off has been paid for as well."""
        budget = self.budget
        most = Used("", budget.calls or 0, budget.tokens or 0, budget.money or Decimal(0))
        room = self.context.db.write(
            lambda connection: budgets.use(
                connection, self.process, self.model, now=self.context.clock(), calls=1, most=most
            )
        )
        return None if room is not None else self._spent()

    def used(self, sent: int, received: int) -> None:
        """See `Purse`."""
        money = self.prices.cost(sent, received) if self.prices is not None else Decimal(0)
        self.context.db.write(
            lambda connection: budgets.use(
                connection, self.process, self.model, now=self.context.clock(), tokens=sent + received,
                money=money,
            )
        )  # fmt: skip

    def _spent(self) -> str:
        limits = [
            f"{limit:,} {what}"
            for limit, what in ((self.budget.calls, "calls"), (self.budget.tokens, "tokens"))
            if limit
        ]
        if self.budget.money is not None and self.prices is not None:
            limits.append(str(Money(amount=self.budget.money, currency=self.prices.currency)))
        return (
            f"The budget of '{self.model}' for today is spent ({', '.join(limits)}); "
            "it goes on at midnight UTC"
        )
