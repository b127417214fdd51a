"""`queues` of a decision point: which are joined, in which order, and every fault with its line."""

from pathlib import Path

import pytest

from surehand.core.bound import BoundProcess
from surehand.core.people import People
from surehand.core.placing import placed
from surehand.core.steps import DecisionPoint
from surehand.errors import MapInvalid
from surehand.maps.bind import bind
from surehand.maps.diff import differences

PEOPLE = People.model_validate(
    {
        "people": {"ann": {}, "dev": {"roles": ["builder"]}, "bob": {}},
        "queues": {
            "desk": {"owner": "ann", "due": "PT1H"}, "large": {"owner": "bob", "due": "PT1H"},
            "new": {"owner": "bob", "due": "PT1H"}, "endless": {"owner": "bob"},
        },
    }
)  # fmt: skip
MAP = """\
process: claims
currency: EUR
owner: ann
builder: dev
input:
  fields:
    total: {type: money}
    fresh: {type: yes_no, required: false}
models: {outside: {provider: external}}
steps:
  - decide: settle
    choices: [pay, reject]
    model: outside
    level: review
    queue: desk
    queues:
      - {when: "fresh", queue: new}
      - {when: "total.base > 100.0", queue: large}
"""


def money(amount: str, currency: str) -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def bound(tmp_path: Path, *edits: tuple[str, str]) -> BoundProcess:
    text = MAP
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    folder = tmp_path / "claims"
    folder.mkdir(exist_ok=True)
    (folder / "process.yaml").write_text(text)
    (folder / "steps.py").write_text("")
    return bind(folder, people=PEOPLE)


@pytest.mark.parametrize(
    ("facts", "queue", "why"),
    [
        ({"total": money("50", "EUR"), "fresh": False}, "desk", ""),
        ({"total": money("500", "EUR"), "fresh": False}, "large", ""),
        ({"total": money("500", "EUR"), "fresh": True}, "new", ""),
        # whether it is fresh is not known: it goes no further down the rows
        (
            {"total": money("500", "EUR"), "fresh": None},
            "desk",
            "whether it is one for new could not be told",
        ),
        (
            {"total": money("500", "CHF"), "fresh": False},
            "desk",
            "whether it is one for large could not be told",
        ),
    ],
)
def test_the_first_row_that_holds(tmp_path: Path, facts: dict[str, object], queue: str, why: str) -> None:
    process = bound(tmp_path)
    point = process.map.steps[0]
    assert isinstance(point, DecisionPoint)
    assert placed(process, point, facts) == (queue, why)
    assert point.all_queues == ("desk", "new", "large")
    assert process.map.places == (("settle", "desk"), ("settle", "new"), ("settle", "large"))


@pytest.mark.parametrize(
    ("edit", "line", "message"),
    [
        (("queue: large", "queue: larg"), 18, "The queue 'larg'"),
        (("queue: large", "queue: endless"), 18, "A case here has no deadline"),
        (('when: "fresh"', 'when: "frsh"'), 17, "frsh"),
        (('when: "fresh"', 'when: "true"'), 18, "This row is never reached: row 1 is always true."),
        (('when: "fresh"', 'when: "false"'), 17, "is never true."),
        (("queue: large}", "queue: large, colour: red}"), 18, "colour"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, edit: tuple[str, str], line: int, message: str
) -> None:
    with pytest.raises(MapInvalid) as refused:
        bound(tmp_path, edit)
    told = [(fault.where, fault.message) for fault in refused.value.faults]
    assert any(f":{line}" in where and message in said for where, said in told), told


def test_a_change_is_told(tmp_path: Path) -> None:
    before = bound(tmp_path).map
    after = bound(tmp_path, ('"total.base > 100.0"', '"total.base > 200.0"')).map
    (found,) = differences(before, after)
    assert "large when total.base > 200.0" in found.text
