"""The benchmark of the guarantee, on made-up confidence."""

import numpy as np
import pytest

from benchmarks import guarantee_texts
from benchmarks.guarantee_texts import CHANGES, Pool, World, offline, online, oracle, shifted, told
from surehand.core.guarantee import Plan
from tests.guarantees.worlds import perfect


@pytest.fixture
def pool() -> Pool:
    drawn = np.random.default_rng(1)
    scores = np.where(drawn.random(2_000) < 0.7, drawn.beta(300, 0.5, 2_000), drawn.beta(2, 2, 2_000))
    return scores, drawn.random(2_000) < scores


def test_what_is_certified_offline_keeps_what_is_promised(pool: Pool) -> None:
    runs = [offline(pool, Plan(0.02), seed=seed) for seed in range(20)]
    assert np.median([share for share, _ in runs]) > 0.5
    assert sum(above for _, above in runs) <= 3
    hopeless = np.random.default_rng(2).random(2_000), np.zeros(2_000, dtype=bool)
    assert offline(hopeless, Plan(0.02), seed=0) == (0.0, False)


@pytest.fixture
def small_world(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(guarantee_texts, "DECISIONS", 6_000)
    monkeypatch.setattr(guarantee_texts, "START", 3_000)
    outside = np.random.default_rng(3).beta(1, 4, 500), np.zeros(500, dtype=bool)
    return World(pool, outside, np.arange(len(pool[0])) % 20)


@pytest.mark.parametrize("change", [None, *CHANGES])
def test_a_run_and_what_is_told_of_several(small_world: World, change: str | None) -> None:
    plan = Plan(0.02)
    runs = [online(small_world, plan, seed=seed, change=change, people=perfect) for seed in range(2)]
    report = told(runs, plan)
    assert report["automated"] > 0.2
    assert report["error"] <= 0.02
    assert report["ever above"] == 0.0
    assert report["alarm at all"] in (0.0, 0.5, 1.0)


def test_kinds_become_as_frequent_as_drawn_and_stay_the_same(small_world: World) -> None:
    """The score says which kind it is, so that frequencies can be counted."""
    kinds = small_world.kinds
    marked = World((kinds / 20, np.ones(len(kinds), dtype=bool)), small_world.outside, kinds)
    drawn = np.random.default_rng(5)
    scores, right = shifted(marked, np.full(6_000, 0.5), np.zeros(6_000, dtype=bool), drawn)
    assert (scores[:3_000] == 0.5).all()
    assert not right[:3_000].any()
    assert right[3_000:].all()
    often = np.bincount(np.rint(scores[3_000:] * 20).astype(int), minlength=20) / 3_000
    before = 1 / 20
    assert often.max() > 2 * before
    assert (often < before / 3).sum() >= 2
    early, late = (np.bincount(np.rint(part * 20).astype(int), minlength=20) / 1_500
                   for part in np.split(scores[3_000:], 2))  # fmt: skip
    assert np.abs(early - late).max() < 0.04  # drawn once for all, and not again and again


def test_an_oracle_stops_where_too_many_are_wrong() -> None:
    scores, right = np.linspace(1, 0, 100), np.ones(100, dtype=bool)
    right[[10, 50, 51]] = False
    assert oracle((scores, right), 0.01) == 0.1
    assert oracle((scores, right), 0.02) == 0.5
    assert oracle((scores, right), 0.03) == 1.0
    assert oracle((scores, ~right), 0.02) == 0.0
