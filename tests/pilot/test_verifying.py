"""A pilot of a process that verifies what was read: the right fields of each line are the truth of it."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from surehand.errors import InvalidInput
from surehand.pilot.report import Report
from surehand.pilot.running import Setup, opened, run
from tests.bills import write

PROMISE = (
    "    bands:\n      - {above: 0.9, route: spot_check}\n      - {from: 0.5, route: review}\n"
    "      - {from: 0.0, route: human}\n    spot_check: {share: 1.0, on_error: undo}\n",
    "    guarantee: {error: 0.3, sure: 0.9, on_error: record}\n",
)  # fmt: skip


def bill(number: int, *, sure: float, misread: str = "", **more: Any) -> dict[str, Any]:
    paper = f"Firm {number}|{number + 1}.50 EUR|2026-01-{number % 28 + 1:02d}"
    company, total, day = paper.split("|")
    given = {"paper": paper, "sure": sure, **({"misread": misread} if misread else {})}
    return {
        "input": given,
        "truth": {"company": company, "total": total, "day": day, "pay_bill": "pay", **more},
    }


def tried(folder: Path, rows: list[dict[str, Any]], *edits: tuple[str, str], **more: Any) -> Report:
    path = folder / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    deployment, process, lines = opened(write(folder / "place", *edits), "bills", path)
    return run(deployment, process, lines, Setup(**more))


def test_what_runs_alone_and_how_much_of_it_was_read_wrong(tmp_path: Path) -> None:
    rows = [bill(n, sure=0.95) for n in range(36)]
    rows += [bill(n, sure=0.95, misread="company=Wrong") for n in range(36, 40)]
    rows += [bill(n, sure=0.7, misread="day=2020-01-01") for n in range(40, 46)]
    rows += [bill(n, sure=0.2) for n in range(46, 50)]
    report = tried(tmp_path, rows)
    reading = report.points["reading"]
    assert (reading.automated, reading.automated_error, reading.spot_checked) == (0.8, 0.1, 0.8)
    assert reading.by_route == {"human": 4, "review": 6, "spot_check": 40}
    # what the checks found was undone and decided anew with what was entered
    assert (reading.accuracy, report.points["pay_bill"].accuracy) == (1.0, 1.0)
    assert report.fields == {"company": 0.92, "total": 1.0, "day": 0.88}
    assert (report.open, dict(report.refused)) == (0, {})


def test_people_who_slip_enter_something_else(tmp_path: Path) -> None:
    report = tried(tmp_path, [bill(n, sure=0.2) for n in range(60)], accuracy=0.6)
    assert report.points["reading"].accuracy == pytest.approx(0.6, abs=0.15)
    assert dict(report.refused) == {}


def test_a_promise_about_a_reading_is_earned(tmp_path: Path) -> None:
    drawn = random.Random(2)
    rows = []
    for number in range(1_000):
        sure = round(drawn.betavariate(12, 1), 4)
        rows.append(bill(number, sure=sure, misread="" if drawn.random() < sure else "company=Wrong"))
    # few cases, so that confidence is fitted to a hundred answers, and one row of certificates is begun
    few = ("steps:\n", "volume: {per_month: 300}\nsteps:\n")
    report = tried(tmp_path, rows, PROMISE, few)
    reading = report.points["reading"]
    assert reading.guarantee.status == "holding"
    assert reading.automated is not None
    assert reading.automated > 0.2
    assert reading.automated_error is not None
    assert reading.automated_error <= 0.3
    assert (report.open, dict(report.refused)) == (0, {})


def test_the_answer_may_be_written_as_one(tmp_path: Path) -> None:
    row = bill(1, sure=0.95)
    truth = row["truth"]
    said = {name: truth.pop(name) for name in ("company", "total", "day")}
    report = tried(tmp_path, [{**row, "truth": {**truth, "reading": said}}])
    assert report.points["reading"].automated_error == 0.0


@pytest.mark.parametrize(("reading", "says"), [
    ("Firm", "must say the fields: company, total, day"),
    ({"company": "Firm", "sum": "1"}, "is none of the fields here"),
    ({"total": "a lot"}, "must be a sum"),
    (None, "has no answer for 'reading'"),
])  # fmt: skip
def test_a_line_whose_answer_is_none_is_named(tmp_path: Path, reading: Any, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tried(tmp_path, [bill(1, sure=0.9, reading=reading)])
    (fault,) = refused.value.faults
    assert fault.where == "cases.jsonl:1"
    assert says in fault.message
