"""Models that learn to decide, in a map: what they read, and every fault with its line and the right name."""

from pathlib import Path
from typing import Any

import pytest

from surehand.core.bound import BoundProcess
from surehand.core.people import People
from surehand.errors import Fault, MapInvalid
from surehand.maps.bind import bind
from surehand.maps.checks import Names
from surehand.maps.learners import BUILT_IN, Learner

PEOPLE = People.model_validate(
    {
        "people": {"ann": {}, "dev": {"roles": ["builder"]}},
        "queues": {"desk": {"owner": "ann", "due": "PT1H"}},
    }
)
MAP = """\
process: tickets
owner: ann
builder: dev
input:
  fields:
    subject: {type: text}
    body: {type: text, required: false}
    sums: {type: money, required: false}
    seats: {type: integer}
models:
  routing:
    provider: text-classifier
    reads: [subject, body]
    vectors: words
    examples: examples.csv
  risk: {provider: table-classifier, out_of_scope: 0.1}
steps:
  - {decide: category, choices: [a, b], model: routing, level: review, queue: desk}
  - {decide: risky, yes_no: true, model: risk, level: review, queue: desk}
"""


def bound(folder: Path, *edits: tuple[str, str], **more: Any) -> BoundProcess:
    text = MAP
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "process.yaml").write_text(text)
    return bind(folder, PEOPLE, label="tickets", **more)


def faults(folder: Path, *edits: tuple[str, str], **more: Any) -> tuple[Fault, ...]:
    with pytest.raises(MapInvalid) as caught:
        bound(folder, *edits, **more)
    return tuple(caught.value.faults)


def test_no_function_is_needed(tmp_path: Path) -> None:
    made = bound(tmp_path)
    assert [dict(step.reads) for step in made.steps] == [
        {"subject": "text", "body": "text"},
        {"subject": "text", "body": "text", "sums": "money", "seats": "integer"},
    ]


def test_texts_of_the_input_are_read_by_default(tmp_path: Path) -> None:
    made = bound(tmp_path, ("    reads: [subject, body]\n", ""))
    assert list(made.steps[0].reads) == ["subject", "body"]


def test_an_earlier_answer_can_be_read(tmp_path: Path) -> None:
    made = bound(tmp_path, ("out_of_scope: 0.1", "reads: [category, seats]"))
    assert dict(made.steps[1].reads) == {"category": "text", "seats": "integer"}


