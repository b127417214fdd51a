"""What the columns of a table of items hold, by the words over them: known, or learned."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surehand.core.documents import Box

from . import values
from .rows import Piece, Sheet, Unit, upper
from .spots import box_in

NUMBERS = ("quantity", "unit_price", "amount")

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
            r"\bP\.? ?U\.?(?: HT)?\b|PRECIO|PREZZO|PRIJS|\bCENA\b|\bPRIS\b|\bPREIS\b|\bU/P\b|UNIT COST",
        ),
        (
            "quantity",
            r"\bQTY\b|QUANTITY|QUANT\b|\bMENGE\b|ANZAHL|\bQTÉ\b|\bQTE\b|QUANTITÉ|CANTIDAD|\bCANT\b|AANTAL|\bANZ\b|"
            r"ILO[SŚ][CĆ]|QUANTITÀ|\bQ\.?TÀ|\bANTAL\b|\bHOURS\b|\bSTK\b",
        ),
        (
            "amount",
            r"(?:LINE |NET |ITEM )?(?:AMOUNT|TOTAL)(?: HT)?|\bAMT\b|GESAMT(?:PREIS)?|BETRAG|MONTANT|"
            r"IMPORTE|IMPORTO|BEDRAG|WARTO[SŚ][CĆ]|BELØB|BELOPP|"
            r"\bSUMME\b|\bVALUE\b|EXTENDED",
        ),
        (
            "description",
            r"DESCRIPTION|\bITEMS?\b|ARTICLE|ARTIKEL|PRODUCT|PARTICULARS|BEZEICHNUNG|BESCHREIBUNG|LEISTUNG|"
            r"DÉSIGNATION|DESIGNATION|DESCRIPCIÓN|CONCEPTO|DESCRIZIONE|OMSCHRIJVING|DETAILS|SERVICE|GOODS|NAZWA",
        ),
        (
            "code",
            r"\bSKU\b|\bCODE\b|\bART\.?-?NR\b|\bREF\b|\bRÉF\b|ITEM NO|PART NO|\bPOS\b|\bNO\b|#|"
            r"\bNR\b|\bN°|\bLP\b",
        ),
        ("other", r"\bUNIT\b|EINHEIT|\bUNITÉ\b|\bUOM\b"),
    )
)
_CODE = re.compile(r"\b(?:EUR|USD|GBP|CHF|PLN|DKK|SEK|NOK|CZK|MYR)\b|[^\w]|\d|_")
_NUMBER = re.compile(r"\W{0,3}(?:[A-Z]{1,3}\.?\s?)?[-+−]?\d[\d.,'’ \u00a0\u202f]*\s?(?:[A-Z.]{0,4}|[€$£%])")
_ROWS_UP = 4
_MAJORITY = 0.8
#: Role of a column whose numbers are none of an item's.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds and where its heading or its numbers stand."""

    role: str
    x0: float
    x1: float

    def distance(self, box: Box) -> float:
        """How far a number stands from it: by its left edge, its right edge or its middle."""
        middle = abs((self.x0 + self.x1) / 2 - (box.x0 + box.x1) / 2)
        return min(abs(self.x1 - box.x1), abs(self.x0 - box.x0) + 1, middle + 1)


def heading_of(text: str, learned: Mapping[str, str]) -> str:
    """The role that a heading names, "" for none; text in upper case.

    learned  bare heading -> role; it outweighs the words known beforehand
    """
    if len(text) >= 40:
        return ""
    return learned.get(bare(text)) or next((role for role, found in _HEADINGS if found.search(text)), "")


def bare(text: str) -> str:
    """The letters of a heading, without a currency."""
    return _CODE.sub("", text.upper())


def is_header(roles: Sequence[str]) -> bool:
    """Whether these columns make a table of items."""
    return len(set(roles) & {*NUMBERS, "description"}) >= 2 and bool(set(roles) & {"amount", "unit_price"})


def is_number(text: str) -> bool:
    """Whether a piece is one number, with a sign, a currency or a short unit at most."""
    return _NUMBER.fullmatch(upper(text).strip()) is not None


