"""Who has a case open that they may decide: for others who look at it too. Short-lived, never a claim."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from surehand.store.among import among
from surehand.store.bulk import insert_rows
from surehand.store.columns import UtcTime
from surehand.store.tables import viewing

#: What was not renewed for so long is over.
LASTS = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Viewing:
    """Somebody has a case open.

    since    when they opened it
    seen_at  when it was last heard that they still have
    """

    case_id: str
    person: str
    since: datetime
    seen_at: datetime


def renew(connection: Connection, seen: Iterable[tuple[str, str]], *, at: datetime) -> None:
    """People have cases open, as (case, person): opened now, or still."""
    rows = [
        {"case_id": case_id, "person": person, "since": at, "seen_at": at}
        for case_id, person in sorted(set(seen))
    ]
    insert_rows(connection, viewing, rows, conflict=_RENEWED.format(over=_micro(LASTS)))


def _micro(lasts: timedelta) -> int:
    return lasts // timedelta(microseconds=1)


#: Who comes back after it was over has opened it anew.
_RENEWED = """ON CONFLICT (case_id, person) DO UPDATE SET
since = CASE WHEN viewing.seen_at < excluded.seen_at - {over} THEN excluded.since ELSE viewing.since END,
seen_at = excluded.seen_at"""


def of_cases(connection: Connection, ids: Collection[str], *, since: datetime) -> dict[str, list[Viewing]]:
    """Who has had these cases open at some moment since a time, by case, longest first."""
    if not ids:
        return {}
    rows = connection.execute(_OF_CASES, {"ids": list(ids), "since": since})
    found: dict[str, list[Viewing]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(Viewing(**row._mapping))
    return found


def ever(connection: Connection, ids: Collection[str]) -> set[tuple[str, str]]:
    """Of these cases, who opened which, as far back as that is kept."""
    rows = connection.execute(_EVER, {"ids": list(ids)})
    return {(row.case_id, row.person) for row in rows}


def any_before(connection: Connection, before: datetime) -> bool:
    """There is something that was renewed last before a time."""
    return (
        connection.execute(select(viewing.c.case_id).where(viewing.c.seen_at < before).limit(1)).first()
        is not None
    )


def forget(connection: Connection, *, before: datetime) -> None:
    """Drop what nobody asks for any more."""
    connection.execute(delete(viewing).where(viewing.c.seen_at < before))


_OF_CASES = (
    select(viewing)
    .where(among(viewing.c.case_id, "ids"), viewing.c.seen_at >= bindparam("since", type_=UtcTime))
    .order_by(viewing.c.since, viewing.c.person)
)
_EVER = select(viewing.c.case_id, viewing.c.person).where(among(viewing.c.case_id, "ids"))
