"""How many people a queue needs for its deadline, when, and what holds with fewer.

What it asks of people is what comes in each hour of a usual week, see `core.demand`; what they can do is told
by Erlang's model, hour by hour, see `stats.rota`. With a deadline of minutes it is the busy hour that counts;
with one of a day the wait is hardly ever what is lacking, and the number follows from how much work there is:
nobody decides cases all day, so a limit on how busy people may be holds as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from math import ceil

from surehand.core.demand import WEEK, Demand
from surehand.stats.rota import NOTHING, Floats, State, in_time, left_over, reachable
from surehand.stats.staffing import least_people, mean_wait

#: People who are there in each hour of the week.
Rota = tuple[int, ...]

#: The share of their time in which people can decide cases.
BUSY = 0.85

#: On holiday, in the question that is always asked, and for how many weeks.
AWAY = 2
_HOLIDAY = 2

#: More people than this times what the work needs do not help either.
_VAIN = 8

#: How many fewer people are tried outside of the peak, as a share of those who are enough all week; in the
#: peak as many more, or up to so many times as many.
_FEWER = 0.2
_EXTRA = 2


@dataclass(frozen=True, slots=True)
class Aim:
    """What is wanted.

    on_time  share of reviews decided in time, in (0, 1)
    within   the time; working: only hours in which somebody works count
    busy     share of their time in which people decide, at most, in (0, 1]
    """

    within: timedelta
    on_time: float = 0.95
    busy: float = BUSY
    working: bool = False

    def __post_init__(self) -> None:
        if not (0 < self.on_time < 1 and 0 < self.busy <= 1 and self.within > timedelta(0)):
            raise ValueError("shares lie between 0 and 1, and a deadline is longer than nothing")


class Binds(StrEnum):
    """What the number of people follows from."""

    WORK = "work"
    DEADLINE = "deadline"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Peak:
    """Hours in which more people are needed than in others.

    weekday      0 is Monday; None: every working day
    first, until hours of the day
    more         people in addition
    """

    weekday: int | None
    first: int
    until: int
    more: int


@dataclass(frozen=True, slots=True)
class With:
    """What a number of people comes to.

    on_time  share in time
    busy     share of their time that the work takes; from 1 on what waits grows without end
    """

    people: int
    on_time: float
    busy: float


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour of the busiest day.

    cases  that come; over: of these, more than the people of the line can do in an hour
    """

    hour: int
    cases: float
    over: float


