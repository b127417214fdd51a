"""Which verdicts were given and are not in effect yet: few, and for some seconds."""

from datetime import datetime

from sqlalchemy import Connection, Text, bindparam, select

from surehand.core.case import Assignment
from surehand.store.questions import named
from surehand.store.records import assignment_of
from surehand.store.tables import assignment

_PENDING = select(assignment).where(assignment.c.open, assignment.c.pending_until.is_not(None))

#: Of one person, as many as can be named on a page.
_NAMED = 5

#: What a person has given last, the last first.
OF_PERSON = (
    _PENDING.where(assignment.c.pending_by == bindparam("person", type_=Text))
    .order_by(assignment.c.pending_until.desc())
    .limit(_NAMED)
)


def due(connection: Connection, *, now: datetime, limit: int) -> list[Assignment]:
    """What is to take effect by now, those first that were to be first."""
    found = _PENDING.where(assignment.c.pending_until <= now).order_by(assignment.c.pending_until)
    return [assignment_of(row) for row in named(connection.execute(found.limit(limit)))]


def of_case(
    connection: Connection, case_id: str, person: str, *, of: str | None = None
) -> Assignment | None:  # fmt: skip
    """What a person has given on a case last, or on this assignment of it."""
    found = _PENDING.where(assignment.c.case_id == case_id, assignment.c.pending_by == person)
    if of is not None:
        found = found.where(assignment.c.id == of)
    last = found.order_by(assignment.c.pending_until.desc()).limit(1)
    row = next(iter(named(connection.execute(last))), None)
    return None if row is None else assignment_of(row)
