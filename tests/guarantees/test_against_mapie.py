"""What labels certify that are looked at once, against the risk control of another project.

`mapie` makes thresholds by Learn then Test as well: a p-value for every threshold, and sequences of tests
that share the doubt. It was not written by us, and shares nothing with our code but the paper.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.guarantee_receipts import certified as lowest_cut
from benchmarks.guarantee_texts import certified
from surehand.core.guarantee import COVERAGES, Plan
from surehand.stats.betting import Wealth
from tests.conftest import missing
from tests.guarantees.worlds import steady

try:
    from mapie.risk_control import BinaryClassificationController, control_fwer
except ImportError:
    BinaryClassificationController = control_fwer = None

Floats = NDArray[np.float64]


@pytest.fixture(autouse=True)
def _there() -> None:
    if control_fwer is None:
        missing("mapie is not installed: python3 tools/bootstrap.py test")


def theirs(scores: Floats, right: NDArray[np.bool_], cuts: Sequence[float], error: float) -> Floats:
    """(k,) p-values: of all at or above a cut, at most `error` are wrong."""
    controller = BinaryClassificationController(
        predict_function=lambda X: np.column_stack([1 - X[:, 0], X[:, 0]]),
        risk="precision",
        target_level=1 - error,
        confidence_level=0.95,
        list_predict_params=np.array(cuts),
        fwer_method="bonferroni",
    )
    controller.calibrate(scores[:, None], right.astype(int))
    return np.asarray(controller.p_values).reshape(-1)


def widest(p: Floats, plan: Plan) -> int:
    """Index of the widest level that one of the sequences reaches; -1: none."""
    each, held = (1 - plan.sure) / len(plan.starts), -1
    for begun in plan.begun:
        rejected = control_fwer(p[begun:], each, fwer_method="fixed_sequence")
        held = max(held, begun + len(rejected) - 1 if len(rejected) else -1)
    return held


def levels_of(seed: int, plan: Plan) -> list[float]:
    edges = np.sort(steady(plan.first, np.random.default_rng(1_000 + seed))[0])[::-1]
    return [float(edges[round(share * plan.first) - 1]) for share in COVERAGES]


@pytest.mark.parametrize("error", [0.02, 0.05])
@pytest.mark.parametrize("seed", range(6))
def test_the_same_level_is_certified(seed: int, error: float) -> None:
    plan = Plan(error)
    levels = levels_of(seed, plan)
    scores, right = steady(2_000, np.random.default_rng(seed))
    p = theirs(scores, right, levels, error)
    each = (1 - plan.sure) / len(plan.starts)
    held = [
        begun + len(control_fwer(p[begun:], each, fwer_method="fixed_sequence")) - 1 for begun in plan.begun
    ]
    reached = [level for level, begun in zip(held, plan.begun, strict=True) if level >= begun]
    assert certified(scores, right, levels, plan) == max(reached, default=-1)
    assert reached, "or nothing is compared"


@pytest.mark.parametrize("seed", range(6))
def test_the_same_cut_is_certified_where_few_labels_say_both(seed: int) -> None:
    scores, right = steady(120, np.random.default_rng(seed))
    cuts = np.sort(scores)[::-1][89:]  # three in four lie above the first
    p = theirs(scores, right, cuts.tolist(), 0.2)
    held = len(control_fwer(p, 0.05, fwer_method="fixed_sequence"))
    assert lowest_cut(scores, right, 0.2) == (pytest.approx(cuts[held - 1]) if held else None)
    assert held, "or nothing is compared"


def test_the_evidence_of_the_guard_certifies_no_more_and_not_much_less() -> None:
    """It may be looked at after every label, and that costs some: by the same doubt, at the same levels."""
    plan, wider, shares = Plan(0.02), 0, []
    for seed in range(8):
        levels = levels_of(seed, plan)
        scores, right = steady(2_000, np.random.default_rng(seed))
        wealth = Wealth(plan.error, len(levels))
        block = wealth.begin([1.0] * len(levels))
        for score, came in zip(scores.tolist(), right.tolist(), strict=True):
            if score >= levels[-1]:
                level = next(i for i, edge in enumerate(levels) if score >= edge)
                wealth.observe(block, level, 1.0)
                wealth.settle(block, level, 1.0, right=came)
        enough = len(plan.starts) / (1 - plan.sure)
        others = widest(theirs(scores, right, levels, plan.error), plan)
        ours = -1
        for begun in plan.begun:
            grown = np.concatenate([wealth.below()[begun:] >= enough, [False]])
            ours = max(ours, begun + int(np.argmin(grown)) - 1 if grown[0] else -1)
        wider += ours > others
        shares.append(COVERAGES[ours] / COVERAGES[others])
    assert wider == 0
    assert np.median(shares) >= 0.85
