"""What the made-up company's books hold, as it goes over the wire.

Amounts and quantities are decimals as text, so that no float ever stands between two systems.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from surehand.core.money import Currency

_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=_PRINTABLE)]
#: An idempotency key: what may stand in one part of an address as it is.
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:~-]{1,200}$")]


def _as_text(value: Any) -> Any:
    if isinstance(value, str | Decimal):
        return value
    raise ValueError('write it as text, such as "12.50"')


def _plain(value: Decimal) -> Decimal:
    # an exponent would let a few letters stand for a number of a thousand digits
    if not value.is_finite() or value.copy_abs() >= 10**12 or int(value.as_tuple().exponent) < -6:
        raise ValueError("must be a number below 10^12 with at most six decimals")
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_as_text),
    AfterValidator(_plain),
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
]
Positive = Annotated[Amount, Field(gt=0)]
NotNegative = Annotated[Amount, Field(ge=0)]


class Entry(BaseModel):
    """Frozen, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Supplier(Entry):
    """Somebody we buy from.

    aliases     other names that invoices carry
    iban        the account that the books know
    since       first day of business
    invoices    invoices paid before these books began
    terms_days  days from the invoice to the payment
    """

    name: Text
    aliases: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    iban: Text | None = None
    since: dt.date | None = None
    invoices: Annotated[int, Field(ge=0, le=10**6)] = 0
    blocked: bool = False
    terms_days: Annotated[int, Field(ge=0, le=365)] = 30


class OrderLine(Entry):
    """One line of a purchase order; unit price without tax."""

    description: Text
    quantity: Positive
    unit_price: NotNegative


class Order(Entry):
    """A purchase order.

    goods   something is delivered, so it is paid only against goods receipts; False for services
    budget  the budget that it is charged to
    """

    number: Text
    supplier: Text
    currency: Currency
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=200)]
    goods: bool = True
    budget: Text | None = None


class ReceivedLine(Entry):
    """How much of one line arrived; `line` counts the order's lines from 1."""

    line: Annotated[int, Field(ge=1, le=200)]
    quantity: Positive


class GoodsReceipt(Entry):
    """A delivery against an order."""

    number: Text
    order: Text
    day: dt.date
    lines: Annotated[tuple[ReceivedLine, ...], Field(min_length=1, max_length=200)]


class Budget(Entry):
    """What may be spent in a year.

    spent  what went before these books began
    rates  units of its currency for one unit of another, as the books keep them
    """

    name: Text
    year: Annotated[int, Field(ge=1900, le=2999)]
    currency: Currency = "EUR"
    amount: NotNegative
    spent: NotNegative = Decimal(0)
    rates: Annotated[dict[Currency, Positive], Field(max_length=50)] = {}


class Books(Entry):
    """Everything that one request may fill the books with; what has the same name is replaced."""

    suppliers: Annotated[tuple[Supplier, ...], Field(max_length=10_000)] = ()
    orders: Annotated[tuple[Order, ...], Field(max_length=10_000)] = ()
    receipts: Annotated[tuple[GoodsReceipt, ...], Field(max_length=10_000)] = ()
    budgets: Annotated[tuple[Budget, ...], Field(max_length=1_000)] = ()


class PaymentOrder(Entry):
    """What is to be paid.

    supplier  who gets it
    invoice   number of the invoice; None for what has none, such as an expense receipt
    date      the day of the invoice
    net       the sum without tax, which counts against the orders and the budget; `amount`, if left out
    orders    purchase orders that it pays for
    budget    the budget that it is charged to, in the year of `date`
    again     whoever approved it knows that an invoice of this number was paid before
    """

    supplier: Text
    invoice: Text | None = None
    amount: Positive
    currency: Currency
    date: dt.date | None = None
    due: dt.date | None = None
    net: NotNegative | None = None
    orders: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    budget: Text | None = None
    again: bool = False


class Payment(PaymentOrder):
    """A payment as the books hold it.

    number  payment number
    at      when it was booked, UTC
    """

    key: str
    number: str
    state: Literal["paid", "cancelled"]
    at: str


class SupplierFound(Entry):
    """A supplier that may be the one asked for.

    score    how alike the names are: 1.0 is the same name, or an alias
    matched  the name or alias that was compared
    """

    supplier: Supplier
    score: float
    matched: str


class OrderFound(Order):
    """A purchase order with what arrived and what was paid for it."""

    receipts: tuple[GoodsReceipt, ...]
    payments: tuple[Payment, ...]
