"""What the desk counts: today in figures, cases by state, what waits per process."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, and_, bindparam, func, literal_column, select, true

from surehand.core.case import BESIDE
from surehand.store.columns import UtcTime
from surehand.store.desk import ONE, Which
from surehand.store.order import ORDER, overdue
from surehand.store.tables import assignment, audit_event, case, judgement, verdict
from surehand.store.tally import COUNTED, counted, counts
from surehand.store.unseen import checked_by, checks_any, not_kept_from

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Today:
    """A day in counts.

    repairs  actions that wait for a person
    late     overdue cases per queue, of the first COUNTED
    """

    received: int
    automated: int
    decided: int
    overrides: int
    waiting: int
    overdue: int
    repairs: int
    late: Mapping[str, int]
    events: int


_DECIDED = select(
    func.count().label("decided"), func.count().filter(verdict.c.override).label("overrides")
).where(verdict.c.at >= bindparam("since", type_=UtcTime), verdict.c.final)
#: Final verdicts of a person since a time, and how many of them were overrides.
DECIDED_BY = _DECIDED.where(verdict.c.person == bindparam("person", type_=Text))


def loads(connection: Connection) -> Mapping[str, int]:
    """Open assignments by person."""
    return {row[0]: row[1] for row in connection.execute(_LOADS)}


_LOADS = select(assignment.c.person, func.count()).where(assignment.c.open).group_by(assignment.c.person)


def holdings(connection: Connection, people: Iterable[str]) -> dict[str, int]:
    """What each of these people has open, up to COUNTED and one."""
    return {
        name: counted(connection, select(ONE).where(assignment.c.open, assignment.c.person == name))
        for name in people
    }


def decided_since(connection: Connection, people: Iterable[str], *, since: datetime) -> dict[str, int]:
    """Final verdicts of each of these people since a time; those without any are left out."""
    found = select(verdict.c.person, func.count()).where(
        verdict.c.person.in_(list(people)), verdict.c.at >= since, verdict.c.final
    )
    return {row.person: row[1] for row in connection.execute(found.group_by(verdict.c.person))}


def today(connection: Connection, *, since: datetime, now: datetime, person: str) -> Today:
    """Counts since the start of the day, and what waits now, over all processes.

    person  who reads them: what became of cases that they have to check unseen is not counted
    """
    any_ = checks_any(connection, person)
    mine = not_kept_from(person) if any_ else true()

    def known(of: ColumnElement[str]) -> Condition:
        return of.not_in(checked_by(person)) if any_ else true()

    automated = select(ONE).where(
        judgement.c.at >= since, judgement.c.level.in_(_ALONE), known(judgement.c.case_id)
    )
    verdicts = _DECIDED.where(known(verdict.c.case_id))
    decided, overrides = connection.execute(verdicts, {"since": since}).one()
    cases_ = Which(and_(assignment.c.kind.not_in(BESIDE), mine))
    late = select(assignment.c.queue).where(assignment.c.open, overdue(now), mine)
    capped = late.order_by(*ORDER).limit(COUNTED + 1).subquery()
    of_queue = select(capped.c.queue, func.count()).group_by(capped.c.queue)
    of_queues = connection.execute(of_queue.order_by(func.count().desc(), capped.c.queue))
    waiting, over, repairs = counts(connection, [cases_, cases_.only(overdue(now)), _REPAIRS.only(mine)])
    return Today(
        received=counted(connection, select(ONE).where(case.c.created_at >= since)),
        automated=counted(connection, automated),
        decided=decided,
        overrides=overrides,
        waiting=waiting,
        overdue=over,
        repairs=repairs,
        late={row.queue: row[1] for row in of_queues},
        events=counted(connection, select(ONE).select_from(audit_event).where(known(audit_event.c.chain))),
    )


#: Written into the statement, as the condition of the index that finds them.
_REPAIRS = Which(assignment.c.kind == literal_column("'repair'", Text))

_ALONE = ("automate", "spot_check", "notify")


def waiting_by_process(connection: Connection, processes: Iterable[str], *, person: str) -> dict[str, int]:
    """Cases that wait for a person, per process, up to COUNTED and one each.

    person  who reads it: cases that they have to check unseen are not counted
    """
    found = select(ONE).where(case.c.due_at.is_not(None), case.c.id.not_in(checked_by(person)))
    return {name: counted(connection, found.where(case.c.process == name)) for name in processes}


def state_counts(connection: Connection, process: str | None = None) -> dict[str, int]:
    """Cases by state, of one process or of all."""
    found = select(case.c.state, func.count()).group_by(case.c.state)
    if process is not None:
        found = found.where(case.c.process == process)
    return {row.state: row[1] for row in connection.execute(found)}


def sealed(connection: Connection, case_id: str) -> int:
    """How many events of a case a checkpoint outside the database covers."""
    found = connection.execute(select(case.c.sealed_seq).where(case.c.id == case_id))
    return found.scalar_one_or_none() or 0
