"""How two methods are mixed, from what they said of cases that were left out."""

import numpy as np
import pytest

from surehand.providers.classifier.fitting import fitted, wrong_among_the_surest
from surehand.providers.classifier.panel import Opinions
from surehand.providers.classifier.sureness import judge

CASES, ANSWERS = 1_500, 5


def said(truth: np.ndarray, draw: np.random.Generator, *, clear: float) -> np.ndarray:
    """Scores of every answer, that of the right one higher."""
    scores = draw.normal(size=(len(truth), ANSWERS))
    scores[np.arange(len(truth)), truth] += clear
    return scores


def right_of(first: float, second: float) -> tuple[float, float, float]:
    """Share of right answers of each method alone, and of both together."""
    draw = np.random.default_rng(0)
    truth = draw.integers(ANSWERS, size=CASES)
    one, other = (said(truth, draw, clear=clear) for clear in (first, second))
    opinions = Opinions(one, other, draw.normal(size=one.shape), np.zeros(CASES, dtype=bool))
    made = fitted(opinions, truth)
    best = judge(opinions, made.heat, made.mix).best
    alone, beside, together = ((b == truth).mean() for b in (one.argmax(axis=1), other.argmax(axis=1), best))
    return float(alone), float(beside), float(together)


def test_a_method_that_knows_nothing_spoils_nothing() -> None:
    alone, nothing, together = right_of(3.0, 0.0)
    assert together > alone - 0.005 > nothing + 0.5
    nothing, alone, together = right_of(0.0, 3.0)
    assert together > alone - 0.02 > nothing + 0.5


def test_methods_that_know_as_much_know_more_together() -> None:
    alone, beside, together = right_of(2.5, 2.5)
    assert together > max(alone, beside) + 0.03


@pytest.mark.parametrize(
    ("said", "right", "weight", "share"),
    [
        ([0.9, 0.8, 0.7], [True, False, True], [1, 1, 1], (0 + 1 / 2 + 1 / 3) / 3),
        ([0.7, 0.8, 0.9], [True, False, True], [1, 1, 1], (0 + 1 / 2 + 1 / 3) / 3),
        ([0.9, 0.9, 0.7], [True, False, True], [1, 1, 1], (1 / 2 + 1 / 2 + 1 / 3) / 3),
        ([0.9, 0.9, 0.7], [False, True, True], [1, 1, 1], (1 / 2 + 1 / 2 + 1 / 3) / 3),
        ([0.9, 0.8], [True, False], [1, 3], (0 * 1 + 3 / 4 * 3) / 4),
    ],
)
def test_wrong_answers_cost_more_the_surer_they_were(
    said: list[float], right: list[bool], weight: list[float], share: float
) -> None:
    found = wrong_among_the_surest(np.array(said), np.array(right), np.array(weight, dtype=float))
    assert found == pytest.approx(share)
