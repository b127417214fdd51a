"""Words, parts of words and pairs of words: how texts are cut into them, and which of them were learned.

Words are kept as hashes, so that a model does not hold what people wrote.
"""

import itertools
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from surehand.providers.archive import floats

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

    def part(self, which: "NDArray[np.int64]") -> "Bags":
        """Some of the texts."""
        return replace(self, texts=[self.texts[at] for at in which.tolist()])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words, parts and pairs that were learned.

    places  (f,) hashes
    idf     (f,) how telling each is
    """

    places: "NDArray[np.int32]"
    idf: "NDArray[np.float32]"

    def table(self, *weights: "NDArray[np.float16]") -> "NDArray[np.float32]":
        """(f + 1, c) weights side by side, times `idf`, ready for `sums`; the last row is of what is unknown.

        weights  (f, ...) each
        """
        import numpy as np

        both = np.hstack(weights).astype(np.float32) * self.idf[:, None]
        return np.vstack([both, np.zeros((1, both.shape[1]), dtype=np.float32)])

    def sums(
        self, made: Bags, table: "NDArray[np.float32]"
    ) -> "tuple[NDArray[np.float32], NDArray[np.bool_]]":
        """(n, c) what texts of length 1 add up to in a table, and (n,) which of them hold nothing learned."""
        import numpy as np

        rows, square = self._rows(made, table)
        n = len(made.texts)
        sums, squares = np.zeros((n, table.shape[1]), dtype=np.float32), np.zeros(n)
        for start in range(0, n, _AT_ONCE):
            texts = made.texts[start : start + _AT_ONCE]
            flat, starts = _flat(texts, nothing=len(rows) - 1)
            sums[start : start + len(texts)] = np.add.reduceat(rows[flat], starts, axis=0)
            squares[start : start + len(texts)] = np.add.reduceat(square[flat], starts)
        blank = squares <= 0
        sums /= np.sqrt(np.where(blank, 1.0, squares))[:, None].astype(np.float32)
        return sums, blank

    def _rows(
        self, made: Bags, table: "NDArray[np.float32]"
    ) -> "tuple[NDArray[np.float32], NDArray[np.float64]]":
        """(rows + 1, c) what each different word or pair adds, and (rows + 1,) its squared length."""
        import numpy as np

        place = lookup(self.places)
        squares = np.append(self.idf.astype(np.float64) ** 2, 0.0)
        words, pairs = len(made.parts), place[np.array(made.pairs, dtype=np.int64)]
        rows = np.zeros((words + len(pairs) + 1, table.shape[1]), dtype=np.float32)
        square = np.zeros(len(rows))
        rows[words:-1], square[words:-1] = table[pairs], squares[pairs]
        for start in range(0, words, _AT_ONCE):
            flat, starts = _flat(made.parts[start : start + _AT_ONCE], nothing=WIDTH)
            known = place[flat]
            own = slice(start, start + len(starts))
            rows[own] = np.add.reduceat(table[known], starts, axis=0)
            square[own] = np.add.reduceat(squares[known], starts)
        return rows, square

    def because(
        self, texts: Sequence[str], best: "NDArray[np.int64]", table: "NDArray[np.float32]"
    ) -> list[tuple[str, ...]]:
        """The two words of each text that add most to its answer, the column `best`; -1: it has none."""
        import numpy as np

        made = bags(texts, pairs=False)
        number: dict[tuple[int, int], int] = {}
        asked = [
            [number.setdefault((word, answer), len(number)) for word in text] if answer >= 0 else []
            for text, answer in zip(made.texts, best.tolist(), strict=True)
        ]
        if not number:
            return [() for _ in texts]
        flat, starts = _flat([made.parts[word] for word, _ in number], nothing=WIDTH)
        answers = np.repeat([answer for _, answer in number], np.diff(np.append(starts, len(flat))))
        adds = np.add.reduceat(table[lookup(self.places)[flat], answers], starts).tolist()
        words = [made.words[word] for word, _ in number]
        return [_telling(one, adds, words) for one in asked]

    def scaled(self, made: Bags) -> Any:
        """(n, f) sparse: each text at length 1, as `sums` takes it."""
        import numpy as np
        from scipy.sparse import csr_matrix, diags

        rows = [*made.parts, *((place,) for place in made.pairs)]
        flat, starts = _flat(rows, nothing=WIDTH)
        squares = np.append(self.idf.astype(np.float64) ** 2, 0.0)
        square = np.append(np.add.reduceat(squares[lookup(self.places)[flat]], starts), 0.0)
        flat, starts = _flat(made.texts, nothing=len(rows))
        length = np.sqrt(np.add.reduceat(square[flat], starts))
        scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
        counts = _counts(made)[:, self.places]
        return csr_matrix(diags(scale) @ counts @ diags(self.idf.astype(np.float64)))

    @property
    def arrays(self) -> "dict[str, NDArray[Any]]":
        """What makes it up again, see `vocabulary_of`."""
        return {"places": self.places, "idf": self.idf}


def learned(made: Bags, count: int) -> Vocabulary:
    """The words, parts and pairs that occur most often in texts, which are to speak for `count` answers."""
    import numpy as np

    counts, texts = _counts(made), len(made.texts)
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    seen[np.asarray(counts.sum(axis=0)).ravel() == 0] = 0
    most = max(100, min(_MOST_PLACES, _MOST_NUMBERS // count))
    often = np.flatnonzero(seen >= (1 if texts < _FEW else 2))
    places = np.sort(often[np.argsort(-seen[often], kind="stable")[:most]])
    idf = np.log((1 + texts) / (1 + seen[places])) + 1
    whole = np.zeros(WIDTH, dtype=bool)
    whole[[one[0] for one in made.parts]] = True
    idf = np.where(whole[places], idf, idf * _OF_PART).astype(np.float32)
    return Vocabulary(places.astype(np.int32), idf)


def vocabulary_of(arrays: "Mapping[str, NDArray[Any]]") -> Vocabulary:
    """From its arrays. Raises ValueError or KeyError where they are none."""
    import numpy as np

    places, idf = arrays["places"], floats(arrays["idf"], 1)
    if places.ndim != 1 or places.dtype.kind != "i" or (len(places) and not places.min() >= 0):
        raise ValueError("its words are not places")
    if len(places) and places.max() >= WIDTH:
        raise ValueError("its words lie outside of their table")
    if idf.shape != places.shape:
        raise ValueError("its arrays have another length")
    return Vocabulary(places.astype(np.int32), idf)


def _counts(made: Bags) -> Any:
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


def _telling(asked: Sequence[int], adds: Sequence[float], words: Sequence[str]) -> tuple[str, ...]:
    two = sorted(set(asked), key=adds.__getitem__, reverse=True)[:2]
    telling = [f"'{words[one]}'" for one in two if adds[one] > 0]
    verb = "speaks" if len(telling) == 1 else "speak"
    return (f"{' and '.join(telling)} {verb} for it.",) if telling else ()


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
