"""From the opinions of two methods to an answer, its readings, and the probability that it is right."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surehand.core.classification import Answer, Readings
from surehand.stats.calibration import Logistic

from .panel import Opinions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What `measures` gives; P(right) rests on these, and grows with each. Models that were made before there was
#: the last one rest on the others.
MEASURES = 7
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Sureness:
    """How opinions become probabilities; every number was fitted on cases that were left out.

    heat    what the scores of the first and of the second method are multiplied by
    mix     share of the first method in the answer
    slope, lean, constant  log odds of similarity: from the nearness to the answer's cases, and from the score
            that the first method gives the answer
    lowest  nearness that nearly all cases reach
    reach   how far below that confidence falls to a third
    right   P(right) from `measures`
    """

    heat: tuple[float, float]
    mix: float
    slope: float
    lean: float
    constant: float
    lowest: float
    reach: float
    right: Logistic

    def readings(self, answers: tuple[Answer, ...], opinions: Opinions) -> Readings:
        """All that is said of n cases."""
        import numpy as np

        judged = judge(opinions, self.heat, self.mix)
        best, rows, there = judged.best, np.arange(len(judged.best)), ~opinions.blank
        near = opinions.near[rows, best]
        right = self.right(measures(opinions, judged)[:, : len(self.right.weights)]) * self.kinship(near)
        odds = self.slope * near + self.lean * opinions.first[rows, best] + self.constant
        return Readings(
            answers,
            np.where(there, best, -1),
            np.where(there, judged.second, -1),
            *(
                np.where(there, share, 0.0)
                for share in (
                    right, judged.top, judged.runner_up, judged.top - judged.runner_up,
                    1 / (1 + np.exp(-np.clip(odds, -30, 30))), judged.consensus,
                )
            ),
        )  # fmt: skip

    def kinship(self, near: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """(n,) 1 for a case as near as nearly all learned ones; falls to 0 for one that is like none."""
        import numpy as np

        return np.exp(np.minimum(0.0, (near - self.lowest) / self.reach))


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers to n cases.

    best, second     (n,) places
    top, runner_up   (n,) their shares
    consensus        (n,) see `Readings`
    """

    best: "NDArray[np.int64]"
    second: "NDArray[np.int64]"
    top: "NDArray[np.float64]"
    runner_up: "NDArray[np.float64]"
    consensus: "NDArray[np.float64]"


def judge(opinions: Opinions, heat: tuple[float, float], mix: float) -> Judged:
    """The answer that both methods together find likeliest, and how far they agree on it."""
    import numpy as np

    rows = np.arange(len(opinions.first))
    one, other = softmax(opinions.first * heat[0]), softmax(opinions.second * heat[1])
    together = mix * one + (1 - mix) * other
    best = together.argmax(axis=1)
    rest = together.copy()
    rest[rows, best] = -1.0
    second = rest.argmax(axis=1)
    consensus = np.minimum(*(said[rows, best] / said.max(axis=1) for said in (one, other)))
    return Judged(best, second, together[rows, best], together[rows, second], consensus)


def measures(opinions: Opinions, judged: Judged) -> "NDArray[np.float64]":
    """(n, MEASURES) what P(right) rests on."""
    import numpy as np

    rows, best = np.arange(len(judged.best)), judged.best
    top = np.clip(judged.top, _LEAST, 1 - _LEAST)
    return np.stack(
        [
            np.log(top / (1 - top)),
            np.log(top / np.maximum(judged.runner_up, _LEAST)),
            opinions.first[rows, best],
            opinions.near[rows, best],
            _lead(opinions.near, best),
            np.log(np.maximum(judged.consensus, _LEAST)),
            _lead(opinions.first, best),
        ],
        axis=1,
    )


def _lead(scores: "NDArray[np.float64]", best: "NDArray[np.int64]") -> "NDArray[np.float64]":
    """(n,) how far the answer lies above the best of the others; below 0 where that lies above it."""
    import numpy as np

    rows, others = np.arange(len(best)), scores.copy()
    others[rows, best] = -math.inf
    lead: NDArray[np.float64] = scores[rows, best] - others.max(axis=1)
    return lead


def softmax(scores: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """(n, k) shares that add up to 1 in each row."""
    import numpy as np

    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
