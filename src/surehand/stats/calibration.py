"""From scores to probabilities that can be believed: logistic calibration, and how far it is off."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from surehand.stats.intervals import Z95

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(right) = 1 / (1 + exp(-(constant + weights . (x - mean) / scale))), within `floor` and `ceiling`."""

    constant: float
    weights: tuple[float, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    floor: float = 0.001
    ceiling: float = 0.999

    def __call__(self, X: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """(n,) probabilities of the rows of X (n, k)."""
        import numpy as np

        z = self.constant + ((X - np.array(self.mean)) / np.array(self.scale)) @ np.array(self.weights)
        said: NDArray[np.float64] = np.clip(
            1.0 / (1.0 + np.exp(-np.clip(z, -40, 40))), self.floor, self.ceiling
        )
        return said

    def one(self, x: Sequence[float]) -> float:
        """The probability of a single row; much quicker than an array of one row."""
        columns = zip(self.weights, x, self.mean, self.scale, strict=True)
        z = self.constant + sum([weight * (value - mean) / scale for weight, value, mean, scale in columns])
        said = 1.0 / (1.0 + math.exp(-min(max(z, -40.0), 40.0)))
        return min(max(said, self.floor), self.ceiling)

    @property
    def plain(self) -> dict[str, Any]:
        """Its fields as JSON."""
        return asdict(self)

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Logistic":
        """From its fields as JSON. Raises KeyError, TypeError or ValueError for anything else."""
        weights, mean, scale = (tuple(map(float, stored[name])) for name in ("weights", "mean", "scale"))
        floor, ceiling = float(stored["floor"]), float(stored["ceiling"])
        return cls(float(stored["constant"]), weights, mean, scale, floor, ceiling)


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of like confidence: how many, what was said on average, and what share was right."""

    count: int
    said: float
    right: float


@dataclass(frozen=True, slots=True)
class Miscalibration:
    """Expected calibration error with an interval; all between 0 and 1."""

    error: float
    low: float
    high: float


def logistic(
    X: "NDArray[np.float64]",
    right: "NDArray[np.bool_]",
    *,
    weight: "NDArray[np.float64] | None" = None,
    ridge: float = 1.0,
    rising: Sequence[int] = (),
    towards: Sequence[float] | None = None,
    smoothed: bool = True,
    limits: tuple[float, float] | None = None,
) -> Logistic:
    """Ridge logistic regression by Newton's method, on columns brought to mean 0 and deviation 1.

    X       (n, k) scores; columns that never change get no weight
    right   (n,) bool
    weight  (n,) of each case; all 1 when left out
    ridge   pull of the weights towards 0, or towards what is said, in cases
    rising  columns that may only raise the probability; a weight below 0 becomes 0, the rest is fitted again
    towards  (k,) what is believed of the weights before any case, in units of the columns; then the constant
            is pulled to 0 as well, a third as strongly
    smoothed  targets are pulled in as in Platt (1999), so that a perfect split gives no infinite weight
    limits  lowest and highest probability; by default what the number of cases can vouch for: with none wrong
            among n, no more than (n + 1) / (n + 2)
    raises  ValueError without a case
    """
    import numpy as np

    n, k = X.shape
    if not n:
        raise ValueError("there is nothing to calibrate on")
    w = np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64)
    mean = np.average(X, axis=0, weights=w)
    scale = np.sqrt(np.average((X - mean) ** 2, axis=0, weights=w))
    scale = np.where(scale > 1e-9, scale, 1.0)
    Z = np.hstack([np.ones((n, 1)), (X - mean) / scale])
    good, bad = float(w[right].sum()), float(w[~right].sum())
    target = np.where(right, (good + 1) / (good + 2), 1 / (bad + 2)) if smoothed else right.astype(np.float64)
    free = np.ones(k + 1, dtype=bool)
    before = np.zeros(k + 1)
    if towards is not None:
        believed = np.asarray(towards, dtype=np.float64)
        before = np.concatenate([[believed @ mean], believed * scale])
    beta = _newton(Z, target, w, ridge, free, before)
    while any(beta[column + 1] < 0 for column in rising):
        for column in rising:
            if beta[column + 1] < 0:
                free[column + 1] = False
        beta = _newton(Z, target, w, ridge, free, before)
    total = float(w.sum())
    low, high = limits or (1 / (total + 2), (total + 1) / (total + 2))
    return Logistic(
        float(beta[0]),
        tuple(map(float, beta[1:])),
        tuple(map(float, mean)),
        tuple(map(float, scale)),
        low,
        high,
    )


def _newton(
    Z: "NDArray[np.float64]",
    target: "NDArray[np.float64]",
    w: "NDArray[np.float64]",
    ridge: float,
    free: "NDArray[np.bool_]",
    before: "NDArray[np.float64]",
) -> "NDArray[np.float64]":
    """Weights of the free columns; the others are 0. Steps are halved until the loss falls.

    before  the weights, with the constant first, that the fit is pulled to
    """
    import numpy as np

    beta = np.where(free, before, 0.0)
    penalty = np.full(Z.shape[1], ridge)
    # nothing is believed of the constant, unless something is believed of the weights
    penalty[0] = ridge / 3 if before.any() else 1e-6

    def loss(b: "NDArray[np.float64]") -> float:
        z, away = Z @ b, (b - before)[free]
        return float((w * (np.logaddexp(0, z) - target * z)).sum() + 0.5 * (penalty[free] * away**2).sum())

    best = loss(beta)
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(Z @ beta, -40, 40)))
        slope = (Z.T @ (w * (p - target)) + penalty * (beta - before))[free]
        curve = (Z * (w * p * (1 - p))[:, None]).T @ Z + np.diag(penalty)
        step = np.zeros(len(beta))
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope)
        size = 1.0
        while size > 1e-4 and loss(beta - size * step) > best:
            size /= 2
        after = loss(beta - size * step)
        if after > best - 1e-9:
            break
        beta, best = beta - size * step, after
    return beta


def reliability(
    said: "NDArray[np.float64]", right: "NDArray[np.bool_]", *, bins: int = 10
) -> tuple[Bin, ...]:
    """Cases sorted by confidence and cut into parts of equal size: said against right.

    Cases of the same confidence count alike, each with the share of them that is right: in which order they
    came says nothing, and may not decide in which part the wrong ones are.

    said   (n,) confidence in [0, 1]
    right  (n,) bool
    """
    import numpy as np

    _, same = np.unique(said, return_inverse=True)
    share = (np.bincount(same, weights=right) / np.maximum(np.bincount(same), 1))[same]
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, max(len(said), 1))) if len(part)]
    return tuple(Bin(len(part), float(said[part].mean()), float(share[part].mean())) for part in parts)


def expected_calibration_error(
    said: "NDArray[np.float64]", right: "NDArray[np.bool_]", *, bins: int = 10
) -> Miscalibration:
    """Mean distance between said and right over parts of equal size, with a 95 % interval.

    The interval adds and takes away 1.96 standard errors of the parts' shares, as if all parts erred in one
    direction, and takes cases as independent. A small sample gives an error above 0 even when all
    confidences are honest, so look at `low` before blaming.
    Source: Naeini et al., Obtaining Well Calibrated Probabilities Using Bayesian Binning, 2015.
    """
    return miscalibration(reliability(said, right, bins=bins))


def miscalibration(table: Sequence[Bin]) -> Miscalibration:
    """The same of a table that is there already."""
    n = sum(part.count for part in table)
    if not n:
        return Miscalibration(0.0, 0.0, 1.0)
    error = sum(part.count * abs(part.said - part.right) for part in table) / n
    variance = sum((part.count / n) ** 2 * part.said * (1 - part.said) / part.count for part in table)
    reach = Z95 * math.sqrt(variance * len(table))
    return Miscalibration(error, max(0.0, error - reach), min(1.0, error + reach))
