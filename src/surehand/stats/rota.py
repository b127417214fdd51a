"""A queue through a week: cases come at a rate that changes by the hour, and so does who is there.

Erlang's model, hour by hour: the probability of each number of cases that wait or are worked on is carried
from one hour to the next. What is left in the evening, or came over a weekend, is there the next morning, and
an hour in which more comes than people can do is told as it is. Where nothing changes it is `stats.staffing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Parts of an hour for which the state is told.
_PARTS = 4

#: More people than this are told in groups, as are cases: with fewer of them chance weighs more, so this errs
#: on the safe side, and what there is to reckon stays bounded.
_PEOPLE = 25

#: A deadline so many times as long as any case takes does not ask how long each does.
_MUCH_LONGER = 20

#: No more cases than this are told apart in the queue.
_LONGEST = 1_200

#: Expected events in one step of the reckoning, so that no probability underflows.
_STEP = 600.0

#: Hours after which a deadline does not matter any more: more than ten years.
_FOR_EVER = 90_000.0

_COUNTS = np.arange(_LONGEST + _PEOPLE + 2, dtype=np.float64)
_LOG_FACTORIALS = np.concatenate(([0.0], np.cumsum(np.log(_COUNTS[1:]))))


@dataclass(frozen=True, slots=True)
class State:
    """How many cases wait or are worked on at a moment.

    chances  probabilities of 0, 1, 2, ... of them
    each     cases that one of these stands for; 1 but where very many people work
    """

    chances: Floats
    each: float = 1.0

    @property
    def mean(self) -> float:
        """Cases on average."""
        return float(self.chances @ np.arange(self.chances.size)) * self.each


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of the cases of each hour.

    on_time  (h,) share of those that come in this hour which are decided in time; 1 where none comes
    held     (h,) cases that wait or are worked on at its beginning, on average
    end      what there is after the last hour
    """

    on_time: Floats
    held: Floats
    end: State


#: Nothing waits.
NOTHING = State(np.array([1.0]))


def in_time(
    rates: Sequence[float], people: Sequence[int], *, service: float, took: Sequence[float], within: float,
    working: bool = False, start: State = NOTHING,
) -> Told:  # fmt: skip
    """What becomes of what comes in each hour of a period, such as a week.

    rates    (h,) cases that come in each hour, at random
    people   (h,) who work in each; 0: nobody is there, and what is begun goes on when somebody is
    service  hours of a person that a case takes on average; in the queue its length is exponential
    took     hours that a case itself takes until it is decided, as equally likely values (quantiles)
    within   hours in which a case has to be decided
    working  only hours in which somebody is there count for `within`
    start    what there is at the beginning
    returns  one value per hour; after the last hour it goes on as from the first

    Exact but for steps of a quarter of an hour, as long as the number of people does not change while a case
    waits; where it does, the wait is that of the work which people can do until then.

    Source: the birth-and-death process in a changing world, solved by uniformization (Jensen, Markoff chains
    as an aid in the study of Markoff processes, 1953); waits by the cases ahead as in Erlang, 1917.
    """
    if not (0 <= within < np.inf and len(took) and min(took) >= 0):
        raise ValueError("times are numbers of at least 0")
    crew = _Crew.of(rates, people, service=service)
    clock = _Clock(crew.there, crew.able, within=within, working=working, took=_as_told(took, within))
    state = crew.taken_over(start)
    on_time, held = np.ones(crew.rates.size), np.zeros(crew.rates.size)
    for hour, rate in enumerate(crew.rates):
        held[hour] = State(state, crew.each).mean
        # while nobody is there little changes from one quarter to the next
        parts, shares = (_PARTS if crew.there[hour] else 1), []
        for part in range(parts):
            after = crew.later(state, hour, 1 / parts)
            if rate:
                at = hour + (part + 0.5) / parts
                shares.append(clock.on_time((state + after) / 2, hour, at))
            state = after
        if shares:
            on_time[hour] = float(np.mean(shares))
    return Told(on_time, held, State(state, crew.each))


def left_over(
    rates: Sequence[float], people: Sequence[int], *, service: float, start: State = NOTHING
) -> State:
    """What there is after a period; arguments as of `in_time`."""
    crew = _Crew.of(rates, people, service=service)
    state = crew.taken_over(start)
    for hour in range(crew.rates.size):
        state = crew.later(state, hour, 1.0)
    return State(state, crew.each)


def reachable(
    people: Sequence[int], *, took: Sequence[float], within: float, working: bool = False
) -> Floats:
    """The share of each hour's cases that is in time if each is begun as soon as anybody is there.

    No number of people makes it more: what is due before somebody comes is late. Shapes as of `in_time`.
    """
    there = np.asarray(people, int)
    clock = _Clock(there, there.astype(float), within=within, working=working, took=_as_told(took, within))
    parts = [
        [clock.on_time(NOTHING.chances, hour, hour + (part + 0.5) / _PARTS) for part in range(_PARTS)]
        for hour in range(there.size)
    ]
    found: Floats = np.asarray(parts).mean(axis=1)
    return found


def _as_told(took: Sequence[float], within: float) -> Floats:
    """How long cases take themselves matters where a deadline is not much longer."""
    each = np.asarray(took, float)
    return each if within < _MUCH_LONGER * each.max() else each.mean(keepdims=True)


