"""`surehand init` writes a process that passes check and really runs."""

import json
import runpy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from surehand.core.recommendation import Reading
from surehand.errors import InvalidInput
from surehand.flow.undo import undo
from surehand.maps import deployment, starter
from surehand.providers import function
from surehand.testing import trial

LIMIT = 0.90  # of the bands `review-flow`: above it a case runs alone


@pytest.mark.parametrize("pattern", starter.patterns())
def test_every_pattern_passes_check(pattern: str, tmp_path: Path) -> None:
    starter.write(tmp_path / "new", pattern)
    assert deployment.check(tmp_path / "new") == []


def test_the_expense_process_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starter.write(tmp_path, "extract-decide-route")
    monkeypatch.chdir(tmp_path)
    process = deployment.load(tmp_path).bind()["expenses"]
    told = []
    for number, line in enumerate((tmp_path / "sample.jsonl").read_text().splitlines()):
        told.append(_through(process, json.loads(line), key=f"exp-{number}"))
    assert ("approve", 0.96, [False, False], [False], True) in told  # a clear small one
    assert any(answer == "reject" for answer, *_ in told)
    assert any(None in rules for _, _, rules, _, _ in told)  # no rate for francs: a person
    assert any(exceptions == [True] for *_, exceptions, _ in told)  # no total at all


