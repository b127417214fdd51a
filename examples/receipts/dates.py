"""The date of purchase: every date on the paper, and which of them is meant."""

import re
from dataclasses import dataclass
from datetime import date

from .layout import Row

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MALAY = {"MAC": 3, "MEI": 5, "OGO": 8, "OGOS": 8, "OKT": 10, "DIS": 12}
_SEP = r"\s?[/\-.,]\s?"
_YEAR = r"(20\d{2}|\d{2}(?!\d))"
# Matches may overlap: in `#19- 21/03/2018` the till number must not swallow the day.
_DAY_FIRST = re.compile(rf"(?=(?<!\d)(?<!\d[/.\-])(\d{{1,2}})\s?([/\-.,])\s?(\d{{1,2}})\s?\2\s?{_YEAR})")
_YEAR_FIRST = re.compile(rf"(?<!\d)(20\d{{2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})(?!\d)")
_NAMED = re.compile(rf"(?<!\d)(\d{{1,2}})(?:ST|ND|RD|TH)?[\s/\-.,]*([A-Z]{{3}})[A-Z]*[\s/\-.,']*{_YEAR}")
_MONTH_FIRST = re.compile(r"\b([A-Z]{3})[A-Z]*[\s.]*(\d{1,2})(?:ST|ND|RD|TH)?[\s,]+(20\d{2})")
_COMPACT = re.compile(r"(?<!\d)(?:(20\d{2})(\d{2})(\d{2})|(\d{2})(\d{2})(20\d{2}))(?!\d)")
_TIME = re.compile(r"\d{1,2}\s?:\s?\d{2}")
_LABEL = re.compile(r"\bDATE|\bTARIKH|\bDT\b")
_OTHER = re.compile(r"EXP|VALID|BEFORE|UNTIL|DUE|EFFECTIVE|SINCE|DELIVER|MEMBER|PROMO|BIRTH")

_FIRST_YEAR, _LAST_YEAR = 2000, 2049


@dataclass(frozen=True, slots=True)
class DateFound:
    """One date on the paper.

    score      how much speaks for it as the date of purchase
    ambiguous  day and month could change places
    """

    value: date
    row: int
    score: float
    ambiguous: bool = False


def dates_of(rows: list[Row]) -> list[DateFound]:
    """All dates, the likeliest first."""
    found = [hit for place, row in enumerate(rows) for hit in _in_row(place, row, len(rows))]
    votes: dict[date, int] = {}
    for hit in found:
        votes[hit.value] = votes.get(hit.value, 0) + 1
    return sorted(found, key=lambda hit: (-hit.score - 0.5 * votes[hit.value], hit.row))


def _in_row(place: int, row: Row, count: int) -> list[DateFound]:
    text = row.text
    if not any(char.isdigit() for char in text):
        return []
    bonus = 1.0 - 0.5 * place / count
    bonus += (
        2.0 * bool(_LABEL.search(text)) + 1.0 * bool(_TIME.search(text)) - 3.0 * bool(_OTHER.search(text))
    )
    hits = []
    for match in _DAY_FIRST.finditer(text):
        hits += _found(match[4], match[3], match[1], place, bonus + len(match[4]) / 2)
    for match in _YEAR_FIRST.finditer(text):
        hits += _found(match[1], match[2], match[3], place, bonus + 2)
    for match in _NAMED.finditer(text):
        month = _month(match[2])
        if month:
            hits += _named(match[3], month, match[1], place, bonus + 2)
    for match in _MONTH_FIRST.finditer(text):
        month = _month(match[1])
        if month:
            hits += _named(match[3], month, match[2], place, bonus + 2)
    if not hits:
        for match in _COMPACT.finditer(text):
            year, month_, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
            hits += _found(year, month_, day, place, bonus - 1)
    return hits


def _month(word: str) -> int | None:
    return _MONTHS.index(word) + 1 if word in _MONTHS else _MALAY.get(word)


def _found(year: str, month: str, day: str, place: int, score: float) -> list[DateFound]:
    """Day before month, unless only the other order is a date."""
    straight = _date(year, int(month), int(day))
    if straight is not None:
        return [DateFound(straight, place, score, int(day) <= 12 and day != month)]
    turned = _date(year, int(day), int(month))
    return [] if turned is None else [DateFound(turned, place, score - 0.5)]


def _named(year: str, month: int, day: str, place: int, score: float) -> list[DateFound]:
    value = _date(year, month, int(day))
    return [] if value is None else [DateFound(value, place, score)]


def _date(year: str, month: int, day: int) -> date | None:
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if not _FIRST_YEAR <= full <= _LAST_YEAR:
        return None
    try:
        return date(full, month, day)
    except ValueError:
        return None
