"""A document put back into rows, columns and units: what the candidates of every field are cut from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from surehand.core.documents import Box, Document, Line, Word
from surehand.core.slope import straightened

#: A document is read from its first and last rows; what lies between is bulk of a very long table.
_FIRST_ROWS, _LAST_ROWS = 1_500, 500
_LONGEST = 300
#: A gap as wide as this many heights parts two columns inside one recognised line.
_COLUMN_GAP = 1.6


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands together on a row.

    text   as printed, one blank between words, cut at 300 characters
    words  its words with boxes where the reader knows them; else empty
    """

    text: str
    box: Box
    words: tuple[Word, ...] = ()

    def part(self, start: int, end: int) -> Box:
        """The box of the characters from `start` to `end`: of the words they touch, or in proportion."""
        if self.words:
            at, touched = 0, []
            for word in self.words:
                length = len(" ".join(word.text.split()))
                if at < end and at + length > start:
                    touched.append(word.box)
                at += length + 1
            if touched:
                return around(touched)
        width = (self.box.x1 - self.box.x0) / max(len(self.text), 1)
        return Box(
            x0=self.box.x0 + width * max(start, 0),
            y0=self.box.y0,
            x1=self.box.x0 + width * min(end, len(self.text)),
            y1=self.box.y1,
        )


@dataclass(slots=True)
class Unit:
    """A row as a whole, or one piece of a row that has several.

    row         index of its row; `whole` when it is the row itself
    above       the unit over it, `below` under it: rows for a row, the column for a piece
    under       the unit under it in its column, also for a row of a single piece
    left        the piece to its left on the row, else ""
    size        its height in heights of the page's middle line
    x, y        left edge and top, `right` and `bottom` the others, as shares of the page's printed part
    """

    text: str
    upper: str
    pieces: tuple[Piece, ...]
    page: int
    row: int
    whole: bool
    size: float
    x: float
    y: float
    right: float
    bottom: float
    left: str = ""
    above: int | None = None
    below: int | None = None
    under: int | None = None


@dataclass(slots=True)
class Sheet:
    """All rows of a document. `units[:rows]` are the rows in order, the pieces come after them.

    of_piece  (row, column) -> unit of that piece, the row itself when it has only one
    """

    units: list[Unit]
    rows: int
    of_piece: dict[tuple[int, int], int]
    document: Document

    def row(self, index: int) -> Unit:
        """The row with this index."""
        return self.units[index]


