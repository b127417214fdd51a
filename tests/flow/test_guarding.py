"""A guarantee at work: people decide unseen, evidence is folded, and what is certified runs alone."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, insert, update

from surehand.core.case import Assignment, CaseState
from surehand.core.guarantee import Plan, Status, Turning
from surehand.core.hearing import Answer
from surehand.flow import bases, guarding, stopping
from surehand.flow.bases import Basis
from surehand.flow.guarding import fold
from surehand.flow.intake import Submission
from surehand.flow.review import submit_verdict
from surehand.flow.running import decide_now, submit_now, sweep
from surehand.flow.verify import verify
from surehand.store import audit, cases, evidence, models, tables
from surehand.store.evidence import Standing
from surehand.store.models import Version
from tests.flow.world import World

POINT = ("refunds", "refund")
PROMISE = ("    bands: review-flow\n", "    guarantee: {error: 0.2, sure: 0.9, on_error: record}\n")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels are set and looked at after few cases."""
    usual = bases.basis_of

    def basis_of(*given: Any) -> Basis:
        found = usual(*given)
        return replace(found, plan=replace(found.plan, taught=0, first=30, together=10))

    monkeypatch.setattr(bases, "basis_of", basis_of)


def standing(world: World) -> Standing:
    with world.context.db.read() as connection:
        found = evidence.standing(connection, POINT)
    assert found is not None
    return found


def checks_of(world: World, case_id: str) -> list[Assignment]:
    with world.context.db.read() as connection:
        return cases.beside(connection, [case_id]).get(case_id, [])


def decided(world: World, sure: float, *, right: bool = True) -> str:
    """A case comes, and whoever has to decide it does; says `pay` where the AI is right. Its level."""
    given = {"total": "100 EUR", "sure": sure, "customer": "Acme"}
    case = submit_now(world.context, Submission(process="refunds", input=given), submitter="robot").case
    answer = Answer(kind="approve", value="pay" if right else "reject")
    if case.state is CaseState.WAITING:
        decide_now(world.context, case.owner, case.id, answer)
    while checks := checks_of(world, case.id):
        submit_verdict(world.context, checks[0].person, case.id, answer, of=checks[0].id)
    return str(world.judgements(case.id)[0].level)


def lived(world: World, count: int, *, seed: int = 1, right: Callable[[float], bool]) -> list[str]:
    drawn = random.Random(seed)
    levels = []
    for number in range(count):
        sure = round(drawn.random(), 4)
        levels.append(decided(world, sure, right=right(sure)))
        if number % 10 == 9:
            fold(world.context)
    return levels


