"""The invoices example against the real ledger: what each answer means, and cases from reading to payment."""

import datetime as dt
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examples.invoices import books, steps
from examples.invoices.records import Invoice
from surehand.core.documents import Document
from surehand.core.extraction import Extractor
from surehand.core.recommendation import Reading
from surehand.errors import OutcomeUnknown, PermanentFailure, SurehandError, TemporaryFailure
from surehand.flow.undo import undo
from surehand.testing import Trial, trial
from tests.ledgers import LedgerProcess, free_port, running_ledger

EXAMPLES = Path(__file__).parents[2] / "examples"

COMPANY: dict[str, Any] = {
    "suppliers": [
        {"name": "Papier Nord GmbH", "iban": "DE89 3704 0044 0532 0130 00", "invoices": 40, "terms_days": 14},
        {"name": "Neuland Ltd", "iban": "GB33BUKB20201555555555", "invoices": 1},
        {"name": "Ohnekonto AG", "invoices": 9},
        {"name": "Schwarz KG", "iban": "DE02120300000000202051", "invoices": 9, "blocked": True},
    ],
    "orders": [
        {"number": f"PO-{number}", "supplier": supplier, "currency": "EUR", "budget": budget,
         "lines": [{"description": "Copy paper A4", "quantity": "40", "unit_price": price}]}
        for number, supplier, price, budget in (
            (1001, "Papier Nord GmbH", "4.50", "office"), (1002, "Papier Nord GmbH", "45.00", "office"),
            (1003, "Neuland Ltd", "4.50", None), (1004, "Schwarz KG", "4.50", None),
            (1005, "Papier Nord GmbH", "450.00", None), (1006, "Ohnekonto AG", "4.50", None),
        )
    ],
    "receipts": [
        {"number": f"G-{number}", "order": f"PO-{number}", "day": "2026-03-01",
         "lines": [{"line": 1, "quantity": "40"}]}
        for number in range(1001, 1007)
    ],
    "budgets": [{"name": "office", "year": 2026, "amount": "2500.00", "spent": "1000.00"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerProcess]:
    with running_ledger(tmp_path_factory.mktemp("ledger") / "books.sqlite3") as running:
        yield running


@pytest.fixture
def ledger(shared_ledger: LedgerProcess, monkeypatch: pytest.MonkeyPatch) -> LedgerProcess:
    """The company's books without a payment, and the example pointed at them."""
    shared_ledger.emptied()
    return pointed_at(shared_ledger, monkeypatch)


@pytest.fixture
def own_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LedgerProcess]:
    """The same in a process of its own, for tests that kill it or leave requests behind."""
    with running_ledger(tmp_path / "books.sqlite3") as running:
        yield pointed_at(running, monkeypatch)


def pointed_at(running: LedgerProcess, monkeypatch: pytest.MonkeyPatch) -> LedgerProcess:
    assert running.call("POST", "/load", json=COMPANY).status_code == 200
    monkeypatch.setenv("LEDGER_URL", running.url)
    monkeypatch.setattr(books, "PATIENCE", (1.0, 1.0))
    return running


def pay(key: str = "k1", **more: Any) -> books.Paid:
    given: dict[str, Any] = {
        "supplier": "Papier Nord GmbH", "invoice": "R-1", "amount": Decimal("180"), "currency": "EUR",
        "date": dt.date(2026, 3, 10), "due": None, "net": Decimal("180"), "orders": ["PO-1001"],
        "budget": "office", "again": False,
    }  # fmt: skip
    return books.pay(key, **(given | more))


# --- what an answer means


@pytest.mark.parametrize(
    ("mood", "error", "booked", "said"),
    [
        ({"mode": "fail"}, TemporaryFailure, 0, "told to fail"),
        ({"mode": "refuse"}, PermanentFailure, 0, "told to refuse"),
        ({"mode": "timeout_after_effect", "seconds": 3}, OutcomeUnknown, 1, "no answer within 1 seconds"),
        ({"mode": "slow", "seconds": 3, "when": "after"}, OutcomeUnknown, 1, "may have been booked"),
        ({"mode": "slow", "seconds": 3, "when": "before"}, OutcomeUnknown, 0, "may have been booked"),
    ],
)  # fmt: skip
def test_each_mood_is_another_outcome(
    own_ledger: LedgerProcess, mood: dict[str, Any], error: type[SurehandError], booked: int, said: str
) -> None:
    own_ledger.told(**mood, times=1)
    with pytest.raises(error, match=said):
        pay()
    assert len(own_ledger.payments()) == booked
    assert (books.payment("k1") is not None) == bool(booked)
    assert pay().number == pay().number
    assert len(own_ledger.payments()) == 1


def test_a_little_slow_is_an_answer(own_ledger: LedgerProcess) -> None:
    own_ledger.told("slow", seconds=0.3)
    assert pay().state == "paid"
    own_ledger.told("ok")


def test_a_refusal_says_why(ledger: LedgerProcess) -> None:
    first = pay()
    with pytest.raises(PermanentFailure, match=first.number):
        pay("k2")
    with pytest.raises(PermanentFailure, match="another body"):
        pay("k1", amount=Decimal("1"))
    assert pay("k3", again=True).state == "paid"


def test_taken_back_it_is_no_payment(ledger: LedgerProcess) -> None:
    paid = pay("case:pay:1")
    assert steps.find_payment("case:pay:1") == steps.Payment(payment=paid.number)
    steps.cancel_payment("case:pay:1:undo")
    steps.cancel_payment("case:pay:1:undo")
    assert steps.find_payment("case:pay:1") is None
    assert steps.find_payment("case:pay:2") is None
    with pytest.raises(PermanentFailure, match="no payment"):
        steps.cancel_payment("case:pay:2:undo")


def test_when_nobody_answers_it_says_how_to_start_it(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("LEDGER_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(
        TemporaryFailure, match=f"surehand.demo.ledger --database books.sqlite3 --port {port}"
    ):
        books.order("PO-1001")
    with pytest.raises(TemporaryFailure, match="Nothing was booked"):
        pay()


def test_the_address_is_the_usual_one_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LEDGER_URL", raising=False)
    assert books.address() == "http://127.0.0.1:8421"
    monkeypatch.setenv("LEDGER_URL", "http://127.0.0.1:9/")
    assert books.address() == "http://127.0.0.1:9"
    monkeypatch.setenv("LEDGER_URL", "no address")
    with pytest.raises(TemporaryFailure):
        pay()


def test_a_ledger_that_was_killed_is_asked_again(own_ledger: LedgerProcess) -> None:
    assert books.order("PO-1001") is not None
    own_ledger.kill()
    with pytest.raises(TemporaryFailure):
        books.order("PO-1001")
    with pytest.raises((TemporaryFailure, OutcomeUnknown)):
        pay()
    own_ledger.start()
    assert pay().number == pay().number
    assert len(own_ledger.payments()) == 1


@contextmanager
def stranger(answer: bytes) -> Iterator[str]:
    """Something else on the port: it reads a request, answers with these bytes, and hangs up."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def http(status: str, body: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("answer", "asked", "told"),
    [
        (b"", TemporaryFailure, OutcomeUnknown),
        (b"SSH-2.0-OpenSSH_9.6\r\n", TemporaryFailure, OutcomeUnknown),
        (http("200 OK", "<html>"), TemporaryFailure, OutcomeUnknown),
        (http("200 OK", '{"number": "P-1"}'), TemporaryFailure, OutcomeUnknown),
        (http("302 Found"), TemporaryFailure, OutcomeUnknown),
        (http("500 Internal Server Error", "oops"), TemporaryFailure, OutcomeUnknown),
        (http("502 Bad Gateway"), TemporaryFailure, OutcomeUnknown),
        (http("503 Service Unavailable"), TemporaryFailure, TemporaryFailure),
        (http("429 Too Many Requests"), TemporaryFailure, TemporaryFailure),
        (http("403 Forbidden", '{"detail": "No."}'), PermanentFailure, PermanentFailure),
        (http("422 Unprocessable Entity", '["odd"]'), PermanentFailure, PermanentFailure),
    ],
)
def test_strange_answers(
    answer: bytes, asked: type[SurehandError], told: type[SurehandError], monkeypatch: pytest.MonkeyPatch
) -> None:
    with stranger(answer) as url:
        monkeypatch.setenv("LEDGER_URL", url)
        with pytest.raises(asked):
            books.order("PO-1001")
        with pytest.raises(told):
            pay()


@pytest.mark.parametrize(
    "text", ["a\nb", "\x00", "\u2028", "..", "../payments", "?a=b", "%2e%2e", "#", "x" * 5_000, " "]
)
def test_whatever_was_read_is_asked_as_text(ledger: LedgerProcess, text: str) -> None:
    assert books.suppliers(text) == []
    assert books.order(text) is None
    assert books.budget(text, 2026) is None
    assert books.payments("Papier Nord GmbH", invoice=text) == []
    assert pay(invoice=text).state == "paid"
    assert len(ledger.payments()) == 1


def test_a_name_on_two_lines_is_one_name(ledger: LedgerProcess) -> None:
    assert found("Papier\nNord\tGmbH").vendor.known


# --- the lookups


def found(name: str, iban: str | None = None, due: dt.date | None = None) -> steps.VendorFound:
    return steps.match_supplier(name, iban, dt.date(2026, 3, 10), due)


def test_a_supplier_is_known_by_name_or_nearly(ledger: LedgerProcess) -> None:
    exact = found("PAPIER NORD", "de89370400440532013000")
    assert (exact.vendor.name, exact.vendor.iban_agrees) == ("Papier Nord GmbH", True)
    assert exact.pay_by == dt.date(2026, 3, 24)
    near = found("Papier Nort GmbH", "DE00", dt.date(2026, 4, 1))
    assert (near.vendor.known, near.vendor.iban_agrees, near.pay_by) == (True, False, dt.date(2026, 4, 1))
    assert found("Papier Nord GmbH").vendor.iban_agrees is None
    assert (found("Neuland Ltd").vendor.is_new, found("Schwarz KG").vendor.blocked) == (True, True)


def test_two_suppliers_alike_are_neither(ledger: LedgerProcess) -> None:
    names = [{"name": "Papier Nora AG"}, {"name": "Papier Norb AG"}]
    ledger.call("POST", "/load", json={"suppliers": names})
    unsure = found("Papier Norc AG").vendor
    assert (unsure.known, unsure.name, unsure.account) == (False, "Papier Norc AG", None)
    assert {"Papier Nora AG", "Papier Norb AG"} <= set(unsure.near)
    nobody = steps.match_supplier(None, None, None, None)
    assert (nobody.vendor.known, nobody.vendor.name, nobody.pay_by) == (False, None, None)


def test_the_same_invoice_twice_in_one_chunk_is_seen(ledger: LedgerProcess) -> None:
    bill = Invoice.model_validate({"number": "R-9", "total": "180.00 EUR", "date": "2026-03-10"})
    again = bill.model_copy(update={"number": "r 9"})
    vendor, other = found("Papier Nord GmbH").vendor, found("Schwarz KG").vendor
    answers = steps.check_duplicate([bill, again, bill], [vendor, vendor, other])
    assert [one.duplicate.state for one in answers] == ["none", "same_number", "none"]
    pay(invoice="R9", amount=Decimal("1"))
    pay("k2", invoice="R-8")
    other_number = bill.model_copy(update={"number": "R-10"})
    bills = [bill, other_number, other_number.model_copy(update={"total": None})]
    states = [steps.check_duplicate([one], [vendor])[0].duplicate.state for one in bills]
    assert states == ["same_number", "same_sum", "none"]


# --- cases, from what was read to the payment


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The examples with a reader that takes its answer, as JSON, from the document's first line."""
    folder = tmp_path / "company"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("__pycache__", "receipts"))
    written = folder / "invoices" / "process.yaml"
    text = written.read_text("utf-8")
    for line in ("    model: invoice-fields\n", "models:\n"):
        assert line in text
        text = text.replace(line, "")
    text = "".join(line for line in text.splitlines(True) if "field-extractor" not in line)
    written.write_text(text, "utf-8")
    with (folder / "invoices" / "steps.py").open("a", encoding="utf-8") as file:
        file.write(READER)
    patient = folder / "invoices" / "books.py"
    text = patient.read_text("utf-8")
    assert "PATIENCE = (2.0, 5.0)" in text
    patient.write_text(text.replace("PATIENCE = (2.0, 5.0)", "PATIENCE = (1.0, 1.0)"), "utf-8")
    return folder


READER = """

def read_invoice(document: Document) -> Reading[Invoice]:  # noqa: F811
    values = Invoice.model_validate_json(document.text)
    sure = {name: 0.97 for name in Invoice.model_fields if name != "lines"}
    return Reading(values, sure, whole=0.95, similarity=0.95, source="fake")
"""

CLEAN: dict[str, Any] = {
    "supplier": "Papier Nord GmbH", "number": "R-1", "date": "2026-03-10", "po_number": "PO-1001",
    "net": "180.00 EUR", "tax": "34.20 EUR", "total": "214.20 EUR", "iban": "DE89370400440532013000",
    "lines": [{"description": "Copy paper A4", "quantity": "40", "unit_price": "4.50", "amount": "180.00"}],
}  # fmt: skip


def taken_in(bench: Trial, **change: Any) -> Any:
    text = json.dumps(CLEAN | change)
    lines = [{"text": text, "box": [0, 0, 900, 20]}]
    received = {"document": {"pages": [{"lines": lines}]}, "received_on": "2026-03-12"}
    return bench.submit("supplier-invoices", received)


def reasons(bench: Trial, case: Any) -> str:
    return bench.assignment(case.id).because


def test_a_clean_invoice_is_paid_by_nobody(company: Path, ledger: LedgerProcess) -> None:
    with trial(company) as bench:
        case = taken_in(bench)
        assert case.state == "done", reasons(bench, case)
        (payment,) = ledger.payments()
        assert (payment["amount"], payment["due"], payment["net"]) == ("214.20", "2026-03-24", "180.00")
        assert payment["key"] == f"{case.id}:pay:1"
        assert ledger.call("GET", "/budgets/office").json()["spent"] == "1180.00"


SAME_PRICE = [{"description": "Copy paper A4", "quantity": "40", "unit_price": "45.00", "amount": "1800.00"}]
LARGE = [{"description": "Copy paper A4", "quantity": "40", "unit_price": "450.00", "amount": "18000.00"}]


@pytest.mark.parametrize(
    ("change", "level", "said"),
    [
        ({"po_number": "PO-9999"}, "assist", "The books have no such purchase order"),
        ({"lines": [{"description": "Copy paper A4", "quantity": "40", "unit_price": "4.80"}], "net": None,
          "tax": None}, "review", "It differs from the order or from what arrived"),
        ({"lines": None, "net": None, "tax": None}, "review", "Nothing could be compared with the order"),
        ({"total": "224.20 EUR"}, "review", "The sums or dates on the invoice do not agree"),
        ({"total": "999.00 EUR", "tax": None}, "review", "The sums or dates on the invoice do not agree"),
        ({"date": "2026-03-13"}, "review", "The sums or dates on the invoice do not agree"),
        ({"total": "214.20 XXX", "net": "180.00 XXX", "tax": "34.20 XXX"}, "review",
         "The currency could not be read"),
        ({"number": None}, "review", "Number or date could not be read"),
        ({"total": "-214.20 EUR"}, "assist", "A credit note is booked by hand"),
        ({"supplier": "Unbekannt AG"}, "assist", "The supplier is not in the books"),
        ({"supplier": "Neuland Ltd", "po_number": "PO-1003", "iban": None}, "review",
         "The first three invoices of a supplier are looked at"),
        ({"supplier": "Neuland Ltd", "total": "5500.00 EUR"}, "assist", "New supplier and over 5,000 EUR"),
        ({"iban": "DE02120300000000202051"}, "assist",
         "The account on the invoice is not the one in the books"),
        ({"supplier": "Ohnekonto AG", "po_number": "PO-1006"}, "review",
         "The books have no account for this supplier"),
        ({"supplier": "Schwarz KG", "po_number": "PO-1004", "iban": None}, "assist",
         "The supplier is blocked"),
        ({"po_number": "PO-1002", "lines": SAME_PRICE, "net": "1800.00 EUR", "tax": "0.00 EUR",
          "total": "1800.00 EUR"}, "assist", "Over the budget"),
        ({"date": "2025-03-10"}, "review", "The budget could not be compared"),
        ({"total": "214.20 SEK", "net": "180.00 SEK", "tax": "34.20 SEK"}, "review",
         "No rate is recorded for this currency"),
        ({"po_number": "PO-1005", "lines": LARGE, "net": "18000.00 EUR", "tax": "0.00 EUR",
          "total": "18000.00 EUR"}, "assist", "Over 10,000 EUR a specialist decides"),
    ],
)  # fmt: skip
def test_each_rule_sends_its_case_to_a_person(
    company: Path, ledger: LedgerProcess, change: dict[str, Any], level: str, said: str
) -> None:
    with trial(company) as bench:
        case = taken_in(bench, **change)
        assert case.state == "waiting"
        assignment = bench.assignment(case.id)
        assert said in assignment.because
        assert "Could not be told" not in assignment.because
        assert (assignment.queue, assignment.level) == ("accounts-payable", level)
        assert ledger.payments() == []


@pytest.mark.parametrize(
    ("change", "point", "queue"),
    [
        ({"po_number": None}, "missing-po", "purchasing"),
        ({"total": None}, "no-total", "accounts-payable"),
        ({"supplier": None}, "no-supplier", "accounts-payable"),
    ],
)
def test_what_cannot_be_read_is_asked_for(
    company: Path, ledger: LedgerProcess, change: dict[str, Any], point: str, queue: str
) -> None:
    with trial(company) as bench:
        case = taken_in(bench, **change)
        waits = bench.assignment(case.id)
        assert (waits.kind, waits.point, waits.queue) == ("exception", point, queue)
        (field,) = change
        case = bench.verdict(
            case.id, "edit", fields={field: CLEAN[field]}, reason="other", note="On the paper."
        )
        assert case.state == "done", (case.state, reasons(bench, case))
        assert len(ledger.payments()) == 1


def test_what_nobody_could_read_is_typed_in_once(company: Path, ledger: LedgerProcess) -> None:
    with trial(company) as bench:
        case = taken_in(bench, **dict.fromkeys(CLEAN))
        waits = bench.assignment(case.id)
        assert (waits.point, waits.queue) == ("unread", "accounts-payable")
        typed = {name: value for name, value in CLEAN.items() if name != "lines"}
        case = bench.verdict(case.id, "edit", fields=typed, reason="other", note="A stain on the page.")
        assert case.state == "done", (case.state, reasons(bench, case))
        assert [one["amount"] for one in ledger.payments()] == ["214.20"]


def test_a_corrected_field_is_compared_again(company: Path, ledger: LedgerProcess) -> None:
    with trial(company) as bench:
        case = taken_in(bench, total="241.20 EUR", iban="DE00")
        assert case.facts["sums"]["agree"] is False
        fixed = {"total": "214.20 EUR", "iban": CLEAN["iban"]}
        case = bench.verdict(case.id, "edit", fields=fixed, reason="misread")
        assert (case.facts["sums"]["agree"], case.facts["vendor"]["iban_agrees"]) == (True, True)
        assert case.state == "done", (case.state, reasons(bench, case))
        assert [one["amount"] for one in ledger.payments()] == ["214.20"]


def test_a_second_copy_waits_and_paid_again_only_by_a_person(company: Path, ledger: LedgerProcess) -> None:
    with trial(company) as bench:
        assert taken_in(bench).state == "done"
        second = taken_in(bench, number="r 1")
        assert "An invoice of this number was paid before" in reasons(bench, second)
        near = taken_in(bench, number="R-2", date="2026-03-11")
        assert "Another invoice has the same sum" in reasons(bench, near)
        agreed = bench.verdict(second.id, "approve", reason="duplicate")  # the AI says: reject
        assert (agreed.facts["approve_payment"], len(ledger.payments())) == ("reject", 1)
        assert (
            bench.verdict(near.id, "approve", value="pay", reason="other", note="Two orders.").state == "done"
        )
        assert len(ledger.payments()) == 2


def test_the_answer_is_lost_and_the_invoice_is_paid_once(company: Path, ledger: LedgerProcess) -> None:
    ledger.told("timeout_after_effect", seconds=20, times=1)
    with trial(company) as bench:
        case = taken_in(bench)
        assert case.state != "done"
        assert len(ledger.payments()) == 1
        bench.wait(dt.timedelta(minutes=5))
        assert bench.case(case.id).state == "done"
        assert bench.actions(case.id)[0].state == "done"
        assert len(ledger.payments()) == 1


def test_a_payment_is_taken_back_through_the_engine(company: Path, ledger: LedgerProcess) -> None:
    with trial(company) as bench:
        case = taken_in(bench)
        undo(bench.surehand.context, "ap.lead", case.id, "pay")
        bench.run()
        assert bench.case(case.id).result == "undone"
        assert [one["state"] for one in ledger.payments()] == ["cancelled"]
        assert taken_in(bench).state == "done"  # and may be paid again


def test_the_ledger_is_down_and_up_again(company: Path, own_ledger: LedgerProcess) -> None:
    own_ledger.kill()
    with trial(company) as bench:
        case = taken_in(bench)
        assert case.state == "running"
        own_ledger.start()
        bench.wait(dt.timedelta(minutes=5))
        case = bench.case(case.id)
        # it failed before, so a person looks; nothing was lost
        assert "failed once before it succeeded" in reasons(bench, case)
        assert bench.verdict(case.id, "approve", reason="other", note="Fine.").state == "done"


# --- the reader


class Fake:
    """An extractor that has read everything already."""

    version = "0" * 64

    def read(self, document: Document, into: type[Any]) -> Reading[Any]:
        values = {"supplier": document.text, "total": "12.50 EUR"}
        return Reading(into.model_validate(values), {"supplier": 0.9, "total": 0.8}, source="fake")


def test_the_model_reads_and_nothing_is_added() -> None:
    model: Extractor = Fake()
    box = [0, 0, 1, 1]
    document = Document.model_validate({"pages": [{"lines": [{"text": "Papier Nord", "box": box}]}]})
    reading = steps.read_invoice(document, model)
    assert reading.values.supplier == "Papier Nord"
    assert reading.confidence == {"supplier": 0.9, "total": 0.8}
    left = set(Invoice.model_fields) - {"supplier", "total"}
    assert {getattr(reading.values, name) for name in left} == {None}
