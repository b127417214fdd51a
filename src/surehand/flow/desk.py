"""What a person finds on the desk: what they may see, what waits for them, and where they stand in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from surehand.core.authority import Ceiling, Matter, beyond, ceiling, denial
from surehand.core.case import Assignment, Case, CaseState
from surehand.core.matters import decided_at, matter_of
from surehand.core.policy import Grade
from surehand.core.roles import SEES_ALL
from surehand.core.steps import DecisionPoint
from surehand.errors import NotFound
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.sight import not_beyond
from surehand.store import cases, desk, figures, listing, viewing
from surehand.store.desk import Sight, Waiting, Which
from surehand.store.figures import Today
from surehand.store.listing import Listed
from surehand.store.order import Mark
from surehand.store.viewing import Viewing

#: Rows of one page of a list.
PAGE = 50

SOON = timedelta(hours=2)

VIEWS = ("mine", "later", "queues", "all")


@dataclass(frozen=True, slots=True)
class Pile:
    """One page of what waits, with counts over all pages.

    claimable  case ids that the reader may take over
    viewers    case id -> others who have it open now
    reserved   case ids that others opened a moment ago, in a queue that asks to let them be
    counts     view or queue -> how many wait; see `desk.COUNTED`
    after      where the page ended; None when it is the last
    """

    rows: Sequence[Waiting]
    claimable: frozenset[str]
    viewers: Mapping[str, Sequence[str]]
    reserved: frozenset[str]
    views: dict[str, int]
    queues: dict[str, int]
    total: int
    overdue: int
    soon: int
    decided: int
    overrides: int
    after: Mark | None


def sight_of(context: Context, person: str) -> Sight:
    """What a person may see: see `flow.sight.may_see`, which says it of one case."""
    who = context.people.people.get(person)
    wide = who is not None and who.active and who.has(*SEES_ALL)
    queues = frozenset(queues_of(context, person))
    processes = frozenset(
        name
        for name, process in context.processes.current.items()
        if any(isinstance(b.step, DecisionPoint) and queues & {*b.step.all_queues} for b in process.steps)
    )
    return Sight(person, wide, processes, queues, () if wide else _ceilings(context, person))


def _ceilings(context: Context, person: str) -> tuple[Ceiling, ...]:
    """The processes of which a person sees only what is not beyond them."""
    people, queues, found = context.people, queues_of(context, person), []
    if person not in people.people or (people.people[person].limit is None and not people.authority):
        return ()
    for name, process in context.processes.current.items():
        points = [point for point, queue in process.map.places if queue in queues]
        most = ceiling(
            people, person, name, points, money=process.map.about_money, currency=process.map.currency,
            rates=process.map.rates,
        ) if points else None  # fmt: skip
        found += [most] if most is not None else []
    return tuple(found)


def queues_of(context: Context, person: str) -> tuple[str, ...]:
    """The queues that a person belongs to, and those whose work was lent to them."""
    return context.people.queues_of(person, at=context.clock())


def which(context: Context, person: str, view: str, queue: str = "") -> Which:
    """The cases of a view, or of one queue. Raises NotFound for a queue that is not the person's."""
    if queue:
        if queue not in queues_of(context, person):
            raise NotFound(f"There is no queue {queue} of yours")
        return desk.of_queues(sight_of(context, person), [queue])
    if view == "queues":
        return desk.of_queues(sight_of(context, person), queues_of(context, person))
    if view == "all":
        return desk.within(sight_of(context, person))
    now = context.clock()
    return desk.put_off(person, now=now) if view == "later" else desk.held_by(person, now=now)


