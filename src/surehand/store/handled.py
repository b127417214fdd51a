"""What people just did with work other than decide it, kept for a while so that it can be put back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, delete, insert, select, update

from surehand.store.columns import UtcTime
from surehand.store.tables import handled


@dataclass(frozen=True, slots=True)
class Handled:
    """One thing that somebody did, with one case or with several.

    what  the verb; `put_back` once it was put back
    body  "done" and "refused", as `flow.selected` writes them
    """

    id: str
    person: str
    at: datetime
    what: str
    body: Mapping[str, Any]


_COLUMNS = [handled.c[field.name] for field in fields(Handled)]


def keep(connection: Connection, one: Handled, *, forget: datetime) -> None:
    """A new one; what is older than a time, of whomever, is dropped."""
    connection.execute(delete(handled).where(handled.c.at < forget))
    connection.execute(insert(handled).values({f.name: getattr(one, f.name) for f in fields(Handled)}))


def find(connection: Connection, person: str, id: str) -> Handled | None:
    """What somebody did; None where it is not theirs, or dropped."""
    row = connection.execute(select(*_COLUMNS).where(handled.c.id == id, handled.c.person == person)).first()
    return Handled(*row) if row else None


#: What somebody did last, if it was lately.
LAST = (
    select(*_COLUMNS)
    .where(
        handled.c.person == bindparam("person", type_=Text),
        handled.c.at > bindparam("lately", type_=UtcTime),
    )
    .order_by(handled.c.at.desc())
    .limit(1)
)


def settle(connection: Connection, one: Handled) -> None:
    """It was put back; how it was before is forgotten, what came of it is kept."""
    changed = {"what": one.what, "at": one.at, "body": dict(one.body)}
    connection.execute(update(handled).where(handled.c.id == one.id).values(changed))
