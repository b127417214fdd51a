"""Texts by their words: which words, parts of words and pairs of words speak for an answer.

Words are kept as hashes, so that a model does not hold what people wrote.
"""

import itertools
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from surehand.errors import NotEnoughEvidence
from surehand.providers.archive import floats
from surehand.providers.classifier.panel import Opinions, linear

from .inputs import text_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Places that words are hashed to; a power of two.
WIDTH = 1 << 18
_WORD = re.compile(r"\w+|[^\w\s]")
#: Words of one text that are read, and letters of one word.
_MOST_WORDS, _LONGEST_WORD = 2_000, 40
_PARTS = (3, 4, 5)
#: What a part of a word counts beside a whole one.
_OF_PART = 0.5
_AT_ONCE = 512
#: Words, parts and pairs that are learned at most, and numbers that their weights may take.
_MOST_PLACES, _MOST_NUMBERS = 40_000, 6_000_000
#: With fewer texts, words that occur once are learned as well.
_FEW = 300
_STRENGTH = 1.0


@dataclass(frozen=True, slots=True)
class Bags:
    """n texts as words, each different word worked on once.

    words   the different words
    parts   the places of each of these and of its parts
    pairs   the place of each different pair of words
    texts   which words each text has, and then which pairs, counted on from the words; each counts once,
            so that a word that is repeated speaks no louder
    """

    words: list[str]
    parts: list[tuple[int, ...]]
    pairs: list[int]
    texts: list[list[int]]


