"""The made-up company's ledger over real HTTP: one payment per key, and what was answered is kept."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from surehand.demo.books.likeness import likeness, plain_name, plain_number
from tests.ledgers import LedgerProcess, running_ledger

BOOKS: dict[str, Any] = {
    "suppliers": [
        {"name": "Papier Nord GmbH", "aliases": ["PN Büro"], "iban": "DE89370400440532013000",
         "since": "2019-05-01", "invoices": 40, "terms_days": 14},
        {"name": "Papier Süd GmbH"},
        {"name": "Café Müller & Söhne", "blocked": True},
    ],
    "orders": [
        {"number": "PO-1001", "supplier": "Papier Nord GmbH", "currency": "EUR", "budget": "office",
         "lines": [{"description": "Copy paper A4", "quantity": "40", "unit_price": "4.50"}]},
        {"number": "77/2026", "supplier": "Papier Süd GmbH", "currency": "USD", "goods": False,
         "lines": [{"description": "Advice", "quantity": "1.5", "unit_price": "200"}]},
    ],
    "receipts": [
        {"number": "G-1", "order": "PO-1001", "day": "2026-03-01", "lines": [{"line": 1, "quantity": "25"}]},
    ],
    "budgets": [
        {"name": "office", "year": 2025, "amount": "100.00"},
        {"name": "office", "year": 2026, "amount": "5000.00", "spent": "1000.00", "rates": {"USD": "0.92"}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerProcess]:
    with running_ledger(tmp_path_factory.mktemp("ledger") / "books.sqlite3") as ledger:
        yield ledger


@pytest.fixture
def ledger(shared_ledger: LedgerProcess) -> LedgerProcess:
    """The books with what stands above and no payments, in a good mood."""
    shared_ledger.emptied()
    assert shared_ledger.call("POST", "/load", json=BOOKS).status_code == 200
    return shared_ledger


def problem(answer: httpx.Response, status: int) -> str:
    """The sentence of a problem document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    return str(body["detail"])


# --- looking things up


@pytest.mark.parametrize(
    ("name", "found", "least", "most"),
    [
        ("Papier Nord GmbH", "Papier Nord GmbH", 1.0, 1.0),
        ("PAPIER NORD", "Papier Nord GmbH", 1.0, 1.0),
        ("pn buro", "Papier Nord GmbH", 1.0, 1.0),
        ("Cafe Muller und Sohne", "Café Müller & Söhne", 1.0, 1.0),
        ("Papler Nord G.m.b.H.", "Papier Nord GmbH", 0.85, 0.99),
    ],
)
def test_a_supplier_is_found_by_name_alias_and_likeness(
    ledger: LedgerProcess, name: str, found: str, least: float, most: float
) -> None:
    best = ledger.call("GET", "/suppliers", params={"name": name}).json()[0]
    assert best["supplier"]["name"] == found
    assert least <= best["score"] <= most


def test_an_unknown_supplier_is_not_found(ledger: LedgerProcess) -> None:
    for name in ("Zulu Trading", "???", "x" * 200):
        assert ledger.call("GET", "/suppliers", params={"name": name}).json() == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Papier Nord GmbH", "PAPIER-NORD", True), ("Papier Nord GmbH", "Papier Süd GmbH", False),
        ("Straße 5 Handel", "Strasse 5 Handel", True), ("GmbH", "Ltd", False), ("", "", True),
    ],
)  # fmt: skip
def test_names_are_compared_without_form_and_case(one: str, other: str, alike: bool) -> None:
    assert (plain_name(one) == plain_name(other)) is alike
    assert (likeness(plain_name(one), plain_name(other)) == 1.0) is alike


def test_numbers_are_compared_without_punctuation() -> None:
    assert {plain_number(text) for text in ("INV-001", "inv 001", "Inv/001", "INV_001")} == {"INV001"}
    assert plain_number("INV-01") != plain_number("INV-001")


def test_an_order_has_its_receipts_and_payments(ledger: LedgerProcess) -> None:
    ledger.pay("k1", orders=["po 1001"], net="100.00")
    ledger.pay("k2", invoice="INV-002", orders=["PO-1001"])
    ledger.call("POST", "/payments/k2/cancel")
    found = ledger.call("GET", "/orders/po1001").json()
    assert found["lines"] == [{"description": "Copy paper A4", "quantity": "40", "unit_price": "4.50"}]
    assert found["receipts"][0]["lines"] == [{"line": 1, "quantity": "25"}]
    assert [(p["key"], p["net"]) for p in found["payments"]] == [("k1", "100.00")]
    assert ledger.call("GET", "/orders/77%2F2026").json()["currency"] == "USD"
    assert "no purchase order PO-9" in problem(ledger.call("GET", "/orders/PO-9"), 404)


