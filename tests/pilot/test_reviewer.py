"""What a scripted reviewer says instead of what was read."""

import pytest

from surehand.pilot.reviewer import _later


@pytest.mark.parametrize(
    ("right", "wrong"), [("2026-12-31", "2027-01-01"), ("9999-12-31", "9999-12-30"), ("Acme", "Acmex")]
)
def test_another_text_is_there_for_every_text(right: str, wrong: str) -> None:
    assert _later(right) == wrong
