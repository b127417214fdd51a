"""Values that stand somewhere on a document: every date, amount and reference, with what stands around it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surehand.core.documents import Box

from . import values
from .rows import Sheet, Unit, around

_MOST = 600
_EACH_LINE = 40


@dataclass(slots=True)
class Spot:
    """One value at one place.

    key    what makes two spots the same answer: a date, a Decimal, plain text
    text   as printed
    unit   the unit whose text it stands in; `start` and `end` are places in it
    left   what stands before it on the row, upper case; `right` what follows in the same piece
    over   what stands over it in its column
    """

    key: Any
    text: str
    unit: Unit
    start: int
    end: int
    form: str
    left: str
    right: str
    over: str
    ambiguous: bool = False
    mark: str = ""
    kind: str = ""

    @property
    def box(self) -> Box:
        """Where it stands."""
        return box_in(self.unit, self.start, self.end)


def box_in(unit: Unit, start: int, end: int) -> Box:
    """The box of some characters of a unit."""
    touched, at = [], 0
    for piece in unit.pieces:
        if at < end and at + len(piece.text) > start:
            touched.append(piece.part(max(start - at, 0), min(end - at, len(piece.text))))
        at += len(piece.text) + 1
    return around(touched or [piece.box for piece in unit.pieces])


def dates_of(sheet: Sheet, *, day_first: bool | None) -> list[Spot]:
    """Every date of a document; one that only a whole row shows counts too."""
    spots: list[Spot] = []
    for row in sheet.units[: sheet.rows]:
        found = [
            _spot(sheet, unit, hit, hit.value)
            for unit in _parts(sheet, row)
            for hit in values.dates_in(unit.upper, day_first=day_first)[:_EACH_LINE]
        ]
        if not found and len(row.pieces) > 1:
            hits = values.dates_in(row.upper, day_first=day_first)[:_EACH_LINE]
            found = [_spot(sheet, row, hit, hit.value) for hit in hits]
        spots += found
    return _bounded(spots)


def amounts_of(sheet: Sheet, *, cents: bool) -> list[Spot]:
    """Every amount of a document.

    cents  only numbers with two decimals
    """
    comma = values.comma_is_decimal(unit.text for unit in sheet.units[: sheet.rows])
    spots = [
        _spot(sheet, unit, hit, hit.value.normalize() + Decimal(0))
        for row in sheet.units[: sheet.rows]
        for unit in _parts(sheet, row)
        for hit in values.amounts_in(unit.upper, comma_decimal=comma)[:_EACH_LINE]
        if not cents or hit.form == "cents"
    ]
    spots = _bounded(spots)
    for spot in spots:
        spot.kind = label_kind(spot.left) or label_kind(spot.over)
    return spots


def tokens_of(sheet: Sheet, *, digits: bool, spaced: bool = False) -> list[Spot]:
    """Every word of a document, or every one with a digit; `spaced` as `values.tokens_in` takes it."""
    spots: list[Spot] = []
    for row in sheet.units[: sheet.rows]:
        for unit in _parts(sheet, row):
            hits = list(values.tokens_in(unit.text, digits=digits, spaced=spaced))[:_EACH_LINE]
            spots += [_spot(sheet, unit, hit, values.plain(hit.value)) for hit in hits]
    return _bounded([spot for spot in spots if spot.key])


def _bounded(spots: list[Spot]) -> list[Spot]:
    """At most 600: the first and the last of a very long document."""
    return spots if len(spots) <= _MOST else spots[: _MOST * 2 // 3] + spots[-(_MOST // 3) :]


def _parts(sheet: Sheet, row: Unit) -> list[Unit]:
    return [sheet.units[sheet.of_piece[row.row, column]] for column in range(len(row.pieces))]


def _spot(sheet: Sheet, unit: Unit, hit: values.Found, key: Any) -> Spot:
    before = unit.upper[: hit.start]
    if not unit.whole:
        own = unit.pieces[0]
        others = []
        for piece in sheet.row(unit.row).pieces:
            if piece is own:
                break
            others.append(piece.text.upper())
        before = " ".join([*others, before])
    return Spot(
        key=key,
        text=unit.text[hit.start : hit.end],
        unit=unit,
        start=hit.start,
        end=hit.end,
        form=hit.form,
        left=_own_label(before)[-60:],
        right=unit.upper[hit.end :][:40],
        over=_over(sheet, unit),
        ambiguous=hit.ambiguous,
        mark=hit.mark,
    )


_ANOTHER_AMOUNT = re.compile(r"\d[.,]\d{2}(?![\d%])")


def _own_label(before: str) -> str:
    """Without what belongs to an amount further left: `CASH 50.00 CHANGE` is labelled CHANGE."""
    for match in reversed(list(_ANOTHER_AMOUNT.finditer(before))):
        rest = before[match.end() :]
        if sum(char.isalpha() for char in rest) > 2:
            return rest
        break
    return before


def _over(sheet: Sheet, unit: Unit) -> str:
    above = sheet.units[unit.above] if unit.above is not None else None
    if above is None and unit.row and sheet.row(unit.row - 1).page == unit.page:
        above = sheet.row(unit.row - 1)
    return above.upper[:60] if above else ""


# What a label says of the amount beside it, first hit; words of several languages, all of them only hints:
# the learned features outweigh them where documents speak another way.
_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("change", r"CHANGE|\bBALANCE\b|\bBAKI\b|CHNG|REFUND|RÜCKGELD|RENDU|CAMBIO|WECHSELGELD"),
        ("saving", r"SAVING|SAVED|POINT|DEPOSIT|ERSPARNIS"),
        ("rounding", r"^\W*ROUND|(?<!AFTER )ROUNDING(?! *TOTAL)|RO?U?ND *ADJ|RNDG|ADJUST|RUNDUNG|ARRONDI"),
        ("count", r"TOTAL *(?:QTY|QUANTITY|ITEM(?!S? *SALES))|QTY(?! *\d)|ITEM\(S\)|ANZAHL|MENGE"),
        ("discount", r"TOTAL *DISC|^\W*DISC|DISCOUNT|RABATT|REMISE|DESCUENTO|SKONTO"),
        ("shipping", r"SHIPPING|FREIGHT|VERSAND|LIVRAISON|DELIVERY|ENVÍO|PORTO"),
        (
            "net",
            r"SUB *-? *T?OTAL|EXCL|\(EX\)|BEFORE|W/O|WITHOUT|TAXABLE|TOTAL *AMT *EX|NETTO|\bNET\b(?! *TOTAL)|"
            r"ZWISCHENSUMME|SOUS.?TOTAL|\bHT\b|HORS|BASE IMPONIBLE|IMPONIBILE",
        ),
        (
            "tax",
            r"^\W*(?:TOTAL *)?(?:GST|TAX|SST|VAT)\b|INCLUDED *IN|INCLUDES|GST *INCLUDED|TAX *TOTAL|"
            r"GST *(?:AMT|AMOUNT)|SERVICE *(?:CHARGE|TAX)|INC +6|^\W*\d+[.,]?\d* ?%|MWST|UST\b|"
            r"MEHRWERTSTEUER|UMSATZSTEUER|\bTVA\b|\bIVA\b|\bBTW\b|\bMOMS\b|\bVAT\b",
        ),
        (
            "paid",
            r"^\W*(?:RM *)?CASH|TENDER|VISA|MASTER|AMEX|DEBIT|CREDIT|PAID|PAYMENT|\bCARD|MYDEBIT|\bPAY\b|"
            r"\bBAR\b|GEGEBEN|ESPECES|ESPÈCES|EFECTIVO|CARTE\b",
        ),
        (
            "grand",
            r"GRAND|PAYABLE|NETT?(?: *TOTAL| *AMT| *AMOUNT)|AMOUNT *DUE|TOTAL *DUE|BALANCE DUE|FINAL|ROUNDED|"
            r"A[FT]TER *(?:ROUND|ADJ)|ROUNDING *TOTAL|TO *PAY|BILL *TOTAL|NETT|TOTAL *PAY|GESAMT|BRUTTO|"
            r"ZAHLBETRAG|RECHNUNGSBETRAG|\bTTC\b|À PAYER|ZU ZAHLEN|A PAGAR|DA PAGARE|TE BETALEN",
        ),
        (
            "gross",
            r"TOTAL *(?:SALES|AMOUNT|AMT|RM|MYR|INCL|\(INCL|INC|WITH|\()|INCLUSIVE|AMOUNT *(?:RM|\(RM)",
        ),
        ("total", r"T[O0]TAL|JUMLAH|\bTTL\b|\bSUMME\b|ENDBETRAG|TOTALE|TOTAAL|MONTANT|IMPORTE"),
        ("amount", r"\bAMOUNT|\bAMT|\bSALES|BETRAG"),
    )
)
KINDS = tuple(kind for kind, _ in _LABELS)


def label_kind(label: str) -> str:
    """What the words of a label say of an amount: `total`, `tax`, ... or "" where they say nothing."""
    if not any(char.isalpha() for char in label):
        return ""
    return next((kind for kind, pattern in _LABELS if pattern.search(label)), "")
