"""How much the input is like what the model has learned from."""

from surehand.core.recommendation import probability
from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """The smaller of what the reader of the document and the recommendation say; None where neither does.

    A layout or a sender that it has never seen, or a question of another kind, is a novelty: its first cases
    are for people. An impossible reading counts as none at all, and leaves none.
    """
    said = view.recommendation.signals.get("input_similarity")
    readings = [probability(one) for one in (view.similarity, said) if one is not None]
    usable = [one for one in readings if one is not None]
    return min(usable) if usable and len(usable) == len(readings) else None
