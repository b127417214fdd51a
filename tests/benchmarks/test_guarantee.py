"""The benchmark of the guarantee, on made-up confidence."""

import numpy as np
import pytest

from benchmarks import guarantee_texts
from benchmarks.guarantee_texts import Pool, offline, online, told
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


def test_a_run_and_what_is_told_of_several(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarantee_texts, "DECISIONS", 6_000)
    monkeypatch.setattr(guarantee_texts, "START", 3_000)
    plan = Plan(0.02)
    outside = np.random.default_rng(3).beta(1, 4, 500), np.zeros(500, dtype=bool)
    runs = [online(pool, outside, plan, seed=seed, drift=True, people=perfect) for seed in range(2)]
    report = told(runs, plan)
    assert report["automated"] > 0.2
    assert report["error"] <= 0.02
    assert report["ever above"] == 0.0
