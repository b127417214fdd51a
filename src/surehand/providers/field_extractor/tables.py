"""Tables of line items: from grids that were found, from rows under a header, or from products that agree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from surehand.core.documents import Box, Document, Grid

from . import values
from .headings import NUMBERS, OTHER, Column, columns_of, heading_of, is_header, is_number
from .products import product_columns
from .rows import Piece, Sheet, Unit, around, upper
from .spots import label_kind

_MOST_LINES = 300
_SUMS = frozenset(
    {"net", "total", "grand", "gross", "tax", "paid", "change", "discount", "rounding", "shipping"}
)
_TOTALS = frozenset({"net", "total", "grand", "gross", "tax"})
#: A row without numbers belongs to the item over it when the gap is less than this many heights of a row.
_GAP = 1.1
_UNIT_LETTERS = 6
#: With a larger gap the table has ended.
_FAR = 6.0


@dataclass(slots=True)
class ItemLine:
    """One item: text by role, numbers by role, and where it stands."""

    texts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    page: int = 0

    @property
    def adds_up(self) -> bool | None:
        """Quantity times price is the amount, to two hundredths; None where one of them is missing."""
        if not all(role in self.numbers for role in NUMBERS):
            return None
        quantity, price, amount = (self.numbers[role] for role in NUMBERS)
        return abs(quantity * price - amount) <= Decimal("0.02")


@dataclass(slots=True)
class _Parts:
    """One printed row of a table: its texts and numbers by role."""

    texts: dict[str, str]
    numbers: dict[str, Decimal]
    box: Box
    page: int


def item_lines(
    sheet: Sheet,
    document: Document,
    *,
    headings: Mapping[str, str] | None = None,
    sums: frozenset[Decimal] = frozenset(),
) -> list[ItemLine]:
    """The items of a document; empty where no table is found.

    headings  bare heading -> role, as learned
    sums      amounts that the document calls a sum: of several readings, one whose lines make a sum is taken
    """
    comma = values.comma_is_decimal(unit.text for unit in sheet.units[: sheet.rows])
    best: list[ItemLine] = []
    most = -1.0
    for rows in _readings(sheet, document, headings or {}, comma):
        lines = _joined(rows)[:_MOST_LINES]
        merit = _merit(lines, sums)
        if lines and merit > most + 1e-9:
            best, most = lines, merit
    return best


def _readings(
    sheet: Sheet, document: Document, headings: Mapping[str, str], comma: bool
) -> Iterator[Iterator[_Parts]]:
    """Ways to read the table, the most trustworthy first; charges of their own are items or not."""
    grids = [(grid, number) for number, page in enumerate(document.pages) for grid in page.tables]
    for charges in (True, False):
        if grids:
            yield (part for grid, page in grids for part in _of_grid(grid, page, headings, comma, charges))
        yield _of_rows(sheet, headings, comma, charges)
    found = product_columns(sheet, comma=comma)
    if found is not None:
        for charges in (True, False):
            yield _of_rows(sheet, {}, comma, charges, *found)


def _merit(lines: Sequence[ItemLine], sums: frozenset[Decimal]) -> float:
    """How well a reading agrees with itself: products, complete lines, and a sum that is printed."""
    if not lines:
        return -1.0
    agree = sum({True: 1.0, None: 0.4, False: 0.0}[line.adds_up] for line in lines)
    complete = sum(bool(line.texts.get("description")) for line in lines)
    total = sum((line.numbers.get("amount", Decimal(0)) for line in lines), Decimal(0))
    return (agree + complete) / len(lines) + 2.0 * (total.normalize() + Decimal(0) in sums)


def _joined(rows: Iterator[_Parts]) -> list[ItemLine]:
    """Rows put together to items: what has no number of its own belongs to the item before it.

    Text over a row that has numbers only, as tills print it, belongs to that row instead.
    """
    lines: list[ItemLine] = []
    waiting: list[_Parts] = []
    for row in rows:
        if "amount" not in row.numbers and "unit_price" not in row.numbers:
            waiting.append(row)
            continue
        line = ItemLine(dict(row.texts), dict(row.numbers), [row.box], row.page)
        if waiting and not row.texts.get("description"):
            for part in reversed(waiting):
                _prepend(line, part)
        elif lines:
            for part in waiting:
                _append(lines[-1], part)
        waiting = []
        lines.append(line)
    if lines:
        for part in waiting[:3]:
            _append(lines[-1], part)
    return lines


def _append(line: ItemLine, part: _Parts) -> None:
    for role, text in part.texts.items():
        line.texts[role] = f"{line.texts[role]} {text}" if role in line.texts else text
    line.boxes.append(part.box)


def _prepend(line: ItemLine, part: _Parts) -> None:
    for role, text in part.texts.items():
        line.texts[role] = f"{text} {line.texts[role]}" if role in line.texts else text
    line.boxes.append(part.box)


# --- a grid that was found


def _of_grid(
    grid: Grid, page: int, headings: Mapping[str, str], comma: bool, charges: bool
) -> Iterator[_Parts]:
    roles: dict[int, str] = {}
    for row in grid.rows:
        texts = [" ".join(cell.text.split()) if cell else "" for cell in row]
        if not roles:
            found = {at: role for at, text in enumerate(texts) if (role := heading_of(upper(text), headings))}
            roles = found if is_header(list(found.values())) else {}
            continue
        parts = _Parts({}, {}, grid.box, page)
        boxes = [cell.box for cell in row if cell is not None]
        for at, text in enumerate(texts):
            role = roles.get(at, OTHER)
            if role in NUMBERS:
                hits = values.amounts_in(upper(text), comma_decimal=comma)
                if hits:
                    parts.numbers[role] = hits[0].value
            elif text and role != OTHER:
                parts.texts[role] = text
        if boxes:
            parts.box = around(boxes)
        if _is_sum(" ".join(texts)) and not _is_item(parts, " ".join(texts), charges):
            return
        if parts.texts or parts.numbers:
            yield parts


def _is_sum(text: str) -> bool:
    """A row that says it is a sum: nothing after it is an item."""
    kind = label_kind(upper(text)[:40])
    return kind in _SUMS and any(map(str.isdigit, text)) and upper(text).lstrip()[:1].isalpha()


def _is_item(parts: _Parts, text: str, charges: bool) -> bool:
    """Whether a row is an item although it names a sum, such as freight: it has a price, or charges count."""
    kind = label_kind(upper(text)[:40])
    if "amount" not in parts.numbers:
        return False
    if "quantity" in parts.numbers and ("unit_price" in parts.numbers or kind not in _TOTALS):
        return True
    return charges and kind in ("shipping", "discount")


# --- rows under a header


def _of_rows(
    sheet: Sheet,
    headings: Mapping[str, str],
    comma: bool,
    charges: bool,
    given: Sequence[Column] = (),
    start: int = 0,
) -> Iterator[_Parts]:
    """Rows under a header, page by page; `given` columns hold from the row `start` on and need no header."""
    columns, last, ended = list(given), None, -1
    headed = {row.page for row in sheet.units[: sheet.rows] if not given and columns_of(row, headings)}
    for row in sheet.units[start : sheet.rows]:
        if row.page == ended:
            continue
        if row.page in headed and (found := columns_of(row, headings)):
            columns, last = found, row
            continue
        if not columns or (last is not None and row.page != last.page and row.page in headed):
            continue  # a page that has a header begins with it
        parts = _parts(row, columns, comma)
        if (_is_sum(row.text) and not _is_item(parts, row.text, charges)) or _is_far(row, last):
            ended = row.page
        elif _is_numbered(parts) or (last is not None and parts.texts and _follows(row, last)):
            yield parts
            last = row


def _is_numbered(parts: _Parts) -> bool:
    return "amount" in parts.numbers or "unit_price" in parts.numbers


def _follows(row: Unit, last: Unit) -> bool:
    """Whether a row stands right under another one."""
    return row.page == last.page and _heights_under(row, last) < _GAP


def _is_far(row: Unit, last: Unit | None) -> bool:
    """Whether a row stands so far under the last one of the table that the table has ended."""
    return last is not None and row.page == last.page and _heights_under(row, last) > _FAR


def _heights_under(row: Unit, last: Unit) -> float:
    own, over = around([piece.box for piece in row.pieces]), around([piece.box for piece in last.pieces])
    return (own.y0 - over.y1) / max(min(own.height, over.height), 1e-6)


def _parts(row: Unit, columns: Sequence[Column], comma: bool) -> _Parts:
    """A row's texts and numbers, each in the column that it stands nearest to."""
    box = around([piece.box for piece in row.pieces])
    parts = _Parts({}, {}, box, row.page)
    numeric = [column for column in columns if column.role in (*NUMBERS, OTHER)]
    described = next((column for column in columns if column.role == "description"), None)
    first = min((c.x0 for c in numeric if described is None or c.x0 > described.x0), default=box.x0)
    for piece in row.pieces:
        if is_number(piece.text) and _place_number(parts, piece, columns, comma):
            continue
        if piece.box.x0 > first and sum(map(str.isalpha, piece.text)) > _UNIT_LETTERS:
            continue  # words over the numbers, such as a stamp
        text, cut = upper(piece.text), len(piece.text)
        for hit in reversed(values.amounts_in(text, comma_decimal=comma)):
            place = piece.part(hit.start, hit.end)
            tail = text[hit.end : cut]
            if sum(map(str.isalpha, tail)) > 4 or place.x1 < first - 2 * box.height:
                break
            nearest = min(numeric, key=lambda column: column.distance(place), default=None)
            if nearest is not None and nearest.distance(place) < 6 * box.height:
                if nearest.role in NUMBERS and nearest.role not in parts.numbers and hit.mark != "%":
                    parts.numbers[nearest.role] = hit.value
                cut = hit.start
        rest = piece.text[:cut].strip(" $€£¥:*x×@-") if cut < len(piece.text) else piece.text
        if sum(map(str.isalpha, rest)) >= 2 or (rest and cut == len(piece.text)):
            _place_text(parts, rest, piece.part(0, max(cut, 1)), columns)
    return parts


