"""The presets at every edge: which level a case gets from confidence, grade and stake alone."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from surehand.core.bands import PRESETS, resolve
from surehand.core.confidence import Confidence
from surehand.core.consequence import Graded
from surehand.core.oversight import Level
from surehand.core.policy import Band, Grade
from surehand.core.routing import Findings, Route, route

LOW, MEDIUM, HIGH, CRITICAL = Grade
AUTOMATE, REVIEW, ASSIST, HUMAN = Level.AUTOMATE, Level.REVIEW, Level.ASSIST, Level.HUMAN


def routed(bands: Any, confidence: float | None, grade: Grade = LOW, stake: str | None = None) -> Route:
    graded = Graded(grade, None if stake is None else Decimal(stake), "it matters")
    findings = Findings(confidence=Confidence(confidence, "a"), graded=graded, answered=True)
    return route(findings, bands=resolve(bands), level=None)


@pytest.mark.parametrize(
    ("confidence", "level"),
    [
        (1.0, AUTOMATE),
        (0.9000001, AUTOMATE),
        (0.90, REVIEW),
        (0.8999, REVIEW),
        (0.70, REVIEW),
        (0.6999, ASSIST),
        (0.0, ASSIST),
        (None, ASSIST),
    ],
)
def test_review_flow(confidence: float | None, level: Level) -> None:
    assert routed("review-flow", confidence).level is level


@pytest.mark.parametrize("grade", list(Grade))
@pytest.mark.parametrize(
    ("confidence", "small", "large"),
    [
        (1.0, AUTOMATE, REVIEW),
        (0.9000001, AUTOMATE, REVIEW),
        (0.90, REVIEW, HUMAN),
        (0.70, REVIEW, HUMAN),
        (0.0, REVIEW, HUMAN),
        (None, REVIEW, HUMAN),
    ],
)
def test_two_by_two(grade: Grade, confidence: float | None, small: Level, large: Level) -> None:
    expected = small if grade in (LOW, MEDIUM) else large
    assert routed("two-by-two", confidence, grade).level is expected


@pytest.mark.parametrize(
    ("stake", "confidence", "level"),
    [
        ("999.99", 0.981, AUTOMATE),
        ("999.99", 0.98, REVIEW),
        ("1000", 0.981, REVIEW),
        ("1000", 0.98, REVIEW),
        ("1000.01", 0.981, REVIEW),
        ("1000.01", 0.98, REVIEW),
        ("-999.99", 0.981, AUTOMATE),
        ("-1000", 0.981, REVIEW),
        ("0", 1.0, AUTOMATE),
        ("1", 0.70, REVIEW),
        ("1", 0.6999, ASSIST),
        ("1000", 0.6999, ASSIST),
        ("999.99", None, ASSIST),
        (None, 0.99, REVIEW),
    ],
)
def test_accounts_payable(stake: str | None, confidence: float | None, level: Level) -> None:
    assert routed("accounts-payable", confidence, stake=stake).level is level


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("grade", [HIGH, CRITICAL])
def test_no_preset_automates_a_high_consequence(preset: str, grade: Grade) -> None:
    assert routed(preset, 1.0, grade, "1").level.waits


def test_a_table_with_a_gap_sends_what_falls_through_to_a_person() -> None:
    gap = (Band(above=0.9, consequence=(LOW,), route=AUTOMATE),)
    assert routed(gap, 0.9).level is HUMAN
    assert routed(gap, 0.95, MEDIUM).level is HUMAN
    assert routed(gap, None).level is HUMAN


def test_the_first_row_that_holds_is_taken() -> None:
    rows = (Band(at_least=0.5, route=REVIEW), Band(at_least=0.0, route=AUTOMATE))
    assert routed(rows, 0.5).level is REVIEW
    assert routed(rows, 0.49).level is AUTOMATE


def test_no_confidence_never_automates_even_where_every_band_would() -> None:
    assert routed((Band(at_least=0.0, route=AUTOMATE),), None).level is REVIEW


def test_an_unknown_name_is_no_preset() -> None:
    with pytest.raises(KeyError):
        resolve("three-by-three")
    own = (Band(at_least=0.0, route=HUMAN),)
    assert resolve(own) is own


@pytest.mark.parametrize(
    "wrong",
    [
        {"route": "review"},
        {"above": 0.5, "from": 0.5, "route": "review"},
        {"above": 1.1, "route": "review"},
        {"above": float("nan"), "route": "review"},
        {"from": -0.1, "route": "review"},
        {"from": 0.1, "route": "maybe"},
        {"from": 0.1, "under": 0, "route": "review"},
    ],
)
def test_impossible_rows_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Band.model_validate(wrong)
