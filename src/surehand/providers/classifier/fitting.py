"""Fitting what `sureness` needs, on opinions about cases that were left out."""

from typing import TYPE_CHECKING

from surehand.errors import NotEnoughEvidence
from surehand.stats import calibration

from .panel import Opinions
from .sureness import MEASURES, Judged, Sureness, judge, measures, softmax

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Out-of-scope examples count as if at least this share of all cases were out of scope: who collects
#: examples finds fewer of them than come in.
_OUTSIDE = 0.05
#: With fewer out-of-scope examples, the scale of similarity is set by the cases in scope alone.
_ENOUGH = 30
_MIXES = (1.0, 0.75, 0.5, 0.25)
#: Shares of cases in scope that are less near than `Sureness.lowest`, and than a similarity of one half.
_NEARLY_ALL, _HALF = 0.01, 0.03
_RIDGE = 2.0


def fitted(opinions: Opinions, truth: "NDArray[np.int64]", *, out_of_scope: float | None = None) -> Sureness:
    """The sureness that is honest about these cases.

    opinions  on n cases, by panels that had not seen them
    truth     (n,) place of the right answer; -1: out of scope
    out_of_scope  share of out-of-scope cases that the confidence is to hold for; see `training.train`
    raises    NotEnoughEvidence: every case in scope is blank
    """
    import numpy as np

    inside = (truth >= 0) & ~opinions.blank
    if not inside.any():
        raise NotEnoughEvidence("there is nothing to read in the examples: what the model reads is empty")
    heat = (
        _heat(opinions.first[inside], truth[inside]),
        _heat(opinions.second[inside], truth[inside]),
    )
    outside = (truth < 0) & ~opinions.blank
    there = inside | outside
    weight = np.where(outside, _of_outside(int(inside.sum()), int(outside.sum()), out_of_scope), 1.0)[there]
    mix, judged, right = _mixed(opinions, truth, there, weight, heat)
    rows = np.arange(len(truth))
    near, first = opinions.near[rows, judged.best], opinions.first[rows, judged.best]
    slope, lean, constant = _likeness(np.stack([near, first], axis=1), inside, outside)
    low, middle = (float(np.quantile(near[inside], share)) for share in (_NEARLY_ALL, 0.5))
    return Sureness(heat, mix, slope, lean, constant, low, max(middle - low, 1e-3), right)


def _limits(count: int) -> tuple[float, float]:
    """What so many cases can vouch for: with none wrong among them, no more than (n + 1) / (n + 2)."""
    return 1 / (count + 2), (count + 1) / (count + 2)


def _of_outside(inside: int, outside: int, share: float | None) -> float:
    """How much each out-of-scope example counts, beside 1 for each in scope."""
    if not outside:
        return 1.0
    wanted = max(_OUTSIDE, outside / (inside + outside)) if share is None else min(share, 0.9)
    return wanted / (1 - wanted) * inside / outside


def _heat(scores: "NDArray[np.float64]", truth: "NDArray[np.int64]") -> float:
    """The factor at which the shares of these scores are least surprised by the truth."""
    import numpy as np

    if not len(truth):
        return 1.0
    grid = np.geomspace(0.05, 100.0, 34)
    losses = [_surprise(softmax(scores * heat), truth) for heat in grid]
    return float(grid[int(np.argmin(losses))])


def _mixed(
    opinions: Opinions,
    truth: "NDArray[np.int64]",
    there: "NDArray[np.bool_]",
    weight: "NDArray[np.float64]",
    heat: tuple[float, float],
) -> tuple[float, Judged, calibration.Logistic]:
    """The share of the first method with which the fewest of the surest are wrong; answers and P(right) then.

    The share that surprises least is another one: it may put worse answers first.

    there   (n,) what counts; weight: of each that does
    """
    tried = []
    limits = _limits(int((there & (truth >= 0)).sum()))
    for mix in _MIXES:
        judged = judge(opinions, heat, mix)
        said, came = measures(opinions, judged)[there], (judged.best == truth)[there]
        right = calibration.logistic(
            said, came, weight=weight, ridge=_RIDGE, rising=range(MEASURES), limits=limits
        )
        tried.append((wrong_among_the_surest(right(said), came, weight), mix, judged, right))
    _, mix, judged, right = min(tried, key=lambda one: one[0])
    return mix, judged, right


def wrong_among_the_surest(
    said: "NDArray[np.float64]", right: "NDArray[np.bool_]", weight: "NDArray[np.float64]"
) -> float:
    """Share of wrong answers among the surest, on average over all shares of the cases that may be taken.

    Answers of the same confidence count alike: in which order they came says nothing.
    Source: Geifman, Uziel and El-Yaniv, Bias-Reduced Uncertainty Estimation, 2019 (area under the curve of
    risk and coverage).
    """
    import numpy as np

    _, same = np.unique(-said, return_inverse=True)
    counted = np.bincount(same, weights=weight)
    wrong = (np.bincount(same, weights=weight * ~right) / counted)[same]
    order = np.argsort(-said, kind="stable")
    among = np.cumsum((weight * wrong)[order]) / np.cumsum(weight[order])
    return float(np.average(among, weights=weight[order]))


def _surprise(shares: "NDArray[np.float64]", truth: "NDArray[np.int64]") -> float:
    import numpy as np

    return float(-np.log(np.maximum(shares[np.arange(len(truth)), truth], 1e-9)).mean())


def _likeness(
    X: "NDArray[np.float64]", inside: "NDArray[np.bool_]", outside: "NDArray[np.bool_]"
) -> tuple[float, float, float]:
    """What nearness and score weigh in similarity, and the constant: one half is the border of the scope.

    X  (n, 2) nearness and score of the answers
    """
    import numpy as np

    if outside.sum() >= _ENOUGH:
        both = inside | outside
        weight = np.where(inside, 0.5 / inside.sum(), 0.5 / outside.sum()) * both.sum()
        line = calibration.logistic(X[both], inside[both], weight=weight[both], rising=(0, 1))
        slope, lean = (weight / scale for weight, scale in zip(line.weights, line.scale, strict=True))
        if slope > 0:
            return slope, lean, line.constant - slope * line.mean[0] - lean * line.mean[1]
    half, middle = (float(np.quantile(X[inside, 0], share)) for share in (_HALF, 0.5))
    slope = 3.0 / max(middle - half, 1e-3)  # 0.95 in the middle
    return slope, 0.0, -slope * half
