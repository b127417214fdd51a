"""The lines that a reader finds: on a sheet before it is printed, and in the text layer of a PDF page."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from surehand.demo.printing.paper import Box, Run, Sheet, tilted


def document(sheets: Sequence[Sheet]) -> dict[str, Any]:
    """The JSON of `core.documents.Document`: what a PDF reader finds, lines parted at wide gaps."""
    return {
        "pages": [
            {
                "width": sheet.width,
                "height": sheet.height,
                "lines": lines([(item.text, item.box) for item in sheet.items if isinstance(item, Run)]),
            }
            for sheet in sheets
        ]
    }


def lines(pieces: Iterable[tuple[str, Box]]) -> list[dict[str, Any]]:
    """Pieces of text joined to lines where they stand on one row and close together, top to bottom."""
    rows: list[list[tuple[str, Box]]] = []
    for piece in sorted(pieces, key=lambda piece: piece[1][3]):
        if rows and piece[1][3] - rows[-1][0][1][3] < 1.5:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [line for row in rows for line in _joined(sorted(row, key=lambda piece: piece[1][0]))]


def _joined(row: Sequence[tuple[str, Box]]) -> list[dict[str, Any]]:
    """A row parted where a gap is nearly as wide as a letter is high."""
    parts: list[tuple[str, Box]] = []
    for text, box in row:
        gap = box[0] - parts[-1][1][2] if parts else math.inf
        height = box[3] - box[1]
        if -1 <= gap < 0.8 * height:
            before, left = parts[-1]
            glue = "" if gap < 0.12 * height else " "
            around = (left[0], min(left[1], box[1]), box[2], max(left[3], box[3]))
            parts[-1] = (before + glue + text, around)
        else:
            parts.append((text, box))
    return [{"text": " ".join(text.split()), "box": [round(edge, 1) for edge in box]} for text, box in parts]


def text_layer(page: Any) -> list[dict[str, Any]]:
    """The lines of a page, in points from its top left corner; text stands upright or nearly so."""
    from pypdfium2.raw import FPDF_PAGEOBJ_TEXT

    height = page.get_height()
    words = page.get_textpage()
    pieces = []
    for piece in page.get_objects(filter=(FPDF_PAGEOBJ_TEXT,), textpage=words):
        text = piece.extract().strip()
        if not text:
            continue
        matrix, right = piece.get_matrix(), piece.get_bounds()[2]
        size = piece.get_font_size() * math.hypot(matrix.a, matrix.b)
        tilt = math.degrees(math.atan2(matrix.b, matrix.a))
        width = (right - matrix.e) / math.cos(math.radians(tilt))
        pieces.append((text, tilted(matrix.e, height - matrix.f, width, size, tilt)))
    return lines(pieces)
