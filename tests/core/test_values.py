"""Values as people type them and callers send them: read exactly, or refused in words."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.digest import canonical
from surehand.core.values import parsed, shown, storable, unstorable


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "Acme", "Acme"),
        ("text", "", None),
        ("text", None, None),
        ("text", "x" * 20_000, "x" * 20_000),
        ("number", "12.5", 12.5),
        ("number", " -3 ", -3.0),
        ("number", 7, 7.0),
        ("number", "1e3", 1000.0),
        ("number", "", None),
        ("number", "  ", None),
        ("integer", "42", 42),
        ("integer", " -42 ", -42),
        ("integer", 42.0, 42),
        ("integer", 2**53, 2**53),
        ("integer", 2**53 - 1, 2**53 - 1),
        ("integer", "-9007199254740992", -(2**53)),
        ("yes_no", True, True),
        ("yes_no", "No", False),
        ("yes_no", "on", True),
        ("yes_no", 0, False),
        ("yes_no", "", None),
        ("money", "12.50 EUR", money("12.50")),
        ("money", "12.50", money("12.50", "CHF")),
        ("money", 12, money("12", "CHF")),
        ("money", "12.50 usd", money("12.50", "USD")),
        ("money", "-0.10 EUR", money("-0.10")),
        ("money", "1,234.50 EUR", money("1234.50")),
        ("money", "1,234,567 EUR", money("1234567")),
        ("money", {"amount": "1.10", "currency": "EUR"}, money("1.10")),
        ("money", {"amount": 1.1, "currency": "EUR"}, money("1.1")),
        ("money", "", None),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", " 2026-02-28 ", "2026-02-28"),
        ("timestamp", "2026-11-20T15:00:00+01:00", "2026-11-20T14:00:00+00:00"),
        ("timestamp", "2026-11-20T15:00:00Z", "2026-11-20T15:00:00+00:00"),
        ("texts", "a, b", ["a", "b"]),
        ("texts", ["a", "b"], ["a", "b"]),
        ("texts", [], []),
        ("texts", "", None),
    ],
)
def test_what_is_read(kind: str, raw: Any, value: Any) -> None:
    found = parsed(kind, raw, currency="CHF")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("text", 12, "must be text"),
        ("text", ["a"], "must be text"),
        ("text", "x" * 20_001, "at most 20,000 characters"),
        ("number", True, "must be a number"),
        ("number", "twelve", "must be a number"),
        ("number", "nan", "finite"),
        ("number", "inf", "finite"),
        ("number", "1e999", "finite"),
        ("number", float("nan"), "finite"),
        ("number", 10**400, "must be a number"),
        ("number", [1], "must be a number"),
        ("number", {"a": 1}, "must be a number"),
        ("integer", True, "whole number"),
        ("integer", 1.5, "whole number"),
        ("integer", "1.5", "whole number"),
        ("integer", "1." + "5" * 60, "whole number"),
        ("integer", 2**53 + 1, "whole number"),
        ("integer", -(2**53) - 1, "whole number"),
        ("integer", str(2**53 + 1), "whole number"),
        ("integer", "9" * 5000, "whole number"),
        ("integer", 10**400, "whole number"),
        ("integer", float("nan"), "whole number"),
        ("integer", float("inf"), "whole number"),
        ("yes_no", "maybe", "yes or no"),
        ("yes_no", 2, "yes or no"),
        ("yes_no", [], "yes or no"),
        ("money", "12,50 EUR", "a sum with its currency"),
        ("money", "1,5 EUR", "a sum with its currency"),
        ("money", "1.234,50 EUR", "a sum with its currency"),
        ("money", "1,2,3 EUR", "a sum with its currency"),
        ("money", "12 euros", "a sum with its currency"),
        ("money", "12 13 EUR", "a sum with its currency"),
        ("money", "EUR 12", "a sum with its currency"),
        ("money", "nan EUR", "a sum with its currency"),
        ("money", "Infinity EUR", "a sum with its currency"),
        ("money", "1e15 EUR", "a sum with its currency"),
        ("money", True, "a sum with its currency"),
        ("money", {"amount": "1"}, "a sum with its currency"),
        ("money", {"amount": "1", "currency": "EUR", "x": 1}, "a sum with its currency"),
        ("money", {1: 2}, "a sum with its currency"),
        ("money", [1], "a sum with its currency"),
        ("money", "0." + "1" * 60 + " EUR", "at most 40 digits"),
        ("date", "20260228xx", "a date as year-month-day"),
        ("date", "2026-W47-5", "a date as year-month-day"),
        ("date", "28.02.2026", "a date as year-month-day"),
        ("date", "2026-02-30", "a date as year-month-day"),
        ("date", 20260228.5, "a date as year-month-day"),
        ("timestamp", "2026-11-20T15:00:00", "must say its zone"),
        ("timestamp", "yesterday", "must be a time"),
        ("timestamp", "0001-01-01T00:00:00+14:00", "between the years 1 and 9999"),
        ("texts", [1], "a list of texts"),
        ("texts", {"a": "b"}, "a list of texts"),
        ("texts", ["a"] * 1001, "at most 1,000 texts"),
        ("texts", ["a" * 20_001], "20,000 characters"),
        ("object", "x", "cannot be given directly"),
        ("", "x", "cannot be given directly"),
    ],
)
def test_what_is_refused_in_words(kind: str, raw: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parsed(kind, raw, currency="CHF")


def test_money_without_any_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="currency"):
        parsed("money", "12.50")


KINDS = ["text", "number", "integer", "yes_no", "money", "date", "timestamp", "texts"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(KINDS), ANYTHING)
def test_anything_is_read_as_json_or_refused_as_a_value_error(kind: str, raw: Any) -> None:
    try:
        value = parsed(kind, raw, currency="EUR")
    except ValueError:
        return
    assert json.loads(canonical(value)) == value
    assert parsed(kind, value, currency="EUR") == value or value == ""


@given(st.decimals(-(10**14), 10**14, places=2))
def test_what_is_shown_of_a_sum_can_be_typed_back(amount: Decimal) -> None:
    value = money(str(amount))
    back = parsed("money", shown(value), currency="XXX")
    assert Decimal(back["amount"]) == amount
    assert back["currency"] == "EUR"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (money("1234.5"), "1,234.50 EUR"),
        (0.5, "0.5"),
        (12, "12"),
        (["a", None, True], "a, , yes"),
        ({"is_new": False, "score": 0.25}, "is new no, score 0.25"),
    ],
)
def test_facts_as_people_read_them(value: Any, text: str) -> None:
    assert shown(value) == text


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\x00b", "input holds a character that cannot be stored"),
        ("\ud800", "cannot be stored"),
        ({"a": {"b": ["ok", "\x00"]}}, "input.a.b[1] holds a character"),
        ({"a\x00": 1}, "input holds a character"),
        ({"a": float("nan")}, "input.a holds a number that is not finite"),
        ([float("-inf")], "input[0] holds a number that is not finite"),
        (2**63 + 1, "too large"),
        ([-(2**64)], "input[0] holds a number that is too large"),
        (nested(65), "nested too deeply"),
    ],
)
def test_what_cannot_be_stored_is_named_with_its_place(value: Any, words: str) -> None:
    fault = unstorable(value, path="input")
    assert fault is not None
    assert words in fault


@pytest.mark.parametrize(
    "value", ["", "é\U0001f600", 2**63, -(2**63), 1.5, None, True, [], {}, nested(64), {"a": [1, {"b": "c"}]}]
)
def test_everything_else_can_be_stored(value: Any) -> None:
    assert unstorable(value, path="input") is None


@pytest.mark.parametrize(
    "text", ["1e999999999", "1e400", "-1E+999999", "1E-999999999", "1e-101", "0e999999999"]
)
def test_an_amount_that_would_fill_the_memory_when_written_out_is_refused(text: str) -> None:
    for raw in (f"{text} EUR", {"amount": text, "currency": "EUR"}):
        with pytest.raises(ValueError, match="sum with its currency"):
            parsed("money", raw)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_what_is_made_storable_is(value: Any) -> None:
    made = storable(value)
    fault = unstorable(made)
    assert fault is None or "too large" in fault
    if unstorable(value) is None:
        assert made == value
