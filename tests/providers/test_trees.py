"""Trees as arrays say what scikit-learn says."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from surehand.providers.trees import averaged, coded, edges_of, of_boosting, uncoded


def fitted(seed: int) -> tuple[HistGradientBoostingClassifier, np.ndarray]:
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(700, 6))
    y = X[:, 0] + X[:, 1] * X[:, 2] + draw.normal(scale=0.3, size=700) > 0
    return HistGradientBoostingClassifier(max_iter=25, random_state=seed).fit(X, y), X


def test_exported_trees_equal_the_library() -> None:
    model, X = fitted(1)
    np.testing.assert_allclose(of_boosting(model).log_odds(X), model.decision_function(X), atol=1e-9)


def test_an_average_is_the_mean_of_the_log_odds() -> None:
    (one, X), (other, _) = fitted(1), fitted(2)
    both = averaged([of_boosting(one), of_boosting(other)])
    mean = (one.decision_function(X) + other.decision_function(X)) / 2
    np.testing.assert_allclose(both.log_odds(X), mean, atol=1e-9)


def test_no_rows_give_no_scores() -> None:
    assert len(of_boosting(fitted(1)[0]).log_odds(np.zeros((0, 6)))) == 0


def test_trees_fitted_on_codes_say_the_same_of_the_values() -> None:
    draw = np.random.default_rng(3)
    X = np.round(draw.normal(size=(500, 4)), 2)
    X[:, 3] = draw.integers(0, 3, size=500)
    edges = edges_of(X, most=20)
    codes = coded(X, edges)
    model = HistGradientBoostingClassifier(max_iter=20, max_bins=63).fit(codes, X[:, 0] * X[:, 3] > 0.2)
    trees = uncoded(of_boosting(model), edges)
    np.testing.assert_allclose(trees.log_odds(X), model.decision_function(codes), atol=1e-9)
