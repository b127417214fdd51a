"""Made-up invoices: each kind is what it says, measured against the books it is matched with."""

from collections import Counter
from decimal import Decimal

import pytest

from surehand.demo.company import company
from surehand.demo.invoices import MIX, SCANS, Bill, Kind, Paperwork, invoices
from surehand.demo.printing.layouts import LAYOUTS

HOUSE = company(5, orders=1200)
MADE = invoices(600, 5, house=HOUSE)
ORDERS = {order.number: order for order in HOUSE.orders}


def of_kind(*kinds: Kind) -> list[Paperwork]:
    return [one for one in MADE if one.kind in kinds]


def freight(bill: Bill) -> Decimal:
    """What is billed beyond the order's lines."""
    ordered = {item.description for item in ORDERS[bill.order or ""].items}
    return sum((item.amount for item in bill.items if item.description not in ordered), Decimal(0))


def test_the_same_seed_gives_the_same_invoices() -> None:
    assert invoices(50, 5, house=HOUSE) == MADE[:50]
    assert invoices(50, 6, house=HOUSE) != MADE[:50]
    assert invoices(30, 9)[0].bill.supplier in company(9).suppliers


def test_every_kind_comes_about_as_often_as_asked_and_in_both_forms() -> None:
    counts = Counter(one.kind for one in MADE)
    assert set(counts) == set(MIX)
    for kind, share in MIX.items():
        assert abs(counts[kind] / len(MADE) - share / 100) < 0.06
    scans = sum(one.form == "scan" for one in MADE) / len(MADE)
    assert abs(scans - SCANS) < 0.08
    assert all(one.form == "scan" for one in of_kind("faint"))
    assert all(one.form == "pdf" for one in MADE if len(one.bill.items) > 20)


def test_every_layout_occurs() -> None:
    assert {one.bill.supplier.profile.layout for one in MADE} == set(LAYOUTS)


def test_keys_and_orders_are_used_once() -> None:
    assert len({one.key for one in MADE}) == len(MADE)
    orders = [one.bill.order for one in MADE if one.kind != "duplicate" and one.bill.order]
    assert len(set(orders)) == len(orders)


def test_when_the_orders_run_out_it_says_so() -> None:
    with pytest.raises(ValueError, match="orders=") as caught:
        invoices(50, 1, house=company(1, orders=10))
    assert "not enough orders" in str(caught.value)


@pytest.mark.parametrize("kind", ["clean", "high_amount", "foreign_currency", "faint"])
def test_what_a_reviewer_approves_matches_its_order_and_its_goods(kind: Kind) -> None:
    for one in of_kind(kind):
        order = ORDERS[one.bill.order or ""]
        assert one.answer == "approve"
        assert one.bill.items[: len(order.items)] == order.items
        assert order.arrived == tuple(item.quantity for item in order.items)
        assert freight(one.bill) <= min(order.net * Decimal("0.03"), Decimal(150))
        assert one.bill.total == one.bill.net + one.bill.tax
        assert one.bill.account == order.supplier.iban
        assert (one.bill.net > 10_000) == (kind == "high_amount")
        assert (order.supplier.profile.currency != "EUR") == (kind == "foreign_currency")


def test_each_fault_is_there_and_only_where_it_is_said_to_be() -> None:
    for one in MADE:
        bill, kind = one.bill, one.kind
        known = bill.supplier in HOUSE.suppliers
        assert known == (kind != "new_supplier")
        assert (bill.order is None) == (kind in ("missing_po", "new_supplier"))
        assert (abs(bill.total - bill.net - bill.tax) > Decimal("0.05")) == (kind == "wrong_total")
        if bill.order is None:
            continue
        order = ORDERS[bill.order]
        prices = {item.description: item.unit_price for item in order.items}
        dearest = max(item.unit_price / prices.get(item.description, item.unit_price) for item in bill.items)
        assert (dearest > Decimal("1.07")) == (kind == "price_over")
        assert (order.flavour == "partial") == (kind == "partial_receipt")
        changed = bill.account != order.supplier.iban
        dear = freight(bill) > max(order.net * Decimal("0.03"), Decimal(150))
        assert (changed or dear) == (kind == "policy_breach")


def test_faults_are_not_approved() -> None:
    sound = ("clean", "faint", "foreign_currency", "high_amount")
    assert all((one.answer == "approve") == (one.kind in sound) for one in MADE)
    assert all(one.why for one in MADE)


def test_a_duplicate_repeats_an_earlier_invoice_under_another_spelling() -> None:
    seen: dict[str, Paperwork] = {}
    for one in MADE:
        if one.kind == "duplicate":
            first = seen[one.same_as or ""]
            assert one.bill.number != first.bill.number
            letters = [char for char in first.bill.number if char.isalnum()]
            assert "".join(letters) in "".join(char for char in one.bill.number if char.isalnum())
            assert {**one.truth, "number": None} == {**first.truth, "number": None}
        seen[one.key] = one


def test_dates_lie_where_they_can() -> None:
    for one in MADE:
        assert one.bill.day <= HOUSE.today
        assert one.bill.due > one.bill.day
        assert one.bill.stamp is None or one.bill.day <= one.bill.stamp <= HOUSE.today
