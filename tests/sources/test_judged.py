"""Labelled cases from lines and tables."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surehand.errors import InvalidInput
from surehand.sources.judged import Line, judged


def read(folder: Path, name: str, text: str, *reads: str, **more: Any) -> list[Line]:
    (folder / name).write_text(text, "utf-8")
    return list(judged(folder / name, "topic", reads or ("text",), **more))


def test_lines_are_wrapped_or_flat(tmp_path: Path) -> None:
    text = (
        '{"input": {"text": "a"}, "truth": {"topic": "x", "other": "y"}}\n'
        '{"text": "b", "topic": "x"}\n'
        '{"text": "c", "topic": null}\n'
    )
    assert read(tmp_path, "e.jsonl", text) == [
        Line(1, {"text": "a"}, "x"), Line(2, {"text": "b"}, "x"), Line(3, {"text": "c"}, None),
    ]  # fmt: skip


def test_rows_without_a_label_are_left_out(tmp_path: Path) -> None:
    text = "id;text;topic\n1;a;x\n2;b;\n3;c;none\n4;d;NULL\n"
    assert [(one.line, one.answer) for one in read(tmp_path, "e.csv", text)] == [
        (2, "x"),
        (4, None),
        (5, None),
    ]


def test_none_can_be_an_answer(tmp_path: Path) -> None:
    assert [one.answer for one in read(tmp_path, "e.csv", "text,topic\na,none\n", answers=("none",))] == [
        "none"
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("e.csv", "text,topc\na,x\n", "has no column 'topic'; did you mean topc?"),
        ("e.csv", "txt,topic\na,x\n", "has no 'text', which is read; did you mean txt?"),
        ("e.csv", "", "has no column 'topic'"),
        ("e.jsonl", '{"txt": "a", "topic": "x"}\n', "has no 'text', which is read; did you mean txt?"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, name, text)
    assert says in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is not there"):
        list(judged(tmp_path / "gone.jsonl", "topic", ["text"]))


def test_a_field_that_only_some_lines_have_may_be_missing(tmp_path: Path) -> None:
    text = '{"text": "a", "plan": "p", "topic": "x"}\n{"text": "b", "topic": "x"}\n'
    assert [one.fault for one in read(tmp_path, "e.jsonl", text, "text", "plan")] == [None, None]


@given(st.binary(max_size=400))
@settings(max_examples=50, deadline=None)
def test_any_bytes_are_lines_or_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("e.jsonl", "e.csv"):
        (folder / name).write_bytes(data)
        with contextlib.suppress(InvalidInput):
            list(judged(folder / name, "topic", ["text"]))