def test_a_budget_counts_what_was_paid_in_its_year_and_currency(ledger: LedgerProcess) -> None:
    office = {"budget": "office", "date": "2026-03-01"}
    ledger.pay("k1", net="100.00", **office)
    ledger.pay("k2", invoice="2", currency="USD", net="10.00", **office)
    ledger.pay("k5", invoice="5", currency="GBP", **office)  # without a rate
    ledger.pay("k3", invoice="3", **office)
    ledger.pay("k4", invoice="4", budget="office", date="2025-12-31")
    ledger.call("POST", "/payments/k3/cancel")
    assert ledger.call("GET", "/budgets/office").json()["spent"] == "1109.20"
    assert ledger.call("GET", "/budgets/office?year=2025").json()["spent"] == "119.00"
    assert "no budget office of 2024" in problem(ledger.call("GET", "/budgets/office?year=2024"), 404)


def test_loading_twice_is_loading_once(ledger: LedgerProcess) -> None:
    before = ledger.call("GET", "/suppliers?name=PN").json(), ledger.call("GET", "/orders/PO-1001").json()
    assert ledger.call("POST", "/load", json=BOOKS).json() == {
        "suppliers": 3, "orders": 2, "receipts": 1, "budgets": 2,
    }  # fmt: skip
    assert before == (
        ledger.call("GET", "/suppliers?name=PN").json(),
        ledger.call("GET", "/orders/PO-1001").json(),
    )


def test_a_supplier_counts_its_paid_invoices(ledger: LedgerProcess) -> None:
    ledger.pay("k1")
    assert ledger.call("GET", "/suppliers?name=Papier Nord").json()[0]["supplier"]["invoices"] == 41


# --- paying


def test_the_same_key_is_the_same_payment(ledger: LedgerProcess) -> None:
    first, second = ledger.pay("k1"), ledger.pay("k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert ("Idempotent-Replay" in first.headers, second.headers["Idempotent-Replay"]) == (False, "true")
    assert len(ledger.payments()) == 1
    assert ledger.call("GET", "/payments/k1").json()["state"] == "paid"


def test_the_same_key_with_another_body_is_refused(ledger: LedgerProcess) -> None:
    ledger.pay("k1")
    assert "used with another body" in problem(ledger.pay("k1", amount="119.01"), 409)
    assert [one["amount"] for one in ledger.payments()] == ["119.00"]


def test_an_invoice_is_paid_once_unless_somebody_knows(ledger: LedgerProcess) -> None:
    first = ledger.pay("k1").json()
    assert f"was paid as {first['number']}" in problem(ledger.pay("k2", invoice="inv 001"), 422)
    assert ledger.pay("k3", invoice="inv 001", again=True).status_code == 201
    assert ledger.pay("k4", supplier="Papier Süd GmbH").status_code == 201
    assert ledger.pay("k5", invoice=None).status_code == ledger.pay("k6", invoice=None).status_code == 201


def test_cancelling_is_done_once_and_makes_room(ledger: LedgerProcess) -> None:
    ledger.pay("k1")
    assert {ledger.call("POST", "/payments/k1/cancel").json()["state"] for _ in range(2)} == {"cancelled"}
    assert ledger.call("GET", "/payments/k1").json()["state"] == "cancelled"
    assert ledger.pay("k2").status_code == 201
    assert "no payment with the key k9" in problem(ledger.call("POST", "/payments/k9/cancel"), 404)
    assert problem(ledger.call("GET", "/payments/k9"), 404)


def test_payments_are_found_by_supplier_invoice_and_amount(ledger: LedgerProcess) -> None:
    for number in range(1, 6):
        ledger.pay(f"k{number}", invoice=f"INV-00{number}", amount=f"{number}0.00")

    def keys(**query: Any) -> list[str]:
        return [one["key"] for one in ledger.call("GET", "/payments", params=query).json()]

    assert keys(supplier="papier nord", invoice="inv002") == ["k2"]
    assert keys(supplier="Papier Nord", amount="30") == ["k3"]
    assert keys(supplier="Papier Süd") == []
    first = ledger.call("GET", "/payments?limit=2").json()
    assert [one["key"] for one in first] == ["k1", "k2"]
    after = int(first[-1]["number"].removeprefix("P-"))
    assert keys(after=after) == ["k3", "k4", "k5"]


def test_thirty_two_at_once_with_one_key_pay_once(ledger: LedgerProcess) -> None:
    start = threading.Barrier(32)

    def pay(_: int) -> httpx.Response:
        start.wait()
        return ledger.pay("k1")

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(pay, range(32)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replay" not in answer.headers for answer in answers) == 1
    assert len(ledger.payments()) == 1


def test_sixteen_keys_for_one_invoice_pay_once(ledger: LedgerProcess) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: ledger.pay(f"k{n}").status_code, range(16)))
    assert sorted(answers) == [201] + [422] * 15


