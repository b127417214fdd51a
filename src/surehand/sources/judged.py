"""Labelled cases: what a model that decides starts from, as lines of JSON or rows of a table."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surehand.errors import Fault, InvalidInput
from surehand.sources.files import json_lines, rows_of

#: In a table, what says that no answer is right. An empty cell is a case that nobody has labelled.
_NONE = ("none", "null")


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled case.

    line    where it stands, from 1
    values  what it says of the case, as given
    answer  as given; None: no answer is right
    fault   why the line cannot be used
    """

    line: int
    values: Mapping[str, Any]
    answer: Any
    fault: str | None = None


def judged(
    path: Path, point: str, reads: Collection[str], *, answers: Collection[str] = ()
) -> Iterator[Line]:
    """The labelled cases of a `.jsonl` or `.csv` file, in order; rows that are not labelled are left out.

    A line of JSON is `{"input": {...}, "truth": {point: answer}}`, or one flat object; null says that no
    answer is right. A table has a column for each field and one for the answer, where `none` says that, and
    an empty cell that nobody has labelled the row. Other columns are not looked at.

    point   the decision point, whose name the answer goes by
    reads   names of what is read; one that the whole file does not have is an error
    answers  what is an answer, even if it is written `none`
    raises  InvalidInput for a file that cannot be used at all
    """
    if not path.is_file():
        raise InvalidInput([Fault(path.name, "is not there, and the map names it as examples")])
    if path.suffix.lower() == ".csv":
        yield from _rows(path, point, reads, answers)
        return
    lines = list(_lines(path, point))
    if lines:
        _all_there(path.name, {name for line in lines for name in line.values}, reads, lines)
    yield from lines


def _lines(path: Path, point: str) -> Iterator[Line]:
    for line, value, fault in json_lines(path):
        if value is None:
            yield Line(line, {}, None, fault)
            continue
        given, truth = value.get("input"), value.get("truth")
        if given is None and truth is None:
            given, truth = {n: v for n, v in value.items() if n != point}, value
        if not isinstance(given, Mapping) or not isinstance(truth, Mapping):
            yield Line(line, {}, None, "must be an object with 'input' and 'truth', or one of plain values")
        elif point not in truth:
            yield Line(line, given, None, f"has no answer under '{point}'{_near(point, truth)}")
        else:
            yield Line(line, given, truth[point])


def _rows(path: Path, point: str, reads: Collection[str], answers: Collection[str]) -> Iterator[Line]:
    rows = rows_of(path)
    head = [cell.strip() for cell in next(rows, [])]
    if point not in head:
        raise InvalidInput([Fault(f"{path.name}:1", f"has no column '{point}'{_near(point, head)}")])
    _all_there(f"{path.name}:1", set(head), reads, ())
    for line, row in enumerate(rows, start=2):
        cells = {name: cell.strip() for name, cell in zip(head, row, strict=False)}
        answer = cells.pop(point, "")
        if len(row) > len(head):
            yield Line(line, {}, None, f"has {len(row)} cells, and there are {len(head)} columns")
        elif answer:
            none = answer.lower() in _NONE and answer not in answers
            yield Line(line, cells, None if none else answer)


def _all_there(where: str, names: Collection[str], reads: Collection[str], lines: Collection[Line]) -> None:
    """Every name that is read stands somewhere in the file."""
    if lines and all(line.fault for line in lines):
        return  # told line by line
    missing = [name for name in reads if name not in names]
    faults = [Fault(where, f"has no '{name}', which is read{_near(name, names)}") for name in missing]
    if faults:
        raise InvalidInput(faults)


def _near(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, [str(one) for one in known], n=1)
    return f"; did you mean {close[0]}?" if close else ""