def upper(text: str) -> str:
    """Upper case that keeps the place of every character."""
    whole = text.upper()
    return (
        whole if len(whole) == len(text) else "".join(c if len(c.upper()) != 1 else c.upper() for c in text)
    )


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of them."""
    return Box(
        x0=min(box.x0 for box in boxes),
        y0=min(box.y0 for box in boxes),
        x1=max(box.x1 for box in boxes),
        y1=max(box.y1 for box in boxes),
    )


def sheet_of(document: Document) -> Sheet:
    """Rows, pieces and their neighbours, page by page."""
    rows: list[Unit] = []
    for number, page in enumerate(document.pages):
        pieces = [piece for line in page.lines for piece in _pieces(line)]
        if not pieces:
            continue
        usual = median(piece.box.height for piece in pieces) or 1.0
        frame = around([piece.box for piece in pieces])
        rows += [_unit(group, number, frame, usual) for group in straightened(pieces)]
    if len(rows) > _FIRST_ROWS + _LAST_ROWS:
        rows = rows[:_FIRST_ROWS] + rows[-_LAST_ROWS:]
    for index, row in enumerate(rows):
        row.row = index
        if index and rows[index - 1].page == row.page:
            row.above, rows[index - 1].below = index - 1, index
    sheet = Sheet(rows, len(rows), {}, document)
    _add_pieces(sheet)
    return sheet


def _pieces(line: Line) -> list[Piece]:
    """A recognised line, parted where its words stand far from each other."""
    text = " ".join(line.text.split())[:_LONGEST]
    if not text:
        return []
    words = tuple(word for word in line.words if word.text.strip())
    if " ".join(" ".join(word.text.split()) for word in words) != text:
        return [Piece(text, line.box)]
    parts: list[list[Word]] = [[words[0]]]
    for before, after in pairwise(words):
        if after.box.x0 - before.box.x1 > _COLUMN_GAP * max(after.box.height, before.box.height):
            parts.append([])
        parts[-1].append(after)
    return [
        Piece(
            " ".join(" ".join(word.text.split()) for word in part),
            around([word.box for word in part]),
            tuple(part),
        )
        for part in parts
    ]


def _unit(group: list[Piece], page: int, frame: Box, usual: float) -> Unit:
    """A row from its pieces."""
    group = sorted(group, key=lambda piece: piece.box.x0)
    text = " ".join(piece.text for piece in group)[: 2 * _LONGEST]
    return _placed(text, tuple(group), page, frame, usual)


def _placed(text: str, pieces: tuple[Piece, ...], page: int, frame: Box, usual: float) -> Unit:
    box = around([piece.box for piece in pieces])
    width, height = (frame.x1 - frame.x0) or 1.0, frame.height or 1.0
    return Unit(
        text=text,
        upper=upper(text),
        pieces=pieces,
        page=page,
        row=0,
        whole=True,
        size=max(piece.box.height for piece in pieces) / usual,
        x=(box.x0 - frame.x0) / width,
        y=(box.y0 - frame.y0) / height,
        right=(box.x1 - frame.x0) / width,
        bottom=(box.y1 - frame.y0) / height,
    )


def _add_pieces(sheet: Sheet) -> None:
    """Units for the pieces of rows that have several, and the columns they stand in."""
    units = sheet.units
    for index in range(sheet.rows):
        row = units[index]
        if len(row.pieces) == 1:
            sheet.of_piece[index, 0] = index
            continue
        span = around([piece.box for piece in row.pieces])
        scale = (row.right - row.x) / ((span.x1 - span.x0) or 1.0)
        for column, piece in enumerate(row.pieces):
            sheet.of_piece[index, column] = len(units)
            units.append(
                Unit(
                    text=piece.text,
                    upper=upper(piece.text),
                    pieces=(piece,),
                    page=row.page,
                    row=index,
                    whole=False,
                    size=row.size * piece.box.height / (max(p.box.height for p in row.pieces) or 1.0),
                    x=row.x + (piece.box.x0 - span.x0) * scale,
                    y=row.y,
                    right=row.x + (piece.box.x1 - span.x0) * scale,
                    bottom=row.bottom,
                    left=row.pieces[column - 1].text if column else "",
                )
            )
    for index in range(sheet.rows):
        _join_columns(sheet, index)


def _join_columns(sheet: Sheet, index: int) -> None:
    """Links each piece of a row with the piece under it in one of the next two rows."""
    units, row = sheet.units, sheet.units[index]
    for column, piece in enumerate(row.pieces):
        here = sheet.of_piece[index, column]
        for later in range(index + 1, min(index + 3, sheet.rows)):
            if units[later].page != row.page:
                break
            found = _under(piece.box, units[later].pieces)
            if found is None:
                continue
            there = sheet.of_piece[later, found]
            units[here].under = there
            if not units[here].whole:
                units[here].below = there
            if not units[there].whole and units[there].above is None:
                units[there].above = here
            break


def _under(box: Box, pieces: Sequence[Piece]) -> int | None:
    """Which of the pieces shares most of the column of `box`, near enough below it."""
    best, most = None, 0.0
    for column, piece in enumerate(pieces):
        other = piece.box
        if other.y0 - box.y1 > 2.5 * max(box.height, other.height):
            continue
        shared = min(box.x1, other.x1) - max(box.x0, other.x0)
        share = shared / (min(box.x1 - box.x0, other.x1 - other.x0) or 1.0)
        if abs(other.x0 - box.x0) < 0.5 * box.height:
            share += 0.5
        if share > 0.3 and share > most:
            best, most = column, share
    return best
