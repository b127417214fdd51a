"""What reviewers said beside their answers: that they had to look elsewhere, and why in their own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, Text, and_, bindparam, func, insert, select, text

from surehand.core.case import CaseState, Elsewhere
from surehand.core.wordings import Aside
from surehand.store.questions import named
from surehand.store.records import elsewhere_of
from surehand.store.tables import case, elsewhere, reason_aside, verdict

#: States of a case of which nobody owes the next step.
ENDED = tuple(state for state in CaseState if not state.open)

#: Notes of a process that are looked at together.
_MOST_NOTES = 2_000

#: Answers that hand the brief on undecided.
_UNDECIDED = ("ask", "escalate")


def elsewhere_of_case(connection: Connection, case_id: str) -> list[Elsewhere]:
    """What people said that the briefs of a case lacked, oldest first."""
    rows = connection.execute(
        select(elsewhere)
        .where(elsewhere.c.case_id == case_id)
        .order_by(elsewhere.c.at, elsewhere.c.point, elsewhere.c.person)
    )
    return [elsewhere_of(row) for row in named(rows)]


def elsewhere_of_person(
    connection: Connection, case_id: str, *, point: str, round: int, person: str
) -> Elsewhere | None:
    """What this person said of this brief."""
    of = {"case": case_id, "point": point, "round": round, "person": person}
    rows = named(connection.execute(_OF_PERSON, of))
    return elsewhere_of(rows[0]) if rows else None


_OF_PERSON = select(elsewhere).where(
    elsewhere.c.case_id == bindparam("case", type_=Text), elsewhere.c.point == bindparam("point", type_=Text),
    elsewhere.c.round == bindparam("round", type_=Integer),
    elsewhere.c.person == bindparam("person", type_=Text),
)  # fmt: skip


def words_of_ended(
    connection: Connection, process: str, *, since: datetime, limit: int
) -> list[Elsewhere]:  # fmt: skip
    """What people said in words since a time, of cases that have ended; the latest first."""
    rows = connection.execute(
        select(elsewhere)
        .join_from(elsewhere, case, case.c.id == elsewhere.c.case_id)
        .where(
            case.c.process == process, case.c.state.in_(ENDED), elsewhere.c.at >= since,
            elsewhere.c.words != "",
        )
        .order_by(elsewhere.c.at.desc(), elsewhere.c.case_id, elsewhere.c.person)
        .limit(limit)
    )  # fmt: skip
    return [elsewhere_of(row) for row in named(rows)]


def briefs_decided(connection: Connection, process: str, *, since: datetime) -> dict[str, tuple[int, int]]:
    """Point -> briefs that people decided since a time, and those of them that lacked something.

    Points are those of assignments; a person's answers to the same brief count once.
    """
    said = and_(
        elsewhere.c.case_id == verdict.c.case_id, elsewhere.c.point == verdict.c.point,
        elsewhere.c.round == verdict.c.round, elsewhere.c.person == verdict.c.person,
    )  # fmt: skip
    briefs = (
        select(
            verdict.c.case_id, verdict.c.point, verdict.c.round, verdict.c.person,
            elsewhere.c.person.is_not(None).label("lacked"),
        )
        .join_from(verdict, case, case.c.id == verdict.c.case_id)
        .outerjoin(elsewhere, said)
        .where(case.c.process == process, verdict.c.at >= since, verdict.c.kind.not_in(_UNDECIDED))
        .distinct()
        .subquery()
    )  # fmt: skip
    found = connection.execute(
        select(briefs.c.point, func.count(), func.count().filter(briefs.c.lacked)).group_by(briefs.c.point)
    )
    return {point: (decided, lacking) for point, decided, lacking in found}


def lacks(connection: Connection, process: str, *, since: datetime) -> dict[str, Mapping[str, int]]:
    """Point -> what people said since a time that its briefs lacked -> how often."""
    found = connection.execute(
        select(elsewhere.c.point, elsewhere.c.what, func.count())
        .join_from(elsewhere, case, case.c.id == elsewhere.c.case_id)
        .where(case.c.process == process, elsewhere.c.at >= since)
        .group_by(elsewhere.c.point, elsewhere.c.what)
    )
    counted: dict[str, dict[str, int]] = {}
    for point, what, count in found:
        counted.setdefault(point, {})[what] = count
    return dict(counted)


@dataclass(frozen=True, slots=True)
class OtherNote:
    """A verdict whose reason is in its note. serial: within its case, in the order of giving"""

    case_id: str
    point: str
    serial: str
    person: str
    note: str


def other_notes(connection: Connection, process: str, *, since: datetime) -> list[OtherNote]:
    """Notes under the reason `other` since a time, of cases that have ended, oldest first; the last ones."""
    found = connection.execute(
        select(verdict.c.case_id, verdict.c.point, verdict.c.round, verdict.c.serial, verdict.c.person,
               verdict.c.note)
        .join_from(verdict, case, case.c.id == verdict.c.case_id)
        .where(
            text("verdict.reason = 'other'"), verdict.c.at >= since, verdict.c.note != "",
            case.c.process == process, case.c.state.in_(ENDED),
        )
        .order_by(verdict.c.at.desc(), verdict.c.case_id, verdict.c.point, verdict.c.round.desc())
        .limit(_MOST_NOTES)
    )  # fmt: skip
    notes = [
        OtherNote(row.case_id, row.point, f"{row.point} {row.round} {row.serial}", row.person, row.note)
        for row in found
    ]
    return notes[::-1]


def put_aside(
    connection: Connection, process: str, point: str, words: tuple[str, ...], *, notes: int, by: str,
    at: datetime, note: str,
) -> None:  # fmt: skip
    """A proposed reason is not wanted."""
    values = {
        "process": process, "point": point, "words": words, "notes": notes, "by": by, "at": at, "note": note,
    }  # fmt: skip
    connection.execute(insert(reason_aside), [values])


def asides(connection: Connection, process: str) -> list[tuple[str, Aside]]:
    """Proposals of a process that were not wanted, with their decision points."""
    found = connection.execute(
        select(reason_aside.c.point, reason_aside.c.words, reason_aside.c.notes)
        .where(reason_aside.c.process == process)
        .order_by(reason_aside.c.id)
    )
    return [(point, Aside(frozenset(words), notes)) for point, words, notes in found]
