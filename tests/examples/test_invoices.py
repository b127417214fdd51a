"""The invoices example, pure: orders, receipts, duplicates, budgets, sums, and what is recommended."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.invoices import checks, pairing, steps
from examples.invoices.checks import Duplicate, Spending, Sums
from examples.invoices.matching import Match, matched, order_numbers
from examples.invoices.records import Budget, Invoice, LineItem, Order, Paid
from surehand.core.money import Money
from surehand.errors import PermanentFailure

DAY = dt.date(2026, 3, 10)


def money(amount: str | None, currency: str = "EUR") -> Money | None:
    return None if amount is None else Money(amount=Decimal(amount), currency=currency)


def line(
    description: str | None, quantity: str | None, price: str | None, amount: str | None = None
) -> LineItem:
    """A billed line; the amount is the product, unless it is given."""
    if amount is None and quantity and price:
        amount = str(Decimal(quantity) * Decimal(price))
    return LineItem.model_validate(
        {"description": description, "quantity": quantity, "unit_price": price, "amount": amount}
    )


def invoice(*lines: LineItem, net: str | None = None, currency: str = "EUR", **more: Any) -> Invoice:
    """An invoice over these lines, without tax; `net` is their sum unless it is given."""
    if net is None and lines:
        net = str(sum((one.amount or Decimal(0) for one in lines), Decimal(0)))
    return Invoice(
        **{
            "supplier": "Papier Nord GmbH", "number": "R-77", "date": DAY, "po_number": "PO-1001",
            "net": money(net, currency), "tax": money("0", currency), "total": money(net, currency),
            "lines": list(lines) or None,
        }
        | more
    )  # fmt: skip


def order(
    *lines: tuple[str, str, str],
    received: dict[int, str] | None = None,
    number: str = "PO-1001",
    **more: Any,
) -> Order:
    """An order of (description, quantity, price); of `received` arrived: all, unless it says."""
    arrived = {n: one[1] for n, one in enumerate(lines, 1)} if received is None else received
    receipts = [{"lines": [{"line": n, "quantity": quantity}]} for n, quantity in arrived.items()]
    return Order.model_validate(
        {
            "number": number, "supplier": "Papier Nord GmbH", "currency": "EUR", "receipts": receipts,
            "lines": [{"description": d, "quantity": q, "unit_price": p} for d, q, p in lines],
        }
        | more
    )  # fmt: skip


def paid(number: str, invoice: str | None, amount: str, date: dt.date | None = DAY, **more: Any) -> Paid:
    return Paid.model_validate(
        {
            "key": f"k-{number}", "number": number, "state": "paid", "supplier": "Papier Nord GmbH",
            "invoice": invoice, "date": date, "amount": amount, "currency": "EUR",
        }
        | more
    )  # fmt: skip


def fits(bill: Invoice, *orders: Order, supplier: str | None = "Papier Nord GmbH") -> Match:
    return matched(bill, orders, supplier=supplier)


PAPER, TONER = ("Copy paper A4, 80 g", "40", "4.50"), ("Toner black HP 59X", "2", "149.00")
PAPER_BILLED, TONER_BILLED = line(*PAPER), line(*TONER)


@pytest.mark.parametrize(
    ("bill", "orders", "state", "over", "said"),
    [
        pytest.param(
            invoice(PAPER_BILLED, TONER_BILLED), [order(PAPER, TONER)], "full", None, "",
            id="exact",
        ),
        pytest.param(
            invoice(line("COPY PAPER A4 80g white", "40", "4.50")), [order(PAPER, TONER)], "full", None, "",
            id="other words, part of the order",
        ),
        pytest.param(
            invoice(line("Art. 4711-B", "40", "4.50")), [order(PAPER, TONER)], "full", None, "",
            id="another name, same quantity and price",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", "40", "4.59")), [order(PAPER)], "full", None, "",
            id="price 2 % over",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", "40", "4.60")), [order(PAPER)], "partial", "4.00",
            "4.60 each, ordered at 4.50 (2.2%, 4.00 EUR over)", id="price more than 2 % over",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", "40", "4.00")), [order(PAPER)], "full", None, "",
            id="cheaper than ordered",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", "41", "4.50")), [order(PAPER)], "partial", "4.50",
            "41 billed, 40 ordered (4.50 EUR over)", id="quantity over",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", "41", "4.60")), [order(PAPER)], "partial", "8.60",
            "41 billed", id="price and quantity over",
        ),
        pytest.param(
            invoice(PAPER_BILLED, line("Shipping", "1", "5.40")), [order(PAPER)], "full", None, "",
            id="freight of 3 %",
        ),
        pytest.param(
            invoice(PAPER_BILLED, line("Shipping", "1", "5.50")), [order(PAPER)], "partial", "0.10",
            "Freight of 5.50 EUR is not on the order; up to 5.40", id="freight over 3 %",
        ),
        pytest.param(
            invoice(line("Press", "1", "9000"), line("Freight", None, None, "151")),
            [order(("Press", "1", "9000"))], "partial", "1.00", "up to 150.00", id="freight over 150",
        ),
        pytest.param(
            invoice(PAPER_BILLED, line("Freight", "1", "30.00")), [order(PAPER, ("Freight", "1", "30.00"))],
            "full", None, "", id="freight on the order",
        ),
        pytest.param(
            invoice(PAPER_BILLED), [order(PAPER, received={})], "partial", "180.00",
            "40 billed, nothing received yet of 40 ordered", id="receipt missing",
        ),
        pytest.param(
            invoice(PAPER_BILLED), [order(PAPER, received={1: "25"})], "partial", "67.50",
            "40 billed, 25 received of 40 ordered (67.50 EUR over)", id="receipt partial",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", "25", "4.50")), [order(PAPER, received={1: "25"})],
            "full", None, "", id="bill for what arrived",
        ),
        pytest.param(
            invoice(PAPER_BILLED), [order(PAPER, received={}, goods=False)], "full", None, "",
            id="services need no receipt",
        ),
        pytest.param(
            invoice(PAPER_BILLED, line("Stapler", "1", "12.00")), [order(PAPER)], "partial", "12.00",
            "Stapler: 12.00 EUR that is not on the order", id="line not on the order",
        ),
        pytest.param(
            invoice(PAPER_BILLED, PAPER_BILLED), [order(PAPER)], "partial", "180.00", "not on the order",
            id="one line billed twice",
        ),
        pytest.param(
            invoice(PAPER_BILLED, line("Discount", None, None, "-10.00")), [order(PAPER)], "full", None, "",
            id="discount",
        ),
        pytest.param(
            invoice(PAPER_BILLED, TONER_BILLED, po_number="PO-1001, PO-1002"),
            [order(PAPER), order(TONER, number="PO-1002")], "full", None, "", id="two orders",
        ),
        pytest.param(
            invoice(PAPER_BILLED, po_number="PO-1001 + PO-1002"), [order(PAPER)], "partial", None,
            "1 of the orders that it names is not in the books", id="one of two orders is missing",
        ),
        pytest.param(
            invoice(PAPER_BILLED, currency="USD"), [order(PAPER)], "partial", None,
            "is in EUR, and the invoice in USD", id="other currency",
        ),
        pytest.param(
            invoice(PAPER_BILLED), [order(PAPER, supplier="Bürobedarf Süd")], "partial", None,
            "is with Bürobedarf Süd, not with Papier Nord GmbH", id="order of another supplier",
        ),
        pytest.param(
            invoice(line("Screws", "3000", "0.0333", "99.90")), [order(("Screws", "3000", "0.0326"))],
            "partial", "2.10", "over", id="a small price times much",
        ),
        pytest.param(
            invoice(line("Screws", "1", "0.36")), [order(("Screws", "1", "0.33"))], "full", None, "",
            id="rounding",
        ),
        pytest.param(
            invoice(net="183.65"), [order(PAPER)], "full", None, "", id="sum alone, 2 % and 5 cents"
        ),
        pytest.param(
            invoice(net="183.66"), [order(PAPER)], "partial", "3.66",
            "183.66 EUR without tax, 180.00 received", id="sum alone, over",
        ),
        pytest.param(
            invoice(net="90"), [order(PAPER)], "partial", None, "a part of it", id="sum alone, a part",
        ),
        pytest.param(
            invoice(net="112.50"), [order(PAPER, received={1: "25"})], "full", None, "",
            id="sum alone, for what arrived",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", None, None, "180.00")), [order(PAPER)], "full", None, "",
            id="line with a sum alone",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", None, None, "200.00")), [order(PAPER)], "partial", "20.00",
            "200.00 EUR, 180.00 ordered and received (20.00 over)", id="line with a sum alone, over",
        ),
        pytest.param(
            invoice(line("Copy paper A4, 80 g", None, "4.50", "180.00")), [order(PAPER)], "partial", None,
            "the quantity could not be read", id="quantity not read",
        ),
        pytest.param(
            invoice(PAPER_BILLED, line("Stapler", "1", None), net="900.00"), [order(PAPER)], "partial", None,
            "1 of its lines shows no price and no sum", id="a line not read",
        ),
        pytest.param(invoice(), [order(PAPER)], "unknown", None, "nothing was compared", id="nothing read"),
        pytest.param(invoice(PAPER_BILLED), [], "none", None, "", id="no such order"),
        pytest.param(
            invoice(PAPER_BILLED), [order(PAPER, payments=[paid("P-1", "R-70", "180.00", net="180.00")])],
            "partial", "180.00", "180.00 EUR was paid for it before (P-1)", id="order paid before",
        ),
        pytest.param(
            invoice(TONER_BILLED),
            [order(PAPER, TONER, payments=[paid("P-1", "R-70", "214.20", net="180.00")])],
            "full", None, "", id="the rest of an order",
        ),
        pytest.param(
            invoice(PAPER_BILLED),
            [order(PAPER, payments=[paid("P-1", "R-70", "180.00", state="cancelled")])],
            "full", None, "", id="order paid before, and taken back",
        ),
    ],
)  # fmt: skip
def test_matching(bill: Invoice, orders: list[Order], state: str, over: str | None, said: str) -> None:
    found = fits(bill, *orders)
    assert (found.state, found.over) == (state, money(over)), found
    assert said in " ".join(found.differences)
    assert bool(found.differences) == (state in ("partial", "unknown"))


def test_what_agrees_and_what_differs_is_said_line_by_line() -> None:
    found = fits(invoice(PAPER_BILLED, line("Toner black HP 59X", "3", "149")), order(PAPER, TONER))
    assert found.matched == ["Copy paper A4, 80 g: 40 at 4.50, as ordered and received."]
    assert found.differences == ["Toner black HP 59X: 3 billed, 2 ordered (149.00 EUR over)."]
    assert found.three_way
    services = fits(invoice(PAPER_BILLED), order(PAPER, goods=False))
    assert services.matched == ["Copy paper A4, 80 g: 40 at 4.50, as ordered."]
    assert not services.three_way


def test_a_sum_without_a_currency_is_compared_as_the_orders() -> None:
    bill = invoice(PAPER_BILLED, currency="XXX")
    assert (bill.currency, fits(bill, order(PAPER)).state) == (None, "full")
    with pytest.raises(PermanentFailure, match="currency could not be read"):
        steps.pay("k", vendor(), "R-1", DAY, DAY, bill.net, bill.total, Match(state="full"), Duplicate())


@pytest.mark.parametrize(
    ("text", "freight"),
    [
        ("Freight and packing", True), ("Fracht und Verpackung", True), ("Versandkosten", True),
        ("Porto", True), ("Frais de port", True), ("Vracht en verpakking", True), ("Gastos de envío", True),
        ("Transport", True), ("Portable drive", False), ("Porte coulissante", False), (None, False),
    ],
)  # fmt: skip
def test_freight_is_known_by_its_name(text: str | None, freight: bool) -> None:
    assert pairing.is_freight(line(text, "1", "3.00")) is freight


def test_two_lines_of_one_name_find_their_prices() -> None:
    ordered = order(("Chair, blue", "4", "80"), ("Chair, grey", "4", "120"))
    assert (
        fits(invoice(line("Chair grey", "4", "120"), line("Chair blue", "4", "80")), ordered).state == "full"
    )


def test_orders_of_one_budget_have_it_and_others_have_none() -> None:
    one, other = order(PAPER, budget="office"), order(TONER, number="PO-1002", budget="office")
    assert fits(invoice(PAPER_BILLED), one, other).budget == "office"
    assert fits(invoice(PAPER_BILLED), one, other.model_copy(update={"budget": "print"})).budget is None


@pytest.mark.parametrize(
    ("printed", "numbers"),
    [
        ("PO-1001", ["PO-1001"]), (" 4500012345 ", ["4500012345"]), ("PO-1, PO-2", ["PO-1", "PO-2"]),
        ("PO-1 and PO-2; PO-1", ["PO-1", "PO-2"]), ("PO-1 und PO-2", ["PO-1", "PO-2"]),
        ("PO 77/2026", ["PO 77/2026"]),
        (None, []), ("", []), (" - ", []),
    ],
)  # fmt: skip
def test_order_numbers(printed: str | None, numbers: list[str]) -> None:
    assert order_numbers(printed) == numbers


# --- duplicates


BEFORE = checks.claims_of([paid("P-1", "INV-001", "119.00"), paid("P-2", None, "55.00", None)])


@pytest.mark.parametrize(
    ("number", "total", "date", "state", "of"),
    [
        ("INV-001", "119.00", DAY, "same_number", "P-1"),
        ("inv 001", "80.00", DAY + dt.timedelta(90), "same_number", "P-1"),
        ("INV001", None, None, "same_number", "P-1"),
        ("INV/001", "119.00", DAY, "same_number", "P-1"),
        ("INV-0010", "119.00", DAY, "same_sum", "P-1"),
        ("INV-002", "119.00", DAY + dt.timedelta(7), "same_sum", "P-1"),
        ("INV-002", "119.00", DAY - dt.timedelta(8), "none", None),
        ("INV-002", "119.01", DAY, "none", None),
        (None, "119.00", None, "same_sum", "P-1"),
        ("INV-003", "55.00", DAY, "same_sum", "P-2"),
        (None, "99.00", DAY, "none", None),
        ("---", None, None, "none", None),
    ],
)
def test_duplicates(
    number: str | None, total: str | None, date: dt.date | None, state: str, of: str | None
) -> None:
    found = checks.duplicate(invoice(number=number, total=money(total), date=date), BEFORE)
    assert (found.state, found.of) == (state, of)
    assert (found.why is None) == (state == "none")


def test_another_currency_is_another_sum_and_a_cancelled_payment_is_none() -> None:
    bill = invoice(number="X", total=money("119.00", "USD"))
    assert checks.duplicate(bill, BEFORE).state == "none"
    gone = checks.claims_of([paid("P-1", "INV-001", "119.00", state="cancelled")])
    assert checks.duplicate(invoice(number="INV-001"), gone).state == "none"


# --- sums


@pytest.mark.parametrize(
    ("bill", "agree", "said"),
    [
        (invoice(net="100", tax=money("19"), total=money("119")), True, ""),
        (invoice(net="100", tax=money("19"), total=money("119.05")), True, ""),
        (invoice(net="100", tax=money("19"), total=money("119.06")), False, "0.06 too much"),
        (invoice(net="100", tax=money("19"), total=money("109")), False, "10.00 too little"),
        (invoice(net="100", tax=None, total=money("119")), True, ""),
        (invoice(net="100", tax=None, total=money("127.05")), True, ""),
        (invoice(net="100", tax=None, total=money("127.06")), False, "27.06 on 100.00 without tax is 27.1%"),
        (invoice(net="100", tax=None, total=money("90")), False, "no tax is like that"),
        (invoice(net="100", tax=money("800"), total=money("900")), False, "is 800.0%, and no tax"),
        (Invoice(lines=[PAPER_BILLED], total=money("214.20")), True, ""),
        (Invoice(lines=[PAPER_BILLED], total=money("999")), False, "819.00 on 180.00"),
        (Invoice(lines=[line(None, "40", None)], total=money("999")), None, ""),
        (invoice(net="100", tax=money("19", "USD"), total=money("119")), False, "different currencies"),
        (invoice(net="100", tax=money("19", "XXX"), total=money("119")), True, ""),
        (invoice(PAPER_BILLED, net="180.00"), True, ""),
        (invoice(PAPER_BILLED, net="190.00"), False, "The lines make 180.00, and the sum"),
        (invoice(line("A", "2", "5", "11"), net="11"), False, "Line 1: 2 at 5.00 is 10.00, not 11.00"),
        (invoice(line("A", None, "5", "11"), net="11"), True, ""),
        (invoice(net=None, tax=None, total=None, due_date=DAY), True, ""),
        (invoice(net=None, tax=None, due_date=DAY - dt.timedelta(1)), False, "before its own date"),
        (invoice(net=None, tax=None), None, ""),
        (Invoice(), None, ""),
    ],
)  # fmt: skip
def test_sums(bill: Invoice, agree: bool | None, said: str) -> None:
    found = checks.sums(bill)
    assert found.agree is agree, found
    assert said in " ".join(found.wrong)


def test_an_invoice_of_tomorrow_does_not_agree() -> None:
    bill = invoice(net=None, tax=None)
    assert checks.sums(bill, received_on=DAY - dt.timedelta(1)).wrong == [
        "Dated 2026-03-10, after it came on 2026-03-09."
    ]
    assert checks.sums(bill, received_on=DAY).agree is True


# --- budget


@pytest.mark.parametrize(
    ("net", "name", "budget", "state", "over"),
    [
        ("100.00", "IT", ("1000", "900"), "within", None),
        ("100.01", "IT", ("1000", "900"), "over", "0.01"),
        ("10.00", "IT", ("1000", "1200"), "over", "210.00"),
        (None, "IT", ("1000", "0"), "unknown", None),
        ("1.00", "IT", None, "unknown", None),
        ("1.00", None, None, "none", None),
    ],
)
def test_budget(
    net: str | None, name: str | None, budget: tuple[str, str] | None, state: str, over: str | None
) -> None:
    held = None
    if budget:
        held = Budget(
            name="IT", year=2026, currency="EUR", amount=Decimal(budget[0]), spent=Decimal(budget[1])
        )
    found = checks.spending(money(net), held, name)
    assert (found.state, found.over) == (state, money(over))
    assert (found.why is None) == (state in ("within", "none"))
    if held:
        assert checks.spending(money("1", "USD"), held, "IT").state == "unknown"


def test_a_budget_is_compared_at_its_own_rate() -> None:
    held = Budget(
        name="IT",
        year=2026,
        currency="EUR",
        amount=Decimal(100),
        spent=Decimal(0),
        rates={"USD": Decimal("0.92")},
    )
    assert checks.spending(money("108.69", "USD"), held, "IT").state == "within"
    over = checks.spending(money("109.00", "USD"), held, "IT")
    assert (over.state, over.over) == ("over", money("0.28"))
    assert "no rate for GBP" in str(checks.spending(money("1", "GBP"), held, "IT").why)


# --- the recommendation


def vendor(**more: Any) -> steps.Vendor:
    return steps.Vendor(
        **{
            "known": True, "name": "Papier Nord GmbH", "is_new": False, "invoices": 41, "blocked": False,
            "near": [], "account": "DE89370400440532013000", "iban_agrees": True, "terms_days": 30,
        }
        | more
    )  # fmt: skip


def recommended(**more: Any) -> Any:
    given: dict[str, Any] = {
        "invoice": invoice(PAPER_BILLED, iban="DE12 3456"), "vendor": vendor(),
        "order": fits(invoice(PAPER_BILLED), order(PAPER)), "duplicate": Duplicate(),
        "budget": Spending(state="none"), "sums": Sums(agree=True),
    }  # fmt: skip
    return steps.approve_payment(**(given | more))


def test_what_was_ordered_and_arrived_is_paid() -> None:
    answer = recommended()
    assert (answer.value, answer.signals["rule_clarity"]) == ("pay", 1.0)
    assert answer.confidence > 0.9
    assert "as ordered and received" in answer.reasons[0]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"duplicate": Duplicate(state="same_number", of="P-1", why="Paid before: P-1.")}, "P-1"),
        ({"vendor": vendor(blocked=True)}, "blocked"),
        ({"vendor": vendor(iban_agrees=False)}, "(ending in 3456, ending in 3000)"),
        ({"vendor": vendor(known=False, near=["Papier Nord AG"])}, "the books have Papier Nord AG"),
        ({"invoice": invoice(net="-20")}, "credit note"),
        ({"order": Match(state="none")}, "no purchase order PO-1001"),
        ({"order": fits(invoice(PAPER_BILLED), order(PAPER, received={}))}, "180.00 EUR more than"),
        ({"sums": Sums(agree=False, wrong=["Net and tax do not make the total."])}, "do not make the total"),
        ({"budget": Spending(state="over", why="Budget IT is used up.")}, "used up"),
    ],
)  # fmt: skip
def test_what_speaks_against_paying_rejects_it(change: dict[str, Any], because: str) -> None:
    answer = recommended(**change)
    assert answer.value == "reject"
    assert because in answer.reasons[0]
    assert answer.alternatives[0].value == "pay"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"duplicate": Duplicate(state="same_sum", of="P-1", why="The same sum as P-1.")}, "P-1"),
        ({"vendor": vendor(is_new=True, invoices=1)}, "is new: 1 of its invoices"),
        ({"order": fits(invoice(), order(PAPER))}, "nothing was compared"),
        ({"budget": Spending(state="unknown", why="No such budget.")}, "No such budget"),
    ],
)
def test_what_should_be_seen_lowers_the_confidence(change: dict[str, Any], because: str) -> None:
    answer = recommended(**change)
    assert answer.value == "pay"
    assert because in answer.reasons[0]
    assert answer.confidence < 0.9
    assert answer.signals["rule_clarity"] < 0.9


def test_without_a_total_there_is_no_answer() -> None:
    assert recommended(invoice=invoice()).value is None


# --- whatever was read


NUMBERS = st.one_of(
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal(0), Decimal("1E+400"), Decimal("1E-400"), Decimal(-5), Decimal(10) ** 11]),
)
TEXTS = st.one_of(
    st.none(), st.text(max_size=30), st.sampled_from(["Freight", "Copy paper", "PO-1,,PO-2", "%s {x}"])
)
LINES = st.builds(LineItem, description=TEXTS, quantity=NUMBERS, unit_price=NUMBERS, amount=NUMBERS)
SUMS = st.one_of(
    st.none(),
    st.builds(
        Money,
        amount=st.decimals(-(10**14), 10**14, allow_nan=False),
        currency=st.sampled_from(["EUR", "USD"]),
    ),
)
INVOICES = st.builds(
    Invoice, supplier=TEXTS, number=TEXTS, po_number=TEXTS, iban=TEXTS, net=SUMS, tax=SUMS, total=SUMS,
    date=st.none() | st.dates(), due_date=st.none() | st.dates(),
    lines=st.none() | st.lists(LINES, max_size=5),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(INVOICES)
def test_whatever_was_read_is_compared_and_never_fails(bill: Invoice) -> None:
    facts = Invoice.model_validate_json(bill.model_dump_json())
    found = fits(facts, order(PAPER, TONER))
    answer = recommended(
        invoice=facts,
        order=found,
        sums=checks.sums(facts, received_on=DAY),
        duplicate=checks.duplicate(facts, BEFORE),
    )
    assert found.over is None or found.over.amount > 0
    assert (answer.value is None) == (facts.total is None)


def test_a_number_beyond_reason_was_misread() -> None:
    absurd = LineItem(quantity=Decimal("1E+400"), unit_price=Decimal(10) ** 12, amount=Decimal("1E-400"))
    assert absurd == LineItem()


def test_a_great_many_lines_are_paired() -> None:
    lines = [(f"Part number {n} of the machine", "2", f"{n}.10") for n in range(1, 81)]
    assert fits(invoice(*(line(*one) for one in reversed(lines))), order(*lines)).state == "full"


def test_the_tolerances_are_those_of_the_policy() -> None:
    expected = pairing.Tolerance(
        price=Decimal("0.02"), quantity=Decimal(0), freight_share=Decimal("0.03"), freight_most=Decimal(150),
        rounding=Decimal("0.05"),
    )  # fmt: skip
    assert expected == pairing.TOLERANCE
