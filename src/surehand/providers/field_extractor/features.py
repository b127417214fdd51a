"""What is measured about a value and its place: hashed words around it, and numbers for the trees."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import grams, sums
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
    return np.hstack([common, sums.of_amounts(sheet, found)]) if amounts else common


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
