"""How far different methods agree on the answer: two models, or repeated samples of one."""

from surehand.core.recommendation import probability
from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """What the recommendation says of it; None where one method alone was at work."""
    return probability(view.recommendation.signals.get("consensus"))
