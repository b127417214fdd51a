"""Glyphs to words, words to lines. Pure geometry, in an upright page with its origin top left."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Corners = tuple[float, float, float, float]

#: A gap wider than this many heights of the text begins a new line: columns stay apart, as in OCR.
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
        turned = [word for word in every if word.turn == turn]
        boxes = [level(word.box, turn) for word in turned]
        for row in rows(boxes):
            parts = _cut([(boxes[at], turned[at]) for at in row])
            # one height for the whole row, so that its parts stay together
            middle = (turned[row[0]].box[1] + turned[row[0]].box[3]) / 2
            for part in parts:
                left, top = part[0].box[:2]
                lined.append((middle if turn % 2 == 0 else top, left, part))
    return [line for _, _, line in sorted(lined, key=lambda item: item[:2])]


def rows(boxes: Sequence[Corners]) -> list[list[int]]:
    """Which boxes stand side by side: indices, rows from top to bottom, within a row from left to right.

    A box belongs to a row when it shares half of the lesser height with the row's first box.
    """
    found: list[list[int]] = []
    for at in sorted(range(len(boxes)), key=lambda at: boxes[at][1] + boxes[at][3]):
        _, top, _, bottom = boxes[at]
        if found:
            _, first_top, _, first_bottom = boxes[found[-1][0]]
            shared = min(bottom, first_bottom) - max(top, first_top)
            if shared >= 0.5 * min(bottom - top, first_bottom - first_top):
                found[-1].append(at)
                continue
        found.append([at])
    return [sorted(row, key=lambda at: boxes[at][0]) for row in found]


def spoken(line: list[Run]) -> str:
    """The text of a line in the order in which it is read: from the right, where most of its words run so."""
    leftward = sum(unicodedata.bidirectional(word.text[0]) in ("R", "AL") for word in line)
    return " ".join(word.text for word in (reversed(line) if 2 * leftward > len(line) else line))


def cleaned(text: str) -> str:
    """Text without what cannot be seen: controls, marks of direction, half characters. Spells ligatures."""
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
    """The box as it stands when turned text is held level. Only distances matter: no page size is needed."""
    x0, y0, x1, y1 = box
    if turn == 1:  # runs downwards
        return (y0, -x1, y1, -x0)
    if turn == 2:  # upside down
        return (-x1, -y1, -x0, -y0)
    if turn == 3:  # runs upwards
        return (-y1, x0, -y0, x1)
    return box


def _cut(row: list[tuple[Corners, Run]]) -> list[list[Run]]:
    """A row cut where a gap is wide, and where a line would hold more than a page takes."""
    parts: list[list[Run]] = []
    reach, length = 0.0, 0
    for box, word in row:
        length += len(word.text) + 1
        near = parts and box[0] - reach <= _WIDE * max(box[3] - box[1], parts[-1][-1].size)
        if near and len(parts[-1]) < _MOST_WORDS and length <= _LONGEST_WORD:
            parts[-1].append(word)
            reach = max(reach, box[2])
        else:
            parts.append([word])
            reach, length = box[2], len(word.text)
    return parts
