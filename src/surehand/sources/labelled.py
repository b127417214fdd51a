"""Labelled documents: what a model starts from, as lines of JSON or rows of a table."""

import difflib
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from surehand.errors import Fault, InvalidInput
from surehand.sources.files import Item, json_lines, rows_of, with_document, with_named_document

_DOCUMENT_NAMES = ("document", "file")


def labelled(path: Path, fields: Collection[str]) -> Iterator[Item]:
    """The items of a `.jsonl` or `.csv` file, in order: fields in `input`, and `document` there or `file`.

    A line of JSON is `{"input": {"document": ...}, "truth": {field: value}}`, with null for what the
    document does not show; the document is recognised lines, or the name of a file beside this one. A table
    has a column `document` or `file` and one for each field; an empty cell says that it is not shown.

    fields  what may be labelled
    raises  InvalidInput for a file that cannot be read at all; what is wrong with a line is its `fault`
    """
    if not path.is_file():
        raise InvalidInput([Fault(path.name, "is not there, and the map names it as examples")])
    items = _rows(path) if path.suffix.lower() == ".csv" else _lines(path)
    for item in items:
        yield _checked(item, fields)


def _lines(path: Path) -> Iterator[Item]:
    for line, value, fault in json_lines(path):
        given, truth = (value or {}).get("input"), (value or {}).get("truth")
        if value is None or not isinstance(given, dict) or not isinstance(truth, dict):
            yield Item(line, None, None, {}, fault or "must be an object with 'input' and 'truth'")
        else:
            item = Item(line, None, {**truth, "document": given.get("document")}, {})
            yield with_named_document(item, path.parent)


def _rows(path: Path) -> Iterator[Item]:
    rows = rows_of(path)
    head = [cell.strip() for cell in next(rows, [])]
    column = next((name for name in head if name.lower() in _DOCUMENT_NAMES), None)
    if column is None:
        raise InvalidInput([Fault(f"{path.name}:1", "has no column 'document' that names the files")])
    for line, row in enumerate(rows, start=2):
        cells = {name: cell.strip() or None for name, cell in zip(head, row, strict=False)}
        named = cells.pop(column, None)
        if any(cells.values()) or named:
            yield with_document(Item(line, None, cells, {}), named or "", path.parent)


def _checked(item: Item, fields: Collection[str]) -> Item:
    if item.input is None:
        return item
    if item.file is None and not isinstance(item.input.get("document"), dict):
        return replace(item, input=None, fault="names no document")
    unknown = sorted(item.input.keys() - set(fields) - {"document"})
    if unknown:
        close = difflib.get_close_matches(unknown[0], list(fields), n=1)
        hint = f"did you mean {close[0]}?" if close else f"it reads {', '.join(fields)}"
        return replace(
            item, input=None, fault=f"labels '{unknown[0]}', which this step does not read; {hint}"
        )
    return item
