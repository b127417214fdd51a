"""Every trigger, what a loosening rule may lift, and the words of the reasons."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.bands import PRESETS
from surehand.core.confidence import Confidence
from surehand.core.consequence import Graded
from surehand.core.guarantee import Terms
from surehand.core.oversight import Level, most_human
from surehand.core.policy import Band, Grade, Rule, Trigger
from surehand.core.reason import percent
from surehand.core.routing import Earned, Findings, route

AUTOMATE, REVIEW, ASSIST, HUMAN = Level.AUTOMATE, Level.REVIEW, Level.ASSIST, Level.HUMAN
CALM = Graded(Grade.LOW, Decimal(10), "10.00 EUR at stake")
SURE = Confidence(0.99, "a")


def findings(**changes: Any) -> Findings:
    return Findings(**{"confidence": SURE, "graded": CALM, "answered": True} | changes)


def flow(**changes: Any):
    return route(findings(**changes), bands=PRESETS["review-flow"], level=None)


def rule(to: Level = REVIEW, **more: Any) -> Rule:
    return Rule(when="x", route=to, because=more.pop("because", "It is so"), **more)


@pytest.mark.parametrize(
    ("found", "level", "trigger", "text"),
    [
        ({"missing": ("po", "date")}, REVIEW, Trigger.MISSING_FIELD, "Required and missing: po, date"),
        ({"answered": False}, ASSIST, Trigger.NOVEL_INPUT, "The AI has no recommendation"),
        (
            {"rivals": (0.55, 0.46)},
            REVIEW,
            Trigger.AMBIGUOUS_INPUT,
            "Two answers are almost equally likely (55 and 46)",
        ),
        ({"rivals": (0.4, 0.5)}, REVIEW, Trigger.AMBIGUOUS_INPUT, "(40 and 50)"),
        ({"failures": 1}, REVIEW, Trigger.REPEATED_FAILURE, "A step failed once before it succeeded"),
        ({"failures": 3}, REVIEW, Trigger.REPEATED_FAILURE, "A step failed 3 times before it succeeded"),
        (
            {"graded": Graded(Grade.HIGH, None, "x", "total is not known")},
            REVIEW,
            Trigger.MISSING_FIELD,
            "The stake cannot be told: total is not known",
        ),
        (
            {"graded": Graded(Grade.HIGH, None, "x", "no rate from JPY to EUR is recorded")},
            REVIEW,
            Trigger.NO_RATE,
            "no rate from JPY to EUR",
        ),
        (
            {"graded": Graded(Grade.HIGH, Decimal(1), "harm to the customer")},
            REVIEW,
            Trigger.HIGH_STAKES,
            "High consequence: harm to the customer",
        ),
        (
            {"graded": Graded(Grade.CRITICAL, Decimal(1), "legal consequence")},
            REVIEW,
            Trigger.HIGH_STAKES,
            "Critical consequence: legal consequence",
        ),
        (
            {"rules": [(rule(ASSIST, trigger="policy_sensitive", policy="P-1"), True)]},
            ASSIST,
            Trigger.POLICY_SENSITIVE,
            "It is so",
        ),
        (
            {"rules": [(rule(HUMAN, trigger="customer_risk"), True)]},
            HUMAN,
            Trigger.CUSTOMER_RISK,
            "It is so",
        ),
        ({"rules": [(rule(REVIEW), True)]}, REVIEW, None, "It is so"),
        (
            {"rules": [(rule(REVIEW, trigger="regulation"), None)]},
            REVIEW,
            Trigger.CONFLICTING_SIGNALS,
            "Could not be told, so a person looks: It is so",
        ),
        ({"rules": [(rule(HUMAN), None)]}, HUMAN, Trigger.CONFLICTING_SIGNALS, "Could not be told"),
        ({"confidence": Confidence(None, "model_probability")}, ASSIST, Trigger.LOW_CONFIDENCE,
         "No confidence: model probability has no reading"),
        ({"confidence": Confidence(None, None)}, ASSIST, Trigger.LOW_CONFIDENCE, "No confidence"),
        ({"confidence": Confidence(0.5, "a")}, ASSIST, Trigger.LOW_CONFIDENCE,
         "Confidence 50 is not above 90, so assist"),
        ({"confidence": Confidence(0.8999, "a")}, REVIEW, Trigger.LOW_CONFIDENCE,
         "Confidence 89.9 is not above 90, so review"),
        ({"confidence": Confidence(0.9, "a")}, REVIEW, Trigger.LOW_CONFIDENCE,
         "Confidence 90 is not above 90, so review"),
    ],
)  # fmt: skip
def test_each_trigger_asks_for_a_person_and_says_why(
    found: dict[str, Any], level: Level, trigger: Trigger | None, text: str
) -> None:
    chosen = flow(**found)
    assert chosen.level is level
    (reason,) = chosen.reasons
    assert (reason.level, reason.trigger) == (level, trigger)
    assert text in reason.text


def test_nothing_against_it_runs_alone_with_its_reason() -> None:
    chosen = flow()
    assert chosen.level is AUTOMATE
    assert [reason.text for reason in chosen.reasons] == ["Confidence 99 is above 90"]
    assert chosen.limit == 0.90


@pytest.mark.parametrize("rivals", [None, (0.9, 0.1), (0.75, 0.5)])
def test_answers_far_apart_are_no_trigger(rivals: tuple[float, float] | None) -> None:
    assert flow(rivals=rivals).level is AUTOMATE


@pytest.mark.parametrize("hit", [False, None])
def test_a_loosening_rule_that_does_not_hold_changes_nothing(hit: bool | None) -> None:
    low = Confidence(0.75, "a")
    assert flow(confidence=low, rules=[(rule(AUTOMATE), hit)]) == flow(confidence=low)


@pytest.mark.parametrize("value", [0.0, 0.5, 0.75, 0.9])
def test_a_loosening_rule_lifts_what_the_band_alone_decided(value: float) -> None:
    chosen = flow(
        confidence=Confidence(value, "a"), rules=[(rule(AUTOMATE, because="Known well", policy="P"), True)]
    )
    assert chosen.level is AUTOMATE
    assert [(reason.text, reason.policy) for reason in chosen.reasons] == [("Known well", "P")]


@pytest.mark.parametrize(
    "against",
    [
        {"missing": ("po",)},
        {"answered": False},
        {"rivals": (0.5, 0.45)},
        {"failures": 1},
        {"graded": Graded(Grade.HIGH, Decimal(1), "x")},
        {"graded": Graded(Grade.CRITICAL, Decimal(1), "x")},
        {"graded": Graded(Grade.HIGH, None, "x", "total is not known")},
        {"confidence": Confidence(None, "a")},
        {"rules": [(rule(AUTOMATE), True), (rule(REVIEW), True)]},
        {"rules": [(rule(AUTOMATE), True), (rule(REVIEW), None)]},
    ],
)
def test_a_loosening_rule_lifts_nothing_else(against: dict[str, Any]) -> None:
    rules = against.get("rules", [(rule(AUTOMATE), True)])
    assert flow(**{"confidence": Confidence(0.99, "a"), **against, "rules": rules}).level.waits


@pytest.mark.parametrize("level", [REVIEW, ASSIST, HUMAN])
def test_a_loosening_rule_does_not_lift_a_fixed_level(level: Level) -> None:
    chosen = route(findings(rules=[(rule(AUTOMATE), True)]), bands=None, level=level)
    assert chosen.level is level
    assert chosen.limit is None


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (AUTOMATE, "Always automate: the map lets every such case run alone"),
        (REVIEW, "Always review: the map has every such case approved by a person"),
        (ASSIST, "Always assist: the map has every such case decided by a specialist"),
        (HUMAN, "Always human: the map has every such case decided by a person alone"),
    ],
)
def test_a_fixed_level_says_so(level: Level, words: str) -> None:
    chosen = route(findings(), bands=None, level=level)
    assert (chosen.level, [reason.text for reason in chosen.reasons]) == (level, [words])


def test_a_trigger_lifts_a_fixed_level_but_never_lowers_it() -> None:
    assert route(findings(failures=1), bands=None, level=AUTOMATE).level is REVIEW
    assert route(findings(answered=False), bands=None, level=AUTOMATE).level is ASSIST
    assert route(findings(failures=1), bands=None, level=HUMAN).level is HUMAN


def test_reasons_come_strictest_first_and_only_those_that_wait() -> None:
    chosen = flow(failures=2, missing=("po",), rules=[(rule(HUMAN, because="By law"), True)], answered=False)
    assert chosen.level is HUMAN
    assert [reason.text for reason in chosen.reasons] == [
        "By law",
        "The AI has no recommendation",
        "Required and missing: po",
        "A step failed 2 times before it succeeded",
    ]


@pytest.mark.parametrize("confidence", [Confidence(0.42, "a"), Confidence(0.97, "a"), Confidence(None, "a")])
def test_who_decides_alone_reads_the_maps_words_and_nothing_of_the_model(confidence: Confidence) -> None:
    own = rule(HUMAN, because="The customer is watched", trigger=Trigger.LOW_CONFIDENCE)
    chosen = route(
        findings(
            confidence=confidence,
            graded=Graded(Grade.HIGH, Decimal(9_000), "9,000.00 EUR at stake"),
            rivals=(0.42, 0.41),
            rules=[(own, True)],
        ),
        bands=PRESETS["two-by-two"],
        level=None,
    )
    said = [reason.text for reason in chosen.reasons]
    assert chosen.level is HUMAN
    assert "The customer is watched" in said
    for trace in ("onfidence", "42", "41", "97", "likely", "reading"):
        assert not any(trace in text for text in said), (trace, said)


def test_what_a_limit_of_the_stake_stops_is_not_blamed_on_the_confidence() -> None:
    over = Graded(Grade.LOW, Decimal(5000), "x")
    chosen = route(findings(graded=over), bands=PRESETS["accounts-payable"], level=None)
    assert chosen.reasons[0].text == ("Confidence 99, but the sum is over what may run alone")
    assert chosen.reasons[0].trigger is None
    below = route(findings(confidence=Confidence(0.98, "a")), bands=PRESETS["accounts-payable"], level=None)
    assert below.reasons[0].text == "Confidence 98 is not above 98, so review"


def test_where_no_confidence_is_enough_that_is_said() -> None:
    bands = (Band(at_least=0.0, route=REVIEW),)
    chosen = route(findings(), bands=bands, level=None)
    assert chosen.reasons[0].text == "Confidence 99; at low consequence no confidence runs alone"
    assert chosen.limit is None


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.9, "90"),
        (0.899, "89.9"),
        (0.8999, "89.9"),
        (0.99999, "99.9"),
        (1.0, "100"),
        (0.0, "0"),
        (0.07, "7"),
    ],
)
def test_a_share_is_never_rounded_up(share: float, text: str) -> None:
    assert percent(share) == text


_LEVELS = st.sampled_from([AUTOMATE, REVIEW, ASSIST, HUMAN])
_RULES = st.lists(st.tuples(_LEVELS.map(rule), st.sampled_from([True, False, None])), max_size=4)


@st.composite
def _cases(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "graded": Graded(
            draw(st.sampled_from(list(Grade))),
            draw(st.one_of(st.none(), st.decimals(-2000, 2000, places=2))),
            "x",
            draw(st.sampled_from([None, "no rate", "total is not known"])),
        ),
        "answered": draw(st.booleans()),
        "rivals": draw(st.one_of(st.none(), st.tuples(st.floats(0, 1), st.floats(0, 1)))),
        "rules": draw(_RULES),
        "missing": draw(st.sampled_from([(), ("po",)])),
        "failures": draw(st.integers(0, 2)),
    }


@given(_cases(), st.sampled_from(sorted(PRESETS)), st.floats(0, 1), st.floats(0, 1))
def test_lowering_the_confidence_never_lowers_the_level(
    case: dict[str, Any], preset: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    levels = [
        route(findings(**case, confidence=Confidence(value, "a")), bands=PRESETS[preset], level=None).level
        for value in (None, low, high)
    ]
    assert [level.rank for level in levels] == sorted((level.rank for level in levels), reverse=True)


@given(
    _cases(),
    st.one_of(st.none(), st.floats(0, 1)),
    st.lists(st.builds(Band, at_least=st.floats(0, 1), route=_LEVELS), max_size=3),
    st.one_of(st.none(), _LEVELS),
)
def test_what_runs_alone_has_nothing_against_it(
    case: dict[str, Any], confidence: float | None, bands: list[Band], level: Level | None
) -> None:
    found = findings(**case, confidence=Confidence(confidence, "a"))
    chosen = route(found, bands=tuple(bands) if level is None else None, level=level)
    assert chosen.reasons
    assert chosen.level is most_human(reason.level for reason in chosen.reasons)
    if not chosen.level.waits:
        assert found.answered
        assert not found.missing
        assert found.failures == 0
        assert found.graded.unknown is None
        assert found.graded.grade in (Grade.LOW, Grade.MEDIUM)
        assert all(hit is False for one, hit in found.rules if one.route is not AUTOMATE)
        assert confidence is not None or level is AUTOMATE


WHY = "Automation is stopped: it answers twice"


@pytest.mark.parametrize("level", [AUTOMATE, Level.SPOT_CHECK, Level.NOTIFY])
def test_while_automation_is_stopped_nothing_runs_alone(level: Level) -> None:
    chosen = route(findings(stopped=WHY), bands=None, level=level)
    assert chosen.level is REVIEW
    assert [reason.text for reason in chosen.reasons] == [WHY]


@pytest.mark.parametrize("level", [REVIEW, ASSIST, HUMAN])
def test_a_stop_changes_nothing_for_what_people_decide_anyway(level: Level) -> None:
    assert route(findings(stopped=WHY), bands=None, level=level) == route(findings(), bands=None, level=level)


def test_a_rule_of_the_map_does_not_loosen_a_stop() -> None:
    lifted = [(rule(AUTOMATE), True)]
    low = Confidence(0.2, "a")
    assert (
        route(findings(confidence=low, rules=lifted), bands=PRESETS["review-flow"], level=None).level
        is AUTOMATE
    )
    stopped = findings(confidence=low, rules=lifted, stopped=WHY)
    assert route(stopped, bands=PRESETS["review-flow"], level=None).level is REVIEW


def test_what_counts_as_evidence_is_the_same_while_it_is_stopped() -> None:
    """What is decided then will run alone again: leaving it out would leave out the surest cases alone."""
    earned = Earned(Terms(epoch=1, block=1, cut=0.5, check=0.2, blind=0.2), 0.02)
    for confidence in (0.2, 0.9):
        found = findings(confidence=Confidence(confidence, "a"))
        free = route(found, bands=None, level=None, earned=earned)
        held = route(replace(found, stopped=WHY), bands=None, level=None, earned=earned)
        assert held.by_confidence == free.by_confidence is True
        assert held.limit == free.limit
        assert held.level.waits
