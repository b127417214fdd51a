"""The receipts example: what it reads, what it recommends, and that no document makes it fail."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from benchmarks import receipts_rules as benchmark
from examples.receipts import ledger, sroie, steps
from examples.receipts.reader import Details, Receipt
from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.errors import PermanentFailure, TemporaryFailure
from surehand.maps.deployment import check

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def own_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger of this test's own; the file does not exist yet."""
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setenv("RECEIPTS_LEDGER", str(path))
    return path


def paper(*rows: str) -> Document:
    """One row below the other; `|` parts the lines of a row."""
    lines: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        for column, text in enumerate(row.split("|")):
            x, y = 20 + 320 * column, 30 + 30 * place
            lines.append({"text": text.strip(), "box": [x, y, x + 9 * len(text), y + 20]})
    return Document.model_validate({"pages": [{"lines": lines}]})


CLEAR = (
    "KEDAI BUNGA SDN BHD",
    "(123456-A)",
    "NO. 5, JALAN MAWAR 2,",
    "47100 PUCHONG, SELANGOR",
    "TEL: 03-1234 5678",
    "DATE: 09/03/2018 | 14:02",
    "2 ROSES | 20.00",
    "SUBTOTAL | 20.00",
    "GST 6% | 1.20",
    "TOTAL | 21.20",
    "CASH | 50.00",
    "CHANGE | 28.80",
)


def test_the_deployment_has_no_faults() -> None:
    assert check(EXAMPLES) == []


def test_a_clear_receipt_is_read_with_evidence() -> None:
    reading = steps.read_receipt(paper(*CLEAR))
    assert reading.values == Receipt(
        company="KEDAI BUNGA SDN BHD",
        date=date(2018, 3, 9),
        address="NO. 5, JALAN MAWAR 2, 47100 PUCHONG, SELANGOR",
        total=Money(amount=Decimal("21.20"), currency="MYR"),
    )
    assert reading.evidence["total"].quote == "TOTAL 21.20"
    assert reading.evidence["total"].box is not None
    assert min(value for value in reading.confidence.values() if value is not None) > 0.9


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("09/03/2018", date(2018, 3, 9)),
        ("DATE: 9-3-18", date(2018, 3, 9)),
        ("03/25/2018", date(2018, 3, 25)),
        ("25 MAR 2018", date(2018, 3, 25)),
        ("01-NOV-2017", date(2017, 11, 1)),
        ("OCT 3, 2016", date(2016, 10, 3)),
        ("2018-03-25", date(2018, 3, 25)),
        ("25032018 13:11", date(2018, 3, 25)),
        ("#19- 21/03/2018", date(2018, 3, 21)),
        ("31/02/2018", None),
        ("VALID UNTIL", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert steps.read_receipt(paper("SHOP", text, "END")).values.date == day


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        (("TOTAL | 9.99", "ROUNDING | 0.01", "ROUNDED TOTAL | 10.00"), "10.00"),
        (("SUBTOTAL | 10.00", "GST 6% | 0.60", "GRAND TOTAL | RM 10.60"), "10.60"),
        (("TOTAL QTY | 3.00", "TOTAL | 1,234.50", "CHANGE | 0.50"), "1234.50"),
        (("GST @6% INCLUDED IN TOTAL | 2.43", "TOTAL INCL. GST@6% | RM 42.90"), "42.90"),
        (("TOTAL SAVING | 99.00", "TOTAL | 5.00"), "5.00"),
        (("SUBTOTAL | 28.70", "CASH | 100.00", "CHANGE | 71.30"), "28.70"),
        (("COFFEE | 4.00", "TEA | 3.00"), None),
        (("SUBTOTAL | 10.00", "TAX 6% | 0.60"), None),
    ],
)
def test_totals(rows: tuple[str, ...], total: str | None) -> None:
    found = steps.read_receipt(paper("SHOP", *rows)).values.total
    assert found == (None if total is None else Money(amount=Decimal(total), currency="MYR"))


def test_a_leaning_scan_keeps_its_rows() -> None:
    straight = paper(*CLEAR)
    lines = [
        {"text": line.text, "box": [line.box.x0, line.box.y0 + lean, line.box.x1, line.box.y1 + lean]}
        for line in straight.pages[0].lines
        for lean in [0.045 * line.box.x0]
    ]
    leaning = Document.model_validate({"pages": [{"lines": lines}]})
    assert steps.read_receipt(leaning).values == steps.read_receipt(straight).values


