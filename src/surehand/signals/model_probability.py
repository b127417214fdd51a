"""How sure the model says it is, and how sure the reader was of what the model saw."""

from surehand.core.recommendation import probability
from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """The smaller of the recommendation's confidence and that of the weakest field read.

    A field counts if a reader gave it a confidence, it has a value, and no person has corrected it. An
    impossible confidence of a field is the lowest: a broken reader must not look sure.
    Returns None if the recommendation has no usable confidence.
    """
    confidence = probability(view.recommendation.confidence)
    if confidence is None:
        return None
    weakest = [
        probability(reading) or 0.0
        for name, reading in view.readings.items()
        if reading is not None and view.facts.get(name) is not None and name not in view.corrected
    ]
    return min([confidence, *weakest])