@dataclass(frozen=True, slots=True)
class _Crew:
    """Who works when, how fast, on what comes.

    rates  (h,) what comes, each standing for `each` cases
    there  (h,) people, or groups of `each`
    able   (h,) what they finish in an hour if all are busy
    """

    rates: Floats
    there: NDArray[np.int_]
    able: Floats
    each: float
    states: int

    @classmethod
    def of(cls, rates: Sequence[float], people: Sequence[int], *, service: float) -> "_Crew":
        comes, there = np.asarray(rates, float), np.asarray(people)
        if comes.shape != there.shape or comes.ndim != 1 or not comes.size:
            raise ValueError("as many hours of people as of cases, and at least one")
        if not np.isfinite(comes).all() or (comes < 0).any() or (there < 0).any():
            raise ValueError("cases and people are numbers of at least 0")
        if not 0 < service < np.inf:
            raise ValueError("a case takes some time")
        each = max(1.0, int(there.max()) / _PEOPLE)
        comes, able = comes / each, there / (service * each)
        groups = np.ceil(there / each).astype(int)
        return cls(comes, groups, able, each, _states(comes, able) + int(groups.max()))

    def taken_over(self, start: State) -> Floats:
        """What there is at the beginning, as it is told here."""
        places = np.rint(np.arange(start.chances.size) * start.each / self.each).astype(int)
        state = np.zeros(min(_LONGEST, self.states + int(start.mean / self.each)))
        np.add.at(state, np.minimum(places, state.size - 1), start.chances)
        return state

    def later(self, state: Floats, hour: int, part: float) -> Floats:
        """What there is a part of this hour later."""
        there = int(self.there[hour])
        speed = self.able[hour] * part / there if there else 0.0
        return _advanced(state, float(self.rates[hour]) * part, there, speed)


class _Clock:
    """How much people can do between the coming of a case and the latest moment to begin with it.

    there, able  as of `_Crew`
    """

    def __init__(
        self, there: NDArray[np.int_], able: Floats, *, within: float, working: bool, took: Floats
    ) -> None:
        self._there, self._took, self._within, self._working = there, took, within, working
        present = (there > 0).astype(float)
        # as many turns of the period as every deadline needs
        span = within / present.mean() if working and present.any() else within
        turns = 2 + ceil(min(span, _FOR_EVER) / there.size)
        self._edges = np.arange(there.size * turns + 1, dtype=float)
        self._passed = np.concatenate(([0.0], np.cumsum(np.tile(present, turns))))
        self._done = np.concatenate(([0.0], np.cumsum(np.tile(able, turns))))

    def on_time(self, state: Floats, hour: int, at: float) -> float:
        """The chance of a case that comes in an hour, at this time, and finds so much before it."""
        here = float(np.interp(at, self._edges, self._passed))
        until = here + self._within
        if not self._working:
            until = float(np.interp(at + self._within, self._edges, self._passed))
        latest = until - self._took
        latest = latest[latest >= here - 1e-9]
        # the hour in which so much of the time in which people work has passed
        last = np.clip(np.searchsorted(self._passed, latest - 1e-9), 1, self._passed.size - 1)
        unused = (self._passed[last] - latest) * (self._done[last] - self._done[last - 1])
        work = self._done[last] - unused - np.interp(at, self._edges, self._done)
        then = self._there[(last - 1) % self._there.size]
        chances = [
            _begun(state, int(self._there[hour]), int(people), max(float(amount), 0.0))
            for people, amount in zip(then, work, strict=True)
        ]
        return sum(chances) / self._took.size


def _begun(state: Floats, now: int, then: int, work: float) -> float:
    """Probability that somebody has begun with a case once `work` cases are expected to be finished.

    now, then  people when it comes, and at the end
    """
    # somebody is free, or of the cases before it all but `then` - 1 must be finished
    free = min(now, state.size)
    needed = np.maximum(np.arange(free, state.size) - then + 1, 0)
    waits = state[free:]
    late = float(waits @ _below(work, state.size)[needed]) if waits.size else 0.0
    return min(1.0, max(0.0, 1 - late))


def _below(mean: float, most: int) -> Floats:
    """Probabilities that a Poisson number is below 0, 1, ..., most."""
    below = np.zeros(most + 1)
    if mean <= 0:
        below[1:] = 1.0
        return below
    counts = _COUNTS[:most]
    np.cumsum(np.exp(counts * log(mean) - mean - _LOG_FACTORIALS[:most]), out=below[1:])
    return np.minimum(below, 1.0)


def _advanced(state: Floats, births: float, people: int, speed: float) -> Floats:
    """Probabilities after a step.

    births  cases that come meanwhile; speed: cases that one busy person finishes meanwhile
    """
    pace = births + people * speed
    if not pace:
        return state
    if pace > _STEP:
        half = _advanced(state, births / 2, people, speed / 2)
        return _advanced(half, births / 2, people, speed / 2)
    finished = np.minimum(_COUNTS[: state.size], people) * (speed / pace)
    comes = births / pace
    stays = 1 - finished - comes
    stays[-1] += comes  # what finds it full is late as it is
    weight = exp(-pace)
    result, current, following = weight * state, state.copy(), np.empty_like(state)
    for number in range(1, ceil(pace + 6 * sqrt(pace)) + 10):
        np.multiply(current, stays, out=following)
        following[1:] += comes * current[:-1]
        following[:-1] += finished[1:] * current[1:]
        current, following = following, current
        weight *= pace / number
        result += weight * current
    result /= result.sum()
    return result


def _states(rates: Floats, able: Floats) -> int:
    """Cases that have to be told apart in the queue: those of the longest one, and room for chance."""
    longest = waiting = 0.0
    for rate, done in zip(np.tile(rates, 2), np.tile(able, 2), strict=True):
        waiting = max(0.0, waiting + rate - done)
        longest = max(longest, waiting)
    day = max(float(rates[first : first + 24].sum()) for first in range(0, rates.size, 24))
    return min(_LONGEST, ceil(longest + 5 * sqrt(2 * (day + longest))) + 20)
