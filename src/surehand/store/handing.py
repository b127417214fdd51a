"""What is asked where work changes hands: whose turn it is, and what somebody holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, literal, select, union_all

from surehand.core.case import BESIDE, Assignment, Case, Judgement
from surehand.store import cases
from surehand.store.questions import named
from surehand.store.records import assignment_of
from surehand.store.tables import assignment


@dataclass(frozen=True, slots=True)
class Held:
    """An open assignment with its case, and what was judged at its decision point."""

    assignment: Assignment
    case: Case
    judgement: Judgement | None


def held(connection: Connection, person: str, *, after: str, limit: int) -> list[Held]:
    """Open assignments of a person by id, from after one on."""
    mine = select(assignment).where(assignment.c.open, assignment.c.person == person, assignment.c.id > after)
    rows = named(connection.execute(mine.order_by(assignment.c.id).limit(limit)))
    return with_their_cases(connection, [assignment_of(row) for row in rows])


def again(connection: Connection, given: Assignment) -> Held | None:
    """The same as it is by now; None where it is over, or somebody else's."""
    mine = select(assignment).where(
        assignment.c.id == given.id, assignment.c.open, assignment.c.person == given.person
    )
    found = [assignment_of(row) for row in named(connection.execute(mine))]
    return next(iter(with_their_cases(connection, found)), None)


def with_their_cases(connection: Connection, given: Sequence[Assignment]) -> list[Held]:
    """Assignments with their cases; what was judged only of those that stand beside the way of one."""
    found = cases.load(connection, {one.case_id for one in given})
    return [
        Held(one, found[one.case_id], cases.judged(connection, one) if one.kind in BESIDE else None)
        for one in given
        if one.case_id in found
    ]


def relaxing(connection: Connection, *, now: datetime, limit: int) -> list[Assignment]:
    """Open assignments for which less skill is enough by now than when they were given."""
    rows = connection.execute(
        select(assignment)
        .where(assignment.c.open, assignment.c.relax_at.is_not(None), assignment.c.relax_at <= now)
        .order_by(assignment.c.relax_at)
        .limit(limit)
    )
    return [assignment_of(row) for row in named(rows)]


def turns(connection: Connection, queue: str, people: Sequence[str]) -> dict[str, int]:
    """The last turn of each of these people in a queue; who never had one is left out."""
    last = [
        select(literal(name).label("person"), func.max(assignment.c.turn).label("turn")).where(
            assignment.c.queue == queue, assignment.c.person == name, assignment.c.turn.is_not(None)
        )
        for name in people
    ]
    rows = connection.execute(union_all(*last)) if last else ()
    return {row.person: row.turn for row in rows if row.turn is not None}
