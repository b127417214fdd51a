"""Two methods that look at the same cases, and the parts that panels are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from surehand.providers.archive import floats

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Nearest learned cases of an answer that are looked at.
_NEAREST = 8
#: Cases that are compared with all learned ones at once; bounds the memory.
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Opinions:
    """What two methods say of n cases, k answers; larger is likelier, on a scale of their own.

    first, second  (n, k) scores
    near           (n, k) how near each case is to the learned cases of each answer; larger is nearer
    blank          (n,) bool, there was nothing to read
    """

    first: "NDArray[np.float64]"
    second: "NDArray[np.float64]"
    near: "NDArray[np.float64]"
    blank: "NDArray[np.bool_]"


class Panel(Protocol):
    """Two trained methods. Pinned by `tests/providers/classifier/test_panels.py`."""

    def opinions(self, cases: Sequence[Mapping[str, Any]]) -> Opinions:
        """The opinions on many cases, from their facts."""

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """What speaks for an answer, in words, per case."""

    def taken_apart(self) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
        """JSON and arrays that make it up again."""


class Course(Protocol):
    """Examples made ready once, of which any part can teach a panel."""

    def panel(self, part: "NDArray[np.int64]", answers: "NDArray[np.int64]", count: int) -> Panel:
        """A panel that learned from some examples.

        part     (m,) which examples
        answers  (m,) place of the right answer of each, below `count`; each place comes up at least once
        """

    def opinions(self, panel: Any, part: "NDArray[np.int64]") -> Opinions:
        """What a panel of this course says of some examples."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Learned cases by answer, for the distance to the nearest.

    learned  (m, d) vectors in half precision, those of one answer side by side
    starts   (k + 1,) where those of each answer begin, and the end
    """

    learned: "NDArray[np.float16]"
    starts: "NDArray[np.int64]"

    def nearness(self, vectors: "NDArray[np.float32]") -> "NDArray[np.float64]":
        """(n, k): minus half the mean squared distance to the nearest cases of each answer.

        For vectors of length 1 this is the mean cosine less 1.
        """
        import numpy as np

        learned = self.learned.astype(np.float32)
        own = 0.5 * np.einsum("md,md->m", learned, learned)
        out = np.empty((len(vectors), len(self.starts) - 1))
        for at in range(0, len(vectors), _AT_ONCE):
            rows = vectors[at : at + _AT_ONCE]
            half = rows @ learned.T - own - 0.5 * np.einsum("nd,nd->n", rows, rows)[:, None]
            for answer, (start, stop) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
                few = min(_NEAREST, stop - start)
                nearest = np.partition(half[:, start:stop], stop - start - few, axis=1)[:, -few:]
                out[at : at + _AT_ONCE, answer] = nearest.mean(axis=1)
        return out


def remembered(
    vectors: "NDArray[np.float32]", answers: "NDArray[np.int64]", count: int, *, most: int = 9_000
) -> Neighbours:
    """The neighbours among some vectors; of an answer with very many cases, some of them, evenly drawn."""
    import numpy as np

    each = max(2 * _NEAREST, most // count)
    kept, starts = [], [0]
    for answer in range(count):
        own = np.flatnonzero(answers == answer)
        if len(own) > each:
            own = own[np.linspace(0, len(own) - 1, each).astype(np.int64)]
        kept.append(own)
        starts.append(starts[-1] + len(own))
    return Neighbours(vectors[np.concatenate(kept)].astype(np.float16), np.array(starts))


def neighbours_of(arrays: "Mapping[str, NDArray[Any]]", count: int, *, width: int) -> Neighbours:
    """Neighbours of `count` answers. Raises ValueError or KeyError for anything else."""
    import numpy as np

    learned, starts = floats(arrays["learned"], 2), arrays["starts"]
    if starts.shape != (count + 1,) or starts.dtype.kind != "i" or learned.shape[1] != width:
        raise ValueError("its neighbours have another shape")
    if starts[0] != 0 or starts[-1] != len(learned) or (np.diff(starts) < 1).any():
        raise ValueError("an answer has no neighbours")
    return Neighbours(learned, starts.astype(np.int64))


def linear(rows: Any, answers: "NDArray[np.int64]", count: int, *, strength: float) -> "tuple[Any, Any]":
    """(d, k) weights and (k,) constants of a linear support vector machine, one answer against the rest.

    rows      (n, d) array or sparse matrix
    strength  inverse of the ridge
    """
    import numpy as np
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=strength, random_state=0).fit(rows, answers)
    weights, constants = fitted.coef_.T.astype(np.float32), np.atleast_1d(fitted.intercept_)
    if count == 2:
        weights, constants = np.hstack([-weights, weights]), np.concatenate([-constants, constants])
    return weights, constants.astype(np.float32)
