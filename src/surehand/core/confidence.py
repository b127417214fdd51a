"""From signals to confidence.

Without a calibration record the confidence is the lowest of the declared signals: a chain is as sure as
its weakest link. A declared signal without a reading leaves no confidence at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from surehand.core.recommendation import probability


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the AI may be.

    value    in [0, 1], or None: it cannot be told, which counts as the lowest
    weakest  the signal that set it, or the first that is missing
    """

    value: float | None
    weakest: str | None


def judged(signals: Mapping[str, float | None]) -> Confidence:
    """The confidence that the declared signals allow.

    signals  name -> reading in [0, 1] or None; impossible readings count as missing
    """
    readings = {name: probability(value) for name, value in signals.items()}
    for name, value in readings.items():
        if value is None:
            return Confidence(None, name)
    if not readings:
        return Confidence(None, None)
    weakest = min(readings, key=lambda name: readings[name] or 0.0)
    return Confidence(readings[weakest], weakest)
