"""Which level history fixes, and what the first new cases have to show at it."""

import json

import numpy as np
import pytest

from surehand.core.guarantee import COVERAGES, Judged, Plan, Terms
from surehand.core.guard import Guard
from surehand.core.history import Trial, fixed

PLAN = Plan(0.02, trial=4)
TERMS = Terms(1, 0, None, 1.0, 1.0)


def judged(number: int) -> Judged:
    return Judged(number, TERMS, 0.9, alone=False, odds=1.0, asked=True)


def test_the_widest_level_with_few_enough_errors_is_fixed() -> None:
    scores = np.linspace(1, 0, 2_000)
    right = [place < 1_000 or place % 10 > 0 for place in range(2_000)]
    found = fixed(scores.tolist(), right, Plan(0.02))
    assert found is not None
    assert COVERAGES[found.level] == pytest.approx(0.5, abs=0.06)
    assert found.wrong <= 0.01 * found.cases
    assert found.levels[found.level] == pytest.approx(1 - COVERAGES[found.level], abs=0.01)


@pytest.mark.parametrize(
    ("n", "wrong"),
    [(100, 0), (300, 60)],
)
def test_too_few_outcomes_or_too_many_errors_fix_nothing(n: int, wrong: int) -> None:
    scores = np.random.default_rng(1).random(n)
    right = np.random.default_rng(2).permutation([False] * wrong + [True] * (n - wrong))
    assert fixed(scores.tolist(), right.tolist(), Plan(0.02)) is None


@pytest.mark.parametrize(("wrong", "passes"), [(0, True), (1, True), (2, False)])
def test_at_most_one_of_the_first_may_be_wrong(wrong: int, passes: bool) -> None:
    trial = Trial(level=3)
    for number in range(6):
        trial.judge(judged(number), 3, PLAN)
    trial.judge(judged(9), 4, PLAN)
    assert list(trial.pending) == [0, 1, 2, 3], "the first four at that level, and no others"
    for number in range(4):
        assert not trial.passed(PLAN, 10)
        trial.answer(judged(number), right=number >= wrong)
    assert trial.passed(PLAN, 10) is passes
    assert (trial.left(PLAN) is None) is not passes


def test_what_never_comes_was_wrong() -> None:
    trial = Trial(level=0)
    for number in range(4):
        trial.judge(judged(number), 0, PLAN)
    for number in (2, 3):
        trial.answer(judged(number), right=True)
    assert trial.left(PLAN) == 2
    assert not trial.passed(PLAN, PLAN.patience + 1)
    assert trial.wrong == 2
    assert Trial.of(json.loads(json.dumps(trial.plain))) == trial


def test_history_changes_nothing_where_it_must_not() -> None:
    levels = tuple(1 - share for share in COVERAGES)
    taught = Guard(Plan(0.02, taught=200))
    assert taught.trust(levels, 10) == []
    assert taught.trial.level == -1
    assert Guard(Plan(0.02, waits=True)).trust(levels, 10) == []
    holding = Guard(Plan(0.02))
    holding.levels, holding.held = levels, 4
    assert holding.trust(levels, 10) == []


def test_history_and_the_usual_rows_share_the_risk() -> None:
    guard = Guard(Plan(0.02))
    usual = guard.enough
    guard.trust(tuple(1 - share for share in COVERAGES), 10)
    assert guard.enough == 2 * usual
