"""Formats that labelled references share."""

import pytest

from surehand.providers.field_extractor.formats import IBAN, format_of, has_format

IBANS = ["DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32"] * 5
ORDERS = [f"PO-26{number:04}" for number in range(10)]
FIVE = [f"supplier {number % 5}" for number in range(10)]


@pytest.mark.parametrize(
    ("texts", "groups", "found"),
    [
        (IBANS, FIVE, IBAN),
        ([*IBANS[:9], "DE00 3704 0044 0532 0130 00"], FIVE, ""),
        (ORDERS, FIVE, "PO-999999"),
        ([*ORDERS[:9], "4711"], FIVE, ""),
        (ORDERS, ["one supplier"] * 10, ""),
        (ORDERS[:7], FIVE[:7], ""),
        ([], [], ""),
    ],
    ids=[
        "accounts",
        "one account is none",
        "orders",
        "one order is another",
        "one supplier",
        "too few",
        "none",
    ],
)
def test_the_format_is_what_all_have(texts: list[str], groups: list[str], found: str) -> None:
    assert format_of(texts, groups) == found


@pytest.mark.parametrize(
    ("text", "wanted", "has"),
    [
        ("DE89370400440532013000", IBAN, True),
        ("DE88370400440532013000", IBAN, False),
        ("INV-12345", IBAN, False),
        ("po-270001", "PO-999999", True),
        ("PO-27001", "PO-999999", False),
        ("anything", "", True),
    ],
)
def test_what_has_another_format_is_told_apart(text: str, wanted: str, has: bool) -> None:
    assert has_format(text, wanted) is has
