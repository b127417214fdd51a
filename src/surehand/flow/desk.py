"""What a person finds on the desk: what they may see, what waits for them, and where they stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property, lru_cache

from sqlalchemy import Connection

from surehand.core.authority import Ceiling, ceiling
from surehand.core.case import Assignment, Case
from surehand.core.narrowing import SOON
from surehand.core.roles import SEES_ALL
from surehand.core.steps import DecisionPoint
from surehand.errors import NotFound
from surehand.flow import unseen
from surehand.flow.among import cases_of, claimable, reserved, seen_by_others
from surehand.flow.context import Context
from surehand.flow.plainly import entered_unseen
from surehand.flow.sight import not_beyond
from surehand.store import desk, figures, listing, tally
from surehand.store.desk import Known, Moment, Sight, Waiting, Which
from surehand.store.figures import Today
from surehand.store.glance import Glance, glance
from surehand.store.listing import Listed
from surehand.store.neighbours import Neighbours, Placing
from surehand.store.order import overdue
from surehand.store.tally import NOW, Tally

#: Rows of one page of a list.
PAGE = 50

#: How many people's statements are kept, of each kind: one takes some ten kB.
_MOST_KEPT = 256

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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait in each view and queue; of one list: are overdue, and due soon. See `tally.COUNTED`."""

    views: dict[str, int]
    queues: dict[str, int]
    overdue: int = 0
    soon: int = 0


@dataclass(frozen=True, slots=True)
class Bearings:
    """Where a person is, on any page.

    waiting  how many cases wait for them; see `tally.COUNTED`
    near     on the page of an assignment: where that stands in their work; None where it is none of it
    """

    glance: Glance
    waiting: int
    near: Neighbours | None = None


class Desk:
    """What waits, as one person may know of it: who they are is found out once, for any number of lists."""

    def __init__(
        self, context: Context, connection: Connection, person: str, *, glance: Glance | None = None
    ) -> None:
        self.person = person
        if glance is not None:
            self.glance = glance
        self.now = context.clock()
        self.queues = queues_of(context, person)
        self._context, self._connection = context, connection

    @cached_property
    def sight(self) -> Sight:
        """What they may see."""
        return sight_of(self._context, self.person)

    @cached_property
    def glance(self) -> Glance:
        """What they are told wherever they are."""
        return glance(self._connection, self.person)

    def told(self, which: Which) -> Which:
        """Those of some cases that they may know of."""
        return desk.told(self.glance.known, which)

    def of(self, view: str, queue: str = "") -> Which:
        """The cases of a view, or of one queue. Raises NotFound for a queue that is not the person's."""
        if queue and queue not in self.queues:
            raise NotFound(f"There is no queue {queue} of yours")
        if view in ("mine", "later") and not queue:  # for which nobody need know what they may see
            return self.told(_own(self.person, view, now=self.now))
        return self.told(_list(self.sight, self.queues, view, queue, now=self.now))

    def count(self, view: str, queue: str = "") -> int:
        """How many wait in a view; see `tally.COUNTED`."""
        return tally.count_waiting(self._connection, self.of(view, queue))

    def counts(self, view: str = "", queue: str = "") -> Counts:
        """How many wait in each view and in each of their queues, and how pressing one list of them is."""
        asked = _tally(self.glance.known, self.sight, self.queues, view, queue)
        found = iter(asked.ask(self._connection, now=self.now, soon=self.now + SOON))
        queues = {name: next(found) for name in self.queues}
        known = {"queues": sum(queues.values()), **{name: next(found) for name in _counted(self.queues)}}
        late, until_soon = found if view else (0, 0)
        return Counts({name: known[name] for name in VIEWS}, queues, late, max(0, until_soon - late))


def _own(person: str, view: str, *, now: Moment) -> Which:
    return desk.put_off(person, now=now) if view == "later" else desk.held_by(person, now=now)


def _list(sight: Sight, queues: tuple[str, ...], view: str, queue: str = "", *, now: Moment) -> Which:
    """The cases of a view, or of one queue."""
    if queue:
        return desk.of_queues(sight, (queue,))
    if view == "queues":
        return desk.of_queues(sight, queues)
    return desk.within(sight) if view == "all" else _own(sight.person, view, now=now)


def _counted(queues: Sequence[str]) -> tuple[str, ...]:
    """The views that are counted: all that an only queue holds is what it holds."""
    return VIEWS if len(queues) > 1 else tuple(name for name in VIEWS if name != "queues")


@lru_cache(maxsize=_MOST_KEPT)
def _tally(known: Known, sight: Sight, queues: tuple[str, ...], view: str, queue: str) -> Tally:
    """Counts each queue and view; of one list, if any is named, what is late, and that with what is soon."""
    lists = [
        *(_list(sight, queues, "queues", name, now=NOW) for name in queues),
        *(_list(sight, queues, name, now=NOW) for name in _counted(queues)),
    ]
    if view:
        of = _list(sight, queues, view, queue, now=NOW)
        lists += [of.only(overdue(NOW)), of.only(overdue(tally.SOON))]
    return Tally([desk.told(known, one) for one in lists])


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


@lru_cache(maxsize=_MOST_KEPT)
def _placing(known: Known, person: str) -> Placing:
    return Placing(desk.told(known, desk.held_by(person, now=NOW)))


def bearings(context: Context, person: str, here: Assignment | None = None) -> Bearings:
    """What a person is told wherever they are; `here`: what they look at."""
    with context.db.read() as connection:
        at = Desk(context, connection, person)
        near = None
        if here is not None:
            near = _placing(at.glance.known, person).of(connection, here, now=at.now)
        return Bearings(at.glance, near.count if near is not None else at.count("mine"), near)


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
