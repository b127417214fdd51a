"""What a person finds on the desk: what they may see, what waits for them, and where they stand in it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property

from sqlalchemy import Connection

from surehand.core.authority import Ceiling, ceiling
from surehand.core.case import Assignment, Case
from surehand.core.roles import SEES_ALL
from surehand.core.steps import DecisionPoint
from surehand.errors import NotFound
from surehand.flow import unseen
from surehand.flow.among import cases_of, claimable, reserved, seen_by_others
from surehand.flow.context import Context
from surehand.flow.plainly import entered_unseen
from surehand.flow.sight import not_beyond
from surehand.store import desk, figures, listing
from surehand.store.desk import Known, Sight, Waiting, Which
from surehand.store.figures import Today
from surehand.store.listing import Listed

#: Rows of one page of a list.
PAGE = 50

VIEWS = ("mine", "later", "queues", "all")


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
    if wide:
        return Sight(person, wide, processes, queues)
    return Sight(
        person, wide, processes, queues, _ceilings(context, person), frozenset(entered_in(context))
    )  # fmt: skip


def entered_in(context: Context) -> list[str]:
    """The processes in which people enter what was read, without seeing it."""
    return [
        name
        for name, process in context.processes.current.items()
        if any(entered_unseen(bound) for bound in process.steps)
    ]


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


class Desk:
    """What waits, as one person may know of it: who they are is found out once, for any number of lists."""

    def __init__(self, context: Context, connection: Connection, person: str) -> None:
        self.person = person
        self.now = context.clock()
        self.queues = queues_of(context, person)
        self._context, self._connection = context, connection

    @cached_property
    def sight(self) -> Sight:
        """What they may see."""
        return sight_of(self._context, self.person)

    @cached_property
    def _known(self) -> Known:
        return desk.known(self._connection, self.person)

    def told(self, which: Which) -> Which:
        """Those of some cases that they may know of."""
        return desk.told(self._known, which)

    def of(self, view: str, queue: str = "") -> Which:
        """The cases of a view, or of one queue. Raises NotFound for a queue that is not the person's."""
        if queue:
            if queue not in self.queues:
                raise NotFound(f"There is no queue {queue} of yours")
            return self.told(desk.of_queues(self.sight, (queue,)))
        if view == "queues":
            return self.told(desk.of_queues(self.sight, self.queues))
        if view == "all":
            return self.told(desk.within(self.sight))
        where = desk.put_off if view == "later" else desk.held_by
        return self.told(where(self.person, now=self.now))

    def count(self, view: str, queue: str = "") -> int:
        """How many wait in a view; see `desk.COUNTED`."""
        return desk.count_waiting(self._connection, self.of(view, queue))

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many wait in each view, and in each of their queues."""
        # all that their only queue holds is what it holds
        views = VIEWS if len(self.queues) > 1 else tuple(name for name in VIEWS if name != "queues")
        asked = [*(self.of("queues", name) for name in self.queues), *(self.of(name) for name in views)]
        found = desk.counts(self._connection, asked)
        queues = dict(zip(self.queues, found, strict=False))
        known = {"queues": sum(queues.values()), **dict(zip(views, found[len(queues) :], strict=True))}
        return {name: known[name] for name in VIEWS}, queues


def next_of(context: Context, person: str) -> Assignment | None:
    """What a person should turn to now: theirs with the earliest deadline."""
    with context.db.read() as connection:
        rows = desk.waiting(connection, Desk(context, connection, person).of("mine"), limit=1)
    return rows[0].assignment if rows else None


def soonest(context: Context, person: str, *, limit: int = 5) -> list[Waiting]:
    """The first of a person's work, by what comes first and by deadline, as they may see it."""
    with context.db.read() as connection:
        rows = desk.waiting(connection, Desk(context, connection, person).of("mine"), limit=limit)
        return unseen.rows_shown(context, connection, person, rows)


def next_claimable(context: Context, person: str, *, queue: str = "") -> Assignment | None:
    """The most urgent case that is with somebody else in a person's queues and that they may take over.

    Where the queue asks for it, what others have opened a moment ago is passed over.

    queue  only of this one; raises NotFound where it is not the person's
    """
    with context.db.read() as connection:
        at = Desk(context, connection, person)
        if queue and queue not in at.queues:
            raise NotFound(f"There is no queue {queue} of yours")
        others = desk.of_others(at.sight, [queue] if queue else at.queues, now=at.now)
        rows = desk.waiting(connection, at.told(others), limit=PAGE)
        found = cases_of(context, connection, rows)
        seen = seen_by_others(context, connection, person, rows)
    taken = reserved(context, rows, seen)
    free = (row for row in rows if row.case_id not in taken)
    return next((row.assignment for row in free if claimable(context, person, row, found)), None)


def count_of(context: Context, person: str) -> int:
    """How many cases wait for a person."""
    with context.db.read() as connection:
        return Desk(context, connection, person).count("mine")


def earlier(
    context: Context, connection: Connection, person: str, process: str, subject: str, *, before: datetime,
    decides: bool,
) -> list[Listed]:  # fmt: skip
    """The last cases about the same subject; who does not decide sees only those that they may see anyway.

    What is beyond who decides is kept from them, too.
    """
    sight = None if decides else sight_of(context, person)
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


def today(context: Context, person: str, *, zone: tzinfo = UTC) -> Today:
    """Today in figures, over all processes; without what became of cases that this person checks unseen.

    zone  where the day began
    """
    now = context.clock()
    with context.db.read() as connection:
        return figures.today(connection, since=midnight(now, zone), now=now, person=person)


def waiting_by_process(context: Context, person: str) -> dict[str, int]:
    """How many cases wait, per process; without those that this person checks unseen."""
    with context.db.read() as connection:
        return figures.waiting_by_process(connection, context.processes.current, person=person)


def midnight(now: datetime, zone: tzinfo = UTC) -> datetime:
    """When the day of a zone began, in UTC."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
