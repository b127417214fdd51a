"""The record behind a confidence: whose word counts for what, and that nobody who decides alone is told."""

from collections.abc import Callable
from typing import Any

import pytest

from surehand.core import record as records
from surehand.core.record import Record
from surehand.flow import witness
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.remembered import Remembered
from surehand.flow.standing import looked_at
from tests.flow.test_recalling import BLIND, CHECKED, LAST
from tests.flow.test_spot_check import answer, beside
from tests.flow.world import World


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as a test can make in a moment."""
    monkeypatch.setattr(records, "FEW", 3)


def known(world: World, case_id: str, person: str | None = None, *, fresh: bool = True) -> Record | None:
    if fresh:
        world.context.witnesses = Remembered()
    found, _ = looked_at(world.context, person or world.held(case_id).person, case_id)
    return witness.record(world.context, found)


def test_people_who_saw_the_recommendation_are_counted_as_such(world: World) -> None:
    for kind in ("approve", "approve", "reject"):
        case_id = world.submit(sure=0.7)
        world.verdict(case_id, kind, by="lead", reason="other", note="x")
    found = known(world, world.submit(sure=0.72))
    assert found is not None
    assert (found.right, found.counted, found.seen) == (2, 3, True)
    assert (found.lowest, found.highest) == (0.7, 0.7)
    assert known(world, world.submit(sure=0.5)) is None


def test_it_serves_for_a_while(world: World) -> None:
    for _ in range(3):
        world.verdict(world.submit(sure=0.7), "approve", by="lead")
    now = [0.0]
    world.context.witnesses.clock = lambda: now[0]
    first = known(world, world.submit(sure=0.7), fresh=False)
    world.verdict(world.submit(sure=0.7), "approve", by="lead")
    assert known(world, world.submit(sure=0.7), fresh=False) == first
    now[0] = 301.0
    found = known(world, world.submit(sure=0.7), fresh=False)
    assert found is not None
    assert found.counted == 4


def test_checks_are_independent_and_outweigh_what_reviewers_said(a_world: Callable[..., World]) -> None:
    world = a_world(CHECKED, LAST)
    for _ in range(4):
        world.verdict(world.submit(sure=0.89), "approve", by="lead")
    for value in ("pay", "pay", "reject"):
        answer(world, world.submit(sure=0.91), value)
    found = known(world, world.submit(sure=0.88), "lead")
    assert found is not None
    assert (found.right, found.counted, found.seen) == (2, 3, False)


def test_who_decides_alone_is_told_nothing(a_world: Callable[..., World]) -> None:
    world = a_world(BLIND)
    for _ in range(4):
        world.verdict(world.submit(sure=0.7), "approve", value="pay")
    assert known(world, world.submit(sure=0.7)) is None


def test_who_checks_unseen_is_told_nothing(a_world: Callable[..., World]) -> None:
    world = a_world(CHECKED, LAST)
    for _ in range(4):
        answer(world, world.submit(sure=0.91), "pay")
    case_id = world.submit(sure=0.91)
    assert known(world, case_id, beside(world, case_id).person) is None


@pytest.mark.parametrize(
    ("kind", "correct", "right"),
    [("approve", False, 2), ("approve", True, 3), ("reject", True, 2), ("reject", False, None)],
)
def test_what_turned_out_later_has_the_last_word(
    a_world: Callable[..., World], kind: str, correct: bool, right: int | None
) -> None:
    world = a_world(LAST)
    more: dict[str, Any] = {"by": "lead", "reason": "other", "note": "x"}
    for _ in range(2):
        world.verdict(world.submit(sure=0.7), "approve", **more)
    last = world.submit(sure=0.7)
    world.verdict(last, kind, **more)
    record_outcome(world.context, "lead", last, Report(correct=correct))
    found = known(world, world.submit(sure=0.7))
    assert (found and found.right) == right


def test_outcomes_are_about_the_last_decision_alone(world: World) -> None:
    for _ in range(3):
        case_id = world.submit(sure=0.7)
        world.verdict(case_id, "approve", by="lead")
        world.run()
        record_outcome(world.context, "lead", case_id, Report(correct=False))
    found = known(world, world.submit(sure=0.7))
    assert found is not None
    assert found.right == 3
