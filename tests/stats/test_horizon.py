"""How many more observations it takes: against wealth that is played out."""

import numpy as np
import pytest

from surehand.stats.betting import Wealth
from surehand.stats.horizon import observations_until


def played(limit: float, share: float, enough: float, *, seed: int, most: int = 20_000) -> int:
    """Observations until real wealth gets there."""
    drawn = np.random.default_rng(seed)
    wealth = Wealth(limit, 1)
    block = wealth.begin([1.0])
    for number in range(1, most):
        wealth.observe(block, 0, 1.0)
        wealth.settle(block, 0, 1.0, right=bool(drawn.random() >= share))
        if number % 25 == 0:
            block = wealth.begin([1.0])
            wealth.finish(block)
        if wealth.below()[0] >= enough:
            return number
    return most


@pytest.mark.parametrize(("limit", "enough"), [(0.02, 33.0), (0.0177, 99.0), (0.05, 33.0)])
def test_without_an_error_it_is_exact(limit: float, enough: float) -> None:
    found = observations_until(limit, 0.0, enough=enough)
    assert found == pytest.approx(played(limit, 0.0, enough, seed=1), abs=1.5)


@pytest.mark.parametrize("share", [0.005, 0.008])
def test_with_errors_it_is_about_the_median(share: float) -> None:
    found = observations_until(0.02, share, enough=33.0)
    times = np.median([played(0.02, share, 33.0, seed=seed, most=4_000) for seed in range(15)])
    assert found is not None
    assert 0.5 * times <= found <= 2 * times


def test_what_is_there_already_is_not_waited_for() -> None:
    whole = observations_until(0.02, 0.005, enough=33.0)
    rest = observations_until(0.02, 0.005, enough=33.0, now=10.0)
    assert whole is not None
    assert rest is not None
    assert 0 < rest < whole / 2
    assert observations_until(0.02, 0.005, enough=33.0, now=40.0) == 0.0


def test_smaller_bets_take_longer() -> None:
    full = observations_until(0.02, 0.0, enough=33.0)
    mixed = observations_until(0.02, 0.0, enough=33.0, bets=((0.5, 1.0), (0.5, 0.25)))
    assert full is not None
    assert mixed is not None
    assert mixed > 1.3 * full


def test_at_the_limit_and_above_there_is_no_end() -> None:
    assert observations_until(0.02, 0.02, enough=33.0) is None
    assert observations_until(0.02, 0.1, enough=33.0) is None
