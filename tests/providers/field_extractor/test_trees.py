"""Trees as arrays say what scikit-learn says."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from surehand.providers.field_extractor.trees import averaged, of_boosting


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
