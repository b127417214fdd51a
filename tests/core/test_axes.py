"""Which number led where: the grid agrees with the route for every grade and confidence, limits included."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.axes import Axes, axes, strictly
from surehand.core.bands import PRESETS
from surehand.core.confidence import Confidence
from surehand.core.consequence import Graded
from surehand.core.guarantee import Terms
from surehand.core.limits import Narrowing
from surehand.core.oversight import Level
from surehand.core.policy import Grade
from surehand.core.routing import Earned, Findings, route
from surehand.core.steps import Decide
from tests.core.made import a_judgement

TERMS = Terms(epoch=1, block=0, cut=0.8, check=0.3, blind=0.2)
LIMITS = ({"below": 0.97, "because": "New"}, {"below": 0.6, "route": "human", "because": "Unsure"})


def point(**more: Any) -> Decide:
    return Decide.model_validate({"decide": "check", "yes_no": True, "queue": "q"} | more)


def weighed(
    way: Decide, grade: Grade, confidence: float | None, *, stake: str = "50", cut: float | None = 0.8
) -> tuple[Level, Axes]:
    """The level that the case gets, and what is told of it."""
    earned = Earned(Terms(1, None, cut, 0.3, 0.2), 0.02) if way.guarantee is not None else None
    chosen = route(
        Findings(
            confidence=Confidence(confidence, "a"), graded=Graded(grade, Decimal(stake), "x"), answered=True,
            limits=[Narrowing(limit, day=date(2026, 12, 1)) for limit in way.limits],
        ),
        bands=PRESETS[way.bands] if isinstance(way.bands, str) else way.bands,
        level=Level(way.level) if way.level else None, earned=earned,
    )  # fmt: skip
    judged = a_judgement(
        confidence=confidence, signals={"a": confidence}, grade=grade, stake=Decimal(stake),
        level=chosen.level, limit=chosen.limit, reasons=tuple(reason.plain for reason in chosen.reasons),
    )  # fmt: skip
    routed = {"limits": list(range(len(way.limits))), "cut": cut, "parts": []}
    return chosen.level, axes(judged, way, routed)


ways = st.sampled_from(
    [
        *(point(bands=name, consequence={"money": "t"}, limits=limits)
          for name in PRESETS for limits in ((), LIMITS)),
        *(point(level=str(level)) for level in Level),
        point(guarantee={"error": 0.02}),
        point(guarantee={"error": 0.02}, limits=LIMITS),
    ]
)  # fmt: skip


@given(
    ways,
    st.sampled_from(Grade),
    st.none() | st.floats(0, 1) | st.sampled_from([0.0, 0.6, 0.7, 0.8, 0.9, 0.97, 0.98, 1.0]),
    st.sampled_from(["50", "5000"]),
    st.sampled_from([None, 0.8]),
)
def test_the_marked_cell_is_the_level(
    way: Decide, grade: Grade, confidence: float | None, stake: str, cut: float | None
) -> None:
    level, told = weighed(way, grade, confidence, stake=stake, cut=cut)
    assert told.grid is not None
    row, column = told.grid.here
    assert told.grid.rows[row][0] is grade
    assert told.grid.rows[row][1][column] is level
    assert all(len(levels) == len(told.grid.columns) for _, levels in told.grid.rows)


def test_the_ranges_of_a_grid_are_said_in_words() -> None:
    _, told = weighed(point(bands="review-flow", limits=LIMITS[:1]), Grade.LOW, 0.93)
    assert told.grid is not None
    assert told.grid.columns == ("none", "below 70", "from 70", "above 90", "from 97")
    assert told.grid.here == (3, 3)
    assert told.edge == "The bands let cases like this run alone above 90"
    assert [(limit.text, limit.reached) for limit in told.limits] == [("New: at least review below 97", True)]
    assert told.sentence == "Low consequence and confidence 93: review. New: confidence 93 is below 97."


def test_what_is_certified_stands_in_place_of_bands() -> None:
    _, told = weighed(point(guarantee={"error": 0.02}), Grade.MEDIUM, 0.85)
    assert told.grid is not None
    assert told.grid.columns == ("none", "below 80", "from 80")
    assert told.edge == "Certified from 80: at most 2 in 100 wrong, 95 % sure"
    _, nothing = weighed(point(guarantee={"error": 0.02}), Grade.MEDIUM, 0.85, cut=None)
    assert nothing.edge == "No confidence is certified yet"
    _, high = weighed(point(guarantee={"error": 0.02}), Grade.HIGH, 0.85)
    assert high.edge == "At high consequence no confidence runs alone"


def test_limits_on_the_first_cases_say_since_when() -> None:
    limits = [{"first": 20, "policy": "P-1", "because": "New policy"}, {"first": 1, "because": "New map"}]
    _, told = weighed(point(bands="review-flow", limits=limits), Grade.LOW, 0.99)
    assert [limit.text for limit in told.limits] == [
        "New policy: at least review for the first 20 cases since P-1 changed",
        "New map: at least review for the first case since the process changed",
    ]


def test_the_signals_that_set_the_confidence_are_named() -> None:
    judged = a_judgement(signals={"a": 0.9, "b": 0.7, "c": 0.7}, confidence=0.7)
    assert axes(judged, None, {}).weakest == ("b", "c")
    assert axes(a_judgement(signals={"a": 0.9, "b": None}, confidence=None), None, {}).weakest == ("b",)


def test_a_fitted_confidence_is_set_by_no_signal() -> None:
    fitted = axes(a_judgement(signals={"a": 0.9, "b": None}, confidence=0.83), None, {})
    assert (fitted.weakest, fitted.fitted) == ((), True)
    assert not axes(a_judgement(signals={"a": 0.9}, confidence=0.9), None, {}).fitted
    assert not axes(a_judgement(signals={}, confidence=None), None, {}).fitted


def test_of_a_map_that_is_gone_what_was_recorded_is_told() -> None:
    parts = [{"name": "legal", "grade": "high", "because": "A contract", "told": True}]
    told = axes(a_judgement(), None, {"parts": parts, "limits": [0]})
    assert (told.grid, told.limits) == (None, ())
    assert [(part.name, part.grade, part.because) for part in told.parts] == [("legal", "high", "A contract")]


@pytest.mark.parametrize(
    ("way", "limit", "strict"),
    [
        ({"bands": "review-flow"}, 0.9, True),
        ({"bands": [{"from": 0.9, "route": "automate"}, {"from": 0, "route": "review"}]}, 0.9, False),
        ({"bands": "review-flow", "limits": [{"below": 0.97, "because": "New"}]}, 0.97, False),
        ({"guarantee": {"error": 0.02}}, 0.8, False),
    ],
)
def test_whether_the_limit_itself_is_enough(way: dict[str, Any], limit: float, strict: bool) -> None:
    assert strictly(a_judgement(limit=limit, grade=Grade.LOW), point(**way)) is strict
