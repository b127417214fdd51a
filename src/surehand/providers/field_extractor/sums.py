"""How the amounts on a paper hang together: sums, differences, rounding, repetition."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import spots
from .rows import Sheet
from .spots import Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROUNDING = 4


def cents_of(value: Decimal) -> int:
    """Hundredths, rounded: what sums are compared in."""
    return int((value * 100).to_integral_value())


@dataclass(frozen=True, slots=True)
class _Sums:
    """Amounts of one document in hundredths, and what can be made of them.

    of_kind   what the label says -> amounts
    distinct  amounts above 0 in order, `known` the same as a set
    handed    cash less change; `with_tax` net and tax; `less` total without discount; `rounded` to five
    sums      of amounts straight over each other; `pairs` of any two
    named     amounts that are called a total
    labels    amount -> what is said of it anywhere
    """

    of_kind: dict[str, set[int]]
    distinct: list[int]
    known: set[int]
    handed: set[int]
    with_tax: set[int]
    less: set[int]
    rounded: set[int]
    sums: set[int]
    pairs: set[int]
    named: set[int]
    labels: dict[int, set[str]]

    @classmethod
    def of(cls, found: Sequence[Spot], cents: Sequence[int]) -> "_Sums":
        of_kind: dict[str, set[int]] = {kind: set() for kind in (*spots.KINDS, "")}
        labels: dict[int, set[str]] = {}
        for value, spot in zip(cents, found, strict=True):
            of_kind[spot.kind].add(value)
            labels.setdefault(value, set()).add(spot.kind)
        counts = Counter(cents)
        distinct = sorted(value for value in counts if value > 0)[-150:]
        nets = of_kind["net"] | of_kind["total"] | of_kind["gross"] | of_kind["amount"]
        extras = of_kind["tax"] | of_kind["shipping"] | of_kind["rounding"]
        named = of_kind["grand"] | of_kind["total"] | of_kind["gross"]
        steps = {step for step in of_kind["rounding"] if 0 < abs(step) <= _ROUNDING}
        near = {total + step for total in nets | named for step in steps}
        near |= {total - step for total in nets | named for step in steps}
        return cls(
            of_kind=of_kind,
            distinct=distinct,
            known=set(distinct),
            handed={a - b for a in of_kind["paid"] for b in of_kind["change"] if a > b >= 0},
            with_tax={net + extra for net in nets for extra in extras if extra},
            less={net - cut for net in nets for cut in of_kind["discount"] if cut > 0},
            rounded={value for value in near if value % 5 == 0},
            sums=_column_sums(found, cents),
            pairs={
                a + b for at, a in enumerate(distinct) for b in distinct[: at + 1] if a != b or counts[a] > 1
            },
            named=named,
            labels=labels,
        )


def of_amounts(sheet: Sheet, found: Sequence[Spot]) -> "NDArray[np.float64]":
    """(n, features) how each amount hangs together with the others on the paper."""
    import numpy as np

    cents = [cents_of(spot.key) for spot in found]
    sums = _Sums.of(found, cents)
    kinds = _kinds_of_rows(sheet, found)
    out = []
    for value, spot in zip(cents, found, strict=True):
        above, below = kinds.get(spot.unit.row - 1, ""), kinds.get(spot.unit.row + 1, "")
        labels = sums.labels[value]
        out.append(
            (
                *_of_value(value, sums), len(labels), spot.mark == "%", bool(spot.mark), spot.form == "cents",
                *(spot.kind == kind for kind in spots.KINDS), *(above == kind for kind in spots.KINDS),
                *(below == kind for kind in spots.KINDS), *(kind in labels for kind in spots.KINDS),
            )
        )  # fmt: skip
    return np.array(out, dtype=np.float64)


def _of_value(value: int, sums: _Sums) -> tuple[Any, ...]:
    """What can be said of one amount, wherever it stands."""
    at, of_kind, known, named = bisect_left(sums.distinct, value), sums.of_kind, sums.known, sums.named
    near = [other for other in range(value - _ROUNDING, value + _ROUNDING + 1) if other in known]
    taxed = any(
        (value - part) in known and 0.01 * value < part < 0.3 * value for part in sums.distinct[: min(at, 60)]
    )
    return (
        value / max(sums.distinct, default=1), len(sums.distinct) - at, value <= 0, value < 0,
        value % 5 == 0, value % 100 == 0, min(value, 10**8) ** 0.25 if value > 0 else 0.0,
        value in sums.handed, value in sums.with_tax, value in sums.less, value in sums.rounded,
        value in sums.sums, value in sums.pairs, taxed, value in named, value in of_kind["grand"],
        value in of_kind["paid"], value in of_kind["net"], value in of_kind["tax"],
        value in of_kind["change"],
        any(value + part in known for part in of_kind["tax"] if part > 0),
        any(abs(value - other) <= _ROUNDING and other != value for other in named),
        value % 5 != 0 and any(other % 5 == 0 for other in near),
        value % 5 == 0 and any(other % 5 for other in near),
        any(cash > value for cash in of_kind["paid"]), bool(sums.handed), bool(of_kind["grand"]),
        bool(named), bool(sums.rounded),
    )  # fmt: skip


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