def _place_number(parts: _Parts, piece: Piece, columns: Sequence[Column], comma: bool) -> bool:
    """Puts a piece that is one number into its column, also left of the text; whether it has one."""
    hits = values.amounts_in(upper(piece.text), comma_decimal=comma)
    able = [column for column in columns if column.role != "description"]
    nearest = min(able, key=lambda column: column.distance(piece.box), default=None)
    if len(hits) != 1 or nearest is None or nearest.distance(piece.box) > 3 * piece.box.height:
        text = next((column.x0 for column in columns if column.role == "description"), piece.box.x0)
        return piece.box.x1 <= text and piece.text.strip(" .").isdigit()  # the number of the line
    if nearest.role in NUMBERS:
        if nearest.role in parts.numbers or hits[0].mark == "%":
            return False
        parts.numbers[nearest.role] = hits[0].value
    elif nearest.role == "code":
        parts.texts.setdefault("code", piece.text)
    return True


def _place_text(parts: _Parts, text: str, box: Box, columns: Sequence[Column]) -> None:
    wordy = [column for column in columns if column.role in ("description", "code")]
    nearest = min(wordy, key=lambda column: abs(column.x0 - box.x0), default=None)
    role = nearest.role if nearest else "description"
    if role == "code" and (len(text) > 16 or role in parts.texts):
        role = "description"
    if role == "description" or role not in parts.texts:
        parts.texts[role] = f"{parts.texts[role]} {text}" if role in parts.texts else text
