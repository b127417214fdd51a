"""How much runs alone under a guarantee, how often it is wrong, and how soon a change is noticed.

    python -m benchmarks.guarantee --set banking77|clinc150 [--vectors sentences] [--error 0.02]
                                   [--runs 200] [--data DIR] [--tune] [--json]

A classifier learns from one part of a public set. Its confidence on the other part, and whether it is right,
is what all runs draw from, with replacement. `--tune` leaves the test part alone.

offline  2,000 blind labels of one moment: the widest level that they certify, and whether more than was
         promised is wrong there; one case in twenty is out of scope, where there are such cases
online   30,000 decisions one after the other through the guard; checks are answered within about 50, other
         blind cases within about 200. Twice where there are out-of-scope cases: without any, and with a
         share of them that grows from 0 to 20 % from the 15,000th on. All of it again with people who slip
         in 5 of 100 answers and find 1 in 10 errors of the AI right
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifiers import DATA, SETS
from surehand.core.guarantee import COVERAGES, Plan, Turning
from surehand.providers import text_classifier
from tests.guarantees.worlds import People, lived, perfect, slipping

LABELS, DECISIONS, START = 2_000, 30_000, 15_000

#: Share of out-of-scope cases offline, where there are any, and cases that stand for all.
OUTSIDE, POPULATION = 0.05, 50_000

#: Runs that decide too few alone say nothing about the error along the way.
_FEW = 500

Pool = tuple[NDArray[np.float64], NDArray[np.bool_]]


def pools(name: str, folder: Path, *, vectors: str | None, tune: bool) -> tuple[Pool, Pool]:
    """Confidence and whether it is right, of the cases in scope and of the others."""
    split = SETS[name](folder, tune)
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

    The labels are looked at once, so an exact binomial bound serves. Source: Angelopoulos et al., Learn then
    Test, 2021.
    """
    from scipy.stats import binom

    generator = np.random.default_rng(seed)
    scores, right = drawn(pool, LABELS, generator)
    edges = np.sort(drawn(pool, plan.first, generator)[0])[::-1]
    levels = [edges[round(share * plan.first) - 1] for share in COVERAGES]
    held = -1
    for begun in plan.begun:
        for level in range(begun, len(levels)):
            above = scores >= levels[level]
            if binom.cdf((~right[above]).sum(), above.sum(), plan.error) > (1 - plan.sure) / len(plan.starts):
                break
            held = max(held, level)
    if held < 0:
        return 0.0, False
    alone = pool[0] >= levels[held]
    return float(alone.mean()), bool((~pool[1][alone]).mean() > plan.error)


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


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=("banking77", "clinc150"), required=True)
    parser.add_argument("--vectors", choices=text_classifier.VECTORS)
    parser.add_argument("--error", type=float, default=0.02, help="what is promised")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--data", type=Path, help="folder with the files of the set")
    parser.add_argument("--tune", action="store_true", help="leave the test part alone")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    given = parser.parse_args()
    folder = given.data or DATA / given.set
    if not folder.is_dir():
        parser.error(f"{folder} is not there: name the folder with --data")
    inside, outside = pools(given.set, folder, vectors=given.vectors, tune=given.tune)
    plan = Plan(given.error)
    everything = mixed(inside, outside)
    apart = [offline(everything, plan, seed=seed) for seed in range(given.runs)]
    report: dict[str, Any] = {
        "set": given.set, "vectors": given.vectors or "words", "error": given.error, "runs": given.runs,
        "tested on": [len(inside[0]), len(outside[0])],
        "offline": {
            "automated": round(float(np.median([share for share, _ in apart])), 4),
            "above": round(float(np.mean([above for _, above in apart])), 4),
        },
    }  # fmt: skip
    for who, people in (("", perfect), (", slips", slipping(0.05, 0.10))):
        for drift in (False, True) if len(outside[0]) else (False,):
            runs = [
                online(inside, outside, plan, seed=seed, drift=drift, people=people)
                for seed in range(given.runs)
            ]
            report[f"online{', drift' if drift else ''}{who}"] = told(runs, plan)
    if given.json:
        print(json.dumps(report, indent=2))
        return
    for name, value in report.items():
        print(f"{name:22} {value}")


if __name__ == "__main__":
    main()
