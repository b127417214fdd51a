"""The benchmark of fitted confidence, on made-up signals."""

import numpy as np
import pytest

from benchmarks.confidence import report
from surehand.core.confidence import OF_THE_MODEL, Answered


def test_a_fit_is_more_honest_than_the_lowest_signal() -> None:
    pytest.importorskip("sklearn")
    drawn = np.random.default_rng(1)
    true = drawn.beta(6, 1, 1_500)
    cases = [
        Answered({OF_THE_MODEL: float(p**0.2), "consensus": float(p**2)}, bool(drawn.random() < p))
        for p in true
    ]
    found = report(cases, drawn.random(1_500) < 0.95, runs=2)
    for ways in found.values():
        assert ways["fitted"]["error"] < ways["lowest"]["error"]
        assert 0 <= ways["with trees"]["could"] <= 1
