"""The outlook of a queue, and the word to its owner while there is still time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from surehand.core.stopping import answering
from surehand.errors import NotFound
from surehand.flow.foreseeing import outlook
from surehand.flow.review import claim
from tests.flow.test_deadlines import body, sla, told
from tests.flow.world import PEOPLE, World

HOUR = timedelta(hours=1)
WARNS = sla("due: PT8H, at_risk: warn")


def with_ann(world: World, count: int) -> list[str]:
    """Cases that ann has, a minute between them, from Monday at ten in Berlin."""
    ids = []
    for number in range(count):
        case_id = world.submit(sure=0.8, key=f"a{number}")
        if world.held(case_id).person != "ann":
            claim(world.context, "ann", case_id)
        world.bench.clock.move(timedelta(minutes=1))
        ids.append(case_id)
    return ids


@pytest.fixture
def busy(a_world: Callable[..., World]) -> tuple[World, list[str]]:
    """Ann decided four of eight cases in the last hours."""
    world = a_world(WARNS)
    ids = with_ann(world, 8)
    for case_id in ids[:4]:
        world.wait(minutes=30)
        world.verdict(case_id, "reject", by="ann")
    return world, ids[4:]


def test_what_waits_and_when_it_will_be_decided(busy: tuple[World, list[str]]) -> None:
    world, left = busy
    found = outlook(world.context, "desk")
    assert [row.case_id for row in found.rows] == left
    # 18 working hours since Thursday at twelve, for four cases, is more than the six that are left
    assert [row.expected_at is not None for row in found.rows] == [True] * 4
    assert [row.late for row in found.rows] == [False, True, True, True]
    assert (found.waiting, found.at_risk, found.more, found.over, found.on_time) == (4, 3, False, 4, 1.0)
    assert found.oldest == world.held(left[0]).opened_at
    assert {row.holder for row in found.rows} == {"ann"}


def test_an_owner_is_told_once_what_is_at_risk(busy: tuple[World, list[str]]) -> None:
    world, left = busy
    for _ in range(3):
        world.wait(minutes=5)
    # the first of them was, when three had been decided; by now it is not any more
    assert [told(world, case_id) for case_id in left] == [["at_risk"]] * 4
    said = body(world, left[1], "at_risk")
    assert (said["person"], said["holder"]) == ("lead", "ann")
    world.wait(hours=8)
    assert told(world, left[1]) == ["at_risk", "escalated escalated"]
    world.check()


def test_a_queue_of_a_row_is_watched_and_its_owner_answers_for_the_process(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = "  large: {owner: deputy, members: [ann], due: PT24H, calendar: office}\n"
    monkeypatch.setattr("tests.flow.world.PEOPLE", PEOPLE.replace("queues:\n", f"queues:\n{large}"))
    row = "queues: [{when: 'total.base > 5.0', queue: large}]"
    world = a_world(sla("due: PT8H, at_risk: warn", row))
    ids = with_ann(world, 8)
    for case_id in ids[:4]:
        world.wait(minutes=30)
        world.verdict(case_id, "reject", by="ann")
    for _ in range(3):
        world.wait(minutes=5)
    assert [told(world, case_id) for case_id in ids[4:]] == [["at_risk"]] * 4
    assert body(world, ids[5], "at_risk")["person"] == "deputy"
    process = world.context.processes.current["refunds"]
    assert "deputy" in answering(process, world.context.people)
    world.check()


def test_nobody_is_told_where_the_map_does_not_ask_for_it(world: World) -> None:
    ids = with_ann(world, 8)
    for case_id in ids[:4]:
        world.wait(minutes=30)
        world.verdict(case_id, "reject", by="ann")
    world.wait(minutes=5)
    assert outlook(world.context, "desk").at_risk > 0
    assert [told(world, case_id) for case_id in ids[4:]] == [[]] * 4


def test_what_went_past_its_first_deadline_was_not_in_time(world: World) -> None:
    ids = with_ann(world, 2)
    world.wait(hours=1)
    world.verdict(ids[0], "reject", by="ann")
    world.wait(hours=8)
    world.verdict(ids[1], "reject", by="lead")
    found = outlook(world.context, "desk")
    assert (found.over, found.on_time) == (2, 0.5)
    world.wait(days=31)
    assert outlook(world.context, "desk").over == 0


def test_an_empty_queue_and_one_that_is_not_there(world: World) -> None:
    found = outlook(world.context, "desk")
    assert (found.rows, found.waiting, found.oldest, found.on_time) == ((), 0, None, None)
    with pytest.raises(NotFound):
        outlook(world.context, "nowhere")
