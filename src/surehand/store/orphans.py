"""Finds open cases that nobody owes the next step of. There are none, unless rows were changed by hand."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, literal, select, text, union_all

from surehand.store.tables import HELD, WITHOUT_DEADLINE, assignment, case, work


@dataclass(frozen=True, slots=True)
class Orphan:
    """An open case that lacks something.

    lacks       `person`: nobody has it; `deadline`; `work`: the engine has it and nothing is queued;
                `active`: whoever has this assignment is not active
    assignment  id of the assignment that is with nobody active
    """

    case_id: str
    lacks: str
    assignment: str | None = None


def orphans(connection: Connection, active: Collection[str], *, limit: int) -> list[Orphan]:
    """The first of them.

    Asks indexes alone: what waits is compared with what is open, whoever has any with who is active. A case
    that waits without a deadline is in an index that is empty otherwise.
    """
    found = [Orphan(row.id, row.lacks) for row in connection.execute(_ORPHANS.limit(limit))]
    holders = connection.execute(_HOLDERS).scalars()
    gone = sorted(set(holders) - set(active))
    if gone:
        theirs = select(assignment.c.case_id, assignment.c.id).where(
            assignment.c.open, assignment.c.person.in_(gone)
        )
        found += [Orphan(row.case_id, "active", row.id) for row in connection.execute(theirs.limit(limit))]
    return found


_HOLDERS = select(assignment.c.person).where(assignment.c.open).distinct()


def _none(condition: str) -> ColumnElement[bool]:
    """The case has no open assignment of this kind. The condition is written as the index has it."""
    return ~exists(
        select(literal(1))
        .select_from(text("assignment AS other"))
        .where(text(f'other.case_id = "case".id AND {condition}'))
    )


_NOTICE = "open AND kind = 'notice'"

_NOBODY = select(case.c.id, literal("person").label("lacks")).where(
    case.c.due_at.is_not(None), _none(HELD), _none(_NOTICE)
)
_NOT_ASKED = ("running", "acting", "holding", "done", "rejected")

#: Where somebody is told of a decision, that is no answer to what is waited for.
_ONLY_TOLD = (
    select(case.c.id, literal("person").label("lacks"))
    .join_from(assignment, case, case.c.id == assignment.c.case_id)
    .where(assignment.c.open, assignment.c.kind == "notice", case.c.state.not_in(_NOT_ASKED))
    .where(_none(HELD))
)
_ENDLESS = select(case.c.id, literal("deadline").label("lacks")).where(text(WITHOUT_DEADLINE))
_IDLE = select(case.c.id, literal("work").label("lacks")).where(
    case.c.state.in_(("running", "acting")),
    ~exists(select(1).where(work.c.case_id == case.c.id)),
)
_ORPHANS = union_all(_ENDLESS, _NOBODY, _ONLY_TOLD, _IDLE)
