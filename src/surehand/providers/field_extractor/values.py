"""Values as paper prints them: dates, amounts, references; found in a text, normalised, and compared."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "JAN JANUARY JANUAR JANVIER ENERO GENNAIO JANUARI JÄN JÄNNER",
            "FEB FEBRUARY FEBRUAR FEVRIER FÉVRIER FEV FÉV FEBRERO FEBBRAIO FEBRUARI",
            "MAR MARCH MÄRZ MAERZ MRZ MÄR MARS MARZO MAC MAART MRT",
            "APR APRIL AVRIL AVR ABRIL ABR APRILE",
            "MAY MAI MAYO MAGGIO MEI MAG",
            "JUN JUNE JUNI JUIN JUNIO GIUGNO GIU",
            "JUL JULY JULI JUILLET JUIL JULIO LUGLIO LUG",
            "AUG AUGUST AOUT AOÛT AGOSTO AGO OGO OGOS AUGUSTUS",
            "SEP SEPT SEPTEMBER SEPTEMBRE SEPTIEMBRE SETTEMBRE SET",
            "OCT OCTOBER OKT OKTOBER OCTOBRE OCTUBRE OTTOBRE OTT",
            "NOV NOVEMBER NOVEMBRE NOVIEMBRE",
            "DEC DECEMBER DEZ DEZEMBER DECEMBRE DÉCEMBRE DÉC DICIEMBRE DIC DICEMBRE DIS",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR = r"((?:19|20)\d{2}|\d{2})(?!\d)"
# Matches may overlap: in `#19- 21/03/2018` the till number must not swallow the day.
_TWO_FIRST = re.compile(rf"(?=(?<!\d)(?<!\d[/.\-])(\d{{1,2}})\s?([/\-.,])\s?(\d{{1,2}})\s?\2\s?{_YEAR})")
_GLUED = re.compile(r"(?<!\d)(\d{2})([/\-.])(\d{2})(20\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?([/\-.年])\s?(\d{1,2})\s?[/\-.月]\s?(\d{1,2})(?!\d)")
_DAY_NAME = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:ST|ND|RD|TH)?[\s/\-.,]*([A-ZÄÉÛ]{{3,10}})(?![A-ZÄÉÛ])[\s/\-.,']*{_YEAR}"
)
_NAME_DAY = re.compile(
    rf"(?<![A-Z])([A-ZÄÉÛ]{{3,10}})[\s.]*(\d{{1,2}})(?:ST|ND|RD|TH)?(?:[\s,]+|\s?,\s?|\s?-\s?|/){_YEAR}"
)
_COMPACT = re.compile(r"(?<!\d)(?:(20\d{2})(\d{2})(\d{2})|(\d{2})(\d{2})(20\d{2}))(?!\d)")

_AMOUNT = re.compile(
    r"(?<![\d.,A-Z])(?<!\d[:/])(?P<open>[-+(−]\s?)?(?P<mark>(?:[A-Z]{0,3}[$€£¥]|RM|RN|[A-Z]{3}|FR\.?|KR\.?|ZŁ)\.?\s?)?"
    r"(?P<minus>[-−]\s?)?(?P<number>\d{1,3}(?:[ \u00a0\u202f]\d{3})+,\d{2}|"
    r"\d{1,3}(?:\s?[,.'’]\s?\d{3})+(?:\s?[.,]\s?\d{1,2})?|\d{1,9}(?:\s?\.\s?\d{2}|[.,]\d{1,4})?|\.\d{2})"
    r"(?![\d]|[.,]\d)(?P<close>\s?[-)−](?!\s?\d))?(?P<after>\s?(?:%|[€£$¥]|[A-Z]{3}\b))?"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b")
_SPACED = re.compile(r"(?<![^\s:#])[A-Z]{1,4} (?=[\w/.-]*\d)[\w/-]+(?:[./][\w-]+)*")
_DIGIT = re.compile(r"\d")
_NOT_PLAIN = re.compile(r"[\W_]")
_TOKEN = re.compile(r"[^\s]+")
_EDGE = " .,:;#*()[]{}<>|'\"=_~-"

SYMBOLS: Mapping[str, str] = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "$": "USD", "US$": "USD", "S$": "SGD", "A$": "AUD", "C$": "CAD",
    "CA$": "CAD", "AU$": "AUD", "HK$": "HKD", "NZ$": "NZD", "RM": "MYR", "RN": "MYR", "FR": "CHF",
    "ZŁ": "PLN", "KR": "SEK",
}  # fmt: skip
_CODES = frozenset(
    [
        "EUR",
        "USD",
        "GBP",
        "CHF",
        "JPY",
        "SEK",
        "NOK",
        "DKK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "AUD",
        "CAD",
        "NZD",
        "SGD",
        "HKD",
        "MYR",
        "IDR",
        "THB",
        "CNY",
        "INR",
        "BRL",
        "MXN",
        "ZAR",
        "TRY",
        "AED",
        "SAR",
        "ILS",
        "KRW",
        "PHP",
        "VND",
    ]
)


@dataclass(frozen=True, slots=True)
class Found:
    """A value inside a text.

    value      `date`, `Decimal` or text
    start, end characters of the text
    form       what it looked like: `dmy`, `mdy`, `ymd`, `named`, `compact`; `cents`, `whole`; `token`, `iban`
    ambiguous  it can be read in another way, such as a date whose day and month could change places
    mark       currency sign or code beside an amount, upper case; "%" for a percentage; else ""
    """

    value: Any
    start: int
    end: int
    form: str
    ambiguous: bool = False
    mark: str = ""


def dates_in(text: str, *, day_first: bool | None = True) -> list[Found]:
    """Dates in an upper-case text, from left to right.

    day_first  how `03/04/2026` is read; None gives both readings, one after the other
    """
    return list(_dates_in(text, day_first)) if len(_DIGIT.findall(text)) >= 3 else []


@lru_cache(maxsize=20_000)
def _dates_in(text: str, day_first: bool | None) -> tuple[Found, ...]:
    found: list[Found] = []
    for match in _YEAR_FIRST.finditer(text):
        found += _one(match[1], match[3], match[4], match.span(), "ymd")
    for match in _DAY_NAME.finditer(text):
        found += _one(match[3], _month(match[2]), match[1], match.span(), "named")
    for match in _NAME_DAY.finditer(text):
        found += _one(match[3], _month(match[1]), match[2], match.span(), "named")
    for match in (*_TWO_FIRST.finditer(text), *_GLUED.finditer(text)):
        span = match.start(1), match.end(4)
        if not any(span[0] < other.end and other.start < span[1] for other in found):
            found += _two_ways(match, span, day_first)
    if not found:
        for match in _COMPACT.finditer(text):
            year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
            found += _one(year, month, day, match.span(), "compact")
    return tuple(sorted(found, key=lambda hit: hit.start))


def _two_ways(match: re.Match[str], span: tuple[int, int], day_first: bool | None) -> list[Found]:
    first, second, year = match[1], match[3], match[4]
    if len(year) == 2 and match.end(4) < len(match.string) and match.string[match.end(4)] == ":":
        return []
    as_day = _one(year, second, first, span, "dmy")
    as_month = _one(year, first, second, span, "mdy")
    if not as_day or not as_month or as_day[0].value == as_month[0].value:
        return as_day or as_month
    both = [Found(hit[0].value, *span, hit[0].form, True) for hit in (as_day, as_month)]
    return both if day_first is None else both[:1] if day_first else both[1:]


def _month(word: str) -> str:
    number = _MONTHS.get(word) or _MONTHS.get(word[:3] if len(word) > 9 else word)
    return str(number or 0)


def _one(year: str, month: str, day: str, span: tuple[int, int], form: str) -> list[Found]:
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if not 1950 <= full <= 2079:
        return []
    try:
        return [Found(date(full, int(month), int(day)), *span, form)]
    except ValueError:
        return []


def amounts_in(text: str, *, comma_decimal: bool = False) -> list[Found]:
    """Numbers in an upper-case text, from left to right; digits inside dates and references are left out.

    comma_decimal  whether `1,234` is 1.234 (True) or 1234; text with both signs speaks for itself
    """
    if not any(char.isdigit() for char in text):
        return []
    taken = [(hit.start, hit.end) for hit in dates_in(text) if hit.form != "compact"]
    found: list[Found] = []
    for match in _AMOUNT.finditer(text):
        start, end = match.span("number")
        if any(start < b and a < end for a, b in taken) or _glued(text, end, match):
            continue
        value = number_of(match["number"], comma_decimal=comma_decimal)
        if value is None:
            continue
        closed = (match["close"] or "").strip()
        negative = bool(match["minus"]) or (match["open"] or "").strip() in ("-", "−") or closed in ("-", "−")
        negative = negative or ((match["open"] or "").strip() == "(" and closed == ")")
        mark = (match["mark"] or "").strip(" .") or (match["after"] or "").strip()
        form = "cents" if re.search(r"[.,]\s?\d{2}$", match["number"]) else "whole"
        found.append(Found(-value if negative else value, start, end, form, False, mark))
    return found


def _glued(text: str, end: int, match: re.Match[str]) -> bool:
    """The number runs on into letters, a colon or a dash: a time, a size, a reference."""
    if match["close"] or match["after"]:
        return False
    return end < len(text) and (text[end].isalpha() or text[end] in ":/_") and "." not in match["number"]


def number_of(text: str, *, comma_decimal: bool = False) -> Decimal | None:
    """A printed number, thousands parted by comma, point, blank or apostrophe; None when it is none."""
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", text)
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        decimal = "," if comma > point else "."
    elif comma >= 0 or point >= 0:
        sign = "," if comma >= 0 else "."
        digits = len(plain) - plain.rfind(sign) - 1
        usual = "," if comma_decimal else "."
        grouped = plain.count(sign) > 1 or (digits == 3 and sign != usual)
        decimal = "" if grouped else sign
    else:
        decimal = ""
    other = {",": ".", ".": ",", "": ",."}[decimal]
    for sign in other:
        plain = plain.replace(sign, "")
    try:
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value < 10**12 else None


def comma_is_decimal(texts: Iterable[str]) -> bool:
    """Whether a document writes 1,50 rather than 1.50: more of its numbers end in a comma and two digits."""
    counts: Counter[str] = Counter()
    for text in texts:
        for match in re.finditer(r"\d([.,])\d{2}(?![\d.,])", text):
            counts[match[1]] += 1
    return counts[","] > counts["."]


def tokens_in(text: str, *, digits: bool, spaced: bool = False) -> Iterator[Found]:
    """Words of a text without the signs around them, each also from its colon on; bank numbers as one.

    digits  only those with a digit
    spaced  also up to four capital letters and the digits after them as one
    """
    if spaced:
        for match in _SPACED.finditer(text):
            yield Found(match[0], match.start(), match.end(), "token")
    for match in _IBAN.finditer(text.upper()):
        if is_iban(match[0]):
            yield Found(text[match.start() : match.end()], match.start(), match.end(), "iban")
    for match in _TOKEN.finditer(text):
        raw = match[0]
        for skip in {0, *(raw.find(sign) + 1 for sign in ":#=")}:
            left = skip + len(raw[skip:]) - len(raw[skip:].lstrip(_EDGE))
            word = raw[left:].rstrip(_EDGE)
            if len(word) > 1 and (not digits or any(char.isdigit() for char in word)):
                yield Found(word, match.start() + left, match.start() + left + len(word), "token")


def is_iban(text: str) -> bool:
    """Whether its check digits are right (ISO 13616, modulo 97)."""
    plain = re.sub(r"\s", "", text.upper())
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def currency_of(mark: str) -> str | None:
    """The ISO code of a sign or code beside an amount, or None."""
    mark = mark.strip(" .").upper()
    return mark if mark in _CODES else SYMBOLS.get(mark)


def plain(value: Any) -> str:
    """Upper-case letters and digits: how texts are compared."""
    return _plain(str(value))


@lru_cache(maxsize=50_000)
def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("", text.upper())


def comparable(kind: str, value: Any) -> Any:
    """A JSON value of a fact as candidates are compared with it; None when it is missing or impossible.

    kind  a type word: `date` gives a date, `money`, `number`, `integer` a Decimal, everything else plain text
    """
    if value is None or value == "":
        return None
    if kind == "date":
        if isinstance(value, date):
            return value
        found = dates_in(str(value).upper(), day_first=True)
        return found[0].value if found else None
    if kind in ("money", "number", "integer"):
        return _decimal(value)
    return plain(value) or None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, Mapping):
        value = value.get("amount")
    elif hasattr(value, "amount"):
        value = value.amount
    if isinstance(value, str):
        match = re.search(r"-?\d+(?:\.\d+)?", value.replace(",", "").replace(" ", ""))
        value = match[0] if match else None
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number.normalize() + 0 if number.is_finite() and abs(number) < 10**15 else None
