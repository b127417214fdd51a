"""How people want to read, as they chose it, and when they were last here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from surehand.store.bulk import insert_rows
from surehand.store.tables import reader


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's own choice; None: they made none.

    locale  a tag, such as `de-DE`
    zone    as the IANA database names it
    """

    locale: str | None = None
    zone: str | None = None


CHOSE_NOTHING = Preference()


def preferences(connection: Connection, people: Collection[str]) -> dict[str, Preference]:
    """What these people chose; those who chose nothing are left out."""
    found = select(reader.c.person, reader.c.locale, reader.c.zone).where(reader.c.person.in_(list(people)))
    return {row.person: Preference(row.locale, row.zone) for row in connection.execute(found)}


def prefer(connection: Connection, person: str, wanted: Preference) -> None:
    """From now on it is this."""
    row = {"person": person, "locale": wanted.locale, "zone": wanted.zone, "here_at": None}
    insert_rows(connection, reader, [row], conflict=_CHOSEN)


def was_here(connection: Connection, person: str, *, at: datetime) -> None:
    """Somebody did something."""
    row = {"person": person, "locale": None, "zone": None, "here_at": at}
    insert_rows(connection, reader, [row], conflict=_SEEN)


def last_here(connection: Connection, person: str) -> datetime | None:
    """When a person was last here, to the minute; None: not since that is written down."""
    return connection.execute(select(reader.c.here_at).where(reader.c.person == person)).scalar_one_or_none()


_CHOSEN = "ON CONFLICT (person) DO UPDATE SET locale = excluded.locale, zone = excluded.zone"
_SEEN = "ON CONFLICT (person) DO UPDATE SET here_at = excluded.here_at"
