"""Recommendations from a classifier's readings, with reasons in words and every reading by its name."""

from collections.abc import Sequence
from typing import Any

from surehand.core.bound import BoundStep, Facts
from surehand.core.classification import Classifier, Readings
from surehand.core.recommendation import Alternative, Recommendation
from surehand.providers.answer import checked, nothing

#: Below this, a reason says that a case is unlike what was learned, or that the methods differ.
_LOW = 0.5


def recommend(
    model: Classifier | None, step: BoundStep, cases: Sequence[Facts]
) -> list[Recommendation[Any] | Exception]:
    """One recommendation per case, in order; no answer with the reason where there is none.

    model  None: nothing was learned yet, so that people decide, and the first verdicts teach it
    """
    provider = step.model.provider if step.model is not None else "classifier"
    if model is None:
        return [nothing("Nothing was learned here yet", source=provider) for _ in cases]
    if not cases:
        return []
    readings = model.readings(cases)
    because, next_ = model.because(cases, readings.best), model.because(cases, readings.second)
    source = f"{provider} {model.version[:12]}"
    return [
        checked(step.step, _one(readings, at, because[at], next_[at], source))
        if readings.best[at] >= 0
        else nothing("There is nothing to read", source=source, signals=_signals(readings, at))
        for at in range(len(cases))
    ]


def _one(
    readings: Readings, at: int, because: tuple[str, ...], next_: tuple[str, ...], source: str
) -> Recommendation[Any]:
    confidence = float(readings.confidence[at])
    return Recommendation(
        value=readings.answers[readings.best[at]],
        confidence=confidence,
        reasons=(*because, *_doubts(readings, at)),
        alternatives=_alternatives(readings, at, confidence, next_),
        signals=_signals(readings, at),
        source=source,
    )


def _doubts(readings: Readings, at: int) -> tuple[str, ...]:
    doubts = []
    if readings.similarity[at] < _LOW:
        doubts.append("It is unlike the cases with this answer that were learned.")
    if readings.consensus[at] < _LOW:
        doubts.append("Two ways of looking at it disagree.")
    return tuple(doubts)


def _alternatives(
    readings: Readings, at: int, confidence: float, because: tuple[str, ...]
) -> tuple[Alternative, ...]:
    """The second answer, with what speaks for it and its share of what the first leaves over."""
    if readings.second[at] < 0:
        return ()
    rest = max(1.0 - float(readings.probability[at]), 1e-9)
    share = min(1.0, float(readings.runner_up[at]) / rest) * (1.0 - confidence)
    why = " ".join(because) or "It is the next most likely by what was learned."
    return (Alternative(readings.answers[readings.second[at]], why, min(share, confidence)),)


def _signals(readings: Readings, at: int) -> dict[str, float | None]:
    """Every reading of a case; none where there was nothing to read."""
    there = readings.best[at] >= 0
    named = {
        "probability": readings.probability,
        "margin": readings.margin,
        "input_similarity": readings.similarity,
        "consensus": readings.consensus,
    }
    return {name: float(values[at]) if there else None for name, values in named.items()}
