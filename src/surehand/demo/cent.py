"""Changing one cent of a payment in the database, behind the program's back."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from surehand.errors import NotFound


@dataclass(frozen=True, slots=True)
class Cent:
    """What was changed.

    key            of the action
    case_id        of its case
    before, after  the sum as it was and as it is now
    """

    key: str
    case_id: str
    before: str
    after: str


def changed(database: Path) -> Cent:
    """Add a cent to a payment that was made, with plain SQL. Raises NotFound while nothing was paid."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        rows = connection.execute(
            "select key, case_id, args from action where state = 'done' order by finished_at desc"
        )
        for key, case_id, text in rows.fetchall():
            arguments = json.loads(text)
            total = _sum_in(arguments.get("total"))
            if total is not None:
                before = _told(total)
                total["amount"] = f"{Decimal(total['amount']) + Decimal('0.01')}"
                _write(connection, key, arguments)
                return Cent(key, case_id, before, _told(total))
    raise NotFound("Nothing was paid yet, so there is no cent to change")


def put_back(database: Path, cent: Cent) -> None:
    """Make it as it was."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        (text,) = connection.execute("select args from action where key = ?", (cent.key,)).fetchone()
        arguments = json.loads(text)
        total = _sum_in(arguments["total"])
        if total is not None:
            total["amount"] = cent.before.split()[0]
            _write(connection, cent.key, arguments)


def _sum_in(arguments: Any) -> dict[str, str] | None:
    """The sum of money in an argument of an action."""
    if not isinstance(arguments, dict):
        return None
    if {"amount", "currency"} == arguments.keys():
        return arguments
    return next((found for one in arguments.values() if (found := _sum_in(one)) is not None), None)


def _told(total: dict[str, str]) -> str:
    return f"{total['amount']} {total['currency']}"


def _write(connection: sqlite3.Connection, key: str, arguments: Any) -> None:
    text = json.dumps(arguments, separators=(",", ":"), ensure_ascii=False)
    connection.execute("update action set args = ? where key = ?", (text, key))
    connection.commit()
