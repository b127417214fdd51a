"""Copies of labelled documents with another layout: a long text wrapped, a stray row at the top.

Labelled documents come from few suppliers, and each prints its name in one way. A model that has only seen
names on one row takes half of a name that runs over two; one that has only seen them first is lost under a
stamp.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from surehand.core.documents import Box, Document, Line, Page

from .rows import Piece, Sheet, Unit, around

if TYPE_CHECKING:
    import numpy as np

_STRAY = 0.4
_WITHOUT_FIRST = 0.15


def varied(
    sheet: Sheet, span: Sequence[int], strays: Sequence[str], draw: "np.random.Generator"
) -> Document | None:
    """The document of a sheet with one row of a span wrapped and its top changed; None where nothing can be.

    span    units that hold the labelled text, in order
    strays  texts for a row at the top that does not belong there
    draw    where chance comes from
    """
    whole = [sheet.units[at] for at in span]
    page = whole[0].page
    fit = [unit for unit in whole if len(unit.pieces) == 1 and len(unit.text.split()) > 1]
    split = fit[int(draw.integers(len(fit)))] if fit and draw.random() < 0.8 else None
    lines: list[Line] = []
    shift = 0.0
    first = next((row for row in sheet.units[: sheet.rows] if row.page == page), None)
    taken = {unit.row for unit in whole}
    skip = draw.random() < _WITHOUT_FIRST and first is not None and min(taken) > first.row
    for row in sheet.units[: sheet.rows]:
        if row.page != page or (skip and row is first):
            continue
        if split is not None and row.row == split.row:
            lines += _wrapped(row, split, shift, draw)
            shift += 1.1 * split.pieces[0].box.height
        else:
            lines += [_moved(piece, shift) for piece in row.pieces]
    if first is not None and len(strays) and draw.random() < _STRAY:
        lines.insert(0, _stray(first, strays[int(draw.integers(len(strays)))], draw))
    elif split is None and not skip:
        return None
    pages = list(sheet.document.pages)
    pages[page] = Page(width=pages[page].width, height=pages[page].height, lines=tuple(lines[:5_000]))
    return Document(pages=tuple(pages))


def _wrapped(row: Unit, split: Unit, shift: float, draw: "np.random.Generator") -> list[Line]:
    """The row with one piece on two rows, both centred or both to the left."""
    piece = split.pieces[0]
    words = piece.text.split()
    at = int(draw.integers(1, len(words)))
    centred = draw.random() < 0.6
    out = [_moved(other, shift) for other in row.pieces if other is not piece]
    width = (piece.box.x1 - piece.box.x0) / max(len(piece.text), 1)
    for number, part in enumerate((" ".join(words[:at]), " ".join(words[at:]))):
        start = piece.box.x0 + (len(piece.text) - len(part)) * width / 2 * centred
        down = shift + number * 1.1 * piece.box.height
        box = Box(x0=start, y0=piece.box.y0 + down, x1=start + width * len(part), y1=piece.box.y1 + down)
        out.append(Line(text=part, box=box))
    return out


def _moved(piece: Piece, shift: float) -> Line:
    box = piece.box
    return Line(text=piece.text, box=Box(x0=box.x0, y0=box.y0 + shift, x1=box.x1, y1=box.y1 + shift))


def _stray(first: Unit, text: str, draw: "np.random.Generator") -> Line:
    """A row over the first one, of any size and place."""
    box = around([piece.box for piece in first.pieces])
    height = box.height * float(draw.uniform(0.8, 2.2))
    width = min(0.55 * height * len(text), max(box.x1 - box.x0, 1.0) * 1.2)
    start = box.x0 + float(draw.uniform(-0.3, 0.8)) * (box.x1 - box.x0)
    bottom = box.y0 - height * float(draw.uniform(0.2, 2.0))
    return Line(text=text, box=Box(x0=start, y0=bottom - height, x1=start + width, y1=bottom))
