"""Workers that die, freeze or crawl: nothing is lost, written late, or run twice by itself."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.errors import Conflict
from surehand.flow import advance as advancing
from surehand.flow.act import act
from surehand.flow.advance import advance
from surehand.flow.intake import Submission, submit_many
from surehand.flow.review import submit_verdict
from surehand.flow.running import advance_now, drain, reclaim, recover, sweep
from surehand.store import tables, work
from surehand.store.work import Work
from tests.flow.world import World


def taken(world: World, kind: str) -> list[Work]:
    """Work that another worker claims."""
    return world.context.db.write(
        lambda connection: work.claim(
            connection, kind, worker="other", limit=500, now=world.bench.clock(), lease=world.context.lease
        )
    )


def received(world: World, count: int = 1, **more: Any) -> list[str]:
    given = {"total": "1 EUR", "sure": 0.99, "customer": "Acme"} | more
    items = [Submission(process="refunds", input=given) for _ in range(count)]
    return [one.case.id for one in submit_many(world.context, items, submitter="robot")]


def test_what_is_claimed_is_not_claimed_again_before_its_lease_ends(world: World) -> None:
    received(world)
    assert len(taken(world, "advance")) == 1
    assert taken(world, "advance") == []
    world.bench.clock.move(world.context.lease - timedelta(seconds=1))
    assert recover(world.context) == 0
    assert drain(world.context) == 0
    world.check()


def test_a_dead_workers_case_goes_on_and_the_late_worker_writes_nothing(world: World) -> None:
    (case_id,) = received(world)
    late = taken(world, "advance")
    world.bench.clock.move(world.context.lease + timedelta(seconds=1))
    world.run()
    assert world.case(case_id).state is CaseState.DONE
    before = (world.case(case_id), world.kinds(case_id), len(world.calls("pay")))
    advance(world.context, late)
    assert (world.case(case_id), world.kinds(case_id), len(world.calls("pay"))) == before
    assert world.due() == []
    world.check()


def test_a_late_worker_does_not_finish_work_that_another_is_at(world: World) -> None:
    (case_id,) = received(world)
    late = taken(world, "advance")
    world.bench.clock.move(world.context.lease + timedelta(seconds=1))
    assert recover(world.context) == 1
    (now,) = taken(world, "advance")
    assert now.attempt == late[0].attempt + 1
    advance(world.context, late)
    assert world.kinds(case_id) == ["received"]
    advance(world.context, [now])
    assert world.case(case_id).state is CaseState.ACTING
    assert world.kinds(case_id).count("routed") == 1
    world.check()


def test_a_worker_that_died_before_the_mark_leaves_the_action_to_the_next(world: World) -> None:
    (case_id,) = received(world)
    drain(world.context, frozenset({"advance"}))
    assert len(taken(world, "act")) == 1
    world.bench.clock.move(world.context.lease + timedelta(seconds=1))
    world.run()
    assert len(world.calls("pay")) == 1
    assert world.case(case_id).state is CaseState.DONE
    world.check()


class Killed(BaseException):
    """The process dies here."""


def killed_in_action(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The payment went out, and the worker died before it could write that down."""
    (case_id,) = received(world)
    drain(world.context, frozenset({"advance"}))
    items = taken(world, "act")
    world.context.held.begun(items, until=world.bench.clock() + world.context.lease)
    with monkeypatch.context() as patched:

        def die(*_: Any, **__: Any) -> None:
            raise Killed

        patched.setattr("surehand.flow.act.succeeded", die)
        with pytest.raises(Killed):
            act(world.context, items)
    world.context.held.ended(items)
    assert world.action(case_id).state == "running"
    assert len(world.calls("pay")) == 1
    return case_id


