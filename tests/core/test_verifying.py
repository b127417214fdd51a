"""When what was entered is what was read, and what either makes known."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.case import Case
from surehand.core.guarantee import Plan
from surehand.core.steps import Verify
from surehand.core.verifying import agrees, as_read, carried_out, entered, keyed_of, lacking, merged
from surehand.errors import InvalidInput

POINT = Verify(verify="reading", fields=("company", "total", "day"), level="review", queue="desk")
TYPES = {"company": "text", "total": "money", "day": "date", "lines": "list"}


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Acme", "ACME", True), ("Acme Ltd.", "acme ltd", True), ("A-1", "A1", True), ("Acme", "Acne", False),
    ("Straße", "STRASSE", True), ("e\u0301", "é", True), ("-", "+", False), ("O'Neill", "ONeill", True),
    (None, None, True), (None, "", True), ("", "-", False),
    ("1.5 kg", "15 kg", False), ("1,200", "1200", False), ("-5", "5", False), ("- 5", "5", True),
    ("A -5", "A 5", False), ("C++", "C#", False), ("10²", "102", False), ("<5", ">5", False),
    ("5 %", "5", False), ("R&D", "RD", False), ("कमल", "कमला", False), ("12 34", "1234", True),
    ("2026-01-02", "20260102", False), ("Tel. 07-3523888", "tel 07-3523888", True), ("A.1", "A1", True),
    (money("120"), money("120.00"), True), (money("120"), money("120", "USD"), False),
    (money("120"), money("120.01"), False), (money("1.2E2"), money("120"), True),
    (1.0, 1, True), (True, 1, True), ("2026-01-02", "2026-01-03", False),
    (["a", "B"], ["A", "b"], True), (["a", "b"], ["b", "a"], False), ("1", 1, False),
])  # fmt: skip
def test_what_is_the_same(one: Any, other: Any, same: bool) -> None:
    assert agrees({"x": one}, {"x": other}) is same
    assert agrees({"x": other}, {"x": one}) is same


def test_only_what_both_speak_of_is_compared_and_there_is_some() -> None:
    assert agrees({"a": "1"}, {"a": "1", "b": "2"})
    assert not agrees({"a": "1"}, {"b": "1"})
    assert not agrees({}, {"a": "1"})


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=8) | st.none(), min_size=1))
def test_what_is_carried_out_is_what_was_said(said: dict[str, Any]) -> None:
    read = {name: value and value.upper() for name, value in said.items()}
    found = carried_out(POINT, said, read)
    assert found.keys() == said.keys()
    assert agrees(found, said)


def test_what_is_only_written_in_another_way_stays_as_it_was_read() -> None:
    read = {"company": "Acme Ltd", "total": money("120.0"), "day": None}
    said = {"company": "ACME LTD.", "total": money("120"), "day": "2026-01-02"}
    assert carried_out(POINT, said, read) == {**read, "day": "2026-01-02"}
    # what was not entered stays as it was read
    assert carried_out(POINT, {"company": "Acne"}, read) == {**read, "company": "Acne"}
    assert carried_out(POINT, {"company": "Acne"}, None) == {"company": "Acne"}
    assert carried_out(POINT, None, read) is None


def test_who_sees_it_says_it_letter_by_letter_and_need_not_say_all() -> None:
    read = {"company": "Acme 15", "total": money("120.00"), "day": None}
    assert merged(read, {"company": "Acme 1.5"}) == {**read, "company": "Acme 1.5"}
    assert merged(read, {"company": "ACME 15"}) == {**read, "company": "ACME 15"}
    # the same sum is no other one
    assert merged(read, {"total": money("120")}) == read
    assert merged(read, {"total": money("120", "USD")}) == {**read, "total": money("120", "USD")}


def test_what_is_entered_is_read_in_the_types_of_the_fields() -> None:
    found = entered(TYPES, POINT, {"total": "1,200.50", "company": "Acme", "day": None}, currency="EUR")
    assert list(found.items()) == [("company", "Acme"), ("total", money("1200.50")), ("day", None)]
    assert lacking(found, POINT.fields) == []
    (fault,) = lacking({"company": "Acme", "total": None}, POINT.fields)
    assert fault.where == "day"


@pytest.mark.parametrize(
    "value", [None, "", "Acme", [], {}, {"totl": "1"}, {"total": "many"}, {"day": "2/1"}]
)
def test_what_is_no_answer_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        entered(TYPES, POINT, value, currency="EUR")


def case(readings: dict[str, Any]) -> Case:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    facts = {"company": "Acme", "total": None, "day": None, "other": 1}
    return Case(
        id="c", process="p", version="v", key="", digest="", submitter="", input={}, created_at=now,
        updated_at=now, facts=facts, readings=readings,
    )  # fmt: skip


SURE = {name: {"confidence": 0.9, "by": "read_bill"} for name in POINT.fields}


@pytest.mark.parametrize(("readings", "sure"), [
    (SURE, 0.9),
    ({**SURE, "document": {"confidence": 0.7, "by": "reader"}}, 0.7),
    ({**SURE, "day": {"confidence": 0.3}}, 0.3),
    # nobody vouches for one of them
    ({"company": SURE["company"], "total": SURE["total"]}, None),
    ({**SURE, "day": {"confidence": None}}, None),
    ({**SURE, "day": {"confidence": 1.7}}, None),
    # what a person gave is not the reader's
    ({**SURE, "day": {"confidence": 0.9, "person": "ann"}}, None),
    ({}, None),
])  # fmt: skip
def test_it_is_as_sure_as_the_reader_of_the_weakest(readings: dict[str, Any], sure: float | None) -> None:
    said = as_read(POINT, case(readings))
    assert said.confidence == sure
    assert said.value == {"company": "Acme", "total": None, "day": None}


def test_without_a_draw_all_are_entered() -> None:
    assert keyed_of(POINT, None) == POINT.fields


@pytest.mark.parametrize(("keyed", "caught"), [(None, 1.0), (3, 1.0), (1, 1 / 3)])
def test_the_evidence_counts_with_what_a_check_misses(keyed: int | None, caught: float) -> None:
    point = POINT.model_copy(update={"keyed": keyed})
    assert point.caught == caught
    assert Plan(0.02, caught=point.caught).limit == pytest.approx(Plan(0.02).limit * caught)
