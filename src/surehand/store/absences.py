"""Absences that have begun: what their person held was passed on, which happens once for each."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from surehand.store.bulk import insert_rows
from surehand.store.tables import absence_begun


def begun(connection: Connection, people: Sequence[str]) -> set[tuple[str, date]]:
    """Of these people, the absences of which that was done, as (person, first day)."""
    rows = connection.execute(
        select(absence_begun.c.person, absence_begun.c.start).where(absence_begun.c.person.in_(people))
    )
    return {(row.person, date.fromisoformat(row.start)) for row in rows}


def begin(connection: Connection, person: str, start: date, *, at: datetime) -> None:
    """That was done. Saying it twice says it once."""
    row = {"person": person, "start": start.isoformat(), "at": at}
    insert_rows(connection, absence_begun, [row], conflict="ON CONFLICT DO NOTHING")
