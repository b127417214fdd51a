"""The invoices of the made-up company against its own books: each kind meets the check made for it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.invoices import books, steps
from examples.invoices.records import Invoice
from surehand.demo.company import company
from surehand.demo.invoices import invoices
from tests.ledgers import LedgerProcess, running_ledger

SEED = 3


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LedgerProcess]:
    with running_ledger(tmp_path / "books.sqlite3") as running:
        loaded = running.call("POST", "/load", json=company(SEED, orders=320).books())
        assert loaded.status_code == 200, loaded.text
        monkeypatch.setenv("LEDGER_URL", running.url)
        yield running


def printed(truth: Any) -> Invoice:
    """What is printed, as the model reads it: sums of lines have no currency of their own."""
    lines = [
        {name: value["amount"] if isinstance(value, dict) else value for name, value in line.items()}
        for line in truth["lines"] or []
    ]
    return Invoice.model_validate({**truth, "lines": lines or None})


def test_each_kind_of_invoice_meets_the_check_it_is_made_for(ledger: LedgerProcess) -> None:
    found: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for paper in invoices(150, SEED, house=company(SEED, orders=320)):
        bill = printed(paper.truth)
        vendor = steps.match_supplier(bill.supplier, bill.iban, bill.date, bill.due_date).vendor
        order = steps.match_order(bill, vendor).order
        duplicate = steps.check_duplicate([bill], [vendor])[0].duplicate
        budget = steps.check_budget(order, bill).budget
        sums = steps.check_sums(bill, None).sums
        answer = steps.approve_payment(bill, vendor, order, duplicate, budget, sums)
        wrong = [
            name
            for name, holds in {
                "order": order.state != "full",
                "duplicate": duplicate.state != "none",
                "budget": budget.state in ("over", "unknown"),
                "sums": sums.agree is not True,
                "supplier": not vendor.known or vendor.is_new,
                "account": vendor.iban_agrees is False,
            }.items()
            if holds
        ]
        found[paper.kind][(*wrong, str(answer.value))] += 1
        if answer.value == "pay":
            books.pay(
                paper.key, supplier=vendor.name or "", invoice=bill.number, amount=bill.total.amount,
                currency=bill.total.currency, date=bill.date, due=None, net=bill.net_amount,
                orders=order.numbers, budget=order.budget, again=False,
            )  # fmt: skip
    for kind in ("clean", "foreign_currency", "high_amount", "faint"):
        assert set(found[kind]) == {("pay",)}, (kind, found[kind])
    assert set(found["wrong_total"]) == {("sums", "reject")}
    assert set(found["duplicate"]) == {("order", "duplicate", "reject")}  # and the order is paid already
    assert set(found["price_over"]) == set(found["partial_receipt"]) == {("order", "reject")}
    assert set(found["missing_po"]) == {("order", "reject")}  # without an order it never comes so far
    assert set(found["new_supplier"]) == {("order", "supplier", "reject")}
    assert set(found["policy_breach"]) == {("account", "reject"), ("order", "reject")}
