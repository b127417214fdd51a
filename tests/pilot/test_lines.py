"""Files of cases with known outcome: what is wrong with them is said with the line and what to do."""

from pathlib import Path
from typing import Any

import pytest

from surehand.core.bound import BoundProcess
from surehand.errors import InvalidInput, SurehandError
from surehand.pilot import lines
from surehand.pilot.running import opened
from tests.pilot.place import built, case, written


@pytest.fixture
def process(tmp_path: Path) -> BoundProcess:
    some = written(tmp_path / "some.jsonl", [case()])
    return opened(built(tmp_path / "place"), "tickets", some)[1]


def read(process: BoundProcess, folder: Path, text: str) -> lines.Lines:
    path = folder / "cases.jsonl"
    path.write_text(text)
    return lines.read(path, process)


GOOD = '{"input": {"text": "a", "sure": 1}, "truth": {"category": "billing"}}\n'


def test_answers_and_fields_are_told_apart(process: BoundProcess, tmp_path: Path) -> None:
    text = '{"id": 7, "input": {"text": "a"}, "truth": {"category": null, "size": "3"}}\n\n'
    found = read(process, tmp_path, text + text.replace("null", '"access"').replace('"3"', "4"))
    assert [(one.number, one.answers, one.fields) for one in found.cases] == [
        (1, {"category": None}, {"size": 3}),
        (3, {"category": "access"}, {"size": 4}),
    ]
    assert ([point.name for point in found.points], found.fields) == (["category"], ("size",))
    assert found.answers == {"category": ("access",)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cases.jsonl: holds no case; write"),
        ("\n \n", "holds no case"),
        ("{", "cases.jsonl:1: is not JSON"),
        ("[]", "cases.jsonl:1: must be an object; write"),
        (GOOD + '{"input": {"text": "a"}}', "cases.jsonl:2: has no 'truth': say what was right"),
        ('{"input": {"text": "a"}, "truth": {}}', "has no 'truth'"),
        ('{"input": 3, "truth": {"category": "billing"}}', "has no 'input' with the fields"),
        (
            '{"input": {"text": "a\\u0000"}, "truth": {"category": "billing"}}',
            "has an input that cannot be kept",
        ),
        ('{"input": {"txt": "a"}, "truth": {"category": "billing"}}', "did you mean 'text'?"),
        ('{"input": {"sure": "much"}, "truth": {"category": "billing"}}', "sure must be a number"),
        (
            '{"input": {}, "truth": {"categry": "billing"}}',
            "'categry', which is no decision point and no field",
        ),
        (
            '{"input": {}, "truth": {"category": "biling"}}',
            "which must be one of: billing, access, delivery; did",
        ),
        (
            '{"input": {}, "truth": {"category": "billing", "size": "x"}}',
            "the value 'x' for 'size', which must",
        ),
        (GOOD + '{"input": {}, "truth": {"size": 3}}', "line 1 does: all lines have to name the same"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    process: BoundProcess, tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(process, tmp_path, text)
    assert words in str(caught.value)


def test_many_faults_are_told_at_once_and_not_all_of_them(process: BoundProcess, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(process, tmp_path, "{\n" * 100)
    assert [fault.where for fault in caught.value.faults][:2] == ["cases.jsonl:1", "cases.jsonl:2"]
    assert len(caught.value.faults) == 20


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        ([case()] * 3, "All 3 cases have the same answer for category, 'billing'"),
        ([case(), case("access"), case()], "1 line repeats another with the same input (lines 1 and 3)"),
        ([case(said="access"), case("access", said="access")], "a different truth (lines 1 and 2)"),
    ],
)
def test_what_is_odd_is_told_and_goes_on(
    process: BoundProcess, tmp_path: Path, cases: list[Any], words: str
) -> None:
    found = lines.read(written(tmp_path / "odd.jsonl", cases), process)
    assert any(words in doubt for doubt in found.doubts), found.doubts


@pytest.mark.parametrize(
    ("name", "file", "words"),
    [
        ("tickts", "some.jsonl", "There is no process 'tickts'"),
        ("tickets", "none.jsonl", "is not a file"),
        ("tickets", "place/people.yaml", "must be a .jsonl file"),
    ],
)
def test_a_wrong_name_is_said(tmp_path: Path, name: str, file: str, words: str) -> None:
    written(tmp_path / "some.jsonl", [case()])
    place = built(tmp_path / "place")
    with pytest.raises(SurehandError) as caught:
        opened(place, name, tmp_path / file)
    assert words in str(caught.value)
