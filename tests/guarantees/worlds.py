"""Made-up traffic for the guard: scores, whether the AI was right, and people who answer after a while."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surehand.core.clusters import Membership
from surehand.core.guarantee import Judged, Plan, Turn, Turning
from surehand.core.guard import Guard
from surehand.core.opinions import settled
from surehand.core.steps import Decide

Floats = NDArray[np.float64]

#: Whether a decision ran alone, whether it is right, a generator -> judgements until its answer comes.
Delay = Callable[[bool, bool, np.random.Generator], float]


def usual(alone: bool, right: bool, drawn: np.random.Generator) -> float:
    """Checks are answered within about 50 judgements, other blind cases within 200."""
    return float(drawn.exponential(50 if alone else 200))


def wrong_ones_last(alone: bool, right: bool, drawn: np.random.Generator) -> float:
    """As `usual`, but where the AI was wrong it takes people five times as long."""
    return usual(alone, right, drawn) * (1 if right else 5)


#: Whether the AI is right, whether an answer that differs leads to another opinion, a generator -> the AI
#: counts as right; people who answered.
People = Callable[[bool, bool, np.random.Generator], tuple[bool, int]]

#: The AI always says the first; where it is wrong, the second is right.
_POINT = Decide(
    decide="intent", choices=tuple(f"intent_{n}" for n in range(20)), level="review", queue="desk"
)


def perfect(right: bool, again: bool, drawn: np.random.Generator) -> tuple[bool, int]:
    """They never slip and never repeat an error of the AI."""
    return right, 1


def slipping(slips: float, alike: float) -> People:
    """People who slip by themselves, and who may find the AI's error right, too.

    slips  share of answers that are wrong for no reason of the AI's
    alike  probability of giving the AI's answer where that is wrong
    """

    def answer(right: bool, drawn: np.random.Generator) -> str:
        if not right and drawn.random() < alike:
            return "intent_0"
        if drawn.random() < slips:
            return f"intent_{drawn.integers(2, 20)}"
        return "intent_0" if right else "intent_1"

    def people(right: bool, again: bool, drawn: np.random.Generator) -> tuple[bool, int]:
        said = [answer(right, drawn)]
        while (known := settled(_POINT, said, "intent_0")) is None and again:
            said.append(answer(right, drawn))
        return bool(known), len(said)

    return people


@dataclass(slots=True)
class Past:
    """What became of it.

    alone, wrong  for each decision: it ran without a person; that was wrong
    asked         for each decision: somebody was asked blind
    reviews       for each decision: answers that people gave about it
    """

    guard: Guard
    alone: NDArray[np.bool_]
    wrong: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    reviews: NDArray[np.int64]
    turns: list[Turn] = field(default_factory=list)

    def error(self, start: int = 0) -> float:
        """Share of wrong decisions among those that ran alone, from a place on."""
        return float(self.wrong[start:].sum() / max(self.alone[start:].sum(), 1))

    def first(self, *kinds: Turning, after: int = 0) -> int | None:
        """Judgements before the first turn of these kinds."""
        return next((turn.at for turn in self.turns if turn.kind in kinds and turn.at >= after), None)


def lived(
    plan: Plan, scores: Floats, right: NDArray[np.bool_], *, seed: int, delay: Delay = usual,
    people: People = perfect, again: Callable[[Guard], Guard] = lambda guard: guard,
    clusters: NDArray[np.int64] | None = None, admits: bool = True,
) -> Past:  # fmt: skip
    """Let a guard live through some decisions.

    scores  (n,) confidence
    right   (n,) the AI was right
    again   called with the guard before each decision; goes on with what it returns
    clusters  (n,) of alike cases; None: they are not told apart
    admits  clusters have to be admitted; False: as if each were
    """
    drawn = np.random.default_rng(seed)
    n = len(scores)
    alone, wrong, asked = (np.zeros(n, dtype=bool) for _ in range(3))
    past = Past(Guard(plan), alone, wrong, asked, np.zeros(n, dtype=np.int64))
    guard, due = past.guard, list[tuple[float, int, Judged, bool]]()
    for place, score in enumerate(scores.tolist()):
        guard = again(guard)
        while due and due[0][0] <= place:
            _, _, judged, found = heapq.heappop(due)
            past.turns += guard.answer(judged, right=found)
        terms = guard.terms
        runs, odds = terms.alone(score), terms.odds(score)
        cluster, admitted = None, True
        if clusters is not None:
            cluster = str(clusters[place])
            least = guard.clusters.least(cluster, plan)
            admitted = not admits or least is not None
            runs = runs and admitted
            odds = Membership("vendor", cluster, (least or 0.0) if admitted else None).odds(odds, alone=runs)
        checked = bool(drawn.random() < odds)
        judged = Judged(guard.judged, terms, score, runs, odds, checked, None, cluster, admitted)
        past.turns += guard.judge(judged)
        alone[place], asked[place] = runs, checked
        wrong[place] = runs and not right[place]
        past.reviews[place] = not runs
        if checked:
            found, count = people(bool(right[place]), terms.again(score), drawn)
            past.reviews[place] = count
            # whoever looks at it again does so beside its way, as for a check
            took = sum(delay(runs or nth > 0, bool(right[place]), drawn) for nth in range(count))
            heapq.heappush(due, (place + 1 + took, place, judged, found))
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


def by_vendor(
    n: int, drawn: np.random.Generator, *, at_once: int = 30, size: float = 40.0
) -> NDArray[np.int64]:
    """Whose case each is. Some vendors send at a time, a few of them much; others come in their place.

    at_once  vendors who send cases at a time
    size     cases of a vendor, on average; few have many more
    """
    left, whose = np.zeros(at_once), np.zeros(n, dtype=np.int64)
    names, next_name = np.zeros(at_once, dtype=np.int64), 0
    for place in range(n):
        slot = int(drawn.integers(at_once))
        if left[slot] < 1:
            left[slot] = max(1.0, drawn.lognormal(np.log(size) - 0.5, 1.0))
            names[slot], next_name = next_name, next_name + 1
        left[slot] -= 1
        whose[place] = names[slot]
    return whose


def with_failing(
    n: int,
    drawn: np.random.Generator,
    *,
    failing: float,
    wrong: float = 1.0,
    after: int = 0,
    at_once: int = 30,
    size: float = 40.0,
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.int64]]:
    """Scores that say nothing, and vendors of whom some fail.

    failing  share of vendors who fail
    wrong    share of wrong answers about a vendor who fails
    after    cases of such a vendor that are right before it fails
    at_once, size  see `by_vendor`
    """
    whose = by_vendor(n, drawn, at_once=at_once, size=size)
    fails = drawn.random(int(whose.max()) + 1) < failing
    nth, seen = np.zeros(n, dtype=np.int64), dict[int, int]()
    for place, name in enumerate(whose.tolist()):
        nth[place] = seen[name] = seen.get(name, -1) + 1
    bad = fails[whose] & (nth >= after) & (drawn.random(n) < wrong)
    return drawn.random(n), ~bad, whose


def spoilt(
    n: int, drawn: np.random.Generator, *, start: int, most: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """As `steady`; from `start` on a growing share, up to `most`, is of a kind that the AI does not know."""
    scores, right = steady(n, drawn)
    share = np.clip((np.arange(n) - start) / max(n - start, 1) * most, 0, most)
    strange = drawn.random(n) < share
    return np.where(strange, drawn.beta(1.3, 1.2, n), scores), right & ~strange
