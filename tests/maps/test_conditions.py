"""Conditions are checked against types, and never fail open."""

# ruff: noqa: E501 (a row of a table is one line)

import json
import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from surehand.core.money import Money
from surehand.maps import conditions
from surehand.maps.cel import Currency
from surehand.maps.conditions import CelCondition, CelConditions, Scope, Wrong
from surehand.maps.types import FactType, of_annotation


class Vendor(BaseModel):
    is_new: bool
    since: date | None = None
    score: Decimal = Decimal(1)


TYPES: dict[str, Any] = {
    "total": Money,
    "refund": Money | None,
    "vendor": Vendor,
    "agent": Vendor | None,
    "po": str | None,
    "text": str,
    "n": float,
    "maybe_n": float | None,
    "i": int,
    "maybe_i": int | None,
    "yes": bool,
    "maybe_yes": bool | None,
    "day": date,
    "maybe_day": date | None,
    "at": datetime,
    "tags": list[str],
    "maybe_tags": list[str] | None,
    "days": list[date],
    "items": list[Vendor],
    "free": dict[str, Any],
}
SCOPE = Scope(
    {name: of_annotation(kind) for name, kind in TYPES.items()}, Currency("EUR", {"USD": Decimal("0.5")})
)
FACTS: dict[str, Any] = {
    "total": {"amount": "20000.00", "currency": "USD"},
    "refund": None,
    "vendor": {"is_new": True, "since": "2020-01-01", "score": "1.5"},
    "agent": None,
    "po": None,
    "text": "grün",
    "n": 3,
    "maybe_n": None,
    "i": 5,
    "maybe_i": None,
    "yes": True,
    "maybe_yes": None,
    "day": "2026-11-20",
    "maybe_day": None,
    "at": "2026-11-20T15:00:00+01:00",
    "tags": ["a", "b"],
    "maybe_tags": None,
    "days": ["2026-01-01"],
    "items": [{"is_new": False, "since": None, "score": "2.5"}],
    "free": {"x": 1},
}


def compiled(text: str) -> CelCondition:
    made = SCOPE.compile(text)
    assert isinstance(made, CelCondition), made
    return made


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("total.base > 9999.0 && vendor.is_new", True),
        ("total.amount == 20000.0 && total.currency == 'USD'", True),
        ("total.base == null", False),
        ("refund.amount == null", True),
        ("refund.base > 1.0", None),
        ("po == null", True),
        ("po == 'x'", False),
        ("po.startsWith('x')", None),
        ("po == null || po.startsWith('x')", True),
        ("text.startsWith('gr') && size(text) == 4", True),
        ("n > 2.0", True),
        ("maybe_n == null", True),
        ("maybe_n > 2.0", None),
        ("maybe_n > 2.0 || yes", True),
        ("maybe_n > 2.0 && !yes", False),
        ("i > 4 && i % 2 == 1", True),
        ("maybe_i == null", True),
        ("yes", True),
        ("maybe_yes", None),
        ("maybe_yes == null", True),
        ("day > timestamp('2026-11-19T00:00:00Z')", True),
        ("day.getFullYear() == 2026", True),
        ("maybe_day == null", True),
        ("maybe_day > day", None),
        ("maybe_day == null || maybe_day > day", True),
        ("at == timestamp('2026-11-20T14:00:00Z')", True),
        ("at - day > duration('13h')", True),
        ("'a' in tags && tags.size() == 2", True),
        ("maybe_tags == null", True),
        ("'a' in maybe_tags", None),
        ("days.exists(d, d < day)", True),
        ("items.exists(one, one.score > 2.0 && one.since == null)", True),
        ("vendor.since < timestamp('2024-01-01T00:00:00Z')", True),
        ("agent.is_new", None),
        ("agent.since == null", True),
        ("free.x == 1", True),
        ("free.missing == 1", None),
        ("1 / 0 == 1", None),
        ("tags[7] == 'a'", None),
        ("total . base > 9999.0", True),
        ("vendor.is_new // && total.base < 0.0", True),
        ("'total.base' == 'total.base' && yes", True),
    ],
)
def test_evaluation(text: str, gives: bool | None) -> None:
    assert compiled(text)(FACTS) is gives


@pytest.mark.parametrize(
    ("text", "says", "near", "column"),
    [
        ("vendor.is_nwe", "not known", "vendor.is_new", 7),
        ("po > 3", "text and whole number", None, 4),
        ("n > 3", "write 10000.0", None, 3),
        ("i > 3.0", "write 10000.0", None, 3),
        ("maybe_n > 3", "write 10000.0", None, 9),
        ("n == null", "never missing", None, 3),
        ("total > 3.0", "has parts", "total.amount", 1),
        ("vendor == null", "has parts", "vendor.is_new", 1),
        ("n", "gives a number", None, 1),
        ("i + 1", "gives a whole number", None, 1),
        ("yes &&", "syntax error", None, 7),
        ("", "syntax error", None, 1),
        ("yes \x00", "control character", None, 1),
        ("size(tags) > 1 && siz(tags) > 1", "no function 'siz'", "size", 22),
        ("yes" + " && yes" * 500, "longer than", None, 1),
        ("day > 'x'", "time and text", None, 5),
    ],
)
def test_what_is_refused(text: str, says: str, near: str | None, column: int) -> None:
    made = SCOPE.compile(text)
    assert isinstance(made, Wrong)
    assert (says in made.message, made.suggestion, made.column) == (True, near, column), made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("total.base > 1.0", {"total"}),
        ("tags.exists(n, n == 'a')", {"tags", "n"}),  # a name too many does no harm
        ("vendor.is_new || agent.is_new", {"vendor", "agent"}),
        ("'po' == 'po' && yes", {"yes"}),
        ("true", set()),
    ],
)
def test_a_condition_knows_its_facts(text: str, names: set[str]) -> None:
    assert compiled(text).names == names


