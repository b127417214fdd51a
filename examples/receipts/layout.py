"""Recognised lines put back into the rows of the paper."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from surehand.core.documents import Box, Document, Word
from surehand.core.recommendation import Evidence

#: How far a scan may lean, in height per width; tried beside level.
_SLOPES = (-0.01, 0.01, -0.02, 0.02, -0.03, 0.03, -0.045, 0.045)
_MANY = 400
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Row:
    """Everything that stands side by side on one page.

    words  from left to right
    text   their texts, upper case, one blank between them, cut at 500 characters
    size   height of the tallest word, in heights of the page's middle word
    """

    page: int
    words: tuple[Word, ...]
    text: str
    size: float

    @property
    def evidence(self) -> Evidence:
        """The whole row as a place on the document."""
        return evidence_of(self.words, self.page)


def evidence_of(words: tuple[Word, ...], page: int) -> Evidence:
    """The words, and the smallest box around all of them."""
    box = Box(
        x0=min(word.box.x0 for word in words),
        y0=min(word.box.y0 for word in words),
        x1=max(word.box.x1 for word in words),
        y1=max(word.box.y1 for word in words),
    )
    return Evidence(" ".join(word.text for word in words)[:300], page, box)


def rows_of(document: Document) -> list[Row]:
    """All rows of all pages, from top to bottom."""
    rows: list[Row] = []
    for number, page in enumerate(document.pages):
        words: list[Word] = [line for line in page.lines if line.text.strip()]
        if words:
            usual = median(word.box.height for word in words) or 1.0
            rows += [_row(group, number, usual) for group in _straightened(words)]
    return rows


def _straightened(words: list[Word]) -> list[list[Word]]:
    """Rows along the slope of the paper: another one than level must save rows and cover no words."""
    level = _grouped(words, 0.0)
    if len(words) > _MANY:
        return level
    best, least = level, len(level) + 2 * _covered(level) - 1
    for slope in _SLOPES:
        groups = _grouped(words, slope)
        cost = len(groups) + 2 * _covered(groups)
        if cost < least:
            best, least = groups, cost
    return best


def _covered(groups: list[list[Word]]) -> int:
    """How many words stand over or under another one of their row."""
    count = 0
    for group in groups:
        if len(group) > 1:
            spans = sorted((word.box.x0, word.box.x1) for word in group)
            count += sum(
                after[0] < before[1] - 0.3 * (after[1] - after[0]) for before, after in pairwise(spans)
            )
    return count


def _grouped(words: list[Word], slope: float) -> list[list[Word]]:
    """Words whose middles lie at nearly the same height, page turned by `slope`."""
    placed = sorted(
        (((box := word.box).y0 + box.y1) / 2 - slope * (box.x0 + box.x1) / 2, box.y1 - box.y0, index)
        for index, word in enumerate(words)
    )
    groups: list[list[Word]] = []
    last_middle = last_height = 0.0
    for middle, height, index in placed:
        if groups and middle - last_middle < 0.5 * min(height, last_height):
            groups[-1].append(words[index])
        else:
            groups.append([words[index]])
        last_middle, last_height = middle, height
    return groups


def _row(group: list[Word], page: int, usual: float) -> Row:
    words = tuple(sorted(group, key=lambda word: word.box.x0))
    text = " ".join(" ".join(word.text.upper().split()) for word in words)
    return Row(page, words, text[:_LONGEST], max(word.box.height for word in words) / usual)
