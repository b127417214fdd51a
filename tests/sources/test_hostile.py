"""Folders and tables that somebody else may write: what they name is not followed out of their folder."""

import json
import os
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


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """A folder that others can write to, beside a file that is none of their business."""
    (tmp_path / "secret.pdf").write_bytes(b"%PDF-1.7 salaries")
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "own.pdf").write_bytes(b"%PDF-1.7 one")
    return folder


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def test_a_link_out_of_the_folder_is_not_sent(drop: Path) -> None:
    (drop / "linked.pdf").symlink_to(drop.parent / "secret.pdf")
    (drop / "lines.json").symlink_to(drop.parent / "secret.pdf")
    (drop / "same.pdf").symlink_to(drop / "own.pdf")
    items = list(folders.opened(drop, PROCESS).items())
    assert [item.file.name for item in items if item.file] == ["own.pdf", "same.pdf"]
    assert [item.fault for item in items if item.input is None] == [
        "lines.json is a link that leads out of the folder",
        "linked.pdf is a link that leads out of the folder",
    ]
    # a file that the sender names is the sender's own choice
    (named,) = folders.opened(drop / "linked.pdf", PROCESS).items()
    assert named.file == drop / "linked.pdf"


def test_a_file_that_no_server_takes_is_not_read(drop: Path) -> None:
    sparse(drop / "huge.pdf", files.LARGEST_DOCUMENT + 1)
    (huge, _) = folders.opened(drop, PROCESS).items()
    assert (huge.file, huge.fault) == (None, "huge.pdf is larger than 64 MiB")
    (drop / "bills.jsonl").write_text(json.dumps({"document": "huge.pdf"}))
    (named,) = files.opened(drop / "bills.jsonl", PROCESS).items()
    assert (named.file, named.fault) == (None, "names 'huge.pdf', which is larger than 64 MiB")


@pytest.mark.parametrize(
    "named",
    [
        "loop.pdf",
        "x" * 300,
        "a\0b.pdf",
        "half\ud800.pdf",
        "/etc/passwd",
        "../secret.pdf",
        "linked.pdf",
        "pipe.pdf",
    ],
)
def test_a_line_that_names_no_document_of_the_folder_is_told(drop: Path, named: str) -> None:
    (drop / "loop.pdf").symlink_to(drop / "loop.pdf")
    (drop / "linked.pdf").symlink_to(drop.parent / "secret.pdf")
    os.mkfifo(drop / "pipe.pdf")
    rows = [{"document": named}, {"document": "own.pdf"}]
    (drop / "bills.jsonl").write_text("\n".join(map(json.dumps, rows)))
    wrong, right = files.opened(drop / "bills.jsonl", PROCESS).items()
    assert (wrong.input, wrong.file) == (None, None)
    assert (wrong.fault or "").startswith("names '")
    assert len(wrong.fault or "") < 150
    assert right.file == drop / "own.pdf"
    taught = [{"input": row, "truth": {"note": "a"}} for row in rows]
    (drop / "taught.jsonl").write_text("\n".join(map(json.dumps, taught)))
    assert [one.file for one in labelled(drop / "taught.jsonl", ["note"])] == [None, drop / "own.pdf"]


def test_a_table_with_an_endless_cell_is_refused_in_words(drop: Path) -> None:
    path = drop / "bills.csv"
    path.write_text('document,note\n"' + "x" * (17 * 1024 * 1024) + '",a\n')
    for ask in (lambda: files.opened(path, PROCESS), lambda: list(labelled(path, ["note"]))):
        with pytest.raises(InvalidInput, match=r"bills.csv:2: cannot be read: field larger"):
            ask()


def test_a_table_that_does_not_fit_into_memory_is_not_read(drop: Path) -> None:
    for name in ("bills.csv", "bills.jsonl"):
        sparse(drop / name, 600 * 1024 * 1024)
        for ask in (lambda path: files.opened(path, PROCESS), lambda path: list(labelled(path, ["note"]))):
            with pytest.raises(InvalidInput, match="larger than 512 MiB"):
                ask(drop / name)
