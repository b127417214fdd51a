"""The verbs of the supplier-invoice process; numbers and names are in `process.yaml`."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, computed_field

from surehand.core.actions import UNDO
from surehand.core.documents import Document
from surehand.core.extraction import Extractor
from surehand.core.money import Money
from surehand.core.recommendation import Alternative, Evidence, Reading, Recommendation
from surehand.errors import PermanentFailure

from . import books, checks, matching
from .checks import Duplicate, Spending, Sums
from .matching import Match
from .records import NO_CURRENCY, Invoice, Paid, Supplier, plain, same_currency

Answer = Literal["pay", "reject"]

#: A supplier is new until so many invoices were paid.
KNOWN_FROM = 3
#: A name in the books counts as the one on the paper from this likeness on, and this far ahead of the next.
_SAME_NAME, _LEAD = 0.85, 0.05

# How sure the rules below are, if everything was read right. Set by hand, not measured.
_CLEAR, _OBJECTED, _DOUBTED = 0.98, 0.9, 0.7


class Vendor(BaseModel):
    """The sender of the invoice in our own books.

    known        the books have it
    name         as the books spell it; as printed where they do not have it
    is_new       fewer than three of its invoices were paid
    near         names in the books that are like the printed one, where none is like enough
    account      the account in the books; what is paid goes there
    iban_agrees  the invoice prints the same account; None where one of the two is missing
    """

    known: bool
    name: str | None
    is_new: bool
    invoices: int
    blocked: bool
    near: list[str]
    account: str | None
    iban_agrees: bool | None
    terms_days: int | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def summary(self) -> str:
        """As the brief tells it."""
        if not self.known:
            return f"Not in the books{f'; near {self.near[0]}' if self.near else ''}"
        account = {True: "same account", False: "another account on the invoice", None: "no account compared"}
        blocked = "blocked; " if self.blocked else ""
        return f"{blocked}{self.invoices} invoices paid; {account[self.iban_agrees]}".capitalize()


class VendorFound(BaseModel):
    """The supplier, and the day on which it is to be paid.

    pay_by  as printed, or the date of the invoice and the supplier's terms; None without either
    """

    vendor: Vendor
    pay_by: dt.date | None


class OrderFound(BaseModel):
    """How the invoice fits its purchase orders."""

    order: Match


class DuplicateFound(BaseModel):
    """Whether the same invoice was paid before."""

    duplicate: Duplicate


class BudgetFound(BaseModel):
    """Whether the budget allows it."""

    budget: Spending


class SumsFound(BaseModel):
    """Whether what is printed agrees with itself."""

    sums: Sums


class Payment(BaseModel):
    """What the ledger answered."""

    payment: str


def read_invoice(document: Document, model: Extractor) -> Reading[Invoice]:
    """Every field with how sure the model is and where it stands; what cannot be read stays empty."""
    return model.read(document, Invoice)


def match_supplier(
    supplier: str | None, iban: str | None, date: dt.date | None, due_date: dt.date | None
) -> VendorFound:
    """Finds the sender in the books: by name or alias, or by a name that is like no other."""
    found = books.suppliers(supplier) if supplier else []
    best = found[0] if found else None
    lead = best.score - found[1].score if best and len(found) > 1 else 1.0
    if best is None or best.score < _SAME_NAME or (best.score < 1.0 and lead < _LEAD):
        near = [one.supplier.name for one in found]
        vendor = Vendor(
            known=False, name=supplier, is_new=True, invoices=0, blocked=False, near=near, account=None,
            iban_agrees=None, terms_days=None,
        )  # fmt: skip
    else:
        vendor = _vendor(best.supplier, iban)
    terms = None if vendor.terms_days is None else dt.timedelta(days=vendor.terms_days)
    return VendorFound(
        vendor=vendor, pay_by=due_date or (date + terms if date and terms is not None else None)
    )


def match_order(invoice: Invoice, vendor: Vendor) -> OrderFound:
    """Compares the invoice with the orders that it names and with what arrived."""
    asked = [books.order(number) for number in matching.order_numbers(invoice.po_number)[:20]]
    orders = list({order.number: order for order in asked if order is not None}.values())
    supplier = vendor.name if vendor.known else None
    return OrderFound(order=matching.matched(invoice, orders, supplier=supplier))


def check_duplicate(invoice: list[Invoice], vendor: list[Vendor]) -> list[DuplicateFound]:
    """Looks for the same invoice among the payments, and among those of the same chunk.

    It takes the cases of a chunk together, so that an invoice that came twice at once is seen: neither is in
    the books yet.
    """
    found: list[DuplicateFound] = []
    batch: dict[str, list[checks.Claim]] = {}
    for one, sender in zip(invoice, vendor, strict=True):
        before = checks.claims_of(_paid(one, sender))
        here = batch.setdefault(plain(sender.name), [])
        found.append(DuplicateFound(duplicate=checks.duplicate(one, [*before, *here])))
        if sender.name and (claim := checks.claim_of(one)) is not None:
            here.append(claim)
    return found


def check_budget(order: Match, invoice: Invoice) -> BudgetFound:
    """Compares the sum without tax with what is left of the order's budget."""
    year = invoice.date.year if invoice.date else None
    budget = books.budget(order.budget, year) if order.budget else None
    return BudgetFound(budget=checks.spending(_net(invoice), budget, order.budget))


