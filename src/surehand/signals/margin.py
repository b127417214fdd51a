"""How far the answer is ahead of the next one."""

from surehand.core.recommendation import probability
from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """The difference of the two best shares, as the recommendation says it; None where it does not.

    It is no probability: an answer can be far ahead and wrong, when the case is like nothing learned.
    """
    return probability(view.recommendation.signals.get("margin"))
