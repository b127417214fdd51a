"""Text that runs over one or more rows, such as a name or an address: candidates, and their measures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from surehand.core.documents import Box

from . import grams
from .rows import Sheet, Unit, around
from .spots import box_in
from .values import plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEGAL = re.compile(
    r"\b(?:SDN|BHD|S/B|PLT|ENTERPRISE|BERHAD|PTE|LTD|LIMITED|LLC|INC|CORP|GMBH|AG|KG|OHG|UG|SARL|SAS|SA|SRL|"
    r"SPA|BV|NV|OY|AB|APS|PLC|CO|COMPANY)\b"
)
_STREET = re.compile(
    r"\b(?:JALAN|JLN|TAMAN|TMN|LORONG|LRG|PERSIARAN|LEBUH\w*|KAMPUNG|BANDAR|SEKSYEN|SECTION|KAWASAN|PUSAT|PLAZA|"
    r"MALL|FLOOR|LOT|LEVEL|ROAD|RD|STREET|ST|PARK|AVENUE|AVE|LANE|DRIVE|SUITE|UNIT|RUE|VIA|CALLE|PLACE|PLATZ|WEG|"
    r"\w*STRASSE|\w*STRAßE|\w*STR|ALLEE|BOULEVARD|BLVD|SQUARE|COURT|HOUSE|BUILDING|BOX)\b"
)
_POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?\d{4,6}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}\b")
_LABEL = re.compile(
    r"\bTEL|\bPHONE|\bFAX\b|\bH/?P\b|MOBILE|EMAIL|E-MAIL|WWW|HTTP|@|\bGST\b|\bSST\b|\bVAT\b|\bTAX\b|INVOICE|"
    r"RECEIPT|\bBILL\b|ORDER|\bCASH|\bDATE\b|\bREG\b|\bCO\.? ?NO\b|\bROC\b|\bID\b *NO|\d{1,2}:\d{2}|RECHNUNG"
)
_AMOUNT = re.compile(r"\d[.,]\d{2}\b")
_TRADE = re.compile(
    r"\b(?:TRADING|RESTAURANT|RESTORAN|KEDAI|SHOPS?|MART|HARDWARE|STATIONERY|BOOKS?|MARKET\w*|PERNIAGAAN|PHARMACY|"
    r"CAF[EÉ]|STORES?|SUPPL(?:Y|IES)|MINI|ELECTRICAL|MACHINERY|GROCER\w*|BAKERY|CASH & CARRY|"
    r"HOTEL|CLINIC|STATION|PIZZA|SERVICES?|CENT(?:RE|ER)|KITCHEN|PASAR|LOGISTICS|SOLUTIONS|CONSULTING|GROUP|HANDEL\w*|VERTRIEB|BROTHERS|"
    r"PARTNERS?|SYSTEMS|TECH\w*|INDUSTR\w*|WORKS|STUDIO|SONS)\b"
)
_NO_NAME = re.compile(
    r"WELCOME|THANK|COPY|TABLE|\bNO\b *[.:]|\.COM|REPRINT|DUPLICATE|CUSTOMER|MEMBER|FORMERLY|BRANCH|CASHIER|"
    r"\bBY\b|WARNING|COUNTER|SALES"
)
_UNIT = re.compile(
    r"^\W*(?:NO|LOT|UNIT|SUITE|LEVEL|BLOCK|BLK|BATU|PT|PLO|KM)\b[\s.,:]*[\w/&-]*\d|^\W*[A-Z]{0,3}\W?\d+"
)

MARKS = (LEGAL, _STREET, _POSTCODE, _LABEL, _AMOUNT, _UNIT, _TRADE, _NO_NAME)

#: No two parts that follow each other take the same letters, and it begins where its spaces and stops do: a
#: line of spaces would be tried in every way.
_REGISTRATION = re.compile(
    r"(?:(?<!\s)|(?=\S))(?:(?<![\s.,:])|(?=[^.,:]))"
    r"(?:\s*(?:[(<\[{]\s*)?"
    r"(?:(?:(?:CO(?:MPANY)?|ROC|REG|BUSINESS)[\s.,:]*){1,4}(?:(?:REG\w{0,20}|RFG|NO)[\s.:,]*)?"
    r"|(?:REG\w{0,20}|RFG|NO)[\s.:,]*)"
    r"|(?:\s*[(<\[{])?[\s.:,]*)"
    r"[(<\[{]?\b\w{0,3}\d{4,12}\s?[-\s]?\s?[A-Z]{0,2}\s*[)>\]}]?\s*$"
)
_NUMBERED = re.compile(r"\W+\d{5,7}-[A-Z]\b.*$")
_LEAD = re.compile(r"^\W*#?\d{4,}\s+|^(?:OWNED|OWN|OPERATED|MANAGED)\s*BY\s*:?\s*")
_PHONE = re.compile(
    r"(?<![\s,;(])[\s,;(]*\b(?:TEL|FAX|PHONE|H/P|HP|GST|CARELINE|HOTLINE)\b.*$|"
    r"(?:(?<!\s)|(?=\S))\s*[(]?\+?6?0\d{1,2}\s?-\s?\d{3,4}[\s-]?\d{3,4}.*$"
)
_TAIL = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?\s*$")
_COLON = re.compile(r"^[^:]{2,25}:\s*(?=\S)")
_DASH = " -*:;,=~|"

#: Ways to trim a span, by number: as it is; without a registration number; without a telephone at the end;
#: without a bracket at the end; without a label and colon before it; without a number before it.
TRIMS = ("plain", "registration", "phone", "bracket", "label", "lead")

_STARTS = 8
_MOST = 700


@dataclass(slots=True)
class Span:
    """Some units that follow each other, and the text that is left of them after a trim.

    key    plain text: what makes two spans the same answer
    parts  (unit, first character, character after the last) of each unit
    trim   index into `TRIMS`
    """

    key: str
    units: tuple[int, ...]
    parts: tuple[tuple[Unit, int, int], ...]
    trim: int
    ambiguous: bool = False

    def text(self, joiner: str) -> str:
        """The texts of its units as printed; a joiner never doubles a comma."""
        out = ""
        for unit, start, end in self.parts:
            part = unit.text[start:end].strip(_DASH if len(self.parts) == 1 else " ")
            if out and part:
                out += joiner if not out.endswith(joiner.strip() or "\0") else " "
            out += part
        return out.strip(" ,;") if len(self.parts) > 1 else out

    @property
    def box(self) -> Box:
        """The smallest box around all of it."""
        return around([box_in(unit, start, end) for unit, start, end in self.parts])

    @property
    def unit(self) -> Unit:
        """The unit that it begins in."""
        return self.parts[0][0]


def around_units(sheet: Sheet) -> list[list[int]]:
    """Hashed words in and around each unit, one list of places per unit."""
    out = []
    for unit in sheet.units:
        over = sheet.units[unit.above] if unit.above is not None else None
        under = sheet.units[unit.below] if unit.below is not None else None
        places = grams.of_text(20, unit.upper)
        places += [grams.of_word(21, word) for word in grams.words(over.upper if over else "|")[:10]]
        places += [grams.of_word(22, word) for word in grams.words(under.upper if under else "|")[:10]]
        places += [grams.of_word(23, word) for word in grams.words(unit.left.upper())[-4:]]
        row = min(unit.row, 25)
        states = (
            "r" + "abcdefghijklmnopqrstuvwxyz"[row],
            "y" + "abcdefghijk"[int(max(0.0, min(unit.y, 1.0)) * 10)],
            "s" + "abcdefghi"[int(min(unit.size, 4.0) * 2)],
            "w" + str(unit.whole),
            "m" + "abcdefghijk"[int(max(0.0, min((unit.x + unit.right) / 2, 1.0)) * 10)],
            "n" + "abcdefghijklm"[min(len(unit.text) // 5, 12)],
            "d" + "abcde"[min(sum(c.isdigit() for c in unit.text) // 3, 4)],
            "f" + _flags(unit),
            "o" + (_flags(over) if over else "|"),
            "u" + (_flags(under) if under else "|"),
        )
        out.append(places + [grams.of_word(24, state) for state in states])
    return out


@lru_cache(maxsize=20_000)
def marks_in(text: str) -> tuple[int, ...]:
    """For each of `MARKS` whether an upper-case text has it: 1 or 0."""
    return tuple(int(bool(pattern.search(text))) for pattern in MARKS)


def _flags(unit: Unit) -> str:
    """Which kinds of marks a unit carries, as letters."""
    return "".join(letter for letter, has in zip("lspbautn", marks_in(unit.upper), strict=True) if has)


def spans_of(sheet: Sheet, starts: Sequence[int], *, longest: int, trims: Sequence[int]) -> list[Span]:
    """Every run of up to `longest` units from each of the starts, in each trim that changes it."""
    out: list[Span] = []
    seen: set[tuple[tuple[int, ...], str]] = set()
    for start in starts:
        for units in _runs(sheet, start, longest):
            for trim in trims:
                span = _trimmed(sheet, units, trim)
                if span is not None and (units, span.key) not in seen:
                    seen.add((units, span.key))
                    out.append(span)
    return out[:_MOST]


def likely_starts(first: "NDArray[np.float64]") -> list[int]:
    """Units with the highest log odds of being the first of a span, in reading order."""
    import numpy as np

    order = np.argsort(-first, kind="stable")[:_STARTS]
    return sorted(int(at) for at in order)


def _runs(sheet: Sheet, start: int, longest: int) -> Iterator[tuple[int, ...]]:
    """Runs along the rows for a row, and along the column for a piece or a row of one piece."""
    units = sheet.units
    ways = ["row"] if units[start].whole else []
    if len(units[start].pieces) == 1:
        ways.append("column")
    given: set[tuple[int, ...]] = set()
    for way in ways:
        run, at = [start], start
        while True:
            if tuple(run) not in given:
                given.add(tuple(run))
                yield tuple(run)
            after = units[at].below if way == "row" else units[at].under
            if after is None or len(run) >= longest:
                break
            run.append(after)
            at = after


def _trimmed(sheet: Sheet, units: tuple[int, ...], trim: int) -> Span | None:
    """The span of some units in one trim; None where the trim changes nothing or leaves nothing."""
    bounds = [(sheet.units[at], 0, len(sheet.units[at].text)) for at in units]
    if trim in (1, 2, 3):
        unit, start, end = bounds[-1]
        cut = _cut_end(unit.upper, trim)
        if cut == end:
            return None
        bounds[-1] = (unit, start, cut)
    elif trim in (4, 5):
        unit, start, end = bounds[0]
        match = (_COLON if trim == 4 else _LEAD).match(unit.upper)
        if not match:
            return None
        bounds[0] = (unit, match.end(), end)
    key = plain("".join(unit.text[start:end] for unit, start, end in bounds))
    if len(key) < 2 or bounds[0][1] >= bounds[0][2]:
        return None
    if bounds[-1][1] >= bounds[-1][2]:
        return None
    return Span(key, units, tuple(bounds), trim)


def _cut_end(text: str, trim: int) -> int:
    if trim == 1:
        found = _NUMBERED.search(text) or _REGISTRATION.search(text)
    elif trim == 2:
        found = _PHONE.search(text)
    else:
        found = _TAIL.search(text)
    return found.start() if found else len(text)