@dataclass(frozen=True, slots=True)
class Day:
    """The busiest day of the week.

    each   cases that one person can decide in an hour, at most as busy as is wanted
    waits  cases that wait where most do with the people of the line; until: the hour in which none does any
           more, None: not on that day
    """

    weekday: int
    bars: tuple[Bar, ...]
    each: float
    line: int
    waits: float
    until: int | None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a queue needs, and what it has.

    people     who are there
    enough     all week; None: no number of people would do
    base       most of the week, if there are more in the hours of `peak`; else as `enough`
    at_peak    for the busiest hour, were it to last, by Erlang's formula C; wait: on average then
    by_work    for the work, whatever the deadline; binds: what `enough` follows from
    reachable  share that any number of people could decide in time: the rest comes when nobody works, or
               takes longer than there is time
    aim_share  share that `enough` reaches at least: what is wanted, or that share of what can be reached
    now, away  with those who are there, and with two of them on holiday
    options    what some numbers of people come to
    headroom   share of the time of those who are there that is left, at most as busy as is wanted; below 0
               there is too much work
    """

    aim: Aim
    demand: Demand
    people: int
    enough: int | None
    base: int | None
    peak: Peak | None
    at_peak: int
    wait: timedelta
    by_work: int
    binds: Binds
    reachable: float
    aim_share: float
    now: With
    away: With
    options: tuple[With, ...]
    headroom: float
    day: Day


def capacity(demand: Demand, aim: Aim, *, people: int) -> Capacity:
    """What a queue needs, and what it has. Raises ValueError for fewer than no people."""
    if people < 0:
        raise ValueError("there are no fewer than no people")
    week = _Week(demand, aim)
    able = _weighed(week.best(), demand.rates)
    share = aim.on_time if able >= aim.on_time else aim.on_time * able
    by_work = max(1, ceil(demand.work / (demand.hours * aim.busy) - 1e-9))

    def does(number: int) -> bool:
        return week.share(_all_week(demand, number)) >= share

    enough = _least(does, by_work)
    base, peak = enough, None
    if enough is not None and enough > by_work:
        gap = min(enough - by_work, max(1, round(_FEWER * enough)))
        peak = _peak(demand, enough - gap, aim, gap, lambda rota: week.share(rota) >= share)
        base = enough - gap if peak else enough
    busiest = max(rate for rate, there in zip(demand.rates, demand.open, strict=True) if there)
    service = demand.service.mean / 3600

    at_peak = least_people(busiest, service, within=max(0, week.within - service), share=aim.on_time)
    most, load = enough or by_work, demand.work / demand.hours
    numbers = {number for number in (*range(most - 2, most + 2), people) if number > load}
    usual = base or most
    return Capacity(
        aim=aim, demand=demand, people=people, enough=enough, base=base, peak=peak, at_peak=at_peak,
        wait=timedelta(hours=mean_wait(busiest, service, at_peak)), by_work=by_work,
        binds=_binding(enough, by_work, does), reachable=able,
        aim_share=share, now=week.told(people), away=week.holiday(people),
        options=tuple(week.told(number) for number in sorted(numbers)),
        headroom=1 - load / (people * aim.busy) if people else -float("inf"),
        day=_day(demand, aim, min(people, usual) or usual),
    )  # fmt: skip


class _Week:
    """What becomes of the reviews of a week, by who is there; remembered, as it takes a while to tell."""

    def __init__(self, demand: Demand, aim: Aim) -> None:
        self._demand, self._service = demand, demand.service.mean / 3600
        self.took = [value / 3600 for value in demand.service.values]
        self.within, self._working = aim.within / timedelta(hours=1), aim.working
        self._before = cache(self._left)
        self.share = cache(self._share)

    def best(self) -> Floats:
        """By hour, what can be in time however many people there are."""
        rota = _all_week(self._demand, 1)
        return reachable(rota, took=self.took, within=self.within, working=self._working)

    def _left(self, rota: Rota) -> State:
        return left_over(self._demand.rates, rota, service=self._service)

    def _share(self, rota: Rota) -> float:
        """In time in a week that comes after one like it."""
        return self._after(rota, self._before(rota))[0]

    def _after(self, rota: Rota, start: State) -> tuple[float, State]:
        told = in_time(
            self._demand.rates, rota, service=self._service, took=self.took, within=self.within,
            working=self._working, start=start,
        )  # fmt: skip
        return _weighed(told.on_time, self._demand.rates), told.end

    def told(self, people: int) -> With:
        """All week."""
        return With(people, self.share(_all_week(self._demand, people)), self._busy(people))

    def _busy(self, people: int) -> float:
        return self._demand.work / (self._demand.hours * people) if people else float("inf")

    def holiday(self, people: int) -> With:
        """In time while two are away, after weeks in which all were there."""
        there = max(0, people - AWAY)
        rota = _all_week(self._demand, there)
        state = self._before(_all_week(self._demand, people)) if people else NOTHING
        shares = []
        for _ in range(_HOLIDAY):
            share, state = self._after(rota, state)
            shares.append(share)
        return With(there, sum(shares) / len(shares), self._busy(there))


def _all_week(demand: Demand, number: int) -> Rota:
    return tuple(number * there for there in demand.open)


def _weighed(shares: Floats, rates: Sequence[float]) -> float:
    return float(shares @ rates) / sum(rates)


def _least(does: Callable[[int], bool], first: int) -> int | None:
    """The smallest number from `first` on that does; None: even many times as many do not."""
    low, high = first - 1, first
    while not does(high):
        low, high = high, high + max(1, high - first + 1)
        if high > _VAIN * first + 10:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle, high)
    return high


def _binding(enough: int | None, by_work: int, does: Callable[[int], bool]) -> Binds:
    if enough != by_work:
        return Binds.DEADLINE
    return Binds.WORK if by_work > 1 and does(by_work - 1) else Binds.BOTH


def _peak(demand: Demand, base: int, aim: Aim, gap: int, does: Callable[[Rota], bool]) -> Peak | None:
    """The hours in which some more people than `base` are enough; None: they are not.

    gap  people that `base` lacks for the whole week
    """
    if base < 1 or demand.work > demand.hours * base * aim.busy:
        return None
    weekday, first, until = _crowded(demand, base * _each(demand, aim))
    for day in (weekday, None):
        for times in range(1, _EXTRA + 1):
            peak = Peak(day, first, until, gap * times)
            if does(_with_peak(demand, base, peak)):
                return peak
    return None


def _with_peak(demand: Demand, base: int, peak: Peak) -> Rota:
    return tuple(
        (base + peak.more * (peak.weekday in (None, hour // 24) and peak.first <= hour % 24 < peak.until))
        * there
        for hour, there in enumerate(demand.open)
    )


def _crowded(demand: Demand, able: float) -> tuple[int, int, int]:
    """Weekday and hours in which most waits; where nothing does, the three busiest hours in a row."""
    waiting = _waiting(demand, able)
    there = [hour for hour in range(WEEK) if demand.open[hour]]
    worst = max(there, key=lambda hour: waiting[hour])
    if not waiting[worst]:
        worst = max(there, key=lambda hour: demand.rates[hour])
        day, hour = divmod(worst, 24)
        return day, *_within(demand, day, hour - 1, hour + 2)
    day = worst // 24
    hours = [hour for hour in range(24) if waiting[day * 24 + hour] and demand.open[day * 24 + hour]]
    return day, hours[0], hours[-1] + 1


def _within(demand: Demand, day: int, first: int, until: int) -> tuple[int, int]:
    """The part of some hours in which people work."""
    hours = [hour for hour in range(max(0, first), min(24, until)) if demand.open[day * 24 + hour]]
    return hours[0], hours[-1] + 1


def _waiting(demand: Demand, able: float) -> list[float]:
    """Reviews that wait at the end of each hour if people decide `able` in one and all comes evenly."""
    waiting, found = 0.0, [0.0] * WEEK
    for turn in range(2 * WEEK):
        hour = turn % WEEK
        waiting = max(0.0, waiting + demand.rates[hour] - able * demand.open[hour])
        found[hour] = waiting if waiting > 1e-9 else 0.0
    return found


def _each(demand: Demand, aim: Aim) -> float:
    """Reviews that one person decides in an hour."""
    return 3600 / demand.service.mean * aim.busy


def _day(demand: Demand, aim: Aim, line: int) -> Day:
    each = _each(demand, aim)
    able = each * line
    waiting = _waiting(demand, able)
    days = [range(day * 24, day * 24 + 24) for day in range(7)]
    working = [day for day in days if any(demand.open[hour] for hour in day)]
    busiest = max(
        working,
        key=lambda day: (max(waiting[h] * demand.open[h] for h in day), sum(demand.rates[h] for h in day)),
    )
    shown = [hour for hour in busiest if demand.open[hour]]
    bars = tuple(
        Bar(hour % 24, demand.rates[hour], max(0.0, demand.rates[hour] - able))
        for hour in range(shown[0], shown[-1] + 1)
    )
    most = max(shown, key=lambda hour: waiting[hour])
    clear = next((hour % 24 for hour in shown if hour > most and not waiting[hour]), None)
    return Day(shown[0] // 24, bars, each, line, waiting[most], clear)