@pytest.mark.parametrize(
    ("rows", "sensitive"),
    [
        (("1 DRAUGHT BEER | 18.00",), "BEER"),
        (("ROOT BEER | 3.00", "RED WINE VINEGAR | 9.00", "BEER BATTER MIX | 2.00"), None),
        (("MARLBORO | 17.00", "HOUSE WINE | 28.00"), "HOUSE WINE, MARLBORO"),
    ],
)
def test_alcohol_and_tobacco(rows: tuple[str, ...], sensitive: str | None) -> None:
    assert steps.read_details(paper("SHOP", *rows)).sensitive == sensitive


def test_sums_that_do_not_add_up() -> None:
    assert steps.read_details(paper(*CLEAR)).adds_up is True
    wrong = [row.replace("TOTAL | 21.20", "TOTAL | 31.20") if row[:3] != "SUB" else row for row in CLEAR]
    assert steps.read_details(paper(*wrong)).adds_up is False
    assert steps.read_details(paper("SHOP", "TOTAL | 5.00")).adds_up is None


# --- the recommendation


def recommended(*, total: str = "21.20 MYR", claimed: date | None = None, **details: Any) -> Any:
    receipt = Receipt(
        company="A SDN BHD", date=date(2018, 3, 9), address=None, total=Money.model_validate(total)
    )
    known = {"rows_read": 20, "read_right": 0.97, "sensitive": None, "adds_up": True, **details}
    policy = steps.check_policy([receipt], ["meal"], [claimed])[0]
    return steps.approve_expense(receipt, Details(**known), policy)


def test_what_the_policy_allows_is_approved() -> None:
    answer = recommended(claimed=date(2018, 3, 20))
    assert answer.value == "approve"
    assert answer.confidence == 0.97
    assert answer.signals["rule_clarity"] == 1.0


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"total": "150.01 MYR"}, "over the limit"),
        ({"sensitive": "BEER"}, "alcohol"),
        ({"claimed": date(2018, 3, 1)}, "dated 8 days after"),
        ({"claimed": date(2020, 6, 1)}, "days old"),
    ],
)
def test_what_the_policy_refuses_is_rejected(change: dict[str, Any], because: str) -> None:
    answer = recommended(**change)
    assert answer.value == "reject"
    assert because in answer.reasons[0]


def test_near_a_limit_and_in_another_currency_the_policy_is_less_clear() -> None:
    assert recommended(total="149.00 MYR").signals["rule_clarity"] < 0.9
    assert recommended(total="20.00 SGD").signals["rule_clarity"] < 0.9


def test_the_same_receipt_twice_in_one_chunk_is_seen() -> None:
    receipt = steps.read_receipt(paper(*CLEAR)).values
    first, second = steps.check_policy([receipt, receipt], [None, None], [None, None])
    assert (first.claimed_as, second.claimed_as) == (None, steps.IN_THIS_BATCH)


# --- the ledger


def pay(key: str, claimed_as: str | None = None) -> str:
    total = Money(amount=Decimal("21.20"), currency="MYR")
    return steps.reimburse(key, "A SDN BHD", date(2018, 3, 9), total, "Aina", claimed_as).payment


def test_without_a_ledger_nothing_was_claimed(own_ledger: Path) -> None:
    assert steps.known_vendor("A SDN BHD").vendor.times_paid == 0
    assert recommended().value == "approve"
    assert steps.find_reimbursement("k1") is False
    assert not own_ledger.exists()


def test_one_key_pays_once_and_can_be_taken_back() -> None:
    assert pay("k1") == pay("k1")
    assert steps.known_vendor("a sdn. bhd.").vendor.times_paid == 1
    assert steps.find_reimbursement("k1") is True
    steps.cancel_reimbursement("k1")
    steps.cancel_reimbursement("k1")
    assert steps.find_reimbursement("k1") is False


def test_a_receipt_that_was_paid_meanwhile_is_refused_unless_a_person_knew() -> None:
    first = pay("k1")
    with pytest.raises(PermanentFailure, match=first):
        pay("k2")
    assert pay("k3", claimed_as=first) != first


