"""The path of a case: alone, to a person, out of the map, and back."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from surehand.core.case import CaseState
from surehand.core.oversight import Level
from surehand.errors import InvalidInput, KeyReused, NotFound
from surehand.flow.consult import consult
from surehand.flow.intake import Accepted, Submission, submit, submit_many
from tests.flow.world import World


def test_a_sure_small_case_runs_alone_to_its_end(world: World) -> None:
    case_id = world.submit(sure=0.95)
    case, action = world.case(case_id), world.action(case_id)
    assert (case.state, case.result) == (CaseState.DONE, "yes")
    assert (action.state, action.key, action.attempt) == ("done", f"{case_id}:pay:1", 1)
    assert action.authority == {"point": "refund", "value": "pay", "by": "policy", "round": 1}
    assert world.keys("pay") == [action.key]
    assert world.keys("send") == [f"{case_id}:send:1"]
    assert world.kinds(case_id) == [
        "received",
        "read",
        "looked_up",
        "recommended",
        "routed",
        "action_planned",
        "action_started",
        "action_done",
        "recommended",
        "routed",
        "action_planned",
        "action_done",
        "finished",
    ]
    assert world.verdicts(case_id) == []
    world.check()


@pytest.mark.both
def test_decisions_of_one_moment_are_told_in_the_order_of_the_map(a_world: Callable[..., World]) -> None:
    world = a_world(("  - decide: thank", "  - decide: afterwards"), ("def thank(", "def afterwards("))
    case_id = world.submit(sure=0.95)
    first, last = consult(world.context, "lead", case_id).judgements
    assert first.at == last.at
    assert [first.point, last.point] == ["refund", "afterwards"]


@pytest.mark.parametrize(
    ("sure", "level", "person"),
    [
        (0.9, Level.REVIEW, "ann"),
        (0.70, Level.REVIEW, "ann"),
        (0.69, Level.ASSIST, "spec"),
        (None, Level.ASSIST, "spec"),
        (1.7, Level.ASSIST, "spec"),
        (-0.1, Level.ASSIST, "spec"),
    ],
)
def test_an_unsure_case_waits_for_the_right_person_and_nothing_runs(
    world: World, sure: float | None, level: Level, person: str
) -> None:
    case_id = world.submit(sure=sure)
    case, held = world.case(case_id), world.held(case_id)
    assert (case.state, held.level, held.person, held.kind, held.point) == (
        CaseState.WAITING,
        level,
        person,
        "decide",
        "refund",
    )
    assert held.due_at == world.bench.clock() + timedelta(hours=8)
    assert world.bench.actions(case_id) == []
    world.wait(hours=5)
    assert world.calls("pay") == []
    world.check()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"total": "20000 EUR"}, "High consequence: 20,000.00 EUR at stake"),
        ({"total": "20000 USD"}, "High consequence: 10,000.00 EUR at stake"),
        ({"total": "5 JPY"}, "The stake cannot be told: no rate from JPY to EUR is recorded"),
        ({"total": None}, "The stake cannot be told: total is not known"),
        ({"answer": "burn it"}, "The AI has no recommendation"),
    ],
)
def test_what_is_at_stake_or_not_known_brings_a_person_however_sure_the_ai_is(
    world: World, given: dict[str, str | None], reason: str
) -> None:
    case_id = world.submit(**{"sure": 1.0, **given})
    assert world.case(case_id).state is CaseState.WAITING
    assert reason in world.held(case_id).because
    assert world.bench.actions(case_id) == []
    world.check()


def test_a_person_decides_alone_where_a_rule_says_so(world: World) -> None:
    case_id = world.submit(sure=1.0, customer="watched")
    assert world.held(case_id).level is Level.HUMAN
    with pytest.raises(InvalidInput, match="choose an answer"):
        world.verdict(case_id, "approve")
    world.verdict(case_id, "approve", value="pay")
    assert world.case(case_id).state is CaseState.DONE
    world.check()


def test_the_least_loaded_who_may_decide_gets_the_next(world: World) -> None:
    people = [world.held(world.submit(sure=0.8)).person for _ in range(6)]
    assert people == ["ann", "bo", "spec", "ann", "bo", "spec"]
    assert "bo" not in [world.held(world.submit("600 EUR", 0.8)).person for _ in range(4)]
    world.check()


def test_cases_of_one_chunk_are_spread_as_well(world: World) -> None:
    given = {"total": "1 EUR", "sure": 0.8, "customer": "Acme"}
    taken = submit_many(
        world.context, [Submission(process="refunds", input=given) for _ in range(6)], submitter="robot"
    )
    world.run()
    people = [world.held(one.case.id).person for one in taken if isinstance(one, Accepted)]
    assert sorted(people) == ["ann", "ann", "bo", "bo", "spec", "spec"]
    world.check()


# -- out of the map ------------------------------------------------------------------------------------------


def test_a_missing_field_goes_to_a_person_who_fills_it_in(world: World) -> None:
    case_id = world.submit(customer=None)
    held = world.held(case_id)
    assert (held.kind, held.point) == ("exception", "missing:customer")
    assert "customer, and it is missing" in held.because
    world.check()
    with pytest.raises(InvalidInput, match="fill it in"):
        world.verdict(case_id, "approve")
    case = world.verdict(case_id, "edit", fields={"customer": "Acme"})
    assert (case.state, case.round) == (CaseState.DONE, 2)
    assert world.keys("pay") == [f"{case_id}:pay:2"]
    world.check()


def test_a_mapped_exception_is_let_pass_by_a_person_and_not_met_again(world: World) -> None:
    case_id = world.submit(letter="angry")
    held = world.held(case_id)
    assert (held.kind, held.point, held.because) == ("exception", "angry-letter", "Angry letter")
    assert held.due_at == world.bench.clock() + timedelta(hours=2)
    world.check()
    assert world.verdict(case_id, "approve").state is CaseState.DONE
    assert world.case(case_id).passed == ("angry-letter",)
    world.check()


def test_a_mapped_exception_may_end_the_case(world: World) -> None:
    case_id = world.submit(letter="angry")
    assert world.verdict(case_id, "reject", note="abuse").state is CaseState.REJECTED
    world.wait(days=3)
    assert world.calls("pay") == []
    world.check()


@pytest.mark.parametrize("sure", [0.99, 0.8])
def test_an_exception_on_the_decision_stops_the_action_that_follows(world: World, sure: float) -> None:
    case_id = world.submit("6000 EUR", sure)
    if sure < 0.9:
        world.verdict(case_id, "approve")
    held = world.held(case_id)
    assert (held.kind, held.point) == ("exception", "large-refund")
    assert world.calls("pay") == []
    world.check()
    assert world.verdict(case_id, "approve", by="lead").state is CaseState.DONE
    assert len(world.calls("pay")) == 1
    world.check()


def test_an_exception_that_cannot_be_told_brings_a_person(world: World) -> None:
    case_id = world.submit("6000 JPY", 0.8)
    world.verdict(case_id, "approve", by="lead")
    assert world.held(case_id).because == "Could not be told, so a person looks: Large refund"
    assert world.calls("pay") == []
    world.check()


# -- steps that fail -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["read_letter", "find_customer", "refund"])
def test_a_step_that_fails_twice_and_then_succeeds_brings_a_person(world: World, step: str) -> None:
    world.plan(**{step: ["temporary", "bug"]})
    case_id = world.submit(sure=1.0)
    assert world.case(case_id).state is CaseState.RUNNING
    world.check()
    world.wait(seconds=0.4)
    assert len(world.calls(step)) == 1, "it did not wait"
    world.wait(seconds=1)
    world.wait(seconds=2)
    assert len(world.calls(step)) == 3
    held = world.held(case_id)
    assert held.because == "A step failed 2 times before it succeeded"
    assert world.judgements(case_id)[0].reasons[0]["trigger"] == "repeated_failure"
    world.check()


def test_what_ran_before_a_failure_is_not_run_again(world: World) -> None:
    world.plan(refund=["temporary"])
    world.submit(sure=1.0)
    world.wait(minutes=1)
    assert (len(world.calls("read_letter")), len(world.calls("refund"))) == (1, 2)


@pytest.mark.parametrize("words", [["bug"] * 3, ["permanent"], ["forbidden"]])
def test_a_step_that_fails_for_good_falls_back_to_the_process_owner(world: World, words: list[str]) -> None:
    world.plan(find_customer=words)
    case_id = world.submit(sure=1.0)
    for _ in range(4):
        world.wait(minutes=1)
    held = world.held(case_id)
    assert (held.kind, held.point, held.queue, held.person) == (
        "exception",
        "failed:find_customer",
        "fallback",
        "boss",
    )
    assert len(world.calls("find_customer")) == len(words)
    assert f"find_customer says {words[0]}" in held.because
    world.check()


def test_a_step_that_fails_for_good_again_can_be_answered_again(world: World) -> None:
    world.plan(find_customer=["permanent", "permanent"])
    case_id = world.submit(sure=1.0)
    world.verdict(case_id, "approve")
    assert world.held(case_id).point == "failed:find_customer"
    world.check()
    world.verdict(case_id, "approve")
    assert world.case(case_id).state is CaseState.DONE
    world.check()


@pytest.mark.parametrize("words", [["bug"] * 3, ["permanent"]])
def test_an_ai_that_fails_for_good_leaves_the_decision_to_a_specialist(
    world: World, words: list[str]
) -> None:
    world.plan(refund=words)
    case_id = world.submit(sure=1.0)
    for _ in range(3):
        world.wait(minutes=1)
    held, (judged,) = world.held(case_id), world.judgements(case_id)
    assert (held.kind, held.level, held.person) == ("decide", Level.ASSIST, "spec")
    assert (judged.recommendation["value"], judged.confidence) == (None, None)
    assert "The AI failed" in judged.recommendation["reasons"][0]
    world.check()
    assert world.verdict(case_id, "approve", value="pay").state is CaseState.DONE
    world.check()


def test_one_bad_case_does_not_hold_up_its_chunk(world: World) -> None:
    world.plan(read_letter=["ok", "permanent", "ok"])
    given = {"total": "1 EUR", "sure": 0.99, "customer": "Acme"}
    submit_many(
        world.context, [Submission(process="refunds", input=given) for _ in range(3)], submitter="robot"
    )
    world.run()
    assert len(world.calls("pay")) == 2
    world.check()


def test_a_signal_that_breaks_on_one_case_does_not_hold_up_its_chunk(world: World) -> None:
    read = world.context.signals["model_probability"]

    def brittle(view):
        if view.facts["customer"] == "bad":
            raise ZeroDivisionError
        return read(view)

    world.context.signals = {**world.context.signals, "model_probability": brittle}
    given = {"total": "1 EUR", "sure": 0.99}
    taken = submit_many(
        world.context,
        [Submission(process="refunds", input={**given, "customer": name}) for name in ("a", "bad", "b")],
        submitter="robot",
    )
    with pytest.raises(ZeroDivisionError):
        world.run()
    world.run()
    states = [world.case(one.case.id).state for one in taken if isinstance(one, Accepted)]
    assert (states[0], states[2]) == (CaseState.DONE, CaseState.DONE)
    assert states[1] is not CaseState.DONE
    world.check()


# -- taking in -----------------------------------------------------------------------------------------------


def test_the_same_key_is_the_same_case_and_another_body_is_refused(world: World) -> None:
    first = world.submit("10 EUR", key="k")
    again = submit(
        world.context,
        Submission(process="refunds", key="k", input={"total": "10 EUR", "sure": 0.95, "customer": "Acme"}),
        submitter="ann",
    )
    assert (again.case.id, again.created) == (first, False)
    with pytest.raises(KeyReused, match=first):
        world.submit("11 EUR", key="k")
    assert len(world.calls("pay")) == 1
    world.check()


def test_in_one_batch_each_key_counts_once_and_bad_items_stand_alone(world: World) -> None:
    def item(total: str, key: str | None) -> Submission:
        return Submission(process="refunds", key=key, input={"total": total})

    taken = submit_many(
        world.context,
        [
            item("1 EUR", "a"),
            item("1 EUR", "a"),
            item("2 EUR", "a"),
            item("lots", "b"),
            item("1 EUR", None),
            item("1 EUR", ""),
            item("1 EUR", "x" * 201),
            item("1 EUR", "nul\x00"),
            Submission(process="nothing", input={}),
        ],
        submitter="robot",
    )
    kinds = [type(one) for one in taken]
    assert kinds == [
        Accepted,
        Accepted,
        KeyReused,
        InvalidInput,
        Accepted,
        InvalidInput,
        InvalidInput,
        InvalidInput,
        NotFound,
    ]
    assert [one.created for one in taken if isinstance(one, Accepted)] == [True, False, True]
    world.run()
    world.check()


def test_what_does_not_fit_is_refused_by_name_and_leaves_nothing(world: World) -> None:
    wrong: list[tuple[dict[str, object], str]] = [
        ({"totl": "1 EUR"}, "totl"),
        ({"total": "1,5 EUR"}, "total"),
        ({"sure": "nan"}, "sure"),
        ({"letter": "\ud800"}, "input"),
        ({"letter": ["x"]}, "letter"),
        ({"document": {}}, "document"),
    ]
    for given, where in wrong:
        with pytest.raises(InvalidInput) as refused:
            submit(world.context, Submission(process="refunds", input=given), submitter="robot")
        assert [fault.where for fault in refused.value.faults] == [where]
    assert world.due() == []
    world.check()


def test_a_case_keeps_the_version_it_was_routed_with(a_world: Callable[..., World], tmp_path) -> None:
    world = a_world()
    waiting = world.submit(sure=0.8)
    old = world.case(waiting).version
    new = a_world_again(world, a_world)
    fresh = new.submit(sure=0.95)
    assert new.case(fresh).version != old
    assert new.action(fresh).result == {"result": "version two paid 100.00 EUR"}
    assert new.verdict(waiting, "approve").state is CaseState.DONE
    assert (new.case(waiting).version, new.action(waiting).version) == (old, old)
    assert new.action(waiting).result == {"result": "paid 100.00 EUR"}
    new.check()


def a_world_again(world: World, a_world: Callable[..., World]) -> World:
    """The same deployment after somebody changed its steps and started it again."""
    world.bench.surehand.close()
    return a_world(('return f"paid {total}"', 'return f"version two paid {total}"'))