def check_sums(invoice: Invoice, received_on: dt.date | None) -> SumsFound:
    """Whether net, tax, total, lines and dates agree with each other."""
    return SumsFound(sums=checks.sums(invoice, received_on=received_on))


def approve_payment(
    invoice: Invoice, vendor: Vendor, order: Match, duplicate: Duplicate, budget: Spending, sums: Sums
) -> Recommendation[Answer]:
    """Pay what was ordered, arrived and was not paid yet; object to anything else, in words.

    The confidence is that of the rules alone. How surely each field was read counts beside it, by the signal
    `model_probability`.
    """
    if invoice.total is None:
        return Recommendation(value=None, reasons=("The invoice shows no total.",), source="invoice-rules-1")
    objections = _objections(invoice, vendor, order, duplicate, budget, sums)
    doubts = _doubts(vendor, order, duplicate, budget)
    sure = _DOUBTED if doubts and not objections else _OBJECTED if objections else _CLEAR
    answer: Answer = "reject" if objections else "pay"
    other: Answer = "pay" if objections else "reject"
    because = (
        "If what differs was agreed with the supplier." if objections else "If a field was read wrongly."
    )
    known = (*order.matched[:3], f"{vendor.name} has had {vendor.invoices} invoices paid.")
    return Recommendation(
        value=answer,
        confidence=sure,
        reasons=(*objections, *doubts) or known,
        alternatives=(Alternative(other, because, round(1.0 - sure, 4)),),
        evidence=(
            Evidence(
                f"{invoice.supplier or 'unknown supplier'}, {invoice.number or 'no number'}, {invoice.total}"
            ),
        ),
        signals={"rule_clarity": _clarity(objections, doubts)},
        source="invoice-rules-1",
    )


def pay(
    key: str,
    vendor: Vendor,
    number: str | None,
    date: dt.date | None,
    pay_by: dt.date | None,
    net: Money | None,
    total: Money | None,
    order: Match,
    duplicate: Duplicate,
) -> Payment:
    """Pays it to the account in the books, once per key."""
    if total is None or total.amount <= 0:
        raise PermanentFailure("there is no sum to pay")
    if total.currency == NO_CURRENCY:
        raise PermanentFailure("the currency could not be read: enter the total with its currency")
    if not vendor.known or vendor.name is None:
        raise PermanentFailure(
            f"{vendor.name or 'the supplier'} is not in the books: add it there, then try again"
        )
    paid = books.pay(
        key,
        supplier=vendor.name,
        invoice=number,
        amount=total.amount,
        currency=total.currency,
        date=date,
        due=pay_by,
        net=net.amount if net is not None and same_currency(net, total) and net.amount >= 0 else None,
        orders=order.numbers,
        budget=order.budget,
        again=duplicate.state == "same_number",
    )
    return Payment(payment=paid.number)


