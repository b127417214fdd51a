"""Tables with ruling lines, found by pdfplumber; their cells hold only words that a person can see."""

import io
import signal
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from surehand.documents import lines
from surehand.documents.limits import Limits
from surehand.documents.lines import Corners, Run

if TYPE_CHECKING:
    from pdfplumber.page import Page

_MOST_EDGES = 2_000
_MOST_TABLES = 50
_MOST_ROWS = 500
_MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page that may hold tables: its words, and how it lies on its sheet.

    size   width and height of the upright whole sheet, before it is cropped, in points
    shift  where the visible page begins on the whole sheet
    """

    words: Sequence[Run]
    size: tuple[float, float]
    shift: tuple[float, float]


class _Late(BaseException):
    """The time for tables is over. Not an Exception: the libraries in between catch those."""


def found(data: bytes, pages: Mapping[int, Wanted], limits: Limits) -> dict[int, list[dict[str, Any]]]:
    """Tables by page, as `core.documents.Grid` takes them. A page that fails has none: its text stands."""
    grids: dict[int, list[dict[str, Any]]] = {}
    ruled = [number for number, page in pages.items() if page.words][: limits.table_pages]
    if not ruled:
        return grids
    import pdfplumber
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

    # what a parser in plain Python raises on content that is not what it claims to be
    faults = (
        PSException, MalformedPDFException, PdfminerException, ArithmeticError, AssertionError,
        AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError, struct.error,
        zlib.error,
    )  # fmt: skip
    try:
        with _at_most(limits.table_seconds), pdfplumber.open(io.BytesIO(data)) as document:
            for number in ruled:
                try:
                    grids[number] = _grids(document.pages[number], pages[number])
                except faults:
                    continue
    except (_Late, *faults):
        return grids
    return grids


def _grids(page: "Page", wanted: Wanted) -> list[dict[str, Any]]:
    try:
        same = abs(page.width - wanted.size[0]) < 1 and abs(page.height - wanted.size[1]) < 1
        if not same or len(page.edges) > _MOST_EDGES:
            return []
        # pdfplumber counts from the sheet's own corner, wherever that is; we count from the visible page
        right = -page.mediabox[0] - wanted.shift[0]
        down = -page.mediabox[1] - wanted.shift[1]
        tables = page.find_tables()[:_MOST_TABLES]
        shaped = [(table.bbox, [row.cells for row in table.rows[:_MOST_ROWS]]) for table in tables]
    finally:
        page.close()
    return [
        {
            "box": _sides(_moved(box, right, down)),
            "rows": [
                [None if cell is None else _cell(_moved(cell, right, down), wanted.words) for cell in row]
                for row in rows
            ],
        }
        for box, rows in shaped
        if len(rows) > 1 and 1 < len(rows[0]) <= _MOST_COLUMNS
    ]


def _cell(box: Corners, words: Sequence[Run]) -> dict[str, Any]:
    within = [
        word
        for word in words
        if box[0] <= (word.box[0] + word.box[2]) / 2 <= box[2]
        and box[1] <= (word.box[1] + word.box[3]) / 2 <= box[3]
    ]
    rows = lines.lines(within)
    text = " ".join(word.text for row in rows for word in row)
    return {"text": text[:2_000], "box": _sides(box)}


def _moved(box: Corners, right: float, down: float) -> Corners:
    return (box[0] + right, box[1] + down, box[2] + right, box[3] + down)


def _sides(box: Corners) -> dict[str, float]:
    return dict(zip(("x0", "y0", "x1", "y1"), (round(side, 2) for side in box), strict=True))


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises _Late inside when the time is over. For code in Python, in the main thread."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
