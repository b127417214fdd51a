"""The stop: nothing begins after it, nothing is lost, and two people have it resume."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.core.oversight import Level
from surehand.core.people import Person
from surehand.core.roles import Role
from surehand.core.stopping import Drilled, Stop
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow import act, stopping
from surehand.flow.gate import FRESH, Gate
from surehand.flow.intake import Submission, submit
from surehand.flow.review import submit_verdict
from surehand.flow.running import advance_now, drain, recover, submit_now, sweep
from surehand.flow.undo import undo
from surehand.flow.verify import verify
from surehand.store import stops, tables, work
from tests.flow.test_notify import AT_ONCE, LATER
from tests.flow.world import World

WHY = "the ledger answers twice"


def stopped(world: World, process: str | None = "refunds", by: str = "boss") -> Stop:
    return stopping.stop(world.context, by, process, because=WHY)


def resumed(world: World, one: Stop, asks: str = "boss", agrees: str = "lead") -> Stop:
    stopping.ask_to_resume(world.context, asks, one.id)
    ended = stopping.agree(world.context, agrees, one.id)
    world.run()
    return ended


def queued(world: World) -> Counter[str]:
    return Counter(item["state"] for item in world.due())


def approved(world: World, **more: Any) -> str:
    """A case that a person has let run, and of which nothing has run yet."""
    case_id = world.submit(sure=0.8, **more)
    world.bench.verdict(case_id, "approve")
    return case_id


# What a stop does


@pytest.mark.parametrize("process", ["refunds", None])
def test_an_action_that_a_person_approved_is_held_and_runs_once_after_it_resumes(
    world: World, process: str | None
) -> None:
    waiting = world.submit(sure=0.8)
    one = stopped(world, process)
    world.verdict(waiting, "approve")
    assert world.case(waiting).state is CaseState.ACTING
    assert not world.calls("pay")
    assert queued(world) == {"held": 1}
    world.wait(hours=3)
    assert not world.calls("pay")
    with world.context.db.read() as connection:
        assert stops.held_of(connection, waiting) == {world.action(waiting).key}
        assert stops.counts(connection, "refunds")["held"] == stops.counts(connection, None)["held"] == 1
        assert stops.counts(connection, "another")["held"] == 0
    world.check()
    ended = resumed(world, one)
    assert ended.counted["held"] == 1
    assert (ended.asked_by, ended.ended_by) == ("boss", "lead")
    assert world.case(waiting).state is CaseState.DONE
    assert len(world.calls("pay")) == len(world.calls("send")) == 1
    assert world.action(waiting).attempt == 1
    world.check()


def test_what_arrives_meanwhile_goes_to_people_with_the_reason(world: World) -> None:
    assert world.case(world.submit()).state is CaseState.DONE
    one = stopped(world)
    meanwhile = world.submit()
    assert world.case(meanwhile).state is CaseState.WAITING
    (judged,) = world.judgements(meanwhile)
    assert judged.level is Level.REVIEW
    assert [r["text"] for r in judged.reasons] == [f"Automation is stopped: {WHY}"]
    assert not judged.approves
    assert world.held(meanwhile).because == f"Automation is stopped: {WHY}"
    # what waits for people anyway does for its own reasons
    (usual,) = world.judgements(world.submit(sure=0.8))
    assert "stopped" not in str(usual.reasons)
    resumed(world, one)
    assert world.case(meanwhile).state is CaseState.WAITING, "a case that a person has is not taken away"
    assert world.case(world.submit()).state is CaseState.DONE


def test_what_somebody_waits_for_is_given_to_a_person_too(world: World) -> None:
    stopped(world)
    given = {"total": "100 EUR", "sure": 0.99, "customer": "Acme"}
    taken = submit_now(world.context, Submission(process="refunds", input=given), submitter="robot")
    assert taken.case.state is CaseState.WAITING
    assert taken.case.answers == {}


def test_a_caller_who_runs_its_own_work_holds_it(world: World) -> None:
    """The stop comes between the decision and the action."""
    given = {"total": "100 EUR", "sure": 0.99, "customer": "Acme"}
    case = submit(world.context, Submission(process="refunds", input=given), submitter="robot").case
    held: list[Stop] = []
    real = act.refused

    def just_then(*about: Any) -> Any:
        held.extend([] if held else [stopped(world)])
        return real(*about)

    with mock.patch.object(act, "refused", just_then):
        advance_now(world.context, case.id)
    assert not world.calls("pay")
    assert queued(world) == {"held": 1}
    resumed(world, held[0])
    assert len(world.calls("pay")) == 1


def test_taking_back_is_an_execution_and_is_held(world: World) -> None:
    done = world.submit()
    one = stopped(world)
    undo(world.context, "lead", done, "pay")
    world.run()
    assert not world.calls("take_back")
    assert queued(world) == {"held": 1}
    world.check()
    resumed(world, one)
    assert len(world.calls("take_back")) == 1
    assert world.action(done).state == "undone"


def test_a_held_action_can_still_be_prevented(a_world: Callable[..., World]) -> None:
    world = a_world(*AT_ONCE)
    submit(
        world.context,
        Submission(process="refunds", input={"total": "100 EUR", "sure": 0.95, "customer": "Acme"}, key="a"),
        submitter="robot",
    )
    drain(world.context, frozenset({"advance"}))
    one = stopped(world)
    world.run()
    (item,) = world.due()
    assert (item["state"], item["attempt"]) == ("held", 0)
    case_id = item["case_id"]
    world.verdict(case_id, "reject", by="ann")
    assert "action_prevented" in world.kinds(case_id)
    resumed(world, one)
    assert not world.calls("pay")
    world.check()


def test_a_window_that_passes_meanwhile_stands_and_its_action_is_held(a_world: Callable[..., World]) -> None:
    world = a_world(LATER)
    told = world.submit()
    assert world.case(told).state is CaseState.HOLDING
    one = stopped(world)
    world.wait(hours=5)
    assert "window_passed" in world.kinds(told)
    assert not world.calls("pay")
    assert queued(world) == {"held": 1}
    resumed(world, one)
    assert world.case(told).state is CaseState.DONE


def test_a_held_action_is_checked_again_before_it_runs(world: World) -> None:
    waiting = world.submit(sure=0.8)
    holder = world.held(waiting).person
    one = stopped(world)
    world.verdict(waiting, "approve")
    world.away(holder)
    resumed(world, one)
    assert not world.calls("pay")
    assert "action_refused" in world.kinds(waiting)


def test_what_an_earlier_attempt_may_have_done_is_still_asked_about(world: World) -> None:
    """Asking is no execution: who stops wants to know what happened."""
    world.plan(pay=["timeout"])
    case_id = world.submit()
    one = stopped(world)
    world.wait(minutes=20)
    assert world.action(case_id).state == "done"
    assert len(world.calls("pay")) == 1
    assert queued(world) in ({}, {"held": 1})
    resumed(world, one)


def test_nothing_that_waits_for_an_attempt_begins_it(world: World) -> None:
    world.plan(pay=["temporary"])
    case_id = world.submit()
    one = stopped(world)
    world.wait(minutes=20)
    assert len(world.calls("pay")) == 1
    assert queued(world) == {"held": 1}
    resumed(world, one)
    assert len(world.calls("pay")) == 2
    assert world.case(case_id).state is CaseState.DONE


# Several stops


def test_each_of_several_stops_ends_by_itself(world: World) -> None:
    waiting = world.submit(sure=0.8)
    of_all, of_one = stopped(world, None), stopped(world)
    world.verdict(waiting, "approve")
    assert resumed(world, of_all).counted["held"] == 0
    assert queued(world) == {"held": 1}
    assert resumed(world, of_one).counted["held"] == 1
    assert world.case(waiting).state is CaseState.DONE


def test_one_process_is_stopped_and_another_goes_on(world: World) -> None:
    waiting = world.submit(sure=0.8)
    context = world.context
    context.processes.current["another"] = replace(
        context.processes.current["refunds"],
        map=context.processes.current["refunds"].map.model_copy(update={"process": "another"}),
    )
    stopped(world, "another")
    world.verdict(waiting, "approve")
    assert world.case(waiting).state is CaseState.DONE


# Who


def test_resuming_takes_two_different_people(world: World) -> None:
    world.context.development = False
    one = stopped(world)
    with pytest.raises(Conflict, match="Nobody asks to resume"):
        stopping.agree(world.context, "lead", one.id)
    with pytest.raises(Conflict, match="stays stopped"):
        stopping.keep_stopped(world.context, "lead", one.id)
    asked = stopping.ask_to_resume(world.context, "boss", one.id)
    assert asked.asked_by == "boss"
    with pytest.raises(Forbidden, match="boss asked to resume; a second person agrees"):
        stopping.agree(world.context, "boss", one.id)
    with pytest.raises(Conflict, match="boss asks to resume already"):
        stopping.ask_to_resume(world.context, "lead", one.id)
    kept = stopping.keep_stopped(world.context, "lead", one.id)
    assert kept.asked_by is None
    # whoever stopped it may agree to what somebody else asks
    stopping.ask_to_resume(world.context, "lead", one.id)
    assert stopping.agree(world.context, "boss", one.id).ended_by == "boss"
    with pytest.raises(Conflict, match="boss had it resume"):
        stopping.agree(world.context, "dev.two", one.id)
    with pytest.raises(NotFound):
        stopping.agree(world.context, "lead", 999)


def test_in_development_one_person_may_do_both_and_the_trail_says_so(world: World) -> None:
    one = stopped(world)
    resumed(world, one, "boss", "boss")
    event = world.events("system")[-1]
    assert event.kind == "automation_resumed"
    assert event.body["alone"]
    assert event.body["development"]


@pytest.mark.parametrize("verb", [stopping.ask_to_resume, stopping.keep_stopped, stopping.agree])
def test_reviewers_and_services_do_not_have_it_resume(world: World, verb: Callable[..., Any]) -> None:
    world.hired(guard=Person(roles=(Role.SERVICE, Role.OWNER)))
    one = stopping.stop(world.context, "guard", None, because=WHY)
    if verb is not stopping.ask_to_resume:
        stopping.ask_to_resume(world.context, "boss", one.id)
    with pytest.raises(Forbidden, match="ann may not"):
        verb(world.context, "ann", one.id)
    with pytest.raises(Forbidden, match="guard is a service"):
        verb(world.context, "guard", one.id)


def test_a_stop_needs_a_reason_and_a_process_that_runs_here(world: World) -> None:
    with pytest.raises(InvalidInput, match="say why"):
        stopping.stop(world.context, "boss", None, because=" \n ")
    with pytest.raises(InvalidInput, match="500"):
        stopping.stop(world.context, "boss", None, because="x" * 501)
    with pytest.raises(NotFound, match="no process 'nothing'"):
        stopping.stop(world.context, "boss", "nothing", because=WHY)
    with pytest.raises(Forbidden, match="ann may not stop refunds"):
        stopping.stop(world.context, "ann", "refunds", because=WHY)
    stopped(world)
    with pytest.raises(Conflict, match="boss has stopped refunds already"):
        stopped(world, by="lead")


# The moment


def test_a_stop_that_comes_after_the_mark_takes_it_back(world: World) -> None:
    """The worker froze between the mark and the call; nothing was called, and that is on record."""
    waiting = world.submit(sure=0.8)
    held: list[Stop] = []
    real = act._mark_started

    def frozen(*about: Any) -> Any:
        marked = real(*about)
        if not held:
            held.append(stopped(world))
            time.sleep(FRESH)
        return marked

    with mock.patch.object(act, "_mark_started", frozen):
        world.verdict(waiting, "approve")
    assert not world.calls("pay")
    assert world.kinds(waiting)[-2:] == ["action_started", "action_not_begun"]
    assert queued(world) == {"held": 1}
    world.check()
    resumed(world, held[0])
    assert len(world.calls("pay")) == 1
    assert world.case(waiting).state is CaseState.DONE
    world.check()


def test_work_is_not_put_aside_for_a_stop_that_has_ended(world: World) -> None:
    """Resuming and holding at the same moment: the work is due."""
    waiting = world.submit(sure=0.8)
    one = stopped(world)
    real = act._hold

    def late(*about: Any) -> None:
        with world.context.db.read() as connection:
            there = stops.find(connection, one.id)
        if there is not None and there.ended_at is None:
            stopping.ask_to_resume(world.context, "boss", one.id)
            stopping.agree(world.context, "lead", one.id)
        real(*about)

    with mock.patch.object(act, "_hold", late):
        world.verdict(waiting, "approve")
    assert len(world.calls("pay")) == 1
    assert world.case(waiting).state is CaseState.DONE


def test_a_worker_that_lost_its_claim_does_not_touch_what_is_held(world: World) -> None:
    waiting = world.submit(sure=0.8)
    stopping_of = stopped(world)
    context = world.context
    submit_verdict(context, world.held(waiting).person, waiting, Answer(kind="approve"))
    drain(context, frozenset({"advance"}))
    now = context.clock()

    def claim(connection: Any) -> Any:
        return work.claim(connection, "act", worker="w", limit=9, now=now, lease=timedelta(seconds=9))

    (mine,) = context.db.write(claim)
    act.act(context, [mine])
    assert queued(world) == {"held": 1}
    context.db.write(lambda c: work.release(c, [mine], due_at=now))
    assert context.db.write(lambda c: work.extend(c, [mine], until=now)) == set()
    assert queued(world) == {"held": 1}
    assert recover(context) == 0
    stopping.ask_to_resume(context, "boss", stopping_of.id)
    stopping.agree(context, "lead", stopping_of.id)
    (again,) = context.db.write(claim)
    assert again.attempt == 1, "as if it had never been claimed"
    assert again.id != mine.id
    assert context.db.write(lambda c: work.finish(c, [mine])) == set()


# Drills


def test_a_drill_stops_for_a_moment_and_records_that_it_worked(world: World) -> None:
    ended = stopping.drill(world.context, "boss", "refunds")
    found = Drilled.of(ended.counted)
    assert found.works
    assert set(found.refused) == {world.context.worker}
    assert "refused by the worker after" in found.sentence
    assert ended.ended_at is not None
    assert ended.ended_by is None
    assert not world.context.gate.lately(world.context.db)
    assert [link.kind for link in world.events("system")[-2:]] == ["automation_stopped", "drill_ended"]
    assert world.case(world.submit()).state is CaseState.DONE
    assert verify(world.context).holds


def test_a_drill_whose_gate_is_broken_says_so(world: World) -> None:
    with mock.patch.object(Gate, "shuts", return_value=None):
        ended = stopping.drill(world.context, "boss", None)
    found = Drilled.of(ended.counted)
    assert not found.works
    assert found.sentence == f"NOT refused by {world.context.worker}"


def test_a_worker_that_does_not_answer_is_named(world: World) -> None:
    db = type(world.context.db)
    with (
        mock.patch.object(db, "connected", return_value=frozenset({"far:1:aa", "far:1:aa wake", "psql"})),
        mock.patch.object(stopping, "_PATIENCE", 0.1),
    ):
        ended = stopping.drill(world.context, "boss", "refunds")
    assert Drilled.of(ended.counted).silent == ["far:1:aa"]
    assert "no sign from far:1:aa" in Drilled.of(ended.counted).sentence


def test_a_real_stop_during_a_drill_stays(world: World) -> None:
    waiting = world.submit(sure=0.8)
    real = stopping._watched

    def meanwhile(*about: Any) -> Any:
        stopped(world)
        world.verdict(waiting, "approve")
        return real(*about)

    with mock.patch.object(stopping, "_watched", meanwhile):
        assert Drilled.of(stopping.drill(world.context, "boss", "refunds").counted).works
    world.run()
    assert not world.calls("pay")
    assert queued(world) == {"held": 1}
    (one,) = world.context.gate.lately(world.context.db)
    assert not one.drill
    with pytest.raises(Conflict, match="would show nothing"):
        stopping.drill(world.context, "boss", "refunds")
    resumed(world, one)
    assert len(world.calls("pay")) == 1


def test_a_drill_that_nobody_ends_ends_by_itself(world: World) -> None:
    with (
        mock.patch.object(stopping, "_watched", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        stopping.drill(world.context, "boss", "refunds")
    (one,) = world.context.gate.lately(world.context.db)
    with pytest.raises(Conflict, match="ends by itself"):
        stopping.ask_to_resume(world.context, "boss", one.id)
    sweep(world.context)
    assert world.context.gate.lately(world.context.db)
    world.wait(seconds=31)
    assert not world.context.gate.lately(world.context.db)
    assert "cut off" in Drilled.of(world.events("system")[-1].body["counted"]).sentence


# Proof


def test_a_stop_that_somebody_ends_behind_the_programs_back_is_found(world: World) -> None:
    stopped(world)
    assert verify(world.context).holds
    world.tamper(tables.stop, {"process": "refunds"}, ended_at=world.context.clock())
    (found,) = verify(world.context).findings
    assert "the stop of refunds is not as event" in found.problem
    world.tamper(tables.stop, {"process": "refunds"}, ended_at=None, because="nothing")
    (found,) = verify(world.context).findings
    assert "the stop of refunds is not as event" in found.problem
    world.tamper(tables.stop, {"process": "refunds"}, because=WHY, asked_by="boss")
    (found,) = verify(world.context).findings
    assert "the stop of refunds is not as event" in found.problem
    world.context.db.write(lambda c: c.execute(tables.stop.delete()))
    (found,) = verify(world.context).findings
    assert "is gone" in found.problem


def test_a_whole_story_of_stops_holds(world: World) -> None:
    resumed(world, stopped(world))
    one = stopped(world, None)
    stopping.ask_to_resume(world.context, "boss", one.id)
    stopping.keep_stopped(world.context, "boss", one.id)
    assert verify(world.context).holds


def test_what_is_stopped_is_so_after_a_restart(a_world: Callable[..., World], tmp_path: Path) -> None:
    world = a_world()
    stopped(world)
    world.context.gate = Gate()
    assert world.case(world.submit()).state is CaseState.WAITING
