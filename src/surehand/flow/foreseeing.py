"""What is likely to be late: the outlook of a queue, and a word to its owner while there is still time."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from surehand.core import forecast
from surehand.core.case import ENGINE, Assignment
from surehand.core.deadlines import clock_of
from surehand.core.hearing import sla_of
from surehand.core.passage import Passage
from surehand.errors import NotFound
from surehand.flow.choosing import process_of
from surehand.flow.context import Context
from surehand.flow.escalate import answerable
from surehand.store import cases, queues, saving
from surehand.store.saving import Stale

#: Cases of a queue that are looked at, the most urgent ones, and over how many days it is told how it went.
SEEN, LATELY = 1_000, timedelta(days=30)

#: What of a case its owner was told.
AT_RISK = "at_risk"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case that waits in a queue.

    expected_at  when it will be decided, as far as that can be told
    late         it is likely to be decided after its deadline, or the deadline has passed
    """

    case_id: str
    title: str
    due_at: datetime
    expected_at: datetime | None
    holder: str
    late: bool
    given: Assignment = field(repr=False)


@dataclass(frozen=True, slots=True)
class QueueOutlook:
    """A queue at a moment.

    rows     by deadline, `SEEN` at most
    more     there are more than those; what is counted is counted of the rows
    waiting  how many wait
    at_risk  how many of them are likely to be late
    oldest   since when the one waits that waits longest
    over     how many ended in the last 30 days, the newest 10,000 of them
    on_time  the share of those that ended before their first deadline; None where none ended
    """

    queue: str
    rows: tuple[QueueRow, ...]
    more: bool
    waiting: int
    at_risk: int
    oldest: datetime | None
    over: int
    on_time: float | None


def outlook(context: Context, queue: str) -> QueueOutlook:
    """What waits in a queue, when it will be decided, and how it went lately. Raises NotFound."""
    people, now = context.people, context.clock()
    of = people.queues.get(queue)
    if of is None:
        raise NotFound(f"There is no queue {queue}")
    own = context.hours.get(of.calendar or "")
    start = forecast.since(own, now)
    with context.db.read() as connection:
        waiting = queues.most_urgent(connection, queue, limit=SEEN + 1)
        answered = queues.answered(connection, queue, since=start)
        over = queues.over(connection, queue, since=now - LATELY)
    names = {*people.everybody(queue), *answered, *(given.person for _, given in waiting)}
    hours = {
        name: context.hours.get((known.calendar if known else None) or "", own)
        for name in names
        for known in (people.people.get(name),)
    }
    found = forecast.foreseen(
        [(given.person, given.due_at) for _, given in waiting],
        pace=forecast.paces(answered, hours, start=start, now=now), hours=hours,
        here={name for name in names if people.here(name, now)}, now=now,
    )  # fmt: skip
    rows = tuple(
        QueueRow(given.case_id, title, given.due_at, one.expected_at, given.person, one.late, given)
        for (title, given), one in zip(waiting, found, strict=True)
    )[:SEEN]
    return QueueOutlook(
        queue=queue, rows=rows, more=len(waiting) > SEEN, waiting=len(rows),
        at_risk=sum(row.late for row in rows),
        oldest=min((row.given.opened_at for row in rows), default=None),
        over=over.count, on_time=over.in_time / over.count if over.count else None,
    )  # fmt: skip


def warn_at_risk(context: Context) -> int:
    """Tell the owner of a queue, once a case, that it is likely to be late. Returns how many cases."""
    watched = _watched(context)
    if not watched or not context.watch.due(context.clock()):
        return 0
    return sum(
        _told(context, row)
        for queue in sorted(watched)
        for row in outlook(context, queue).rows
        if row.late and row.due_at > context.clock() and AT_RISK not in clock_of(row.given).told
    )


def _watched(context: Context) -> set[str]:
    """Queues of which some deadline says that its owner is told."""
    return {
        queue
        for process in context.processes.current.values()
        for place in process.map.waits
        if place.sla.at_risk is not None
        for queue in place.all_queues
        if queue in context.people.queues
    }


def _told(context: Context, row: QueueRow) -> bool:
    with context.db.read() as connection:
        case = cases.load(connection, [row.case_id])[row.case_id]
        given = cases.open_assignments(connection, [row.case_id]).get(row.case_id)
    if given is None or given.id != row.given.id or AT_RISK in clock_of(given).told:
        return False
    process = process_of(context, case)
    if process is None or sla_of(process, given).at_risk is None:
        return False
    passage, clock = Passage(case, at=context.clock()), clock_of(given)
    passage.update(replace(clock, told=(*clock.told, AT_RISK)).on(given))
    passage.note(
        "at_risk", ENGINE, person=answerable(context, process, given), holder=given.person,
        due_at=given.due_at.isoformat(),
        expected_at=row.expected_at.isoformat() if row.expected_at is not None else None,
    )  # fmt: skip
    try:
        context.db.write(lambda connection: saving.save(connection, [passage.change()]))
    except Stale:
        return False
    return True
