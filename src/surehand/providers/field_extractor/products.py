"""Columns of a table without headings, found by arithmetic: quantity times price is the amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from surehand.core.documents import Box

from . import values
from .headings import Column, is_number
from .rows import Sheet, Unit, upper

_CENT = Decimal("0.02")
_MOST_NUMBERS = 7


@dataclass(frozen=True, slots=True)
class _Product:
    """A row on which a quantity and a price make an amount; boxes in that order."""

    row: Unit
    boxes: tuple[Box, Box, Box]
    telling: bool


def product_columns(sheet: Sheet, *, comma: bool) -> tuple[list[Column], int] | None:
    """Columns of quantity, price, amount and description, and the first row; None where too little agrees.

    comma  whether `1,234` has decimals
    Two rows of the same columns are needed, or one whose quantity is not 1.
    """
    seen = [product for row in sheet.units[: sheet.rows] for product in _products(row, comma)]
    best: list[_Product] = []
    for one in seen:
        alike = [other for other in seen if _same_columns(one, other)]
        rows = {other.row.row for other in alike if other.telling}
        if len(rows) > len({other.row.row for other in best if other.telling}):
            best = alike
    if not best:
        return None
    first = min(best, key=lambda product: product.row.row)
    quantity, price, amount = best[0].boxes
    text = min(
        (piece.box.x0 for piece in first.row.pieces if sum(map(str.isalpha, piece.text)) >= 2),
        default=min(box.x0 for box in first.boxes),
    )
    columns = [
        Column("description", text, text + 1.0),
        Column("quantity", quantity.x0, quantity.x1),
        Column("unit_price", price.x0, price.x1),
        Column("amount", amount.x0, amount.x1),
    ]
    return columns, first.row.row


def _products(row: Unit, comma: bool) -> list[_Product]:
    """Every way to see three numbers of a row as quantity, price and amount; the amount is the rightmost."""
    numbers: list[tuple[Decimal, str, Box]] = []
    for piece in row.pieces:
        if is_number(piece.text):
            hits = values.amounts_in(upper(piece.text), comma_decimal=comma)
            if len(hits) == 1 and hits[0].value and hits[0].mark != "%":
                numbers.append((hits[0].value, hits[0].form, piece.box))
    out = []
    for one, two, three in combinations(numbers[:_MOST_NUMBERS], 3):
        if abs(one[0] * two[0] - three[0]) > _CENT:
            continue
        quantity, price = (two, one) if one[1] == "cents" and two[1] != "cents" else (one, two)
        out.append(_Product(row, (quantity[2], price[2], three[2]), quantity[0] not in (1, price[0])))
    return out


def _same_columns(one: _Product, other: _Product) -> bool:
    return all(_near(mine, theirs) for mine, theirs in zip(one.boxes, other.boxes, strict=True))


def _near(one: Box, other: Box) -> bool:
    reach = one.height
    edges: Sequence[float] = (abs(one.x0 - other.x0), abs(one.x1 - other.x1))
    return min(edges) <= reach
