"""What was misread by a letter is given as people spelled it."""

import pytest

from surehand.providers.field_extractor.spelling import confirmed, distance, spellings

KNOWN = spellings(["North River Trading Ltd", "North River Trading Ltd", "12 High Street, 10115 Springfield"])


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("NORTHRIVFRTRADINGLTD", "North River Trading Ltd"),
        ("NORTHRIVERTRADINGLT", "North River Trading Ltd"),
        ("NORTHRIVERTRADINGLTD", None),
        ("NXRTHRIVFRTRADINGLTX", None),
        ("12HIGHSTRFET10115SPRINGFIELD", "12 High Street, 10115 Springfield"),
        ("13HIGHSTREET10115SPRINGFIELD", None),
        ("SHORT", None),
        ("", None),
    ],
    ids=["misread", "letter lost", "as known", "too far", "address", "another house", "too short", "empty"],
)
def test_a_slip_is_mended_and_a_digit_never(key: str, text: str | None) -> None:
    assert confirmed(key, KNOWN) == text


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("ABC", "ABC", 0), ("ABC", "AXC", 1), ("ABC", "AC", 1), ("ABC", "XYZ", 3), ("", "AB", 2)],
)
def test_distance(one: str, other: str, slips: int) -> None:
    assert distance(one, other, most=5) == slips
    assert distance(one, other, most=1) == min(slips, 2)
