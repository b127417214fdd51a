"""Files of items: columns are matched by name, what does not match is named, nothing is dropped silently."""

import json
from pathlib import Path

import pytest

from surehand.core.process import Process
from surehand.errors import InvalidInput
from surehand.sources import files

PROCESS = Process.model_validate(
    {
        "process": "expenses",
        "owner": "ap.lead",
        "builder": "dev",
        "input": {
            "fields": {
                "invoice_no": {"type": "text"},
                "total": {"type": "money"},
                "note": {"required": False},
            }
        },
        "steps": [{"lookup": "nothing"}],
    }
)


def written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("head", "fields", "key", "unused", "missing"),
    [
        ("invoice_no,total", {"invoice_no": "invoice_no", "total": "total"}, None, (), ()),
        ("Invoice No,TOTAL", {"Invoice No": "invoice_no", "TOTAL": "total"}, None, (), ()),
        ("id,Invoice-No,total", {"Invoice-No": "invoice_no", "total": "total"}, "id", (), ()),
        ("invoice_no,totl", {"invoice_no": "invoice_no"}, None, (("totl", "total"),), ("total",)),
        ("invoice_no,zzz", {"invoice_no": "invoice_no"}, None, (("zzz", None),), ("total",)),
        ("total,Total", {"total": "total"}, None, (("Total", "total"),), ("invoice_no",)),
    ],
)
def test_columns_are_matched_whatever_their_spelling(head, fields, key, unused, missing):
    matching = files.matched(head.split(","), PROCESS)
    assert (dict(matching.fields), matching.key, matching.unused, matching.missing) == (
        fields, key, unused, missing,
    )  # fmt: skip


def test_a_named_key_column_must_be_there():
    with pytest.raises(InvalidInput, match="'nr' is not a column"):
        files.matched(["invoice_no"], PROCESS, key_column="nr")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_of_every_usual_make(tmp_path, delimiter, encoding):
    rows = [["invoice_no", "total", "note"], ["A-1", "12.50 EUR", "Café"], ["", "", ""], ["A-2", "3 EUR", ""]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    source = files.opened(written(tmp_path, "in.csv", text.encode(encoding)), PROCESS)
    assert source.count == 2
    items = list(source.items())
    assert [(i.line, i.input) for i in items] == [
        (2, {"invoice_no": "A-1", "total": "12.50 EUR", "note": "Café"}),
        (4, {"invoice_no": "A-2", "total": "3 EUR"}),
    ]


def test_quoted_cells_keep_their_line_breaks_and_commas(tmp_path):
    source = files.opened(written(tmp_path, "in.csv", 'invoice_no,note\r\nA-1,"a, ""b""\nc"\r\n'), PROCESS)
    assert [item.input for item in source.items()] == [{"invoice_no": "A-1", "note": 'a, "b"\nc'}]


def test_a_row_with_too_many_cells_is_named_and_the_others_go_on(tmp_path):
    source = files.opened(written(tmp_path, "in.csv", "invoice_no,total\nA-1,1 EUR,x\nA-2,2 EUR\n"), PROCESS)
    first, second = source.items()
    assert first.input is None
    assert "3 cells" in (first.fault or "")
    assert second.input == {"invoice_no": "A-2", "total": "2 EUR"}


def test_json_lines_bare_and_wrapped(tmp_path):
    lines = [
        {"key": "k1", "invoice_no": "A-1"},
        {"key": 7, "input": {"invoice_no": "A-2"}, "recommendations": {"pay": {"value": "yes"}}},
        ["not an object"],
    ]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\n{broken\n"
    items = list(files.opened(written(tmp_path, "in.jsonl", text), PROCESS).items())
    assert [(i.key, i.input) for i in items] == [
        ("k1", {"invoice_no": "A-1"}), ("7", {"invoice_no": "A-2"}), (None, None), (None, None),
    ]  # fmt: skip
    assert items[1].recommendations == {"pay": {"value": "yes"}}
    assert items[3].line == 5
    assert "is not JSON" in (items[3].fault or "")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.xlsx", "x", "must be a .jsonl, .csv or .tsv file"),
        ("in.csv", "", "has no line of column names"),
        ("in.csv", "colour,size\nred,1\n", "no column is a field of expenses; its fields: invoice_no"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, content, message):
    with pytest.raises(InvalidInput, match=message.replace(".", r"\.")):
        files.opened(written(tmp_path, name, content), PROCESS)


def test_no_line_of_json_takes_the_reader_down(tmp_path):
    deep = "[" * 100_000
    items = list(
        files.opened(written(tmp_path, "in.jsonl", f'{deep}\n{{"invoice_no": "A-1"}}\n'), PROCESS).items()
    )
    assert items[0].input is None
    assert items[1].input == {"invoice_no": "A-1"}
