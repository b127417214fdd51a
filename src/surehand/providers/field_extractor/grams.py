"""Texts as hashed features: which words and parts of words stand where, in a fixed number of places."""

import itertools
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Number of places; a power of two.
WIDTH = 1 << 15
_MASK = WIDTH - 1
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_DIGITS = re.compile(r"\d")
_MOST_WORDS = 14


@lru_cache(maxsize=50_000)
def _parts(word: str) -> tuple[int, ...]:
    """Hashes of a word and of its parts of three and four characters; digits all count as 9."""
    word = _DIGITS.sub("9", word)
    padded = f"^{word[:24]}$"
    texts = {padded}
    for size in (3, 4):
        texts.update(padded[at : at + size] for at in range(len(padded) - size + 1))
    return tuple(zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in sorted(texts))


def words(text: str) -> list[str]:
    """Words and signs of an upper-case text."""
    return _WORD.findall(text)


def of_text(place: int, text: str, *, last: bool = False) -> list[int]:
    """Features of a text at one place, such as "left of the value": its words, their parts, and pairs.

    place  which place, a small number; the same word elsewhere is another feature
    last   keep the last words rather than the first where there are many
    """
    found = words(text)
    found = found[-_MOST_WORDS:] if last else found[:_MOST_WORDS]
    salt = (place * 2_654_435_761 + 97) & 0xFFFFFFFF
    out = [((part ^ salt) * 2_246_822_519 >> 7) & _MASK for word in found for part in _parts(word)]
    for one, two in itertools.pairwise(found):
        out.append(of_word(place + 64, f"{one} {two}"))
    if found:
        out.append(of_word(place + 128, found[-1] if last else found[0]))
    return out


@lru_cache(maxsize=50_000)
def of_word(place: int, word: str) -> int:
    """The feature of one whole word or sign of a state at one place."""
    text = f"{place}|{_DIGITS.sub('9', word)}"
    return (zlib.crc32(text.encode("utf-8", "surrogatepass")) * 2_654_435_761 >> 9) & _MASK


def scores(
    rows: Sequence[Sequence[int]], weights: "NDArray[np.float32]", bias: float
) -> "NDArray[np.float64]":
    """Sum of the weights at each row's places, plus the constant: (n,) log odds."""
    import numpy as np

    if not rows:
        return np.zeros(0)
    lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    flat = np.fromiter((place for row in rows for place in row), dtype=np.int64, count=int(lengths.sum()))
    ends = np.concatenate([[0.0], np.cumsum(weights[flat].astype(np.float64))])
    stops = np.cumsum(lengths)
    out: NDArray[np.float64] = ends[stops] - ends[stops - lengths] + bias
    return out
