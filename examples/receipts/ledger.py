"""The made-up payroll system of this example: one SQLite file with a row per reimbursement.

A real deployment calls its accounting system here. The file is named by the environment variable
RECEIPTS_LEDGER and is `receipts-ledger.sqlite3` in the deployment's folder otherwise.
"""

import datetime as dt
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from surehand.core.money import Money
from surehand.errors import OutcomeUnknown, PermanentFailure, TemporaryFailure

_TABLE = """
create table if not exists reimbursements (
    key text primary key,
    payment text not null unique,
    company text not null,
    date text,
    amount text not null,
    currency text not null,
    employee text,
    cancelled integer not null default 0
);
create index if not exists same_receipt on reimbursements (company, date, amount, currency);
"""

_SAME = (
    "select payment from reimbursements"
    " where company = ? and date is ? and amount = ? and currency = ? and cancelled = 0"
    " order by rowid limit 1"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What makes two receipts the same one."""

    company: str | None
    date: dt.date | None
    total: Money

    @property
    def parts(self) -> tuple[str, str | None, str, str]:
        """As stored: the name in upper-case letters and digits, the amount to two decimals."""
        when = self.date.isoformat() if self.date else None
        return plain(self.company), when, f"{self.total.amount:.2f}", self.total.currency


def plain(name: str | None) -> str:
    """A name for comparison: upper-case letters and digits."""
    return re.sub(r"[\W_]", "", (name or "").upper())


def where() -> Path:
    """The ledger's file: a published version runs from a copy of this folder, but has the same ledger."""
    if named := os.environ.get("RECEIPTS_LEDGER"):
        return Path(named)
    above = Path(__file__).resolve().parents
    deployment = next((folder for folder in above if (folder / "surehand.yaml").is_file()), above[1])
    return deployment / "receipts-ledger.sqlite3"


def paid_as(claim: Claim) -> str | None:
    """The payment number of the same receipt, if it was reimbursed before; None also without a ledger."""
    with _reading() as ledger:
        row = ledger.execute(_SAME, claim.parts).fetchone() if ledger else None
    return str(row[0]) if row else None


def times_paid(company: str | None) -> int:
    """How many receipts of this seller were reimbursed."""
    query = "select count(*) from reimbursements where company = ? and cancelled = 0"
    with _reading() as ledger:
        return int(ledger.execute(query, (plain(company),)).fetchone()[0]) if ledger and company else 0


def book(key: str, claim: Claim, employee: str | None, *, again: bool) -> str:
    """Pay once per key; the payment number. The same key gives the same payment.

    again   a person approved it knowing that the same receipt was paid before
    raises  PermanentFailure when the same receipt was paid meanwhile under another key
    """
    with _writing() as ledger:
        known = ledger.execute("select payment from reimbursements where key = ?", (key,)).fetchone()
        if known:
            return str(known[0])
        paid = ledger.execute(_SAME, claim.parts).fetchone()
        if paid and not again:
            raise PermanentFailure(f"the same receipt was reimbursed meanwhile as {paid[0]}")
        number = int(ledger.execute("select coalesce(max(rowid), 0) from reimbursements").fetchone()[0]) + 1
        payment = f"R-{number:06d}"
        ledger.execute(
            "insert into reimbursements (key, payment, company, date, amount, currency, employee)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (key, payment, *claim.parts, employee),
        )
    return payment


def cancel(key: str) -> None:
    """Take the payment of this key back; nothing happens if there is none or it is cancelled already."""
    with _writing() as ledger:
        ledger.execute("update reimbursements set cancelled = 1 where key = ?", (key,))


def payment_of(key: str) -> str | None:
    """The payment number under this key, None when there is none or it was cancelled."""
    with _reading() as ledger:
        query = "select payment from reimbursements where key = ? and cancelled = 0"
        row = ledger.execute(query, (key,)).fetchone() if ledger else None
    return str(row[0]) if row else None


@contextmanager
def _reading() -> Iterator[sqlite3.Connection | None]:
    """The ledger, or None as long as nobody has written one. An unreadable ledger is a fault that passes."""
    path = where()
    if not path.is_file():
        yield None
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as ledger:
            if ledger.execute("select 1 from sqlite_master where name = 'reimbursements'").fetchone():
                yield ledger
            else:
                yield None
    except sqlite3.Error as error:
        raise TemporaryFailure(f"the ledger cannot be read: {error}") from error


@contextmanager
def _writing() -> Iterator[sqlite3.Connection]:
    """The ledger in one transaction that nobody else writes in."""
    committing = False
    try:
        with closing(sqlite3.connect(where(), timeout=5, isolation_level=None)) as ledger:
            ledger.executescript(_TABLE)
            ledger.execute("begin immediate")
            yield ledger
            committing = True
            ledger.execute("commit")
    except sqlite3.Error as error:
        if committing:
            raise OutcomeUnknown(f"the ledger may not have kept it: {error}") from error
        raise TemporaryFailure(f"the ledger cannot be written: {error}") from error
