"""Callers who wait for their case: taken in, decided and run in their own thread, many of them at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from surehand.core.case import Case, CaseState
from surehand.core.hearing import Answer
from surehand.errors import Conflict, KeyReused
from surehand.flow import judging
from surehand.flow.admission import Accepted
from surehand.flow.context import Context
from surehand.flow.following import Following
from surehand.flow.intake import Submission
from surehand.flow.review import submit_verdict
from surehand.flow.running import advance_now, begin, decide_now, submit_now, sweep
from surehand.store import restores
from surehand.store.restores import Restore
from tests.flow.test_notify import AT_ONCE, told
from tests.flow.world import World

#: Steps of several threads must not write the plan of the test.
SAFE = ('    (FOLDER / "plan.json").write_text(json.dumps(plan))\n', "")

APPROVE = Answer(kind="approve")


def now(world: World, *, key: str | None = None, sure: float = 0.95, total: str = "100 EUR") -> Accepted:
    given = {"total": total, "sure": sure, "customer": "Acme"}
    return submit_now(world.context, Submission(process="refunds", input=given, key=key), submitter="robot")


def known_to_be_quick(world: World) -> None:
    """Cases show how quick the steps are; those after that are saved as a whole."""
    version = world.context.processes.current["refunds"].version
    for _ in range(100):
        now(world)
        if world.context.pace.quick(version):
            return


def test_a_case_that_needs_nobody_is_done_when_the_caller_has_it(world: World) -> None:
    for _ in range(2):
        taken = now(world)
        assert (taken.created, taken.case.state) == (True, CaseState.DONE)
        assert taken.case == world.case(taken.case.id)
    assert world.kinds(taken.case.id)[0] == "received"
    assert world.due() == []
    world.check()


def test_a_case_that_needs_a_person_waits_and_is_done_with_the_verdict(world: World) -> None:
    for _ in range(2):
        taken = now(world, sure=0.7)
        assert taken.case.state is CaseState.WAITING
        holder = world.held(taken.case.id).person
        case, verdict = decide_now(world.context, holder, taken.case.id, APPROVE)
        assert (case.state, verdict.person) == (CaseState.DONE, holder)
        assert case == world.case(case.id)
    assert world.due() == []
    world.check()


def test_quick_and_slow_steps_leave_the_same_records(world: World) -> None:
    first = now(world, sure=0.7).case
    second = now(world, sure=0.7).case
    assert world.kinds(first.id) == world.kinds(second.id)
    assert world.judgements(first.id)[0].signals == world.judgements(second.id)[0].signals
    assert first.rev > second.rev == 1
    world.check()


def test_a_known_key_is_the_same_case_and_runs_no_step_again(world: World) -> None:
    known_to_be_quick(world)
    first = now(world, key="a")
    calls = len(world.calls("refund"))
    again = now(world, key="a")
    assert (again.created, again.case.id) == (False, first.case.id)
    assert len(world.calls("refund")) == calls
    with pytest.raises(KeyReused):
        now(world, key="a", total="101 EUR")
    assert len(world.calls("refund")) == calls
    world.check()


def test_a_step_that_fails_before_the_case_is_saved_is_tried_again_later(world: World) -> None:
    known_to_be_quick(world)
    world.plan(find_customer=["temporary"])
    taken = now(world)
    assert (taken.case.state, world.kinds(taken.case.id)[-1]) == (CaseState.RUNNING, "step_failed")
    world.wait(minutes=5)
    # what failed before is looked at by a person, as on the way over the workers
    assert world.case(taken.case.id).state is CaseState.WAITING
    world.check()


def test_a_fault_of_ours_before_the_case_is_saved_does_not_lose_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_to_be_quick(world)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(judging, "settle", broken)
        with pytest.raises(RuntimeError):
            now(world, key="a")
    world.wait(minutes=5)
    sweep(world.context)
    world.run()
    again = now(world, key="a")
    assert (again.created, again.case.state) == (False, CaseState.WAITING)
    world.check()


def test_many_callers_at_once_each_get_their_own(a_world: Callable[..., World]) -> None:
    world = a_world(SAFE)
    known_to_be_quick(world)
    before = len(world.keys("pay"))

    def one(number: int) -> Case:
        taken = now(world, key=f"k{number}", sure=0.7)
        assert (taken.created, taken.case.key) == (True, f"k{number}")
        case, verdict = decide_now(world.context, taken.case.owner, taken.case.id, APPROVE)
        assert (case.id, verdict.case_id) == (taken.case.id, taken.case.id)
        return case

    with ThreadPoolExecutor(16) as callers:
        done = list(callers.map(one, range(48)))
    assert {case.state for case in done} == {CaseState.DONE}
    paid = Counter(world.keys("pay")[before:])
    assert paid == {f"{case.id}:pay:1": 1 for case in done}
    world.check()


def test_the_same_key_from_many_callers_at_once_is_one_case(a_world: Callable[..., World]) -> None:
    world = a_world(SAFE)
    known_to_be_quick(world)
    with ThreadPoolExecutor(16) as callers:
        taken = list(callers.map(lambda _: now(world, key="same"), range(16)))
    assert len({one.case.id for one in taken}) == 1
    assert sum(one.created for one in taken) == 1
    assert len([key for key in world.keys("pay") if key.startswith(taken[0].case.id)]) == 1
    world.check()


def test_of_many_verdicts_at_once_on_each_of_some_cases_one_wins(a_world: Callable[..., World]) -> None:
    world = a_world(SAFE)
    ids = [now(world, sure=0.7).case.id for _ in range(4)]

    def decide(place: int) -> str:
        person, case_id = ("ann", "spec", "deputy", "lead")[place % 4], ids[place // 4]
        try:
            decide_now(world.context, person, case_id, APPROVE)
        except Conflict:
            return "lost"
        return "won"

    with ThreadPoolExecutor(16) as people:
        results = list(people.map(decide, range(16)))
    assert Counter(results) == {"won": 4, "lost": 12}
    assert all(len(world.verdicts(case_id)) == 1 for case_id in ids)
    assert {world.case(case_id).state for case_id in ids} == {CaseState.DONE}
    world.check()


def _waits(world: World) -> tuple[Context, str]:
    """A caller who waits, as the API has it; nobody else is woken for the case."""
    mine = replace(world.context, wake=lambda _: None, following=Following())
    given = {"total": "100 EUR", "sure": 0.99, "customer": "Acme"}
    return mine, begin(mine, Submission(process="refunds", input=given), submitter="robot").case.id


_PAY = "    undo: take_back\n    confirm: was_paid\n    attempts: 3\n"
_PAY_AGAIN = (_PAY, f"{_PAY}    repeatable: true\n")


@pytest.mark.parametrize(("step", "state"), [("send", CaseState.DONE), ("find_customer", CaseState.WAITING)])
def test_a_caller_who_still_waits_sees_what_a_worker_did_meanwhile(
    world: World, step: str, state: CaseState
) -> None:
    world.plan(**{step: ["temporary", "temporary"]})
    mine, case_id = _waits(world)
    advance_now(mine, case_id)
    world.wait(seconds=1)  # a worker is faster with the second attempt
    assert len(world.calls(step)) == 2
    for _ in range(4):
        world.bench.clock.move(timedelta(seconds=3))
        advance_now(mine, case_id)
    assert len(world.calls(step)) == 3
    assert world.case(case_id).state is state
    world.check()


def test_after_a_restore_the_second_attempt_is_asked_about_too(a_world: Callable[..., World]) -> None:
    world = a_world(_PAY_AGAIN)
    restored = Restore(world.context.clock(), 0)
    world.context.db.write(lambda c: restores.declare(c, restored, {}))
    world.bench.clock.move(timedelta(hours=1))
    world.plan(was_paid=["timeout", "ok"])
    mine, case_id = _waits(world)
    advance_now(mine, case_id)
    assert world.action(case_id).state == "unknown"
    world.bench.clock.move(timedelta(seconds=5))
    advance_now(mine, case_id)
    assert (len(world.calls("pay")), len(world.calls("was_paid"))) == (0, 2)


def test_a_caller_that_froze_does_not_run_what_was_taken_back(a_world: Callable[..., World]) -> None:
    world = a_world(_PAY_AGAIN, *AT_ONCE)
    known_to_be_quick(world)
    paid = len(world.calls("pay"))
    mine, case_id = _waits(world)
    assert mine.following is not None
    assert [item.kind for item in mine.following.items] == ["act"]
    world.wait(seconds=61)  # the lease is over: another runs it, and a person has it taken back
    assert len(world.calls("pay")) == paid + 1
    submit_verdict(world.context, "ann", case_id, Answer(kind="reject"), of=told(world, case_id).id)
    world.run()
    assert world.action(case_id).state == "undone"
    advance_now(mine, case_id)
    assert (len(world.calls("pay")), world.action(case_id).state) == (paid + 1, "undone")


def test_a_caller_whose_step_returned_what_is_no_json_fails_nobody(a_world: Callable[..., World]) -> None:
    odd = 'others={"tone": Alternative(value={1, 2} if letter == "odd" else "x")}'
    world = a_world(
        SAFE, ("import Reading, Recommendation", "import Alternative, Reading, Recommendation"),
        ('confidence={"tone": 0.99}', f'confidence={{"tone": 0.99}}, {odd}'),
    )  # fmt: skip
    known_to_be_quick(world)

    def one(number: int) -> tuple[bool, CaseState]:
        given = {"total": "100 EUR", "sure": 0.99, "customer": "Acme", "letter": "odd" * (number % 8 == 0)}
        taken = submit_now(world.context, Submission(process="refunds", input=given), submitter="robot")
        return taken.created, taken.case.state

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(one, range(64))) == {(True, CaseState.DONE): 64}
