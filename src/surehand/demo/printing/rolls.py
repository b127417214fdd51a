"""Receipts of the tills on narrow paper, drawn by the same engine as everything else."""

from collections.abc import Mapping
from typing import Any

from surehand.demo.printing.paper import Sheet, pdf

#: Of the tills' 600 units, on paper of 80 mm.
_SCALE = 226.8 / 600
_SIZE = 11.0 / 0.6  # Courier is 0.6 of its size wide
_BLACK = "#2a2a2e"


def printed_roll(receipt: Mapping[str, Any]) -> bytes:
    """A receipt of `receipts.receipts` as a PDF with a text layer, 80 mm wide."""
    return pdf([rolled(receipt)], title="Receipt", author=receipt["truth"]["company"])


def rolled(receipt: Mapping[str, Any]) -> Sheet:
    """The same as a sheet: what the till printed, and a bar code under it."""
    bottom = max(top for _, top, _, _ in receipt["prints"]) * _SCALE
    sheet = Sheet(600 * _SCALE, round(bottom + 62, 1))
    for left, top, text, larger in receipt["prints"]:
        size = _SIZE * larger * _SCALE
        sheet.text(
            left * _SCALE, top * _SCALE + size, text, font="mono", bold=larger > 1, size=size, colour=_BLACK
        )
    _bars(sheet, bottom + 26, receipt["key"])
    return sheet


def _bars(sheet: Sheet, top: float, key: str) -> None:
    """Looks like a bar code; says nothing."""
    x, seed = 52.0, sum(map(ord, key))
    while x < 172:
        seed = (seed * 137 + 41) % 9973
        wide = 0.7 + seed % 3 * 0.6
        sheet.block(x, top, wide, 22, colour=_BLACK)
        x += wide + 0.8 + seed % 5 * 0.35
