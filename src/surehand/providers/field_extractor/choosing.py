"""From scored candidates to an answer: the best value, how far ahead it is, and what it rests on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .spans import Span
from .spots import Spot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: What the confidence of an answer rests on, in this order; all but the last two can only raise it.
SIGNALS = ("odds", "margin", "share", "agreement", "again", "similarity", "ambiguous", "rivals")
RISING = (0, 1, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Answer:
    """One value with its best place.

    odds   log odds of its best candidate
    share  its part of the sum of all answers' odds
    """

    key: Any
    best: Spot | Span
    odds: float
    share: float


def answers(candidates: Sequence[Spot | Span], odds: "NDArray[np.float64]") -> list[Answer]:
    """The distinct values, the likeliest first."""
    import numpy as np

    best: dict[Any, int] = {}
    for at, candidate in enumerate(candidates):
        now = best.get(candidate.key)
        if now is None or odds[at] > odds[now] + 1e-9:
            best[candidate.key] = at
    if not best:
        return []
    order = sorted(best.values(), key=lambda at: (-round(float(odds[at]), 9), at))
    strength = np.exp(np.clip(odds[order], -30, 30))
    total = float(strength.sum()) + 0.05
    return [
        Answer(candidates[at].key, candidates[at], float(odds[at]), float(power) / total)
        for at, power in zip(order, strength, strict=True)
    ]


def signals(
    found: Sequence[Answer],
    candidates: Sequence[Spot | Span],
    first: "NDArray[np.float64]",
    similarity: float,
) -> list[float]:
    """The numbers of `SIGNALS` for the first answer.

    first  (n,) what the first stage alone says of each candidate
    """
    top = found[0]
    second = found[1].odds if len(found) > 1 else top.odds - 8.0
    favourite = candidates[int(first.argmax())].key
    share, again = top.share, sum(candidate.key == top.key for candidate in candidates)
    rivals = sum(answer.odds > top.odds - 3 for answer in found[:10])
    if isinstance(top.best, Span):  # one text more or less long has many rivals, and none of them means much
        share, again, rivals = 0.0, 0, 0
    return [
        max(-8.0, min(top.odds, 8.0)),
        min(top.odds - second, 10.0),
        share,
        float(favourite == top.key),
        float(min(again, 4)),
        similarity,
        float(top.best.ambiguous),
        float(rivals),
    ]


def whole_signals(confidences: Sequence[float], similarity: float) -> list[float]:
    """What the confidence in a whole document rests on: its confidences, the lowest, and its likeness."""
    logs = [math.log(max(value, 1e-4)) for value in confidences]
    return [sum(logs), min(logs), similarity]
