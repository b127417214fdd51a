"""The benchmark of offsets by group, on made-up signals."""

import numpy as np

from benchmarks.confidence_groups import report
from surehand.core.confidence import OF_THE_MODEL, Answered

FIGURES = {"error", "gap", "could at 2 %", "could at 10 %"}


def world(shift: float) -> tuple[list[Answered], np.ndarray]:
    """Three groups, whose odds of being right are this far apart from what is said."""
    drawn = np.random.default_rng(2)
    groups = drawn.choice(["a", "b", "c"], 3_000)
    said = drawn.beta(6, 1, 3_000).clip(0.01, 0.99)
    odds = np.log(said / (1 - said)) + shift * np.select([groups == "a", groups == "b"], [1, -1], 0)
    right = drawn.random(3_000) < 1 / (1 + np.exp(-odds))
    cases = [Answered({OF_THE_MODEL: float(p)}, bool(one)) for p, one in zip(said, right, strict=True)]
    return cases, groups


def test_offsets_mend_groups_that_differ() -> None:
    for ways in report(*world(1.2), runs=2).values():
        assert all(set(figures) == FIGURES for figures in ways.values())
        assert ways["as differ"]["gap"] < ways["one"]["gap"] / 1.5
        assert ways["pulled"]["gap"] < ways["one"]["gap"]


def test_where_groups_do_not_differ_there_is_little_to_shift() -> None:
    for ways in report(*world(0.0), runs=2).values():
        assert abs(ways["as differ"]["gap"] - ways["one"]["gap"]) < 0.02
