"""Limits only narrow: whatever else is known of a case, one more never means fewer people."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from surehand.core.bands import PRESETS
from surehand.core.confidence import Confidence
from surehand.core.consequence import Graded
from surehand.core.guarantee import Terms
from surehand.core.limits import Narrowing, edge, reached
from surehand.core.oversight import Level
from surehand.core.policy import Grade, Limit, Rule, Trigger
from surehand.core.routing import Earned, Findings, Route, route

DAY = date(2026, 12, 10)
PEAK = [{"from": "2026-12-01", "until": "2026-12-24"}]
CALM = Graded(Grade.LOW, Decimal(10), "10.00 EUR at stake")
TERMS = Terms(epoch=1, block=0, cut=0.8, check=0.3, blind=0.2)


def limit(**more: Any) -> Limit:
    return Limit(**{"because": "New customer"} | more)


def sent(confidence: float | None, *limits: Narrowing, earned: bool = False, **more: Any) -> Route:
    findings = Findings(
        **{"confidence": Confidence(confidence, "a"), "graded": CALM, "answered": True, "limits": limits}
        | more
    )
    bands = None if earned else PRESETS["review-flow"]
    return route(findings, bands=bands, level=None, earned=Earned(TERMS, 0.02) if earned else None)


@pytest.mark.parametrize(
    ("tested", "confidence", "hit"),
    [
        (Narrowing(limit(below=0.97)), 0.9699, True),
        (Narrowing(limit(below=0.97)), 0.97, False),
        (Narrowing(limit(below=0.97)), None, True),
        (Narrowing(limit(below=0.97, when="x"), holds=False), 0.5, False),
        (Narrowing(limit(below=0.97, when="x"), holds=None), 0.5, True),
        (Narrowing(limit(below=0.97, when="x"), holds=None), 0.98, False),
        (Narrowing(limit(first=3), before=2), 1.0, True),
        (Narrowing(limit(first=3), before=3), 1.0, False),
        (Narrowing(limit(first=3, when="x"), before=0, holds=None), 1.0, True),
        (Narrowing(limit(below=0.97, peak=PEAK), day=date(2026, 11, 30)), 0.9, True),
        (Narrowing(limit(below=0.97, peak=PEAK), day=date(2026, 12, 1)), 0.9, False),
        (Narrowing(limit(below=0.97, peak=PEAK), day=date(2026, 12, 24)), 0.9, False),
        (Narrowing(limit(below=0.97, peak=PEAK), day=date(2026, 12, 25)), 0.9, True),
    ],
)
def test_when_a_limit_is_for_a_case(tested: Narrowing, confidence: float | None, hit: bool) -> None:
    assert bool(reached([tested], confidence)) is hit


def test_a_limit_says_which_number_led_there() -> None:
    below = sent(0.93, Narrowing(limit(below=0.97, when="vendor.is_new"), holds=True))
    assert (below.level, below.limit) == (Level.REVIEW, 0.97)
    assert [reason.text for reason in below.reasons] == ["New customer: confidence 93 is below 97"]
    first = sent(0.99, Narrowing(limit(first=50, policy="AP-4", because="The policy is new"), before=11))
    assert [(r.text, r.policy) for r in first.reasons] == [
        ("The policy is new: case 12 of the first 50 since AP-4 changed", "AP-4")
    ]
    untold = sent(0.93, Narrowing(limit(below=0.97, when="x", route="notify"), holds=None))
    assert untold.level is Level.REVIEW
    assert untold.reasons[0].text == (
        "Could not be told, so it counts: New customer: confidence 93 is below 97"
    )


def test_what_is_shown_as_the_limit_is_the_narrowest_that_is_for_the_case() -> None:
    new = Narrowing(limit(below=0.97, when="x"), holds=True)
    assert sent(0.99, new).limit == 0.97
    assert sent(0.99, Narrowing(limit(below=0.5))).limit == 0.9
    assert sent(0.99, Narrowing(limit(below=0.97, when="x"), holds=False)).limit == 0.9
    assert edge([Narrowing(limit(below=0.97, route="notify"))]) is None


def test_a_peak_never_goes_below_what_is_certified() -> None:
    careful = limit(below=0.97, peak=PEAK)
    usual, peak = Narrowing(careful, day=date(2026, 11, 1)), Narrowing(careful, day=DAY)
    assert sent(0.9, usual, earned=True).level is Level.REVIEW
    assert sent(0.9, peak, earned=True).level is Level.SPOT_CHECK
    assert sent(0.79, peak, earned=True).level is Level.REVIEW


def test_a_limit_that_ends_keeps_its_cases_among_those_that_are_counted() -> None:
    """Else what it lets run afterwards would rest on evidence about other cases."""
    passing = [Narrowing(limit(first=3)), Narrowing(limit(below=0.97, peak=PEAK), day=date(2026, 11, 1))]
    assert all(sent(0.9, one, earned=True).by_confidence for one in passing)
    assert not sent(0.9, Narrowing(limit(below=0.97)), earned=True).by_confidence
    assert sent(0.98, Narrowing(limit(below=0.97)), earned=True).by_confidence


def test_who_decides_alone_reads_nothing_of_the_confidence_in_a_limit() -> None:
    chosen = sent(0.4321, Narrowing(limit(below=0.97, route="human")))
    assert chosen.level is Level.HUMAN
    assert not any("43" in reason.text or "97" in reason.text for reason in chosen.reasons)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"when": "x"},
        {"below": 0},
        {"below": 1.01},
        {"first": 0},
        {"below": 0.9, "route": "automate"},
        {"below": 0.9, "peak": [{"from": "2026-12-02", "until": "2026-12-01"}]},
        {"below": 0.9, "because": ""},
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        limit(**wrong)


shares = st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.79, 0.8, 0.9, 0.900001, 0.95, 0.97, 1.0])
limits = st.builds(
    Narrowing,
    st.builds(
        Limit,
        when=st.sampled_from([None, "x"]),
        below=shares.filter(bool),
        first=st.sampled_from([None, 1, 5]),
        peak=st.sampled_from([(), PEAK]),
        route=st.sampled_from([level for level in Level if level is not Level.AUTOMATE]),
        because=st.just("So it is"),
    ),
    holds=st.sampled_from([True, False, None]),
    before=st.integers(0, 6),
    day=st.sampled_from([DAY, date(2026, 11, 1)]),
)
rules = st.tuples(
    st.builds(Rule, when=st.just("x"), route=st.sampled_from(Level), because=st.just("So it is")),
    st.sampled_from([True, False, None]),
)
found = st.builds(
    Findings,
    confidence=st.builds(Confidence, st.none() | shares, st.just("a")),
    graded=st.builds(
        Graded, st.sampled_from(Grade), st.sampled_from([None, Decimal(5), Decimal(5_000)]), st.just("x"),
        st.sampled_from([None, "total is not known"]),
    ),
    answered=st.booleans(),
    rivals=st.sampled_from([None, (0.5, 0.45), (0.9, 0.1)]),
    rules=st.lists(rules, max_size=2),
    limits=st.lists(limits, max_size=2),
    missing=st.sampled_from([(), ("po",)]),
    failures=st.integers(0, 1),
)  # fmt: skip
ways = st.sampled_from(
    [
        *({"bands": bands, "level": None} for bands in PRESETS.values()),
        *({"bands": None, "level": level} for level in Level),
        {"bands": None, "level": None, "earned": Earned(TERMS, 0.02)},
        {"bands": None, "level": None, "earned": Earned(Terms(1, None, None, 1.0, 1.0), 0.02)},
    ]
)


@given(found, limits, ways)
def test_one_more_limit_never_means_fewer_people(findings: Findings, more: Narrowing, way: Any) -> None:
    narrowed = replace(findings, limits=[*findings.limits, more])
    before, after = route(findings, **way), route(narrowed, **way)
    assert after.level.rank >= before.level.rank
    if before.limit is not None:
        assert after.limit is not None
        assert after.limit >= before.limit
    if more.concerns and (findings.confidence.value or 0) < (more.limit.below or 1):
        assert after.level.rank >= more.limit.route.rank


@given(found, limits, ways)
def test_what_cannot_be_told_is_as_strict_as_what_holds(
    findings: Findings, more: Narrowing, way: Any
) -> None:
    levels = [
        route(replace(findings, limits=[replace(more, holds=holds)]), **way).level.rank
        for holds in (False, True, None)
    ]
    assert levels == sorted(levels)


def test_a_loosening_rule_lifts_no_limit() -> None:
    loosening = Rule(when="x", route=Level.AUTOMATE, because="Known well")
    assert sent(0.8, rules=[(loosening, True)]).level is Level.AUTOMATE
    narrowed = sent(0.8, Narrowing(limit(below=0.97)), rules=[(loosening, True)])
    assert narrowed.level is Level.REVIEW
    assert narrowed.reasons[0].trigger is Trigger.LOW_CONFIDENCE
