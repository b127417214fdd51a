"""Giving work back, handing it on, putting it off, letting it come first."""

from datetime import timedelta

import pytest

from surehand.core.case import Assignment
from surehand.core.people import Person
from surehand.core.precedence import Precedence
from surehand.core.roles import Role
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow import consult, desk, handling, inbox
from surehand.flow.explain import explain
from surehand.flow.review import claim
from surehand.flow.urgency import waits as somebody_waits
from tests.flow.world import World


def mine(world: World, person: str, view: str = "mine") -> list[str]:
    return [row.case_id for row in inbox.pile(world.context, person, inbox.Wanted(view=view)).rows]


def free(world: World, person: str) -> str | None:
    found = desk.next_claimable(world.context, person)
    return found.case_id if found is not None else None


def same_clock(before: Assignment, after: Assignment) -> bool:
    return (before.id, before.due_at, before.timer_at, before.stage) == (
        after.id, after.due_at, after.timer_at, after.stage,
    )  # fmt: skip


def told(world: World, case_id: str) -> str:
    """The last event of a case as a sentence."""
    return explain(world.context, case_id).entries[-1].sentence


# Release


def test_what_is_given_back_goes_to_somebody_else_with_the_same_deadline(world: World) -> None:
    case_id = world.submit(sure=0.8)
    before = world.held(case_id)
    assert before.person == "ann"
    handling.release(world.context, "ann", case_id, note="I know the customer")
    after = world.held(case_id)
    assert after.person == "bo"
    assert same_clock(before, after)
    assert world.case(case_id).owner == "bo"
    assert "ann gave it back: it goes to bo." in told(world, case_id)
    with pytest.raises(Conflict, match="bo has this now"):
        handling.release(world.context, "ann", case_id)
    world.check()


