"""The next case that a person may take over."""

from surehand.flow.desk import next_claimable
from surehand.flow.review import claim
from tests.flow.world import World


def test_the_next_case_is_the_most_urgent_that_somebody_else_has(world: World) -> None:
    ids = []
    for _ in range(6):
        ids.append(world.submit(sure=0.7))
        world.wait(minutes=1)
    taken = []
    while (found := next_claimable(world.context, "ann")) is not None:
        assert world.held(found).person != "ann"
        taken.append(claim(world.context, "ann", found).id)
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
    assert next_claimable(world.context, "bo") == small
