"""Texts by their meaning: a linear method over sentence vectors and words, beside the nearest texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.providers.archive import floats
from surehand.providers.classifier.panel import Neighbours, Opinions, linear, neighbours_of, remembered

from .encoder import WEIGHTS, WIDTH, encoder
from .inputs import text_of
from .vocabulary import Bags, Vocabulary, bags, learned, vocabulary_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STRENGTH = 0.5
#: Length of a sentence vector beside the words of the text, whose length is 1.
_LONG = 1.5


@dataclass(frozen=True, slots=True)
class MeaningPanel:
    """A linear method over sentence vectors and words, and the nearest learned texts of each answer.

    reads       names of the facts that are read
    weights     (WIDTH, k) of the vectors
    constant    (k,)
    neighbours  vectors of learned texts
    words       that were learned
    spoken      (f, k) weights of the words, in half precision
    table       (f + 1, k) of the same, ready for sums
    """

    reads: tuple[str, ...]
    weights: "NDArray[np.float32]"
    constant: "NDArray[np.float32]"
    neighbours: Neighbours
    words: Vocabulary
    spoken: "NDArray[np.float16]"
    table: "NDArray[np.float32]"

    @classmethod
    def of_parts(
        cls, reads: tuple[str, ...], weights: Any, constant: Any, neighbours: Neighbours, words: Vocabulary,
        spoken: Any,
    ) -> "MeaningPanel":  # fmt: skip
        """From its arrays."""
        return cls(reads, weights, constant, neighbours, words, spoken, words.table(spoken))

    def opinions(self, cases: Sequence[Mapping[str, Any]]) -> Opinions:
        """See `Panel`. Raises SettingsInvalid where the weights of the encoder are missing."""
        texts = [text_of(case, self.reads) for case in cases]
        return self.of_vectors(*_vectors(texts), bags(texts))

    def of_vectors(self, vectors: "NDArray[np.float32]", blank: "NDArray[np.bool_]", made: Bags) -> Opinions:
        """The same of texts that were encoded and cut before."""
        import numpy as np

        near = self.neighbours.nearness(vectors)
        said, _ = self.words.sums(made, self.table)
        first = (vectors @ self.weights + said + self.constant).astype(np.float64)
        return Opinions(first, near, near, blank)

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """The two words that add most to the answer; what a vector rests on cannot be told in words."""
        return self.words.because([text_of(case, self.reads) for case in cases], best, self.table)

    def taken_apart(self) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
        """See `Panel`."""
        described = {"kind": "sentences", "reads": list(self.reads), "encoder": WEIGHTS}
        return described, {
            "weights": self.weights, "constant": self.constant, "learned": self.neighbours.learned,
            "starts": self.neighbours.starts, "spoken": self.spoken, **self.words.arrays,
        }  # fmt: skip


def restored(described: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]", count: int) -> MeaningPanel:
    """The panel in JSON and arrays. Raises ValueError or KeyError where they do not fit together."""
    import numpy as np

    if described["encoder"] != WEIGHTS:
        raise ValueError("it was trained with another sentence encoder: train it again")
    weights, constant = floats(arrays["weights"], 2), floats(arrays["constant"], 1)
    if "spoken" not in arrays:  # it was made before words were read beside vectors
        none = Vocabulary(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
        arrays = {**arrays, **none.arrays, "spoken": np.zeros((0, count), dtype=np.float16)}
    words, spoken = vocabulary_of(arrays), floats(arrays["spoken"], 2)
    if weights.shape != (WIDTH, count) or constant.shape != (count,):
        raise ValueError("its weights have another width")
    if spoken.shape != (len(words.places), count):
        raise ValueError("its words have another width")
    neighbours = neighbours_of(arrays, count, width=WIDTH)
    reads = tuple(map(str, described["reads"]))
    return MeaningPanel.of_parts(reads, weights, constant, neighbours, words, spoken)


def _vectors(texts: Sequence[str]) -> "tuple[NDArray[np.float32], NDArray[np.bool_]]":
    import numpy as np

    blank = np.array([not text.strip() for text in texts], dtype=bool)
    vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
    vectors[~blank] = encoder().vectors([text for text in texts if text.strip()])
    return vectors, blank


class MeaningCourse:
    """Examples as sentence vectors and words, of which any part can teach a panel."""

    def __init__(self, reads: tuple[str, ...], cases: Sequence[Mapping[str, Any]]) -> None:
        self._reads = reads
        texts = [text_of(case, reads) for case in cases]
        self._vectors, self._blank = _vectors(texts)
        self._bags = bags(texts)

    def opinions(self, panel: MeaningPanel, part: "NDArray[np.int64]") -> Opinions:
        """See `Course`."""
        return panel.of_vectors(self._vectors[part], self._blank[part], self._bags.part(part))

    def panel(self, part: "NDArray[np.int64]", answers: "NDArray[np.int64]", count: int) -> MeaningPanel:
        """See `Course`."""
        import numpy as np
        from scipy.sparse import csr_matrix, hstack

        vectors, made = self._vectors[part], self._bags.part(part)
        words = learned(made, count)
        both = hstack([words.scaled(made), csr_matrix(vectors * _LONG)], format="csr")
        weights, constant = linear(both, answers, count, strength=_STRENGTH)
        spoken, of_vectors = np.split(weights, [len(words.places)])
        neighbours = remembered(vectors, answers, count)
        return MeaningPanel.of_parts(
            self._reads, of_vectors * np.float32(_LONG), constant, neighbours, words,
            spoken.astype(np.float16),
        )  # fmt: skip
