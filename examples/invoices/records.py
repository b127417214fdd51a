"""What is read from an invoice, and what the company's books answer about it."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from surehand.core.money import Money

#: ISO 4217 for "no currency": a sum was read, and no currency beside it.
NO_CURRENCY = "XXX"


class LineItem(BaseModel):
    """One line of an invoice, without tax, in the invoice's currency. A number beyond reason was misread."""

    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    amount: Decimal | None = None

    @field_validator("quantity", "unit_price", "amount")
    @classmethod
    def _within_reason(cls, value: Decimal | None) -> Decimal | None:
        if value is None or not value.is_finite() or abs(value) >= 10**12:
            return None
        return value if int(value.as_tuple().exponent) >= -6 else None


class Invoice(BaseModel):
    """What an invoice shows; None where it does not, or where it could not be read.

    po_number  the purchase orders that it names, as printed
    net        without tax
    total      to be paid
    lines      None where no table of lines was found
    """

    supplier: str | None = None
    number: str | None = None
    date: dt.date | None = None
    due_date: dt.date | None = None
    po_number: str | None = None
    net: Money | None = None
    tax: Money | None = None
    total: Money | None = None
    iban: str | None = None
    lines: list[LineItem] | None = None

    @property
    def currency(self) -> str | None:
        """The currency of its sums; None where none could be read."""
        named = [money.currency for money in (self.total, self.net, self.tax) if money]
        return next((one for one in named if one != NO_CURRENCY), None)

    @property
    def net_amount(self) -> Decimal | None:
        """Without tax: as printed, or total less tax; None where neither can be told."""
        if self.net is not None:
            return self.net.amount
        if self.total is None or self.tax is None or not same_currency(self.total, self.tax):
            return None
        return self.total.amount - self.tax.amount


class Record(BaseModel):
    """Something that the books hold. The books may learn to say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Supplier(Record):
    """Somebody we buy from; `invoices` counts those that were paid."""

    name: str
    iban: str | None = None
    since: dt.date | None = None
    invoices: int = 0
    blocked: bool = False
    terms_days: int = 30


class Candidate(Record):
    """A supplier whose name is like the one asked for; score 1.0 is the same name."""

    supplier: Supplier
    score: Annotated[float, Field(ge=0, le=1)]


class OrderLine(Record):
    """One line of a purchase order."""

    description: str
    quantity: Decimal
    unit_price: Decimal


class ReceivedLine(Record):
    """How much of an order's line (counted from 1) arrived."""

    line: int
    quantity: Decimal


class GoodsReceipt(Record):
    """A delivery."""

    lines: tuple[ReceivedLine, ...]


class Paid(Record):
    """A payment."""

    key: str
    number: str
    state: Literal["paid", "cancelled"]
    supplier: str
    invoice: str | None = None
    date: dt.date | None = None
    amount: Decimal
    net: Decimal | None = None
    currency: str


class Order(Record):
    """A purchase order with what arrived and what was paid for it.

    goods  it is paid only against goods receipts
    """

    number: str
    supplier: str
    currency: str
    lines: tuple[OrderLine, ...]
    goods: bool = True
    budget: str | None = None
    receipts: tuple[GoodsReceipt, ...] = ()
    payments: tuple[Paid, ...] = ()

    def received(self, line: int) -> Decimal:
        """How much of a line (counted from 1) arrived."""
        return sum(
            (one.quantity for receipt in self.receipts for one in receipt.lines if one.line == line),
            Decimal(0),
        )


class Budget(Record):
    """What may be spent in a year, and what was.

    rates  units of its currency for one unit of another, as the books keep them
    """

    name: str
    year: int
    currency: str
    amount: Decimal
    spent: Decimal
    rates: Mapping[str, Decimal] = {}


def same_currency(*sums: Money) -> bool:
    """No two of them name different currencies; a sum without one goes with any."""
    return len({money.currency for money in sums} - {NO_CURRENCY}) <= 1


def plain(text: str | None) -> str:
    """A number or name for comparison: letters and digits, in capitals."""
    return re.sub(r"[\W_]", "", (text or "").upper())
