"""A start from trusted history: confirmed soon where today is as good, and taken back where it is not."""

import json

import numpy as np
import pytest

from surehand.core.guarantee import COVERAGES, Plan, Status, Turning
from surehand.core.guard import Guard
from tests.guarantees.worlds import Delay, Past, hopeless, lived, usual, wrong_ones_last

PLAN = Plan(0.02, alike=0.0, slips=0.0)
LEVELS = tuple(1 - share for share in COVERAGES)
LEVEL = min(range(len(LEVELS)), key=lambda index: abs(COVERAGES[index] - 0.8))


def at_once(*_: object) -> float:
    return 0.0


def begun(error: float, delay: Delay, *, seed: int, n: int) -> Past:
    """History says that 80 in 100 may run; today this share of all is wrong."""

    def trusting(guard: Guard) -> Guard:
        if guard.judged == 0:
            guard.trust(LEVELS, LEVEL)
        return guard

    scores, right = hopeless(n, np.random.default_rng(seed), error=error)
    # other draws than those of the scores, or who is asked would hang on how sure the AI is
    return lived(PLAN, scores, right, seed=seed + 1_000, delay=delay, again=trusting)


def test_where_nothing_is_wrong_it_runs_and_is_confirmed_soon() -> None:
    past = begun(0.0, at_once, seed=1, n=1_000)
    runs, certified = past.first(Turning.PROVISIONAL), past.first(Turning.CERTIFIED)
    assert runs is not None
    assert certified is not None
    assert 180 <= runs <= 260
    assert runs < certified <= 800
    assert past.alone[runs:certified].mean() == pytest.approx(0.8, abs=0.08)
    checked = past.asked[runs:certified] & past.alone[runs:certified]
    assert checked.sum() / past.alone[runs:certified].sum() == pytest.approx(0.5, abs=0.1)
    assert past.guard.status in (Status.HOLDING, Status.SURGING)


@pytest.mark.parametrize("delay", [usual, wrong_ones_last])
def test_an_error_over_the_limit_seldom_runs_and_is_stopped(delay: Delay) -> None:
    pasts = [begun(0.03, delay, seed=seed, n=5_000) for seed in range(15)]
    ran = [past for past in pasts if past.alone.any()]
    assert len(ran) <= 4
    assert not any(past.first(Turning.CERTIFIED) for past in pasts)
    for past in ran:
        at, stopped = past.first(Turning.PROVISIONAL), past.first(Turning.STOPPED)
        assert at is not None
        assert stopped is not None
        assert stopped - at <= 2_500


@pytest.mark.long
@pytest.mark.parametrize("delay", [usual, wrong_ones_last])
def test_history_is_never_evidence_in_long_runs(delay: Delay) -> None:
    pasts = [begun(0.0201, delay, seed=seed, n=10_000) for seed in range(200)]
    certified = sum(past.first(Turning.CERTIFIED) is not None for past in pasts)
    assert certified <= 200 * 0.05
    assert sum(past.alone.any() for past in pasts) <= 200 * 0.3


def test_a_provisional_state_goes_on_as_if_it_had_not_been_written_down() -> None:
    drawn = np.random.default_rng(1)

    def reread(guard: Guard) -> Guard:
        if guard.judged == 0:
            guard.trust(LEVELS, LEVEL)
        return guard if drawn.random() > 0.05 else Guard.of(guard.plan, json.loads(json.dumps(guard.plain)))

    scores, right = hopeless(2_000, np.random.default_rng(4), error=0.0)
    one = begun(0.0, usual, seed=4, n=2_000)
    other = lived(PLAN, scores, right, seed=1_004, again=reread)
    assert one.first(Turning.PROVISIONAL) is not None
    assert one.turns == other.turns
    assert json.dumps(one.guard.plain) == json.dumps(other.guard.plain)
