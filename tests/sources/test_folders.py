"""Documents from folders, and tables whose lines name them: the same file is the same case."""

import json
from pathlib import Path

import pytest

from surehand.core.process import Process
from surehand.errors import InvalidInput
from surehand.sources import files, folders
from surehand.sources.labelled import labelled

PROCESS = Process.model_validate(
    {
        "process": "bills", "owner": "ap.lead", "builder": "dev",
        "input": {"document": ["pdf", "lines"], "fields": {"note": {"required": False}}},
        "steps": [{"extract": "read_bill"}],
    }
)  # fmt: skip
TEXT_ONLY = PROCESS.model_copy(update={"input": PROCESS.input.model_copy(update={"document": ()})})
PAGES = {"pages": [{"lines": [{"text": "Total 12.50", "box": [0, 0, 90, 12]}]}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 one")
    (tmp_path / "B.PNG").write_bytes(b"\x89PNG")
    (tmp_path / "lines.json").write_text(json.dumps(PAGES))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "notes.txt").write_text("not a document")
    (tmp_path / ".hidden.pdf").write_bytes(b"%PDF")
    (tmp_path / "deeper").mkdir()
    return tmp_path


def test_every_document_of_a_folder_is_an_item(folder: Path) -> None:
    source = folders.opened(folder, PROCESS)
    items = list(source.items())
    assert source.count == len(items) == 4
    named = {(item.file.name if item.file else None) for item in items}
    assert named == {"a.pdf", "B.PNG", None}
    (recognised,) = [item for item in items if item.input and "document" in item.input]
    assert recognised.input == {"document": PAGES}
    (broken,) = [item for item in items if item.input is None]
    assert "broken.json is not JSON" in (broken.fault or "")


def test_the_same_bytes_have_the_same_key(folder: Path) -> None:
    first = {item.key for item in folders.opened(folder, PROCESS).items()}
    assert {item.key for item in folders.opened(folder, PROCESS).items()} == first
    (folder / "a.pdf").write_bytes(b"%PDF-1.7 another")
    assert len({item.key for item in folders.opened(folder, PROCESS).items()} - first) == 1


def test_one_document_alone(folder: Path) -> None:
    assert [item.file for item in folders.opened(folder / "a.pdf", PROCESS).items()] == [folder / "a.pdf"]


@pytest.mark.parametrize(
    ("name", "process", "words"),
    [
        ("gone", PROCESS, "neither a file nor a folder"),
        ("deeper", PROCESS, "holds no document"),
        ("a.pdf", TEXT_ONLY, "takes no documents"),
    ],
)
def test_what_cannot_be_taken_is_said(folder: Path, name: str, process: Process, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        folders.opened(folder / name, process)


@pytest.mark.parametrize("head", ["note,file", "note;Document", "FILE\tnote"])
def test_a_table_may_name_documents(folder: Path, head: str) -> None:
    cells = {"note": "hello", "file": "a.pdf", "document": "a.pdf"}
    mark = next(mark for mark in ",;\t" if mark in head)
    row = mark.join(cells[name.lower()] for name in head.split(mark))
    (folder / "table.csv").write_text(f"{head}\n{row}\n")
    (item,) = files.opened(folder / "table.csv", PROCESS).items()
    assert (item.file, item.input) == (folder / "a.pdf", {"note": "hello"})


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("../secret.pdf", "outside the folder"),
        ("/etc/passwd", "outside the folder"),
        ("no.pdf", "no such file"),
    ],
)
def test_a_table_names_only_what_lies_beside_it(folder: Path, named: str, words: str) -> None:
    (folder / "table.csv").write_text(f"note,file\nhello,{named}\n")
    (item,) = files.opened(folder / "table.csv", PROCESS).items()
    assert item.input is None
    assert words in (item.fault or "")


def test_a_link_that_leads_out_is_not_followed(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.pdf"
    secret.write_bytes(b"%PDF secret")
    (folder / "link.pdf").symlink_to(secret)
    (folder / "lines.jsonl").write_text(json.dumps({"document": "link.pdf"}) + "\n")
    (item,) = files.opened(folder / "lines.jsonl", PROCESS).items()
    assert item.input is None


def test_labelled_documents_as_lines_and_as_a_table(folder: Path) -> None:
    lines = [
        {"input": {"document": PAGES}, "truth": {"total": "12.50", "number": None}},
        {"input": {"document": "a.pdf"}, "truth": {"total": "1"}},
    ]
    (folder / "examples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    first, second = labelled(folder / "examples.jsonl", ["total", "number"])
    assert first.input == {"total": "12.50", "number": None, "document": PAGES}
    assert (second.file, second.input) == (folder / "a.pdf", {"total": "1"})
    (folder / "examples.csv").write_text("file,total,number\na.pdf,12.50,\n,,\n")
    (row,) = labelled(folder / "examples.csv", ["total", "number"])
    assert (row.file, row.input) == (folder / "a.pdf", {"total": "12.50", "number": None})
    (folder / "none.csv").write_text("total\n12\n")
    with pytest.raises(InvalidInput, match="no column 'document'"):
        list(labelled(folder / "none.csv", ["total"]))
    with pytest.raises(InvalidInput, match="is not there"):
        list(labelled(folder / "gone.csv", ["total"]))
