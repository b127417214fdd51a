"""Clocks that jump, a day on or an hour back, while work is claimed, leases run and timers are due."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.flow.act import act
from surehand.flow.advance import advance
from surehand.flow.context import Context
from surehand.flow.escalate import escalate
from surehand.flow.holding import Holding
from surehand.flow.intake import Submission, submit_many
from surehand.flow.review import answer_question, submit_verdict
from surehand.flow.running import drain, sweep
from surehand.store import work
from surehand.store.work import Work
from tests.faults.stage import TRUTHFUL
from tests.flow.conftest import a_world
from tests.flow.world import World
from tests.migrated import fresh_url, migrated_file

__all__ = ["a_world", "fresh_url", "migrated_file"]

JUMPS = (timedelta(days=1), timedelta(hours=-1))


@pytest.fixture
def world(a_world: Callable[..., World]) -> World:
    return a_world(*TRUTHFUL)


def another(context: Context) -> Context:
    """A second worker of the same database."""
    return replace(context, worker="another", held=Holding())


def worked(context: Context) -> None:
    sweep(context)
    while drain(context):
        sweep(context)


def taken(context: Context, kind: str) -> list[Work]:
    """Claimed by this worker, which is slow at it."""
    items = context.db.write(
        lambda connection: work.claim(
            connection, kind, worker=context.worker, limit=100, now=context.clock(), lease=context.lease
        )
    )
    context.held.begun(items, until=context.clock() + context.lease)
    return items


def received(world: World, count: int) -> list[str]:
    given = {"total": "1 EUR", "sure": 0.99, "customer": "Acme"}
    items = [Submission(process="refunds", input=given, key=f"k{n}") for n in range(count)]
    return [one.case.id for one in submit_many(world.context, items, submitter="robot")]


@pytest.mark.parametrize("jump", JUMPS, ids=["a day on", "an hour back"])
@pytest.mark.parametrize("kind", ["advance", "act"])
def test_work_that_is_under_way_is_neither_lost_nor_done_twice(
    world: World, jump: timedelta, kind: str
) -> None:
    ids = received(world, 4)
    context = world.context
    if kind == "act":
        drain(context, frozenset({"advance"}))
    items = taken(context, kind)
    assert len(items) == 4
    world.bench.clock.move(jump)
    worked(another(context))
    # the first worker goes on as if nothing had been, and perhaps has lost what it held
    (act if kind == "act" else advance)(context, items)
    context.held.ended(items)
    for _ in range(5):
        worked(context)
        world.bench.clock.move(timedelta(minutes=30))
    worked(context)
    assert {world.case(one).state for one in ids} == {CaseState.DONE}
    assert Counter(world.keys("pay")) == {f"{one}:pay:1": 1 for one in ids}
    assert set(world.keys("send")) == {f"{one}:send:1" for one in ids}
    assert world.due() == []
    world.check()


@pytest.mark.parametrize("jump", JUMPS, ids=["a day on", "an hour back"])
def test_what_waits_for_its_next_attempt_comes_back(world: World, jump: timedelta) -> None:
    world.plan(pay=["temporary", "timeout"])
    case_id = world.submit()
    world.bench.clock.move(jump)
    world.run()
    world.check()
    for _ in range(3):
        world.wait(minutes=45)
    assert world.case(case_id).state is CaseState.DONE
    assert set(world.keys("pay")) == {f"{case_id}:pay:1"}
    assert [call["word"] for call in world.calls("pay")] == ["temporary", "timeout"]
    world.check()


def rungs(world: World, case_id: str) -> Counter[str]:
    """How often each rung of the ladder fired."""
    told = [(link.kind, link.body.get("stage")) for link in world.events(case_id)]
    return Counter(
        f"{kind} {stage or ''}".strip() for kind, stage in told if kind in ("reminded", "escalated")
    )


def test_each_rung_fires_once_however_the_clock_jumps(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for hours in (6.5, -1, 1, -1, 1, 2, -1, 1, -3, 3, 24, -1, 1, -20, 20, 24):
        world.bench.clock.move(timedelta(hours=hours))
        escalate(world.context)
        escalate(world.context)
        assert world.case(case_id).state is CaseState.WAITING
        world.check()
    assert rungs(world, case_id) == {"reminded": 1, "escalated escalated": 1, "escalated overdue": 1}
    assert (world.held(case_id).person, world.verdicts(case_id)) == ("boss", [])


def test_rungs_that_a_jump_skipped_are_climbed_once_and_in_order(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.wait(days=2)
    assert world.kinds(case_id)[-2:] == ["reminded", "escalated"]
    # whoever has it now has the whole time all the same
    assert world.held(case_id).due_at == world.context.clock() + timedelta(hours=8)
    world.bench.clock.move(timedelta(hours=-44))
    world.run()
    assert rungs(world, case_id) == {"reminded": 1, "escalated escalated": 1}
    world.check()


def test_a_verdict_after_the_clock_went_back_is_carried_out(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "edit", by="ann", fields={"total": "90 EUR"})
    world.bench.clock.move(timedelta(hours=-1))
    case = world.verdict(case_id, "approve", by="ann")
    assert (case.state, world.keys("pay")) == (CaseState.DONE, [f"{case_id}:pay:2"])
    world.check()


def test_a_question_goes_back_to_who_asked_it_last_although_the_clock_went_back(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "ask", by="ann", question="Which order?", to="boss")
    answer_question(world.context, "boss", case_id, "Order 7")
    world.bench.clock.move(timedelta(hours=-1))
    submit_verdict(world.context, "lead", case_id, Answer(kind="ask", question="And when?", to="boss"))
    answer_question(world.context, "boss", case_id, "In May")
    assert world.held(case_id).person == "lead"
    world.check()
