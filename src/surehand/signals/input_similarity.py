"""How much the input is like what the model has learned from."""

from surehand.core.recommendation import probability
from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """What the reader of the document says; None where no trained reader was at work.

    A layout or a sender that it has never seen is a novelty: its first cases are for people.
    """
    return probability(view.similarity)
