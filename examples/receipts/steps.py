"""The verbs of the expense-receipt process; numbers and names are in `process.yaml`."""

import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from surehand.core.actions import UNDO
from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.core.recommendation import Alternative, Evidence, Reading, Recommendation
from surehand.errors import PermanentFailure

from . import ledger, reader
from .reader import HOME, Details, Receipt

Answer = Literal["approve", "reject"]

#: What one receipt of a kind may cost, in MYR; `other` where no kind is given or it is not in the list.
LIMITS = {
    "meal": Decimal(150),
    "travel": Decimal(400),
    "fuel": Decimal(250),
    "supplies": Decimal(500),
    "accommodation": Decimal(800),
    "other": Decimal(300),
}
#: In place of a payment number, when the same receipt came twice at once.
IN_THIS_BATCH = "another claim of this batch"

_KNOWN_FROM = 3
_OLDEST_DAYS = 730


class VendorRecord(BaseModel):
    """What the ledger knows about a seller: known from the third reimbursed receipt on."""

    known: bool
    times_paid: int


class Vendor(BaseModel):
    """The seller in our own books."""

    vendor: VendorRecord


class Policy(BaseModel):
    """What the expense policy says about this receipt.

    claimed_as  payment number of the same receipt, if it was claimed before
    limit       what one receipt of this kind may cost
    over_limit  it costs more; None when that cannot be told
    age_days    days from the receipt to the claim, negative for a date after the claim; None without both
    """

    claimed_as: str | None
    limit: Money
    over_limit: bool | None
    age_days: int | None


class Payment(BaseModel):
    """What the ledger answered."""

    payment: str


def read_details(document: Document) -> Details:
    """What the paper shows besides its four fields."""
    return reader.details_of(document)


def read_receipt(document: Document) -> Reading[Receipt]:
    """Company, date, address and total, each with how sure the reader is and where it stands."""
    return reader.receipt_of(document)


def known_vendor(company: str | None) -> Vendor:
    """How often we have paid receipts of this seller."""
    times = ledger.times_paid(company)
    return Vendor(vendor=VendorRecord(known=times >= _KNOWN_FROM, times_paid=times))


def check_policy(
    receipt: list[Receipt], category: list[str | None], submitted_on: list[dt.date | None]
) -> list[Policy]:
    """Compares receipts with the limits and with what was claimed before.

    It takes the cases of a chunk together, so that the same receipt handed in twice at once is seen too:
    neither is in the ledger yet.
    """
    found: list[Policy] = []
    batch: set[ledger.Claim] = set()
    for one, kind, day in zip(receipt, category, submitted_on, strict=True):
        claimed_as = None
        if one.total is not None:
            claim = ledger.Claim(ledger.plain(one.company), one.date, one.total)
            claimed_as = ledger.paid_as(claim) or (IN_THIS_BATCH if claim in batch else None)
            batch.add(claim)
        found.append(_policy(one, kind, day, claimed_as))
    return found


def approve_expense(receipt: Receipt, details: Details, policy: Policy) -> Recommendation[Answer]:
    """Approve what the policy allows; the confidence is the chance that date and total were read right.

    That chance comes from the two logistic models of `reader.py`, fitted on half of the public receipts.
    """
    if receipt.total is None:
        return Recommendation(value=None, reasons=("The paper shows no total.",), source="expense-policy-1")
    objections = _objections(receipt, details, policy)
    sure = details.read_right
    answer: Answer = "reject" if objections else "approve"
    other: Answer = "approve" if objections else "reject"
    reasons = tuple(objections) or (
        f"{receipt.total} is within the limit of {policy.limit} for one receipt.",
        f"Date and total are read with {sure:.0%} certainty.",
    )
    return Recommendation(
        value=answer,
        confidence=sure,
        reasons=reasons,
        alternatives=(Alternative(other, "If the receipt was read wrongly.", round(1.0 - sure, 4)),),
        evidence=(
            Evidence(f"{receipt.company or 'unknown seller'}, {receipt.date or 'no date'}, {receipt.total}"),
        ),
        signals={"rule_clarity": _clarity(receipt, policy)},
        source="expense-policy-1",
    )


def reimburse(
    key: str,
    company: str | None,
    date: dt.date | None,
    total: Money | None,
    employee: str | None,
    claimed_as: str | None,
) -> Payment:
    """Pays it back, once per key."""
    if total is None:
        raise PermanentFailure("there is no total to reimburse")
    return Payment(
        payment=ledger.book(key, ledger.Claim(company, date, total), employee, again=claimed_as is not None)
    )


def cancel_reimbursement(key: str) -> None:
    """Takes the payment back."""
    ledger.cancel(key.removesuffix(UNDO))


def find_reimbursement(key: str) -> bool:
    """Whether the payment under this key was made and stands."""
    return ledger.payment_of(key) is not None


def _policy(
    receipt: Receipt, category: str | None, submitted_on: dt.date | None, claimed_as: str | None
) -> Policy:
    limit = LIMITS.get((category or "other").strip().lower(), LIMITS["other"])
    total = receipt.total
    return Policy(
        claimed_as=claimed_as,
        limit=Money(amount=limit, currency=HOME),
        over_limit=total.amount > limit if total is not None and total.currency == HOME else None,
        age_days=(submitted_on - receipt.date).days if submitted_on and receipt.date else None,
    )


def _objections(receipt: Receipt, details: Details, policy: Policy) -> list[str]:
    """Why the policy would refuse it, the gravest first."""
    found = []
    if policy.claimed_as:
        found.append(f"The same receipt was claimed before: {policy.claimed_as}.")
    if policy.age_days is not None and policy.age_days < 0:
        found.append(f"It is dated {-policy.age_days} days after the claim.")
    if policy.age_days is not None and policy.age_days > _OLDEST_DAYS:
        found.append(f"It is {policy.age_days} days old; two years is the limit.")
    if details.sensitive:
        found.append(f"It names alcohol or tobacco: {details.sensitive}.")
    if policy.over_limit:
        found.append(f"{receipt.total} is over the limit of {policy.limit} for one receipt.")
    return found


def _clarity(receipt: Receipt, policy: Policy) -> float:
    """How clearly the policy speaks: less so within two per cent of a limit, or unable to compare."""
    if receipt.total is None or policy.over_limit is None:
        return 0.5
    near = abs(receipt.total.amount - policy.limit.amount) <= policy.limit.amount / 50
    return 0.8 if near else 1.0