def test_eight_claims_of_one_receipt_at_once_pay_once() -> None:
    def claim(number: int) -> str | None:
        try:
            return pay(f"k{number}")
        except PermanentFailure:
            return None

    with ThreadPoolExecutor(8) as pool:
        paid = [payment for payment in pool.map(claim, range(8)) if payment]
    assert len(paid) == 1


def test_a_broken_ledger_is_a_fault_that_may_pass(own_ledger: Path) -> None:
    own_ledger.write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(TemporaryFailure):
        steps.known_vendor("A SDN BHD")
    with pytest.raises(TemporaryFailure):
        pay("k1")
    assert ledger.where() == own_ledger


# --- hostile documents


def read_all(document: Document) -> tuple[Any, ...]:
    """Everything that reads the document; raises nothing."""
    details, reading = steps.read_details(document), steps.read_receipt(document)
    assert all(value is None or 0.0 <= value <= 1.0 for value in reading.confidence.values())
    assert 0.0 <= details.read_right <= 1.0
    policy = steps.check_policy([reading.values], [None], [date(2026, 11, 20)])[0]
    return details, reading, steps.approve_expense(reading.values, details, policy)


def test_an_empty_document_has_no_answer() -> None:
    details, reading, answer = read_all(Document.model_validate({"pages": [{}]}))
    assert details.rows_read == 0
    assert reading.values.model_dump() == dict.fromkeys(sroie.FIELDS)
    assert answer.value is None


def test_five_thousand_lines_take_no_time() -> None:
    rows = [f"TOTAL {'(' * 50} | {number}.50" for number in range(2_500)]
    document = paper(*rows)
    started = time.perf_counter()
    read_all(document)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "text", ["A" * 2_000, "1" * 2_000, "(" * 2_000, "0.00 " * 400, ". , : " * 300, "12/" * 600]
)
def test_long_lines_take_no_time(text: str) -> None:
    document = paper(*[text] * 40)
    started = time.perf_counter()
    read_all(document)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("edge", [float("nan"), float("inf"), "x", None])
def test_impossible_boxes_are_refused(edge: Any) -> None:
    with pytest.raises(ValidationError):
        Document.model_validate({"pages": [{"lines": [{"text": "TOTAL 5.00", "box": [0, edge, 5, 6]}]}]})


TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["TOTAL", "CASH 10.00", "CHANGE", "99/99/9999", "RM -1.00", "NO. 1,", "SDN BHD", "((", "0.00"]
    ),
    st.from_regex(r"[0-9/.,:\- ]{1,20}", fullmatch=True),
)
BOXES = st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4)
DOCUMENTS = st.lists(st.fixed_dictionaries({"text": TEXTS, "box": BOXES}), max_size=25)


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS)
def test_any_lines_are_read_the_same_twice(lines: list[dict[str, Any]]) -> None:
    document = Document.model_validate({"pages": [{"lines": lines}]})
    assert read_all(document) == read_all(document)


def test_naughty_strings(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("naughty_strings")
    texts = json.loads((folder / "blns.json").read_text("utf-8"))
    for text in texts:
        read_all(paper(*CLEAR[:2], text[:2_000].replace("|", " "), *CLEAR[2:]))
    read_all(paper(*(text.replace("|", " ")[:2_000] for text in texts)))


# --- real receipts


def test_figures_on_receipts_never_used_for_development(shared_data: Callable[[str], Path]) -> None:
    rows = [row for row in benchmark.load(shared_data("sroie_receipts")) if sroie.unseen(row)]
    found = benchmark.figures(rows)
    assert found["date"] >= 0.97
    assert found["total"] >= 0.92
    assert found["company"] >= 0.90
    assert found["address"] >= 0.80
    assert found["straight_through"] >= 0.70
    assert found["straight_through_error"] <= 0.04


def test_a_reimbursement_is_taken_back_under_the_key_that_the_engine_sends(tmp_path, monkeypatch):
    monkeypatch.setenv("RECEIPTS_LEDGER", str(tmp_path / "ledger.sqlite3"))
    total = Money(amount="12.50", currency="MYR")
    steps.reimburse("exp-1:reimburse:1", "Shop", None, total, "Ada", None)
    steps.cancel_reimbursement("exp-1:reimburse:1:undo")
    assert steps.find_reimbursement("exp-1:reimburse:1") is False