def test_an_action_that_was_begun_is_asked_about_and_never_just_repeated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = killed_in_action(world, monkeypatch)
    world.run()
    assert world.keys("was_paid") == [], "its worker may still be at it"
    world.bench.clock.move(world.context.lease + timedelta(seconds=1))
    world.run()
    assert world.keys("was_paid") == [f"{case_id}:pay:1"]
    assert len(world.calls("pay")) == 1
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_without_a_way_to_ask_a_person_settles_it(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(("    confirm: was_paid\n", ""))
    case_id = killed_in_action(world, monkeypatch)
    world.bench.clock.move(world.context.lease + timedelta(seconds=1))
    world.run()
    assert (world.held(case_id).kind, world.action(case_id).state) == ("repair", "unknown")
    assert "its worker stopped" in world.held(case_id).because
    assert len(world.calls("pay")) == 1
    world.check()


def test_a_slow_chunk_gives_the_rest_back_uncounted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = received(world, 3)
    items = taken(world, "advance")
    monkeypatch.setattr(advancing, "_PATIENCE", -1.0)
    world.context.held.begun(items, until=world.bench.clock() + world.context.lease)
    advance(world.context, items)
    world.context.held.ended(items)
    assert len(world.calls("read_letter")) == 1
    assert sorted(world.case(case_id).place for case_id in ids)[:2] == [0, 0]
    assert {row["failures"] for row in world.due()} <= {0}
    world.check()
    monkeypatch.undo()
    world.run()
    assert len(world.calls("read_letter")) == 3
    assert {world.case(case_id).state for case_id in ids} == {CaseState.DONE}
    world.check()


def test_what_a_slow_step_gave_is_stored_before_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case_id,) = received(world)
    monkeypatch.setattr(advancing, "_WORTH_STORING", -1.0)
    items = taken(world, "advance")
    monkeypatch.setattr(advancing, "_decide", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        advance(world.context, items)
    monkeypatch.undo()
    assert world.kinds(case_id) == ["received", "read", "looked_up"]
    world.check()
    world.bench.clock.move(world.context.lease + timedelta(seconds=1))
    world.run()
    assert (len(world.calls("read_letter")), len(world.calls("find_customer"))) == (1, 1)
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_an_action_is_not_due_while_the_work_that_led_to_it_is_still_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker would run it, and could not queue what comes next."""
    ids = received(world, 2)
    monkeypatch.setattr(advancing, "_WORTH_STORING", -1.0)
    items = taken(world, "advance")

    def die(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(advancing, "save", die)
    with pytest.raises(Killed):
        advance(world.context, items)
    monkeypatch.undo()
    assert {row["kind"] for row in world.due()} == {"advance"}
    assert world.calls("pay") == []
    world.bench.clock.move(world.context.lease + timedelta(seconds=1))
    world.run()
    assert {world.case(case_id).state for case_id in ids} == {CaseState.DONE}
    assert len(world.calls("pay")) == 2
    world.check()


@pytest.mark.parametrize("worth", [-1.0, 60.0])
def test_a_chunk_with_a_case_that_moved_on_saves_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch, worth: float
) -> None:
    """Both where the whole chunk is saved at its end, and where it is saved after each step."""
    monkeypatch.setattr(advancing, "_WORTH_STORING", worth)
    ids = received(world, 3)
    items = taken(world, "advance")
    # one of them moves while the functions run
    read = world.context.signals["model_probability"]
    moved = []

    def meddling(view: Any) -> float | None:
        if not moved:
            moved.append(ids[1])
            world.tamper(tables.case, {"id": ids[1]}, rev=world.case(ids[1]).rev + 98)
        return read(view)

    world.context.signals = {**world.context.signals, "model_probability": meddling}
    advance(world.context, items)
    states = [world.case(case_id).state for case_id in ids]
    assert states == [CaseState.ACTING, CaseState.RUNNING, CaseState.ACTING]
    world.wait(minutes=2)
    assert {world.case(case_id).state for case_id in ids} == {CaseState.DONE}
    # the audit would find what this test did to the row
    world.tamper(tables.case, {"id": ids[1]}, rev=world.case(ids[1]).rev - 98)
    world.check()


def test_whoever_waits_for_the_answer_gets_it_in_their_own_thread(world: World) -> None:
    one, other = received(world, 2)
    advance_now(world.context, one)
    assert world.case(one).state is CaseState.DONE
    assert world.case(other).state is CaseState.RUNNING
    assert sweep(world.context) == {"advance"}
    world.check()


def test_a_version_whose_code_is_gone_waits_and_loses_nothing(world: World) -> None:
    (case_id,) = received(world)
    process = world.context.processes.current.pop("refunds")

    class Gone:
        def load(self, name: str, version: str) -> Any:
            raise Conflict("gone")

    versions, world.context.processes.versions = world.context.processes.versions, Gone()
    world.run()
    assert world.case(case_id).state is CaseState.RUNNING
    world.check()
    world.context.processes.versions = versions
    world.context.processes.current["refunds"] = process
    world.wait(minutes=20)
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_a_verdict_while_the_ladder_is_climbed_is_not_lost(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.bench.clock.move(timedelta(hours=8))
    submit_verdict(world.context, "ann", case_id, Answer(kind="approve"))
    world.run()
    assert world.case(case_id).state is CaseState.DONE
    assert "escalated" not in world.kinds(case_id)
    world.check()


def test_many_cases_are_worked_off_in_one_go(world: World) -> None:
    ids = received(world, 60)
    began = time.monotonic()
    world.run()
    assert time.monotonic() - began < 30
    assert {world.case(case_id).state for case_id in ids} == {CaseState.DONE}
    assert sorted(world.keys("pay")) == sorted(f"{case_id}:pay:1" for case_id in ids)
    world.check()


def test_a_restart_on_sqlite_waits_for_no_lease(world: World) -> None:
    (case,) = received(world)
    assert [item.ref for item in taken(world, "advance")] == [case]
    left = reclaim(world.context)
    world.run()
    # on PostgreSQL the other worker may be alive on another host
    expected = (1, CaseState.DONE) if world.context.db.dialect == "sqlite" else (0, CaseState.RUNNING)
    assert (left, world.case(case).state) == expected
