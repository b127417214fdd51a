"""How the stages of a field did on documents they did not see: what its probabilities are fitted on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from surehand.stats import calibration
from surehand.stats.calibration import Logistic

from .choosing import RISING, SIGNALS
from .learned import Chosen, Learned, alone, choose
from .stages import Held

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: How often a field is expected to be missing although no labelled document lacks it.
_ABSENT_PRIOR = 0.03


class Trial:
    """How the stages did on documents they did not see: what the probabilities are fitted on."""

    def __init__(
        self,
        held: Sequence[Held],
        truths: Sequence[Any],
        similarity: Sequence[float],
        weights: "NDArray[np.float64]",
        folds: Sequence[int],
    ) -> None:
        self.truths, self.weights, self.folds = truths, weights, folds
        self.chosen = [_chosen(one, share) for one, share in zip(held, similarity, strict=True)]
        self.without = [
            _chosen(one, share, but=truth) for one, share, truth in zip(held, similarity, truths, strict=True)
        ]

    def nothing(self) -> float:
        """P(the field is not shown) where there is no candidate."""
        empty = [
            truth is None for truth, one in zip(self.truths, self.chosen, strict=True) if not one.answers
        ]
        return (sum(empty) + 0.5) / (len(empty) + 1)

    def results(self, learned: Learned) -> list[tuple[bool, float]]:
        """Whether each document was read right, and what was said of it, by probabilities of other folds."""
        out: list[tuple[bool, float]] = [(False, 0.0)] * len(self.truths)
        for number in sorted(set(self.folds)):
            right, absent = self.fitted(number)
            apart = replace(learned, right=right, absent=absent)
            for at, truth in enumerate(self.truths):
                if self.folds[at] == number:
                    verdict = apart.verdict(self.chosen[at])
                    out[at] = ((verdict.best.key if verdict.best else None) == truth, verdict.confidence)
        return out

    def fitted(self, but: int | None) -> tuple[Logistic, Logistic]:
        """P(right) and P(absent), from all folds but one."""
        import numpy as np

        rows, right, weight = [], [], []
        absent_rows, absent, absent_weight = [], [], []
        for at, truth in enumerate(self.truths):
            if self.folds[at] == but:
                continue
            if self.chosen[at].answers:
                rows.append(self.chosen[at].signals)
                right.append(self.chosen[at].answers[0].key == truth)
                weight.append(float(self.weights[at]))
                absent_rows.append(self.chosen[at].signals)
                absent.append(truth is None)
                absent_weight.append(float(self.weights[at]))
            if truth is not None and self.without[at].answers:  # as if the paper did not show it
                for into, label in ((rows, right), (absent_rows, absent)):
                    into.append(self.without[at].signals)
                    label.append(into is absent_rows)
                weight.append(float(self.weights[at]) * _ABSENT_PRIOR)
                absent_weight.append(float(self.weights[at]) * _ABSENT_PRIOR)
        if not rows:
            flat = Logistic(0.0, (0.0,) * len(SIGNALS), (0.0,) * len(SIGNALS), (1.0,) * len(SIGNALS))
            return flat, flat
        return (
            calibration.logistic(np.array(rows), np.array(right), weight=np.array(weight), rising=RISING),
            calibration.logistic(
                np.array(absent_rows),
                np.array(absent),
                weight=np.array(absent_weight),
                ridge=0.1,
                smoothed=False,
            ),
        )


def _chosen(held: Held, similarity: float, *, but: Any = None) -> Chosen:
    """The answers on a document that was left out; `but` leaves the right one out as well."""
    import numpy as np

    keep = [at for at, one in enumerate(held.candidates) if but is None or one.key != but]
    if not keep:
        return Chosen([], [])
    first = alone(held.candidates, held.first)
    return choose(
        [held.candidates[at] for at in keep], held.odds[np.array(keep)], first[np.array(keep)], similarity
    )
