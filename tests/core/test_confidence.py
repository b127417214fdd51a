"""A chain is as sure as its weakest link; what is missing or impossible is the lowest of all."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.confidence import Confidence, judged
from surehand.core.recommendation import probability

NAN = float("nan")


@pytest.mark.parametrize(
    ("signals", "value", "weakest"),
    [
        ({}, None, None),
        ({"a": 0.9}, 0.9, "a"),
        ({"a": 0.9, "b": 0.2}, 0.2, "b"),
        ({"a": 0.0, "b": 1.0}, 0.0, "a"),
        ({"a": 1}, 1.0, "a"),
        ({"a": 0.9, "b": None}, None, "b"),
        ({"a": None, "b": None}, None, "a"),
        ({"a": 0.9, "b": NAN}, None, "b"),
        ({"a": 0.9, "b": float("inf")}, None, "b"),
        ({"a": 0.9, "b": -float("inf")}, None, "b"),
        ({"a": 0.9, "b": 1.7}, None, "b"),
        ({"a": 0.9, "b": 1.0000001}, None, "b"),
        ({"a": 0.9, "b": -0.0001}, None, "b"),
        ({"a": 0.9, "b": True}, None, "b"),
        ({"a": 0.9, "b": "0.99"}, None, "b"),
        ({"a": 0.9, "b": Decimal("0.99")}, None, "b"),
        ({"a": 0.9, "b": [1]}, None, "b"),
    ],
)
def test_the_weakest_signal_sets_it(
    signals: dict[str, Any], value: float | None, weakest: str | None
) -> None:
    assert judged(signals) == Confidence(value, weakest)


@given(st.one_of(st.none(), st.floats(), st.integers(), st.booleans(), st.text()))
def test_a_probability_is_in_its_range_or_none(raw: Any) -> None:
    found = probability(raw)
    assert found is None or (isinstance(found, float) and 0.0 <= found <= 1.0 and found == raw)


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.floats(0, 1)), min_size=1), st.floats(0, 1))
def test_another_signal_never_makes_it_surer(signals: dict[str, float | None], more: float) -> None:
    before = judged(signals).value
    after = judged({**signals, "one more that was not there": more}).value
    if before is None:
        assert after is None
    else:
        assert after is not None
        assert after <= before
