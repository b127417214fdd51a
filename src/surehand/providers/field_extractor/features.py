"""What is measured about a value and its place: hashed words around it, and numbers for the trees."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from . import grams, spots
from .rows import Sheet, Unit
from .spots import Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TIME = re.compile(r"\d{1,2}\s?:\s?\d{2}")
_DATE_WORD = re.compile(r"\bDATE|\bTARIKH|\bDT\b|DATUM|\bFECHA|\bDATA\b")
_OTHER_DATE = re.compile(r"EXP|VALID|BEFORE|UNTIL|DUE|EFFECTIVE|SINCE|DELIVER|MEMBER|PROMO|BIRTH|FÄLLIG")
_FORMS = ("dmy", "mdy", "ymd", "named", "compact", "cents", "whole", "token", "iban")
_SHAPE = re.compile(r"[A-Z]")
_ROUNDING = 4


def neighbours(sheet: Sheet, unit: Unit) -> tuple[str, str]:
    """The rows over and under the row of a unit, upper case; "" at the edge of a page."""
    row = sheet.row(unit.row)
    over = sheet.units[row.above].upper if row.above is not None else ""
    under = sheet.units[row.below].upper if row.below is not None else ""
    return over[:60], under[:60]


def around_spots(sheet: Sheet, found: Sequence[Spot]) -> list[list[int]]:
    """Hashed words around each value, one list of places per spot."""
    out = []
    for spot in found:
        over, under = neighbours(sheet, spot.unit)
        places = grams.of_text(1, spot.left, last=True)
        places += grams.of_text(2, spot.over)
        places += grams.of_text(3, spot.right)
        places += [grams.of_word(4, word) for word in grams.words(over)[:8]]
        places += [grams.of_word(5, word) for word in grams.words(under)[:8]]
        places += [grams.of_word(6, spot.form), grams.of_word(7, spot.mark), grams.of_word(8, spot.kind)]
        if spot.form in ("token", "iban"):
            shape = _SHAPE.sub("A", spot.text.upper())
            places += [
                grams.of_word(9, shape),
                grams.of_word(10, str(min(len(shape), 30))),
                grams.of_word(11, spot.text[:1]),
                grams.of_word(12, spot.text[:3]),
            ]
        places.append(grams.of_word(13, "ABCDEFGHIJK"[int(max(0.0, min(spot.unit.y, 1.0)) * 10)]))
        places.append(grams.of_word(14, "ABCDEF"[int(max(0.0, min(spot.unit.right, 1.0)) * 5)]))
        out.append(places)
    return out


def of_spots(
    sheet: Sheet, found: Sequence[Spot], first: "NDArray[np.float64]", *, amounts: bool
) -> "NDArray[np.float64]":
    """(n, features) numbers for the second stage.

    first    (n,) log odds of the first stage
    amounts  whether arithmetic means something: money and numbers
    """
    import numpy as np

    if not found:
        return np.zeros((0, 0))
    common = _common(sheet, found, first)
    return np.hstack([common, _arithmetic(sheet, found)]) if amounts else common


def _common(sheet: Sheet, found: Sequence[Spot], first: "NDArray[np.float64]") -> "NDArray[np.float64]":
    import numpy as np

    counts = Counter(spot.key for spot in found)
    best: dict[object, float] = {}
    for spot, score in zip(found, first.tolist(), strict=True):
        best[spot.key] = max(best.get(spot.key, -99.0), score)
    ranked = sorted(best.values(), reverse=True)
    top, second = ranked[0], ranked[1] if len(ranked) > 1 else ranked[0] - 5.0
    place_of = {key: place for place, key in enumerate(dict.fromkeys(spot.key for spot in found))}
    pages = len(sheet.document.pages)
    out = []
    for index, (spot, score) in enumerate(zip(found, first.tolist(), strict=True)):
        unit, row = spot.unit, sheet.row(spot.unit.row)
        mine = best[spot.key]
        over, under = neighbours(sheet, unit)
        label = f"{spot.left} {spot.over}"
        letters = sum(char.isalpha() for char in spot.left)
        alone = spot.end - spot.start >= len(unit.text) - 4
        out.append(
            (
                score, mine, mine - top, mine - second if mine == top else mine - top,
                ranked.index(mine), score - mine,
                unit.y, unit.row / sheet.rows, sheet.rows - unit.row, min(unit.row, 60),
                unit.x, unit.right, unit.size, row.size, unit.page, pages - unit.page,
                len(counts), counts[spot.key], place_of[spot.key], len(place_of) - place_of[spot.key],
                index, len(found) - index, alone, spot.end - spot.start, letters,
                len(spot.right), sum(char.isalpha() for char in spot.right),
                spot.ambiguous, _FORMS.index(spot.form), len(row.pieces),
                bool(_TIME.search(row.upper)), bool(_TIME.search(over)) or bool(_TIME.search(under)),
                bool(_DATE_WORD.search(label)), bool(_OTHER_DATE.search(label)), bool(spot.left.strip()),
                sum(char.isdigit() for char in spot.text), sum(char.isalpha() for char in spot.text),
            )
        )  # fmt: skip
    return np.array(out, dtype=np.float64)


def cents_of(value: Decimal) -> int:
    """Hundredths, rounded: what sums are compared in."""
    return int((value * 100).to_integral_value())


def _arithmetic(sheet: Sheet, found: Sequence[Spot]) -> "NDArray[np.float64]":
    """How each amount hangs together with the others on the paper."""
    import numpy as np

    cents = [cents_of(spot.key) for spot in found]
    of_kind: dict[str, set[int]] = {kind: set() for kind in (*spots.KINDS, "")}
    for value, spot in zip(cents, found, strict=True):
        of_kind[spot.kind].add(value)
    counts = Counter(cents)
    distinct = sorted(value for value in counts if value > 0)[-150:]
    known = set(distinct)
    handed = {paid - back for paid in of_kind["paid"] for back in of_kind["change"] if paid > back >= 0}
    nets = of_kind["net"] | of_kind["total"] | of_kind["gross"] | of_kind["amount"]
    extras = of_kind["tax"] | of_kind["shipping"] | of_kind["rounding"]
    with_tax = {net + extra for net in nets for extra in extras if extra}
    less = {net - cut for net in nets for cut in of_kind["discount"] if cut > 0}
    named = of_kind["grand"] | of_kind["total"] | of_kind["gross"]
    rounded = {
        near
        for total in nets | named
        for step in of_kind["rounding"] if 0 < abs(step) <= _ROUNDING
        for near in (total + step, total - step) if near % 5 == 0
    }  # fmt: skip
    sums = _column_sums(found, cents)
    pairs = {a + b for at, a in enumerate(distinct) for b in distinct[: at + 1] if a != b or counts[a] > 1}
    largest = max(distinct, default=1)
    labels: dict[int, set[str]] = {}
    for value, spot in zip(cents, found, strict=True):
        labels.setdefault(value, set()).add(spot.kind)
    kinds_below = _kinds_of_rows(sheet, found)
    out = []
    for value, spot in zip(cents, found, strict=True):
        at = bisect_left(distinct, value)
        above, below = kinds_below.get(spot.unit.row - 1, ""), kinds_below.get(spot.unit.row + 1, "")
        taxed = any(
            (value - part) in known and 0.01 * value < part < 0.3 * value for part in distinct[: min(at, 60)]
        )
        out.append(
            (
                value / largest, len(distinct) - at, value <= 0, value < 0, value % 5 == 0, value % 100 == 0,
                min(value, 10**8) ** 0.25 if value > 0 else 0.0,
                value in handed, value in with_tax, value in less, value in rounded, value in sums,
                value in pairs, taxed, value in named, value in of_kind["grand"], value in of_kind["paid"],
                value in of_kind["net"], value in of_kind["tax"], value in of_kind["change"],
                any(value + part in known for part in of_kind["tax"] if part > 0),
                any(abs(value - other) <= _ROUNDING and other != value for other in named),
                value % 5 != 0 and any(near in known and near % 5 == 0 for near in _close(value)),
                value % 5 == 0 and any(near in known and near % 5 for near in _close(value)),
                any(cash > value for cash in of_kind["paid"]), bool(handed), bool(of_kind["grand"]),
                bool(named), bool(rounded), len(labels[value]), spot.mark == "%", bool(spot.mark),
                spot.form == "cents",
                *(spot.kind == kind for kind in spots.KINDS), *(above == kind for kind in spots.KINDS),
                *(below == kind for kind in spots.KINDS), *(kind in labels[value] for kind in spots.KINDS),
            )
        )  # fmt: skip
    return np.array(out, dtype=np.float64)


def _close(value: int) -> range:
    """What rounding to five cents may have made of it."""
    return range(value - _ROUNDING, value + _ROUNDING + 1)


def _kinds_of_rows(sheet: Sheet, found: Sequence[Spot]) -> dict[int, str]:
    """Row -> what its label says, for rows around amounts; also of rows that carry no amount themselves."""
    kinds: dict[int, str] = {}
    for spot in found:
        kinds[spot.unit.row] = spot.kind
    for row in list(kinds):
        for near in (row - 1, row + 1):
            if 0 <= near < sheet.rows and near not in kinds:
                kinds[near] = spots.label_kind(sheet.row(near).upper[:60])
    return kinds


def _column_sums(found: Sequence[Spot], cents: Sequence[int]) -> set[int]:
    """Sums of two or more amounts that stand straight over each other, as items over their total do."""
    columns: dict[tuple[int, int], list[int]] = {}
    for value, spot in zip(cents, found, strict=True):
        columns.setdefault((spot.unit.page, round(spot.unit.right * 20)), []).append(value)
    sums: set[int] = set()
    for column in columns.values():
        for start in range(min(len(column), 12)):
            total = column[start]
            for value in column[start + 1 : start + 60]:
                total += value
                sums.add(total)
    return sums
