"""Line items of a document, and how sure their reading is: learned from labelled lists."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.core.recommendation import Evidence
from surehand.stats import calibration
from surehand.stats.calibration import Logistic

from . import headings, spots, tables, values
from .rows import Sheet, around
from .tables import ItemLine

_MISREAD = 0.1

#: Which part of an item a field's name means, first hit.
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("unit_price", re.compile(r"unit_?(?:price|cost)|price|rate|each")),
    ("quantity", re.compile(r"qty|quantity|count|units|hours")),
    ("amount", re.compile(r"amount|total|sum|value|net")),
    ("code", re.compile(r"code|sku|ref|number|^no$|article_?no")),
    ("description", re.compile(r"desc|item|article|product|name|text|label|service|goods")),
)


@dataclass(frozen=True, slots=True)
class FoundItems:
    """What was read: field of the item -> value, per line; with how sure it is and where it stands."""

    lines: list[dict[str, Any]]
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ItemsLearned:
    """What was learned of a list of line items.

    names    fields of an item, as labelled
    headings bare heading -> part of an item, as labelled lists showed it
    right    P(all lines are right), from `_signals`
    nothing  P(the document has no items) where no table is found
    """

    names: tuple[str, ...]
    right: Logistic
    nothing: float
    headings: Mapping[str, str]

    def read(self, sheet: Sheet, document: Document) -> FoundItems | None:
        """The items of a document; None where no table with a heading is found."""
        import numpy as np

        sums = sums_of(sheet)
        lines = tables.item_lines(sheet, document, headings=self.headings, sums=sums)
        if not lines:
            return None
        sure = float(self.right(np.array([_signals(lines, sums)]))[0])
        page = lines[0].page
        boxes = [box for line in lines if line.page == page for box in line.boxes]
        quote = "; ".join(" ".join(line.texts.values()) for line in lines)[:300]
        return FoundItems(
            [named(line, self.names) for line in lines], sure, Evidence(quote, page, around(boxes))
        )

    @classmethod
    def of_json(cls, one: Mapping[str, Any]) -> "ItemsLearned":
        """As it was stored. Raises KeyError, TypeError or ValueError for anything else."""
        headings = {str(heading): str(role) for heading, role in one["headings"].items()}
        return cls(
            tuple(map(str, one["names"])), Logistic.of_json(one["right"]), float(one["nothing"]), headings
        )

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return asdict(self)


def sums_of(sheet: Sheet) -> frozenset[Decimal]:
    """The amounts that a document calls something, such as a total."""
    amounts = spots.amounts_of(sheet, cents=True)
    return frozenset(spot.key for spot in amounts if spot.kind not in ("", "amount"))


def role_of(name: str) -> str:
    """Which part of an item a field's name means; "" for one that tables do not show."""
    return next((role for role, pattern in _ROLES if pattern.search(name.lower())), "")


def named(line: ItemLine, names: Sequence[str]) -> dict[str, Any]:
    """An item's parts under the names of the fields; None where the table does not show one."""
    out: dict[str, Any] = {}
    for name in names:
        role = role_of(name)
        out[name] = line.numbers.get(role) if role in headings.NUMBERS else line.texts.get(role)
    return out


def learn(
    name: str, examples: Sequence[Labelled], sheets: Sequence[Sheet], *, folds: Sequence[int], fewest: int
) -> tuple[ItemsLearned, list[tuple[int, bool, float]]] | None:
    """What was learned of a list field, and (document, right, confidence) of each; None with too few.

    folds  of each document: headings are learned without its fold when it is measured
    """
    import numpy as np

    known = [at for at, example in enumerate(examples) if isinstance(example.values.get(name), list)]
    rows = [item for at in known for item in examples[at].values[name] if isinstance(item, Mapping)]
    if len(known) < fewest or not rows:
        return None
    names = tuple(dict.fromkeys(key for row in rows for key in row))
    taught = {at: headings.taught_by(sheets[at], examples[at].values[name], role_of) for at in known}
    signals, right, places, missed, empty = [], [], [], 0, 0
    without = {
        fold: headings.agreed([pair for at in known if folds[at] != fold for pair in taught[at]])
        for fold in set(folds)
    }
    for at in known:
        sums = sums_of(sheets[at])
        lines = tables.item_lines(sheets[at], examples[at].document, headings=without[folds[at]], sums=sums)
        if not lines:
            missed += 1
            empty += not examples[at].values[name]
            continue
        signals.append(_signals(lines, sums))
        right.append(same([named(line, names) for line in lines], examples[at].values[name]))
        places.append(at)
    if not signals:
        return None
    # What a misreading looks like, although no labelled list was misread: products or the sum are wrong.
    broken = [[0.0, 0.0, *one[2:]] for one in signals if one[0] == 1.0]
    X = np.array([*signals, *broken])
    weight = np.array([1.0] * len(signals) + [_MISREAD] * len(broken))
    model = calibration.logistic(X, np.array(right + [False] * len(broken)), weight=weight, rising=(0, 1, 3))
    words = headings.agreed([pair for at in known for pair in taught[at]])
    learned = ItemsLearned(names, model, (empty + 1) / (missed + 2), words)
    said = model(np.array(signals)).tolist()
    return learned, list(zip(places, right, said, strict=True))


def same(read: Sequence[Mapping[str, Any]], truth: Sequence[Mapping[str, Any]]) -> bool:
    """Every line and every labelled part of it is equal: texts by letters and digits, numbers exactly."""
    if len(read) != len(truth):
        return False
    return all(
        _comparable(value) == _comparable(mine.get(key))
        for mine, wanted in zip(read, truth, strict=True)
        for key, value in wanted.items()
        if role_of(key)
    )


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping | Decimal | int | float):
        return values.comparable("money", value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+(?:\.\d+)?", value):
        return values.comparable("money", value)
    return values.plain(value) if value is not None else None


def _signals(lines: Sequence[ItemLine], sums: frozenset[Decimal]) -> list[float]:
    """What the confidence rests on: products and sums that are right, size, completeness."""
    checks = [line.adds_up for line in lines]
    tested = [check for check in checks if check is not None]
    amounts = [line.numbers.get("amount") for line in lines]
    total = sum((amount for amount in amounts if amount is not None), Decimal(0))
    complete = sum(bool(line.texts.get("description")) and "amount" in line.numbers for line in lines)
    return [
        sum(tested) / len(tested) if tested else 0.5,
        float(total.normalize() + Decimal(0) in sums),
        min(len(lines), 20) / 20,
        complete / len(lines),
    ]