# --- moods


@pytest.mark.parametrize(("mode", "status"), [("fail", 503), ("refuse", 422)])
def test_told_to_fail_or_refuse_it_books_nothing(ledger: LedgerProcess, mode: str, status: int) -> None:
    ledger.told(mode, times=2)
    assert "Nothing was booked" in problem(ledger.pay("k1"), status)
    problem(ledger.call("POST", "/payments/k1/cancel"), status)
    assert ledger.payments() == []
    assert ledger.pay("k1").status_code == 201
    assert ledger.call("GET", "/mode").json()["mode"] == "ok"


@pytest.mark.parametrize(
    ("mood", "booked"),
    [
        ({"mode": "slow", "when": "before"}, False),
        ({"mode": "slow", "when": "after"}, True),
        ({"mode": "timeout_after_effect"}, True),
    ],
)
def test_told_to_be_slow_it_does_it_before_or_after_the_wait(
    ledger: LedgerProcess, mood: dict[str, Any], booked: bool
) -> None:
    ledger.told(**mood, seconds=1.5, times=1)
    with pytest.raises(httpx.ReadTimeout):
        ledger.pay("k1", timeout=0.5)
    assert (ledger.call("GET", "/payments/k1").status_code == 200) is booked
    if not booked:
        time.sleep(1.5)  # it goes on although nobody waits for the answer
    assert ledger.pay("k1").headers["Idempotent-Replay"] == "true"
    assert len(ledger.payments()) == 1


def test_it_answers_others_while_many_wait(ledger: LedgerProcess) -> None:
    ledger.told("timeout_after_effect", seconds=30)

    def given_up(number: int) -> None:
        with pytest.raises(httpx.ReadTimeout):
            ledger.pay(f"k{number}", invoice=f"I-{number}", timeout=1.5)

    with ThreadPoolExecutor(60) as pool:
        list(pool.map(given_up, range(60)))
    ledger.told("ok")
    assert len(ledger.payments()) == 60
    assert ledger.call("GET", "/health").json() == {"ok": True, "payments": 60}


def test_killed_after_it_answered_it_has_the_payment(tmp_path: Path) -> None:
    with running_ledger(tmp_path / "books.sqlite3") as ledger:
        ledger.call("POST", "/load", json=BOOKS)
        for number in range(20):
            assert ledger.pay(f"k{number}", invoice=f"I-{number}").status_code == 201
        ledger.kill()
        with pytest.raises(httpx.ConnectError):
            ledger.pay("k0", invoice="I-0")
        ledger.start()
        assert [one["key"] for one in ledger.payments()] == [f"k{number}" for number in range(20)]
        assert ledger.pay("k3", invoice="I-3").headers["Idempotent-Replay"] == "true"
        assert ledger.call("GET", "/orders/PO-1001").status_code == 200


def test_killed_before_it_answered_it_has_one_payment_or_none(tmp_path: Path) -> None:
    with running_ledger(tmp_path / "books.sqlite3") as ledger:
        ledger.told("timeout_after_effect", seconds=30)
        with pytest.raises(httpx.ReadTimeout):
            ledger.pay("k1", timeout=0.7)
        ledger.kill()
        ledger.start()
        assert ledger.call("GET", "/mode").json()["mode"] == "ok"
        assert ledger.call("GET", "/payments/k1").json()["state"] == "paid"
        assert ledger.pay("k1").headers["Idempotent-Replay"] == "true"
        assert len(ledger.payments()) == 1


