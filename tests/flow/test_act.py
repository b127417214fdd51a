"""Actions: once, as approved, by somebody who still may; what is not known is asked, never guessed."""

from collections.abc import Callable

import pytest

from surehand.core.actions import action_digest
from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow.review import submit_verdict
from surehand.flow.running import drain
from surehand.flow.undo import undo
from surehand.store import tables
from tests.flow.world import World

NO_CONFIRM = ("    confirm: was_paid\n", "")


def approved(world: World, person: str = "ann", *, total: str = "100 EUR") -> str:
    """A case whose payment was approved and has not run yet."""
    case_id = world.submit(total, 0.8)
    submit_verdict(world.context, person, case_id, Answer(kind="approve"))
    drain(world.context, frozenset({"advance"}))
    assert (world.action(case_id).state, world.calls("pay")) == ("planned", [])
    return case_id


@pytest.mark.parametrize("word", ["temporary", "refused"])
def test_what_surely_did_not_happen_is_tried_again_with_the_same_key_and_a_pause(
    world: World, word: str
) -> None:
    world.plan(pay=[word, word])
    case_id = world.submit()
    assert (world.action(case_id).state, len(world.calls("pay"))) == ("planned", 1)
    world.check()
    world.wait(seconds=0.4)
    assert len(world.calls("pay")) == 1
    world.wait(seconds=0.1)
    assert len(world.calls("pay")) == 2
    world.wait(seconds=0.9)
    assert len(world.calls("pay")) == 2, "the second pause is not longer than the first"
    world.wait(seconds=0.1)
    assert set(world.keys("pay")) == {f"{case_id}:pay:1"}
    assert (world.action(case_id).state, world.action(case_id).attempt) == ("done", 3)
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_after_its_attempts_a_person_gets_it(world: World) -> None:
    world.plan(pay=["temporary"] * 9)
    case_id = world.submit()
    for _ in range(9):
        world.wait(minutes=1)
    assert len(world.calls("pay")) == 3
    held = world.held(case_id)
    assert (held.kind, held.point, world.action(case_id).state) == ("repair", f"{case_id}:pay:1", "failed")
    assert "pay failed after 3 attempts" in held.because
    world.check()


@pytest.mark.parametrize("word", ["forbidden", "permanent"])
def test_a_refusal_is_never_tried_again(world: World, word: str) -> None:
    world.plan(pay=[word], send=[word])
    case_id = world.submit()
    for _ in range(5):
        world.wait(minutes=20)
    assert len(world.calls("pay")) == 1
    assert (world.held(case_id).kind, world.action(case_id).state) == ("repair", "failed")
    world.check()


@pytest.mark.parametrize("word", ["unknown", "timeout", "bug"])
def test_what_may_have_happened_is_asked_and_not_repeated(world: World, word: str) -> None:
    world.plan(pay=[word])
    case_id = world.submit()
    assert world.action(case_id).state == "unknown"
    world.check()
    world.wait(minutes=1)
    assert (len(world.calls("pay")), world.keys("was_paid")) == (1, [f"{case_id}:pay:1"])
    assert (world.action(case_id).state, world.action(case_id).result) == ("done", "paid, they say")
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_what_is_confirmed_not_to_have_happened_runs_again(world: World) -> None:
    world.plan(pay=["timeout"], was_paid=["no"])
    case_id = world.submit()
    world.wait(minutes=1)
    assert world.keys("pay") == [f"{case_id}:pay:1"] * 2
    assert world.case(case_id).state is CaseState.DONE
    confirmed = [link.body for link in world.events(case_id) if link.kind == "action_confirmed"]
    assert [body["happened"] for body in confirmed] == [False]
    world.check()


def test_what_never_happens_is_not_tried_for_ever(world: World) -> None:
    world.plan(pay=["timeout"] * 99, was_paid=["no"] * 99)
    case_id = world.submit()
    for _ in range(12):
        world.wait(minutes=20)
    assert len(world.calls("pay")) == 3
    assert (world.held(case_id).kind, world.action(case_id).state) == ("repair", "failed")
    world.check()


