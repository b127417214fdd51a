"""What else is compared before an invoice is paid: duplicates, sums, and the budget. Pure, in words."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, computed_field

from surehand.core.money import Money

from .pairing import TOLERANCE, Tolerance, total_of
from .records import Budget, Invoice, Paid, plain, same_currency

#: Two invoices of one supplier over the same sum, dated at most so many days apart, may be the same one.
DUPLICATE_DAYS = 7
#: No country asks for a larger share of the sum without tax.
HIGHEST_TAX = Decimal("0.27")
#: In place of a payment number, when the same invoice came twice at once.
IN_THIS_BATCH = "another invoice of this batch"


class Duplicate(BaseModel):
    """Whether the same invoice was paid before.

    state  `same_number`: a payment of this supplier has its number. `same_sum`: one has its sum and
           nearly its date. `none`: neither
    of     number of that payment, or `IN_THIS_BATCH`
    why    in words
    """

    state: Literal["none", "same_number", "same_sum"] = "none"
    of: str | None = None
    why: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def summary(self) -> str:
        """As the brief tells it."""
        return self.why or "None was paid before"


class Sums(BaseModel):
    """Whether what is printed agrees with itself.

    agree  None where there was nothing to compare
    wrong  what does not, in words
    """

    agree: bool | None
    wrong: list[str] = []

    @computed_field  # type: ignore[prop-decorator]
    @property
    def summary(self) -> str:
        """As the brief tells it."""
        return " ".join(self.wrong) or ("They agree" if self.agree else "There was nothing to compare")


class Spending(BaseModel):
    """Whether the budget allows it.

    state  `none`: the order names no budget. `unknown`: it cannot be compared
    left   what is left of it before this invoice
    over   by how much the invoice exceeds it
    why    in words
    """

    state: Literal["within", "over", "none", "unknown"]
    name: str | None = None
    left: Money | None = None
    over: Money | None = None
    why: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def summary(self) -> str:
        """As the brief tells it."""
        if self.state == "none":
            return "The order names none"
        return self.why or f"{self.name}: {self.left} left before this invoice"


@dataclass(frozen=True, slots=True)
class Claim:
    """What makes two invoices the same one.

    by  where it stands: a payment number, or `IN_THIS_BATCH`
    """

    by: str
    number: str | None
    date: dt.date | None
    amount: Decimal
    currency: str


def claim_of(invoice: Invoice) -> Claim | None:
    """What an invoice asks for; None without a total."""
    if invoice.total is None:
        return None
    total = invoice.total
    return Claim(IN_THIS_BATCH, invoice.number, invoice.date, total.amount, total.currency)


def claims_of(payments: Iterable[Paid]) -> list[Claim]:
    """What was paid; cancelled payments do not count."""
    return [Claim(p.number, p.invoice, p.date, p.amount, p.currency) for p in payments if p.state == "paid"]


def duplicate(invoice: Invoice, before: Sequence[Claim], *, days: int = DUPLICATE_DAYS) -> Duplicate:
    """Compares an invoice with what the same supplier asked for before."""
    number = plain(invoice.number)
    for one in before:
        if number and plain(one.number) == number:
            why = f"Invoice {invoice.number} of this supplier was paid before: {one.by}, {_sum(one)}."
            if one.by == IN_THIS_BATCH:
                why = f"Invoice {invoice.number} of this supplier came twice at once."
            return Duplicate(state="same_number", of=one.by, why=why)
    total = invoice.total
    for one in before:
        if total is None or (one.amount, one.currency) != (total.amount, total.currency):
            continue
        apart = abs((invoice.date - one.date).days) if invoice.date and one.date else None
        if apart is None or apart <= days:
            when = "with an unknown date" if apart is None else f"dated {apart} days apart"
            called = one.number or "without a number"
            why = f"Invoice {called} of this supplier has the same sum, {when}: {one.by}, {_sum(one)}."
            return Duplicate(state="same_sum", of=one.by, why=why)
    return Duplicate()


def sums(invoice: Invoice, *, received_on: dt.date | None = None, tolerance: Tolerance = TOLERANCE) -> Sums:
    """Net and tax make the total, the lines make the net, the tax can be one, the dates are in order."""
    said = [
        *_totals(invoice, tolerance),
        *_tax(invoice, tolerance),
        *_lines(invoice, tolerance),
        *_dates(invoice, received_on),
    ]
    wrong = [sentence for sentence in said if sentence is not None]
    return Sums(agree=not wrong if said else None, wrong=wrong)


def spending(net: Money | None, budget: Budget | None, name: str | None) -> Spending:
    """Compares the sum without tax with what is left of the budget called `name`."""
    if name is None:
        return Spending(state="none")
    if budget is None:
        return Spending(state="unknown", name=name, why=f"The books have no budget {name} for that year.")
    left = Money(amount=budget.amount - budget.spent, currency=budget.currency)
    rates = {**budget.rates, budget.currency: Decimal(1)}
    if net is None:
        why = "The sum without tax could not be read, so the budget was not compared."
    elif net.currency not in rates:
        why = f"Budget {name} is in {budget.currency} and has no rate for {net.currency}."
    elif (charged := (net.amount * rates[net.currency]).quantize(Decimal("0.01"))) > left.amount:
        over = Money(amount=charged - left.amount, currency=budget.currency)
        why = f"Budget {name} of {budget.year} has {left} left; this invoice is {over} over it."
        return Spending(state="over", name=name, left=left, over=over, why=why)
    else:
        return Spending(state="within", name=name, left=left)
    return Spending(state="unknown", name=name, left=left, why=why)


def _totals(invoice: Invoice, tolerance: Tolerance) -> list[str | None]:
    """One entry for each comparison: None where it agrees, else what does not."""
    known = _known(invoice)
    if not same_currency(*known):
        return [f"Its sums are in different currencies: {', '.join(str(money) for money in known)}."]
    if invoice.net is None or invoice.tax is None or invoice.total is None:
        return []
    apart = invoice.net.amount + invoice.tax.amount - invoice.total.amount
    if abs(apart) <= tolerance.rounding:
        return [None]
    return [
        f"Net {invoice.net} and tax {invoice.tax} do not make the total {invoice.total}: "
        f"{abs(apart):,.2f} {'too little' if apart > 0 else 'too much'}."
    ]


def _tax(invoice: Invoice, tolerance: Tolerance) -> list[str | None]:
    """What is asked for beyond the sum without tax can be a tax: the order says nothing of it."""
    net = invoice.net.amount if invoice.net is not None else total_of(invoice.lines or [])
    if net is None or net <= 0 or invoice.total is None or not same_currency(*_known(invoice)):
        return []
    added = invoice.tax.amount if invoice.tax is not None else invoice.total.amount - net
    if -tolerance.rounding <= added <= net * HIGHEST_TAX + tolerance.rounding:
        return [None]
    return [f"{added:,.2f} on {net:,.2f} without tax is {added / net:.1%}, and no tax is like that."]


def _known(invoice: Invoice) -> list[Money]:
    return [money for money in (invoice.net, invoice.tax, invoice.total) if money is not None]


def _lines(invoice: Invoice, tolerance: Tolerance) -> list[str | None]:
    said: list[str | None] = []
    lines = invoice.lines or []
    for number, line in enumerate(lines, 1):
        if line.quantity is None or line.unit_price is None or line.amount is None:
            continue
        product = line.quantity * line.unit_price
        agrees = abs(product - line.amount) <= tolerance.rounding
        said.append(
            None
            if agrees
            else f"Line {number}: {line.quantity:,f} at {line.unit_price:,.2f} is {product:,.2f}, "
            f"not {line.amount:,.2f}."
        )
    total, net = total_of(lines), invoice.net_amount
    if total is not None and net is not None:
        agrees = abs(total - net) <= tolerance.rounding
        said.append(
            None if agrees else f"The lines make {total:,.2f}, and the sum without tax is {net:,.2f}."
        )
    return said


def _dates(invoice: Invoice, received_on: dt.date | None) -> list[str | None]:
    said: list[str | None] = []
    if invoice.date is None:
        return said
    if invoice.due_date is not None:
        early = invoice.due_date < invoice.date
        said.append(f"Due on {invoice.due_date}, before its own date, {invoice.date}." if early else None)
    if received_on is not None:
        late = invoice.date > received_on
        said.append(f"Dated {invoice.date}, after it came on {received_on}." if late else None)
    return said


def _sum(claim: Claim) -> str:
    dated = f" of {claim.date}" if claim.date else ""
    return f"{claim.amount:,.2f} {claim.currency}{dated}"
