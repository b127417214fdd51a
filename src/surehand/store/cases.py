"""Reading cases and their records."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)  # fmt: skip

from surehand.core.case import (
    BESIDE,
    Action,
    Assignment,
    Case,
    Judgement,
    Outcome,
    Record,
    Verdict,
)
from surehand.core.guarantee import Evidence
from surehand.core.passage import HANDED_ON
from surehand.store import evidence, remarks, roster
from surehand.store.among import among
from surehand.store.questions import Questions, named
from surehand.store.records import (
    action_of,
    assignment_of,
    case_of,
    judgement_of,
    outcome_of,
    record_digest,
    record_name,
    verdict_of,
)
from surehand.store.tables import action, assignment, audit_event, case, judgement, outcome, verdict

T = TypeVar("T", Assignment, Judgement, Verdict)


def load(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id; those that do not exist are left out."""
    rows = named(connection.execute(LOAD, {"ids": list(ids)}))
    return {found.id: found for found in map(case_of, rows)}


def heads(connection: Connection, ids: Iterable[str]) -> dict[str, Case]:
    """Cases by id without what they brought and what was read, which may be large. Not to be saved."""
    rows = named(connection.execute(_HEADS, {"ids": list(ids)}))
    return {row["id"]: case_of(row) for row in rows}


