"""How much a document is like those that were learned from: an unseen supplier or layout must stand out."""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import grams
from .rows import Sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WIDTH = 2_048
_HEAD, _ROWS = 12, 150
_PER_GROUP, _MOST = 8, 800
#: Share of the documents of a kind that may be less like the others than is asked of a new one.
_NEARLY_ALL = 0.05


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of the documents that were learned from.

    idf     (WIDTH,) how telling each place is
    known   (documents, WIDTH) their features at length 1, in half precision
    slope, constant  log odds of "its group was among the documents learned from", given the nearest cosine
    lowest  cosine to the nearest document of another group that nearly all documents reach
    """

    idf: "NDArray[np.float32]"
    known: "NDArray[np.float16]"
    slope: float
    constant: float
    lowest: float

    def likeness(self, sheet: Sheet) -> tuple[float, float]:
        """(similarity, kinship) of a document, both in [0, 1].

        Similarity is near 1 for a layout that was learned and near 0 for one that was not. Kinship is 1 for
        any document of the kind that was learned, and falls to 0 for a page that is like none of them.
        """
        if not len(self.known):
            return 0.0, 1.0
        cosine = float(self._nearest([traits(sheet)])[0])
        return self.of_cosine(cosine), min(1.0, max(cosine, 0.0) / self.lowest) if self.lowest > 0 else 1.0

    def similarities(self, rows: Sequence[dict[int, float]]) -> list[float]:
        """Similarities of documents whose traits were taken before."""
        if not len(self.known):
            return [0.0] * len(rows)
        return [self.of_cosine(float(cosine)) for cosine in self._nearest(rows)]

    def _nearest(self, rows: Sequence[dict[int, float]]) -> "NDArray[np.float32]":
        nearest: NDArray[np.float32] = (vectors(rows, self.idf) @ self.known.T.astype("float32")).max(axis=1)
        return nearest

    def of_cosine(self, cosine: float) -> float:
        """The cosine to the nearest as a share."""
        import math

        return 1.0 / (1.0 + math.exp(-max(-30.0, min(self.slope * cosine + self.constant, 30.0))))


def traits(sheet: Sheet) -> dict[int, float]:
    """Words without digits, with their column; those at the head of the paper count double."""
    counted: dict[int, float] = {}
    for row in sheet.units[: min(sheet.rows, _ROWS)]:
        weight = 2.0 if row.row < _HEAD else 1.0
        for piece in row.pieces:
            for word in grams.words(piece.text.upper())[:8]:
                if len(word) > 1 and not any(map(str.isdigit, word)):
                    for text in (word, f"{word}@{row.row < _HEAD}"):
                        place = zlib.crc32(text.encode("utf-8", "surrogatepass")) % WIDTH
                        counted[place] = max(counted.get(place, 0.0), weight)
    return counted


def likeness_of(
    documents: Sequence[int], rows: Sequence[dict[int, float]], groups: Sequence[str]
) -> dict[int, float]:
    """How like some documents are to the others, when only the others are remembered."""
    apart = set(documents)
    inside = [at for at in range(len(rows)) if at not in apart]
    memory = remember([rows[at] for at in inside], [groups[at] for at in inside])
    return dict(zip(documents, memory.similarities([rows[at] for at in documents]), strict=True))


def vectors(rows: Sequence[dict[int, float]], idf: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """(n, WIDTH) features at length 1; all 0 for a document without words."""
    import numpy as np

    out = np.zeros((len(rows), WIDTH), dtype=np.float32)
    for at, row in enumerate(rows):
        for place, weight in row.items():
            out[at, place] = weight
    out *= idf
    length = np.linalg.norm(out, axis=1, keepdims=True)
    units: NDArray[np.float32] = np.divide(out, length, out=np.zeros_like(out), where=length > 0)
    return units


def remember(rows: Sequence[dict[int, float]], groups: Sequence[str]) -> Memory:
    """The memory of some documents; the scale is set by how like each is to its own group and to others."""
    import numpy as np

    seen = np.zeros(WIDTH)
    for row in rows:
        seen[list(row)] += 1
    idf = np.log((len(rows) + 1) / (seen + 1)).clip(0.1).astype(np.float32)
    X = vectors(rows, idf)
    cosine = X @ X.T
    same = np.array([[one == other for other in groups] for one in groups])
    others = np.where(same, -1.0, cosine).max(axis=1)
    np.fill_diagonal(same, False)
    own = np.where(same, cosine, -1.0).max(axis=1)
    unlike, like = others[others >= 0], own[own >= 0]
    low = float(np.quantile(unlike, 0.75)) if len(unlike) else 0.3
    high = float(np.quantile(like, 0.25)) if len(like) else max(0.8, low + 0.2)
    middle, reach = (low + high) / 2, max(high - low, 0.1) / 2
    slope = 2.0 / reach
    kept: list[int] = []
    count: Counter[str] = Counter()
    for at, group in enumerate(groups):
        count[group] += 1
        if count[group] <= _PER_GROUP and len(kept) < _MOST:
            kept.append(at)
    lowest = float(np.quantile(unlike, _NEARLY_ALL)) if len(unlike) else 0.0
    return Memory(idf, X[kept].astype(np.float16), slope, -slope * middle, lowest)
