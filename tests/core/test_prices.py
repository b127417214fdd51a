"""What tokens cost, as a table: exactly, however few or many."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from surehand.core.process import Budget, Prices


@pytest.mark.parametrize(
    ("sent_price", "received_price", "sent", "received", "cost"),
    [
        ("0.15", "0.60", 1_000_000, 0, "0.15"),
        ("0.15", "0.60", 0, 1_000_000, "0.60"),
        ("0.15", "0.60", 1_000, 100, "0.00021"),
        ("0.15", "0.60", 1, 0, "0.00000015"),
        ("0.000001", "0", 1, 10**9, "0.000000000001"),
        ("0", "10", 10**9, 7, "0.00007"),
        ("999999.999999", "999999.999999", 10**9, 10**9, "1999999999.998"),
        ("2.5", "10", 0, 0, "0"),
    ],
)
def test_what_tokens_cost(sent_price: str, received_price: str, sent: int, received: int, cost: str) -> None:
    prices = Prices(currency="EUR", sent=Decimal(sent_price), received=Decimal(received_price))
    assert prices.cost(sent, received) == Decimal(cost)


def test_a_tenth_of_yaml_is_a_tenth() -> None:
    prices = Prices.model_validate({"currency": "EUR", "sent": 0.1, "received": 0.2})
    assert prices.cost(3_000_000, 0) == Decimal("0.3")
    assert Budget.model_validate({"money": 0.3}).money == Decimal("0.3")


@pytest.mark.parametrize(
    "wrong", [-1, "-0.000001", "nan", "inf", "1e6", "0.0000001", None, True, "1 EUR", []]
)
def test_a_price_that_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Prices.model_validate({"currency": "EUR", "sent": wrong, "received": 1})
