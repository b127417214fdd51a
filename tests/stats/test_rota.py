"""The queue of a week against Erlang's formula where nothing changes, and a simulation where it does."""

import heapq
from functools import cache

import numpy as np
import pytest

from surehand.stats.rota import NOTHING, State, in_time, left_over, reachable
from surehand.stats.staffing import share_begun_within

HOUR = 1.0
OFFICE = np.array([9 <= hour % 24 < 17 and hour < 120 for hour in range(168)], dtype=int)


def week(a_day: float) -> np.ndarray:
    """Cases at all hours, most in the mornings, most of all on Mondays; some at the weekend."""
    day = np.interp(np.arange(24), [0, 7, 9, 10, 12, 15, 18, 24], [0.1, 0.1, 1.5, 1.8, 1, 1, 0.2, 0.1])
    days = [1.6, 0.9, 0.9, 0.9, 0.9, 0.1, 0.1]
    return np.concatenate([a_day / day.sum() * factor * day for factor in days])


def slices(service: float, count: int = 50) -> list[float]:
    """An exponential time as equally likely values."""
    return [float(-np.log(1 - (place + 0.5) / count) * service) for place in range(count)]


def simulated(
    rates: np.ndarray, people: np.ndarray, *, service: float, within: float, working: bool, runs: int
) -> tuple[float, float]:
    """Share in time in the second week, with its standard error, case by case: whoever is free takes the one
    that waited longest, and what is not finished in the evening goes on in the morning."""
    generator, shares = np.random.default_rng(7), []
    passed = np.concatenate(([0.0], np.cumsum(np.tile(people > 0, 30))))
    for _ in range(runs):
        hours = np.repeat(np.arange(336), generator.poisson(np.tile(rates, 2)))
        came = np.sort(hours + generator.random(hours.size))
        begun, until = (np.interp(at, np.arange(passed.size), passed) for at in (came, came + within))
        until = begun + within if working else until
        free, in_time_ = [0.0] * int(people.max()), []
        for at, due, takes in zip(begun, until, generator.exponential(service, hours.size), strict=True):
            done = max(heapq.heappop(free), at) + takes
            heapq.heappush(free, done)
            in_time_.append(done <= due)
        shares.append(float(np.mean(np.array(in_time_)[came >= 168])))
    return float(np.mean(shares)), float(np.std(shares) / runs**0.5)


@cache
def told(a_day: float, number: int, service: float, within: float, working: bool) -> float:
    rates, people = week(a_day), OFFICE * number
    before = left_over(rates, people, service=service)
    found = in_time(
        rates, people, service=service, took=slices(service), within=within, working=working, start=before
    )
    return float(found.on_time @ rates / rates.sum())


@pytest.mark.parametrize(("rate", "people"), [(4.0, 1), (20.0, 3), (52.0, 6), (235.0, 25)])
@pytest.mark.parametrize("within", [0.0, 0.05, 0.5])
def test_where_nothing_changes_it_is_erlangs_formula(rate: float, people: int, within: float) -> None:
    found = in_time([rate] * 240, [people] * 240, service=0.1, took=[0.0], within=within)
    assert found.on_time[-1] == pytest.approx(share_begun_within(rate, 0.1, people, within), abs=2e-4)


@pytest.mark.parametrize("within", [0.25, 1.0, 4.0, 24.0, 48.0])
@pytest.mark.parametrize(
    ("a_day", "service", "number"),
    [(20, 1 / 12, 1), (30, 1 / 12, 2), (60, 1 / 60, 1), (60, 1 / 12, 3), (40, 1 / 4, 4), (200, 1 / 30, 4)],
)
def test_a_week_is_as_it_is_simulated(a_day: float, service: float, number: int, within: float) -> None:
    working = within == 4.0
    share, error = simulated(
        week(a_day), OFFICE * number, service=service, within=within, working=working, runs=16
    )
    assert told(a_day, number, service, within, working) == pytest.approx(share, abs=0.01 + 3 * error)


def test_many_people_are_told_in_groups_and_err_on_the_safe_side() -> None:
    share, error = simulated(week(700), OFFICE * 90, service=0.6, within=1.0, working=False, runs=6)
    found = told(700, 90, 0.6, 1.0, False)
    assert found == pytest.approx(share, abs=0.02 + 3 * error)


def test_who_has_too_much_to_do_falls_behind() -> None:
    rates, people = week(120), OFFICE
    first = left_over(rates, people, service=1 / 12)
    second = left_over(rates, people, service=1 / 12, start=first)
    more = rates.sum() - 40 * 12
    assert second.mean - first.mean == pytest.approx(more, rel=0.02)


def test_nobody_is_there() -> None:
    found = in_time(week(10), [0] * 168, service=0.1, took=[0.1], within=24)
    assert not found.on_time.any()
    assert found.end.mean == pytest.approx(week(10).sum(), rel=0.01)


def test_what_comes_on_friday_night_is_late_whoever_is_there() -> None:
    best = reachable(OFFICE, took=[0.1], within=24)
    assert best[4 * 24 + 16] > 0  # Friday before 17:00
    assert not best[4 * 24 + 18 : 6 * 24 + 9].any()
    assert best[: 4 * 24].all()
    assert reachable(OFFICE, took=[0.1], within=8, working=True).all()
    assert not reachable(OFFICE, took=[0.5], within=0.25).any()
    crowd = in_time(week(20), OFFICE * 30, service=0.1, took=[0.1], within=24)
    assert crowd.on_time[week(20) > 0] == pytest.approx(best[week(20) > 0], abs=0.06)


def test_hours_in_which_nothing_comes() -> None:
    found = in_time([0.0] * 24, [1] * 24, service=0.1, took=[0.1], within=1)
    assert (found.on_time == 1).all()
    assert found.end.mean == 0


def test_what_there_was_is_taken_over_whatever_the_groups() -> None:
    start = State(np.eye(1, 101, 100)[0])
    for number in (0, 50):
        found = in_time([0.0], [number], service=1e6, took=[0.1], within=1, start=start)
        assert found.held[0] == pytest.approx(100, rel=0.02)
    assert NOTHING.mean == 0


@pytest.mark.parametrize(
    ("rates", "people", "more"),
    [
        ([1.0], [1, 1], {}), ([], [], {}), ([-1.0], [1], {}), ([float("nan")], [1], {}), ([1.0], [-1], {}),
        ([1.0], [1], {"service": 0}), ([1.0], [1], {"within": -1}), ([1.0], [1], {"took": []}),
        ([1.0], [1], {"took": [-1]}), ([float("inf")], [1], {}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(rates: list[float], people: list[int], more: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        in_time(rates, people, **{"service": 0.1, "took": [0.1], "within": 1.0, **more})  # type: ignore[arg-type]
