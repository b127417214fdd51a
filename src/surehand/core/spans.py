"""Where in a text something was said: spans of code points, checked, found by looking, and laid over it."""

import unicodedata
from collections.abc import Sequence
from typing import Any

#: From the first letter to behind the last, in code points.
Span = tuple[int, int]

#: Letters of a text in which words are looked for, and places that are tried.
_SEARCHED, _TRIED = 200_000, 1_000

#: Shorter words stand everywhere by chance; longer ones are no quote.
_SHORTEST, _LONGEST = 2, 2_000

#: Marks that belong to one letter, at most: more of them are a prank.
_MOST_MARKS = 32

_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def checked(text: str, start: Any, end: Any) -> Span | None:
    """The span that somebody named, widened to whole letters; None where it is none of this text."""
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return None
    return _whole(text, start, end) if text[start:end].strip() else None


def found_once(text: str, words: str) -> Span | None:
    """Where words stand in a text, as they are and as whole words, if they do so once and not more often.

    It is looked for in the first 200,000 letters, and for words of 2 to 2,000 letters.
    """
    words = words.strip()
    if not _SHORTEST <= len(words) <= _LONGEST:
        return None
    found: list[int] = []
    at = -1
    for _ in range(_TRIED):
        at = text.find(words, at + 1, _SEARCHED)
        if at < 0:
            return _whole(text, found[0], found[0] + len(words)) if found else None
        if _stands_alone(text, at, at + len(words)):
            if found:
                return None
            found.append(at)
    return None


def parts(text: str, size: int) -> list[Span]:
    """A text cut into parts of at most `size` letters, at the end of a line or of a word where one ends."""
    found, start = [], 0
    while len(text) - start > size:
        near = start + size * 3 // 4
        end = text.rfind("\n", near, start + size) + 1 or text.rfind(" ", near, start + size) + 1
        end = end or _whole(text, start, start + size)[1]
        found.append((start, end))
        start = end
    return [*found, (start, len(text))] if start < len(text) or not found else found


def laid_over(text: str, part: Span, spans: Sequence[Span]) -> list[tuple[str, int | None]]:
    """A part of a text in pieces, each with the index of the span that it belongs to.

    spans  those that begin in the part. None is laid over another: one that begins inside another keeps what
           is left of it, and is an empty piece behind it where nothing is left
    """
    pieces: list[tuple[str, int | None]] = []
    at, last = part
    for index in sorted(range(len(spans)), key=lambda index: spans[index]):
        start = max(spans[index][0], at)
        end = min(max(spans[index][1], start), last)
        if start > at:
            pieces.append((text[at:start], None))
        pieces.append((text[start:end], index))
        at = end
    return [*pieces, (text[at:last], None)] if at < last else pieces


def _whole(text: str, start: int, end: int) -> Span:
    """The span with all of its first and of its last letter: no mark is parted from what it stands on."""
    for _ in range(_MOST_MARKS):
        if start == 0 or not _belongs(text, start):
            break
        start -= 1
    for _ in range(_MOST_MARKS):
        if end == len(text) or not _belongs(text, end):
            break
        end += 1
    return start, end


def _belongs(text: str, at: int) -> bool:
    """What stands here belongs to the letter before it."""
    return text[at] in _JOINERS or text[at - 1] == "\u200d" or unicodedata.category(text[at])[0] == "M"


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (_goes_on(text, start - 1, -1, text[start]) or _goes_on(text, end, 1, text[end - 1]))


def _goes_on(text: str, beside: int, step: int, edge: str) -> bool:
    """The word or the number at this edge is longer than what was looked for."""
    if not edge.isalnum() or not 0 <= beside < len(text):
        return False
    if text[beside].isalnum() or text[beside] == "_":
        return True
    beyond = beside + step
    inside = text[beside] in ".," and 0 <= beyond < len(text)
    return inside and edge.isdigit() and text[beyond].isdigit()
