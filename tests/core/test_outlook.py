"""What is said to be missing: about right where it can be told, and nothing where it cannot."""

import re

import numpy as np
import pytest

from surehand.core.guarantee import COVERAGES, Plan, Turning
from surehand.core.guard import Guard
from surehand.core.outlook import Next, outlook, said
from tests.guarantees.worlds import Past, hopeless, lived, steady


def past(n: int, *, error: float = 0.02, seed: int = 1) -> Past:
    scores, right = steady(n, np.random.default_rng(seed))
    return lived(Plan(error), scores, right, seed=seed)


def test_before_there_are_levels() -> None:
    found = outlook(Guard(Plan(0.02)), per_month=1_000)
    assert found.next is Next.LEVELS
    assert found.cases is not None
    assert found.cases > 200
    assert found.months == pytest.approx(found.cases / 1_000)
    assert found.easier is not None
    assert found.answers is not None
    assert found.easier < found.answers / 2
    sentence = said(found, Plan(0.02))
    assert re.fullmatch(
        r"About [\d,]+ more blind answers until about 30 in 100 cases may run alone: about [\d.]+ months at "
        r"today's volume; at 5 % about \d+ in all\.", sentence,
    ), sentence  # fmt: skip


def test_it_says_no_month_where_the_volume_is_not_known() -> None:
    found = outlook(Guard(Plan(0.02)), per_month=None)
    assert found.months is None
    assert "month" not in said(found, Plan(0.02))


def test_the_first_step_comes_about_when_it_is_said_to() -> None:
    ratios = []
    for seed in range(8):
        early, whole = past(700, seed=seed), past(5_000, seed=seed)
        found, at = outlook(early.guard, per_month=None), whole.first(Turning.CERTIFIED)
        assert found.next is Next.STEP
        assert found.cases is not None
        if at is not None and at > 750:
            ratios.append(found.cases / (at - 700))
    assert len(ratios) >= 4
    assert 0.3 <= np.median(ratios) <= 3


def test_less_is_missing_as_answers_come() -> None:
    missing = [outlook(past(n).guard, per_month=None).cases or 0 for n in (0, 400, 800)]
    assert missing == sorted(missing, reverse=True)


def test_once_something_runs_the_next_step_is_a_wider_level() -> None:
    guard = past(6_000).guard
    assert guard.held >= 0
    found = outlook(guard, per_month=4_000)
    assert found.next in (Next.STEP, Next.NOTHING, Next.BETTER)
    if found.next is Next.STEP:
        assert found.coverage is not None
        assert found.answers is not None
        assert found.cases is not None
        assert found.answers <= found.cases


def test_what_was_refused_is_tried_again_later() -> None:
    scores, right = hopeless(4_000, np.random.default_rng(1), error=0.2)
    guard = lived(Plan(0.02), scores, right, seed=1).guard
    found = outlook(guard, per_month=100)
    assert found.next is Next.AGAIN
    assert found.cases == guard.refused + 5_000 - 4_000
    assert said(found, guard.plan).startswith("It is tried again after about ")


def test_where_too_much_is_wrong_no_number_is_made_up() -> None:
    scores, right = hopeless(500, np.random.default_rng(2), error=0.12)
    guard = lived(Plan(0.02), scores, right, seed=2).guard
    found = outlook(guard, per_month=100)
    assert found.next is Next.BETTER
    assert (found.answers, found.months) == (None, None)
    assert "cannot be certified" in said(found, guard.plan)


def test_while_answers_are_slow_nothing_widens() -> None:
    scores, right = steady(6_000, np.random.default_rng(5))

    def slow(alone: bool, _right: bool, drawn: np.random.Generator) -> float:
        return float(drawn.exponential(2_000 if alone else 200))

    guard = lived(Plan(0.02), scores, right, seed=5, delay=slow).guard
    found = outlook(guard, per_month=100)
    assert found.next is Next.PROMPT
    assert said(found, guard.plan) == "Nothing more is certified until answers come in time again."


def test_where_alike_cases_are_told_apart_it_says_how_many_of_each_count_and_no_month() -> None:
    plan = Plan(0.02, cluster="vendor")
    found = outlook(Guard(plan), per_month=1_000)
    assert "more blind answers, at most 10 of each vendor, until about 30 in 100" in said(found, plan)
    assert found.months is None


def test_levels_of_history_without_an_answer_yet_say_nothing_bad_of_the_ai() -> None:
    guard = Guard(Plan(0.02))
    guard.trust(tuple(1 - share for share in COVERAGES), 20)
    found = outlook(guard, per_month=None)
    assert found.answers is not None
    assert "more blind answers until about 30 in 100" in said(found, guard.plan)
