"""How many people each queue needs: the record is read, counted by hour of the week, and planned from.

The record ends with the last full day, so that what is told of a queue is the same all day long.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Any

from surehand.core import capacity_words
from surehand.core.capacity import Aim, Capacity, capacity
from surehand.core.deadlines import DEFAULT_DUE, allowed
from surehand.core.demand import ENOUGH, WEEK, Past, Volume, demanded
from surehand.core.oversight import Level
from surehand.core.people import People, Queue
from surehand.core.policy import Grade
from surehand.core.process import Process
from surehand.core.steps import DecisionPoint
from surehand.errors import Fault, InvalidInput, NotFound
from surehand.flow import guarding
from surehand.flow.context import Context
from surehand.flow.desk import sight_of
from surehand.store import reviews
from surehand.store.reviews import Came, Decided, Judged, Received

#: Weeks of the record that are looked at, at most.
WEEKS = 12

#: More people, and more cases a month, than anybody means.
MOST_PEOPLE, _MOST_CASES = 1_000, 10_000_000

_MONTH = timedelta(days=365.25 / 12)
_ALONE = (Level.AUTOMATE, Level.SPOT_CHECK, Level.NOTIFY)

#: The plan of a day is made once, as it takes about a second.
_planned = lru_cache(maxsize=256)(capacity)


@dataclass(frozen=True, slots=True)
class Freed:
    """A decision point whose reviews would mostly not come if it ran alone with spot checks.

    a_day  reviews of low or medium consequence, on a day on which people work
    """

    process: str
    point: str
    a_day: float


@dataclass(frozen=True, slots=True)
class QueueCapacity:
    """What a queue needs and has.

    found    None where something is missing for it, which `missing` says
    members  who are there; away: who are not today, and not counted
    shared   other queues that some members serve as well, counted as if they did not
    within   how long a review may take
    weeks    of the record; volume: of the processes that come here
    heading, holiday, present, binding, rests  in words; crowded: the busiest day; ways: what would help
    """

    queue: str
    members: tuple[str, ...]
    away: tuple[str, ...]
    shared: tuple[str, ...]
    within: timedelta
    weeks: int
    volume: Volume
    found: Capacity | None
    missing: tuple[str, ...]
    heading: str
    holiday: str = ""
    present: str = ""
    binding: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()
    crowded: str = ""
    freed: Freed | None = None
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, other than how it is.

    on_time  share of reviews in time
    people   in place of those who are there
    volume   cases a month, in place of those that came
    """

    on_time: float = 0.95
    people: int | None = None
    volume: float | None = None

    def checked(self) -> "Wish":
        """Itself. Raises InvalidInput with every fault."""
        faults = []
        if not 0.01 <= self.on_time <= 0.999:
            faults.append(Fault("on-time", "must be a share from 0.01 to 0.999, such as 0.95"))
        if self.people is not None and not 0 <= self.people <= MOST_PEOPLE:
            faults.append(Fault("people", f"must be a number from 0 to {MOST_PEOPLE:,}"))
        if self.volume is not None and not 0 < self.volume <= _MOST_CASES:
            faults.append(Fault("volume", f"must be cases a month, above 0 and up to {_MOST_CASES:,}"))
        if faults:
            raise InvalidInput(faults)
        return self


@dataclass(frozen=True, slots=True)
class _Record:
    """What was recorded, and what the maps say."""

    maps: Mapping[str, Process]
    came: Sequence[Came]
    decided: Sequence[Decided]
    judged: Sequence[Judged]
    received: Sequence[Received]
    until: datetime


def capacities(
    context: Context, *, queue: str | None = None, person: str | None = None, wish: Wish | None = None,
    zone: tzinfo = UTC,
) -> list[QueueCapacity]:  # fmt: skip
    """What each queue needs and has, or one; for a person, those that they may see.

    zone    whose hours and days they are
    raises  NotFound for a queue that is not there or not the person's, InvalidInput for a wish that cannot be
    """
    wish = (wish or Wish()).checked()
    names = [name for name in context.people.queues if _may_see(context, person, name)]
    if queue is not None:
        if queue not in names:
            raise NotFound(f"There is no queue {queue}; there are: {', '.join(names) or 'none'}")
        names = [queue]
    record = _record(context, zone)
    return [_of_queue(context, record, name, wish, zone) for name in sorted(names)]


def _may_see(context: Context, person: str | None, queue: str) -> bool:
    if person is None:
        return True
    sight = sight_of(context, person)
    return sight.everything or queue in sight.queues


def _record(context: Context, zone: tzinfo) -> _Record:
    today = context.clock().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    until = today.astimezone(UTC)
    span = {"since": until - timedelta(weeks=WEEKS), "until": until}
    with context.db.read() as connection:
        return _Record(
            guarding.maps_of(context, connection), reviews.came(connection, **span),
            reviews.decided(connection, **span), reviews.judged(connection, **span),
            reviews.received(connection, **span), until,
        )  # fmt: skip


