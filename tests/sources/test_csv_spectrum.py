"""Tables of every shape that CSV may have read as their own JSON says."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from surehand.core.process import Process
from surehand.sources import files

NAMES = ["empty", "escaped_quotes", "json", "newlines", "newlines_crlf", "simple", "utf8"]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_reads_as_its_json(shared_data: Callable[[str], Path], name: str, tmp_path: Path) -> None:
    folder = shared_data("csv_spectrum")
    truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    fields = {column: {"required": False} for column in truth[0] if column != "key"}
    process = Process.model_validate(
        {
            "process": "table",
            "owner": "an.owner",
            "builder": "a.builder",
            "input": {"fields": fields},
            "steps": [{"lookup": "nothing"}],
        }
    )
    table = (folder / f"{name}.csv").read_bytes()
    if name.endswith("_crlf"):  # copies of the set that went through git have lost what the name promises
        table = table.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    (tmp_path / f"{name}.csv").write_bytes(table)
    source = files.opened(tmp_path / f"{name}.csv", process)
    read = [({"key": item.key} if item.key else {}) | (item.input or {}) for item in source.items()]
    # an empty cell is a field that was not given
    assert read == [{column: cell for column, cell in row.items() if cell} for row in truth]
    assert source.count == len(truth)
    assert not [item.fault for item in source.items() if item.fault]


def test_every_table_of_the_set_is_here(shared_data: Callable[[str], Path]) -> None:
    assert sorted(path.stem for path in shared_data("csv_spectrum").glob("*.csv")) == NAMES