@pytest.mark.parametrize(
    ("text", "gives"), [("true", True), ("1 > 2", False), ("1/0 == 1", None), ("yes", None)]
)
def test_what_names_no_fact_is_constant(text: str, gives: bool | None) -> None:
    assert compiled(text).constant is gives


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", math.nan), ("n", math.inf), ("n", "NaN"), ("n", True), ("n", "12 apples"), ("n", None), ("n", [1]),
        ("i", 1.5), ("i", True), ("i", 10**30), ("text", 3), ("text", "\ud800"), ("yes", 1), ("yes", "true"),
        ("day", "20.11.2026"), ("day", 20), ("day", "0001-01-01"), ("total", {"amount": "NaN", "currency": "EUR"}),
        ("total", {"amount": "1"}), ("total", "12 EUR"), ("total", {"amount": "1", "currency": "CHF"}),
        ("vendor", {}), ("vendor", "x"), ("free", {"x": math.nan}), ("tags", "a"), ("tags", [1]),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_cannot_be_told(name: str, value: Any) -> None:
    texts = {
        "n": "n < 1e9", "i": "i < 99", "text": "text != 'x'", "yes": "yes", "day": "day < at", "total": "total.base < 1e9",
        "vendor": "vendor.is_new", "free": "free.x < 9", "tags": "tags.all(t, t != 'x')",
    }  # fmt: skip
    assert compiled(texts[name])({**FACTS, name: value}) is None


def test_a_missing_name_cannot_be_told() -> None:
    assert compiled("yes")({}) is None


def test_without_a_rate_the_base_is_missing() -> None:
    facts = {**FACTS, "total": {"amount": "1", "currency": "CHF"}}
    assert compiled("total.base == null")(facts) is True
    assert compiled("total.base > 0.0")(facts) is None


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(TYPES)), _values))
def test_whatever_the_facts_hold_the_answer_is_true_false_or_nothing(facts: dict[str, Any]) -> None:
    for text in (
        "total.base > 1.0 || vendor.is_new", "maybe_day == null || maybe_day > day", "'a' in tags", "n > 1.0",
        "po == null || po == 'x'", "items.all(one, one.score > 1.0)", "maybe_i == null", "free.x == 1",
    ):  # fmt: skip
        assert compiled(text)({**FACTS, **facts}) in (True, False, None)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    assert isinstance(SCOPE.compile(text), CelCondition | Wrong)


def test_naughty_strings(shared_data: Any) -> None:
    texts = json.loads((shared_data("naughty_strings") / "blns.json").read_text("utf-8"))
    equal = compiled("text != 'never'")
    for text in texts:
        assert equal({"text": text}) in (True, None)
        assert isinstance(SCOPE.compile(text), CelCondition | Wrong)


def test_names_that_cel_cannot_hold_are_left_out() -> None:
    scope = Scope({"größe": FactType("number", (float,)), "n": FactType("number", (float,))}, Currency())
    assert set(scope.names) == {"n"}


# Several at once

TEXTS = (
    "total.base > 9999.0 && vendor.is_new", "total.amount == 1.0", "maybe_day == null || maybe_day > day",
    "maybe_day > day", "po == null // or not", "'a' in tags", "free.x == 1", "maybe_yes", "1 / 0 == 1",
    "items.exists(day, day.score > 2.0)", "true",
)  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 2, len(TEXTS)])
def test_together_they_give_what_each_gives(count: int) -> None:
    each = [compiled(text) for text in TEXTS[:count]]
    together = CelConditions(each)
    assert len(together) == count
    for facts in (FACTS, {**FACTS, "maybe_day": "2026-12-01"}, {**FACTS, "free": {"x": 1.5}}, {}):
        assert list(together(facts)) == [one(facts) for one in each]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(TYPES)), _values), st.sets(st.sampled_from(TEXTS)))
def test_together_they_give_the_same_whatever_the_facts_hold(facts: dict[str, Any], texts: set[str]) -> None:
    each = [compiled(text) for text in sorted(texts)]
    assert list(CelConditions(each)({**FACTS, **facts})) == [one({**FACTS, **facts}) for one in each]


def test_a_condition_that_is_nearly_too_deep_is_asked_alone() -> None:
    deep = next(
        made for depth in range(40, 0, -1)
        if isinstance(made := SCOPE.compile("(" * depth + "yes" + ")" * depth), CelCondition)
    )  # fmt: skip
    assert CelConditions([deep, compiled("n > 2.0")])(FACTS) == [True, True]


def test_values_are_handed_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    usual = conditions._Program.__call__
    monkeypatch.setattr(
        conditions._Program, "__call__", lambda program, facts: asked.append(1) or usual(program, facts)
    )
    together = CelConditions([compiled("n > 2.0"), compiled("n > 3.0"), compiled("maybe_n == null")])
    assert together(FACTS) == [True, False, True]
    assert len(asked) == 1
    # what one of them cannot tell is told of the others all the same
    assert together({**FACTS, "n": "no number"}) == [None, None, True]
    assert len(asked) == 5
