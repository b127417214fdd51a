"""Near duplicates and precedents: what counts as the same matter, and what as alike."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from surehand.core.likeness import (
    Precedent,
    Traits,
    Weighed,
    alikeness,
    answered,
    flags_of,
    most_alike,
    same_matter,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def traits(days: int = 0, stake: str | None = "100", **marks: str) -> Traits:
    return Traits(NOW - timedelta(days=days), None if stake is None else Decimal(stake), marks)


@pytest.mark.parametrize(
    ("here", "there", "agree"),
    [
        (traits(number="A1"), traits(200, number="A1"), ("number", "sum")),
        (traits(number="A1"), traits(200, "90", number="A1"), ("number",)),
        (traits(number="A1"), traits(401, number="A1"), ()),
        (traits(number="A1"), traits(30, number="B2"), ("sum",)),
        (traits(number="A1"), traits(31, number="B2"), ()),
        (traits(number=""), traits(200, number=""), ()),
        (traits(number=""), traits(2, number=""), ("sum",)),
        (traits(number="A1", year="5"), traits(9, "1", number="A1", year="6"), ()),
        (traits(), traits(30, "100.00"), ("sum",)),
        (traits(), traits(-30), ("sum",)),
        (traits(stake="0"), traits(1, "0"), ()),
        (traits(stake=None), traits(1, None), ()),
        (traits(stake=None, number="A1"), traits(1, None, number="A1"), ("number",)),
    ],
)
def test_near_duplicates(here: Traits, there: Traits, agree: tuple[str, ...]) -> None:
    assert same_matter(here, there) == agree


def weighed(*flags: str, recommended: Any = "pay", stake: str | None = "100") -> Weighed:
    return Weighed(frozenset(flags), recommended, None if stake is None else Decimal(stake))


@pytest.mark.parametrize(
    ("here", "there", "how"),
    [
        (weighed("new"), weighed("new"), (1.0, True)),
        (weighed("new"), weighed("new", recommended="reject"), (1.0, False)),
        (weighed("new", "over"), weighed("new"), (0.5, True)),
        (weighed("new", "over"), weighed("new", "old", "odd"), None),
        (weighed("new"), weighed(), None),
        (weighed(), weighed("new"), None),
        (weighed(), weighed(), (1.0, True)),
        (weighed(), weighed(recommended="reject"), None),
        (weighed(recommended=None), weighed(recommended=None), None),
        (weighed("new", recommended=None), weighed("new", recommended=None), (1.0, False)),
        (weighed("new"), weighed("new", stake="300"), (1.0, True)),
        (weighed("new"), weighed("new", stake="301"), None),
        (weighed("new"), weighed("new", stake="33"), None),
        (weighed("new"), weighed("new", stake="-100"), (1.0, True)),
        (weighed("new"), weighed("new", stake=None), None),
        (weighed("new", stake=None), weighed("new", stake=None), (1.0, True)),
        (weighed("new", stake=None), weighed("new", stake="0"), (1.0, True)),
    ],
)
def test_alike(here: Weighed, there: Weighed, how: tuple[float, bool] | None) -> None:
    assert alikeness(here, there) == how


def test_the_most_alike_come_first_then_the_latest() -> None:
    def one(name: str, days: int, *flags: str, recommended: str = "pay") -> Precedent:
        return Precedent(name, NOW - timedelta(days=days), "pay", weighed(*flags, recommended=recommended))

    past = [
        one("half", 1, "new"),
        one("other", 2, "new", "over", recommended="reject"),
        one("old", 9, "new", "over"),
        one("b", 3, "new", "over"),
        one("a", 3, "new", "over"),
        one("none", 1),
    ]
    found = [p.case_id for p in most_alike(weighed("new", "over"), past, most=9)]
    assert found == ["a", "b", "old", "other", "half"]
    assert [p.case_id for p in most_alike(weighed("new", "over"), reversed(past), most=2)] == ["a", "b"]


def test_flags_are_rules_and_triggers_of_the_case() -> None:
    reasons = [
        {"text": "New supplier", "trigger": "novel_input", "policy": "AP-5"},
        {"text": "Over 500", "trigger": None, "policy": None},
        {"text": "Confidence 61 is below 90", "trigger": "low_confidence", "policy": None},
        {"text": "Two answers are close: 48 and 47", "trigger": "ambiguous_input", "policy": None},
        {"text": "Required and missing: number", "trigger": "missing_field", "policy": None},
        {"text": "Always review", "trigger": None, "policy": None},
    ]
    assert flags_of(reasons, {"New supplier", "Over 500"}) == {"New supplier", "Over 500", "missing_field"}


def test_answers_are_counted() -> None:
    def one(answer: Any) -> Precedent:
        return Precedent("x", NOW, answer, weighed())

    given = ["pay", None, ["a", "b"], "pay", ["a", "b"], "pay"]
    assert answered([one(answer) for answer in given]) == [("pay", 3), (["a", "b"], 2), (None, 1)]
