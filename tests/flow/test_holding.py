"""Who holds what: a claim, and not the number of the work."""

from dataclasses import replace
from datetime import timedelta

from surehand.flow.holding import Holding
from surehand.store.work import Work
from tests.core.made import NOW

LATER = NOW + timedelta(minutes=1)
ITEM = Work(7, "act", "pay-1:pay:1", "pay-1", False, attempt=1, failures=0)


def test_the_end_of_one_claim_leaves_a_later_one_of_the_same_work_alone() -> None:
    holding, again = Holding(), replace(ITEM, attempt=2)
    holding.begun([ITEM], until=LATER)
    holding.begun([again], until=LATER)
    holding.ended([ITEM])
    assert holding.ours(again, now=NOW)
    assert not holding.ours(ITEM, now=NOW)
    holding.ended([again])
    assert not holding.ours(again, now=NOW)


def test_equal_claims_are_not_the_same() -> None:
    holding, equal = Holding(), replace(ITEM)
    holding.begun([equal], until=LATER)
    holding.ended([ITEM])
    assert holding.ours(equal, now=NOW)
