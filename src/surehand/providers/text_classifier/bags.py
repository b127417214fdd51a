"""Texts by their words: which words, parts of words and pairs of words speak for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surehand.errors import NotEnoughEvidence
from surehand.providers.archive import floats
from surehand.providers.classifier.panel import Opinions, linear

from .inputs import text_of
from .vocabulary import Bags, Vocabulary, bags, learned, vocabulary_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STRENGTH = 1.0


@dataclass(frozen=True, slots=True)
class WordPanel:
    """A linear method over words, beside the likeness to the mean of each answer's texts.

    reads     names of the facts that are read
    words     that were learned
    weights   (f, k) of the linear method, in half precision
    constant  (k,)
    means     (f, k) mean of each answer's texts at length 1, in half precision
    table     (f + 1, 2 k) of both, ready for sums
    """

    reads: tuple[str, ...]
    words: Vocabulary
    weights: "NDArray[np.float16]"
    constant: "NDArray[np.float32]"
    means: "NDArray[np.float16]"
    table: "NDArray[np.float32]"

    @classmethod
    def of_parts(
        cls, reads: tuple[str, ...], words: Vocabulary, weights: Any, constant: Any, means: Any
    ) -> "WordPanel":
        """From its arrays."""
        return cls(reads, words, weights, constant, means, words.table(weights, means))

    def opinions(self, cases: Sequence[Mapping[str, Any]]) -> Opinions:
        """See `Panel`."""
        return self.of_bags(bags([text_of(case, self.reads) for case in cases]))

    def of_bags(self, made: Bags) -> Opinions:
        """The same of texts that were cut before."""
        import numpy as np

        sums, blank = self.words.sums(made, self.table)
        k = self.weights.shape[1]
        # nothing is more like a mean than itself: words with many parts in common would make a text too long
        sums /= np.maximum(1.0, sums[:, k:].max(axis=1, initial=0.0))[:, None].astype(np.float32)
        likeness = sums[:, k:].astype(np.float64)
        return Opinions((sums[:, :k] + self.constant).astype(np.float64), likeness, likeness, blank)

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """The two words that add most to the answer."""
        return self.words.because([text_of(case, self.reads) for case in cases], best, self.table)

    def taken_apart(self) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
        """See `Panel`."""
        return {"kind": "words", "reads": list(self.reads)}, {
            **self.words.arrays, "weights": self.weights, "constant": self.constant, "means": self.means,
        }  # fmt: skip


def restored(described: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]", count: int) -> WordPanel:
    """The panel in JSON and arrays. Raises ValueError or KeyError where they do not fit together."""
    words, constant = vocabulary_of(arrays), floats(arrays["constant"], 1)
    weights, means = floats(arrays["weights"], 2), floats(arrays["means"], 2)
    if constant.shape != (count,):
        raise ValueError("its arrays have another length")
    if not weights.shape == means.shape == (len(words.places), count):
        raise ValueError("its weights have another width")
    return WordPanel.of_parts(tuple(map(str, described["reads"])), words, weights, constant, means)


class WordCourse:
    """Examples as words, of which any part can teach a panel."""

    def __init__(self, reads: tuple[str, ...], cases: Sequence[Mapping[str, Any]]) -> None:
        self._reads = reads
        self._bags = bags([text_of(case, reads) for case in cases])

    def opinions(self, panel: WordPanel, part: "NDArray[np.int64]") -> Opinions:
        """See `Course`."""
        return panel.of_bags(self._bags.part(part))

    def panel(self, part: "NDArray[np.int64]", answers: "NDArray[np.int64]", count: int) -> WordPanel:
        """See `Course`."""
        import numpy as np

        made = self._bags.part(part)
        words = learned(made, count)
        if not len(words.places):
            raise NotEnoughEvidence("there is nothing to read in the examples: they have no words in common")
        X = words.scaled(made)
        weights, constant = linear(X, answers, count, strength=_STRENGTH)
        means = np.zeros((len(words.places), count), dtype=np.float32)
        for answer in range(count):
            mean = np.asarray(X[answers == answer].mean(axis=0)).ravel()
            means[:, answer] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        half = weights.astype(np.float16), means.astype(np.float16)
        return WordPanel.of_parts(self._reads, words, half[0], constant, half[1])