def test_what_nobody_else_may_decide_stays(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for name in ("bo", "spec", "deputy", "lead", "boss", "dev.two"):
        world.absent(name)
    with pytest.raises(Conflict, match="stays with you"):
        handling.release(world.context, "ann", case_id)
    assert world.held(case_id).person == "ann"
    world.check()


def test_a_stranger_hears_nothing(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for verb in (
        lambda: handling.release(world.context, "dev", case_id),
        lambda: handling.reassign(world.context, "dev", case_id, "bo"),
        lambda: handling.snooze(world.context, "dev", case_id, None),
        lambda: handling.prioritise(world.context, "dev", case_id, Precedence.URGENT, "mine"),
    ):
        with pytest.raises(NotFound):
            verb()


# Reassign


@pytest.mark.parametrize("by", ["lead", "deputy", "boss", "dev.two"])
def test_whoever_answers_for_the_queue_gives_it_to_a_named_person(world: World, by: str) -> None:
    case_id = world.submit(sure=0.8)
    before = world.held(case_id)
    handling.reassign(world.context, by, case_id, "spec", note="needs a specialist")
    after = world.held(case_id)
    assert (after.person, world.case(case_id).owner) == ("spec", "spec")
    assert same_clock(before, after)
    assert told(world, case_id).startswith(f"{by} gave it to spec in place of ann.")
    assert world.verdict(case_id, "approve", by="spec").state == "done"
    world.check()


def test_others_may_not_and_the_receiver_has_to_be_able(world: World) -> None:
    case_id = world.submit("600 EUR", sure=0.8)
    with pytest.raises(Forbidden, match="ann does not answer for the queue desk"):
        handling.reassign(world.context, "ann", case_id, "spec")
    for to, why in (
        ("bo", "may decide up to 500"), ("robot", "no role that decides"), ("gone", "not an active person"),
        ("nobody", "not an active person"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=why):
            handling.reassign(world.context, "lead", case_id, to)
    world.absent("spec")
    with pytest.raises(InvalidInput, match=r"spec is away until 2\d\d\d"):
        handling.reassign(world.context, "lead", case_id, "spec")
    with pytest.raises(Conflict, match="has it already"):
        handling.reassign(world.context, "lead", case_id, world.held(case_id).person)
    world.check()


def test_nobody_gives_themselves_what_they_could_not_claim(world: World) -> None:
    world.hired(chief=Person(roles=(Role.ADMINISTRATOR, Role.REVIEWER)))
    case_id = world.submit(sure=0.8)
    for name in ("chief", "dev.two"):
        with pytest.raises(Forbidden, match=f"{name} does not belong to the queue desk"):
            handling.reassign(world.context, name, case_id, name)
    handling.reassign(world.context, "chief", case_id, "dev.two")
    assert world.held(case_id).person == "dev.two"
    handling.reassign(world.context, "lead", case_id, "lead")
    assert world.held(case_id).person == "lead"
    world.check()


def test_who_can_be_given_it(world: World) -> None:
    case_id = world.submit("600 EUR", sure=0.8)
    world.absent("deputy")
    with world.context.db.read() as connection:
        found = handling.standing(world.context, connection, "lead", case_id)
    assert found.assignment.person == "ann"
    # bo may decide up to 500
    assert handling.receivers(world.context, found) == ("spec", "lead", "boss", "clerk", "dev.two")


# Snooze


def test_what_is_put_off_is_not_among_my_work_until_then(world: World) -> None:
    first, second = world.submit(sure=0.8), world.submit(sure=0.8)
    claim(world.context, "ann", first)
    claim(world.context, "ann", second)
    until = world.context.clock() + timedelta(hours=2)
    before = world.held(first)
    handling.snooze(world.context, "ann", first, until, note="the customer calls back")
    assert same_clock(before, world.held(first))
    assert "ann put it off until" in told(world, first)
    assert (mine(world, "ann"), mine(world, "ann", "later")) == ([second], [first])
    assert set(mine(world, "ann", "queues")) == {first, second}
    assert desk.bearings(world.context, "ann").waiting == 1
    found = inbox.pile(world.context, "ann", inbox.Wanted(view="mine"))
    assert (found.views["mine"], found.views["later"], found.total) == (1, 1, 1)
    assert [case.id for _, case in consult.inbox(world.context, "ann", after=None, limit=9)] == [second]
    later = consult.inbox(world.context, "ann", after=None, limit=9, later=True)
    assert [case.id for _, case in later] == [first]
    assert desk.next_of(world.context, "ann").case_id == second  # type: ignore[union-attr]
    assert free(world, "bo") == second
    world.wait(hours=2)
    # it came first, and does again
    assert (mine(world, "ann"), mine(world, "ann", "later")) == ([first, second], [])
    world.check()


def test_it_is_taken_up_again_early_and_by_whoever_gets_it(world: World) -> None:
    case_id = world.submit(sure=0.8)
    until = world.context.clock() + timedelta(hours=2)
    handling.snooze(world.context, "ann", case_id, until)
    handling.snooze(world.context, "ann", case_id, None)
    assert told(world, case_id) == "ann took it up again."
    assert mine(world, "ann") == [case_id]
    handling.snooze(world.context, "ann", case_id, until)
    claim(world.context, "bo", case_id)
    assert mine(world, "bo") == [case_id]
    assert world.held(case_id).snoozed_until is None
    assert world.kinds(case_id).count("snoozed") == 3
    world.check()


def test_what_a_customer_waits_for_is_not_put_off_any_more(world: World) -> None:
    case_id = world.submit(sure=0.8)
    person = world.held(case_id).person
    handling.snooze(world.context, person, case_id, world.context.clock() + timedelta(hours=3))
    assert mine(world, person) == []
    somebody_waits(world.context, "lead", case_id, "Called")
    assert mine(world, person) == [case_id]
    world.check()


def test_the_deadline_goes_on(world: World) -> None:
    case_id = world.submit(sure=0.8)
    held, now = world.held(case_id), world.context.clock()
    for until, why in ((held.due_at, "before the deadline"), (now, "later than now")):
        with pytest.raises(InvalidInput, match=why):
            handling.snooze(world.context, "ann", case_id, until)
    with pytest.raises(Conflict, match="ann has this now"):
        handling.snooze(world.context, "bo", case_id, now + timedelta(hours=1))
    handling.snooze(world.context, "ann", case_id, held.due_at - timedelta(minutes=1))
    world.wait(hours=9)
    after = world.held(case_id)
    assert after.person != "ann"
    assert after.snoozed_until is None
    world.check()


# Priority


def test_what_is_urgent_comes_first_and_what_is_low_last(world: World) -> None:
    ids = []
    for _ in range(4):
        ids.append(world.submit(sure=0.8))
        world.wait(minutes=1)
    for case_id in ids:
        claim(world.context, "ann", case_id)
    assert mine(world, "ann") == ids
    handling.prioritise(world.context, "ann", ids[2], Precedence.URGENT, "the customer waits in the shop")
    handling.prioritise(world.context, "lead", ids[0], Precedence.LOW, "paid in June")
    assert told(world, ids[0]) == "lead set its priority to low. (paid in June)"
    expected = [ids[2], ids[1], ids[3], ids[0]]
    for view in ("mine", "queues", "all"):
        assert mine(world, "ann", view) == expected
    assert [case.id for _, case in consult.inbox(world.context, "ann", after=None, limit=9)] == expected
    assert free(world, "bo") == ids[2]
    assert (world.case(ids[2]).precedence, world.held(ids[2]).precedence) == (-1, -1)
    world.check()


def test_the_next_question_about_an_urgent_case_is_urgent(world: World) -> None:
    case_id = world.submit(sure=0.8)
    handling.prioritise(world.context, "ann", case_id, Precedence.URGENT, "now")
    world.verdict(case_id, "escalate")
    assert world.held(case_id).precedence == -1


def test_a_priority_needs_a_reason_and_somebody_who_may(world: World) -> None:
    case_id = world.submit("600 EUR", sure=0.8)
    with pytest.raises(InvalidInput, match="write why"):
        handling.prioritise(world.context, "ann", case_id, Precedence.URGENT, " ")
    with pytest.raises((Forbidden, NotFound)):
        handling.prioritise(world.context, "bo", case_id, Precedence.URGENT, "mine")
    with pytest.raises(Conflict, match="normal already"):
        handling.prioritise(world.context, "ann", case_id, Precedence.NORMAL, "why not")
    with pytest.raises(InvalidInput, match="at most"):
        handling.prioritise(world.context, "ann", case_id, Precedence.LOW, "x" * 2_001)
    world.check()
