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
from pathlib import Path

from pydantic import BaseModel

from surehand import Alternative, Evidence, Money, Reading, Recommendation

NOT_PAID = ("beer", "wine", "whisky", "cigarettes", "tobacco", "fine")
TOTAL = re.compile(r"(grand )?total\b:?\s*", re.IGNORECASE)
SUM = re.compile(
    r"""(?<!\S)                                        # words of their own: not the end of -80.00
    (?P<amount>
        \d{1,9}[.,]\d\d                               # 1349.00 or 12,50
      | [1-9]\d{0,2}(?P<apart>[.,\s])\d{3}            # 1,349.00 or 1.349,00 or 1 349.00,
        (?:(?P=apart)\d{3})?(?!(?P=apart))[.,]\d\d    # but not 1.234, which can mean two sums
      | \d{1,9}(?=\s*(?:EUR|USD|GBP|CHF)\b)           # 1349 EUR
    )
    (?:\s*(?P<code>EUR|USD|GBP|CHF))?(?!\S)""",
    re.IGNORECASE | re.VERBOSE,
)


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
            value="reject",
            confidence=0.80,
            reasons=(why,),
            alternatives=(Alternative("approve", "If that was misread.", 0.20),),
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


def cancel_booking(key: str, result: str | None) -> None:
    """Takes the booking back. `key` is that of taking it back; `result` is what the booking returned."""
    booked = result or key.removesuffix(":undo")
    with closing(_ledger()) as ledger, ledger:
        ledger.execute("UPDATE bookings SET cancelled = 1 WHERE key = ?", (booked,))


def is_booked(key: str) -> bool:
    """Asked when it is not known whether a booking happened."""
    with closing(_ledger()) as ledger:
        row = ledger.execute("SELECT 1 FROM bookings WHERE key = ? AND NOT cancelled", (key,)).fetchone()
        return row is not None


def _total(lines: list[str]) -> tuple[Money | None, str | None, float | None]:
    """The sum on the one line that says 'total', else the largest sum, which is only a guess.

    In doubt it is not sure, or says None: either way a person looks.
    """
    named = [(line, line[word.end() :]) for line in lines if (word := TOTAL.match(line))]
    if named:
        found = [(match, line) for line, rest in named if (match := SUM.fullmatch(rest))]
    else:
        found = [(match, line) for line in lines for match in SUM.finditer(line)]
    if not found:
        return None, None, None
    match, line = max(found, key=lambda one: _decimal(one[0]["amount"]))
    # "3 120.00" may be three of something, and without a currency it may be any
    sure = len(named) == 1 and match["code"] and match["apart"] in (None, ".", ",")
    total = Money(amount=_decimal(match["amount"]), currency=(match["code"] or "EUR").upper())
    return total, line, 0.97 if sure else 0.75


def _decimal(amount: str) -> Decimal:
    digits = Decimal(re.sub(r"\D", "", amount))
    return digits.scaleb(-2) if re.search(r"[.,]\d\d$", amount) else digits


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
    """A small ledger of its own, beside surehand.yaml or at EXPENSES_LEDGER. Yours is a real system."""
    above = Path(__file__).resolve().parents  # a published version runs from a copy further down
    deployment = next((folder for folder in above if (folder / "surehand.yaml").is_file()), above[1])
    path = os.environ.get("EXPENSES_LEDGER") or deployment / "expenses-ledger.sqlite3"
    ledger = sqlite3.connect(path, timeout=10)
    ledger.execute(
        "CREATE TABLE IF NOT EXISTS bookings (key TEXT PRIMARY KEY, employee TEXT, shop TEXT, "
        "bought_on TEXT, amount TEXT, currency TEXT, booked_on TEXT, cancelled INTEGER)"
    )
    return ledger
