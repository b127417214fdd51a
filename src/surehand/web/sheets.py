"""Pages of a document as they are drawn: lines at their places, boxes, and numbers that stay readable.

Drawings are 1,000 units wide whatever the page measures in, so that a number has one size on every page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surehand.web.views import EvidenceView, LineView, SheetView

_WIDE = 1_000.0

#: Height over width of a page, at most and at least: a page that claims to be a thread is cut.
_TALLEST, _FLATTEST = 12.0, 0.1

#: Paper around the text of a drawn page: callers often send pages that end where their text ends.
_MARGIN = 30.0

#: Widths of letters as shares of their size, about as in the usual sans-serif type.
_WIDTHS = {
    **dict.fromkeys("iljI|!.,:;'`", 0.26), **dict.fromkeys(" ftr()[]{}/\\-\"*", 0.34),
    **dict.fromkeys("mwMW@%\N{EM DASH}", 0.86), **dict.fromkeys("ABCDEGHKNOPQRSUVXYZ&", 0.68),
}  # fmt: skip
_WIDTH = 0.55

#: A number beside a box: its height, its width per digit and around them, and its distance from the box.
_TAG, _DIGIT, _AROUND, _APART = 27.0, 11.0, 14.0, 3.0

#: Air between a box and the ink that it surrounds.
_AIR = 6.0

_GAP = "   "

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that stand beside each other: their text in one, and where each begins in it."""

    text: str
    parts: tuple[tuple[int, LineView], ...]


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """Text at a place: start of its baseline, size, and the length that it is fitted to."""

    text: str
    x: float
    y: float
    size: float
    length: float
    turned: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box and its number: place and size of both."""

    evidence: EvidenceView
    x: float
    y: float
    width: float
    height: float
    tag: Rect


@dataclass(frozen=True, slots=True)
class Drawing:
    """A page, 1,000 units wide, with the paper that is drawn around it on every side."""

    height: float
    margin: float
    lines: tuple[DrawnLine, ...]
    boxes: tuple[DrawnBox, ...]


def drawing(sheet: SheetView) -> Drawing:
    """A page as SVG attributes. Text is drawn only where there is no picture of it."""
    scale = _WIDE / sheet.width
    height = round(min(max(sheet.height / sheet.width, _FLATTEST), _TALLEST) * _WIDE, 1)
    lines = [drawn for line in sheet.lines if (drawn := _line(line, scale, height))]
    boxes = _boxes(sheet, scale, height)
    return Drawing(height, 0.0, (), boxes) if sheet.picture else Drawing(height, _MARGIN, tuple(lines), boxes)


def length_of(line: LineView) -> float:
    """How long a line is when it is drawn: as its box, but a short text is not torn apart to fill it."""
    width, height = line.x1 - line.x0, line.y1 - line.y0
    natural = type_width(line.text) * 0.8 * height
    return width if 0 < width <= 1.6 * natural or natural <= 0 else natural


def type_width(text: str) -> float:
    """How wide a text is when it is set in type of size 1."""
    return sum(_WIDTHS.get(letter, _WIDTH) for letter in text)


def _line(line: LineView, scale: float, bottom: float) -> DrawnLine | None:
    x0, y0, width, height = (
        *(line.x0 * scale, line.y0 * scale),
        *((line.x1 - line.x0) * scale, (line.y1 - line.y0) * scale),
    )
    if not line.text or x0 >= _WIDE or y0 >= bottom or x0 + width < 0 or y0 + height < 0:
        return None
    if height > 1.8 * width > 0 and len(line.text) > 2:
        size = 0.8 * width
        return DrawnLine(line.text, _r(x0 + 0.2 * width), _r(y0), _r(size), _r(height), turned=True)
    length = length_of(line) * scale if height > 0 else max(width, type_width(line.text) * 18.0)
    # a box is as high as its type, or only as its ink: the width of the text tells which
    size = min(max(length / type_width(line.text), 0.8 * height), 1.3 * height) if height > 0 else 18.0
    base = 0.8 * height + 0.4 * max(size - 0.8 * height, 0.0) if height > 0 else size
    return DrawnLine(line.text, _r(x0), _r(y0 + base), _r(min(size, 200.0)), _r(length))


def _boxes(sheet: SheetView, scale: float, bottom: float) -> tuple[DrawnBox, ...]:
    rects = [
        (
            *(max(e.x0 * scale - _AIR, 1.0), max(e.y0 * scale - _AIR, 1.0)),
            *(min(e.x1 * scale + _AIR, _WIDE - 1.0), min(e.y1 * scale + _AIR, bottom - 1.0)),
        )
        for e in sheet.evidence
    ]
    ends = [one.x1 if sheet.picture else one.x0 + length_of(one) for one in sheet.lines]
    ink = [
        (one.x0 * scale, one.y0 * scale, end * scale, one.y1 * scale)
        for one, end in zip(sheet.lines, ends, strict=True)
    ]
    tags: list[Rect] = []
    for evidence, rect in zip(sheet.evidence, rects, strict=True):
        width = _AROUND + _DIGIT * len(str(evidence.number))
        tags.append(_tag(rect, width, bottom, tags, [other for other in rects if other != rect], ink))
    return tuple(
        DrawnBox(
            e, _r(x0), _r(y0), _r(max(x1 - x0, 1.0)), _r(max(y1 - y0, 1.0)),
            (_r(tag[0]), _r(tag[1]), _r(tag[2] - tag[0]), _r(tag[3] - tag[1])),
        )
        for e, (x0, y0, x1, y1), tag in zip(sheet.evidence, rects, tags, strict=True)
    )  # fmt: skip


def _tag(
    rect: Rect, width: float, bottom: float, tags: Sequence[Rect], boxes: Sequence[Rect], ink: Sequence[Rect]
) -> Rect:
    """Where a number covers the least: never another number, seldom another box, rather no text."""
    x0, y0, x1, y1 = rect
    right, left = x1 + _APART, x0 - _APART - width
    corners = [(right, y0), (left, y0), (x1 - width, y0 - _TAG), (x1 - width, y1), (x0, y0 - _TAG), (x0, y1)]
    corners += [(x, y0 + step * _TAG) for step in (1, -1, 2, -2, 3, -3, 4, 5, 6, 7, 8) for x in (right, left)]
    near = [other for other in ink if y0 - 9 * _TAG < other[3] and other[1] < y1 + 9 * _TAG]

    def cost(place: tuple[int, Rect]) -> float:
        order, tag = place
        covered = 1_000 * _hits(tag, tags) + 40 * _hits(tag, boxes) + 6 * _hits(tag, near)
        return covered + order + (20 if _hits(tag, (rect,)) else 0)

    places = [
        (
            min(max(x, 1.0), _WIDE - width - 1.0),
            min(max(y, 1.0), max(bottom - _TAG - 1.0, 1.0)),
        )
        for x, y in corners
    ]
    return min(enumerate((x, y, x + width, y + _TAG) for x, y in places), key=cost)[1]


def _hits(one: Rect, others: Iterable[Rect]) -> int:
    return sum(one[0] < o[2] and o[0] < one[2] and one[1] < o[3] and o[1] < one[3] for o in others)


def _r(number: float) -> float:
    return round(number, 1)


def rows_of(lines: Sequence[LineView]) -> tuple[Row, ...]:
    """Lines that stand beside each other become one row, from top to bottom, as people read a page."""
    rows: list[list[LineView]] = []
    for line in sorted(lines, key=lambda one: (_middle(one), one.x0)):
        last = rows[-1][-1] if rows else None
        beside = last is not None and abs(_middle(line) - _middle(last)) < 0.5 * min(
            max(line.y1 - line.y0, 1.0), max(last.y1 - last.y0, 1.0)
        )
        if beside:
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(_row(sorted(row, key=lambda one: one.x0)) for row in rows)


def _row(lines: Sequence[LineView]) -> Row:
    text, parts = "", []
    for line in lines:
        text += _GAP if text else ""
        parts.append((len(text), line))
        text += line.text
    return Row(text, tuple(parts))


def _middle(line: LineView) -> float:
    return (line.y0 + line.y1) / 2
