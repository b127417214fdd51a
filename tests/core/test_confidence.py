"""A chain is as sure as its weakest link; what is missing or impossible is the lowest of all."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.confidence import Answered, Calibration, Confidence, calibrated, judged
from surehand.core.recommendation import probability

NAN = float("nan")


@pytest.mark.parametrize(
    ("signals", "value", "weakest"),
    [
        ({}, None, None),
        ({"a": 0.9}, 0.9, "a"),
        ({"a": 0.9, "b": 0.2}, 0.2, "b"),
        ({"a": 0.0, "b": 1.0}, 0.0, "a"),
        ({"a": 1}, 1.0, "a"),
        ({"a": 0.9, "b": None}, None, "b"),
        ({"a": None, "b": None}, None, "a"),
        ({"a": 0.9, "b": NAN}, None, "b"),
        ({"a": 0.9, "b": float("inf")}, None, "b"),
        ({"a": 0.9, "b": -float("inf")}, None, "b"),
        ({"a": 0.9, "b": 1.7}, None, "b"),
        ({"a": 0.9, "b": 1.0000001}, None, "b"),
        ({"a": 0.9, "b": -0.0001}, None, "b"),
        ({"a": 0.9, "b": True}, None, "b"),
        ({"a": 0.9, "b": "0.99"}, None, "b"),
        ({"a": 0.9, "b": Decimal("0.99")}, None, "b"),
        ({"a": 0.9, "b": [1]}, None, "b"),
    ],
)
def test_the_weakest_signal_sets_it(
    signals: dict[str, Any], value: float | None, weakest: str | None
) -> None:
    assert judged(signals) == Confidence(value, weakest)


@given(st.one_of(st.none(), st.floats(), st.integers(), st.booleans(), st.text()))
def test_a_probability_is_in_its_range_or_none(raw: Any) -> None:
    found = probability(raw)
    assert found is None or (isinstance(found, float) and 0.0 <= found <= 1.0 and found == raw)


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.floats(0, 1)), min_size=1), st.floats(0, 1))
def test_another_signal_never_makes_it_surer(signals: dict[str, float | None], more: float) -> None:
    before = judged(signals).value
    after = judged({**signals, "one more that was not there": more}).value
    if before is None:
        assert after is None
    else:
        assert after is not None
        assert after <= before


share = st.floats(0, 1)
NAMES = ("consensus", "model_probability")


def answered(n: int, seed: int, *, odds: float = 1.0) -> list[Answered]:
    """A model that overstates, and a second one whose agreement tells as much."""
    drawn = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        true, agrees = drawn.random(), bool(drawn.random() < 0.6)
        right = bool(drawn.random() < (0.6 + 0.4 * true if agrees else 0.5 * true))
        signals = {"model_probability": float(true**0.2), "consensus": float(agrees)}
        found.append(Answered(signals, right, odds))
    return found


def test_a_fitted_confidence_is_honest_on_new_cases() -> None:
    made = calibrated(answered(600, 1), NAMES)
    assert made.before.error > 0.1
    assert made.after.error < 0.06
    new = answered(5_000, 2)
    said = np.array([judged(one.signals, made.calibration).value for one in new], dtype=float)
    right = np.array([one.right for one in new])
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 1.0)):
        part = (said >= low) & (said < high)
        assert part.sum() > 200
        assert abs(said[part].mean() - right[part].mean()) < 0.06


def two_measurements(n: int, seed: int, *, useful: bool) -> tuple[Any, Any, Any]:
    """What a model states, how likely its words were, and whether it was right: their errors differ."""
    drawn = np.random.default_rng(seed)
    clear = drawn.normal(1.5, 1.5, n)
    right = drawn.random(n) < 1 / (1 + np.exp(-clear))
    stated = np.clip(np.round(1 / (1 + np.exp(-0.35 * clear - 2 - drawn.normal(0, 0.8, n))), 2), 0.5, 0.99)
    likely = 1 / (1 + np.exp(-1.5 * clear - 1.5 - drawn.normal(0, 1.5, n)))
    return stated, likely if useful else drawn.random(n), right


def order(said: list[float | None], right: Any) -> float:
    """Share of pairs, one right and one wrong, in which the right one is surer (AUROC)."""
    from scipy.stats import mannwhitneyu

    values = np.array(said, dtype=float)
    found = mannwhitneyu(values[right], values[~right]).statistic
    return float(found / (right.sum() * (~right).sum()))


@pytest.mark.parametrize("useful", [True, False])
def test_two_measurements_tell_more_than_the_lower_of_them(useful: bool) -> None:
    """Why how likely the words were is a signal of its own: a fit weighs it, or leaves it out."""
    stated, likely, right = two_measurements(200, 1, useful=useful)
    more_stated, more_likely, more_right = two_measurements(4_000, 2, useful=useful)
    names = ("model_probability", "token_probability")

    def ordered(used: tuple[str, ...], told: Any, asked: Any) -> float:
        taught = [
            Answered(dict(zip(used, map(float, one), strict=True)), bool(ok))
            for one, ok in zip(told, right, strict=True)
        ]
        made = calibrated(taught, used).calibration
        return order([made(dict(zip(used, map(float, one), strict=True))) for one in asked], more_right)

    both = ordered(names, zip(stated, likely, strict=True), zip(more_stated, more_likely, strict=True))
    lower = ordered(
        names[:1], np.minimum(stated, likely)[:, None], np.minimum(more_stated, more_likely)[:, None]
    )
    alone = ordered(names[:1], stated[:, None], more_stated[:, None])
    assert both > lower + 0.01
    # one that tells nothing takes next to nothing away
    assert both > (alone + 0.05 if useful else alone - 0.01)
    assert useful or lower < 0.55


def test_few_answers_change_little_of_what_is_honest_already() -> None:
    drawn = np.random.default_rng(3)
    honest = [
        Answered({"model_probability": float(p)}, bool(drawn.random() < p)) for p in drawn.beta(8, 1, 100)
    ]
    made = calibrated(honest, ["model_probability"]).calibration
    for p in (0.5, 0.8, 0.95):
        assert abs((made({"model_probability": p}) or 0.0) - p) < 0.12


@pytest.mark.parametrize("right", [True, False])
def test_answers_of_one_kind_leave_the_order_of_cases_as_it_is(right: bool) -> None:
    made = calibrated(
        [Answered({"model_probability": p}, right) for p in (0.2, 0.6, 0.9, 0.99)], ["model_probability"]
    ).calibration
    said = [made({"model_probability": p}) or 0.0 for p in (0.1, 0.5, 0.9, 0.999)]
    assert said == sorted(said)
    assert len(set(said)) == 4


def test_what_is_missing_counts_as_the_lowest_and_nothing_at_all_is_nothing() -> None:
    made = calibrated(answered(400, 4), NAMES).calibration
    with_it, without = {"model_probability": 0.99, "consensus": 1.0}, {"model_probability": 0.99}
    assert judged({**without, "consensus": None}, made) == judged({**without, "consensus": 0.0}, made)
    assert (judged({**without, "consensus": None}, made).value or 0) < (judged(with_it, made).value or 0)
    assert judged({"model_probability": None, "consensus": NAN}, made).value is None
    # it was fitted to other signals: the weakest counts
    assert judged({"margin": 0.4}, made) == Confidence(0.4, "margin")


@given(st.lists(st.tuples(share, share, st.booleans()), min_size=5, max_size=40), share, share, share)
def test_a_higher_signal_never_lowers_it(
    told: list[tuple[float, float, bool]], low: float, high: float, other: float
) -> None:
    made = calibrated(
        [Answered({"model_probability": a, "consensus": b}, right) for a, b, right in told], NAMES
    ).calibration
    low, high = sorted((low, high))
    for name, beside in (NAMES, NAMES[::-1]):
        below, above = made({name: low, beside: other}), made({name: high, beside: other})
        assert (below or 0.0) <= (above or 0.0)


def test_it_is_the_same_after_it_was_kept() -> None:
    made = calibrated(answered(50, 5), NAMES).calibration
    assert Calibration.of(made.plain) == made
