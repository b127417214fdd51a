"""Recognised lines put back into the rows of the paper."""

from dataclasses import dataclass
from statistics import median

from surehand.core.documents import Box, Document, Word
from surehand.core.recommendation import Evidence
from surehand.core.slope import straightened

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
            rows += [_row(group, number, usual) for group in straightened(words)]
    return rows


def _row(group: list[Word], page: int, usual: float) -> Row:
    words = tuple(sorted(group, key=lambda word: word.box.x0))
    text = " ".join(" ".join(word.text.upper().split()) for word in words)
    return Row(page, words, text[:_LONGEST], max(word.box.height for word in words) / usual)
