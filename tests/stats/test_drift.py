"""Watchers of a share and of a mean: how seldom they ring for nothing, and how soon for something."""

from dataclasses import asdict

import numpy as np
import pytest

from surehand.stats.drift import FallingMean, Overstated, RisingShare


def _rings(wrong: np.ndarray, *, limit: float = 0.02, at: float = 2_000.0) -> int | None:
    watcher = RisingShare(limit)
    return next((n for n, one in enumerate(wrong, 1) if watcher.add(bool(one)) >= at), None)


def test_a_share_at_its_limit_seldom_rings() -> None:
    drawn = np.random.default_rng(1)
    # the mean time to a false alarm is at least 2,000, so within 200 at most one in ten rings
    assert sum(_rings(drawn.random(200) < 0.02) is not None for _ in range(300)) <= 30


@pytest.mark.parametrize(("share", "soon"), [(0.05, 500), (0.1, 150), (0.5, 15)])
def test_a_share_that_rises_late_rings_soon(share: float, soon: int) -> None:
    drawn = np.random.default_rng(2)
    delays = []
    for _ in range(40):
        watcher = RisingShare(0.02)
        for one in drawn.random(1_000) < 0.005:
            watcher.add(bool(one))
        delays.append(next(n for n in range(1, 20_000) if watcher.add(bool(drawn.random() < share)) >= 2_000))
    assert np.median(delays) <= soon


def test_evidence_that_is_beyond_all_doubt_can_still_be_written_down() -> None:
    watcher = RisingShare(0.02)
    for _ in range(500):
        watcher.add(True)
    assert np.isfinite(watcher.evidence)
    assert RisingShare(**asdict(watcher)) == watcher


def test_a_mean_that_stays_and_one_that_falls() -> None:
    drawn = np.random.default_rng(3)
    false, delays = 0, []
    for _ in range(30):
        watcher = FallingMean()
        lows = [watcher.add(float(x)) for x in drawn.normal(0.9, 0.15, 10_000)]
        assert not any(lows[: watcher.lag + watcher.first - 100])
        false += min(lows) < -3
        delays.append(next(n for n in range(1, 9_000) if watcher.add(drawn.normal(0.85, 0.15)) < -3))
    assert false <= 4
    assert np.median(delays) <= 400


def test_a_slow_fall_is_noticed() -> None:
    drawn = np.random.default_rng(4)
    noticed = []
    for _ in range(10):
        watcher = FallingMean()
        for x in drawn.normal(0.9, 0.15, 10_000):
            watcher.add(x)
        noticed.append(next(n for n in range(20_000) if watcher.add(drawn.normal(0.9 - n * 5e-6, 0.15)) < -3))
    assert np.median(noticed) <= 4_500


def test_numbers_that_never_change_are_no_reason_for_an_alarm() -> None:
    watcher = FallingMean(span=5, lag=100, first=10)
    assert {watcher.add(0.9) for _ in range(300)} == {0.0}
    assert watcher.add(0.1) == 0.0
    assert FallingMean.of(asdict(watcher)) == watcher
    with pytest.raises(TypeError):
        FallingMean.of({"span": 3, "colour": "red"})


def _overstated(said: np.ndarray, right: np.ndarray, at: float) -> int | None:
    watcher = Overstated()
    return next(
        (n for n, (p, one) in enumerate(zip(said, right, strict=True), 1)
         if watcher.add(float(p), right=bool(one)) >= at),
        None,
    )  # fmt: skip


def test_probabilities_that_hold_seldom_ring() -> None:
    drawn, rings = np.random.default_rng(5), 0
    for _ in range(100):
        said = drawn.beta(20, 1, 1_000)
        rings += _overstated(said, drawn.random(1_000) < said, 50_000) is not None
    # the mean time to a false alarm is at least 50,000, so within 1,000 at most one in fifty rings
    assert rings <= 6


@pytest.mark.parametrize(
    ("claimed", "true", "soon"), [(0.9, 0.83, 1_000), (0.95, 0.8, 150), (0.99, 0.9, 150)]
)
def test_probabilities_that_say_too_much_ring_soon(claimed: float, true: float, soon: int) -> None:
    drawn, delays = np.random.default_rng(6), []
    for _ in range(20):
        said = np.full(20_000, claimed)
        delays.append(_overstated(said, drawn.random(20_000) < true, 50_000) or 20_000)
    assert np.median(delays) <= soon


def test_probabilities_of_zero_and_one_can_be_watched() -> None:
    watcher = Overstated()
    for said in (0.0, 1.0, 0.0, 1.0):
        for right in (True, False):
            assert np.isfinite(watcher.add(said, right=right))