def columns_of(row: Unit, learned: Mapping[str, str]) -> list[Column]:
    """The columns that a header row names; empty for any other row."""
    if len(row.upper) > 160 or sum(map(str.isdigit, row.upper)) > 3:
        return []
    taken = _learned_in(row, learned)
    for role, pattern in _HEADINGS:
        for match in pattern.finditer(row.upper):
            if not any(match.start() < end and start < match.end() for start, end, _ in taken):
                taken.append((match.start(), match.end(), role))
    if not is_header([role for _, _, role in taken]):
        return []
    columns, seen = [], set()
    for start, end, role in sorted(taken):
        if role in seen and role != OTHER:
            role = OTHER
        seen.add(role)
        box = box_in(row, start, end)
        columns.append(Column(role, box.x0, box.x1))
    if "description" not in seen:
        first = min(column.x0 for column in columns)
        columns.insert(0, Column("description", first - 1.0, first - 0.5))
    return columns


def _learned_in(row: Unit, learned: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Pieces of a row that read like a learned heading: first character, end, role."""
    out, at = [], 0
    for piece in row.pieces:
        role = learned.get(bare(piece.text))
        if role:
            out.append((at, at + len(piece.text), role))
        at += len(piece.text) + 1
    return out


# --- learning the words


def taught_by(sheet: Sheet, items: Sequence[Mapping[str, Any]], role_of: Any) -> list[tuple[str, str]]:
    """(bare heading, role) of the columns in which the labelled items of a document stand.

    role_of  function from the name of a field to a role
    """
    comma = values.comma_is_decimal(unit.text for unit in sheet.units[: sheet.rows])
    wanted = [{role_of(name): value for name, value in item.items()} for item in items]
    out: list[tuple[str, str]] = []
    for row in sheet.units[: sheet.rows]:
        for item in wanted:
            places = _places(row, item, comma)
            if len(places) >= 2 and "amount" in places:
                return out + _over(sheet, row, places)
    return out


def agreed(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Heading -> the role that it nearly always has."""
    counts: dict[str, Counter[str]] = {}
    for heading, role in pairs:
        counts.setdefault(heading, Counter())[role] += 1
    return {
        heading: roles.most_common(1)[0][0]
        for heading, roles in sorted(counts.items())
        if roles.most_common(1)[0][1] >= _MAJORITY * roles.total()
    }


def _places(row: Unit, item: Mapping[str, Any], comma: bool) -> dict[str, Box]:
    """Where the parts of a labelled item stand on a row, each piece once."""
    places: dict[str, Box] = {}
    left = list(row.pieces)
    for role in ("amount", "unit_price", "quantity"):
        number = values.comparable("money", item.get(role))
        for piece in reversed(left):
            if number is not None and is_number(piece.text) and number in _numbers(piece, comma):
                places[role] = piece.box
                left.remove(piece)
                break
    words = values.plain(item.get("description") or "")
    for piece in left:
        text = values.plain(piece.text)
        if len(text) >= 3 and words.startswith(text[:12]) and not is_number(piece.text):
            places["description"] = piece.box
            break
    return places


def _numbers(piece: Piece, comma: bool) -> Iterator[Decimal]:
    for hit in values.amounts_in(upper(piece.text), comma_decimal=comma):
        yield hit.value.normalize() + Decimal(0)


def _over(sheet: Sheet, row: Unit, places: Mapping[str, Box]) -> list[tuple[str, str]]:
    """The headings over an item, up to four rows up: the first row with words over two of its parts."""
    for at in range(row.row - 1, max(row.row - 1 - _ROWS_UP, -1), -1):
        above = sheet.row(at)
        if above.page != row.page:
            break
        named: dict[str, str] = {}
        for piece in above.pieces:
            hit = [role for role, box in places.items() if piece.box.x0 < box.x1 and box.x0 < piece.box.x1]
            if bare(piece.text) and not any(map(str.isdigit, piece.text)) and len(piece.text) < 40:
                named[bare(piece.text)] = hit[0] if len(hit) == 1 else OTHER if not hit else ""
        roles = [role for role in named.values() if role not in ("", OTHER)]
        if len(set(roles)) >= 2 and len(set(roles)) == len(roles):
            return [(heading, role) for heading, role in named.items() if role]
    return []
