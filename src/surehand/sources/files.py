"""Items from a file: JSON lines, or a table whose columns are matched to the fields of a process.

A line may name a document beside the file: `"document": "scans/12.pdf"`, or a column `document` or `file`.
"""

import codecs
import csv
import difflib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from surehand.core.process import Process
from surehand.errors import Fault, InvalidInput

_LARGEST = 512 * 1024 * 1024

#: Bytes of a document that is sent; the server takes no larger one.
LARGEST_DOCUMENT = 64 * 1024 * 1024
_WIDEST = 2_000

#: Columns that name the item itself.
_KEY_NAMES = ("key", "id", "idempotency_key")

#: Columns that name a document beside the file.
_DOCUMENT_NAMES = ("document", "file")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a file.

    line   where it stands, from 1
    key    the file's own name for it, if it has one
    input  fields as given; None when the line cannot be read, with the reason in `fault`
    file   the document that belongs to it, still to be sent
    """

    line: int
    key: str | None
    input: dict[str, Any] | None
    recommendations: Mapping[str, Any]
    fault: str | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """Which column holds which field.

    fields    column -> field
    unused    columns that no field takes, with the nearest field
    missing   required fields that no column holds
    document  column that names a document
    """

    fields: Mapping[str, str]
    key: str | None
    unused: tuple[tuple[str, str | None], ...]
    missing: tuple[str, ...]
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What was looked at: how many items, and for tables how the columns were matched.

    items  every item, in order, read anew with each call
    """

    path: Path
    count: int
    items: Callable[[], Iterator[Item]]
    matching: Matching | None = None


def opened(path: Path, process: Process, *, key_column: str | None = None) -> Source:
    """Look at a `.jsonl` or `.csv` file. Raises InvalidInput with what is wrong and what to do."""
    if not path.is_file():
        raise InvalidInput([Fault(str(path), "is not a file")])
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        count = sum(1 for line in _text(path).split("\n") if line.strip())
        return Source(path, count, partial(_json_items, path))
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise InvalidInput([Fault(str(path), "must be a .jsonl, .csv or .tsv file")])
    rows = rows_of(path)
    head = next(rows, None)
    if not head or not any(cell.strip() for cell in head):
        raise InvalidInput([Fault(str(path), "has no line of column names")])
    matching = matched([cell.strip() for cell in head], process, key_column=key_column)
    if not matching.fields and not matching.document:
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
    return Source(path, count, partial(_table_items, path, matching), matching)


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
    document = None
    if process.input.document:
        document = next(
            (c for c in columns if _plain(c) in _DOCUMENT_NAMES and _plain(c) not in fields), None
        )
    for column in columns:
        field = fields.get(_plain(column))
        if field is not None and field not in taken.values():
            taken[column] = field
        elif column not in (key, document):
            close = difflib.get_close_matches(_plain(column), list(fields), n=1)
            unused.append((column, fields[close[0]] if close else None))
    missing = tuple(
        name
        for name, wanted in process.input.fields.items()
        if wanted.required and name not in taken.values()
    )
    return Matching(taken, key, tuple(unused), missing, document)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _text(path: Path) -> str:
    if path.stat().st_size > _LARGEST:
        raise InvalidInput([Fault(str(path), "is larger than 512 MiB: split it")])
    data = path.read_bytes()
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # what spreadsheets of western Europe write when they do not write UTF-8
        return data.decode("cp1252", "replace")


def rows_of(path: Path) -> Iterator[list[str]]:
    """The rows of a table, whatever parts its cells and however it is encoded."""
    text = _text(path)
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
        dialect.doublequote = True
    except csv.Error:
        dialect = csv.excel_tab if path.suffix.lower() == ".tsv" else csv.excel
    csv.field_size_limit(16 * 1024 * 1024)
    rows = csv.reader(io.StringIO(text, newline=""), dialect)
    try:
        yield from rows
    except csv.Error as error:
        raise InvalidInput([Fault(f"{path.name}:{rows.line_num}", f"cannot be read: {error}")]) from error


def _table_items(path: Path, matching: Matching) -> Iterator[Item]:
    rows = rows_of(path)
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
        named = cells.get(matching.document or "", "").strip()
        yield with_document(Item(line, key, fields, {}), named, path.parent)


def _json_items(path: Path) -> Iterator[Item]:
    for line, value, fault in json_lines(path):
        if value is None:
            yield Item(line, None, None, {}, fault)
            continue
        wrapped = isinstance(value.get("input"), dict)
        given = value["input"] if wrapped else {n: v for n, v in value.items() if n not in _KEY_NAMES}
        key = next((value[name] for name in _KEY_NAMES if value.get(name) is not None), None)
        recommendations = value.get("recommendations") if wrapped else None
        item = Item(
            line,
            None if key is None else str(key),
            given,
            recommendations if isinstance(recommendations, dict) else {},
        )
        yield with_named_document(item, path.parent)


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Line number, the object on it, and what is wrong if there is none. Empty lines are left out."""
    for line, text in enumerate(_text(path).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield line, None, f"is not JSON: {error}"[:200]
            continue
        yield (line, value, "") if isinstance(value, dict) else (line, None, "must be an object")


def with_named_document(item: Item, folder: Path) -> Item:
    """The item with the file that its `document` names, if that is a text."""
    given = item.input or {}
    named = given.get("document")
    if not isinstance(named, str):
        return item
    rest = {name: value for name, value in given.items() if name != "document"}
    return with_document(replace(item, input=rest), named, folder)


def with_document(item: Item, named: str, folder: Path) -> Item:
    """The item with the document of that name, which lies in or below the file's own folder."""
    if not named:
        return item
    try:
        found = (folder / named).resolve()
        inside, there = found.is_relative_to(folder.resolve()), found.is_file()
        large = there and found.stat().st_size > LARGEST_DOCUMENT
    except (OSError, RuntimeError, ValueError):  # too long, links in a circle, characters that no name has
        return replace(item, input=None, fault=f"names '{named[:80]}', which cannot be the name of a file")
    if not inside:
        because = "which is outside the folder of the file: put it inside, and name it from there"
        return replace(item, input=None, fault=f"names '{named}', {because}")
    if not there:
        return replace(item, input=None, fault=f"names '{named}', and there is no such file")
    if large:
        return replace(item, input=None, fault=f"names '{named}', which is larger than 64 MiB")
    return replace(item, file=found)
