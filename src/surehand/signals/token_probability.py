"""How likely the words of a language model's answer were to itself, by its server's log-probabilities."""

from surehand.core.recommendation import probability
from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """What the recommendation says of it; None where the server gave none that can be used.

    It is no probability of being right: a model can be fluent and wrong. So it stands beside
    `model_probability` and never for it.
    """
    return probability(view.recommendation.signals.get("token_probability"))
