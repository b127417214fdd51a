"""What people have written in a brief and not sent: theirs alone, and no part of the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, Text, bindparam, delete, exists, select

from surehand.store.bulk import insert_rows
from surehand.store.tables import assignment, draft


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft: the fields of the form that have something in them, and when they were kept."""

    body: Mapping[str, Sequence[str]]
    at: datetime


def keep(
    connection: Connection, assignment_id: str, person: str, *, round: int,
    body: Mapping[str, Sequence[str]], at: datetime,
) -> None:  # fmt: skip
    """Keep this in place of what was kept before."""
    row = {"assignment_id": assignment_id, "person": person, "round": round, "body": body, "at": at}
    insert_rows(connection, draft, [row], conflict=_IN_PLACE)


_IN_PLACE = """ON CONFLICT (assignment_id, person) DO UPDATE SET
at = excluded.at, round = excluded.round, body = excluded.body"""


def of(connection: Connection, assignment_id: str, person: str, *, round: int) -> Kept | None:
    """What a person has written in this brief, in this round of the case."""
    row = connection.execute(_OF, {"of": assignment_id, "person": person, "round": round}).first()
    return None if row is None else Kept(row.body, row.at)


_OF = select(draft.c.body, draft.c.at).where(
    draft.c.assignment_id == bindparam("of", type_=Text), draft.c.person == bindparam("person", type_=Text),
    draft.c.round == bindparam("round", type_=Integer),
)  # fmt: skip


def drop(connection: Connection, assignment_id: str, person: str) -> None:
    """It was sent, or is not wanted."""
    theirs = draft.c.assignment_id == assignment_id, draft.c.person == person
    connection.execute(delete(draft).where(*theirs))


def forget(connection: Connection, *, before: datetime) -> None:
    """Drop those whose brief is closed, and what nobody has gone on with since a time."""
    waits = exists().where(assignment.c.id == draft.c.assignment_id, assignment.c.open)
    connection.execute(delete(draft).where((draft.c.at < before) | ~waits))
