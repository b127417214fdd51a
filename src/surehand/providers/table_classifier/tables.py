"""Cases as rows of numbers and categories: a logistic regression beside small boosted trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.core.values import shown
from surehand.providers.archive import TREE, floats, trees_of
from surehand.providers.classifier.panel import Neighbours, Opinions, neighbours_of, remembered
from surehand.providers.trees import Trees, of_boosting

from .columns import Columns, learned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: With more answers than these there are no trees, and the nearest learned cases are the second method.
_MOST_WITH_TREES = 20
_ROUNDS, _LEAVES, _RATE, _RIDGE = 60, 8, 0.08, 1.0
_STRENGTH = 0.3


@dataclass(frozen=True, slots=True)
class TablePanel:
    """Two methods over encoded facts.

    columns     what is read, and how it becomes numbers
    weights     (width, k) of the logistic regression
    constant    (k,)
    trees       of each answer; of the second alone where there are two; none where there are many
    neighbours  learned cases
    """

    columns: Columns
    weights: "NDArray[np.float32]"
    constant: "NDArray[np.float32]"
    trees: tuple[Trees, ...]
    neighbours: Neighbours

    def opinions(self, cases: Sequence[Mapping[str, Any]]) -> Opinions:
        """See `Panel`."""
        return self.of_rows(self.columns.encoded(cases))

    def of_rows(self, X: "NDArray[np.float32]") -> Opinions:
        """The same of facts that were encoded before."""
        import numpy as np

        first = (X @ self.weights + self.constant).astype(np.float64)
        near = self.neighbours.nearness(_even(X, self.columns))
        second = near
        if self.trees:
            odds = [trees.log_odds(X.astype(np.float64)) for trees in self.trees]
            second = np.stack(odds if len(odds) > 1 else [-odds[0], odds[0]], axis=1)
        return Opinions(first, second, near, np.zeros(len(X), dtype=bool))

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """The two columns that add most to the answer, beside the mean of the others."""
        import numpy as np

        X = self.columns.encoded(cases)
        beside = self.weights - self.weights.mean(axis=1, keepdims=True)
        origin = np.array(self.columns.origin)
        out: list[tuple[str, ...]] = []
        for row, (case, answer) in enumerate(zip(cases, best.tolist(), strict=True)):
            adds = np.bincount(origin, X[row] * beside[:, answer], minlength=len(self.columns.columns))
            telling = [_told(self.columns, at, case) for at in np.argsort(-adds)[:2] if adds[at] > 0.05]
            verb = "speaks" if len(telling) == 1 else "speak"
            out.append((f"{' and '.join(telling)} {verb} for it.",) if telling and answer >= 0 else ())
        return out

    def taken_apart(self) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
        """See `Panel`."""
        arrays: dict[str, NDArray[Any]] = {
            "weights": self.weights, "constant": self.constant,
            "learned": self.neighbours.learned, "starts": self.neighbours.starts,
        }  # fmt: skip
        for number, trees in enumerate(self.trees):
            arrays |= {f"t{number:02}.{part}": getattr(trees, part) for part in TREE}
        described = {
            "kind": "table",
            "columns": self.columns.as_json(),
            "trees": [{"base": trees.base, "depth": trees.depth} for trees in self.trees],
        }
        return described, arrays


def _told(columns: Columns, at: int, case: Mapping[str, Any]) -> str:
    column = columns.columns[at]
    names = " to ".join(name.replace("_", " ") for name in column.names)
    if column.part in ("weekday", "month"):
        return f"the {column.part} of {names}"
    if column.part == "days":
        return f"the time from {names}"
    value = shown(case.get(column.names[0]))[:60]
    return f"{names} {value}" if value else f"the missing {names}"


def _even(X: "NDArray[np.float32]", columns: Columns) -> "NDArray[np.float32]":
    """Rows whose distances do not grow with the number of columns."""
    import numpy as np

    return X / np.float32(max(len(columns.columns), 1) ** 0.5)


def restored(described: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]", count: int) -> TablePanel:
    """The panel in JSON and arrays. Raises ValueError or KeyError where they do not fit together."""
    columns = Columns.of_json(described["columns"])
    weights, constant = floats(arrays["weights"], 2), floats(arrays["constant"], 1)
    if weights.shape != (columns.width, count) or constant.shape != (count,):
        raise ValueError("its weights have another width")
    if len(described["trees"]) != _count_of_trees(count):
        raise ValueError("its trees are of other answers")
    trees = tuple(
        trees_of(
            float(one["base"]), int(one["depth"]),
            {part: arrays[f"t{number:02}.{part}"] for part in TREE}, columns=columns.width,
        )
        for number, one in enumerate(described["trees"])
    )  # fmt: skip
    neighbours = neighbours_of(arrays, count, width=columns.width)
    return TablePanel(columns, weights, constant, trees, neighbours)


def _count_of_trees(count: int) -> int:
    return 1 if count == 2 else count if count <= _MOST_WITH_TREES else 0


class TableCourse:
    """Examples as encoded rows, of which any part can teach a panel."""

    def __init__(self, reads: Mapping[str, str], cases: Sequence[Mapping[str, Any]]) -> None:
        self._columns = learned(reads, cases)
        self._rows = self._columns.encoded(cases)

    def opinions(self, panel: TablePanel, part: "NDArray[np.int64]") -> Opinions:
        """See `Course`."""
        return panel.of_rows(self._rows[part])

    def panel(self, part: "NDArray[np.int64]", answers: "NDArray[np.int64]", count: int) -> TablePanel:
        """See `Course`."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression

        X = self._rows[part]
        fitted = LogisticRegression(C=_STRENGTH, max_iter=300).fit(X, answers)
        weights, constant = fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
        if count == 2:
            weights = np.hstack([-weights, weights]) / 2
            constant = np.concatenate([-constant, constant]) / 2
        neighbours = remembered(_even(X, self._columns), answers, count)
        return TablePanel(self._columns, weights, constant, _boosted(X, answers, count), neighbours)


def _boosted(X: "NDArray[np.float32]", answers: "NDArray[np.int64]", count: int) -> tuple[Trees, ...]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    number = _count_of_trees(count)
    if not number:
        return ()
    least = max(2, min(20, len(X) // 30))
    fitted = HistGradientBoostingClassifier(
        max_iter=_ROUNDS, max_leaf_nodes=_LEAVES, learning_rate=_RATE, l2_regularization=_RIDGE,
        min_samples_leaf=least, early_stopping=False, random_state=0,
    ).fit(X.astype("float64"), answers)  # fmt: skip
    return tuple(of_boosting(fitted, output) for output in range(number))
