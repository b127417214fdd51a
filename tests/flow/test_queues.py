"""How queues stand: who answers, who is here with how much."""

from datetime import timedelta

from surehand.flow.queues import queues_now
from surehand.flow.review import claim
from tests.flow.world import World


def test_who_is_here_and_what_each_has(world: World) -> None:
    ids = [world.submit(sure=0.8) for _ in range(3)]
    for case_id in ids[:2]:
        claim(world.context, "ann", case_id)
    claim(world.context, "spec", ids[2])
    world.verdict(ids[2], "approve", by="spec")
    world.absent("bo", days=2, stand_in="clerk")
    world.absent("lead", days=1)
    (desk,) = queues_now(world.context)
    assert (desk.name, desk.acts) == ("desk", "deputy")
    assert (desk.owner.name, desk.owner.here) == ("lead", False)
    assert desk.backup is not None
    assert desk.backup.here
    now = {one.name: one for one in desk.members}
    assert {name: (one.here, one.holds, one.decided) for name, one in now.items()} == {
        "ann": (True, 2, 0), "bo": (False, 0, 0), "spec": (True, 0, 1),
    }  # fmt: skip
    assert (now["bo"].back, now["bo"].stand_in) == (world.context.clock().date() + timedelta(days=3), "clerk")
    assert queues_now(world.context, ["nothing"]) == ()


def test_nobody_answers_while_both_are_away(world: World) -> None:
    world.absent("lead")
    world.absent("deputy")
    assert queues_now(world.context)[0].acts == ""
