"""What lists and counts leave out for a person: of a case that they check unseen all but the check."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)  # fmt: skip

from surehand.core.oversight import Level
from surehand.store.tables import assignment

Condition = ColumnElement[bool]


def not_kept_from(person: str) -> Condition:
    """Of a case that a person checks unseen they find the check alone: of several the one given first."""
    earlier = assignment.alias("earlier")
    before = select(earlier.c.id).where(
        *_unseen(earlier, person), earlier.c.case_id == assignment.c.case_id,
        tuple_(earlier.c.opened_at, func.length(earlier.c.id), earlier.c.id)
        < tuple_(assignment.c.opened_at, func.length(assignment.c.id), assignment.c.id),
    )  # fmt: skip
    the_check = and_(*_unseen(assignment, person), ~before.exists())
    return or_(assignment.c.case_id.not_in(checked_by(person)), the_check)


def checked_by(person: str | BindParameter[str]) -> Select[Any]:
    """Ids of the cases that a person has to check unseen."""
    return select(_CHECK.c.case_id).where(*_unseen(_CHECK, person))


def checks_any(connection: Connection, person: str) -> bool:
    """A person has to check a case unseen. Most have not, and what follows is quicker without asking more."""
    return connection.execute(_CHECKS_ANY, {"person": person}).first() is not None


_CHECK = assignment.alias("unseen")

#: Written into the statement, as the condition of the index that finds them.
_A_CHECK: ColumnElement[str] = literal_column("'check'", Text)


def _unseen(of: FromClause, person: str | BindParameter[str]) -> tuple[Condition, ...]:
    """It is a check that a person has to decide unseen; see `Assignment.blind`."""
    return (
        of.c.open, of.c.person == person, of.c.kind == _A_CHECK,
        of.c.level.in_([level for level in Level if not level.shows_recommendation]),
    )  # fmt: skip


_CHECKS_ANY = checked_by(bindparam("person", type_=Text)).limit(1)
