"""Facts of a case as numbers: amounts, categories, days; what is missing or new has a column of its own.

Categories are kept as hashes, so that a model does not hold what people wrote.
"""

import math
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Type words of facts that can be read.
KINDS = ("text", "number", "integer", "yes_no", "money", "date", "timestamp", "texts")
_NUMBERS = ("number", "integer", "money")
_DAYS = ("date", "timestamp")
#: Values of one column that are told apart; the rest is one value, as are those seen only once.
_MOST_VALUES = 40
#: Pairs of dates whose distance is a number.
_MOST_PAIRS = 6
#: Deviations from the middle behind which a number is no more extreme.
_FARTHEST = 5.0
_ABSENT, _OTHER = "\0absent", "\0other"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: of numbers, or of categories.

    names   of the fact, or of the two dates whose distance it is
    part    `amount`, `value`, `weekday`, `month`, `days`
    values  hashes of the categories that have a place
    middle, scale  median, and deviation, of a number
    """

    names: tuple[str, ...]
    part: str
    values: tuple[int, ...] = ()
    middle: float = 0.0
    scale: float = 1.0

    @property
    def of_numbers(self) -> bool:
        """Two places: the number, and whether it is missing."""
        return self.part in ("amount", "days")

    @property
    def width(self) -> int:
        """Places that it takes."""
        return 2 if self.of_numbers else len(self.values) + 2


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns, in the order of their places."""

    columns: tuple[Column, ...]

    @property
    def width(self) -> int:
        """Number of places."""
        return sum(column.width for column in self.columns)

    @property
    def origin(self) -> list[int]:
        """The column of each place."""
        return [at for at, column in enumerate(self.columns) for _ in range(column.width)]

    def encoded(self, cases: Sequence[Mapping[str, Any]]) -> "NDArray[np.float32]":
        """(n, width): numbers in deviations from the middle, 1 at the place of a category."""
        import numpy as np

        X = np.zeros((len(cases), self.width), dtype=np.float32)
        start = 0
        for column in self.columns:
            if column.of_numbers:
                _put_numbers(X[:, start : start + 2], column, cases)
            else:
                _put_values(X[:, start : start + column.width], column, cases)
            start += column.width
        return X

    def as_json(self) -> list[dict[str, Any]]:
        """The columns as JSON."""
        return [asdict(column) for column in self.columns]

    @classmethod
    def of_json(cls, stored: Sequence[Mapping[str, Any]]) -> "Columns":
        """From JSON. Raises KeyError, TypeError or ValueError for anything else."""
        columns = []
        for one in stored:
            middle, scale = float(one["middle"]), float(one["scale"])
            if one["part"] not in _PARTS or not math.isfinite(middle) or not scale > 0:
                raise ValueError("it describes a column in a way that is not known")
            names, values = tuple(map(str, one["names"])), tuple(map(int, one["values"]))
            if not 1 <= len(names) <= 2 or len(values) > 2 * _MOST_VALUES:
                raise ValueError("it describes a column in a way that is not known")
            columns.append(Column(names, one["part"], values, middle, scale))
        return cls(tuple(columns))


_PARTS = ("amount", "value", "weekday", "month", "days")


def learned(reads: Mapping[str, str], cases: Sequence[Mapping[str, Any]]) -> Columns:
    """The columns of these facts: their usual numbers and the categories that come up.

    reads  name -> type word
    """
    columns: list[Column] = []
    dates = [name for name, kind in reads.items() if kind in _DAYS]
    for name, kind in reads.items():
        if kind in _NUMBERS:
            columns.append(_scaled(Column((name,), "amount"), cases))
        if kind == "money" or kind not in (*_NUMBERS, *_DAYS):
            columns.append(_valued(Column((name,), "value"), cases))
        if kind in _DAYS:
            columns += [_valued(Column((name,), part), cases) for part in ("weekday", "month")]
    for pair in list(combinations(dates, 2))[:_MOST_PAIRS]:
        columns.append(_scaled(Column(pair, "days"), cases))
    return Columns(tuple(columns))


def _scaled(column: Column, cases: Sequence[Mapping[str, Any]]) -> Column:
    import numpy as np

    there = [number for case in cases if (number := _number(column, case)) is not None]
    if not there:
        return column
    low, middle, high = np.quantile(there, [0.25, 0.5, 0.75])
    scale = float(high - low) / 1.349 or float(np.std(there)) or 1.0
    return Column(column.names, column.part, (), float(middle), scale)


def _valued(column: Column, cases: Sequence[Mapping[str, Any]]) -> Column:
    seen = Counter(value for case in cases for value in set(_categories(column, case)))
    least = 2 if len(cases) >= 20 else 1
    often = [value for value, count in seen.most_common(_MOST_VALUES) if count >= least and value != _ABSENT]
    return Column(column.names, column.part, tuple(sorted(map(_hash, often))))


def _put_numbers(X: "NDArray[np.float32]", column: Column, cases: Sequence[Mapping[str, Any]]) -> None:
    for row, case in enumerate(cases):
        number = _number(column, case)
        if number is None:
            X[row, 1] = 1.0
        else:
            X[row, 0] = max(-_FARTHEST, min((number - column.middle) / column.scale, _FARTHEST))


def _put_values(X: "NDArray[np.float32]", column: Column, cases: Sequence[Mapping[str, Any]]) -> None:
    """The last two places are: another value than those learned, and no value."""
    place = {value: at for at, value in enumerate(column.values)}
    for row, case in enumerate(cases):
        for value in _categories(column, case):
            X[row, -1 if value == _ABSENT else place.get(_hash(value), len(place))] = 1.0


def _number(column: Column, case: Mapping[str, Any]) -> float | None:
    if column.part == "days":
        first, second = (_day(case.get(name)) for name in column.names)
        return None if first is None or second is None else float((second - first).days)
    value = case.get(column.names[0])
    if isinstance(value, Mapping):
        value = value.get("amount")
    try:
        number = float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and math.isfinite(number) else None


def _categories(column: Column, case: Mapping[str, Any]) -> list[str]:
    value = case.get(column.names[0])
    if column.part in ("weekday", "month"):
        day = _day(value)
        return [_ABSENT] if day is None else [str(day.weekday() if column.part == "weekday" else day.month)]
    if isinstance(value, Mapping):
        value = value.get("currency")
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value] or [_ABSENT]
    return [_ABSENT] if value is None or value == "" else [_plain(value)]


def _plain(value: Any) -> str:
    return " ".join(str(value).lower().split())[:200]


def _day(value: Any) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else None
    except ValueError:
        return None


def _hash(value: str) -> int:
    return zlib.crc32(value.encode("utf-8", "surrogatepass"))