def _of_queue(context: Context, record: _Record, name: str, wish: Wish, zone: tzinfo) -> QueueCapacity:
    people, points = context.people, _points(record.maps, name)
    queue, now = people.queues[name], context.clock()
    everybody = _deciding(people, name)
    members = tuple(one for one in everybody if people.here(one, now))
    away = tuple(one for one in everybody if people.active(one) and one not in members)
    shared = tuple(
        other for other in sorted(people.queues) if other != name and {*_deciding(people, other)} & {*members}
    )
    weeks, came = _by_hour(record, name, zone)
    past = Past(weeks, came, *_worked(record.decided, name, zone))
    volume, within = _volume(record, points), _within(record, queue, points)
    demand, missing = demanded(past, volume, per_month=wish.volume)
    told = QueueCapacity(
        name, members, away, shared, within, weeks, volume, None, tuple(missing),
        "It cannot be told yet how many people this queue needs.",
    )  # fmt: skip
    if demand is None:
        return told
    there = len(members) if wish.people is None else wish.people
    found = _planned(demand, Aim(within, wish.on_time), people=there)
    freed = _freed(record, points, demand.a_week / demand.days)
    return QueueCapacity(
        name, members, away, shared, within, weeks, volume, found, (), capacity_words.needed(found),
        capacity_words.on_holiday(found), capacity_words.at_present(found),
        tuple(capacity_words.binding(found)), tuple(capacity_words.resting_on(found)),
        capacity_words.crowded(found), freed,
        tuple(capacity_words.ways_out(found, None if freed is None else (freed.point, freed.a_day))),
    )  # fmt: skip


def _deciding(people: People, queue: str) -> tuple[str, ...]:
    """Its members; where it has none, its backup and its owner."""
    return people.members(queue) or people.everybody(queue)


def _points(maps: Mapping[str, Process], queue: str) -> dict[tuple[str, str], DecisionPoint]:
    """Decision points that wait in a queue."""
    return {
        (name, step.name): step
        for name, process in maps.items()
        for step in process.steps
        if isinstance(step, DecisionPoint) and queue in step.all_queues
    }


def _by_hour(record: _Record, queue: str, zone: tzinfo) -> tuple[int, tuple[float, ...]]:
    """Whole weeks of the record, and reviews by hour of the week in these."""
    first = min((one.hour for one in record.came), default=record.until)
    begun = first.astimezone(zone).replace(hour=0)
    weeks = min(WEEKS, (record.until - begun) // timedelta(weeks=1))
    counts = [0.0] * WEEK
    for one in record.came:
        if one.queue == queue and one.hour >= record.until - timedelta(weeks=weeks):
            counts[_hour(one.hour, zone)] += one.count
    return weeks, tuple(counts)


def _hour(at: datetime, zone: tzinfo) -> int:
    """Of the week."""
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour


def _worked(
    decided: Iterable[Decided], queue: str, zone: tzinfo
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Verdicts by hour of the week, and seconds that each took at most, where the one before is known.

    Whoever decided something else in between worked on that: verdicts of all queues are looked at.
    """
    ordered = list(decided)
    hours = Counter(_hour(one.at, zone) for one in ordered if one.queue == queue)
    seconds = tuple(
        (then.at - max(before.at, then.opened_at)).total_seconds()
        for before, then in pairwise(ordered)
        if then.queue == queue and before.person == then.person
    )
    return tuple(float(hours[hour]) for hour in range(WEEK)), seconds


def _volume(record: _Record, points: Mapping[tuple[str, str], DecisionPoint]) -> Volume:
    processes = {process for process, _ in points}
    volumes = [record.maps[name].volume for name in sorted(processes)]
    by_map = [one.per_month for one in volumes if one is not None]
    by_hand = [one.minutes_by_hand for one in volumes if one is not None and one.minutes_by_hand]
    judged = [one for one in record.judged if (one.process, one.point) in points]
    cases = sum(one.count for one in judged)
    alone = sum(one.count for one in judged if one.level in _ALONE)
    return Volume(
        by_map=sum(by_map) or None, by_hand=sum(by_hand) / len(by_hand) if by_hand else None,
        measured=_a_month([one for one in record.received if one.process in processes], record.until),
        automated=alone / cases if cases >= ENOUGH else None, judged=cases,
    )  # fmt: skip


def _a_month(received: Sequence[Received], until: datetime) -> float | None:
    """Cases a month as they came; None where they are few, or of less than a week."""
    count = sum(one.count for one in received)
    begun = min((one.first for one in received), default=until)
    if count < ENOUGH or until - begun < timedelta(weeks=1):
        return None
    return count * (_MONTH / (until - begun))


def _within(record: _Record, queue: Queue, points: Mapping[tuple[str, str], DecisionPoint]) -> timedelta:
    """How long a review may take: at the decision point that most come from, else at the quickest."""
    times = {point: allowed(step.sla, queue.due) for point, step in points.items()}
    asked = Counter[tuple[str, str]]()
    for one in record.judged:
        if (one.process, one.point) in points and one.level not in _ALONE:
            asked[one.process, one.point] += one.count
    if asked:
        return times[asked.most_common(1)[0][0]]
    return min(times.values(), default=queue.due or DEFAULT_DUE)


def _freed(record: _Record, points: Mapping[tuple[str, str], DecisionPoint], a_day: float) -> Freed | None:
    """The decision point of which most reviews could be spared: of high consequence none can."""
    asked, could = 0, Counter[tuple[str, str]]()
    for one in record.judged:
        if (one.process, one.point) not in points or one.level in _ALONE:
            continue
        asked += one.count
        if one.level == Level.REVIEW and one.grade in (Grade.LOW, Grade.MEDIUM):
            could[one.process, one.point] += one.count
    if not could:
        return None
    (process, point), count = could.most_common(1)[0]
    return Freed(process, point, a_day * count / asked)


def plain(one: QueueCapacity) -> dict[str, Any]:
    """As JSON."""
    return asdict(one)
