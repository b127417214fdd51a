"""Erlang's formula against closed forms, published figures and exact fractions."""

from fractions import Fraction
from math import exp, factorial, inf, nan

import pytest

from surehand.stats.staffing import (
    MOST,
    Overloaded,
    chance_to_wait,
    least_people,
    mean_wait,
    share_begun_within,
)

#: A hundred calls in half an hour, three minutes each, answered in 20 seconds: the example that call centres
#: print, with what they print beside it (people, chance to wait, share within 20 s, both in per cent).
CALLS = ((11, 68.2, 39.0), (12, 44.9, 64.0), (13, 28.5, 79.5), (14, 17.4, 88.8), (15, 10.2, 94.1))


def exactly(load: Fraction, people: int) -> float:
    """The formula as it is printed, in fractions."""
    top = load**people / factorial(people) * people / (people - load)
    return float(top / (sum(load**k / factorial(k) for k in range(people)) + top))


@pytest.mark.parametrize("load", [0.0, 0.001, 0.3, 0.75, 0.999])
def test_one_person_is_busy_as_much_as_there_is_work(load: float) -> None:
    assert chance_to_wait(load, 1) == pytest.approx(load)
    assert share_begun_within(load, 1.0, 1, 2.0) == pytest.approx(1 - load * exp(-(1 - load) * 2))
    assert mean_wait(load, 1.0, 1) == pytest.approx(load / (1 - load))


@pytest.mark.parametrize("load", [0.1, 1.0, 1.5, 1.99])
def test_two_people(load: float) -> None:
    used = load / 2
    assert chance_to_wait(load, 2) == pytest.approx(2 * used**2 / (1 + used))


@pytest.mark.parametrize(("people", "waits", "within"), CALLS)
def test_published_figures(people: int, waits: float, within: float) -> None:
    assert 100 * chance_to_wait(10, people) == pytest.approx(waits, abs=0.06)
    assert 100 * share_begun_within(200, 1 / 20, people, 20 / 3600) == pytest.approx(within, abs=0.15)


@pytest.mark.parametrize(("load", "people"), [("1/3", 3), ("9/2", 5), ("47", 50), ("180", 200), ("299", 300)])
def test_against_fractions(load: str, people: int) -> None:
    exact = exactly(Fraction(load), people)
    assert chance_to_wait(float(Fraction(load)), people) == pytest.approx(exact, rel=1e-9)


def test_thousands_of_people_are_no_harder_than_two() -> None:
    # at the square-root law of Halfin and Whitt, 1981, with beta = 1: the chance to wait nears 0.2234
    for people in (1_000, 10_000, 90_000):
        assert chance_to_wait(people - people**0.5, people) == pytest.approx(0.2234, abs=0.01)
    assert chance_to_wait(1.0, 10_000) == 0


@pytest.mark.parametrize("rate", [0.01, 3.0, 17.0, 200.0, 30_000.0])
@pytest.mark.parametrize("within", [0.0, 0.02, 1.0, 24.0])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.95, 0.999])
def test_least_people_is_the_first_that_does(rate: float, within: float, share: float) -> None:
    people = least_people(rate, 0.1, within=within, share=share)
    assert share_begun_within(rate, 0.1, people, within) >= share
    fewer = people - 1
    assert fewer <= rate * 0.1 or share_begun_within(rate, 0.1, fewer, within) < share


def test_no_work_needs_one_person_and_nobody_waits() -> None:
    assert least_people(0, 1, within=0, share=0.95) == least_people(5, 0, within=0, share=0.95) == 1
    assert mean_wait(5, 0, 1) == 0
    assert share_begun_within(5, 0, 1, 0) == 1


@pytest.mark.parametrize(("load", "people"), [(1.0, 1), (2.5, 2), (1e12, 3)])
def test_too_much_work_is_said(load: float, people: int) -> None:
    with pytest.raises(Overloaded, match="too much for"):
        chance_to_wait(load, people)
    with pytest.raises(Overloaded, match="more than"):
        least_people(MOST, 1.0, within=1, share=0.5)


@pytest.mark.parametrize("bad", [-1.0, nan, inf])
def test_what_is_no_rate_or_time_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="rate must be a number"):
        mean_wait(bad, 1.0, 1)
    with pytest.raises(ValueError, match="within must be a number"):
        share_begun_within(1.0, 0.5, 1, bad)
    with pytest.raises(ValueError, match="share"):
        least_people(1, 1, within=1, share=1 if bad != -1 else bad)


def test_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        chance_to_wait(0.0, 0)