@pytest.mark.parametrize(
    ("old", "new", "at", "says", "near"),
    [
        ("[subject, body]", "[subjct]", "subjct", "'subjct' is not known", "subject"),
        (
            "[subject, body]",
            "[subject, sums]",
            "sums]",
            "is money, and a text-classifier model",
            None,
        ),
        ("[subject, body]", "[subject, subject]", "subject]", "is named twice", None),
        ("[subject, body]", "[risky]", "[risky]", "'risky' is not known", None),
        ("[subject, body]", "[]", "[]", "reads", None),
        ("vectors: words", "vectors: wrds", "wrds", "words", None),
        ("text-classifier", "text-clasifier", "text-clasifier", "is not known", "text-classifier"),
        ("out_of_scope: 0.1", "out_of_scope: 1.5", "out_of_scope", "less than 1", None),
        ("out_of_scope: 0.1", "vectors: words", "vectors: words}", "has no vectors", None),
        ("out_of_scope: 0.1", "cluster: subject", "cluster", "it reads no documents", None),
        ("provider: text-classifier", "provider: external", "reads:", "does not learn to decide", None),
        ("yes_no: true", "number: {unit: EUR}", "decide: risky", "cannot give a number", None),
        ("{decide: risky, yes_no: true", "{draft: risky", "draft: risky", "cannot give a text", None),
        ("model: risk", "model: routing", "decide: risky", "learns to decide 'category'", None),
        ("model: risk", "model: rsk", "decide: risky", "'rsk' is not known", "risk"),
        (
            "model: risk, level",
            "model: risk, signals: [consensu], level",
            "consensu",
            "consensu",
            "consensus",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, at: str, says: str, near: str | None
) -> None:
    found = faults(tmp_path, (old, new))
    text = (tmp_path / "process.yaml").read_text()
    line = next(n for n, one in enumerate(text.splitlines(), start=1) if at in one)
    where = [fault for fault in found if fault.where.startswith(f"tickets/process.yaml:{line}")]
    assert where, f"nothing at line {line} in {found}"
    assert any(says in str(fault.message) for fault in where), where
    assert near is None or any(fault.suggestion == near for fault in where), where


def test_a_fact_of_a_type_that_cannot_be_read_suggests_one_that_can(tmp_path: Path) -> None:
    (fault,) = faults(
        tmp_path, ("sums:", "subjects:"), ("{type: text}", "{type: text}"), ("[subject, body]", "[subjects]")
    )
    assert fault.suggestion == "subject"


def test_without_a_field_to_read_the_model_is_refused(tmp_path: Path) -> None:
    edits = [
        ("    reads: [subject, body]\n", ""),
        ("subject: {type: text}", "on: {type: date}"),
        ("body: {type: text", "by: {type: date"),
    ]
    (fault,) = faults(tmp_path, *edits)
    assert "finds no input field to read" in fault.message


def test_too_many_choices_are_refused(tmp_path: Path) -> None:
    many = ", ".join(f"c{n}" for n in range(1_200))
    (fault,) = faults(tmp_path, ("[a, b]", f"[{many}]"))
    assert "1,200 choices are too many" in fault.message


def test_what_must_be_installed_is_said_unless_the_version_is_pinned(tmp_path: Path) -> None:
    lacking = Learner(
        ("text", "texts"),
        ("words", "sentences"),
        lambda vectors: "install it" if vectors == "sentences" else None,
    )
    names = Names(classifiers={**BUILT_IN, "text-classifier": lacking})
    (fault,) = faults(tmp_path, ("vectors: words", "vectors: sentences"), names=names)
    assert (fault.where, "install it" in fault.message) == ("tickets/process.yaml:14", True)
    assert bound(tmp_path, ("vectors: words", "vectors: sentences"), names=names, pinned=True)
    assert bound(tmp_path, names=names)


def test_the_built_in_kinds_are_those_of_the_providers() -> None:
    from surehand import plugins

    loaded = plugins.load().names.classifiers
    assert {name: (one.kinds, one.vectors) for name, one in loaded.items()}.keys() == BUILT_IN.keys()
    for name, one in loaded.items():
        assert set(one.kinds) == set(BUILT_IN[name].kinds)
        assert one.vectors == BUILT_IN[name].vectors


OPEN = ("decide: category, choices: [a, b]", "decide: category, open_choices: true")


def test_an_open_list_is_learned_as_any_other(tmp_path: Path) -> None:
    made = bound(tmp_path, OPEN)
    assert made.steps[0].reads == {"subject": "text", "body": "text"}
    assert made.types["category"] == "text"


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        (
            [("choices: [a, b]", "choices: [a, b], open_choices: true")],
            "write exactly one of 'choices', 'open_",
        ),
        (
            [OPEN, ("queue: desk}\n", "queue: desk}\n  - {act: move, after: a}\n")],
            "is answered from an open list",
        ),
        ([("out_of_scope: 0.1", "learns: {from: 5}")], "must be at least 20; it is '5'"),
        ([("out_of_scope: 0.1", "learns: {form: 50}")], "The key 'form' is not known"),
        ([("out_of_scope: 0.1", "learns: never")], "learns"),
        ([("table-classifier, out_of_scope: 0.1", "external, learns: {until: 0}")], "has no 'learns'"),
    ],
)
def test_what_is_wrong_with_open_lists_and_learning_is_said(
    tmp_path: Path, edits: list[tuple[str, str]], words: str
) -> None:
    (tmp_path / "steps.py").write_text("def move(key: str) -> None: ...\n")
    assert any(words in str(fault) for fault in faults(tmp_path, *edits)), faults(tmp_path, *edits)
