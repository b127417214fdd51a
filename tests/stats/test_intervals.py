"""Wilson's interval, against figures of the literature and against chance itself."""

import numpy as np
import pytest

from surehand.stats.intervals import wilson


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [(0.5, 10, 0.2366, 0.7634), (0.0, 20, 0.0, 0.1611), (1.0, 20, 0.8389, 1.0), (0.1, 100, 0.0552, 0.1744)],
)
def test_known_intervals(share: float, count: int, low: float, high: float) -> None:
    assert wilson(share, count) == pytest.approx((low, high), abs=5e-5)


def test_nothing_is_known_without_a_case() -> None:
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1, not at 1\.5"):
        wilson(1.5, 10)


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    drawn = np.random.default_rng(1)
    for truth in (0.02, 0.1, 0.45):
        found = [wilson(hits / 200, 200) for hits in drawn.binomial(200, truth, 4_000)]
        covered = np.mean([low <= truth <= high for low, high in found])
        assert 0.93 <= covered <= 0.98, truth