def test_a_system_that_does_not_say_is_asked_again_and_then_a_person(world: World) -> None:
    world.plan(pay=["timeout"], was_paid=["timeout"] * 99)
    case_id = world.submit()
    for _ in range(9):
        world.wait(minutes=20)
    assert len(world.calls("pay")) == 1
    assert 1 < len(world.calls("was_paid")) <= 3
    assert (world.held(case_id).kind, world.action(case_id).state) == ("repair", "unknown")
    assert "not known to have happened" in world.held(case_id).because
    world.check()


@pytest.mark.parametrize("word", ["timeout", "bug"])
def test_what_is_safe_to_repeat_is_repeated_under_its_key(world: World, word: str) -> None:
    world.plan(send=[word])
    case_id = world.submit()
    world.wait(minutes=1)
    assert world.keys("send") == [f"{case_id}:send:1"] * 2
    assert world.case(case_id).state is CaseState.DONE
    world.check()


@pytest.mark.parametrize("then", [["permanent"], ["temporary"] * 2, ["forbidden"]])
def test_a_refusal_after_an_unanswered_attempt_does_not_mean_that_nothing_happened(
    world: World, then: list[str]
) -> None:
    """It may have been done: corrected and sent under a new key, it would be done twice."""
    world.plan(send=["timeout", *then])
    case_id = world.submit()
    assert world.action(case_id, "send").state == "unknown"
    world.wait(minutes=1)
    world.wait(minutes=1)
    held = world.held(case_id)
    assert (held.kind, world.action(case_id, "send").state) == ("repair", "unknown")
    with pytest.raises(InvalidInput, match="whether it happened"):
        world.verdict(case_id, "edit", fields={"customer": "Someone else"})
    world.check()
    world.verdict(case_id, "approve", value="happened")
    assert (world.case(case_id).state, len(world.calls("send"))) == (CaseState.DONE, 1 + len(then))
    world.check()


