"""Glyphs to words, words to lines. Pure geometry, in an upright page with its origin top left."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

Corners = tuple[float, float, float, float]

#: A gap wider than this many heights of the text begins a new line: columns stay apart, as OCR engines keep them.
_WIDE = 0.7
#: A gap wider than this many sizes of the text parts two words even where no space was written.
_PART = 0.35
_LONGEST_WORD = 2_000
_MOST_WORDS = 500


@dataclass(slots=True)
class Glyph:
    """One visible character.

    box   its corners on the upright page
    size  of its font, in points on the page
    turn  quarter turns clockwise of the text on the upright page, 0 to 3
    pale  whether it is written in (nearly) white
    """

    text: str
    box: Corners
    size: float
    turn: int = 0
    pale: bool = False


@dataclass(slots=True)
class Run:
    """One word."""

    text: str
    box: Corners
    size: float
    turn: int = 0
    pale: bool = False


def words(glyphs: Iterable[Glyph | None]) -> list[Run]:
    """Words in the order of the glyphs; None stands for a break: a space, a line end, something hidden."""
    found: list[Run] = []
    open_: Run | None = None
    for glyph in glyphs:
        if glyph is None:
            open_ = None
        elif open_ is not None and _continues(open_, glyph):
            open_.text += glyph.text
            open_.box = union(open_.box, glyph.box)
        else:
            open_ = Run(glyph.text, glyph.box, glyph.size, glyph.turn, glyph.pale)
            found.append(open_)
    for word in found:
        word.text = cleaned(word.text)
    return [word for word in found if word.text]


def lines(found: Iterable[Run]) -> list[list[Run]]:
    """Words as lines, from top to bottom, within a row from left to right; a wide gap ends a line."""
    lined: list[tuple[float, float, list[Run]]] = []
    every = list(found)
    for turn in range(4):
        for row in _rows([word for word in every if word.turn == turn], turn):
            middle = (
                row[0][1].box[1] + row[0][1].box[3]
            ) / 2  # one for the row, so that its parts stay together
            for part in (cut for line in _split(row) for cut in _cut(line)):
                lined.append((middle if turn % 2 == 0 else part[0].box[1], part[0].box[0], part))
    lined.sort(key=lambda item: item[:2])
    return [line for _, _, line in lined]


def spoken(line: list[Run]) -> str:
    """The text of a line in the order in which it is read: from the right, where most of its words run so."""
    leftward = sum(unicodedata.bidirectional(word.text[0]) in ("R", "AL") for word in line)
    return " ".join(word.text for word in (reversed(line) if 2 * leftward > len(line) else line))


def cleaned(text: str) -> str:
    """Text without what cannot be seen: controls, marks of direction, half characters. Ligatures are spelt out."""
    spelt = "".join(
        unicodedata.normalize("NFKC", char) if "\ufb00" <= char <= "\ufefc" else char for char in text
    )
    kept = "".join(char for char in spelt if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return kept.strip()


def union(one: Corners, other: Corners) -> Corners:
    """The smallest box around both."""
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def _continues(word: Run, glyph: Glyph) -> bool:
    if glyph.turn != word.turn or glyph.pale != word.pale or len(word.text) >= _LONGEST_WORD - 4:
        return False
    before, after = level(word.box, word.turn), level(glyph.box, glyph.turn)
    overlap = min(before[3], after[3]) - max(before[1], after[1])
    if overlap < 0.25 * min(before[3] - before[1], after[3] - after[1]):
        return False
    gap = max(after[0] - before[2], before[0] - after[2])  # either side: some scripts run to the left
    return gap <= _PART * max(word.size, glyph.size)


def level(box: Corners, turn: int) -> Corners:
    """The box as it stands when turned text is held level; only distances matter, so no page size is needed."""
    x0, y0, x1, y1 = box
    if turn == 1:  # runs downwards
        return (y0, -x1, y1, -x0)
    if turn == 2:  # upside down
        return (-x1, -y1, -x0, -y0)
    if turn == 3:  # runs upwards
        return (-y1, x0, -y0, x1)
    return box


def _rows(found: list[Run], turn: int) -> list[list[tuple[Corners, Run]]]:
    placed = sorted(
        ((level(word.box, turn), word) for word in found), key=lambda item: item[0][1] + item[0][3]
    )
    rows: list[list[tuple[Corners, Run]]] = []
    for item in placed:
        (_, top, _, bottom), row = item[0], rows[-1] if rows else None
        if row is not None:
            first = row[0][0]
            overlap = min(bottom, first[3]) - max(top, first[1])
            if overlap >= 0.5 * min(bottom - top, first[3] - first[1]):
                row.append(item)
                continue
        rows.append([item])
    return rows


def _cut(line: list[Run]) -> list[list[Run]]:
    """Parts of a line that a page takes: not more than so many words, nor characters."""
    parts: list[list[Run]] = []
    length = 0
    for word in line:
        length += len(word.text) + 1
        if not parts or len(parts[-1]) >= _MOST_WORDS or length > _LONGEST_WORD:
            parts.append([])
            length = len(word.text)
        parts[-1].append(word)
    return parts


def _split(row: list[tuple[Corners, Run]]) -> list[list[Run]]:
    row.sort(key=lambda item: item[0][0])
    parts: list[list[Run]] = []
    reach = 0.0
    for box, word in row:
        height = box[3] - box[1]
        if parts and box[0] - reach <= _WIDE * max(height, parts[-1][-1].size):
            parts[-1].append(word)
            reach = max(reach, box[2])
        else:
            parts.append([word])
            reach = box[2]
    return parts
