"""The list of all cases that a person may see, and what there was about a subject before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy import case as either
from sqlalchemy import text as text_of

from surehand.core.case import CaseState
from surehand.core.policy import Grade
from surehand.store.among import among
from surehand.store.desk import Condition, Sight, below, bound
from surehand.store.order import Mark
from surehand.store.remarks import ENDED
from surehand.store.tables import case, verdict
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
    tag: str | None = None,
    after: Mark | None = None,
    down_to: Mark | None = None,
) -> list[Listed]:
    """Cases that a person may see, newest first.

    text     words, each of which is part of number, key, title, subject or submitter; capitals do not count
    down_to  the last case that is looked at, so that a word that nothing has does not cost a look at them all
    tag      of a verdict; while a case is open only of the person's own, and never of a case that they check

    A case that the person checks unseen is found as one that waits, and by its number and key: title and
    subject may come from later than the decision.
    """
    checked = case.c.id.in_(checked_by(sight.person))
    found = _narrowed(select(*LISTED).where(visible(sight)), checked, state=state, process=process)
    words = text.split()[:MOST_WORDS]
    for told, whose in ((_told(sight), false()), (_TOLD_OPENLY, ~checked)):
        has = and_(true(), *(told.icontains(word, autoescape=True) for word in words))
        found = found.where(or_(whose, has))
    place = tuple_(case.c.created_at, case.c.id)
    if tag is not None:
        found = found.where(case.c.id.in_(_tagged(tag, sight.person)), ~checked)
    if after is not None:
        found = found.where(place < bound(after))
    if down_to is not None:
        found = found.where(place >= bound(down_to))
    found = found.order_by(case.c.created_at.desc(), case.c.id.desc()).limit(limit)
    return [listed_of(row) for row in connection.execute(found)]


#: Words of a search that count.
MOST_WORDS = 6

#: What is searched of a case; and of one that the person checks unseen. No word has a space in it, so that
#: none reaches from one column into the next, and one comparison a word does for all of them.
_TOLD_OPENLY = case.c.id + " " + case.c.key


def _told(sight: Sight) -> ColumnElement[str]:
    """What is searched of any other case."""
    subject: ColumnElement[str] = func.coalesce(case.c.subject, "")
    told = either((_kept_back(sight), ""), else_=subject) if sight.entered else subject
    return _TOLD_OPENLY + " " + case.c.title + " " + told + " " + case.c.submitter


def _told_subject(sight: Sight) -> ColumnElement[bool]:
    return ~_kept_back(sight) if sight.entered else true()


def _kept_back(sight: Sight) -> ColumnElement[bool]:
    """Its subject was read, and somebody may have to enter that unseen."""
    return and_(case.c.process.in_(sorted(sight.entered)), case.c.due_at.is_not(None))


def named(
    connection: Connection,
    sight: Sight,
    text: str,
    *,
    processes: Collection[str],
    limit: int,
    state: CaseState | None = None,
) -> list[Listed]:
    """Cases, however old, whose whole number, key or subject this is, newest first: an index finds them.

    processes  in which it is looked for
    """
    among_ = case.c.process.in_(sorted(processes))
    checked = case.c.id.in_(checked_by(sight.person))
    ids = union_all(
        select(case.c.id).where(case.c.id == text.lower()),
        select(case.c.id).where(among_, case.c.key == text),
        select(
            select(case.c.id)
            .where(among_, case.c.subject == text, ~checked, _told_subject(sight))
            .order_by(case.c.created_at.desc())
            .limit(limit)
            .subquery()
            .c.id
        ),
    )
    found = _narrowed(select(*LISTED).where(visible(sight), among_), checked, state=state, process=None)
    found = found.where(case.c.id.in_(ids))
    rows = connection.execute(found.order_by(case.c.created_at.desc(), case.c.id.desc()).limit(limit))
    return [listed_of(row) for row in rows]


def horizon(connection: Connection, *, after: Mark | None, most: int) -> Mark | None:
    """The last of so many cases, of whomever, as the list has them; None where there are fewer."""
    found = select(case.c.created_at, case.c.id)
    if after is not None:
        found = found.where(tuple_(case.c.created_at, case.c.id) < bound(after))
    found = found.order_by(case.c.created_at.desc(), case.c.id.desc()).offset(most - 1).limit(1)
    row = connection.execute(found).first()
    return None if row is None else Mark(row.created_at, row.id)


def _narrowed(
    found: Select[Any], checked: Condition, *, state: CaseState | None, process: str | None
) -> Select[Any]:
    if state is CaseState.WAITING:
        found = found.where(or_(case.c.state == state, checked))
    elif state is not None:
        found = found.where(case.c.state == state, ~checked)
    return found if process is None else found.where(case.c.process == process)


def _tagged(tag: str, person: str) -> Select[Any]:
    """Cases with a verdict of this tag that a person may know of: others' say something of an open case."""
    given = case.alias("given")
    known = or_(given.c.state.in_(ENDED), verdict.c.person == person)
    return (
        select(verdict.c.case_id)
        .join(given, given.c.id == verdict.c.case_id)
        # the first condition is that of the index
        .where(text_of("tags <> '[]'"), cast(verdict.c.tags, Text).contains(f'"{tag}"'), known)
    )


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
