"""Text put back into the rows of a paper that may lean, as scans do."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

from surehand.core.documents import Box

#: Height per width by which a scan may lean, tried beside level.
_SLOPES = (-0.01, 0.01, -0.02, 0.02, -0.03, 0.03, -0.045, 0.045)
#: With more pieces of text on a page only level rows are tried.
_MANY = 400


class Placed(Protocol):
    """What has a place on a page."""

    @property
    def box(self) -> Box: ...


P = TypeVar("P", bound=Placed)


def straightened(pieces: Sequence[P]) -> list[list[P]]:
    """Rows along the slope of the paper, from top to bottom, each from its highest middle to its lowest.

    Another slope than level must save rows and cover no pieces.
    """
    level = _grouped(pieces, 0.0)
    if len(pieces) > _MANY:
        return level
    best, least = level, len(level) + 2 * _covered(level) - 1
    for slope in _SLOPES:
        groups = _grouped(pieces, slope)
        cost = len(groups) + 2 * _covered(groups)
        if cost < least:
            best, least = groups, cost
    return best


def _covered(groups: Sequence[Sequence[Placed]]) -> int:
    """How many pieces stand over or under another one of their row."""
    count = 0
    for group in groups:
        if len(group) > 1:
            spans = sorted((piece.box.x0, piece.box.x1) for piece in group)
            count += sum(
                after[0] < before[1] - 0.3 * (after[1] - after[0]) for before, after in pairwise(spans)
            )
    return count


def _grouped(pieces: Sequence[P], slope: float) -> list[list[P]]:
    """Pieces whose middles lie at nearly the same height, the page turned by `slope`."""
    placed = sorted(
        ((box.y0 + box.y1) / 2 - slope * (box.x0 + box.x1) / 2, box.y1 - box.y0, index)
        for index, box in enumerate(piece.box for piece in pieces)
    )
    groups: list[list[P]] = []
    last_middle = last_height = 0.0
    for middle, height, index in placed:
        if groups and middle - last_middle < 0.5 * min(height, last_height):
            groups[-1].append(pieces[index])
        else:
            groups.append([pieces[index]])
        last_middle, last_height = middle, height
    return groups
