"""From signals to confidence.

Without a calibration the confidence is the lowest of the declared signals: a chain is as sure as its weakest
link, and a declared signal without a reading leaves no confidence at all. A calibration is fitted on answers
that people gave unseen; then the confidence is the probability that the AI is right.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.core.recommendation import probability
from surehand.stats.calibration import Bin, Logistic, Miscalibration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The signal that is a probability of being right by itself, as far as it can be believed.
OF_THE_MODEL = "model_probability"

#: Pull towards what the signals say by themselves, in answers. With it a hundred answers serve on public data
#: already (docs/benchmarks.md).
_PULL = 3.0

#: Readings are kept off 0 and 1, where their odds are without end.
_NEAREST = 1e-4
_FARTHEST = 1 - _NEAREST

#: Parts of the answers of which each is judged by what the others teach.
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the AI may be.

    value    in [0, 1], or None: it cannot be told, which counts as the lowest
    weakest  the signal that set it, or lowers it most, or the first that is missing
    """

    value: float | None
    weakest: str | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What readings of the declared signals say about the AI being right.

    signals  names in the order of `fit`, after the one that leads
    leads    the signal that is a probability by itself; None: the lowest of all is
    fit      on the log odds of the readings; no signal ever lowers the confidence by being higher
    """

    signals: tuple[str, ...]
    leads: str | None
    fit: Logistic

    def __call__(self, readings: Mapping[str, float]) -> float | None:
        """The probability that the AI is right, in [0, 1]; None without any reading.

        readings  those that can be used; a signal without one counts as the lowest there is
        """
        return self.fit.one(_row(self.signals, self.leads, readings)) if readings else None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {"signals": list(self.signals), "leads": self.leads, "fit": self.fit.plain}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Calibration":
        """From its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        leads = plain["leads"]
        return cls(tuple(map(str, plain["signals"])), None if leads is None else str(leads),
                   Logistic.of_json(plain["fit"]))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """What the signals said of a case, and what somebody said who did not see the AI's view.

    odds  probability with which somebody was asked
    """

    signals: Mapping[str, float | None]
    right: bool
    odds: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and how far confidence was off before it and is after it, on answers it had not seen.

    table  said against right, of like confidence
    """

    calibration: Calibration
    answers: int
    before: Miscalibration
    after: Miscalibration
    table: tuple[Bin, ...]


def judged(signals: Mapping[str, float | None], calibration: Calibration | None = None) -> Confidence:
    """The confidence that the declared signals allow.

    signals  name -> reading in [0, 1] or None; impossible readings count as missing
    """
    readings = _usable(signals)
    weakest = min(readings, key=readings.__getitem__, default=None)
    if len(readings) < len(signals):
        weakest = next(name for name in signals if name not in readings)
    if calibration is not None and signals.keys() == set(calibration.signals):
        return Confidence(calibration(readings), weakest)
    return Confidence(readings.get(weakest) if weakest is not None else None, weakest)


def calibrated(answers: Sequence[Answered], signals: Sequence[str]) -> Calibrated:
    """Fit a calibration on answers, each counted by how seldom its like was asked about.

    Raises ValueError without an answer.
    """
    import numpy as np

    from surehand.stats.calibration import expected_calibration_error, reliability

    names = tuple(sorted(signals))
    leads = OF_THE_MODEL if OF_THE_MODEL in names else None
    rows = np.array([_row(names, leads, _usable(one.signals)) for one in answers], dtype=np.float64)
    right = np.array([one.right for one in answers], dtype=bool)
    weight = 1.0 / np.array([one.odds for one in answers], dtype=np.float64)
    weight /= weight.mean() if len(weight) else 1.0
    fit = _fit(rows, right, weight)
    seen = np.arange(len(answers)) % _FOLDS
    said = np.empty(len(answers))
    for part in range(min(_FOLDS, len(answers))):
        out = seen == part
        kept = ~out if len(answers) > 1 else out
        said[out] = _fit(rows[kept], right[kept], weight[kept])(rows[out])
    alone = np.array([judged(one.signals).value or 0.0 for one in answers])
    return Calibrated(
        Calibration(names, leads, fit), len(answers), expected_calibration_error(alone, right),
        expected_calibration_error(said, right), reliability(said, right),
    )  # fmt: skip


def _fit(rows: "NDArray[np.float64]", right: "NDArray[np.bool_]", weight: "NDArray[np.float64]") -> Logistic:
    from surehand.stats.calibration import logistic

    k = rows.shape[1] if rows.ndim == 2 else 0
    fit = logistic(
        rows, right, weight=weight, ridge=_PULL, rising=range(k), towards=[1.0, *[0.0] * (k - 1)],
        smoothed=False, limits=(_NEAREST, _FARTHEST),
    )  # fmt: skip
    # the last bits hang on how a processor adds up; the same answers are to give the same version
    return Logistic(
        _plain([fit.constant])[0], _plain(fit.weights), _plain(fit.mean), _plain(fit.scale), fit.floor,
        fit.ceiling,
    )  # fmt: skip


def _plain(numbers: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(f"{number:.9g}") for number in numbers)


def _usable(signals: Mapping[str, float | None]) -> dict[str, float]:
    """Readings in [0, 1] by name, without those that are missing or impossible."""
    return {name: reading for name, value in signals.items() if (reading := probability(value)) is not None}


def _row(names: Sequence[str], leads: str | None, readings: Mapping[str, float]) -> list[float]:
    """Log odds of what leads, and of every other signal; of one without a reading those of 0."""
    values = [readings.get(name, 0.0) for name in names if name != leads]
    first = readings.get(leads, 0.0) if leads is not None else min(values, default=0.0)
    return [_odds(first), *map(_odds, values)]


def _odds(share: float) -> float:
    within = share if _NEAREST <= share <= _FARTHEST else _NEAREST if share < _NEAREST else _FARTHEST
    return math.log(within / (1 - within))
