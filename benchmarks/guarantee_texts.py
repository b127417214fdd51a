"""How much of two public sets of texts runs alone under a guarantee, and how soon a change is noticed.

A classifier learns from one part. Its confidence on the other part, and whether it is right, is what all runs
draw from, with replacement.

offline  2,000 blind labels of one moment: the widest level that they certify, and whether more than was
         promised is wrong there; one case in twenty is out of scope, where there are such cases
online   30,000 decisions one after the other through the guard; checks are answered within about 50, other
         blind cases within about 200. Without any change; with a `drift`, where there are out-of-scope cases:
         from the 15,000th on a share of them that grows from 0 to 20 %; and with a `label shift`: from the
         15,000th on the kinds are as frequent as a draw says in which all sets of frequencies are equally
         probable (Dirichlet, every parameter 1), another one in each run. All of it again with people who
         slip in 5 of 100 answers and find 1 in 10 errors of the AI right
oracle   no rule but this: the largest shares of the tested cases in scope of which, the surest first, 1 and
         2 % are wrong. Nobody can know where these lie; they bound what confidence allows
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.classifiers import Split, wilson
from surehand.core.guarantee import COVERAGES, Plan, Turning
from surehand.providers import text_classifier
from tests.guarantees.worlds import People, lived, perfect, slipping

LABELS, DECISIONS, START = 2_000, 30_000, 15_000

#: Share of out-of-scope cases offline, where there are any, and cases that stand for all.
OUTSIDE, POPULATION = 0.05, 50_000

#: Runs that decide too few alone say nothing about the error along the way.
_FEW = 500

Pool = tuple[NDArray[np.float64], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class World:
    """What runs draw from: confidence and whether it is right, of the cases in scope and of the others.

    kinds  (n,) place of the right answer of each case in scope
    """

    inside: Pool
    outside: Pool
    kinds: NDArray[np.int64]


def world(split: Split, *, vectors: str | None) -> World:
    """The tested cases, by a model of the learned ones."""
    model = text_classifier.train(split.learned, reads=split.reads, vectors=vectors).model
    readings = model.readings([one.values for one in split.tested])
    truth = [one.answer for one in split.tested]
    answers = readings.answers
    right = np.array([b >= 0 and answers[b] == t for b, t in zip(readings.best, truth, strict=True)])
    inside = np.array([answer is not None for answer in truth])
    scores = readings.confidence
    _, kinds = np.unique([str(answer) for answer in truth if answer is not None], return_inverse=True)
    return World((scores[inside], right[inside]), (scores[~inside], right[~inside]), kinds)


def oracle(pool: Pool, error: float) -> float:
    """The largest share of the cases, the surest first, of which no more than so many are wrong."""
    wrong = np.cumsum(~pool[1][np.argsort(-pool[0], kind="stable")])
    kept = np.flatnonzero(wrong <= error * np.arange(1, len(wrong) + 1))
    return float((kept[-1] + 1) / len(wrong)) if len(kept) else 0.0


def drawn(pool: Pool, n: int, generator: Generator, *, odds: NDArray[np.float64] | None = None) -> Pool:
    """Cases with replacement, each as probable unless told otherwise; no two have quite the same score."""
    size = len(pool[0])
    chosen = generator.integers(size, size=n) if odds is None else generator.choice(size, size=n, p=odds)
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


def drifting(
    all_of: World, scores: NDArray[np.float64], right: NDArray[np.bool_], generator: Generator
) -> Pool:
    """A growing share is of a kind that was not learned."""
    growing = (np.arange(DECISIONS) - START) / (DECISIONS - START) * 0.2
    strange = generator.random(DECISIONS) < np.clip(growing, 0, 0.2)
    other = drawn(all_of.outside, DECISIONS, generator)
    return np.where(strange, other[0], scores), np.where(strange, other[1], right)


def shifted(
    all_of: World, scores: NDArray[np.float64], right: NDArray[np.bool_], generator: Generator
) -> Pool:
    """Kinds are as frequent as drawn, once for all; the cases of a kind are the same."""
    counts = np.bincount(all_of.kinds)
    odds = (generator.dirichlet(np.ones(len(counts))) / counts)[all_of.kinds]
    other = drawn(all_of.inside, DECISIONS - START, generator, odds=odds / odds.sum())
    return np.append(scores[:START], other[0]), np.append(right[:START], other[1])


#: How the cases of a run change from `START` on, by name.
CHANGES: dict[str, Callable[[World, NDArray[np.float64], NDArray[np.bool_], Generator], Pool]] = {
    "drift": drifting, "label shift": shifted,
}  # fmt: skip


def online(all_of: World, plan: Plan, *, seed: int, change: str | None, people: People) -> dict[str, float]:
    """What became of so many decisions."""
    generator = np.random.default_rng(seed)
    scores, right = drawn(all_of.inside, DECISIONS, generator)
    if change is not None:
        scores, right = CHANGES[change](all_of, scores, right, generator)
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

    def share(true: Sequence[bool]) -> float:
        return round(float(np.mean(true)), 4)

    return {
        **middle,
        "alarm at all": share([run["alarm"] < DECISIONS for run in runs]),
        "ever above": share([run["worst"] > plan.error for run in runs]),
        "above after": share([run["after"] > plan.error for run in runs]),
    }


def report(split: Split, plan: Plan, *, vectors: str | None, runs: int) -> dict[str, Any]:
    """All figures of one set."""
    all_of = world(split, vectors=vectors)
    everything = mixed(all_of.inside, all_of.outside)
    apart = [offline(everything, plan, seed=seed) for seed in range(runs)]
    scores, right = all_of.inside
    found: dict[str, Any] = {
        "vectors": vectors or "words",
        "tested on": [len(scores), len(all_of.outside[0])],
        "right": wilson(right),
        "oracle": {f"{error:g}": round(oracle(all_of.inside, error), 4) for error in (0.01, 0.02)},
        "offline": {
            "automated": round(float(np.median([share for share, _ in apart])), 4),
            "above": round(float(np.mean([above for _, above in apart])), 4),
        },
    }
    changes = [None, *(name for name in CHANGES if name != "drift" or len(all_of.outside[0]))]
    for who, people in (("", perfect), ("slips", slipping(0.05, 0.10))):
        for change in changes:
            lives = [online(all_of, plan, seed=seed, change=change, people=people) for seed in range(runs)]
            found[", ".join(filter(None, ("online", change, who)))] = told(lives, plan)
    return found
