"""Second and third opinions: when it is known whether the AI was right, and who is asked next."""

import pytest

from surehand.core.opinions import settled
from surehand.core.steps import Decide, Draft

CHOICE = Decide(decide="refund", choices=("pay", "reject", "ask"), level="review", queue="desk")
NUMBER = Decide(decide="sum", number={"tolerance": 0.1}, level="review", queue="desk")
DRAFT = Draft(draft="letter", level="review", queue="desk")


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (["pay"], True),
        (["reject"], None),
        (["reject", "reject"], False),
        (["reject", "ask"], None),
        (["reject", "pay"], None),
        (["reject", "pay", "pay"], True),
        (["reject", "pay", "reject"], False),
        (["reject", "ask", "pay"], True),
        (["reject", "ask", "ask"], False),
        (["reject", "pay", "ask"], False),
    ],
)
def test_an_error_of_the_ai_is_one_that_two_people_see_alike(said: list[str], right: bool | None) -> None:
    assert settled(CHOICE, said, "pay") is right


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ([104.0], True),
        ([150.0], None),
        ([150.0, 145.0], False),
        ([150.0, 200.0], None),
        ([150.0, 99.0], None),
    ],
)
def test_numbers_agree_within_the_tolerance(said: list[float], right: bool | None) -> None:
    assert settled(NUMBER, said, 100.0) is right


@pytest.mark.parametrize(
    ("said", "right"), [(["Hello"], True), ([None], None), ([None, None], False), ([None, "Hello"], None)]
)
def test_a_text_is_right_or_not(said: list[str | None], right: bool | None) -> None:
    assert settled(DRAFT, said, "Hello") is right
