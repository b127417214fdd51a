"""The verbs of the expense process: plain typed functions, tested like any others.

A function gets what it asks for by name: a parameter called `receipt` takes the input field `receipt`, one
called `total` takes the fact `total` that an earlier step added. What a step returns is a pydantic model,
and its fields become facts. `surehand check` says what does not fit.
"""

import os
import re
import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from surehand import Alternative, Evidence, Money, Reading, Recommendation

NOT_PAID = ("beer", "wine", "whisky", "cigarettes", "tobacco", "fine")
SUM = re.compile(r"(\d{1,6}[.,]\d{2})(?:\s*(EUR|USD|GBP|CHF))?", re.IGNORECASE)


class Receipt(BaseModel):
    """What a receipt says; None where it does not say it."""

    shop: str | None
    bought_on: date | None
    total: Money | None
    not_paid: list[str]


class Month(BaseModel):
    """What the ledger says about a person this month."""

    spent: Money


def read_receipt(receipt: str) -> Reading[Receipt]:
    """Reads shop, date and total by simple rules, and says how sure it is of each.

    A stand-in for a model of yours: return the same `Reading`, and nothing else has to change.
    """
    lines = [line.strip() for line in receipt.splitlines() if line.strip()]
    total, total_line, sure_of_total = _total(lines)
    day, day_line, sure_of_day = _day(lines)
    words = {word for line in lines for word in re.findall(r"[a-z]+", line.lower())}
    shop = lines[0][:80] if lines and not SUM.search(lines[0]) else None
    return Reading(
        Receipt(shop=shop, bought_on=day, total=total, not_paid=[word for word in NOT_PAID if word in words]),
        confidence={"shop": 0.95, "bought_on": sure_of_day, "total": sure_of_total},
        evidence={
            name: Evidence(line) for name, line in (("total", total_line), ("bought_on", day_line)) if line
        },
    )


def this_month(employee: str) -> Month:
    """The sum already booked for a person in this calendar month."""
    since = f"{datetime.now():%Y-%m}-01"
    with closing(_ledger()) as ledger:
        rows = ledger.execute(
            "SELECT amount FROM bookings WHERE employee = ? AND booked_on >= ? AND NOT cancelled",
            (employee, since),
        )
        return Month(spent=Money(amount=sum((Decimal(row[0]) for row in rows), Decimal(0)), currency="EUR"))


def approve_expense(
    shop: str | None, bought_on: date | None, total: Money | None, not_paid: list[str]
) -> Recommendation[str]:
    """Recommends an answer, with how likely it is right and why. The map decides who answers in the end."""
    if not_paid:
        why = f"It lists {', '.join(not_paid)}"
        return Recommendation(
            value="reject", confidence=0.80, reasons=(why,), alternatives=(Alternative("approve"),)
        )
    gaps = [name for name, value in (("shop", shop), ("date", bought_on), ("total", total)) if value is None]
    if gaps:
        return Recommendation(value="approve", confidence=0.60, reasons=(f"Not readable: {', '.join(gaps)}",))
    return Recommendation(value="approve", confidence=0.96, reasons=("Shop, date and total are readable",))


def book_expense(
    key: str, employee: str, shop: str | None, bought_on: date | None, total: Money | None
) -> str:
    """Books the expense once: the same key again changes nothing."""
    if total is None:
        raise ValueError("an expense without a total cannot be booked")
    with closing(_ledger()) as ledger, ledger:
        ledger.execute(
            "INSERT OR IGNORE INTO bookings VALUES (?, ?, ?, ?, ?, ?, date('now', 'localtime'), 0)",
            (key, employee, shop, str(bought_on or ""), str(total.amount), total.currency),
        )
    return key


def cancel_booking(key: str) -> None:
    """Takes the booking back."""
    with closing(_ledger()) as ledger, ledger:
        ledger.execute("UPDATE bookings SET cancelled = 1 WHERE key = ?", (key,))


def is_booked(key: str) -> bool:
    """Asked when it is not known whether a booking happened."""
    with closing(_ledger()) as ledger:
        row = ledger.execute("SELECT 1 FROM bookings WHERE key = ? AND NOT cancelled", (key,)).fetchone()
        return row is not None


def _total(lines: list[str]) -> tuple[Money | None, str | None, float | None]:
    """The sum on a line that says so, else the largest sum, which is only a guess."""
    found = [(line, *match) for line in lines for match in SUM.findall(line)]
    named = [one for one in found if re.match(r"(grand )?total\b", one[0].lower())]
    line, amount, code = max(named or found, key=lambda one: _decimal(one[1]), default=(None, "", ""))
    if line is None:
        return None, None, None
    return Money(amount=_decimal(amount), currency=(code or "EUR").upper()), line, 0.97 if named else 0.75


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _day(lines: list[str]) -> tuple[date | None, str | None, float | None]:
    for line in lines:
        for pattern, shape, sure in (
            (r"\d{4}-\d\d-\d\d", "%Y-%m-%d", 0.99),
            (r"\d\d\.\d\d\.\d{4}", "%d.%m.%Y", 0.95),
        ):
            if match := re.search(pattern, line):
                try:
                    return datetime.strptime(match[0], shape).date(), line, sure
                except ValueError:
                    continue
    return None, None, None


def _ledger() -> sqlite3.Connection:
    """A small ledger of its own, in the folder from which the server was started. Yours is a real system."""
    ledger = sqlite3.connect(os.environ.get("EXPENSES_LEDGER", "expenses-ledger.db"), timeout=10)
    ledger.execute(
        "CREATE TABLE IF NOT EXISTS bookings (key TEXT PRIMARY KEY, employee TEXT, shop TEXT, "
        "bought_on TEXT, amount TEXT, currency TEXT, booked_on TEXT, cancelled INTEGER)"
    )
    return ledger