def _through(process: Any, case: dict[str, Any], *, key: str) -> tuple[Any, ...]:
    facts = {**dict.fromkeys(process.types), **case, "key": key}
    extract, lookup, decide, act = process.steps
    for step in (extract, lookup):
        returned = step.function(**{p.name: p.build(facts) for p in step.parameters})
        assert step is lookup or isinstance(returned, Reading)
        facts |= step.to_facts(returned)
    (recommended,) = function.recommend(decide, [facts], [None])
    assert not isinstance(recommended, Exception)
    booked = False
    if facts["total"] is not None and recommended.value == "approve":
        arguments = {p.name: p.build(facts) for p in act.parameters}
        assert act.confirm(**arguments) is False
        assert act.function(**arguments) == act.function(**arguments) == key
        booked = act.confirm(**arguments)
        act.undo(**arguments | {"key": f"{key}:undo"}, result={"result": key})
        assert act.confirm(**arguments) is False
    rules = decide.conditions(facts)
    return recommended.value, recommended.confidence, rules, [c(facts) for _, c in process.exceptions], booked


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names in the steps.py that a new user gets."""
    folder = tmp_path_factory.mktemp("starter")
    starter.write(folder, "extract-decide-route")
    return runpy.run_path(str(folder / "expenses" / "steps.py"))


def _read(steps: dict[str, Any], *lines: str) -> tuple[str | None, float]:
    reading = steps["read_receipt"]("\n".join(("Shop", "2026-11-02", *lines)))
    total, sure = reading.values.total, reading.confidence["total"]
    return (None if total is None else str(total)), sure or 0.0


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("Total 1.234,50 EUR", "1,234.50 EUR"),
        ("Total 1,349.00 EUR", "1,349.00 EUR"),
        ("Total 1349.00 EUR", "1,349.00 EUR"),
        ("Total 1349 EUR", "1,349.00 EUR"),
        ("Total 12,50 EUR", "12.50 EUR"),
        ("GRAND TOTAL: 12.50usd", "12.50 USD"),
        ("Total 1234567.00 EUR", "1,234,567.00 EUR"),
        ("Total 1.234.567,00 EUR", "1,234,567.00 EUR"),
        ("Total 0.99 EUR", "0.99 EUR"),
    ],
)
def test_the_starter_is_sure_of_a_clear_sum(steps: dict[str, Any], line: str, total: str) -> None:
    read, sure = _read(steps, "Item 1.00", line)
    assert read == total
    assert sure > LIMIT


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        (["Total -80.00 EUR"], None),
        (["Total - 80.00 EUR"], None),
        (["Total \N{MINUS SIGN}80.00 EUR"], None),
        (["Total (80.00) EUR"], None),
        (["Total 80.00- EUR"], None),
        (["Total 80.00 EUR-"], None),
        (["Total-80.00 EUR"], None),
        (["Total 1.234 EUR"], None),
        (["Total 1,234 EUR"], None),
        (["Total 1.234.50 EUR"], None),
        (["Total 1,234,50 EUR"], None),
        (["Total 12,34.50 EUR"], None),
        (["Total 1'349.00 EUR"], None),
        (["Total 12.345 EUR"], None),
        (["Total 12.5 EUR"], None),
        (["Total 1e3 EUR"], None),
        (["Total .50 EUR"], None),
        (["Total 80.00 JPY"], None),
        (["Total $80.00"], None),
        (["Total 80.00 EURO"], None),
        (["Total 80.00 EUR 90.00 EUR"], None),
        (["Total VAT 19% 80.00 EUR"], None),
        (["Total"], None),
        (["Total", "80.00 EUR"], None),
        ([f"Total {'9' * 40}.00 EUR"], None),
        (["Total 80.00"], "80.00 EUR"),  # of which currency?
        (["Total 1 349.00 EUR"], "1,349.00 EUR"),  # or one thing for 349.00
        (["Total 1\N{NO-BREAK SPACE}349,00 EUR"], "1,349.00 EUR"),
        (["Total 80.00 EUR", "Total 8.00 EUR"], "80.00 EUR"),
        (["Total 80.00 EUR", "Total -8.00 EUR"], "80.00 EUR"),
        (["Seat 4.90", "Berth 78,00"], "78.00 EUR"),
        (["Refund -78.00", "5 pens 4.90"], "4.90 EUR"),
    ],
)
def test_the_starter_leaves_a_doubtful_sum_to_a_person(
    steps: dict[str, Any], lines: list[str], total: str | None
) -> None:
    read, sure = _read(steps, *lines)
    assert read == total
    assert sure <= LIMIT - 0.1


def test_the_ledger_lies_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPENSES_LEDGER", raising=False)
    home, elsewhere = tmp_path / "desk", tmp_path / "elsewhere"
    starter.write(home, "extract-decide-route")
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    kept = home / ".surehand" / "versions" / "expenses" / "abc" / "steps.py"
    kept.parent.mkdir(parents=True)
    kept.write_text((home / "expenses" / "steps.py").read_text())
    for path in (home / "expenses" / "steps.py", kept):
        assert runpy.run_path(str(path))["this_month"]("mia.weber").spent.amount == Decimal(0)
    assert list(elsewhere.iterdir()) == []
    assert [path.parent for path in tmp_path.rglob("expenses-ledger.sqlite3")] == [home]
    monkeypatch.setenv("EXPENSES_LEDGER", str(elsewhere / "mine.db"))
    assert runpy.run_path(str(kept))["is_booked"]("exp-1") is False
    assert (elsewhere / "mine.db").is_file()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "people.yaml").write_text("mine")
    with pytest.raises(InvalidInput, match=r"holds people.yaml already"):
        starter.write(tmp_path, "extract-decide-route")
    assert [path.name for path in tmp_path.iterdir()] == ["people.yaml"]
    assert (tmp_path / "people.yaml").read_text() == "mine"


def test_an_unknown_pattern_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        starter.write(tmp_path, "extract-decide-rout")
    assert caught.value.faults[0].suggestion == "extract-decide-route"
    assert "there is documents and extract-decide-route" in caught.value.faults[0].message


def test_the_bills_start_without_a_model_and_are_keyed_in(tmp_path: Path) -> None:
    starter.write(tmp_path, "documents")
    rows = ["Specimen Paper Ltd", "Invoice SP-1", "Total 1120.50 EUR"]
    lines = [{"text": row, "box": [0, 20 * n, 300, 20 * n + 12]} for n, row in enumerate(rows)]
    with trial(tmp_path) as bench:
        case = bench.submit("bills", {"document": {"pages": [{"lines": lines}]}})
        assert bench.assignment(case.id).point == "no-total"
        fields = {"supplier": "Specimen Paper Ltd", "number": "SP-1", "total": "1120.50 EUR"}
        case = bench.verdict(case.id, "edit", fields=fields)
        held = bench.assignment(case.id)
        assert (held.kind, case.facts["number"]) == ("decide", "SP-1")
        # a small sum runs alone once a person has said what the page shows
        small = bench.submit("bills", {"document": {"pages": [{"lines": lines[:2]}]}})
        small = bench.verdict(small.id, "edit", fields={**fields, "number": "SP-2", "total": "120.50 EUR"})
        assert (small.state, small.answers["approve_bill"]["by"]) == ("done", "policy")
        case = bench.verdict(case.id, "approve", value="approve", reason="misread")
        assert case.state == "done"
        undo(bench.surehand.context, "anna.owner", case.id, "book_bill")
        bench.run()
        taken = [action for action in bench.actions(case.id) if action.key.endswith(":undo")]
        assert len(taken) == 1
        # what was taken back may come again
        again = bench.submit("bills", {"document": {"pages": [{"lines": lines[:1]}]}})
        again = bench.verdict(again.id, "edit", fields=fields)
        assert again.facts["booked_as"] is None
        bench.verdict(again.id, "approve", value="approve", reason="misread")
        third = bench.submit("bills", {"document": {"pages": [{"lines": lines[1:]}]}})
        third = bench.verdict(third.id, "edit", fields=fields)
        assert third.facts["booked_as"] == f"{again.id}:book_bill:2"