def pile(context: Context, person: str, view: str, *, queue: str = "", after: Mark | None = None) -> Pile:
    """One page of a view: `mine`, `later` (what was put off), `queues` or `all`."""
    now = context.clock()
    chosen = which(context, person, view, queue)
    with context.db.read() as connection:
        chosen = desk.told(connection, person, chosen)
        rows = desk.waiting(connection, chosen, limit=PAGE + 1, after=after)
        rows = unseen.rows_shown(context, connection, person, rows)
        found = _cases(context, connection, rows)
        views = {name: _count(context, connection, person, name) for name in VIEWS}
        queues = {
            name: _count(context, connection, person, "queues", name) for name in queues_of(context, person)
        }
        overdue = desk.count_waiting(connection, chosen, due_before=now)
        soon = desk.count_waiting(connection, chosen, due_before=now + SOON) - overdue
        decided, overrides = figures.decided_by(connection, person, since=midnight(now))
        seen = _seen_by_others(context, connection, person, rows)
    last = rows[PAGE - 1].assignment if len(rows) > PAGE else None
    page = [row for row in rows[:PAGE] if not _too_much(context, person, row, found)]
    claimable = frozenset(row.case_id for row in page if _claimable(context, person, row, found))
    return Pile(
        rows=page, claimable=claimable,
        viewers={
            case_id: tuple(one.person for one in found if one.seen_at > now - viewing.LASTS)
            for case_id, found in seen.items()
        },
        reserved=_reserved(context, page, seen),
        views=views, queues=queues, total=queues[queue] if queue else views[view], overdue=overdue,
        soon=max(0, soon), decided=decided, overrides=overrides,
        after=Mark(last.due_at, last.id, last.precedence) if last else None,
    )  # fmt: skip


def _count(
    context: Context, connection: Connection, person: str, view: str, queue: str = "",
    opened_after: datetime | None = None,
) -> int:  # fmt: skip
    """How many wait in a view, of those that the person may know of."""
    chosen = desk.told(connection, person, which(context, person, view, queue))
    return desk.count_waiting(connection, chosen, opened_after=opened_after)


def _cases(context: Context, connection: Connection, rows: Sequence[Waiting]) -> Mapping[str, Case]:
    """The cases of those rows whose own columns do not say what they ask of a person's authority."""
    closely = any(grant.only or grant.split for grant in context.people.authority)
    asked = [row.case_id for row in rows if closely or _asks_for_others(context, row)]
    return cases.load(connection, asked) if asked else {}


def _asks_for_others(context: Context, row: Waiting) -> bool:
    """Several have to agree, or who has an interest in it is kept from it."""
    process = context.processes.current.get(row.process)
    points = process.map.steps if process is not None else ()
    return row.assignment.eyes is not None or any(
        isinstance(point, DecisionPoint) and point.interested for point in points
    )


def _matter(context: Context, row: Waiting, found: Mapping[str, Case]) -> Matter | None:
    """What a row asks of a person's authority; None where its process does not run here any more."""
    process, given = context.processes.current.get(row.process), row.assignment
    if process is None:
        return None
    if row.case_id in found:
        return matter_of(
            found[row.case_id], process, point=given.point, queue=given.queue, at=context.clock(),
            assignee=given.person, others=context.others, eyes=given.eyes,
        )  # fmt: skip
    return Matter(
        process=row.process, point=decided_at(process, given.point), queue=given.queue,
        grade=row.grade or Grade.LOW, stake=row.stake,
        money=row.grade is not None and process.map.about_money, submitter=row.submitter,
        assignee=given.person, owner=process.map.owner, at=context.clock(), currency=process.map.currency,
        rates=process.map.rates,
    )  # fmt: skip


def not_too_much(
    context: Context, connection: Connection, person: str, rows: Sequence[Waiting]
) -> list[Waiting]:
    """Those of these rows that are not beyond the reader."""
    found = _cases(context, connection, rows)
    return [row for row in rows if not _too_much(context, person, row, found)]


def _too_much(context: Context, person: str, row: Waiting, found: Mapping[str, Case]) -> bool:
    """It is beyond the reader, and neither theirs nor sent by them."""
    who = context.people.people[person]
    if person in (row.assignment.person, row.submitter) or who.has(*SEES_ALL):
        return False
    matter = _matter(context, row, found)
    return matter is not None and beyond(context.people, person, matter) is not None


def _claimable(context: Context, person: str, row: Waiting, found: Mapping[str, Case]) -> bool:
    given = row.assignment
    if given.person == person or given.kind == "answer" or (given.kind == "check" and given.blind):
        return False
    matter = _matter(context, row, found)
    return matter is not None and denial(context.people, person, matter) is None


def next_of(context: Context, person: str) -> Assignment | None:
    """What a person should turn to now: theirs with the earliest deadline."""
    with context.db.read() as connection:
        mine = desk.held_by(person, now=context.clock())
        rows = desk.waiting(connection, desk.told(connection, person, mine), limit=1)
    return rows[0].assignment if rows else None


