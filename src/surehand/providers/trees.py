"""Boosted trees as flat arrays: taken from scikit-learn after training, evaluated with numpy alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees; every node of every tree in one row of arrays.

    feature    (nodes,) which column is compared; leaves have 0
    threshold  (nodes,) go left at or below it; leaves have infinity
    left, right (nodes,) next node; leaves point at themselves
    value      (nodes,) what a leaf adds to the log odds
    root       (trees,) first node of each tree
    base       log odds before any tree
    depth      steps after which every path has ended
    """

    feature: "NDArray[np.int32]"
    threshold: "NDArray[np.float64]"
    left: "NDArray[np.int32]"
    right: "NDArray[np.int32]"
    value: "NDArray[np.float64]"
    root: "NDArray[np.int32]"
    base: float
    depth: int

    def log_odds(self, X: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """(n,) log odds of the rows of X (n, features), in slices that bound the memory."""
        import numpy as np

        out = np.full(len(X), self.base)
        for start in range(0, len(X), 512):
            rows = X[start : start + 512]
            node = np.broadcast_to(self.root, (len(rows), len(self.root))).copy()
            which = np.arange(len(rows))[:, None]
            for _ in range(self.depth):
                goes_left = rows[which, self.feature[node]] <= self.threshold[node]
                node = np.where(goes_left, self.left[node], self.right[node])
            out[start : start + 512] += self.value[node].sum(axis=1)
        return out


def of_boosting(fitted: Any, output: int = 0) -> Trees:
    """The trees of a `HistGradientBoostingClassifier` without categories and missing values.

    output  which answer's trees, where it tells more than two apart
    """
    import numpy as np

    parts: dict[str, list[Any]] = {name: [] for name in ("feature", "threshold", "left", "right", "value")}
    roots, offset, depth = [], 0, 0
    for predictors in fitted._predictors:
        nodes = predictors[output].nodes
        own = np.arange(len(nodes))
        leaf = nodes["is_leaf"].astype(bool)
        parts["feature"].append(np.where(leaf, 0, nodes["feature_idx"]))
        parts["threshold"].append(np.where(leaf, np.inf, nodes["num_threshold"]))
        parts["left"].append(np.where(leaf, own, nodes["left"]) + offset)
        parts["right"].append(np.where(leaf, own, nodes["right"]) + offset)
        parts["value"].append(np.where(leaf, nodes["value"], 0.0))
        roots.append(offset)
        offset += len(nodes)
        depth = max(depth, int(nodes["depth"].max()))
    flat = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    return Trees(
        feature=flat["feature"].astype(np.int32),
        threshold=flat["threshold"].astype(np.float64),
        left=flat["left"].astype(np.int32),
        right=flat["right"].astype(np.int32),
        value=flat["value"].astype(np.float64),
        root=np.array(roots, dtype=np.int32),
        base=float(np.ravel(fitted._baseline_prediction)[output]),
        depth=depth,
    )


def edges_of(X: "NDArray[np.float64]", *, most: int = 60) -> "list[NDArray[np.float64]]":
    """Per column, where it is cut: between all values where they are few, else at its quantiles."""
    import numpy as np

    out = []
    for column in X.T:
        seen = np.unique(column)
        middles = (seen[1:] + seen[:-1]) / 2
        out.append(
            middles
            if len(middles) <= most
            else np.unique(np.quantile(column, np.linspace(0, 1, most + 2)[1:-1]))
        )
    return out


def coded(X: "NDArray[np.float64]", edges: "Sequence[NDArray[np.float64]]") -> "NDArray[np.float64]":
    """(n, features) how many edges lie below each value. The library's own weighted cuts take far longer."""
    import numpy as np

    return np.stack(
        [np.searchsorted(cuts, column) for cuts, column in zip(edges, X.T, strict=True)], axis=1
    ).astype(np.float64)


def uncoded(trees: Trees, edges: "Sequence[NDArray[np.float64]]") -> Trees:
    """Trees that were fitted on codes, for the values themselves."""
    import numpy as np

    threshold = np.array(
        [
            edges[column][int(code)] if np.isfinite(code) else code
            for column, code in zip(trees.feature.tolist(), trees.threshold.tolist(), strict=True)
        ]
    )
    return replace(trees, threshold=threshold)


def averaged(several: Sequence[Trees]) -> Trees:
    """One sum of trees whose log odds are the mean of several."""
    import numpy as np

    starts = np.cumsum([0, *(len(trees.feature) for trees in several[:-1])]).tolist()
    count = len(several)
    moved = list(zip(several, starts, strict=True))
    return Trees(
        feature=np.concatenate([trees.feature for trees in several]),
        threshold=np.concatenate([trees.threshold for trees in several]),
        left=np.concatenate([trees.left + start for trees, start in moved]).astype(np.int32),
        right=np.concatenate([trees.right + start for trees, start in moved]).astype(np.int32),
        value=np.concatenate([trees.value / count for trees in several]),
        root=np.concatenate([trees.root + start for trees, start in moved]).astype(np.int32),
        base=sum(trees.base for trees in several) / count,
        depth=max(trees.depth for trees in several),
    )
