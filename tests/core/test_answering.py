"""When two answers agree: the one place that says so, for every kind of decision."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.answering import same_answer
from surehand.core.steps import Decide, DecisionPoint, Draft

CHOICE = {"decide": "a", "choices": ["x", "y"]}
YES_NO = {"decide": "a", "yes_no": True}


def number(**more: Any) -> Decide:
    return Decide.model_validate({"decide": "a", "queue": "q", "level": "review", "number": more})


@pytest.mark.parametrize(
    ("tolerances", "decided", "right", "same"),
    [
        ({}, 100, 100.0, True),
        ({}, 100, 100.01, False),
        ({"tolerance": 0.02}, 102, 100, True),
        ({"tolerance": 0.02}, 102.01, 100, False),
        ({"tolerance": 0.02}, 98, 100, True),
        ({"tolerance": 0.02}, -102, -100, True),
        ({"tolerance": 0.1}, 1.1, 1.0, True),  # 1.1 - 1.0 is more than 0.1 in binary
        ({"tolerance": 0.1}, 0.33, 0.3, True),
        ({"tolerance": 0.02}, 0.01, 0, False),
        ({"tolerance_units": 5}, 105, 100, True),
        ({"tolerance_units": 5}, 105.5, 100, False),
        ({"tolerance_units": 5}, 5, 0, True),
        ({"tolerance": 0.02, "tolerance_units": 5}, 105, 100, True),
        ({"tolerance": 0.02, "tolerance_units": 5}, 1020, 1000, True),
        ({"tolerance": 0.02, "tolerance_units": 5}, 1021, 1000, False),
        ({"tolerance": 0.02}, None, 100, False),
        ({"tolerance": 0.02}, 100, None, False),
        ({"tolerance": 0.02}, None, None, True),
        ({"tolerance": 0.02}, Decimal("102.00"), 100, True),
    ],
)
def test_numbers_agree_within_either_tolerance(
    tolerances: dict[str, float], decided: Any, right: Any, same: bool
) -> None:
    assert same_answer(number(**tolerances), decided, right) is same


@pytest.mark.parametrize(
    ("point", "decided", "right", "same"),
    [
        (Decide.model_validate(CHOICE | {"queue": "q", "level": "review"}), "x", "x", True),
        (Decide.model_validate(CHOICE | {"queue": "q", "level": "review"}), "x", "y", False),
        (Decide.model_validate(YES_NO | {"queue": "q", "level": "review"}), True, True, True),
        (Decide.model_validate(YES_NO | {"queue": "q", "level": "review"}), True, False, False),
        (Decide.model_validate(YES_NO | {"queue": "q", "level": "review"}), None, False, False),
        (Draft(draft="a", queue="q", level="review"), "Dear Ada", "Dear Ada", True),
        (Draft(draft="a", queue="q", level="review"), "Dear Ada", "Dear Bob", False),
    ],
)
def test_all_other_answers_agree_if_they_are_equal(
    point: DecisionPoint, decided: Any, right: Any, same: bool
) -> None:
    assert same_answer(point, decided, right) is same


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.floats(0, 1), st.floats(0, 1e6))
def test_a_wider_tolerance_never_calls_wrong_what_was_right(
    decided: float, right: float, share: float, units: float
) -> None:
    narrow = same_answer(number(tolerance=share / 2, tolerance_units=units / 2), decided, right)
    assert same_answer(number(tolerance=share, tolerance_units=units), decided, right) >= narrow
