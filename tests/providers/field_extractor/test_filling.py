"""Currencies, and values as the wanted model holds them."""

import pytest

from surehand.providers.field_extractor.filling import NO_CURRENCY, Writer
from surehand.providers.field_extractor.rows import sheet_of
from tests.providers.field_extractor.paper import page


@pytest.mark.parametrize(
    ("rows", "usual", "code"),
    [
        (["Total|12.50 EUR"], "USD", "EUR"),
        (["Amount (CHF)", "12.50"], "USD", "CHF"),
        (["All prices in GBP"], "USD", "GBP"),
        (["£5.00 and £6.00", "10 EUR"], "USD", "GBP"),
        (["TRY OUR CAKES", "5.00"], "USD", "USD"),
        (["RM 5.00"], None, "MYR"),
        (["5.00"], None, NO_CURRENCY),
    ],
)
def test_the_currency_of_a_page(rows: list[str], usual: str | None, code: str) -> None:
    assert Writer(sheet_of(page(rows)), usual, {}).currency("") == code


def test_a_sign_beside_the_amount_comes_first_and_means_what_was_labelled() -> None:
    writer = Writer(sheet_of(page(["5.00 EUR", "6.00 EUR"])), "USD", {"$": "CAD"})
    assert writer.currency("$") == "CAD"
    assert writer.currency("GBP") == "GBP"
    assert writer.currency("%") == "EUR"
