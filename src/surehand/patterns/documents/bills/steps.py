"""The verbs of the bill process; numbers and names are in `process.yaml`."""

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from surehand import Alternative, Document, Extractor, Money, Reading, Recommendation

Answer = Literal["approve", "reject"]


class Bill(BaseModel):
    """What a bill says. Everything may be missing: not every paper shows it, and not all can be read."""

    supplier: str | None
    number: str | None
    date: dt.date | None
    due_date: dt.date | None
    total: Money | None


class Seen(BaseModel):
    """Under which key a bill of this supplier and number was booked before."""

    booked_as: str | None


def read_bill(document: Document, model: Extractor) -> Reading[Bill]:
    """Every field with how sure the model is and where it stands."""
    return model.read(document, Bill)


def seen_before(supplier: str | None, number: str | None) -> Seen:
    """Look into the ledger."""
    with _ledger() as ledger:
        row = ledger.execute(
            "select key from bill where supplier = ? and number = ? and not cancelled", (supplier, number)
        ).fetchone()
    return Seen(booked_as=row[0] if row and number else None)


def approve_bill(bill: Bill, booked_as: str | None) -> Recommendation[Answer]:
    """Book what is new. How sure that is depends on what was read, which the signals add."""
    if bill.total is None:
        return Recommendation(value=None, reasons=("No total could be read.",))
    answer: Answer = "reject" if booked_as else "approve"
    other: Answer = "approve" if booked_as else "reject"
    because = f"It was booked before, as {booked_as}." if booked_as else "No bill of this number was booked."
    return Recommendation(
        value=answer,
        confidence=0.99,
        reasons=(because,),
        alternatives=(Alternative(other, "If the number was misread.", 0.01),),
    )


def book_bill(key: str, supplier: str | None, number: str | None, total: Money | None) -> str:
    """Book it, once per key. In your company this calls your accounting system."""
    with _ledger() as ledger:
        ledger.execute(
            "insert or ignore into bill (key, supplier, number, total) values (?, ?, ?, ?)",
            (key, supplier, number, str(total)),
        )
    return key


def cancel_booking(key: str, result: str | None) -> None:
    """Take it back. `key` is that of taking it back; `result` is what the booking returned."""
    booked = result or key.removesuffix(":undo")
    with _ledger() as ledger:
        ledger.execute("update bill set cancelled = 1 where key = ?", (booked,))


def is_booked(key: str) -> bool:
    """Whether the ledger has it under this key."""
    with _ledger() as ledger:
        return (
            ledger.execute("select 1 from bill where key = ? and not cancelled", (key,)).fetchone()
            is not None
        )


@contextmanager
def _ledger() -> Iterator[sqlite3.Connection]:
    """A file beside surehand.yaml, also for kept versions of this file; BILLS_LEDGER names another."""
    named = os.environ.get("BILLS_LEDGER")
    home = next(
        (one for one in Path(__file__).resolve().parents if (one / "surehand.yaml").is_file()), Path()
    )
    with closing(sqlite3.connect(named or home / "bills-ledger.sqlite3", timeout=10)) as ledger, ledger:
        ledger.execute(
            "create table if not exists bill"
            " (key text primary key, supplier text, number text, total text, cancelled integer default 0)"
        )
        yield ledger
