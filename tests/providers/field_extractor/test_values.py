"""Dates, amounts and references as paper prints them."""

from datetime import date
from decimal import Decimal

import pytest

from surehand.providers.field_extractor import values

DAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17 NOV 2026", DAY),
        ("2026-11-17", DAY),
        ("17/11/2026", DAY),
        ("11/17/2026", DAY),
        ("17.11.26", DAY),
        ("NOVEMBER 17, 2026", DAY),
        ("NOV 17 2026", DAY),
        ("17. NOVEMBER 2026", DAY),
        ("17-NOV-26", DAY),
        ("LE 17 NOVEMBRE 2026", DAY),
        ("17112026 13:11", DAY),
        ("20261117", DAY),
        ("#19- 17/11/2026", DAY),
        ("DATE:17/11/26 09:15", DAY),
        ("31/02/2026", None),
        ("1.234,56", None),
        ("TEL 030 123 4567", None),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    found = values.dates_in(text)
    assert (found[0].value if found else None) == day


@pytest.mark.parametrize(
    ("day_first", "days"),
    [
        (True, [date(2026, 4, 3)]),
        (False, [date(2026, 3, 4)]),
        (None, [date(2026, 4, 3), date(2026, 3, 4)]),
    ],
)
def test_ambiguous_dates(day_first: bool | None, days: list[date]) -> None:
    found = values.dates_in("03/04/2026", day_first=day_first)
    assert [hit.value for hit in found] == days
    assert all(hit.ambiguous for hit in found)


@pytest.mark.parametrize(
    ("text", "comma", "amounts"),
    [
        ("TOTAL 1,234.56", False, ["1234.56"]),
        ("SUMME 1.234,56 EUR", True, ["1234.56"]),
        ("TOTAL 1 234,56", True, ["1234.56"]),
        ("1'234.50", False, ["1234.50"]),
        ("RM 33.90", False, ["33.90"]),
        ("RM33.90", False, ["33.90"]),
        ("-RM 0.02", False, ["-0.02"]),
        ("12.50-", False, ["-12.50"]),
        ("(12.50)", False, ["-12.50"]),
        ("1,234", False, ["1234"]),
        ("1,234", True, ["1.234"]),
        ("1.234", True, ["1234"]),
        ("12,345,678.90", False, ["12345678.90"]),
        ("9 .99", False, ["9.99"]),
        ("17.11.2026", False, []),
        ("14:05", False, []),
        ("A4711", False, []),
        ("", False, []),
    ],
)
def test_amounts(text: str, comma: bool, amounts: list[str]) -> None:
    found = values.amounts_in(text, comma_decimal=comma)
    assert [hit.value for hit in found] == [Decimal(amount) for amount in amounts]


def test_the_currency_beside_an_amount_is_seen() -> None:
    marks = [
        values.amounts_in(text)[0].mark for text in ("€ 5.00", "5.00 EUR", "US$ 5.00", "RM5.00", "6.00%")
    ]
    assert [values.currency_of(mark) for mark in marks] == ["EUR", "EUR", "USD", "MYR", None]


def test_a_document_tells_its_decimal_sign() -> None:
    assert values.comma_is_decimal(["12,50", "1.234,56", "A"])
    assert not values.comma_is_decimal(["12.50", "1,234.56", "3,00"])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Invoice no: INV-4711", {"INV-4711"}),
        ("Ref:PO/2026/17, thanks", {"Ref:PO/2026/17", "PO/2026/17"}),
        ("IBAN DE89 3704 0044 0532 0130 00", {"DE89 3704 0044 0532 0130 00", "DE89"}),
        ("no digits here", set()),
    ],
)
def test_references(text: str, tokens: set[str]) -> None:
    assert tokens <= {hit.value for hit in values.tokens_in(text, digits=True)}


def test_bank_numbers_are_checked() -> None:
    assert values.is_iban("DE89 3704 0044 0532 0130 00")
    assert not values.is_iban("DE88 3704 0044 0532 0130 00")
    assert not values.is_iban("DE89")


@pytest.mark.parametrize(
    ("kind", "value", "same"),
    [
        ("money", {"amount": "12.30", "currency": "EUR"}, "12.3"),
        ("money", "1,012.30", "1012.30"),
        ("number", 3, "3"),
        ("money", "nothing", None),
        ("money", None, None),
    ],
)
def test_numbers_are_compared_as_numbers(kind: str, value: object, same: str | None) -> None:
    assert values.comparable(kind, value) == (None if same is None else Decimal(same))


def test_texts_are_compared_by_letters_and_digits() -> None:
    assert values.comparable("text", "M.R. D-I-Y (M)") == "MRDIYM"
    assert values.comparable("date", "2026-11-17") == DAY
