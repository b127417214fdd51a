"""Whether the guard is ever fooled, and how many labels it takes to convince it, on made-up answers.

null    whatever is let through is wrong a little more often than promised; in which share of the runs
        anything ever ran alone. Answers come as usual, or the wrong ones five times as late; or people slip
        in 5 of 100 answers and find 1 in 10 errors of the AI right
labels  blind answers at one level until it is certified, the median over runs: by one bet that is looked at
        after every answer and spends all of the doubt, and as the guard does it, with its stricter limit,
        three rows of certificates and a first epoch
"""

from typing import Any

import numpy as np

from surehand.core.guarantee import Plan
from surehand.stats.betting import Wealth
from tests.guarantees.worlds import Delay, People, hopeless, lived, perfect, slipping, usual, wrong_ones_last

DECISIONS = 4_000

#: How much too often it is wrong.
TIMES = (1.005, 1.1, 1.5)

#: What is promised, and how often it is wrong.
LABELS = ((0.02, 0.0), (0.02, 0.005), (0.02, 0.01), (0.05, 0.0), (0.05, 0.025))

#: Answers in one block of the evidence, and answers after which nobody waits any longer.
_TOGETHER, _MOST = 50, 20_000


def ever(plan: Plan, error: float, *, runs: int, delay: Delay = usual, people: People = perfect) -> float:
    """Share of the runs in which anything ever ran alone, where `error` of everything is wrong."""
    fooled = 0
    for seed in range(runs):
        scores, right = hopeless(DECISIONS, np.random.default_rng(seed), error=error)
        past = lived(plan, scores, right, seed=seed, delay=delay, people=people)
        fooled += bool(past.alone.any())
    return round(fooled / runs, 4)


def needed(limit: float, error: float, *, enough: float, seed: int) -> int:
    """Answers until wealth against a limit came to `enough`, where `error` of them are wrong."""
    wealth, drawn = Wealth(limit, 1), np.random.default_rng(seed)
    block = wealth.begin([1.0])
    for number in range(1, _MOST):
        if number % _TOGETHER == 0:
            block = wealth.begin([1.0])
            wealth.finish(block)
        wealth.observe(block, 0, 1.0)
        wealth.settle(block, 0, 1.0, right=bool(drawn.random() >= error))
        if wealth.below()[0] >= enough:
            return number
    return _MOST


def labels(promised: float, error: float, *, runs: int) -> dict[str, int]:
    """Medians: by one bet, and as the guard does it."""
    plan = Plan(promised)
    kinds = {
        "one bet": (promised, 1 / (1 - plan.sure)),
        "guard": (plan.limit, len(plan.starts) / plan.budget(1)),
    }
    return {
        name: round(float(np.median([needed(limit, error, enough=enough, seed=s) for s in range(runs)])))
        for name, (limit, enough) in kinds.items()
    }


def report(plan: Plan, *, runs: int) -> dict[str, Any]:
    """All figures."""
    trusting = Plan(plan.error, plan.sure, alike=0.0, slips=0.0)
    nulls = {}
    for times in TIMES:
        error = plan.error * times
        nulls[f"{error * 100:.4g} % wrong"] = {
            "answers as usual": ever(trusting, error, runs=runs),
            "wrong ones last": ever(trusting, error, runs=runs, delay=wrong_ones_last),
            "people slip": ever(plan, error, runs=runs, people=slipping(0.05, 0.10)),
        }
    return {
        "decisions": DECISIONS,
        "share of runs in which anything ran alone": nulls,
        "labels until certified": {
            f"at most {promised:.0%} wrong, truly {error:.1%}": labels(promised, error, runs=runs)
            for promised, error in LABELS
        },
    }
