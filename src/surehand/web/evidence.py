"""The source of a case as lines of text, with the places where its values were found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surehand.core.case import Case
from surehand.core.documents import Document, Word
from surehand.core.recommendation import probability
from surehand.web.fields import SURE_FROM
from surehand.web.views import DocumentView, LineView, MarkView

#: Rows that a page of the desk shows of one document.
_MOST_ROWS = 1_500

_GAP = "   "


@dataclass(frozen=True, slots=True)
class Source:
    """A document to show, and field -> number of its mark."""

    view: DocumentView | None
    numbers: Mapping[str, int]


@dataclass(slots=True)
class _Row:
    """One row of a page: its text, and each word with the place where it begins."""

    text: str
    words: list[tuple[int, Word]]
    marks: list[MarkView]


def source_of(case: Case, names: Sequence[str], *, marked: bool = True) -> Source:
    """The recognised document of a case.

    names   fields whose evidence is marked, in the order of their numbers
    marked  False leaves no trace of what was read from where
    """
    body = case.input.get("document")
    if not body:
        return Source(None, {})
    document = Document.model_validate(body)
    pages = [_rows(page.lines) for page in document.pages]
    numbers: dict[str, int] = {}
    if marked:
        for name in names:
            reading = case.readings.get(name, {})
            found = reading.get("evidence")
            if found and not reading.get("person") and _mark(pages, name, found, len(numbers) + 1, reading):
                numbers[name] = len(numbers) + 1
    return Source(DocumentView(name="Document", pages=_shown(pages)), numbers)


def _rows(words: Sequence[Word]) -> list[_Row]:
    """Words that stand beside each other become one row, from top to bottom."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.box.middle, w.box.x0)):
        last = rows[-1][-1] if rows else None
        beside = last is not None and abs(word.box.middle - last.box.middle) < 0.5 * min(
            max(word.box.height, 1.0), max(last.box.height, 1.0)
        )
        if beside:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [_row(sorted(row, key=lambda w: w.box.x0)) for row in rows]


def _row(words: Sequence[Word]) -> _Row:
    text, placed = "", []
    for word in words:
        said = " ".join(word.text.split())
        text += _GAP if text else ""
        placed.append((len(text), word))
        text += said
    return _Row(text, placed, [])


def _mark(
    pages: Sequence[list[_Row]], name: str, found: Mapping[str, Any], number: int, reading: Mapping[str, Any]
) -> bool:
    """Mark the words of a reading, or the row where it begins. False when nothing fits or it is taken."""
    words = str(found.get("quote") or "").split()
    at, box = found.get("page"), found.get("box") or {}
    here = [pages[at]] if isinstance(at, int) and 0 <= at < len(pages) else pages
    rows = sorted((row for page in here for row in page), key=lambda row: not _within(row, box))
    quote = re.compile(r"\s+".join(map(re.escape, words))) if words else None
    spans = [(row, match.span()) for row in rows if quote and (match := quote.search(row.text))]
    spans += [(row, (0, len(row.text))) for row in rows if _within(row, box) and row.text]
    confidence = probability(reading.get("confidence"))
    low = confidence is not None and confidence < SURE_FROM
    for row, (start, end) in spans:
        if end > start and not any(mark.start < end and start < mark.end for mark in row.marks):
            row.marks.append(MarkView(start=start, end=end, number=number, field=name, low=low))
            return True
    return False


def _within(row: _Row, box: Mapping[str, Any]) -> bool:
    try:
        return any(float(box["y0"]) <= word.box.middle <= float(box["y1"]) for _, word in row.words)
    except (KeyError, TypeError, ValueError):
        return False


def _shown(pages: Sequence[list[_Row]]) -> tuple[tuple[LineView, ...], ...]:
    left, shown = _MOST_ROWS, []
    for rows in pages:
        lines = [
            LineView(text=r.text, marks=tuple(sorted(r.marks, key=lambda m: m.start))) for r in rows[:left]
        ]
        left -= len(lines)
        shown.append(tuple(lines))
        if left <= 0:
            break
    hidden = sum(map(len, pages)) - sum(map(len, shown))
    if hidden:
        more = LineView(text=f"({hidden:,} more lines are not shown here)")
        shown[-1] = (*shown[-1], more)
    return tuple(shown)
