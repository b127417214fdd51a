"""Items from a file: JSON lines, or a table whose columns are matched to the fields of a process."""

import codecs
import csv
import difflib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surehand.core.process import Process
from surehand.errors import Fault, InvalidInput

_LARGEST = 512 * 1024 * 1024
_WIDEST = 2_000

#: Columns that name the item itself.
_KEY_NAMES = ("key", "id", "idempotency_key")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a file.

    line   where it stands, from 1
    key    the file's own name for it, if it has one
    input  fields as given; None when the line cannot be read, with the reason in `fault`
    """

    line: int
    key: str | None
    input: dict[str, Any] | None
    recommendations: Mapping[str, Any]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """Which column holds which field.

    fields   column -> field
    unused   columns that no field takes, with the nearest field
    missing  required fields that no column holds
    """

    fields: Mapping[str, str]
    key: str | None
    unused: tuple[tuple[str, str | None], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was looked at: how many items, and for tables how the columns were matched."""

    path: Path
    count: int
    matching: Matching | None

    def items(self) -> Iterator[Item]:
        """Every item, in order."""
        return _table_items(self) if self.matching else _json_items(self.path)


def opened(path: Path, process: Process, *, key_column: str | None = None) -> Source:
    """Look at a `.jsonl` or `.csv` file. Raises InvalidInput with what is wrong and what to do."""
    if not path.is_file():
        raise InvalidInput([Fault(str(path), "is not a file")])
    if path.stat().st_size > _LARGEST:
        raise InvalidInput([Fault(str(path), "is larger than 512 MiB: split it")])
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return Source(path, sum(1 for line in _text(path).split("\n") if line.strip()), None)
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise InvalidInput([Fault(str(path), "must be a .jsonl, .csv or .tsv file")])
    rows = _rows(path)
    head = next(rows, None)
    if not head or not any(cell.strip() for cell in head):
        raise InvalidInput([Fault(str(path), "has no line of column names")])
    matching = matched([cell.strip() for cell in head], process, key_column=key_column)
    if not matching.fields:
        known = ", ".join(process.input.fields) or "none"
        found = ", ".join(cell.strip() for cell in head)[:200]
        raise InvalidInput(
            [
                Fault(
                    f"{path}:1",
                    f"no column is a field of {process.process}; its fields: {known}; the columns: {found}",
                )
            ]
        )
    count = sum(1 for row in rows if any(row))
    if not count:
        raise InvalidInput([Fault(str(path), "has column names and no rows")])
    return Source(path, count, matching)


def matched(columns: list[str], process: Process, *, key_column: str | None = None) -> Matching:
    """Match columns to fields by name, whatever their case, spaces and separators."""
    fields = {_plain(name): name for name in process.input.fields}
    taken: dict[str, str] = {}
    unused: list[tuple[str, str | None]] = []
    if key_column is not None and key_column not in columns:
        raise InvalidInput(
            [Fault("key column", f"'{key_column}' is not a column; there are: {', '.join(columns)}")]
        )
    key = key_column or next((c for c in columns if _plain(c) in map(_plain, _KEY_NAMES)), None)
    for column in columns:
        field = fields.get(_plain(column))
        if field is not None and field not in taken.values():
            taken[column] = field
        elif column != key:
            close = difflib.get_close_matches(_plain(column), list(fields), n=1)
            unused.append((column, fields[close[0]] if close else None))
    missing = tuple(
        name
        for name, wanted in process.input.fields.items()
        if wanted.required and name not in taken.values()
    )
    return Matching(taken, key, tuple(unused), missing)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _text(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # what spreadsheets of western Europe write when they do not write UTF-8
        return data.decode("cp1252", "replace")


def _rows(path: Path) -> Iterator[list[str]]:
    text = _text(path)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
        dialect.doublequote = True
    except csv.Error:
        dialect = csv.excel_tab if path.suffix.lower() == ".tsv" else csv.excel
    csv.field_size_limit(16 * 1024 * 1024)
    yield from csv.reader(io.StringIO(text, newline=""), dialect)


def _table_items(source: Source) -> Iterator[Item]:
    matching = source.matching
    assert matching is not None
    rows = _rows(source.path)
    head = [cell.strip() for cell in next(rows)]
    for line, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(head) or len(row) > _WIDEST:
            yield Item(line, None, None, {}, f"has {len(row)} cells, and there are {len(head)} columns")
            continue
        cells = dict(zip(head, row, strict=False))
        key = cells.get(matching.key or "", "").strip() or None
        fields = {f: cells[c] for c, f in matching.fields.items() if cells.get(c, "").strip()}
        yield Item(line, key, fields, {})


def _json_items(path: Path) -> Iterator[Item]:
    for line, text in enumerate(_text(path).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield Item(line, None, None, {}, f"is not JSON: {error}"[:200])
            continue
        if not isinstance(value, dict):
            yield Item(line, None, None, {}, "must be an object")
            continue
        wrapped = isinstance(value.get("input"), dict)
        given = value["input"] if wrapped else {n: v for n, v in value.items() if n not in _KEY_NAMES}
        key = next((value[name] for name in _KEY_NAMES if value.get(name) is not None), None)
        recommendations = value.get("recommendations") if wrapped else None
        yield Item(
            line,
            None if key is None else str(key),
            given,
            recommendations if isinstance(recommendations, dict) else {},
        )
