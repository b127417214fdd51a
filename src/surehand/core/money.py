"""Sums of money: an exact amount with its currency, and the same in a process's currency."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code")]

#: An amount is below 10 to this power, and has no more places. Asked of the exponent: to compare or to write
#: out 1e999999999 would fail, or fill the memory.
_LARGEST, _MOST_PLACES = 15, 100


class Money(BaseModel):
    """An exact sum. Reads `{"amount": "12.50", "currency": "EUR"}` and the text `12.50 EUR`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Decimal
    currency: Currency

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            amount, _, currency = value.strip().partition(" ")
            return {"amount": amount, "currency": currency.strip()}
        return value

    @field_validator("amount")
    @classmethod
    def _finite(cls, amount: Decimal) -> Decimal:
        if not amount.is_finite() or (amount and amount.adjusted() >= _LARGEST):
            raise ValueError("an amount must be a finite number below 10^15")
        if not -_MOST_PLACES <= int(amount.as_tuple().exponent) <= _LARGEST:
            raise ValueError(f"an amount has at most {_MOST_PLACES} decimal places")
        return amount

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"

    def __neg__(self) -> Self:
        return self.model_copy(update={"amount": -self.amount})


def base_amount(money: Money, *, currency: str, rates: Mapping[str, Decimal]) -> Decimal | None:
    """The sum in a process's own currency, or None when no rate is recorded.

    rates  units of `currency` for one unit of the key's currency, as pinned in the map
    """
    if money.currency == currency:
        return money.amount
    rate = rates.get(money.currency)
    return None if rate is None else (money.amount * rate).quantize(Decimal("0.01"))


def amount_of(value: Any) -> Decimal | None:
    """The amount of a sum as facts hold it; None for anything else, and for what no sum can be."""
    if not isinstance(value, Mapping) or not {"amount", "currency"} <= value.keys():
        return None
    try:
        amount = Decimal(str(value["amount"]))
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount.adjusted() >= _LARGEST:
        return None
    return amount if int(amount.as_tuple().exponent) >= -_MOST_PLACES else None
