"""What a map may say of what is verified: nothing rests on it before, and nothing tells it."""

# ruff: noqa: E501 (a row of a table is one line)

from pathlib import Path

import pytest

from surehand.core.bound import BoundProcess
from surehand.errors import MapInvalid
from surehand.maps import deployment
from surehand.maps.diff import differences
from tests.bills import write

FIELDS = "    fields: [company, total, day]\n"


def bound(folder: Path, *edits: tuple[str, str]) -> BoundProcess:
    return deployment.load(write(folder, *edits)).bind()["bills"]


def test_it_binds_and_adds_no_fact(tmp_path: Path) -> None:
    process = bound(tmp_path)
    assert [bound.step.kind for bound in process.steps] == ["extract", "verify", "lookup", "decide", "act"]
    assert "reading" not in process.types
    assert {"company", "total", "day"} <= process.editable


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (FIELDS, "    fields: [company, totl]\n", "The fact 'totl' is not known"),
        (FIELDS, "    fields: [company, company]\n", "names one of them twice"),
        (FIELDS, "    fields: []\n", "needs at least 1"),
        (FIELDS, "    fields: [company, paper]\n", "'paper' is an input field: only what a step reads is verified, and once"),
        (FIELDS, f"{FIELDS}    keyed: 4\n", "asks for more than the 3"),
        (FIELDS, f"{FIELDS}    keyed: 0\n", "at least 1"),
        (FIELDS, f"{FIELDS}    model: x\n", "'model' belongs to the step that reads"),
        (FIELDS, f'{FIELDS}    question: "Is it {{total}}?"\n', "'total' is to be entered unseen here, and the question would tell it"),
        (FIELDS, f"{FIELDS}    subject: company\n", "'company' is to be entered unseen here, and the subject would tell it"),
        (FIELDS, f"{FIELDS}    consequence: {{money: total}}\n", "'total' is not known before it is verified"),
        ("  - verify: reading\n", "  - lookup: known_company\n  - verify: reading\n", "'company' is verified later, by 'reading': move this step after it"),
        ("    after: pay\n", "    after: true\n", "can never run"),
        ("steps:\n", "exceptions:\n  - {name: none, when: \"totl == null\", queue: desk, sla: {due: P1D}}\nsteps:\n", "'totl'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_do(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(MapInvalid) as refused:
        bound(tmp_path, (old, new))
    assert says in str(refused.value)


def test_a_decision_before_it_cannot_name_what_is_verified_later(tmp_path: Path) -> None:
    early = '  - decide: sort\n    yes_no: true\n    level: human\n    queue: desk\n    rules:\n      - {when: "total.base > 5.0", route: human, because: Large}\n    facts: [company]\n    question: "{day}?"\n'
    with pytest.raises(MapInvalid) as refused:
        bound(tmp_path, ("  - verify: reading\n", f"{early}  - verify: reading\n"))
    said = str(refused.value)
    for name in ("total", "company", "day"):
        assert f"'{name}' is verified later, by 'reading': move this" in said


def test_an_action_right_after_it_runs_always(tmp_path: Path) -> None:
    act = "  - act: pay\n    after: true\n    repeatable: true\n"
    with pytest.raises(MapInvalid, match="says what was read, which 'after' cannot name"):
        bound(tmp_path, ("  - lookup: known_company\n", f"{act}  - lookup: known_company\n"))


def test_an_exception_about_it_is_tested_once_it_is_verified(tmp_path: Path) -> None:
    path = 'exceptions:\n  - {name: no-total, when: "total.amount == null", queue: desk, sla: {due: P1D}}\n'
    process = bound(tmp_path, ("steps:\n", f"{path}steps:\n"))
    assert [place for place, _ in process.exceptions] == [2]


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (FIELDS, "    fields: [company, total]\n", "loosens"),
        ("    fields: [company, total]\n", FIELDS, "tightens"),
        (FIELDS, f"{FIELDS}    keyed: 1\n", "loosens"),
        (f"{FIELDS}    keyed: 1\n", f"{FIELDS}    keyed: 2\n", "tightens"),
        (f"{FIELDS}    keyed: 2\n", FIELDS, "tightens"),
    ],
)
def test_fewer_that_are_verified_is_looser(tmp_path: Path, before: str, after: str, effect: str) -> None:
    old = bound(tmp_path / "old", (FIELDS, before)).map
    new = bound(tmp_path / "new", (FIELDS, after)).map
    (found,) = differences(old, new)
    assert (found.where, str(found.effect)) == ("reading", effect)
