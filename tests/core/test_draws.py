"""Draws: the same decision draws the same, all together are uniform, and nothing runs into another."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from surehand.core.draws import draw

SECRET = b"s" * 48
words = st.text(max_size=12)


@given(words, words, st.integers(1, 99))
def test_a_decision_draws_the_same_each_time(case_id: str, point: str, round: int) -> None:
    first = draw(SECRET, case_id=case_id, point=point, round=round)
    assert first == draw(SECRET, case_id=case_id, point=point, round=round)
    assert 0 <= first < 1


def test_draws_are_uniform() -> None:
    drawn = sorted(draw(SECRET, case_id=f"ref-{n}", point="refund", round=1) for n in range(20_000))
    # Kolmogorov and Smirnov: exceeded by chance once in 10,000 sequences, and this sequence is fixed
    distance = max(abs(value - place / len(drawn)) for place, value in enumerate(drawn, start=1))
    assert distance < 2.23 / len(drawn) ** 0.5
    rounds = [draw(SECRET, case_id=f"ref-{n}", point="refund", round=2) for n in range(20_000)]
    ones = [draw(SECRET, case_id=f"ref-{n}", point="refund", round=1) for n in range(20_000)]
    assert abs(statistics.correlation(ones, rounds)) < 0.03


def test_each_part_counts() -> None:
    parts = [("ref-1", "refund", 1), ("ref-1", "refund", 11), ("ref-11", "refund", 1), ("ref-1r", "efund", 1)]
    drawn = {draw(SECRET, case_id=case, point=point, round=n) for case, point, n in parts}
    assert len(drawn) == len(parts)
    assert draw(b"t" * 48, case_id="ref-1", point="refund", round=1) not in drawn
