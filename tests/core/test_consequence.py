"""What an error would cost: every breakpoint from both sides, and everything that cannot be told."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from surehand.core.consequence import Asked, Graded, Untold, graded
from surehand.core.money import Money
from surehand.core.policy import Consequence, Grade, GradedBy, SumBy, ToldBy

LOW, MEDIUM, HIGH, CRITICAL = Grade

STEPS = Consequence(money="total", medium_from=1000, high_from=10_000, critical_from=100_000)


def of(consequence: Consequence, total: Any, **rates: Decimal) -> Graded:
    return graded(consequence, {"total": total}, currency="EUR", rates=rates)


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@pytest.mark.parametrize(
    ("amount", "grade"),
    [
        ("0", LOW),
        ("999.99", LOW),
        ("1000", MEDIUM),
        ("1000.00", MEDIUM),
        ("1000.01", MEDIUM),
        ("9999.99", MEDIUM),
        ("10000", HIGH),
        ("99999.99", HIGH),
        ("100000", CRITICAL),
        ("999999999999", CRITICAL),
        ("-999.99", LOW),
        ("-1000", MEDIUM),
        ("-10000", HIGH),
        ("-100000.01", CRITICAL),
    ],
)
def test_a_breakpoint_is_reached_at_its_sum_whatever_the_sign(amount: str, grade: Grade) -> None:
    found = of(STEPS, eur(amount))
    assert (found.grade, found.stake, found.unknown) == (grade, Decimal(amount), None)


@pytest.mark.parametrize(
    ("total", "stake", "grade", "unknown"),
    [
        (None, None, HIGH, "total is not known"),
        ({"amount": "1", "currency": "JPY"}, None, HIGH, "no rate from JPY to EUR is recorded"),
        ({"amount": "1999.98", "currency": "USD"}, Decimal("999.99"), LOW, None),
        ({"amount": "2000", "currency": "USD"}, Decimal("1000.00"), MEDIUM, None),
        (999.99, Decimal("999.99"), LOW, None),
        (1000, Decimal(1000), MEDIUM, None),
        ("1000", Decimal(1000), MEDIUM, None),
        (float("nan"), None, HIGH, "total is not a sum"),
        (float("inf"), None, HIGH, "total is not a sum"),
        ("many", None, HIGH, "total is not a sum"),
        (True, None, HIGH, "total is not a sum"),
        ([1], None, HIGH, "total is not a sum"),
    ],
)
def test_what_cannot_be_told_is_high_and_says_why(
    total: Any, stake: Decimal | None, grade: Grade, unknown: str | None
) -> None:
    found = of(STEPS, total, USD=Decimal("0.5"))
    assert (found.stake, found.grade, found.unknown) == (stake, grade, unknown)


def test_a_fact_that_is_not_there_is_missing() -> None:
    assert graded(STEPS, {}, currency="EUR", rates={}).unknown == "total is not known"


@pytest.mark.parametrize(
    ("consequence", "total", "grade", "because"),
    [
        (Consequence(), None, LOW, "little at stake"),
        (Consequence(money="total"), eur("12.5"), LOW, "12.50 EUR at stake"),
        (Consequence(customer="medium"), None, MEDIUM, "harm to the customer"),
        (Consequence(legal="critical", customer="high"), None, CRITICAL, "legal consequence"),
        (Consequence(reputation="high"), None, HIGH, "harm to the reputation"),
        (Consequence(money="total", medium_from=10, customer="low"), eur("10"), MEDIUM, "10.00 EUR at stake"),
        (
            Consequence(money="total", medium_from=10, customer="high"),
            eur("10"),
            HIGH,
            "harm to the customer",
        ),
        (Consequence(money="total", high_from=10), eur("-1234.5"), HIGH, "1,234.50 EUR at stake"),
    ],
)
def test_the_highest_part_sets_the_grade(
    consequence: Consequence, total: Any, grade: Grade, because: str
) -> None:
    found = of(consequence, total)
    assert (found.grade, found.because) == (grade, because)


@pytest.mark.parametrize(
    ("part", "raised"), [("low", MEDIUM), ("medium", HIGH), ("high", CRITICAL), ("critical", CRITICAL)]
)
def test_what_cannot_be_undone_is_one_grade_higher(part: str, raised: Grade) -> None:
    found = of(Consequence(customer=part, reversible=False), None)
    assert found.grade is raised
    assert found.because.endswith("; cannot be undone")


def test_an_unknown_sum_that_cannot_be_undone_is_critical() -> None:
    found = of(STEPS.model_copy(update={"reversible": False}), None)
    assert (found.grade, found.unknown) == (CRITICAL, "total is not known")


@pytest.mark.parametrize(
    "wrong",
    [
        {"medium_from": 10},
        {"money": "t", "medium_from": 10, "high_from": 10},
        {"money": "t", "medium_from": 10, "critical_from": 9},
        {"money": "t", "medium_from": -1},
        {"money": "t", "unknown": 1},
    ],
)
def test_breakpoints_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Consequence(**wrong)


@given(
    st.decimals(min_value=0, max_value=10**9, places=2), st.decimals(min_value=0, max_value=10**9, places=2)
)
def test_a_larger_sum_is_never_graded_lower(one: Decimal, other: Decimal) -> None:
    small, large = sorted((one, other))
    assert of(STEPS, eur(str(small))).grade.rank <= of(STEPS, eur(str(-large))).grade.rank


def says(consequence: Consequence, **said: Any) -> Graded:
    return graded(consequence, {}, currency="EUR", rates={}, asked=Asked(said=said))


def holds(consequence: Consequence, *held: bool | None) -> Graded:
    return graded(consequence, {}, currency="EUR", rates={}, asked=Asked(held={"customer": held}))


ROWS = Consequence(
    customer=[
        {"when": "a", "grade": "medium", "because": "A key account"},
        {"when": "b", "grade": "critical", "because": "A hospital"},
    ]
)
HARMED = Consequence(customer=GradedBy(by="harm", at_least="medium"))


@pytest.mark.parametrize(
    ("held", "grade", "because"),
    [
        ((False, False), LOW, "little at stake"),
        ((True, False), MEDIUM, "A key account"),
        ((True, True), CRITICAL, "A hospital"),
        ((None, False), HIGH, "harm to the customer cannot be told: A key account?"),
        ((True, None), CRITICAL, "harm to the customer cannot be told: A hospital?"),
        ((None, True), CRITICAL, "A hospital"),
        ((), CRITICAL, "harm to the customer cannot be told: A hospital?"),
    ],
)
def test_of_several_conditions_the_highest_grade_counts(
    held: tuple[bool | None, ...], grade: Grade, because: str
) -> None:
    found = holds(ROWS, *held)
    assert (found.grade, found.because) == (grade, because)
    assert bool(found.untold) is ("cannot be told" in because)


@given(st.lists(st.sampled_from([True, False, None]), min_size=2, max_size=2), st.integers(0, 1))
def test_a_condition_that_holds_never_lowers_the_grade(held: list[bool | None], place: int) -> None:
    without = [*held]
    without[place] = False
    assert holds(ROWS, *held).grade.rank >= holds(ROWS, *without).grade.rank


@pytest.mark.parametrize(
    ("said", "grade", "because"),
    [
        (LOW, MEDIUM, "harm to the customer, medium at least"),
        (MEDIUM, MEDIUM, "harm to the customer, says harm"),
        (CRITICAL, CRITICAL, "harm to the customer, says harm"),
        (Untold("KeyError: x"), HIGH, "harm to the customer cannot be told: harm: KeyError: x"),
        (None, HIGH, "harm to the customer cannot be told: harm: no grade"),
    ],
)
def test_a_function_raises_what_the_map_writes_and_counts_as_high_where_it_fails(
    said: Any, grade: Grade, because: str
) -> None:
    found = says(HARMED, customer=said)
    assert (found.grade, found.because) == (grade, because)
    assert bool(found.untold) is ("cannot be told" in because)


@pytest.mark.parametrize(
    ("said", "stake", "grade", "unknown"),
    [
        (Money(amount=2_000, currency="EUR"), 2000, MEDIUM, None),
        (Decimal(20_000), 20_000, HIGH, None),
        (5.0, 1_000, MEDIUM, None),
        (-20_000, 20_000, HIGH, None),
        (Money(amount=5, currency="JPY"), None, HIGH, "no rate from JPY to EUR is recorded"),
        (float("nan"), None, HIGH, "exposure is not a sum"),
        (Untold("it does not know"), None, HIGH, "exposure: it does not know"),
        (None, None, HIGH, "exposure is not known"),
    ],
)
def test_a_function_may_say_the_sum(said: Any, stake: int | None, grade: Grade, unknown: str | None) -> None:
    exposed = STEPS.model_copy(update={"money": SumBy(by="exposure", at_least=1000)})
    found = says(exposed, money=said)
    assert (found.stake, found.grade, found.unknown) == (stake, grade, unknown)


@pytest.mark.parametrize(("said", "grade"), [(True, LOW), (False, MEDIUM), (Untold("x"), HIGH), (None, HIGH)])
def test_a_function_may_say_whether_it_can_be_undone(said: Any, grade: Grade) -> None:
    found = says(Consequence(reversible=ToldBy(by="undoable")), reversible=said)
    assert found.grade is grade
    assert bool(found.untold) is (said not in (True, False))


def test_a_function_that_fails_leaves_the_sum_that_the_map_writes() -> None:
    exposed = STEPS.model_copy(update={"money": SumBy(by="exposure", at_least=10**9)})
    assert says(exposed, money=Decimal(1)).grade is Grade.CRITICAL
    assert says(exposed, money=Untold("KeyError")).grade is Grade.CRITICAL


def test_every_part_that_the_map_speaks_of_is_named_with_its_reason() -> None:
    spoken = Consequence(
        money="total", medium_from=10, customer=ROWS.customer, legal="high", reversible=False
    )
    asked = Asked(held={"customer": (False, False)})
    found = graded(spoken, {"total": eur("12.5")}, currency="EUR", rates={}, asked=asked)
    assert [(part.name, part.grade, part.because) for part in found.parts] == [
        ("customer", LOW, "harm to the customer: no condition holds"),
        ("legal", HIGH, "legal consequence"),
        ("money", MEDIUM, "12.50 EUR at stake"),
        ("reversible", None, "cannot be undone"),
    ]
    assert found.grade is CRITICAL