def test_what_people_confirm_unseen_runs_alone_and_is_checked(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    first = lived(world, 30, right=lambda sure: sure > 0.2)
    # nothing is known: everybody decides without the AI's view
    assert set(first) == {"human"}
    assert standing(world).status == Status.SHADOW
    later = lived(world, 150, seed=2, right=lambda sure: sure > 0.2)
    assert later.count("spot_check") > 20
    assert {"human", "review"} <= set(later)
    now = standing(world)
    assert now.status == Status.HOLDING
    assert now.terms["cut"] is not None
    with world.context.db.read() as connection:
        turns = [link.body for link in audit.recorded(connection, "guarantee")]
        again = guarding.replayed(connection, POINT)
        told = evidence.told(connection, POINT, limit=5_000)
    assert {str(turn["what"]) for turn in turns if turn} >= {Turning.LEVELS, Turning.CERTIFIED}
    # the evidence alone, in the order in which it was told, gives the same state
    assert again is not None
    assert {**again.plain, "plan": now.body["plan"], "ground": now.body["ground"]} == now.body
    assert [one.number for one in told] == list(range(now.told))
    world.check()


@pytest.mark.parametrize("change", ["changed", "added", "deleted"])
def test_evidence_that_nobody_gave_is_found(a_world: Callable[..., World], change: str) -> None:
    """With it something would run alone that nobody has vouched for."""
    world = a_world(PROMISE)
    case_id = submit_now(
        world.context,
        Submission(process="refunds", input={"total": "100 EUR", "customer": "Acme", "sure": 0.9}),
        submitter="robot",
    ).case.id
    here = tables.evidence.c.case_id == case_id
    if change != "added":
        decide_now(world.context, world.held(case_id).person, case_id, Answer(kind="approve", value="reject"))
    assert verify(world.context).holds

    def tamper(connection: Connection) -> None:
        if change == "added":
            body = {"right": True, "rival": None}
            values = dict(zip(("process", "point"), POINT, strict=True))
            connection.execute(
                insert(tables.evidence).values(**values, kind="answered", body=body, case_id=case_id, round=1)
            )
        elif change == "deleted":
            connection.execute(delete(tables.evidence).where(here, tables.evidence.c.kind == "answered"))
        else:
            body = {"right": True, "rival": None}
            connection.execute(
                update(tables.evidence).where(here, tables.evidence.c.kind == "answered").values(body=body)
            )

    world.context.db.write(tamper)
    (finding, *_) = verify(world.context).findings
    assert finding.chain == case_id
    assert "evidence refund 1 answered" in finding.problem


def test_a_model_that_breaks_is_stopped_and_everything_goes_to_people(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    lived(world, 120, right=lambda _: True)
    assert standing(world).terms["cut"] is not None
    after = lived(world, 120, seed=3, right=lambda _: False)
    with world.context.db.read() as connection:
        turns = [(link.body or {}).get("what") for link in audit.recorded(connection, "guarantee")]
    assert Turning.STOPPED in turns
    # what has been wrong ever since may even be refused by now
    assert standing(world).status in (Status.STOPPED, Status.REFUSED)
    assert set(after[-10:]) == {"human"}
    world.check()


def test_another_promise_is_earned_anew(
    a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = a_world(PROMISE)
    lived(world, 30, right=lambda _: True)
    before = standing(world)
    monkeypatch.setattr(bases, "basis_of", lambda *_: Basis("another", "ground", Plan(0.1)))
    lived(world, 30, right=lambda _: True)
    after = standing(world)
    assert (before.body["epoch"], after.body["epoch"]) == (1, 2)
    assert before.basis != after.basis
    assert after.body["judged"] == 60
    assert len(after.body["first"]) == 30


def test_a_state_that_an_earlier_version_kept_follows_from_the_evidence_again(
    a_world: Callable[..., World],
) -> None:
    world = a_world(PROMISE)
    lived(world, 60, right=lambda _: True)
    before = standing(world)
    older = {name: before.body[name] for name in ("plan", "ground", "judged", "epoch")}
    world.tamper(tables.guarantee, {"point": "refund"}, body=older)
    lived(world, 10, seed=2, right=lambda _: True)
    after = standing(world)
    assert after.body["judged"] == 70
    assert after.body["levels"] == before.body["levels"]
    assert verify(world.context).findings == ()


def test_what_other_reasons_bring_to_people_is_no_evidence(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    assert decided(world, 0.9) == "human"
    for given in ({"customer": "watched"}, {"sure": None}):
        item = {"total": "100 EUR", "sure": 0.9, "customer": "Acme", **given}
        case = submit_now(world.context, Submission(process="refunds", input=item), submitter="robot").case
        assert case.state is CaseState.WAITING
    fold(world.context)
    assert standing(world).body["judged"] == 1


def test_evidence_is_told_once_whoever_folds(world_of_promises: World) -> None:
    world = world_of_promises
    decided(world, 0.9)
    sweep(world.context)
    before = standing(world)
    assert fold(world.context) == 0
    assert standing(world) == before
    assert before.told == 3  # what is promised, a judgement, an answer


@pytest.fixture
def world_of_promises(a_world: Callable[..., World]) -> World:
    return a_world(PROMISE)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (tables.guarantee, {"status": "holding"}),
        (tables.guarantee, {"terms": {"epoch": 1, "block": None, "cut": 0.0, "check": 0.0, "blind": 0.0}}),
        (tables.evidence, {"body": {"right": False}}),
    ],
)
def test_a_guarantee_that_was_given_by_hand_is_found(
    a_world: Callable[..., World], table: Table, values: dict[str, Any]
) -> None:
    world = a_world(PROMISE)
    lived(world, 40, right=lambda _: True)
    assert verify(world.context).holds
    where = {"kind": "answered"} if table is tables.evidence else {"point": "refund"}
    world.tamper(table, where, **values)
    found = [finding.problem for finding in verify(world.context).findings]
    assert found[-1] == "the guarantee of refunds, refund does not follow from its evidence"
    # who changes the evidence to fit is found at the case that it came from
    assert all("the stored evidence is not what event" in problem for problem in found[:-1])
    assert bool(found[:-1]) is (table is tables.evidence)


def test_another_model_has_everything_to_earn_again(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    lived(world, 120, right=lambda _: True)
    assert standing(world).terms["cut"] is not None
    made = Version("refunds", "reader", "f" * 64, "field-extractor", "dev", world.context.clock(), {}, True)
    world.context.db.write(lambda connection: models.add(connection, made, b"{}"))
    # from the moment on at which it is in use, and not only once the guard is told
    assert decided(world, 0.99) == "human"
    fold(world.context)
    after = standing(world)
    assert (after.status, after.body["epoch"], after.terms["cut"]) == (Status.SHADOW, 2, None)


def test_what_comes_while_it_is_stopped_is_counted_and_does_not_run_alone(
    a_world: Callable[..., World],
) -> None:
    """Drawn with the same odds as ever; leaving out what would have run alone would bend the evidence."""
    world = a_world(PROMISE)
    lived(world, 180, right=lambda sure: sure > 0.2)
    assert standing(world).status == Status.HOLDING
    before = standing(world)
    one = stopping.stop(world.context, "boss", "refunds", because="it is enough")
    levels = lived(world, 60, seed=3, right=lambda sure: sure > 0.2)
    assert set(levels) <= {"human", "review"}
    with world.context.db.read() as connection:
        told = evidence.told(connection, POINT, limit=100_000)[before.told :]
    judged = [piece.evidence.body for piece in told if piece.evidence.kind == "judged"]
    assert len(judged) == 60
    assert not any(body["alone"] for body in judged)
    surest = [body for body in judged if body["score"] >= before.terms["cut"]]
    assert {body["odds"] for body in surest} == {body["terms"]["check"] for body in surest}
    assert {body["asked"] for body in surest} == {True, False}
    stopping.ask_to_resume(world.context, "boss", one.id)
    stopping.agree(world.context, "lead", one.id)
    assert "spot_check" in lived(world, 40, seed=4, right=lambda sure: sure > 0.2)
    assert verify(world.context).holds
