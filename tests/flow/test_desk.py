"""The next case that a person may take over."""

from collections.abc import Callable

import pytest

from surehand.errors import NotFound
from surehand.flow.desk import next_claimable
from surehand.flow.inbox import Wanted, pile
from surehand.flow.review import claim
from tests.flow.world import World

#: What is asked of the database differs between the two.
pytestmark = pytest.mark.both


def test_the_next_case_is_the_most_urgent_that_somebody_else_has(world: World) -> None:
    ids = []
    for _ in range(6):
        ids.append(world.submit(sure=0.7))
        world.wait(minutes=1)
    taken = []
    while (found := next_claimable(world.context, "ann")) is not None:
        assert found.person != "ann"
        taken.append(claim(world.context, "ann", found.case_id).id)
    assert taken == sorted(taken, key=ids.index)
    assert len(taken) >= 3
    assert {world.held(case_id).person for case_id in ids} == {"ann"}
    world.check()


def test_nothing_is_next_for_who_may_not_decide_it_or_belongs_to_no_queue(world: World) -> None:
    large = world.submit(total="600 EUR", sure=0.7)
    assert world.held(large).person != "bo"
    assert next_claimable(world.context, "bo") is None
    assert next_claimable(world.context, "robot") is None
    small = world.submit(total="400 EUR", sure=0.7)
    if world.held(small).person == "bo":
        claim(world.context, "ann", small)
    found = next_claimable(world.context, "bo")
    assert found is not None
    assert found.case_id == small


def test_what_somebody_has_agreed_to_is_not_next_for_them(a_world: Callable[..., World]) -> None:
    world = a_world(
        (
            "    queue: desk\n    sla",
            "    four_eyes: [{about: money, because: Two}]\n    queue: desk\n    sla",
        )
    )
    case_id = world.submit(sure=0.8)
    first = world.held(case_id).person
    world.verdict(case_id, "approve", by=first)
    assert next_claimable(world.context, first) is None
    other = next(name for name in ("ann", "bo", "spec") if name not in (first, world.held(case_id).person))
    found = next_claimable(world.context, other)
    assert found is not None
    assert found.case_id == case_id
    assert pile(world.context, first, Wanted(view="queues")).claimable == frozenset()


def test_only_of_the_queue_that_is_named(world: World) -> None:
    world.submit(sure=0.8)
    with pytest.raises(NotFound, match="no queue other of yours"):
        next_claimable(world.context, "ann", queue="other")