# --- what is not right


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount": "0"}, "amount"), ({"amount": "-5.00"}, "amount"), ({"amount": 5}, "amount"),
        ({"amount": 1e300}, "amount"),
        ({"amount": "NaN"}, "amount"), ({"amount": "Infinity"}, "amount"),
        ({"amount": "1E+400"}, "amount"), ({"amount": "1E-400"}, "amount"),
        ({"amount": "5,00"}, "amount"),
        ({"currency": "euro"}, "currency"), ({"supplier": ""}, "supplier"),
        ({"supplier": "x" * 201}, "supplier"),
        ({"supplier": "a\x00b"}, "supplier"), ({"supplier": "\ud800"}, "supplier"),
        ({"date": "31.12.2026"}, "date"),
        ({"orders": ["x"] * 21}, "orders"), ({"surprise": 1}, "surprise"),
        ({"invoice": {"a": []}}, "invoice"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_refused_with_the_place(
    ledger: LedgerProcess, change: dict[str, Any], place: str
) -> None:
    body = {"supplier": "A", "amount": "1.00", "currency": "EUR"} | change
    sent = {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}
    assert place in problem(ledger.call("POST", "/payments", key="k1", **sent), 422)
    assert ledger.payments() == []


@pytest.mark.parametrize("key", [None, "", "a b", "a/b", "x" * 201, "../etc", "k\u00e9"])
def test_a_wrong_key_is_refused(ledger: LedgerProcess, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    body = {"supplier": "A", "amount": "1.00", "currency": "EUR"}
    answer = httpx.post(f"{ledger.url}/payments", json=body, headers=headers, trust_env=False)
    assert "idempotency-key" in problem(answer, 422).lower()
    assert ledger.payments() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"mode": ' + b"9" * 5_000 + b"}",
        b'{"seconds": NaN}',
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/payments"), ("PUT", "/mode"), ("POST", "/load")])
def test_what_is_no_json_of_ours_is_refused(
    ledger: LedgerProcess, method: str, path: str, content: bytes
) -> None:
    answer = ledger.call(
        method, path, key="k1", content=content, headers={"Content-Type": "application/json"}
    )
    assert 400 <= answer.status_code < 500, answer.text
    problem(answer, answer.status_code)


@pytest.mark.parametrize(
    "mood",
    [
        {"mode": "wild"},
        {"mode": "slow", "seconds": -1},
        {"mode": "slow", "seconds": 601},
        {"mode": "ok", "times": 0},
    ],
)
def test_a_wrong_mood_is_refused(ledger: LedgerProcess, mood: dict[str, Any]) -> None:
    problem(ledger.call("PUT", "/mode", json=mood), 422)
    assert ledger.call("GET", "/mode").json()["mode"] == "ok"


def test_a_load_with_one_fault_changes_nothing(ledger: LedgerProcess) -> None:
    suppliers = [{"name": "Fresh Ltd"}, {"name": "Bad", "terms_days": -1}]
    assert "suppliers.1.terms_days" in problem(
        ledger.call("POST", "/load", json={"suppliers": suppliers}), 422
    )
    assert ledger.call("GET", "/suppliers?name=Fresh").json() == []


def test_web_pages_and_other_hosts_are_refused(ledger: LedgerProcess) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = ledger.call("POST", "/payments/k1/cancel", headers=headers)
        assert "web pages" in problem(answer, 403)
    rebound = ledger.call("GET", "/payments", headers={"Host": "evil.example"})
    assert rebound.status_code == 400
    text = json.dumps({"supplier": "A", "amount": "1.00", "currency": "EUR"})
    problem(
        ledger.call("POST", "/payments", key="k1", content=text, headers={"Content-Type": "text/plain"}), 422
    )
    assert ledger.payments() == []


def test_what_is_too_large_is_not_read(ledger: LedgerProcess) -> None:
    assert "at most 20 MiB" in problem(ledger.call("POST", "/load", content=b" " * (20 * 2**20 + 1)), 413)
    chunks = iter([b"{}"])
    assert problem(ledger.call("POST", "/load", content=chunks), 411)


def test_injected_text_is_text(ledger: LedgerProcess) -> None:
    evil = "x'; drop table payment; --"
    assert ledger.pay("k1", supplier=evil, invoice=evil).status_code == 201
    assert [one["key"] for one in ledger.call("GET", "/payments", params={"supplier": evil}).json()] == ["k1"]
    assert ledger.call("GET", "/suppliers", params={"name": "%' or 1=1"}).json() == []


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_when_it_is_told_and_keeps_the_books(tmp_path: Path, stop: signal.Signals) -> None:
    with running_ledger(tmp_path / "books.sqlite3") as ledger:
        ledger.pay("k1")
        assert ledger.process is not None
        ledger.process.send_signal(stop)
        assert ledger.process.wait(10) in (0, -stop)
        ledger.start()
        assert [one["key"] for one in ledger.payments()] == ["k1"]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "surehand.demo.ledger", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_listens_on_this_machine_alone(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "example.com", "192.168.1.1"):
        refused = run("--database", str(tmp_path / "b.sqlite3"), "--host", host)
        assert refused.returncode == 2
        assert "can be reached from outside" in refused.stderr


def test_it_says_what_is_wrong_when_it_cannot_start(ledger: LedgerProcess, tmp_path: Path) -> None:
    taken = run("--database", str(tmp_path / "b.sqlite3"), "--port", str(ledger.port))
    assert taken.returncode == 2
    assert "cannot be used" in taken.stderr
    assert "cannot be used" in run("--database", str(tmp_path / "b.sqlite3"), "--port", "70000").stderr
    no_database = tmp_path / "text.sqlite3"
    no_database.write_text("this is no database, whatever its name says" * 50)
    assert "cannot be opened" in run("--database", str(no_database), "--port", "0").stderr
