"""Tables of line items: from grids that were found, else from rows under a header, by its columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from surehand.core.documents import Box, Document, Grid

from . import values
from .rows import Sheet, Unit, around, upper
from .spots import box_in, label_kind

_MOST_LINES = 300
_SUMS = frozenset(
    {"net", "total", "grand", "gross", "tax", "paid", "change", "discount", "rounding", "shipping"}
)

#: What a column's heading says it holds, first hit; words of several languages.
_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (
            "other",
            r"TAX(?! *INVOICE)|\bVAT\b|\bGST\b|MWST|UST\b|\bTVA\b|\bIVA\b|%|\bDATE\b|DATUM|\bDISC\w*|RABATT",
        ),
        (
            "unit_price",
            r"(?:UNIT|S/)[\s/]*(?:PRICE|COST)|PRICE|\bRATE\b|\bEACH\b|EINZELPREIS|STÜCKPREIS|E-?PREIS|"
            r"PRIX(?: UNIT\w*)?|"
            r"\bP\.? ?U\.?(?: HT)?\b|PRECIO|PREZZO|PRIJS|\bPREIS\b|\bU/P\b|UNIT COST",
        ),
        (
            "quantity",
            r"\bQTY\b|QUANTITY|QUANT\b|\bMENGE\b|ANZAHL|\bQTÉ\b|\bQTE\b|QUANTITÉ|CANTIDAD|AANTAL|\bHOURS\b|\bSTK\b",
        ),
        (
            "amount",
            r"(?:LINE |NET |ITEM )?(?:AMOUNT|TOTAL)(?: HT)?|\bAMT\b|GESAMT(?:PREIS)?|BETRAG|MONTANT|"
            r"IMPORTE|IMPORTO|BEDRAG|"
            r"\bSUMME\b|\bVALUE\b|EXTENDED",
        ),
        (
            "description",
            r"DESCRIPTION|\bITEMS?\b|ARTICLE|ARTIKEL|PRODUCT|PARTICULARS|BEZEICHNUNG|BESCHREIBUNG|LEISTUNG|"
            r"DÉSIGNATION|DESIGNATION|DESCRIPCIÓN|CONCEPTO|DESCRIZIONE|OMSCHRIJVING|DETAILS|SERVICE|GOODS",
        ),
        ("code", r"\bSKU\b|\bCODE\b|\bART\.?-?NR\b|\bREF\b|\bRÉF\b|ITEM NO|PART NO|\bPOS\b|\bNO\b|#|\bNR\b"),
        ("other", r"\bUNIT\b|EINHEIT|\bUNITÉ\b|\bUOM\b"),
    )
)
NUMBERS = ("quantity", "unit_price", "amount")


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


@dataclass(frozen=True, slots=True)
class _Column:
    role: str
    x0: float
    x1: float


@dataclass(slots=True)
class _Parts:
    """One printed row of a table: its texts and numbers by role."""

    texts: dict[str, str]
    numbers: dict[str, Decimal]
    box: Box
    page: int


def item_lines(sheet: Sheet, document: Document) -> list[ItemLine]:
    """The items of a document; empty where no table with a heading is found."""
    comma = values.comma_is_decimal(unit.text for unit in sheet.units[: sheet.rows])
    best: list[ItemLine] = []
    for number, page in enumerate(document.pages):
        for grid in page.tables:
            best += _joined(_of_grid(grid, number, comma))
    return (best or _joined(_of_rows(sheet, comma)))[:_MOST_LINES]


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


def _of_grid(grid: Grid, page: int, comma: bool) -> Iterator[_Parts]:
    roles: dict[int, str] = {}
    for row in grid.rows:
        texts = [" ".join(cell.text.split()) if cell else "" for cell in row]
        if not roles:
            found = {at: role for at, text in enumerate(texts) if (role := _heading(upper(text)))}
            roles = found if _is_header(list(found.values())) else {}
            continue
        if _is_sum(" ".join(texts)):
            return
        parts = _Parts({}, {}, grid.box, page)
        boxes = [cell.box for cell in row if cell is not None]
        for at, text in enumerate(texts):
            role = roles.get(at, "other")
            if role in NUMBERS:
                hits = values.amounts_in(upper(text), comma_decimal=comma)
                if hits:
                    parts.numbers[role] = hits[0].value
            elif text and role != "other":
                parts.texts[role] = text
        if boxes:
            parts.box = around(boxes)
        if parts.texts or parts.numbers:
            yield parts


def _heading(text: str) -> str:
    return next((role for role, pattern in _HEADINGS if pattern.search(text)), "") if len(text) < 40 else ""


def _is_header(roles: Sequence[str]) -> bool:
    return len(set(roles) & {*NUMBERS, "description"}) >= 2 and bool(set(roles) & {"amount", "unit_price"})


def _is_sum(text: str) -> bool:
    """A row that says it is a sum: nothing after it is an item."""
    kind = label_kind(upper(text)[:40])
    return kind in _SUMS and any(map(str.isdigit, text)) and upper(text).lstrip()[:1].isalpha()


# --- rows under a header


def _of_rows(sheet: Sheet, comma: bool) -> Iterator[_Parts]:
    columns: list[_Column] = []
    last: Unit | None = None
    empty = 0
    for row in sheet.units[: sheet.rows]:
        found = _columns(row)
        if found:
            columns, last = found, row
            continue
        if not columns or last is None:
            continue
        if _is_sum(row.text) or empty > 4:
            if any(column.role == "amount" for column in columns) and empty <= 4:
                return
            columns = []
            continue
        parts = _parts(row, columns, comma)
        empty = 0 if parts.numbers else empty + 1
        if parts.texts or parts.numbers:
            yield parts
        last = row


def _columns(row: Unit) -> list[_Column]:
    """The columns that a header row names; empty for any other row."""
    if len(row.upper) > 160 or sum(map(str.isdigit, row.upper)) > 3:
        return []
    taken: list[tuple[int, int, str]] = []
    for role, pattern in _HEADINGS:
        for match in pattern.finditer(row.upper):
            if not any(match.start() < end and start < match.end() for start, end, _ in taken):
                taken.append((match.start(), match.end(), role))
    roles = [role for _, _, role in taken]
    if not _is_header(roles):
        return []
    columns, seen = [], set()
    for start, end, role in sorted(taken):
        if role in seen and role != "other":
            role = "other"
        seen.add(role)
        box = box_in(row, start, end)
        columns.append(_Column(role, box.x0, box.x1))
    if "description" not in seen:
        first = min(column.x0 for column in columns)
        columns.insert(0, _Column("description", first - 1.0, first - 0.5))
    return columns


def _parts(row: Unit, columns: Sequence[_Column], comma: bool) -> _Parts:
    """A row's texts and numbers, each in the column that it stands nearest to."""
    box = around([piece.box for piece in row.pieces])
    parts = _Parts({}, {}, box, row.page)
    numeric = [column for column in columns if column.role in (*NUMBERS, "other")]
    described = next((column for column in columns if column.role == "description"), None)
    first = min((c.x0 for c in numeric if described is None or c.x0 > described.x0), default=box.x0)
    for piece in row.pieces:
        text, cut = upper(piece.text), len(piece.text)
        for hit in reversed(values.amounts_in(text, comma_decimal=comma)):
            place = piece.part(hit.start, hit.end)
            tail = text[hit.end : cut]
            if sum(map(str.isalpha, tail)) > 4 or place.x1 < first - 2 * box.height:
                break
            nearest = min(numeric, key=lambda column: _distance(column, place), default=None)
            if nearest is not None and _distance(nearest, place) < 6 * box.height:
                if nearest.role in NUMBERS and nearest.role not in parts.numbers and hit.mark != "%":
                    parts.numbers[nearest.role] = hit.value
                cut = hit.start
        rest = piece.text[:cut].strip(" $€£¥:*x×@-") if cut < len(piece.text) else piece.text
        if sum(map(str.isalpha, rest)) >= 2 or (rest and cut == len(piece.text)):
            _place_text(parts, rest, piece.part(0, max(cut, 1)), columns)
    return parts


def _place_text(parts: _Parts, text: str, box: Box, columns: Sequence[_Column]) -> None:
    wordy = [column for column in columns if column.role in ("description", "code")]
    nearest = min(wordy, key=lambda column: abs(column.x0 - box.x0), default=None)
    role = nearest.role if nearest else "description"
    if role == "code" and (len(text) > 16 or role in parts.texts):
        role = "description"
    if role == "description" or role not in parts.texts:
        parts.texts[role] = f"{parts.texts[role]} {text}" if role in parts.texts else text


def _distance(column: _Column, box: Box) -> float:
    """How far a number stands from a column: by its left edge, its right edge or its middle."""
    middle = abs((column.x0 + column.x1) / 2 - (box.x0 + box.x1) / 2)
    return min(abs(column.x1 - box.x1), abs(column.x0 - box.x0) + 1, middle + 1)
