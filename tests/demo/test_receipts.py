"""The generator of made-up receipts: repeatable, plausible, and each kind is what it says."""

import json
import math
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from examples.receipts import reader, sroie
from surehand.core.documents import Document
from surehand.demo.receipts import MIX, TODAY, receipts

MADE = receipts(600, seed=5)


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [one for one in MADE if one["kind"] == kind]


def document(one: dict[str, Any]) -> Document:
    return Document.model_validate(one["input"]["document"])


def test_the_same_seed_gives_the_same_receipts() -> None:
    assert receipts(50, seed=5) == MADE[:50]
    assert receipts(50, seed=6) != MADE[:50]
    assert receipts(0) == []


def test_every_kind_comes_about_as_often_as_asked() -> None:
    counts = Counter(one["kind"] for one in MADE)
    assert set(counts) == set(MIX)
    for kind, share in MIX.items():
        assert abs(counts[kind] / len(MADE) - share / 100) < 0.05


def test_a_mix_of_one_kind() -> None:
    assert {one["kind"] for one in receipts(20, mix={"alcohol": 1})} == {"alcohol"}


def test_cases_are_json_with_keys_of_their_own() -> None:
    assert json.loads(json.dumps(MADE)) == MADE
    assert len({one["key"] for one in MADE}) == len(MADE)


def test_it_looks_like_paper() -> None:
    for one in MADE:
        page = document(one).pages[0]
        boxes = [line.box for line in page.lines]
        assert all(math.isfinite(edge) for box in boxes for edge in (box.x0, box.y0, box.x1, box.y1))
        assert all(box.x0 < box.x1 and box.y0 < box.y1 for box in boxes)
        assert max(box.x1 for box in boxes) <= page.width + 20
        assert max(box.y1 for box in boxes) <= page.height + 20
        assert all(after.y0 > before.y0 - 60 for before, after in pairwise(boxes))
    assert all(12 <= len(document(one).pages[0].lines) <= 60 for one in of_kind("small_clear"))


@pytest.mark.parametrize("kind", [kind for kind in MIX if kind != "faint"])
def test_what_is_printed_can_be_read(kind: str) -> None:
    for one in of_kind(kind):
        values = reader.receipt_of(document(one)).values
        truth = one["truth"]
        assert str(values.date) == truth["date"]
        assert sroie.normal("company", values.company) == sroie.normal("company", truth["company"])
        assert sroie.normal("address", values.address) == sroie.normal("address", truth["address"])
        assert (str(values.total.amount) if values.total else None) == truth["total"]
        assert values.total is None or values.total.currency == truth["currency"]


def test_each_kind_is_what_it_says() -> None:
    details = {one["key"]: reader.details_of(document(one)) for one in MADE}
    assert all(details[one["key"]].sensitive for one in of_kind("alcohol"))
    assert not any(details[one["key"]].sensitive for one in of_kind("small_clear"))
    assert all(details[one["key"]].adds_up is False for one in of_kind("wrong_sum"))
    assert all(details[one["key"]].adds_up is True for one in of_kind("small_clear"))
    assert all(one["truth"]["total"] is None for one in of_kind("no_total"))
    assert all(float(one["truth"]["total"]) > 500 for one in of_kind("over_limit"))
    assert all(float(one["truth"]["total"]) < 100 for one in of_kind("small_clear"))
    assert {one["truth"]["currency"] for one in of_kind("foreign_currency")} == {"SGD"}
    assert sum(details[one["key"]].read_right > 0.9 for one in of_kind("faint")) < len(of_kind("faint")) / 5


def test_dates_lie_before_the_claim_except_where_asked() -> None:
    for one in MADE:
        claimed = date.fromisoformat(one["input"]["submitted_on"])
        day = date.fromisoformat(one["truth"]["date"])
        assert claimed <= TODAY
        assert (day > claimed) == (one["kind"] == "future_date")
        assert (claimed - day).days < 40


def test_a_duplicate_follows_the_receipt_that_it_repeats() -> None:
    seen: dict[str, dict[str, Any]] = {}
    for one in MADE:
        if one["kind"] == "duplicate":
            first = seen[one["truth"]["same_as"]]
            assert (first["truth"]["date"], first["truth"]["total"]) == (
                one["truth"]["date"],
                one["truth"]["total"],
            )
            assert first["input"]["document"] != one["input"]["document"]
        seen[one["key"]] = one
