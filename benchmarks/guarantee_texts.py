"""How much of two public sets of texts runs alone under a guarantee, and how soon a change is noticed.

A classifier learns from one part. Its confidence on the other part, and whether it is right, is what all runs
draw from, with replacement.

offline  2,000 blind labels of one moment: the widest level that they certify, and whether more than was
         promised is wrong there; one case in twenty is out of scope, where there are such cases
online   30,000 decisions one after the other through the guard; checks are answered within about 50, other
         blind cases within about 200. Twice where there are out-of-scope cases: without any, and with a
         share of them that grows from 0 to 20 % from the 15,000th on. All of it again with people who slip
         in 5 of 100 answers and find 1 in 10 errors of the AI right
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifiers import Split
from surehand.core.guarantee import COVERAGES, Plan, Turning
from surehand.providers import text_classifier
from tests.guarantees.worlds import People, lived, perfect, slipping

LABELS, DECISIONS, START = 2_000, 30_000, 15_000

#: Share of out-of-scope cases offline, where there are any, and cases that stand for all.
OUTSIDE, POPULATION = 0.05, 50_000

#: Runs that decide too few alone say nothing about the error along the way.
_FEW = 500

Pool = tuple[NDArray[np.float64], NDArray[np.bool_]]


def pools(split: Split, *, vectors: str | None) -> tuple[Pool, Pool]:
    """Confidence and whether it is right, of the cases in scope and of the others."""
    model = text_classifier.train(split.learned, reads=split.reads, vectors=vectors).model
    readings = model.readings([one.values for one in split.tested])
    truth = [one.answer for one in split.tested]
    answers = readings.answers
    right = np.array([b >= 0 and answers[b] == t for b, t in zip(readings.best, truth, strict=True)])
    inside = np.array([answer is not None for answer in truth])
    scores = readings.confidence
    return (scores[inside], right[inside]), (scores[~inside], right[~inside])


def drawn(pool: Pool, n: int, generator: np.random.Generator) -> Pool:
    """Cases with replacement; no two have quite the same score."""
    chosen = generator.integers(len(pool[0]), size=n)
    return np.clip(pool[0][chosen] + generator.normal(0, 1e-6, n), 0, 1), pool[1][chosen]


def mixed(inside: Pool, outside: Pool) -> Pool:
    """Cases of both kinds that stand for all there are."""
    generator = np.random.default_rng(0)
    if not len(outside[0]):
        return drawn(inside, POPULATION, generator)
    strange = generator.random(POPULATION) < OUTSIDE
    usual, other = (drawn(pool, POPULATION, generator) for pool in (inside, outside))
    return np.where(strange, other[0], usual[0]), np.where(strange, other[1], usual[1])


def offline(pool: Pool, plan: Plan, *, seed: int) -> tuple[float, bool]:
    """Share that may run alone after so many labels of one moment, and whether too many of it are wrong.

    Levels were set by scores that nobody labelled.
    """
    generator = np.random.default_rng(seed)
    scores, right = drawn(pool, LABELS, generator)
    edges = np.sort(drawn(pool, plan.first, generator)[0])[::-1]
    levels = [edges[round(share * plan.first) - 1] for share in COVERAGES]
    held = certified(scores, right, levels, plan)
    if held < 0:
        return 0.0, False
    alone = pool[0] >= levels[held]
    return float(alone.mean()), bool((~pool[1][alone]).mean() > plan.error)


def certified(
    scores: NDArray[np.float64], right: NDArray[np.bool_], levels: Sequence[float], plan: Plan
) -> int:
    """Index of the widest level that labels certify which are looked at once; -1: none.

    scores, right  (n,) of each labelled case
    levels         the strictest first, not set by these labels

    An exact binomial bound at each level, from each start on until one fails. Source: Angelopoulos et al.,
    Learn then Test, 2021 (fixed sequences).
    """
    from scipy.stats import binom

    held = -1
    for begun in plan.begun:
        for level in range(begun, len(levels)):
            above = scores >= levels[level]
            if binom.cdf((~right[above]).sum(), above.sum(), plan.error) > (1 - plan.sure) / len(plan.starts):
                break
            held = max(held, level)
    return held


def online(
    inside: Pool, outside: Pool, plan: Plan, *, seed: int, drift: bool, people: People
) -> dict[str, float]:
    """What became of so many decisions."""
    generator = np.random.default_rng(seed)
    scores, right = drawn(inside, DECISIONS, generator)
    if drift:
        growing = (np.arange(DECISIONS) - START) / (DECISIONS - START) * 0.2
        strange = generator.random(DECISIONS) < np.clip(growing, 0, 0.2)
        other = drawn(outside, DECISIONS, generator)
        scores, right = np.where(strange, other[0], scores), np.where(strange, other[1], right)
    past = lived(plan, scores, right, seed=seed, people=people)
    alone = np.cumsum(past.alone)
    along = np.cumsum(past.wrong)[alone > _FEW] / alone[alone > _FEW]
    noticed = past.first(Turning.SURGING, Turning.TIGHTENED, Turning.STOPPED, after=START)
    return {
        "automated": float(past.alone.mean()), "error": past.error(), "worst": float(along.max(initial=0)),
        "after": past.error(START), "reviews": float(past.reviews.mean()),
        "alarm": float(DECISIONS if noticed is None else noticed - START),
    }  # fmt: skip


def told(runs: Sequence[dict[str, float]], plan: Plan) -> dict[str, Any]:
    """Medians over runs, and how often more was wrong than promised."""
    middle = {name: round(float(np.median([run[name] for run in runs])), 4) for name in runs[0]}
    middle["alarm"] = round(middle["alarm"])
    return {
        **middle,
        "ever above": round(float(np.mean([run["worst"] > plan.error for run in runs])), 4),
        "above after": round(float(np.mean([run["after"] > plan.error for run in runs])), 4),
    }


def report(split: Split, plan: Plan, *, vectors: str | None, runs: int) -> dict[str, Any]:
    """All figures of one set."""
    inside, outside = pools(split, vectors=vectors)
    everything = mixed(inside, outside)
    apart = [offline(everything, plan, seed=seed) for seed in range(runs)]
    found: dict[str, Any] = {
        "vectors": vectors or "words",
        "tested on": [len(inside[0]), len(outside[0])],
        "offline": {
            "automated": round(float(np.median([share for share, _ in apart])), 4),
            "above": round(float(np.mean([above for _, above in apart])), 4),
        },
    }
    for who, people in (("", perfect), (", slips", slipping(0.05, 0.10))):
        for drift in (False, True) if len(outside[0]) else (False,):
            lives = [
                online(inside, outside, plan, seed=seed, drift=drift, people=people) for seed in range(runs)
            ]
            found[f"online{', drift' if drift else ''}{who}"] = told(lives, plan)
    return found
