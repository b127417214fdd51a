"""The made-up company: its books fit together, and no account or order is nonsense."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from surehand.demo.books.entries import Books
from surehand.demo.catalogue import goods
from surehand.demo.company import TODAY, company
from surehand.demo.ibans import checks, grouped, iban
from surehand.demo.suppliers import PROFILES, STRANGERS

HOUSE = company(3)
BOOKS = HOUSE.books()


def test_the_same_seed_gives_the_same_company_and_more_orders_leave_the_first() -> None:
    assert company(3) == HOUSE
    assert company(4) != HOUSE
    assert company(3, orders=40).orders == HOUSE.orders[:40]


def test_the_books_are_json_with_what_a_ledger_loads() -> None:
    assert json.loads(json.dumps(BOOKS)) == BOOKS
    loaded = Books.model_validate(BOOKS)  # which refuses a key that it does not know
    assert {name: len(rows) for name, rows in BOOKS.items()} == {
        name: len(getattr(loaded, name)) for name in Books.model_fields
    }


def test_the_books_fit_together() -> None:
    suppliers = {row["name"] for row in BOOKS["suppliers"]}
    budgets = {row["name"]: Decimal(row["amount"]) - Decimal(row["spent"]) for row in BOOKS["budgets"]}
    orders = {row["number"]: row for row in BOOKS["orders"]}
    assert len(suppliers) == len(PROFILES) == 29
    assert len(orders) == len(BOOKS["orders"]) == 320
    assert all(row["supplier"] in suppliers and row["budget"] in budgets for row in orders.values())
    for receipt in BOOKS["receipts"]:
        ordered = [Decimal(line["quantity"]) for line in orders[receipt["order"]]["lines"]]
        assert all(Decimal(line["quantity"]) <= ordered[line["line"] - 1] for line in receipt["lines"])
        assert date.fromisoformat(receipt["day"]) <= TODAY
    assert not {profile.name for profile in STRANGERS} & suppliers


def test_budgets_have_room_for_all_open_orders() -> None:
    rates = {"EUR": "1", "GBP": "1.17", "USD": "0.92", "CHF": "1.05", "PLN": "0.23"}
    for budget in BOOKS["budgets"]:
        open_orders = [order for order in HOUSE.orders if order.budget == budget["name"]]
        wanted = sum(order.net * Decimal(rates[order.supplier.profile.currency]) for order in open_orders)
        assert wanted < Decimal(budget["amount"]) - Decimal(budget["spent"])


def test_every_flavour_of_order_is_what_it_says() -> None:
    counts = Counter(order.flavour for order in HOUSE.orders)
    assert set(counts) == {"ordinary", "large", "partial", "long"}
    for order in HOUSE.orders:
        short = any(came < item.quantity for item, came in zip(order.items, order.arrived, strict=True))
        assert short == (order.flavour == "partial")
        assert (order.net > 10_000) == (order.flavour == "large")
        assert (len(order.items) > 20) == (order.flavour == "long")
        assert all(item.quantity >= 1 and item.unit_price > 0 for item in order.items)
        assert len({item.description for item in order.items}) == len(order.items)


@pytest.mark.parametrize(
    "country", ["AT", "BE", "CH", "DE", "DK", "ES", "FR", "GB", "IE", "IT", "LU", "NL", "PL"]
)
def test_made_up_accounts_have_right_check_digits(country: str) -> None:
    account = iban(Random(country), country)
    assert checks(account)
    assert checks(grouped(account))
    last = "1" if account[-1] != "1" else "2"
    assert not checks(account[:-1] + last)


@pytest.mark.parametrize("account", ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"])
def test_the_check_knows_accounts_from_the_standard(account: str) -> None:
    assert checks(account)


def test_every_good_has_a_name_in_its_suppliers_language() -> None:
    for profile in (*PROFILES, *STRANGERS):
        _, offered = goods(profile.trade, profile.language)
        assert all(name and low < high and most >= 1 for name, low, high, most in offered)
