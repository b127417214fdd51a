"""The labelled invoices that are shipped are what the command makes, and can be learned from."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from surehand.core.documents import Document
from surehand.core.money import Money
from surehand.demo import examples
from surehand.demo.company import company
from surehand.demo.printing.layouts import LAYOUTS
from surehand.demo.suppliers import PROFILES

SHIPPED = Path(__file__).resolve().parents[2] / "examples" / "invoices" / "examples.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(row) for row in SHIPPED.read_text("utf-8").splitlines()]


def test_the_file_is_what_the_command_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "new" / "examples.jsonl"
    monkeypatch.setattr(sys, "argv", ["examples", str(out), "--count", "90", "--seed", "7"])
    examples.main()
    assert out.read_bytes() == SHIPPED.read_bytes(), (
        "python -m surehand.demo.examples examples/invoices/examples.jsonl --count 90 --seed 7"
    )
    assert len(SHIPPED.read_bytes()) < 1_500_000


def test_documents_and_values_have_the_shapes_that_facts_have() -> None:
    assert len(ROWS) == 90
    for row in ROWS:
        Document.model_validate(row["input"]["document"])
        truth = row["truth"]
        assert set(truth) == {
            "supplier", "number", "date", "due_date", "po_number", "net", "tax", "total", "iban", "lines",
        }  # fmt: skip
        assert all(
            set(line) == {"description", "quantity", "unit_price", "amount"} for line in truth["lines"]
        )
        for field in ("net", "tax", "total"):
            Money.model_validate(truth[field])


def test_what_is_not_printed_is_null_and_what_is_text_stands_on_the_page() -> None:
    nulls: Counter[str] = Counter()
    for row in ROWS:
        page = row["input"]["document"]["pages"][0]
        faint = any(line.get("confidence", 1) < 0.9 for line in page["lines"])
        text = "\n".join(line["text"] for line in page["lines"])
        for field in ("supplier", "number", "po_number", "iban"):
            value = row["truth"][field]
            assert value is None or faint or value in text or value.upper() in text, (field, value)
        nulls.update(field for field, value in row["truth"].items() if value is None)
    assert nulls["po_number"] >= 2
    assert nulls["due_date"] >= 1
    assert nulls["iban"] >= 2


def test_all_layouts_are_there_but_those_that_the_demo_holds_back() -> None:
    layouts = {profile.name: profile.layout for profile in PROFILES}
    seen = {layouts[row["truth"]["supplier"]] for row in ROWS}
    assert seen == set(LAYOUTS) - set(examples.HELD_BACK)
    demo = {order.supplier.profile.layout for order in company(1).orders}
    assert set(examples.HELD_BACK) <= demo


def test_scans_are_among_them() -> None:
    scans = sum("confidence" in row["input"]["document"]["pages"][0]["lines"][0] for row in ROWS)
    assert 15 <= scans <= 60
