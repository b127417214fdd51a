"""The share of briefs that lack something, and who is told."""

from collections.abc import Callable

import pytest

from surehand.core.completeness import Lack
from surehand.errors import NotFound
from surehand.flow import lacking
from tests.flow.test_recalling import BLIND
from tests.flow.world import World

WHOLE = (
    "    signals: [model_probability]\n",
    "    subject: letter\n    about: Paying pays.\n    signals: [model_probability]\n",
)
QUOTED = (
    'watched", route: human, because: The customer is watched, trigger: policy_sensitive}\n',
    'watched", route: assist, because: The customer is watched, policy: R-1, trigger: policy_sensitive}\n',
)
POLICIES = ("exceptions:\n", "policies: {R-1: Ask first.}\nexceptions:\n")


def test_what_waits_and_what_was_decided_is_counted(a_world: Callable[..., World]) -> None:
    world = a_world(WHOLE, QUOTED, POLICIES)
    world.verdict(world.submit(sure=0.8, customer="watched", letter="L-1"), "approve", by="lead")
    world.submit(sure=0.8, customer="watched")
    world.submit(sure=0.8, letter="L-2")
    world.submit(sure=0.99, letter="L-3")  # nobody is asked
    (refund, thank) = lacking.shares(world.context, "refunds")
    assert (refund.point, refund.briefs, refund.complete) == ("refund", 3, 0)
    assert refund.lacks == {Lack.NO_REASON: 3, Lack.SUBJECT_UNKNOWN: 1, Lack.NO_POLICY: 1}
    assert (thank.point, thank.briefs) == ("thank", 0)
    assert lacking.plain(refund)["lacks"]["no_policy"] == 1


def test_blind_briefs_are_counted_without_what_a_model_said(a_world: Callable[..., World]) -> None:
    world = a_world(WHOLE, BLIND)
    world.submit(letter="L-1")
    refund, _ = lacking.shares(world.context, "refunds")
    assert refund.lacks == {Lack.NO_POLICY: 1}


def test_only_those_are_told_who_may_see_the_process(world: World) -> None:
    world.submit(sure=0.8)
    for person in ("ann", "boss", "dev", "admin"):
        assert lacking.shares(world.context, "refunds", person=person)
    for person in ("clerk", "robot", "gone", "nobody.here"):
        with pytest.raises(NotFound):
            lacking.shares(world.context, "refunds", person=person)
    with pytest.raises(NotFound):
        lacking.shares(world.context, "else")
