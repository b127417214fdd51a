"""What language models have used on a day, one mark of the database for each, seen by every worker."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, insert, update

from surehand.store.database import alone
from surehand.store.tables import mark
from surehand.store.versions import marked


@dataclass(frozen=True, slots=True)
class Used:
    """What was used so far.

    day    of UTC, such as 2026-11-26
    money  in the currency of the model's prices
    """

    day: str
    calls: int = 0
    tokens: int = 0
    money: Decimal = Decimal(0)


def used(connection: Connection, process: str, model: str, *, now: datetime) -> Used:
    """What a model of a process has used today."""
    return _today(marked(connection, _name(process, model)), now)


def use(
    connection: Connection, process: str, model: str, *, now: datetime, calls: int = 0, tokens: int = 0,
    money: Decimal = Decimal(0), most: Used | None = None,
) -> Used | None:  # fmt: skip
    """Count what is used; None, and nothing is counted, where `most` is reached already.

    most  a number of 0 is no limit
    """
    name = _name(process, model)
    while True:
        value = marked(connection, name)
        if value is None:
            # the first ones make the row one after the other; after that the row itself keeps them apart
            alone(connection)
            value = marked(connection, name)
        before = _today(value, now)
        if most is not None and _reached(before, calls, most):
            return None
        after = Used(before.day, before.calls + calls, before.tokens + tokens, before.money + money)
        if value is None:
            connection.execute(insert(mark).values(name=name, value=_plain(after)))
            return after
        same = mark.c.name == name, mark.c.value == value
        if connection.execute(update(mark).where(*same).values(value=_plain(after))).rowcount:
            return after


def _today(value: str | None, now: datetime) -> Used:
    today, tomorrow = now.date().isoformat(), (now + timedelta(days=1)).date().isoformat()
    kept = _kept(value) if value is not None else Used(today)
    # a worker whose clock is behind goes on counting on the day that has begun elsewhere
    return kept if kept.day in (today, tomorrow) else Used(today)


def _kept(value: str) -> Used:
    plain = json.loads(value)
    return Used(plain["day"], plain["calls"], plain["tokens"], Decimal(plain.get("money", 0)))


def _plain(used: Used) -> str:
    """As JSON; money as text, which is exact, and only where there is some: rows had none of it before."""
    money = {"money": str(used.money)} if used.money else {}
    return json.dumps({"day": used.day, "calls": used.calls, "tokens": used.tokens, **money})


def _reached(before: Used, calls: int, most: Used) -> bool:
    return (
        (bool(most.calls) and before.calls + calls > most.calls)
        or (bool(most.tokens) and before.tokens >= most.tokens)
        or (bool(most.money) and before.money >= most.money)
    )


def _name(process: str, model: str) -> str:
    return f"used {process} {model}"
