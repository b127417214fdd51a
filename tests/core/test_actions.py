"""What may run, exactly: the digest covers every argument, the key is stable, the waiting is capped."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.actions import (
    action_digest,
    action_key,
    actions_after,
    approved,
    backoff,
    planned,
    runs_after,
    shown_digest,
)
from surehand.core.steps import Act
from tests.core.made import BOUND, FACTS, VERSION

PAY, SEND = BOUND.steps[2], BOUND.steps[4]


def test_a_plan_freezes_the_arguments_and_leaves_the_key_out() -> None:
    plan = planned(PAY, FACTS, version=VERSION)
    assert plan.args == {"total": {"total": FACTS["total"]}}
    assert plan.digest == action_digest(VERSION, "pay", plan.args)


@pytest.mark.parametrize(
    "other",
    [
        {"total": {"amount": "120.01", "currency": "EUR"}},
        {"total": {"amount": "120.0", "currency": "EUR"}},
        {"total": {"amount": "120.00", "currency": "USD"}},
        {"total": None},
    ],
)
def test_the_digest_changes_with_any_argument(other: dict[str, Any]) -> None:
    assert planned(PAY, FACTS | other, version=VERSION).digest != planned(PAY, FACTS, version=VERSION).digest


def test_the_digest_changes_with_version_and_step_and_not_with_other_facts() -> None:
    args = planned(PAY, FACTS, version=VERSION).args
    digests = {
        action_digest(version, step, args) for version in (VERSION, "b" * 64) for step in ("pay", "send")
    }
    assert len(digests) == 4
    assert (
        planned(PAY, FACTS | {"po": "P2"}, version=VERSION).digest
        == planned(PAY, FACTS, version=VERSION).digest
    )


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text())


@given(st.dictionaries(st.sampled_from("abc"), VALUES), st.dictionaries(st.sampled_from("abc"), VALUES))
def test_two_sets_of_arguments_share_a_digest_only_if_equal(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    same = one == other and all(type(one[name]) is type(other[name]) for name in one)
    assert (action_digest(VERSION, "pay", one) == action_digest(VERSION, "pay", other)) == same


def test_a_missing_fact_is_planned_as_nothing_and_is_not_left_out() -> None:
    assert planned(PAY, {}, version=VERSION).args == {"total": {"total": None}}


def test_the_key_names_case_step_and_round() -> None:
    assert action_key("pay-1", "pay", 2) == "pay-1:pay:2"


@pytest.mark.parametrize(
    ("after", "answer", "runs"),
    [
        (None, "anything", True),
        (None, None, True),
        ("pay", "pay", True),
        ("pay", "reject", False),
        ("pay", None, False),
        (True, True, True),
        (True, False, False),
        (True, 1, False),
        (True, "true", False),
        (False, 0, False),
        (False, False, True),
        (False, None, False),
    ],
)
def test_an_action_runs_only_after_exactly_its_answer(after: Any, answer: Any, runs: bool) -> None:
    assert runs_after(Act(act="x", after=after), answer) is runs


def test_an_answer_lets_actions_run_up_to_the_next_decision_only() -> None:
    assert [bound.step.name for bound in actions_after(BOUND, 1, "pay")] == ["pay"]
    assert actions_after(BOUND, 1, "reject") == ()
    assert [bound.step.name for bound in actions_after(BOUND, 3, True)] == ["send"]
    assert approved(BOUND, 1, "pay", FACTS) == {"pay": planned(PAY, FACTS, version=VERSION).digest}
    assert approved(BOUND, 1, "reject", FACTS) == {}


def test_what_is_shown_changes_with_all_that_could_run() -> None:
    def shown(**changes: Any) -> str:
        given = {"place": 1, "answers": ("pay", "reject"), "facts": FACTS, "round": 1} | changes
        return shown_digest(BOUND, given["place"], given["answers"], given["facts"], round=given["round"])

    assert shown() == shown()
    assert shown() == shown(facts=FACTS | {"po": "seen, but no action takes it"})
    others = [
        shown(round=2),
        shown(answers=("pay",)),
        shown(facts=FACTS | {"total": {"amount": "1", "currency": "EUR"}}),
        shown(place=3, answers=(True, False)),
    ]
    assert len({shown(), *others}) == 5


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(1, 0.5, 1), (2, 1, 2), (3, 2, 4), (10, 256, 512), (11, 450, 900), (21, 450, 900), (10_000, 450, 900)],
)
def test_waiting_doubles_and_is_capped_at_a_quarter_of_an_hour(
    attempt: int, least: float, most: float
) -> None:
    assert backoff(attempt, draw=0.0) == timedelta(seconds=least)
    assert timedelta(seconds=least) < backoff(attempt, draw=0.999) < timedelta(seconds=most)


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_waiting_is_spread_and_never_shrinks(attempt: int, draw: float, other: float) -> None:
    one, two = backoff(attempt, draw=draw), backoff(attempt, draw=other)
    assert timedelta(0) < one <= timedelta(minutes=15)
    assert abs(one - two) <= max(one, two) / 2
    assert backoff(attempt + 1, draw=draw) >= one
