"""Texts by their meaning: a linear method over sentence vectors, beside the nearest learned texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.providers.archive import floats
from surehand.providers.classifier.panel import Neighbours, Opinions, linear, neighbours_of, remembered

from .encoder import WEIGHTS, WIDTH, encoder
from .inputs import text_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STRENGTH = 1.0


@dataclass(frozen=True, slots=True)
class MeaningPanel:
    """A linear method over sentence vectors, and the nearest learned texts of each answer.

    reads       names of the facts that are read
    weights     (WIDTH, k)
    constant    (k,)
    neighbours  vectors of learned texts
    """

    reads: tuple[str, ...]
    weights: "NDArray[np.float32]"
    constant: "NDArray[np.float32]"
    neighbours: Neighbours

    def opinions(self, cases: Sequence[Mapping[str, Any]]) -> Opinions:
        """See `Panel`. Raises SettingsInvalid where the weights of the encoder are missing."""
        vectors, blank = _vectors([text_of(case, self.reads) for case in cases])
        return self.of_vectors(vectors, blank)

    def of_vectors(self, vectors: "NDArray[np.float32]", blank: "NDArray[np.bool_]") -> Opinions:
        """The same of texts that were encoded before."""
        import numpy as np

        near = self.neighbours.nearness(vectors)
        first = (vectors @ self.weights + self.constant).astype(np.float64)
        return Opinions(first, near, near, blank)

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """Nothing: what a vector of meaning rests on cannot be told in words."""
        return [() for _ in cases]

    def taken_apart(self) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
        """See `Panel`."""
        described = {"kind": "sentences", "reads": list(self.reads), "encoder": WEIGHTS}
        return described, {
            "weights": self.weights, "constant": self.constant,
            "learned": self.neighbours.learned, "starts": self.neighbours.starts,
        }  # fmt: skip


def restored(described: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]", count: int) -> MeaningPanel:
    """The panel in JSON and arrays. Raises ValueError or KeyError where they do not fit together."""
    if described["encoder"] != WEIGHTS:
        raise ValueError("it was trained with another sentence encoder: train it again")
    weights, constant = floats(arrays["weights"], 2), floats(arrays["constant"], 1)
    if weights.shape != (WIDTH, count) or constant.shape != (count,):
        raise ValueError("its weights have another width")
    neighbours = neighbours_of(arrays, count, width=WIDTH)
    return MeaningPanel(tuple(map(str, described["reads"])), weights, constant, neighbours)


def _vectors(texts: Sequence[str]) -> "tuple[NDArray[np.float32], NDArray[np.bool_]]":
    import numpy as np

    blank = np.array([not text.strip() for text in texts], dtype=bool)
    vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
    vectors[~blank] = encoder().vectors([text for text in texts if text.strip()])
    return vectors, blank


class MeaningCourse:
    """Examples as sentence vectors, of which any part can teach a panel."""

    def __init__(self, reads: tuple[str, ...], cases: Sequence[Mapping[str, Any]]) -> None:
        self._reads = reads
        self._vectors, self._blank = _vectors([text_of(case, reads) for case in cases])

    def opinions(self, panel: MeaningPanel, part: "NDArray[np.int64]") -> Opinions:
        """See `Course`."""
        return panel.of_vectors(self._vectors[part], self._blank[part])

    def panel(self, part: "NDArray[np.int64]", answers: "NDArray[np.int64]", count: int) -> MeaningPanel:
        """See `Course`."""
        vectors = self._vectors[part]
        weights, constant = linear(vectors, answers, count, strength=_STRENGTH)
        return MeaningPanel(self._reads, weights, constant, remembered(vectors, answers, count))
