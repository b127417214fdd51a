"""Texts cut into the pieces of words that the sentence vectors were trained on (WordPiece, lower case)."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

#: Pieces of one text; what stands behind is not read. The weights were trained on no more.
MOST = 128
_START, _END, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_LONGEST_WORD = 100
_LONGEST_TEXT = 4_000
#: Blocks of Chinese characters, each of which is a word of its own.
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class Pieces:
    """The vocabulary of a sentence encoder.

    vocabulary  piece -> its number; pieces inside of a word begin with ##
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._start, self._end = vocabulary[_START], vocabulary[_END]
        self._of_word = lru_cache(maxsize=50_000)(self._cut)

    def numbers(self, text: str) -> tuple[int, ...]:
        """The numbers of a text's pieces, with a mark at both ends; at most `MOST`."""
        out = [self._start]
        for word in _words(text[:_LONGEST_TEXT]):
            out += self._of_word(word)
            if len(out) >= MOST:
                break
        return (*out[: MOST - 1], self._end)

    def _cut(self, word: str) -> tuple[int, ...]:
        """The longest piece that fits, again and again; a word that cannot be cut is unknown."""
        if len(word) > _LONGEST_WORD:
            return (self._vocabulary[_UNKNOWN],)
        out: list[int] = []
        start = 0
        while start < len(word):
            stop = len(word)
            while stop > start:
                piece = ("##" if start else "") + word[start:stop]
                if piece in self._vocabulary:
                    out.append(self._vocabulary[piece])
                    break
                stop -= 1
            if stop == start:
                return (self._vocabulary[_UNKNOWN],)
            start = stop
        return tuple(out)


def _words(text: str) -> list[str]:
    """Words and signs in lower case without accents; every sign is a word of its own."""
    if text.isascii():
        plain = text.lower()
    else:
        plain = "".join(
            c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn"
        )
    return "".join(map(_apart, plain)).split()


@lru_cache(maxsize=20_000)
def _apart(character: str) -> str:
    """A character as it stands in the cut text: signs with spaces around, controls left out."""
    code = ord(character)
    if character in "\t\n\r" or unicodedata.category(character) == "Zs":
        return " "
    category = unicodedata.category(character)
    if code in (0, 0xFFFD) or category.startswith("C"):
        return ""
    ascii_sign = 33 <= code <= 126 and not character.isalnum()
    if ascii_sign or category.startswith("P") or any(low <= code <= high for low, high in _IDEOGRAPHS):
        return f" {character} "
    return character