def test_a_refusal_after_a_worker_that_died_does_not_mean_that_nothing_happened(world: World) -> None:
    """The repeatable action ran, and its worker died before it could say so."""
    world.plan(send=["ok", "permanent"])
    with pytest.MonkeyPatch.context() as patched:

        def die(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        case_id = world.submit(sure=0.8)
        submit_verdict(world.context, "ann", case_id, Answer(kind="reject"))
        patched.setattr("surehand.flow.act.succeeded", die)
        with pytest.raises(KeyboardInterrupt):
            world.run()
    assert len(world.calls("send")) == 1
    world.wait(seconds=61)
    held = world.held(case_id)
    assert (held.kind, world.action(case_id, "send").state) == ("repair", "unknown")
    assert "may have done it" in held.because
    world.check()


# -- repair --------------------------------------------------------------------------------------------------


def in_doubt(a_world: Callable[..., World]) -> tuple[World, str]:
    world = a_world(NO_CONFIRM)
    world.plan(pay=["timeout"])
    case_id = world.submit()
    held = world.held(case_id)
    assert (held.kind, held.point, world.action(case_id).state) == ("repair", f"{case_id}:pay:1", "unknown")
    assert "not known whether pay happened" in held.because
    world.check()
    return world, case_id


def test_a_person_says_that_it_happened(a_world: Callable[..., World]) -> None:
    world, case_id = in_doubt(a_world)
    assert world.verdict(case_id, "approve", value="happened").state is CaseState.DONE
    assert len(world.calls("pay")) == 1
    assert world.action(case_id).state == "done"
    world.check()


def test_a_person_says_that_it_did_not_and_it_runs_again(a_world: Callable[..., World]) -> None:
    world, case_id = in_doubt(a_world)
    assert world.verdict(case_id, "approve", value="retry").state is CaseState.DONE
    assert world.keys("pay") == [f"{case_id}:pay:1"] * 2
    world.check()


def test_a_repair_that_fails_again_can_be_answered_again(a_world: Callable[..., World]) -> None:
    world, case_id = in_doubt(a_world)
    for _ in range(3):
        world.plan(pay=["timeout"])
        world.verdict(case_id, "approve", value="retry")
        assert world.held(case_id).kind == "repair"
        world.check()
    assert world.verdict(case_id, "approve", value="happened").state is CaseState.DONE
    world.check()


def test_a_person_gives_it_up(a_world: Callable[..., World]) -> None:
    world, case_id = in_doubt(a_world)
    assert world.verdict(case_id, "reject", note="we called them").state is CaseState.REJECTED
    world.wait(days=2)
    assert len(world.calls("pay")) == 1
    assert world.action(case_id).state == "abandoned"
    world.check()


def test_a_repair_may_be_asked_about_and_comes_back_as_a_repair(a_world: Callable[..., World]) -> None:
    from surehand.flow.review import answer_question

    world, case_id = in_doubt(a_world)
    world.verdict(case_id, "ask", question="Did it arrive?", to="clerk")
    world.check()
    answer_question(world.context, "clerk", case_id, "No")
    assert (world.held(case_id).kind, world.held(case_id).point) == ("repair", f"{case_id}:pay:1")
    world.check()
    assert world.verdict(case_id, "approve", value="retry").state is CaseState.DONE
    world.check()


def test_a_corrected_action_runs_once_under_a_new_key(world: World) -> None:
    world.plan(pay=["permanent"])
    case_id = world.submit()
    world.verdict(case_id, "edit", fields={"total": "90 EUR"})
    assert [(a.key, a.state) for a in world.bench.actions(case_id) if a.step == "pay"] == [
        (f"{case_id}:pay:1", "abandoned"), (f"{case_id}:pay:2", "done"),
    ]  # fmt: skip
    world.check()


# -- undo ----------------------------------------------------------------------------------------------------


def test_an_action_is_taken_back_once(world: World) -> None:
    case_id = world.submit()
    undo(world.context, "lead", case_id, "pay")
    world.check()
    with pytest.raises(Conflict):
        undo(world.context, "lead", case_id, "pay")
    world.run()
    assert world.calls("take_back") == [
        {"name": "take_back", "word": "ok", "key": f"{case_id}:pay:1:undo", "result": "paid 100.00 EUR"}
    ]
    assert world.action(case_id).state == "undone"
    case = world.case(case_id)
    assert (case.state, case.result) == (CaseState.DONE, "undone")
    world.check()
    with pytest.raises(Conflict):
        undo(world.context, "lead", case_id, "pay")
    assert len(world.calls("take_back")) == 1


@pytest.mark.parametrize(
    ("person", "step", "error"),
    [
        ("lead", "send", Conflict),
        ("lead", "nothing", NotFound),
        ("dev", "pay", NotFound),
        ("gone", "pay", NotFound),
        ("robot", "pay", Forbidden),
    ],
)
def test_what_cannot_be_taken_back(world: World, person: str, step: str, error: type[Exception]) -> None:
    case_id = world.submit()
    with pytest.raises(error):
        undo(world.context, person, case_id, step)
    world.run()
    assert world.action(case_id).state == "done"
    world.check()


@pytest.mark.parametrize(
    ("answer", "result"),
    [({"kind": "approve", "value": "retry"}, "undone"), ({"kind": "approve", "value": "happened"}, "undone"),
     ({"kind": "reject"}, "yes")],
)  # fmt: skip
def test_taking_back_that_fails_goes_to_a_person_and_ends(world: World, answer: dict, result: str) -> None:
    case_id = world.submit()
    world.plan(take_back=["forbidden"])
    undo(world.context, "lead", case_id, "pay")
    world.run()
    held = world.held(case_id)
    assert (held.kind, held.point, world.case(case_id).state) == (
        "repair", f"{case_id}:pay:1:undo", CaseState.WAITING,
    )  # fmt: skip
    world.check()
    case = world.verdict(case_id, **answer)
    assert (case.state, case.result) == (CaseState.DONE, result)
    assert world.action(case_id).state == ("undone" if result == "undone" else "done")
    world.check()


# -- what must not run ---------------------------------------------------------------------------------------


def _other_sum(world: World, key: str) -> dict:
    args = world.value(tables.action, "args", key=key)
    return {**args, "total": {"total": {"amount": "100000.00", "currency": "EUR"}}}


def test_changed_arguments_are_not_run(world: World) -> None:
    case_id = approved(world)
    key = f"{case_id}:pay:1"
    world.tamper(tables.action, {"key": key}, args=_other_sum(world, key))
    world.run()
    assert world.calls("pay") == []
    assert world.held(case_id).because == "Not run: its arguments are not the ones that were planned"


def test_changed_arguments_with_a_digest_to_match_are_not_run(world: World) -> None:
    case_id = approved(world)
    key = f"{case_id}:pay:1"
    args, version = _other_sum(world, key), world.value(tables.action, "version", key=key)
    world.tamper(tables.action, {"key": key}, args=args, digest=action_digest(version, "pay", args))
    world.run()
    assert world.calls("pay") == []
    assert world.held(case_id).because == "Not run: no recorded verdict approves exactly this"


def test_a_step_that_the_version_does_not_have_is_not_run_and_holds_nobody_up(world: World) -> None:
    case_id = approved(world)
    world.tamper(tables.action, {"key": f"{case_id}:pay:1"}, step="pay_me")
    other = world.submit()
    world.run()
    assert world.keys("pay") == [f"{other}:pay:1"]
    assert world.due() == []


@pytest.mark.parametrize(
    "authority",
    [
        {"by": "policy", "point": "refund", "round": 1, "value": "pay"},
        {"by": "lead", "point": "refund", "round": 1, "value": "pay"},
        {"by": "ann", "point": "thank", "round": 1, "value": "pay"},
        {"by": "policy", "point": None, "round": 1, "value": None},
        {},
    ],
)
def test_an_authority_that_nobody_gave_runs_nothing(world: World, authority: dict) -> None:
    case_id = approved(world)
    key = f"{case_id}:pay:1"
    args, version = _other_sum(world, key), world.value(tables.action, "version", key=key)
    world.tamper(
        tables.action,
        {"key": key},
        args=args,
        digest=action_digest(version, "pay", args),
        authority=authority,
    )
    world.run()
    assert world.calls("pay") == []
    assert world.held(case_id).kind == "repair"


def test_an_approval_of_another_round_runs_nothing(world: World) -> None:
    case_id = approved(world)
    world.tamper(tables.case, {"id": case_id}, round=2)
    world.run()
    assert world.calls("pay") == []
    assert "approved in round 1, and the case is in round 2" in world.held(case_id).because


def test_a_verdict_that_is_gone_approves_nothing(world: World) -> None:
    case_id = approved(world)
    world.tamper(tables.verdict, {"case_id": case_id}, final=False)
    world.run()
    assert world.calls("pay") == []
    assert "no recorded verdict" in world.held(case_id).because


def test_who_has_left_since_the_verdict_lets_nothing_run(world: World) -> None:
    case_id = approved(world)
    world.away("ann")
    world.run()
    assert world.calls("pay") == []
    held = world.held(case_id)
    assert (held.kind, held.because) == ("repair", "Not run: ann is not an active person here")
    assert held.person != "ann"
    world.check()


def test_a_limit_lowered_since_the_verdict_counts(world: World) -> None:
    case_id = approved(world)
    ann = world.context.people.people["ann"].model_copy(update={"limit": 99})
    world.hired(ann=ann)
    world.run()
    assert world.calls("pay") == []
    assert "ann may decide up to 99.00, and 100.00 is at stake" in world.held(case_id).because
    world.check()


def test_what_was_refused_can_be_decided_anew_by_somebody_else(world: World) -> None:
    case_id = approved(world)
    world.away("ann")
    world.run()
    world.verdict(case_id, "edit", by="lead", fields={"total": "80 EUR"})
    world.verdict(case_id, "approve", by="lead")
    assert world.keys("pay") == [f"{case_id}:pay:2"]
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_arguments_that_cannot_be_built_were_not_sent(world: World) -> None:
    # emptied by hand together with every trace: the function must not be called with nothing
    broken = approved(world)
    key = f"{broken}:pay:1"
    args = {"total": {"total": None}, "customer": {"customer": None}}
    version = world.value(tables.action, "version", key=key)
    digest = action_digest(version, "pay", args)
    world.tamper(tables.action, {"key": key}, args=args, digest=digest)
    world.tamper(tables.verdict, {"case_id": broken}, approves={"pay": digest})
    world.run()
    assert world.calls("pay") == []
    assert world.action(broken).state == "failed"
    assert "its arguments cannot be built" in world.held(broken).because


def test_a_retry_pause_is_spread_by_the_draw(world: World) -> None:
    world.context.draw = lambda: 0.999
    world.plan(pay=["temporary"])
    world.submit()
    world.wait(seconds=0.9)
    assert len(world.calls("pay")) == 1
    world.wait(seconds=0.1)
    assert len(world.calls("pay")) == 2
