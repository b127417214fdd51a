"""Nobody who has left holds a case, and nobody is left with a case that they may not decide."""

from surehand.flow.escalate import replace_absent
from tests.flow.world import World


def test_what_somebody_who_left_holds_goes_to_somebody_who_is_there(world: World) -> None:
    case_id = world.submit(sure=0.8)
    before = world.held(case_id)
    world.away(before.person)
    assert replace_absent(world.context) == 1
    after = world.held(case_id)
    assert after.person != before.person
    assert (after.due_at, after.timer_at, after.stage) == (before.due_at, before.timer_at, before.stage)
    assert world.case(case_id).owner == after.person
    assert world.kinds(case_id)[-1] == "replaced"
    assert world.verdict(case_id, "approve").state == "done"
    assert replace_absent(world.context) == 0
    world.check()


def test_the_owner_who_left_after_the_last_rung_is_replaced_too(world: World) -> None:
    case_id = world.submit(sure=0.8)
    while (held := world.held(case_id)).timer_at is not None:
        world.bench.wait(held.timer_at - world.context.clock())
    assert held.person == "boss"
    world.away("boss")
    replace_absent(world.context)
    assert world.held(case_id).person in ("ann", "bo", "spec")
    world.check()


def test_an_owner_does_not_get_a_case_that_they_submitted(world: World) -> None:
    world.plan(find_customer=["permanent"])
    case_id = world.submit(by="boss")
    held = world.held(case_id)
    assert (held.queue, held.person) == ("fallback", "dev.two")
    assert world.verdict(case_id, "reject", note="a duplicate").state == "rejected"
    world.check()


def test_escalating_prefers_who_may_decide_over_who_could_only_pass_it_on(world: World) -> None:
    # the map names lead, who submitted this one
    case_id = world.submit(sure=0.8, by="lead")
    world.verdict(case_id, "escalate")
    assert world.held(case_id).person == "deputy"
    world.check()
