"""How clearly the rules speak: 1.0 when all rows that apply say the same."""

from surehand.core.recommendation import probability
from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """What the recommendation's table said of itself; None where no table answered."""
    return probability(view.recommendation.signals.get("rule_clarity"))
