"""What a person typed in the form of their country, as the one form that everything else takes.

A wrong guess pays a wrong sum, or on a wrong day. So a text is taken only where it can mean one thing; where
the same signs mean one number in this form and another in that, or two days, the question goes back to who
typed it.
"""

import re
from collections.abc import Iterator
from datetime import date

from surehand.core.formats import Formats

_KINDS = frozenset({"money", "number", "integer"})

#: A number with its signs, and a currency behind it.
_TYPED = re.compile(
    r"([+\-\u2212]?)\s{0,3}(\d[\d.,'\u2019 \u00a0\u202f]*?)(?:\s{0,3}([A-Za-z]{3}))?", re.ASCII
)

#: Between groups in some countries, and a point in none.
_SPACES = re.compile("['\u2019 \u00a0\u202f]")

#: What a number of at most so many signs may be; longer ones are nobody's sum.
_LONGEST = 60

_THREES = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)
_TWOS = re.compile(r"\d{1,2}(,\d{2})*,\d{3}", re.ASCII)

#: 1.234 is 1234 in one country, and one and a bit in another. 0.123 and 1234.567 are the same in both.
_TWO_WAYS = re.compile(r"([1-9]\d{0,2})[.,](\d{3})", re.ASCII)


_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

#: A day alone, two numbers, or three with the same sign between them.
_DAY = re.compile(r"(\d{1,4})(?:([./-])(\d{1,2})(?:\2(\d{1,4}))?)?", re.ASCII)


def meant(kind: str, text: str, formats: Formats, *, stood: str = "") -> str:
    """What was typed, as `surehand.core.values.parsed` takes it; what it cannot mean stays as it is.

    A number has digits, a point, and no groups: '1.234,56 EUR' -> '1234.56 EUR' for a German. A day has its
    year first: '27.2.2026' -> '2026-02-27'. Without month or year it has those of the day that stood there.

    kind    a `FieldType` word; other kinds stay as they are
    stood   what the field held before, '' for nothing
    raises  ValueError with a question, where it could mean two numbers or two days
    """
    if kind == "date":
        return _day(text.strip().removesuffix("."), stood) or text
    found = _TYPED.fullmatch(text.strip()) if kind in _KINDS and len(text) <= _LONGEST else None
    if found is None:
        return text
    sign, digits, currency = found[1], found[2], found[3]
    plain = _plain(kind, digits, formats)
    if plain is None:
        return text
    minus = "-" if sign in ("-", "\N{MINUS SIGN}") else ""
    return f"{minus}{plain} {currency.upper() if currency else ''}".rstrip()


def _day(text: str, stood: str) -> str | None:
    """A day as year-month-day; None where this is none."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    before = _date(*stood.split("-")) if _ISO.fullmatch(stood) else None
    days = [str(day) for parts in _readings(found, before) if (day := _date(*parts))]
    if len(set(days)) > 1:
        raise ValueError(f"'{text}' may mean {' or '.join(days)}: write the one that is right")
    return days[0] if days else None


def _readings(typed: re.Match[str], before: date | None) -> Iterator[tuple[str, str, str]]:
    """Year, month and day that these numbers may be; what is lacking is of the day before."""
    one, sign, two, three = typed.groups()
    same_year, same_month = (str(before.year), str(before.month)) if before else ("", "")
    if two is None:
        yield same_year, same_month, one
    elif three and len(one) == 4:
        yield one, two, three
    else:
        year = same_year if three is None else three if len(three) == 4 else ""
        if three or sign != "-":
            yield year, two, one
        if sign != ".":  # points stand between day and month in every country
            yield year, one, two


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _plain(kind: str, digits: str, formats: Formats) -> str | None:
    """Digits and a point; None where this is no number in this form."""
    comma = formats.point == ","
    if _TWO_WAYS.fullmatch(digits) and (comma if kind != "integer" else digits[-4] == formats.point):
        whole, part = digits[:-4], digits[-3:]
        raise ValueError(
            f"'{digits}' may mean {whole}{part} or {whole}.{part}: write {whole}{part} for the first, "
            f"{whole}.{part}0 for the second" if kind != "integer" else
            f"'{digits}' may mean {whole}{part}, or is no whole number: write {whole}{part}"
        )  # fmt: skip
    spaced = _SPACES.search(digits) is not None
    group, point = _signs(digits, comma=comma, whole=kind == "integer")
    whole, _, part = digits.partition(point) if point else (digits, "", "")
    if part and not (part.isascii() and part.isdigit()):
        return None
    if spaced and group and group in whole:
        return None
    grouped = _SPACES.sub(",", whole) if spaced else whole.replace(group, ",") if group else whole
    if "," in grouped:
        of_two = formats.rest == 2 and not spaced and _TWOS.fullmatch(grouped)
        if not of_two and not _THREES.fullmatch(grouped):
            return None
        grouped = grouped.replace(",", "")
    if not grouped.isdigit():
        return None
    return f"{grouped}.{part}" if part else grouped


def _signs(digits: str, *, comma: bool, whole: bool) -> tuple[str, str]:
    """What parts the groups and what is the point in these digits, '' for none of it.

    comma  in this form the comma is the point
    whole  it is a whole number
    """
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        # the last sign is the point; in a form with a point, a comma is never one
        return (".", ",") if comma and digits.rindex(",") > digits.rindex(".") else (",", ".")
    if not comma:
        return (",", ".")
    if commas == 1:
        return ("", ",")
    if dots == 1 and not whole:
        return ("", ".")
    return (".", "") if dots else (",", "")
