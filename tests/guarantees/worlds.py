"""Made-up traffic for the guard: scores, whether the AI was right, and people who answer after a while."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surehand.core.guarantee import Judged, Plan, Turn, Turning
from surehand.core.guard import Guard

Floats = NDArray[np.float64]

#: Whether a decision ran alone, whether it is right, a generator -> judgements until its answer comes.
Delay = Callable[[bool, bool, np.random.Generator], float]


def usual(alone: bool, right: bool, drawn: np.random.Generator) -> float:
    """Checks are answered within about 50 judgements, other blind cases within 200."""
    return float(drawn.exponential(50 if alone else 200))


def wrong_ones_last(alone: bool, right: bool, drawn: np.random.Generator) -> float:
    """As `usual`, but where the AI was wrong it takes people five times as long."""
    return usual(alone, right, drawn) * (1 if right else 5)


@dataclass(slots=True)
class Past:
    """What became of it.

    alone, wrong  for each decision: it ran without a person; that was wrong
    asked         for each decision: somebody was asked blind
    """

    guard: Guard
    alone: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    turns: list[Turn] = field(default_factory=list)

    def error(self, start: int = 0) -> float:
        """Share of wrong decisions among those that ran alone, from a place on."""
        return float(self.wrong[start:].sum() / max(self.alone[start:].sum(), 1))

    def first(self, *kinds: Turning, after: int = 0) -> int | None:
        """Judgements before the first turn of these kinds."""
        return next((turn.at for turn in self.turns if turn.kind in kinds and turn.at >= after), None)


def lived(
    plan: Plan, scores: Floats, right: NDArray[np.bool_], *, seed: int, delay: Delay = usual,
    again: Callable[[Guard], Guard] = lambda guard: guard,
) -> Past:  # fmt: skip
    """Let a guard live through some decisions.

    scores  (n,) confidence
    right   (n,) the AI was right
    again   called with the guard before each decision; goes on with what it returns
    """
    drawn = np.random.default_rng(seed)
    n = len(scores)
    past = Past(Guard(plan), np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.zeros(n, dtype=bool))
    guard, due = past.guard, list[tuple[float, int, Judged]]()
    for place, score in enumerate(scores.tolist()):
        guard = again(guard)
        while due and due[0][0] <= place:
            _, number, judged = heapq.heappop(due)
            past.turns += guard.answer(judged, right=bool(right[number]))
        terms = guard.terms
        alone, odds = terms.alone(score), terms.odds(score)
        asked = bool(drawn.random() < odds)
        judged = Judged(guard.judged, terms, score, alone, odds, asked)
        past.turns += guard.judge(judged)
        past.alone[place], past.asked[place] = alone, asked
        past.wrong[place] = alone and not right[place]
        if asked:
            heapq.heappush(due, (place + 1 + delay(alone, bool(right[place]), drawn), place, judged))
    past.guard = guard
    return past


def steady(n: int, drawn: np.random.Generator) -> tuple[Floats, NDArray[np.bool_]]:
    """Most cases are easy; scores are honest. 91 % are right, and 87 % could run alone at 2 %."""
    easy = drawn.random(n) < 0.78
    scores = np.where(easy, drawn.beta(80, 0.35, n), drawn.beta(1.6, 1.0, n))
    return scores, drawn.random(n) < scores


def hopeless(n: int, drawn: np.random.Generator, *, error: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores that say nothing: whatever is let through is wrong with this share."""
    return drawn.random(n), drawn.random(n) >= error


def spoilt(
    n: int, drawn: np.random.Generator, *, start: int, most: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """As `steady`; from `start` on a growing share, up to `most`, is of a kind that the AI does not know."""
    scores, right = steady(n, drawn)
    share = np.clip((np.arange(n) - start) / max(n - start, 1) * most, 0, most)
    strange = drawn.random(n) < share
    return np.where(strange, drawn.beta(1.3, 1.2, n), scores), right & ~strange