def sizes(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Letters of what cases brought and what was read of it, by id."""
    return {row[0]: row[1] for row in connection.execute(_SIZES, {"ids": list(ids)})}


def portions(connection: Connection, ids: Sequence[str], *, most: int) -> Iterator[Sequence[str]]:
    """Ids in their order, in parts whose cases have about `most` letters together, or one case alone."""
    letters = sizes(connection, ids)
    begin, total = 0, 0
    for place, one in enumerate(ids):
        total += letters.get(one, 0)
        if total > most and place > begin:
            yield ids[begin:place]
            begin, total = place, letters.get(one, 0)
    if begin < len(ids):
        yield ids[begin:]


#: What may be as large as a body of the API.
_LARGE = ("input", "facts", "readings", "brought", "document")

_CASE = select(*(c for c in case.columns if c.name != "sealed_seq"))
_HEADS = select(*(c for c in case.columns if c.name not in ("sealed_seq", *_LARGE))).where(
    among(case.c.id, "ids")
)
_SIZES = select(
    case.c.id, sum((func.coalesce(func.length(cast(case.c[name], Text)), 0) for name in _LARGE), literal(0))
).where(among(case.c.id, "ids"))
LOAD = _CASE.where(among(case.c.id, "ids"))
_BY_KEY = select(case.c.id, case.c.process, case.c.key).where(
    among(case.c.process, "processes"), among(case.c.key, "keys")
)


def by_key(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Case]:
    """Cases by process and key."""
    wanted = set(keys)
    named = {"processes": sorted({name for name, _ in wanted}), "keys": sorted({key for _, key in wanted})}
    # nearly always there is none, and asking for whole cases costs more than finding that out
    ids = [row[0] for row in connection.execute(_BY_KEY, named) if (row[1], row[2]) in wanted]
    found = load(connection, ids).values() if ids else ()
    return {(one.process, one.key): one for one in found}


def open_assignments(connection: Connection, ids: Iterable[str]) -> dict[str, Assignment]:
    """What each case waits for, if it does."""
    rows = named(connection.execute(_OPEN, {"ids": list(ids)}))
    return {found.case_id: found for found in map(assignment_of, rows)}


def beside(connection: Connection, ids: Iterable[str]) -> dict[str, list[Assignment]]:
    """Open notices, checks and findings of cases, which do not wait for them, oldest first."""
    return _by_case(map(assignment_of, named(connection.execute(_BESIDE, {"ids": list(ids)}))))


def open_of(connection: Connection, case_id: str) -> list[Assignment]:
    """All open assignments of a case."""
    return list(map(assignment_of, named(connection.execute(_OPEN_OF, {"ids": [case_id]}))))


def assignments(connection: Connection, case_id: str) -> list[Assignment]:
    """All assignments of a case, open or not."""
    rows = connection.execute(select(assignment).where(assignment.c.case_id == case_id))
    return list(map(assignment_of, named(rows)))


def checks_held(connection: Connection, person: str, ids: Iterable[str]) -> dict[str, list[Assignment]]:
    """The spot checks that a person has to decide unseen, by case."""
    if not (of := list(ids)):
        return {}
    mine = named(connection.execute(_CHECKS, {"ids": of, "person": person}))
    return _by_case(one for one in map(assignment_of, mine) if one.blind)


def assigned(connection: Connection, id: str) -> Assignment | None:
    """An assignment by its id."""
    row = connection.execute(select(assignment).where(assignment.c.id == id)).mappings().one_or_none()
    return None if row is None else assignment_of(row)


def assigned_of(connection: Connection, ids: Sequence[str]) -> list[Assignment]:
    """Assignments by their ids; those that do not exist are left out."""
    rows = connection.execute(select(assignment).where(among(assignment.c.id, "ids")), {"ids": list(ids)})
    return [assignment_of(row) for row in named(rows)]


def opened(connection: Connection, *, since: datetime | None) -> list[Assignment]:
    """Open assignments that were given from a time on, oldest first."""
    found = select(assignment).where(assignment.c.open).order_by(assignment.c.opened_at, assignment.c.id)
    if since is not None:
        found = found.where(assignment.c.opened_at >= since)
    return [assignment_of(row) for row in named(connection.execute(found))]


#: Written into the statement, which then is the same each time.
_OF_BESIDE: list[ColumnElement[str]] = [literal_column(f"'{kind}'") for kind in BESIDE]
_OPEN_OF = select(assignment).where(among(assignment.c.case_id, "ids"), assignment.c.open)
_OPEN = _OPEN_OF.where(assignment.c.kind.not_in(_OF_BESIDE))
_BESIDE = _OPEN_OF.where(assignment.c.kind.in_(_OF_BESIDE)).order_by(assignment.c.opened_at, assignment.c.id)
_CHECKS = _BESIDE.where(
    assignment.c.kind == literal_column("'check'"), assignment.c.person == bindparam("person", type_=Text)
)
_JUDGEMENTS = select(judgement).where(among(judgement.c.case_id, "ids"))
_VERDICTS = select(verdict).where(among(verdict.c.case_id, "ids"))
ACTIONS = select(action).where(among(action.c.key, "keys"))


def judgements(connection: Connection, case_id: str) -> list[Judgement]:
    """All judgements of a case, oldest first."""
    return judgements_of(connection, [case_id]).get(case_id, [])


def judgements_of(connection: Connection, ids: Iterable[str]) -> dict[str, list[Judgement]]:
    """All judgements of cases, by case, oldest first."""
    rows = named(connection.execute(_JUDGEMENTS, {"ids": list(ids)}))
    return _by_case(sorted(map(judgement_of, rows), key=_BY_ROUND))


def judged(connection: Connection, given: Assignment) -> Judgement | None:
    """The judgement that an assignment is about."""
    found = _JUDGEMENTS.where(judgement.c.point == given.about, judgement.c.round == given.round)
    row = connection.execute(found, {"ids": [given.case_id]}).mappings().one_or_none()
    return None if row is None else judgement_of(row)


def verdicts(connection: Connection, case_id: str) -> list[Verdict]:
    """All verdicts of a case, oldest first."""
    rows = named(connection.execute(_VERDICTS, {"ids": [case_id]}))
    return sorted(map(verdict_of, rows), key=_BY_SERIAL)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with what a verdict on it is measured against: what it waits for, judgements, verdicts.

    people_rev  of the roster that is in force
    beside      what is open beside its way, oldest first
    """

    case: Case | None
    assignment: Assignment | None
    judgements: tuple[Judgement, ...]
    verdicts: tuple[Verdict, ...]
    people_rev: int = 0
    beside: tuple[Assignment, ...] = ()


def dossier(connection: Connection, case_id: str) -> Dossier:
    """What there is of one case."""
    return dossiers(connection, [case_id])[0]


def dossiers(connection: Connection, ids: Sequence[str]) -> list[Dossier]:
    """What there is of these cases, in order; judgements and verdicts oldest first."""
    found = _DOSSIERS.ask(connection, ids=list(ids))
    there = {one.id: one for one in map(case_of, found["cases"])}
    opened = sorted(map(assignment_of, found["opened"]), key=_BY_OPENING)
    held = {one.case_id: one for one in opened if one.kind not in BESIDE}
    aside = _by_case(one for one in opened if one.kind in BESIDE)
    judged = _by_case(sorted(map(judgement_of, found["judgements"]), key=_BY_ROUND))
    given = _by_case(sorted(map(verdict_of, found["verdicts"]), key=_BY_SERIAL))
    rev = next((row["rev"] or 0 for row in found["people"]), 0)
    return [
        Dossier(
            there.get(name), held.get(name), tuple(judged.get(name, ())), tuple(given.get(name, ())), rev,
            tuple(aside.get(name, ())),
        )
        for name in ids
    ]  # fmt: skip


def _by_case(records: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for one in records:
        found.setdefault(one.case_id, []).append(one)
    return found


_DOSSIERS = Questions(
    cases=LOAD, opened=_OPEN_OF, judgements=_JUDGEMENTS, verdicts=_VERDICTS, people=roster.NUMBER
)
_BY_OPENING = attrgetter("opened_at", "id")
#: A case may pass several decision points in one moment; `flow.unseen.veil` knows the order of their map.
_BY_ROUND = attrgetter("at", "round", "point")
_BY_SERIAL = attrgetter("at", "round", "serial", "point")


def actions(connection: Connection, keys: Iterable[str]) -> dict[str, Action]:
    """Actions by key."""
    rows = named(connection.execute(ACTIONS, {"keys": list(keys)}))
    return {found.key: found for found in map(action_of, rows)}


def actions_of(connection: Connection, case_id: str) -> list[Action]:
    """All actions of a case, oldest first."""
    rows = named(connection.execute(select(action).where(action.c.case_id == case_id)))
    return sorted(map(action_of, rows), key=lambda found: (found.planned_at, found.key))


def pending_actions(connection: Connection) -> list[tuple[Action, Case, Assignment | None]]:
    """Actions of open cases that have not ended, with their case and whoever holds it; oldest first."""
    rows = connection.execute(
        select(action)
        .join(case, case.c.id == action.c.case_id)
        .where(action.c.state.in_(_PENDING), case.c.state.not_in(("done", "rejected")))
    )
    found = sorted(map(action_of, named(rows)), key=lambda one: (one.planned_at, one.key))
    whole: list[tuple[Action, Case, Assignment | None]] = []
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        ids = [one.case_id for one in some]
        there, held = load(connection, ids), open_assignments(connection, ids)
        whole += [(one, there[one.case_id], held.get(one.case_id)) for one in some]
    return whole


#: Cases in one statement; databases take some thousands of names.
_AT_ONCE = 500


#: States of an action that something is still to become of. What failed may have been run again by a person.
_PENDING = ("planned", "running", "unknown", "failed")


def outcomes(connection: Connection, case_id: str) -> list[Outcome]:
    """What was said about a case later, oldest first."""
    rows = connection.execute(select(outcome).where(outcome.c.case_id == case_id).order_by(outcome.c.serial))
    return [outcome_of(row) for row in named(rows)]


def records_of(connection: Connection, case_id: str) -> dict[str, str]:
    """Name -> digest of every row of a case as it is now, to compare with what the audit trail says."""
    found: list[Case | Record | Evidence] = list(load(connection, [case_id]).values())
    found += judgements(connection, case_id)
    found += verdicts(connection, case_id)
    found += actions_of(connection, case_id)
    found += outcomes(connection, case_id)
    found += remarks.elsewhere_of_case(connection, case_id)
    found += assignments(connection, case_id)
    found += evidence.of_case(connection, case_id)
    return {record_name(record): record_digest(record) for record in found}


def due_timers(connection: Connection, *, now: datetime, limit: int) -> list[Assignment]:
    """Open assignments whose next rung has come."""
    rows = connection.execute(
        select(assignment)
        .where(
            assignment.c.timer_at.is_not(None), assignment.c.timer_at <= now,
            # somebody has decided it, in time
            assignment.c.pending_until.is_(None),
        )
        .order_by(assignment.c.timer_at)
        .limit(limit)
    )  # fmt: skip
    return [assignment_of(row) for row in named(rows)]


def held_up(connection: Connection, question: Assignment) -> Assignment:
    """What somebody had when they asked a question, as it was closed then."""
    rows = connection.execute(
        select(assignment).where(
            assignment.c.case_id == question.case_id, assignment.c.point == question.point,
            assignment.c.round == question.round, assignment.c.kind.in_(("decide", "exception", "repair")),
            assignment.c.closed_at.is_not(None),
        )
    )  # fmt: skip
    found = [assignment_of(row) for row in named(rows)]
    # by number, as clocks may go back
    return max(found, key=lambda one: int(one.id.rpartition(".")[2]))


def held_once(connection: Connection, case_id: str, person: str) -> bool:
    """This person was given this case at some time, also where it went on from them to somebody else."""
    found = select(assignment.c.id).where(assignment.c.case_id == case_id, assignment.c.person == person)
    if connection.execute(found.limit(1)).first() is not None:
        return True
    handed_on = select(audit_event.c.body).where(
        audit_event.c.chain == case_id, audit_event.c.kind.in_(HANDED_ON)
    )
    bodies = connection.execute(handed_on).scalars()
    return any(isinstance(body, dict) and body.get("taken_from") == person for body in bodies)


def held_by(connection: Connection, people: Sequence[str]) -> list[Assignment]:
    """Open assignments of some people."""
    if not people:
        return []
    rows = connection.execute(select(assignment).where(assignment.c.open, assignment.c.person.in_(people)))
    return [assignment_of(row) for row in named(rows)]


def hold_something(connection: Connection, people: Sequence[str]) -> bool:
    """Some of these people have an open assignment."""
    if not people:
        return False
    found = select(assignment.c.id).where(assignment.c.open, assignment.c.person.in_(people))
    return connection.execute(found.limit(1)).first() is not None


def sum_of_others(connection: Connection, one: Case, *, within: timedelta) -> Decimal:
    """What the cases of the same process and subject come to that came before this one, within a time.

    Those that were rejected, or whose last answer was `reject`, do not count; those that still wait do. Of a
    case the most counts that was at stake in its last round: its last decision may be about no money.
    """
    if one.subject is None:
        return Decimal(0)
    of_round = and_(judgement.c.case_id == case.c.id, judgement.c.round == case.c.round)
    rows = connection.execute(
        select(case.c.id, case.c.result, case.c.stake, judgement.c.stake.label("judged"))
        .join_from(case, judgement, of_round, isouter=True)
        .where(
            case.c.process == one.process, case.c.subject == one.subject, case.c.id != one.id,
            case.c.created_at >= one.created_at - within,
            or_(case.c.created_at < one.created_at,
                and_(case.c.created_at == one.created_at, case.c.id < one.id)),
        )
    )  # fmt: skip
    most: dict[str, Decimal] = {}
    for row in rows:
        stakes = [abs(stake) for stake in (row.stake, row.judged) if stake is not None]
        if stakes and row.result not in _REFUSED:
            most[row.id] = max(*stakes, most.get(row.id, Decimal(0)))
    return sum(most.values(), Decimal(0))


#: Results of cases that came to nothing.
_REFUSED = ("rejected", "reject")
