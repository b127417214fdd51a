"""Confidences that can be believed, checked by simulation."""

import numpy as np
import pytest

from surehand.stats.calibration import expected_calibration_error, logistic, reliability


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(n, 3))
    chance = 1 / (1 + np.exp(-(0.5 + 2.0 * X[:, 0] - 1.0 * X[:, 1])))
    return X, draw.random(n) < chance


def test_fitted_probabilities_are_honest_on_new_cases() -> None:
    model = logistic(*drawn(3_000, 1))
    X, right = drawn(20_000, 2)
    assert expected_calibration_error(model(X), right).error < 0.02


def test_a_score_that_says_nothing_gets_no_weight() -> None:
    model = logistic(*drawn(5_000, 3))
    assert abs(model.weights[2]) < 0.1 < 1.0 < model.weights[0]


def test_a_rising_score_never_lowers_the_probability() -> None:
    X, right = drawn(500, 4)
    assert logistic(X, right).weights[1] < 0
    assert logistic(X, right, rising=(0, 1)).weights[1] == 0


@pytest.mark.parametrize("all_right", [True, False])
def test_one_sided_evidence_vouches_for_no_more_than_its_size(all_right: bool) -> None:
    X = np.arange(20.0).reshape(-1, 1)
    said = logistic(X, np.full(20, all_right))(np.array([[1e6], [-1e6]]))
    assert ((said >= 1 / 22) & (said <= 21 / 22)).all()
    assert (said > 0.5).all() == all_right


def test_weights_count_like_copies() -> None:
    X, right = drawn(200, 5)
    weight = np.where(right, 2.0, 1.0)
    twice = logistic(np.vstack([X, X[right]]), np.concatenate([right, right[right]]), limits=(0, 1))
    np.testing.assert_allclose(logistic(X, right, weight=weight, limits=(0, 1))(X), twice(X), atol=1e-6)


def test_nothing_to_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        logistic(np.zeros((0, 1)), np.zeros(0, dtype=bool))


def test_the_interval_covers_no_error_when_confidences_are_honest() -> None:
    draw = np.random.default_rng(6)
    low = []
    for _ in range(200):
        said = draw.random(200)
        low.append(expected_calibration_error(said, draw.random(200) < said).low)
    assert np.mean(np.array(low) == 0.0) > 0.9


def test_overconfidence_is_seen() -> None:
    draw = np.random.default_rng(7)
    said = np.full(1_000, 0.99)
    found = expected_calibration_error(said, draw.random(1_000) < 0.8)
    assert 0.15 < found.error < 0.23
    assert found.low > 0.1


def test_the_table_has_every_case_once() -> None:
    said = np.linspace(0, 1, 101)
    table = reliability(said, said > 0.5, bins=10)
    assert sum(part.count for part in table) == 101
    assert [part.said for part in table] == sorted(part.said for part in table)


def test_no_cases_are_no_evidence() -> None:
    found = expected_calibration_error(np.zeros(0), np.zeros(0, dtype=bool))
    assert (found.error, found.low, found.high) == (0.0, 0.0, 1.0)
