"""The first stage: linear models over hashed words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from . import grams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Linear:
    """Log odds from hashed words: the sum of their weights, plus a constant.

    weights  (grams.WIDTH,)
    """

    weights: "NDArray[np.float32]"
    bias: float

    def log_odds(self, rows: Sequence[Sequence[int]]) -> "NDArray[np.float64]":
        """(n,) log odds, kept within -12 and 12."""
        import numpy as np

        return np.clip(grams.scores(rows, self.weights, self.bias), -12.0, 12.0)

    def log_odds_of(self, rows: Any) -> "NDArray[np.float64]":
        """The same for rows of `sparse`."""
        import numpy as np

        odds: NDArray[np.float64] = np.clip(rows @ self.weights.astype(np.float64) + self.bias, -12.0, 12.0)
        return odds


def sparse(rows: Sequence[Sequence[int]]) -> Any:
    """(n, grams.WIDTH) as a sparse matrix: how often each row has each hashed word."""
    import numpy as np
    from scipy.sparse import csr_matrix

    counts = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    places = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(counts.sum()))
    starts = np.concatenate([[0], np.cumsum(counts)])
    return csr_matrix((np.ones(len(places)), places, starts), shape=(len(rows), grams.WIDTH))


def fitted_linear(
    rows: Any, right: "NDArray[np.bool_]", weight: "NDArray[np.float64]", *, strength: float
) -> Linear:
    """Logistic regression on hashed words; without an example of both kinds it says the same of everything.

    rows      as `sparse` gives them
    strength  inverse of the ridge
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if right.all() or not right.any():
        return Linear(np.zeros(grams.WIDTH, dtype=np.float32), 6.0 if len(right) and right.all() else -6.0)
    model = LogisticRegression(C=strength, max_iter=60, tol=1e-3)
    model.fit(rows, right, sample_weight=weight)
    return Linear(model.coef_[0].astype(np.float32), float(model.intercept_[0]))
