"""Changing one cent of a payment in the database, behind the program's back."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from surehand.errors import NotFound


@dataclass(frozen=True, slots=True)
class Cent:
    """What was changed.

    case_id        of the payment
    before, after  the sum as it was and as it is now
    """

    case_id: str
    before: str
    after: str


def changed(database: Path) -> Cent:
    """Add a cent to a payment that was made, with plain SQL. Raises NotFound while nothing was paid."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        row = connection.execute(
            "select key, case_id, args from action where state = 'done' order by finished_at desc limit 1"
        ).fetchone()
        if row is None:
            raise NotFound("Nothing was paid yet, so there is no cent to change")
        key, case_id, text = row
        arguments = json.loads(text)
        total = arguments["total"]
        after = f"{Decimal(total['amount']) + Decimal('0.01')}"
        told = Cent(case_id, f"{total['amount']} {total['currency']}", f"{after} {total['currency']}")
        total["amount"] = after
        _write(connection, key, json.dumps(arguments, separators=(",", ":"), ensure_ascii=False))
    return told


def put_back(database: Path, cent: Cent) -> None:
    """Make it as it was."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        rows = connection.execute(
            "select key, args from action where case_id = ?", (cent.case_id,)
        ).fetchall()
        for key, text in rows:
            arguments = json.loads(text)
            total = arguments.get("total") or {}
            if f"{total.get('amount')} {total.get('currency')}" == cent.after:
                total["amount"] = cent.before.split()[0]
                _write(connection, key, json.dumps(arguments, separators=(",", ":"), ensure_ascii=False))


def _write(connection: sqlite3.Connection, key: str, arguments: str) -> None:
    connection.execute("update action set args = ? where key = ?", (arguments, key))
    connection.commit()