@dataclass(frozen=True, slots=True)
class WordPanel:
    """A linear method over words, beside the likeness to the mean of each answer's texts.

    reads     names of the facts that are read
    places    (f,) hashes that were learned
    idf       (f,) how telling each is
    weights   (f, k) of the linear method, in half precision
    constant  (k,)
    means     (f, k) mean of each answer's texts at length 1, in half precision
    table     (f + 1, 2 k) both times `idf`, ready for sums; the last row is of what was not learned
    """

    reads: tuple[str, ...]
    places: "NDArray[np.int32]"
    idf: "NDArray[np.float32]"
    weights: "NDArray[np.float16]"
    constant: "NDArray[np.float32]"
    means: "NDArray[np.float16]"
    table: "NDArray[np.float32]"

    @classmethod
    def of_parts(
        cls, reads: tuple[str, ...], places: Any, idf: Any, weights: Any, constant: Any, means: Any
    ) -> "WordPanel":
        """From its arrays."""
        import numpy as np

        both = np.hstack([weights, means]).astype(np.float32) * idf[:, None]
        table = np.vstack([both, np.zeros((1, both.shape[1]), dtype=np.float32)])
        return cls(reads, places, idf, weights, constant, means, table)

    def opinions(self, cases: Sequence[Mapping[str, Any]]) -> Opinions:
        """See `Panel`."""
        return self.of_bags(bags([text_of(case, self.reads) for case in cases]))

    def of_bags(self, made: Bags) -> Opinions:
        """The same of texts that were cut before."""
        import numpy as np

        rows, square = self._rows(made)
        n, k = len(made.texts), self.weights.shape[1]
        sums, squares = np.zeros((n, 2 * k), dtype=np.float32), np.zeros(n)
        for start in range(0, n, _AT_ONCE):
            texts = made.texts[start : start + _AT_ONCE]
            flat, starts = _flat(texts, nothing=len(rows) - 1)
            sums[start : start + len(texts)] = np.add.reduceat(rows[flat], starts, axis=0)
            squares[start : start + len(texts)] = np.add.reduceat(square[flat], starts)
        blank = squares <= 0
        sums /= np.sqrt(np.where(blank, 1.0, squares))[:, None].astype(np.float32)
        # nothing is more like a mean than itself: words with many parts in common would make a text too long
        sums /= np.maximum(1.0, sums[:, k:].max(axis=1, initial=0.0))[:, None].astype(np.float32)
        likeness = sums[:, k:].astype(np.float64)
        return Opinions((sums[:, :k] + self.constant).astype(np.float64), likeness, likeness, blank)

    def _rows(self, made: Bags) -> "tuple[NDArray[np.float32], NDArray[np.float64]]":
        """(rows + 1, 2 k) what each different word or pair adds, and (rows + 1,) its squared length."""
        import numpy as np

        place = lookup(self.places)
        squares = np.append(self.idf.astype(np.float64) ** 2, 0.0)
        words, pairs = len(made.parts), place[np.array(made.pairs, dtype=np.int64)]
        rows = np.zeros((words + len(pairs) + 1, self.table.shape[1]), dtype=np.float32)
        square = np.zeros(len(rows))
        rows[words:-1], square[words:-1] = self.table[pairs], squares[pairs]
        for start in range(0, words, _AT_ONCE):
            flat, starts = _flat(made.parts[start : start + _AT_ONCE], nothing=WIDTH)
            known = place[flat]
            own = slice(start, start + len(starts))
            rows[own] = np.add.reduceat(self.table[known], starts, axis=0)
            square[own] = np.add.reduceat(squares[known], starts)
        return rows, square

    def because(self, cases: Sequence[Mapping[str, Any]], best: "NDArray[np.int64]") -> list[tuple[str, ...]]:
        """The two words that add most to the answer."""
        import numpy as np

        made = bags([text_of(case, self.reads) for case in cases], pairs=False)
        number: dict[tuple[int, int], int] = {}
        asked = [
            [number.setdefault((word, answer), len(number)) for word in text] if answer >= 0 else []
            for text, answer in zip(made.texts, best.tolist(), strict=True)
        ]
        if not number:
            return [() for _ in cases]
        flat, starts = _flat([made.parts[word] for word, _ in number], nothing=WIDTH)
        answers = np.repeat([answer for _, answer in number], np.diff(np.append(starts, len(flat))))
        adds = np.add.reduceat(self.table[lookup(self.places)[flat], answers], starts).tolist()
        words = [made.words[word] for word, _ in number]
        return [_telling(one, adds, words) for one in asked]

    def taken_apart(self) -> "tuple[dict[str, Any], dict[str, NDArray[Any]]]":
        """See `Panel`."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        return {"kind": "words", "reads": list(self.reads)}, arrays


def _telling(asked: Sequence[int], adds: Sequence[float], words: Sequence[str]) -> tuple[str, ...]:
    two = sorted(set(asked), key=adds.__getitem__, reverse=True)[:2]
    telling = [f"'{words[one]}'" for one in two if adds[one] > 0]
    verb = "speaks" if len(telling) == 1 else "speak"
    return (f"{' and '.join(telling)} {verb} for it.",) if telling else ()


_ARRAYS = ("places", "idf", "weights", "constant", "means")


def restored(described: Mapping[str, Any], arrays: "Mapping[str, NDArray[Any]]", count: int) -> WordPanel:
    """The panel in JSON and arrays. Raises ValueError or KeyError where they do not fit together."""
    import numpy as np

    places = arrays["places"]
    if places.ndim != 1 or places.dtype.kind != "i" or (len(places) and not places.min() >= 0):
        raise ValueError("its words are not places")
    if len(places) and places.max() >= WIDTH:
        raise ValueError("its words lie outside of their table")
    idf, constant = floats(arrays["idf"], 1), floats(arrays["constant"], 1)
    weights, means = floats(arrays["weights"], 2), floats(arrays["means"], 2)
    if not (idf.shape == places.shape and constant.shape == (count,)):
        raise ValueError("its arrays have another length")
    if not weights.shape == means.shape == (len(places), count):
        raise ValueError("its weights have another width")
    reads = tuple(map(str, described["reads"]))
    return WordPanel.of_parts(reads, places.astype(np.int32), idf, weights, constant, means)


def bags(texts: Sequence[str], *, pairs: bool = True) -> Bags:
    """Texts cut into words.

    pairs  also which words follow each other
    """
    number: dict[str, int] = {}
    cut = []
    for text in texts:
        found = _WORD.findall(text.lower())[:_MOST_WORDS]
        cut.append([number.setdefault(word[:_LONGEST_WORD], len(number)) for word in found])
    words = list(number)
    following: dict[tuple[int, int], int] = {}
    if pairs:
        cut = [
            [*dict.fromkeys(one), *(following.setdefault(pair, len(words) + len(following)) for pair in
             dict.fromkeys(itertools.pairwise(one)))]
            for one in cut
        ]  # fmt: skip
    places = [_place(f"{words[one]} {other}") for one, other in ((a, words[b]) for a, b in following)]
    return Bags(words, [_parts(word) for word in words], places, cut)


@lru_cache(maxsize=100_000)
def _parts(word: str) -> tuple[int, ...]:
    """The places of a word and of its parts, each once."""
    padded = f" {word} "
    found = {f"#{padded[at : at + size]}" for size in _PARTS for at in range(len(padded) - size + 1)}
    return (_place(word), *sorted(map(_place, found)))


def _place(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) * 2_654_435_761 >> 7 & (WIDTH - 1)


def _flat(rows: Sequence[Sequence[int]], *, nothing: int) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """All entries in a row with where each begins; one that stands for nothing is added to each."""
    import numpy as np

    counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows)) + 1
    ends = np.cumsum(counts)
    flat = np.full(int(ends[-1]) if len(rows) else 0, nothing, dtype=np.int64)
    there = np.ones(len(flat), dtype=bool)
    there[ends - 1] = False
    flat[there] = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int64, count=int(there.sum()))
    return flat, ends - counts


def lookup(places: "NDArray[np.int32]") -> "NDArray[np.int32]":
    """(WIDTH + 1,) where each hash is among the learned ones; one behind the last where it is not."""
    import numpy as np

    table = np.full(WIDTH + 1, len(places), dtype=np.int32)
    table[places] = np.arange(len(places), dtype=np.int32)
    return table


# --- learning


class WordCourse:
    """Examples as words, of which any part can teach a panel."""

    def __init__(self, reads: tuple[str, ...], cases: Sequence[Mapping[str, Any]]) -> None:
        self._reads = reads
        self._bags = bags([text_of(case, reads) for case in cases])

    def opinions(self, panel: WordPanel, part: "NDArray[np.int64]") -> Opinions:
        """See `Course`."""
        return panel.of_bags(self._part(part))

    def _part(self, part: "NDArray[np.int64]") -> Bags:
        return replace(self._bags, texts=[self._bags.texts[at] for at in part.tolist()])

    def panel(self, part: "NDArray[np.int64]", answers: "NDArray[np.int64]", count: int) -> WordPanel:
        """See `Course`."""
        import numpy as np

        counts = self._counts(self._part(part))
        seen = np.asarray((counts > 0).sum(axis=0)).ravel()
        seen[np.asarray(counts.sum(axis=0)).ravel() == 0] = 0
        most = max(100, min(_MOST_PLACES, _MOST_NUMBERS // count))
        often = np.flatnonzero(seen >= (1 if len(part) < _FEW else 2))
        places = np.sort(often[np.argsort(-seen[often], kind="stable")[:most]])
        if not len(places):
            raise NotEnoughEvidence("there is nothing to read in the examples: they have no words in common")
        idf = np.log((1 + len(part)) / (1 + seen[places])) + 1
        whole = np.zeros(WIDTH, dtype=bool)
        whole[[one[0] for one in self._bags.parts]] = True
        idf = np.where(whole[places], idf, idf * _OF_PART).astype(np.float32)
        X = self._scaled(self._part(part), counts[:, places], places, idf)
        weights, constant = linear(X, answers, count, strength=_STRENGTH)
        means = np.zeros((len(places), count), dtype=np.float32)
        for answer in range(count):
            mean = np.asarray(X[answers == answer].mean(axis=0)).ravel()
            means[:, answer] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        half = weights.astype(np.float16), means.astype(np.float16)
        return WordPanel.of_parts(self._reads, places.astype(np.int32), idf, half[0], constant, half[1])

    def _counts(self, made: Bags) -> Any:
        """(n, WIDTH) sparse: how often each text has each place."""
        import numpy as np
        from scipy.sparse import csr_matrix

        def incidence(rows: Sequence[Sequence[int]], width: int) -> Any:
            counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
            flat = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int64, count=int(counts.sum()))
            starts = np.concatenate([[0], np.cumsum(counts)])
            found = csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(rows), width))
            found.sum_duplicates()
            return found

        rows = [*made.parts, *((place,) for place in made.pairs)]
        return incidence(made.texts, len(rows)) @ incidence(rows, WIDTH)

    def _scaled(self, made: Bags, counts: Any, places: Any, idf: Any) -> Any:
        """Counts times `idf`, at the length that `WordPanel` gives a text."""
        import numpy as np
        from scipy.sparse import csr_matrix, diags

        rows = [*made.parts, *((place,) for place in made.pairs)]
        flat, starts = _flat(rows, nothing=WIDTH)
        squares = np.append(idf.astype(np.float64) ** 2, 0.0)
        square = np.append(np.add.reduceat(squares[lookup(places)[flat]], starts), 0.0)
        flat, starts = _flat(made.texts, nothing=len(rows))
        length = np.sqrt(np.add.reduceat(square[flat], starts))
        scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
        return csr_matrix(diags(scale) @ counts @ diags(idf.astype(np.float64)))
