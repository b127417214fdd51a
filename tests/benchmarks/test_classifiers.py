"""Classifiers on public data, on parts left out for tuning; the test parts are for the benchmark alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import classifiers
from benchmarks.classifiers import SETS, area, run


def test_banking_questions(shared_data: Callable[[str], Path]) -> None:
    found = run(SETS["banking77"](shared_data("banking77"), True))
    assert found["answers"] == 77
    assert found["right"][0] > 0.85
    assert found["wrong among these"] < 0.04
    assert found["calibration error"][1] == 0.0  # off by no more than chance


@pytest.mark.long
def test_credits(shared_data: Callable[[str], Path]) -> None:
    found = run(SETS["german_credit"](shared_data("german_credit"), True))
    assert (found["vectors"], found["answers"]) == ("table", 2)
    assert found["right"][2] > 0.72
    assert found["right from wrong, AUROC"] > 0.6


def test_splits_share_no_row(shared_data: Callable[[str], Path]) -> None:
    for name, split_of in SETS.items():
        for tune in (True, False):
            split = split_of(shared_data(name), tune)
            rows = [*split.learned, *split.tested]
            assert len({id(one) for one in rows}) == len(rows)
            assert split.tested
    whole, part = (classifiers.clinc150(shared_data("clinc150"), tune) for tune in (False, True))
    assert len(whole.learned) == len(part.learned) + len(part.tested)


@pytest.mark.parametrize(
    ("scores", "positive", "expected"),
    [([0.9, 0.1], [1, 0], 1.0), ([0.1, 0.9], [1, 0], 0.0), ([0.5, 0.5], [1, 0], 0.5), ([0.5], [1], None)],
)
def test_area(scores: list[float], positive: list[int], expected: float | None) -> None:
    assert area(np.array(scores), np.array(positive, dtype=bool)) == expected
