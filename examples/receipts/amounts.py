"""The sum to be reimbursed: every amount on the paper, and which of them is the total."""

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from surehand.core.documents import Word

from .layout import Row

_AMOUNT = re.compile(
    r"(?<![\d.,])(?P<sign>-\s?)?(?:(?P<mark>RM|RN|MYR|\$)\s?)?(?P<minus>-\s?)?"
    r"(?P<whole>\d{1,3}(?:\s?,\s?\d{3})+|\d{0,6})\s?[.]\s?(?P<cents>\d{2})(?![\d%]|\.\d)"
)
_CODES = re.compile(r"\b(SGD|USD|EUR|GBP|IDR|THB|CNY|JPY|AUD|HKD)\b|(S\$|US\$|€|£)")
_SYMBOLS = {"S$": "SGD", "US$": "USD", "€": "EUR", "£": "GBP"}

# What the words beside an amount say of it, first hit; weights set by hand on the receipts with even numbers.
_LABELS: tuple[tuple[str, float, re.Pattern[str]], ...] = tuple(
    (kind, weight, re.compile(pattern))
    for kind, weight, pattern in (
        ("change", -6.0, r"CHANGE|BALANCE|\bBAKI\b|CHNG|REFUND"),
        ("saving", -6.0, r"SAVING|SAVED|POINT|DEPOSIT"),
        ("rounding", -6.0, r"^ROUND|(?<!AFTER )ROUNDING(?! *TOTAL)|RO?U?ND *ADJ|RNDG|ADJUST"),
        ("count", -6.0, r"TOTAL *(?:QTY|QUANTITY|ITEM(?!S? *SALES))|QTY(?! *\d)|ITEM\(S\)"),
        ("discount", -6.0, r"TOTAL *DISC|^DISC|DISCOUNT"),
        (
            "tax",
            -6.0,
            r"^(?:TOTAL *)?(?:GST|TAX|SST)\b|INCLUDED *IN|INCLUDES|GST *INCLUDED|NETT? *OF|"
            r"TAX *TOTAL|GST *(?:AMT|AMOUNT)|SERVICE *(?:CHARGE|TAX)|S\w* *CHR?GE?\b|INC +6|"
            r"^\W*\d+ ?% *(?:GST|SST)",
        ),
        ("net", 1.5, r"SUB *-? *T?OTAL|EXCL|\(EX\)|BEFORE|W/O|WITHOUT|TAXABLE|TOTAL *AMT *EX"),
        (
            "paid",
            0.0,
            r"^(?:RM *)?CASH|TENDER|VISA|MASTER|AMEX|DEBIT|CREDIT|PAID|PAYMENT|\bCARD|MYDEBIT|\bPAY\b",
        ),
        (
            "total",
            5.0,
            r"GRAND|PAYABLE|NETT?(?: *TOTAL| *AMT| *AMOUNT)|AMOUNT *DUE|TOTAL *DUE|FINAL|ROUNDED|"
            r"A[FT]TER *(?:ROUND|ADJ)|ROUNDING *TOTAL|TO *PAY|BILL *TOTAL|NETT|TOTAL *PAY",
        ),
        (
            "total",
            3.5,
            r"TOTAL *(?:SALES|AMOUNT|AMT|RM|MYR|INCL|\(INCL|INC|WITH|\()|INCLUSIVE|AMOUNT *(?:RM|\(RM)",
        ),
        ("total", 3.0, r"T[O0]TAL|JUMLAH|\bTTL\b"),
        ("total", 1.0, r"\bAMOUNT|\bAMT|\bSALES"),
    )
)

_FIVE_CENTS = Decimal("0.05")


@dataclass(slots=True)
class AmountFound:
    """One amount on the paper.

    label  the words that name it, empty for an item's price
    kind   what they say: total, net, tax, paid, change, ...
    """

    value: Decimal
    row: int
    word: Word
    page: int
    label: str = ""
    kind: str = ""
    score: float = 0.0
    because: list[str] = field(default_factory=list)


def totals_of(rows: list[Row]) -> list[AmountFound]:
    """All amounts, the likeliest total first."""
    found = [hit for place, row in enumerate(rows) for hit in _in_row(rows, place, row)]
    if not found:
        return []
    values = Counter(hit.value for hit in found)
    paid = {abs(hit.value) for hit in found if hit.kind == "paid"}
    change = {hit.value for hit in found if hit.kind == "change"}
    handed = {cash - back for cash in paid for back in change if Decimal(0) < cash - back}
    nets = {hit.value for hit in found if hit.kind in ("net", "total")}
    taxes = {hit.value for hit in found if hit.kind in ("tax", "rounding") and hit.value}
    sums = {net + tax for net in nets for tax in taxes}
    roundings = {
        hit.value for hit in found if hit.kind == "rounding" and Decimal(0) < abs(hit.value) < Decimal("0.05")
    }
    rounded = {
        near
        for total in nets
        for step in roundings
        for near in (total + step, total - step)
        if not near % _FIVE_CENTS
    }
    last = len(rows)
    for hit in found:
        score = hit.score
        if hit.value in handed:
            score += 3.0
            hit.because.append("it is the cash handed over less the change")
        if hit.value in sums:
            score += 0.5
        if hit.value in rounded:
            score += 2.0
            hit.because.append("it is another sum, rounded to five cents")
        if hit.value in paid and 0 not in change - handed:
            score += 0.5
        score += 0.3 * min(values[hit.value] - 1, 4)
        score += 0.4 * min(rows[hit.row].size - 1.0, 2.0)
        score += 0.5 * hit.row / last
        score -= 4.0 * (hit.value <= 0)
        hit.score = score
    return sorted(found, key=lambda hit: (-hit.score, hit.row))


def currency_of(rows: list[Row], *, home: str = "MYR") -> str:
    """The currency that the paper names; a bare dollar sign is the home currency, as tills here print it."""
    named: Counter[str] = Counter()
    for row in rows:
        if any(char.isdigit() for char in row.text):
            for code, symbol in _CODES.findall(row.text):
                named[code or _SYMBOLS[symbol]] += 1
        elif match := re.search(r"(?:CURRENCY|AMOUNT|TOTAL|PRICE)\D*\b(SGD|USD|EUR|GBP|IDR|THB)\b", row.text):
            named[match[1]] += 1
    return named.most_common(1)[0][0] if named else home


def _in_row(rows: list[Row], place: int, row: Row) -> list[AmountFound]:
    hits: list[AmountFound] = []
    before: list[str] = []
    for word in row.words:
        text = word.text.upper()
        end = 0
        for match in _AMOUNT.finditer(text):
            before.append(text[end : match.start()])
            end = match.end()
            whole = re.sub(r"[\s,]", "", match["whole"])
            value = Decimal(f"{whole or 0}.{match['cents']}")
            hit = AmountFound(-value if match["sign"] or match["minus"] else value, place, word, row.page)
            _name(hit, " ".join(" ".join(before).split()), rows, place)
            hits.append(hit)
        rest = text[end:]
        if end and any(char.isalpha() for char in rest):
            before = []
        before.append(rest)
    return hits


def _name(hit: AmountFound, label: str, rows: list[Row], place: int) -> None:
    if not any(char.isalpha() for char in label.replace("RM", "")) and place:
        above = rows[place - 1].text
        if not _AMOUNT.search(above) and len(above) < 40:
            label = above
    for kind, weight, pattern in _LABELS:
        if pattern.search(label):
            if kind == "rounding" and hit.value >= 1:  # some tills write only this beside the rounded sum
                kind, weight = "total", 4.0
            hit.kind, hit.score, hit.label = kind, weight, label
            return
