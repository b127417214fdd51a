"""The record behind a confidence: what counts as like it, and whose word counts."""

import pytest

from surehand.core.record import FEW, Record, Scored, record_of


def scored(count: int, right: int, confidence: float = 0.88, *, seen: bool = False) -> list[Scored]:
    return [Scored(confidence, n < right, seen) for n in range(count)]


def test_a_record_is_what_came_of_like_confidence() -> None:
    past = [*scored(200, 176, 0.86), *scored(200, 178, 0.90), *scored(300, 0, 0.99), *scored(90, 90, 0.70)]
    found = record_of(0.88, past)
    assert found is not None
    assert (found.right, found.counted, found.lowest, found.highest) == (354, 400, 0.86, 0.90)
    assert found.interval == pytest.approx((0.850, 0.912), abs=0.001)
    assert found.bears_out(0.88)
    assert not found.speaks_against(0.88)


@pytest.mark.parametrize(
    ("confidence", "past", "counted"),
    [
        (0.88, [], None),
        (None, scored(100, 90), None),
        (0.88, scored(FEW - 1, 9), None),
        (0.88, scored(FEW, 9), (FEW, False)),
        # too few so near, enough a little farther
        (0.88, [*scored(20, 9), *scored(20, 9, 0.80)], (40, False)),
        (0.88, scored(50, 9, 0.77), None),
        # independent answers come first, and are not mixed with others
        (0.88, [*scored(400, 400, seen=True), *scored(FEW, 9)], (FEW, False)),
        (0.88, [*scored(400, 400, seen=True), *scored(FEW - 1, 9)], (400, True)),
        # the latest
        (0.88, [*scored(500, 500), *scored(500, 0)], (500, False)),
        (1.0, scored(FEW, FEW, 0.95), (FEW, False)),
    ],
)
def test_who_is_counted(
    confidence: float | None, past: list[Scored], counted: tuple[int, bool] | None
) -> None:
    found = record_of(confidence, past)
    assert (found and (found.counted, found.seen)) == counted


def test_only_independent_answers_bear_a_number_out() -> None:
    def record(right: int, *, seen: bool = False) -> Record:
        found = record_of(0.88, scored(100, right, seen=seen))
        assert found is not None
        return found

    assert record(88).bears_out(0.88)
    assert not record(88, seen=True).bears_out(0.88)
    assert not record(70).bears_out(0.88)
    assert record(70).speaks_against(0.88)
    assert not record(99).bears_out(0.88)
    assert not record(99).speaks_against(0.88)
