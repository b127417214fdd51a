"""What changed between two texts, word by word. What it costs is bounded, whatever the texts are.

Long texts, and texts that have little in common, are compared by lines, and what is left as a whole.
Source: Myers, An O(ND) difference algorithm and its variations, 1986.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Words of both texts that are compared one by one, and steps that a comparison may take: about 0.1 s.
_MOST, _STEPS = 8_000, 150_000

#: A number, marks of a sentence, a sign that is a word, or anything else up to a space; then spaces.
_WORD = re.compile(
    r"(?:\d[\d.,:]*\d|[.,;:!?()\[\]{}\"\u201c\u201d\u201e\u00ab\u00bb\u2026]+"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"|[^\s.,;:!?()\[\]{}\"\u201c\u201d\u201e\u00ab\u00bb\u2026\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|^)\s*"
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+$")
_COUNTED = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that both texts have ('same'), that were taken out ('out') or put in ('in')."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class TextDiff:
    """What changed.

    pieces    in order. Without those that were put in they are the text before, and without those that were
              taken out the text after, but for spaces
    by        what was compared: 'words' or 'lines'
    before    how many there were
    out, put  how many were taken out, and put in
    same      the texts are the same to the letter
    """

    pieces: tuple[Piece, ...]
    by: str
    before: int
    out: int
    put: int
    same: bool


def compared(before: str, after: str) -> TextDiff:
    """What changed from one text to the other."""
    by, old, new = "words", _WORD.findall(before), _WORD.findall(after)
    kept = _kept(old, new) if len(old) + len(new) <= _MOST else None
    if kept is None:
        by, old, new = "lines", _LINE.findall(before), _LINE.findall(after)
        kept = _kept(old, new)
    pieces, out, put = [], 0, 0
    for kind, words in _pieces(old, new, kept or []):
        text = "".join(words)
        pieces.append(Piece(kind, text))
        count = _count(text) if by == "words" else len(words)
        out, put = out + count * (kind == "out"), put + count * (kind == "in")
    total = _count(before) if by == "words" else len(old)
    return TextDiff(tuple(pieces), by, total, min(out, total), put, before == after)


def _count(text: str) -> int:
    return len(_COUNTED.findall(text))


def _pieces(
    old: Sequence[str], new: Sequence[str], kept: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, Sequence[str]]]:
    """What is kept is told as it stands in the text after, so that its spaces are those of now."""
    a = b = 0
    same: list[str] = []
    for x, y in [*kept, (len(old), len(new))]:
        changes = [("out", old[a:x]), ("in", new[b:y])]
        changes = [(kind, words) for kind, words in changes if "".join(words)]
        if changes:
            if "".join(same):
                yield "same", same
            same = []
            yield from changes
        same += new[y : y + 1]
        a, b = x + 1, y + 1
    if "".join(same):
        yield "same", same


def _kept(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]] | None:
    """Places of the words that both have, in order; None where finding them would take too long."""
    one, other = [word.strip() for word in old], [word.strip() for word in new]
    head = 0
    while head < min(len(one), len(other)) and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < min(len(one), len(other)) - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    middle = _matched(one[head : len(one) - tail], other[head : len(other) - tail])
    if middle is None:
        return None
    ends = range(tail, 0, -1)
    return [
        *((place, place) for place in range(head)),
        *((x + head, y + head) for x, y in middle),
        *((len(one) - back, len(other) - back) for back in ends),
    ]


def _matched(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]] | None:
    """The longest row of pairs that are equal, by Myers; None when it takes more steps than are allowed."""
    if not one or not other:
        return []
    reached, trail, steps = {1: 0}, [], 0
    for edits in range(len(one) + len(other) + 1):
        trail.append(reached)
        reached = dict(reached)
        for line in range(-edits, edits + 1, 2):
            down = line == -edits or (line != edits and reached[line - 1] < reached[line + 1])
            x = start = reached[line + 1] if down else reached[line - 1] + 1
            y = x - line
            while x < len(one) and y < len(other) and one[x] == other[y]:
                x, y = x + 1, y + 1
            reached[line] = x
            steps += 1 + x - start
            if x >= len(one) and y >= len(other):
                return _walked_back(trail, len(one), len(other))
        steps += len(reached)
        if steps > _STEPS:
            return None
    return []


def _walked_back(trail: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for edits in range(len(trail) - 1, -1, -1):
        reached, line = trail[edits], x - y
        down = line == -edits or (line != edits and reached[line - 1] < reached[line + 1])
        before = line + 1 if down else line - 1
        start = max(reached[before], 0)
        while x > start + (not down) and y > start - before + down and x > 0 and y > 0:
            x, y = x - 1, y - 1
            found.append((x, y))
        x, y = start, start - before
    return found[::-1]
