"""Each signal as a table."""

import math
from typing import Any

import pytest

from surehand.core.recommendation import Recommendation
from surehand.core.signal import SignalView
from surehand.signals import (
    completeness,
    consensus,
    input_similarity,
    margin,
    model_probability,
    rule_clarity,
    token_probability,
)


def view(confidence: float | None = 0.9, *, signals: dict[str, Any] | None = None, **more: Any) -> SignalView:
    return SignalView(Recommendation(value="x", confidence=confidence, signals=signals or {}), **more)


FACTS = {"a": 1, "b": 2, "gone": None}


@pytest.mark.parametrize(
    ("seen", "reads"),
    [
        (view(0.9), 0.9),
        (view(None), None),
        (view(math.nan), None),
        (view(1.7), None),
        (view(0.9, readings={"a": 0.8, "b": 0.95}, facts=FACTS), 0.8),
        (view(0.7, readings={"a": 0.8}, facts=FACTS), 0.7),
        (view(0.9, readings={"a": None}, facts=FACTS), 0.9),
        (view(0.9, readings={"a": 0.1}, facts=FACTS, corrected=frozenset({"a"})), 0.9),
        (view(0.9, readings={"gone": 0.1}, facts=FACTS), 0.9),
        (view(0.9, readings={"a": math.nan}, facts=FACTS), 0.0),
        (view(0.9, readings={"a": 1.7}, facts=FACTS), 0.0),
        (view(None, readings={"a": 0.9}, facts=FACTS), None),
    ],
)
def test_model_probability(seen: SignalView, reads: float | None) -> None:
    assert model_probability.read(seen) == reads


@pytest.mark.parametrize(
    ("required", "reads"),
    [((), 1.0), (("a", "b"), 1.0), (("a", "gone"), 0.5), (("gone",), 0.0), (("nowhere", "a"), 0.5)],
)
def test_completeness(required: tuple[str, ...], reads: float) -> None:
    assert completeness.read(view(required=frozenset(required), facts=FACTS)) == reads


@pytest.mark.parametrize(
    ("given", "reads"), [({}, None), ({"rule_clarity": 0.5}, 0.5), ({"rule_clarity": 7}, None)]
)
def test_rule_clarity(given: dict[str, Any], reads: float | None) -> None:
    assert rule_clarity.read(view(signals=given)) == reads


@pytest.mark.parametrize(("signal", "name"), [(consensus, "consensus"), (margin, "margin")])
@pytest.mark.parametrize(("said", "reads"), [(0.4, 0.4), (0, 0), (None, None), (math.nan, None), (1.2, None)])
def test_what_the_recommendation_says_of_itself(signal: Any, name: str, said: Any, reads: Any) -> None:
    assert signal.read(view(signals={name: said})) == reads
    assert signal.read(view()) is None


@pytest.mark.parametrize(
    ("of_document", "of_recommendation", "reads"),
    [
        (None, None, None), (0.7, None, 0.7), (None, 0.6, 0.6), (0.7, 0.6, 0.6), (0.2, 0.6, 0.2),
        (math.nan, 0.6, None), (0.7, 3.0, None), (math.nan, None, None),
    ],
)  # fmt: skip
def test_input_similarity_is_the_smaller_of_both(
    of_document: Any, of_recommendation: Any, reads: Any
) -> None:
    seen = view(signals={"input_similarity": of_recommendation}, similarity=of_document)
    assert input_similarity.read(seen) == reads


@pytest.mark.parametrize(
    ("given", "reads"),
    [({}, None), ({"token_probability": 0.5}, 0.5), ({"token_probability": math.nan}, None),
     ({"token_probability": 1.01}, None), ({"token_probability": None}, None)],
)  # fmt: skip
def test_token_probability(given: dict[str, Any], reads: float | None) -> None:
    assert token_probability.read(view(signals=given)) == reads