def next_claimable(context: Context, person: str, *, queue: str = "") -> Assignment | None:
    """The most urgent case that is with somebody else in a person's queues and that they may take over.

    Where the queue asks for it, what others have opened a moment ago is passed over.

    queue  only of this one; raises NotFound where it is not the person's
    """
    now, theirs = context.clock(), queues_of(context, person)
    if queue and queue not in theirs:
        raise NotFound(f"There is no queue {queue} of yours")
    others = desk.of_others(sight_of(context, person), [queue] if queue else theirs, now=now)
    with context.db.read() as connection:
        rows = desk.waiting(connection, desk.told(connection, person, others), limit=PAGE)
        found = _cases(context, connection, rows)
        seen = _seen_by_others(context, connection, person, rows)
    taken = _reserved(context, rows, seen)
    free = (row for row in rows if row.case_id not in taken)
    return next((row.assignment for row in free if _claimable(context, person, row, found)), None)


def _seen_by_others(
    context: Context, connection: Connection, person: str, rows: Sequence[Waiting]
) -> Mapping[str, Sequence[Viewing]]:
    """Who else has had these cases open lately, as far back as any queue lets what was opened be."""
    asked = [queue.reserve for queue in context.people.queues.values() if queue.reserve is not None]
    since = context.clock() - max([viewing.LASTS, *asked])
    found = viewing.of_cases(connection, [row.case_id for row in rows], since=since)
    return {case_id: [one for one in ones if one.person != person] for case_id, ones in found.items()}


def _reserved(
    context: Context, rows: Sequence[Waiting], seen: Mapping[str, Sequence[Viewing]]
) -> frozenset[str]:
    """Cases that others opened within the time for which their queue lets that be."""
    now, taken = context.clock(), set()
    for row in rows:
        queue = context.people.queues.get(row.assignment.queue)
        reserve = queue.reserve if queue is not None else None
        if reserve is not None and any(one.seen_at > now - reserve for one in seen.get(row.case_id, ())):
            taken.add(row.case_id)
    return frozenset(taken)


def count_of(context: Context, person: str) -> int:
    """How many cases wait for a person."""
    with context.db.read() as connection:
        return _count(context, connection, person, "mine")


def newer(context: Context, person: str, view: str, *, queue: str, since: datetime) -> int:
    """How many cases have come into a view since a time."""
    with context.db.read() as connection:
        return _count(context, connection, person, view, queue, opened_after=since)


def search(
    context: Context,
    person: str,
    *,
    text: str = "",
    state: CaseState | None = None,
    process: str | None = None,
    after: Mark | None = None,
) -> tuple[list[Listed], Mark | None]:
    """One page of the cases that a person may see, newest first, and where it ended."""
    with context.db.read() as connection:
        rows = listing.listed(
            connection, sight_of(context, person), limit=PAGE + 1, text=text, state=state, process=process,
            after=after,
        )  # fmt: skip
        page = as_seen(context, connection, person, rows[:PAGE])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return page, Mark(last.created_at, last.id) if last else None


def earlier(
    context: Context, person: str, process: str, subject: str, *, before: datetime, decides: bool
) -> list[Listed]:
    """The last cases about the same subject; who does not decide sees only those that they may see anyway.

    What is beyond who decides is kept from them, too.
    """
    sight = None if decides else sight_of(context, person)
    with context.db.read() as connection:
        found = listing.history(connection, process, subject, before=before, sight=sight)
        return as_seen(context, connection, person, found, decides=decides)


def as_seen(
    context: Context, connection: Connection, person: str, rows: Sequence[Listed], *, decides: bool = False
) -> list[Listed]:
    """Rows of cases as this person may see them, without those that are beyond them."""
    ids = [row.id for row in rows]
    found = unseen.veiled(context, connection, person, ids)
    seen = not_beyond(context, connection, person, ids, checked=found, decides=decides)
    return [_row(row, found[row.id]) if row.id in found else row for row in rows if row.id in seen]


def _row(row: Listed, case: Case) -> Listed:
    return replace(
        row, title=case.title, state=case.state, result=case.result, owner=case.owner, stake=case.stake,
        grade=case.grade, answers=case.answers,
    )  # fmt: skip


def today(context: Context, person: str) -> Today:
    """Today in figures, over all processes; without what became of cases that this person checks unseen."""
    now = context.clock()
    with context.db.read() as connection:
        return figures.today(connection, since=midnight(now), now=now, person=person)


def waiting_by_process(context: Context, person: str) -> dict[str, int]:
    """How many cases wait, per process; without those that this person checks unseen."""
    with context.db.read() as connection:
        return figures.waiting_by_process(connection, context.processes.current, person=person)


def midnight(now: datetime) -> datetime:
    """When the day began, UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