def cancel_payment(key: str) -> None:
    """Takes the payment back. The engine gives undoing a key of its own, made from the payment's."""
    books.cancel(key.removesuffix(UNDO))


def find_payment(key: str) -> Payment | None:
    """The payment of this key if it was made and stands."""
    found = books.payment(key)
    return Payment(payment=found.number) if found is not None and found.state == "paid" else None


def _vendor(supplier: Supplier, printed: str | None) -> Vendor:
    return Vendor(
        known=True,
        name=supplier.name,
        is_new=supplier.invoices < KNOWN_FROM,
        invoices=supplier.invoices,
        blocked=supplier.blocked,
        near=[],
        account=supplier.iban,
        iban_agrees=plain(printed) == plain(supplier.iban) if plain(printed) and supplier.iban else None,
        terms_days=supplier.terms_days,
    )


def _paid(invoice: Invoice, vendor: Vendor) -> list[Paid]:
    """Payments of the same supplier that may be for this invoice."""
    if not vendor.name:
        return []
    found = books.payments(vendor.name, invoice=invoice.number) if plain(invoice.number) else []
    if invoice.total is not None and 0 < invoice.total.amount < 10**12:
        found += books.payments(vendor.name, amount=invoice.total.amount)
    return found


def _net(invoice: Invoice) -> Money | None:
    amount, currency = invoice.net_amount, invoice.currency
    return Money(amount=amount, currency=currency) if amount is not None and currency else None


def _objections(
    invoice: Invoice, vendor: Vendor, order: Match, duplicate: Duplicate, budget: Spending, sums: Sums
) -> list[str]:
    """Why it should not be paid as it is, the gravest first."""
    found = []
    if duplicate.state == "same_number":
        found.append(duplicate.why or "It was paid before.")
    if vendor.blocked:
        found.append(f"{vendor.name} is blocked in the books.")
    if vendor.iban_agrees is False:
        found.append(
            f"It prints another account than the books have ({_end(invoice.iban)}, {_end(vendor.account)})."
        )
    if not vendor.known:
        near = f"; the books have {', '.join(vendor.near[:3])}" if vendor.near else ""
        found.append(f"{vendor.name or 'The supplier'} is not in the books{near}.")
    if invoice.total is not None and invoice.total.amount <= 0:
        found.append(f"{invoice.total} is not to be paid: it is a credit note.")
    if order.state == "none":
        found.append(f"The books have no purchase order {invoice.po_number or 'for it'}.")
    if order.over is not None:
        found.append(f"It asks for {order.over} more than was ordered and received.")
    found += sums.wrong
    if budget.state == "over":
        found.append(budget.why or "It is over the budget.")
    return found + order.differences if found else found


def _doubts(vendor: Vendor, order: Match, duplicate: Duplicate, budget: Spending) -> list[str]:
    """What does not speak against paying it, but should be seen."""
    found = []
    if duplicate.state == "same_sum":
        found.append(duplicate.why or "Another invoice has the same sum.")
    if order.over is None and order.state in ("partial", "unknown"):
        found += order.differences
    if vendor.known and vendor.is_new:
        found.append(f"{vendor.name} is new: {vendor.invoices} of its invoices were paid so far.")
    if budget.state == "unknown":
        found.append(budget.why or "The budget could not be compared.")
    return found


def _clarity(objections: list[str], doubts: list[str]) -> float:
    """How clearly the rules speak: less so where they point both ways, or only towards looking."""
    if objections:
        return 0.9
    return 0.7 if doubts else 1.0


def _end(account: str | None) -> str:
    return f"ending in {plain(account)[-4:]}" if account else "none"
