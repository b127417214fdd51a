"""Levels of confidence, the strictest first, and rows of certificates that climb down them one by one."""

from collections.abc import Sequence

from surehand.core.guarantee import COVERAGES


def levels_of(scores: Sequence[float]) -> tuple[float, ...]:
    """By level the score at or above which its share of these scores lies; see `COVERAGES`."""
    ordered = sorted(scores, reverse=True)
    return tuple(ordered[round(share * len(ordered)) - 1] for share in COVERAGES)


def level_of(levels: Sequence[float], score: float) -> int:
    """Index of the strictest level that a score belongs to. Raises StopIteration below all of them."""
    return next(i for i, level in enumerate(levels) if score >= level)


def climbed(reached: list[int], begun: Sequence[int], evidence: Sequence[float], enough: float) -> int:
    """Let every row go on as far as evidence carries it. Index of the widest level certified; -1: none.

    reached   by row: index of the level that it has to certify next; moved on
    begun     by row: index of the level that it began with
    evidence  by level
    enough    evidence that certifies a level
    """
    for row in range(len(reached)):
        while reached[row] < len(evidence) and evidence[reached[row]] >= enough:
            reached[row] += 1
    certified = [at - 1 for at, first in zip(reached, begun, strict=True) if at > first]
    return max(certified, default=-1)
