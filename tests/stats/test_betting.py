"""Wealth that may be read at any time: what it needs, that it is honest, and that it is the same again."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.stats.betting import Wealth


def _bet(wrong: Any, *, limit: float = 0.02, together: int = 10) -> tuple[float, int]:
    """The most wealth of a sequence, all of it observed, and after how many it first came to 20."""
    wealth, reached = Wealth(limit, 1), 0
    for start in range(0, len(wrong), together):
        block = wealth.begin([1.0])
        for one in wrong[start : start + together]:
            wealth.observe(block, 0, 1.0)
            if not one:
                wealth.settle(block, 0, 1.0, right=True)
        if not reached and wealth.below()[0] >= 20:
            reached = start + together
    return float(wealth.below()[0]), reached


@pytest.mark.parametrize(
    ("limit", "share", "least", "most"),
    [(0.02, 0.0, 217, 260), (0.02, 0.005, 300, 500), (0.02, 0.01, 700, 1_200), (0.05, 0.0, 85, 110),
     (0.05, 0.025, 300, 500)],
)  # fmt: skip
def test_labels_needed(limit: float, share: float, least: int, most: int) -> None:
    drawn = np.random.default_rng(4)
    needed = [_bet(drawn.random(6_000) < share, limit=limit)[1] or 6_000 for _ in range(31)]
    assert least <= np.median(needed) <= most


def test_at_the_limit_it_seldom_grows_whenever_one_looks() -> None:
    drawn = np.random.default_rng(5)
    fooled = sum(_bet(drawn.random(2_000) < 0.02)[1] > 0 for _ in range(300))
    # at most 5 % in truth: 300 runs give 24 or more with a probability of 1 in 100
    assert fooled < 24


def _sampled(generator: np.random.Generator, *, share: float, late: bool) -> float:
    """Levels of which the strict one is checked rarely; answers come late, the wrong ones never in time."""
    wealth = Wealth(0.02, 2)
    open_: list[tuple[int, int, float]] = []
    for number in range(60):
        check = 0.3 * 0.97**number
        block = wealth.begin([check, min(check, 0.2)])
        for _ in range(50):
            level = int(generator.random() < 0.4)
            p = 0.2 if level else check
            if generator.random() >= p:
                continue
            wealth.observe(block, level, p)
            # the error lies in the wide level alone
            if not (level and generator.random() < share / 0.4):
                open_.append((block, level, p))
        keep = 20 if late else 0
        while len(open_) > keep:
            wealth.settle(*open_.pop(int(generator.integers(len(open_)))), right=True)
    return float(wealth.below()[1])


@pytest.mark.parametrize("late", [False, True])
def test_sampled_with_probabilities_that_differ_it_is_honest(late: bool) -> None:
    drawn = np.random.default_rng(6)
    fooled = sum(_sampled(drawn, share=0.0205, late=late) >= 20 for _ in range(200))
    assert fooled < 18
    assert np.median([_sampled(drawn, share=0.0, late=late) for _ in range(9)]) >= 20


Told = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.2, 0.3, 1.0]), st.booleans()), max_size=60)


@given(Told, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter_and_counts_give_it_again(told: Any, random: Any) -> None:
    def wealth(order: list[Any], *, look: bool) -> Wealth:
        made = Wealth(0.05, 4)
        for _ in range(3):
            made.begin([0.2] * 4)
        for number, (level, p, _) in enumerate(told):
            made.observe(number % 3, level, p)
        for number, (level, p, right) in order:
            made.settle(number % 3, level, p, right=right)
            if look:
                made.below()
        return made

    order = list(enumerate(told))
    one = wealth(order, look=True)
    random.shuffle(order)
    other = wealth(order, look=False)
    again = Wealth.of(0.05, 4, json.loads(json.dumps(other.plain)))
    assert one.below().tolist() == other.below().tolist() == again.below().tolist()
    assert one.above().tolist() == other.above().tolist() == again.above().tolist()


def test_what_counts_as_wrong_never_tells_more_than_the_truth() -> None:
    wealth = Wealth(0.02, 1)
    for _ in range(20):
        block = wealth.begin([0.5])
        for _ in range(50):
            wealth.observe(block, 0, 0.5)
    pending = wealth.below()[0]
    for block in range(20):
        for _ in range(50):
            wealth.settle(block, 0, 0.5, right=True)
            assert wealth.below()[0] >= pending
            pending = wealth.below()[0]
    assert pending > 1e5


def test_an_answer_that_is_taken_back_leaves_nothing() -> None:
    wealth = Wealth(0.02, 2)
    block = wealth.begin([1.0, 1.0])
    wealth.observe(block, 1, 1.0)
    before = wealth.plain
    wealth.settle(block, 1, 1.0, right=True)
    assert wealth.below().tolist() == [1.0, pytest.approx(1.01, abs=0.01)]
    wealth.settle(block, 1, 1.0, right=True, back=True)
    assert wealth.plain == before
    assert wealth.below().tolist() == [1.0, 1.0]


@pytest.mark.parametrize("limit", [0.0, 1.0, -0.1, float("nan")])
def test_limits_that_cannot_be_bet_against(limit: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Wealth(limit, 3)


def test_unfair_odds_are_refused() -> None:
    wealth = Wealth(0.02, 2)
    with pytest.raises(ValueError, match="above 0"):
        wealth.begin([0.5, 0.0])
    with pytest.raises(ValueError, match="every level"):
        wealth.begin([0.5])
    block = wealth.begin([0.5, 0.2])
    wealth.observe(block, 1, 0.2)
    for level, p in ((0, 0.4), (1, 0.1), (1, 1.1), (1, float("nan"))):
        with pytest.raises(ValueError, match="odds"):
            wealth.observe(block, level, p)
    with pytest.raises(ValueError, match="no level 2"):
        Wealth.of(0.02, 2, {**wealth.plain, "blocks": [[[1, 1], [[1, [[2, 1, 0, 0]]]]]]})


def _refused(wrong: Any, *, limit: float = 0.02) -> float:
    wealth = Wealth(limit, 1)
    for one in wrong:
        block = wealth.begin([1.0])
        wealth.observe(block, 0, 1.0)
        wealth.settle(block, 0, 1.0, right=not one)
    return float(wealth.above()[0])


def test_that_a_share_is_above_the_limit_is_told_when_it_is_and_seldom_else() -> None:
    drawn = np.random.default_rng(7)
    assert sum(_refused(drawn.random(300) < 0.02) >= 20 for _ in range(100)) < 10
    assert np.median([_refused(drawn.random(300) < 0.1) for _ in range(9)]) >= 20
    wealth = Wealth(0.02, 1)
    for _ in range(300):
        wealth.observe(wealth.begin([1.0]), 0, 1.0)
    assert wealth.above()[0] == 1.0, "nothing is known of these"


def test_what_was_seen_is_weighted_by_its_probability() -> None:
    wealth = Wealth(0.02, 2)
    block = wealth.begin([0.5, 0.2])
    wealth.observe(block, 0, 0.5)
    wealth.observe(block, 1, 0.2)
    wealth.settle(block, 1, 0.2, right=False)
    assert wealth.seen().tolist() == [[2, 7], [0, 0], [0, 5]]


@given(Told, st.integers(0, 4))
def test_final_blocks_are_not_kept_and_give_the_same_wealth(told: Any, final: int) -> None:
    whole, short = Wealth(0.05, 4), Wealth(0.05, 4)
    for made in (whole, short):
        for _ in range(4):
            made.begin([0.2] * 4)
        for number, (level, p, right) in enumerate(told):
            made.observe(number % 4, level, p)
            made.settle(number % 4, level, p, right=right)
    short.finish(final)
    assert len(short.plain["blocks"]) == 4 - final
    again = Wealth.of(0.05, 4, json.loads(json.dumps(short.plain)))
    for made in (short, again):
        assert made.begin([0.2] * 4) == 4
        assert made.below().tolist() == whole.below().tolist()
        assert made.above().tolist() == whole.above().tolist()
        np.testing.assert_allclose(made.seen(), whole.seen())
    if final:
        assert not short.settle(0, 0, 0.2, right=True)
        with pytest.raises(IndexError, match="final"):
            short.observe(0, 0, 0.2)
