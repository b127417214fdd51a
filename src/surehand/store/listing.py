"""The list of all cases that a person may see, and what there was about a subject before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    or_,
    select,
    true,
    tuple_,
)  # fmt: skip

from surehand.core.case import CaseState
from surehand.core.policy import Grade
from surehand.store.among import among
from surehand.store.desk import Condition, Sight, below, bound
from surehand.store.order import Mark
from surehand.store.tables import case
from surehand.store.unseen import checked_by


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as the list of all cases shows it."""

    id: str
    title: str
    process: str
    state: CaseState
    result: str | None
    owner: str
    stake: Decimal | None
    grade: Grade | None
    answers: Mapping[str, Any]
    created_at: datetime


def visible(sight: Sight) -> Condition:
    """Cases that a person may see."""
    if sight.everything:
        return true()
    checked = case.c.id.in_(checked_by(sight.person))
    own = or_(case.c.submitter == sight.person, case.c.owner == sight.person, checked)
    return or_(and_(case.c.process.in_(sorted(sight.processes)), below(sight.ceilings)), own)


#: The columns of a case that a list shows.
LISTED = (
    case.c.id, case.c.title, case.c.process, case.c.state, case.c.result, case.c.owner, case.c.stake,
    case.c.grade, case.c.answers, case.c.created_at,
)  # fmt: skip


def listed(
    connection: Connection,
    sight: Sight,
    *,
    limit: int,
    text: str = "",
    state: CaseState | None = None,
    process: str | None = None,
    after: Mark | None = None,
) -> list[Listed]:
    """Cases that a person may see, newest first.

    text  part of the number, title, subject or key; upper and lower case are the same

    A case that the person checks unseen is found as one that waits, and by its number and key: title and
    subject may come from later than the decision.
    """
    found = select(*LISTED).where(visible(sight))
    checked = case.c.id.in_(checked_by(sight.person))
    if text:
        has = {
            column: column.icontains(text, autoescape=True)
            for column in (case.c.id, case.c.key, case.c.title, case.c.subject)
        }
        later = and_(~checked, or_(has[case.c.title], has[case.c.subject]))
        found = found.where(or_(has[case.c.id], has[case.c.key], later))
    if state is CaseState.WAITING:
        found = found.where(or_(case.c.state == state, checked))
    elif state is not None:
        found = found.where(case.c.state == state, ~checked)
    if process is not None:
        found = found.where(case.c.process == process)
    if after is not None:
        found = found.where(tuple_(case.c.created_at, case.c.id) < bound(after))
    found = found.order_by(case.c.created_at.desc(), case.c.id.desc()).limit(limit)
    return [listed_of(row) for row in connection.execute(found)]


def listed_of(row: Any) -> Listed:
    """A row of these columns."""
    values = dict(row._mapping)
    grade = None if values["grade"] is None else Grade(values["grade"])
    return Listed(**{**values, "state": CaseState(values["state"]), "grade": grade})


def history(
    connection: Connection,
    process: str,
    subject: str,
    *,
    before: datetime,
    sight: Sight | None = None,
    limit: int = 5,
) -> list[Listed]:
    """Earlier cases about the same subject, newest first.

    sight  only those that somebody may see; all of them for whoever is to decide
    """
    rows = connection.execute(
        select(*LISTED)
        .where(true() if sight is None else visible(sight))
        .where(case.c.process == process, case.c.subject == subject, case.c.created_at < before)
        .order_by(case.c.created_at.desc())
        .limit(limit)
    )
    return [listed_of(row) for row in rows]


def of_cases(connection: Connection, ids: Sequence[str]) -> dict[str, Listed]:
    """These cases by id, whoever may see them."""
    found = connection.execute(select(*LISTED).where(among(case.c.id, "ids")), {"ids": list(ids)})
    return {row.id: listed_of(row) for row in found}
