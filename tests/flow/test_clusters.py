"""A guarantee that tells customers apart: people decide the first cases of each, and workers follow."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from surehand.core.guarantee import Status
from surehand.core.hearing import Answer
from surehand.flow import bases, guarding, reporting
from surehand.flow.bases import Basis
from surehand.flow.guarding import fold
from surehand.flow.intake import Submission
from surehand.flow.review import submit_verdict
from surehand.flow.running import decide_now, submit_now
from surehand.flow.verify import verify
from surehand.store import cases, evidence
from surehand.store.evidence import Standing
from tests.flow.world import World

POINT = ("refunds", "refund")
PROMISE = (
    "    bands: review-flow\n",
    "    guarantee: {error: 0.2, sure: 0.9, on_error: record, cluster: customer}\n",
)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels are set and looked at after few cases."""
    usual = bases.basis_of

    def basis_of(*given: Any) -> Basis:
        found = usual(*given)
        return replace(found, plan=replace(found.plan, taught=0, first=30, together=10, young=3))

    monkeypatch.setattr(bases, "basis_of", basis_of)


def standing(world: World) -> Standing:
    with world.context.db.read() as connection:
        found = evidence.standing(connection, POINT)
    assert found is not None
    return found


def came(world: World, customer: str, *, right: bool = True, sure: float = 0.9) -> str:
    """A case of a customer comes, and whoever is asked answers. Its number."""
    given = {"total": "100 EUR", "sure": sure, "customer": customer}
    case = submit_now(world.context, Submission(process="refunds", input=given), submitter="robot").case
    answer = Answer(kind="approve", value="pay" if right else "reject")
    if world.judgements(case.id)[0].level.waits:
        decide_now(world.context, case.owner, case.id, answer)
    while checks := _beside(world, case.id):
        submit_verdict(world.context, checks[0].person, case.id, answer, of=checks[0].id)
    return case.id


def _beside(world: World, case_id: str) -> Any:
    with world.context.db.read() as connection:
        return cases.beside(connection, [case_id]).get(case_id, [])


def level(world: World, case_id: str) -> str:
    return str(world.judgements(case_id)[0].level)


def lived(world: World, count: int, *, of: int = 12) -> None:
    for number in range(count):
        came(world, f"customer {number % of}", sure=0.5 + number % 50 / 100)
        if number % 10 == 9:
            fold(world.context)


def test_what_is_new_is_decided_by_people_and_the_rest_runs(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    first = came(world, "Acme")
    judgement = world.judgements(first)[0]
    assert judgement.level == "human"
    assert judgement.limit is None
    assert judgement.reasons[0]["text"].startswith("First cases of this customer")
    lived(world, 220)
    now = standing(world)
    assert now.status in (Status.HOLDING, Status.SURGING)
    assert level(world, came(world, " CUSTOMER 3", sure=0.98)) == "spot_check"
    stranger = came(world, "Nobody knows", sure=0.99)
    assert level(world, stranger) == "human"
    fold(world.context)
    told = reporting.reported(world.context, *POINT)
    assert told.clusters == 12
    assert "alike by customer: 12 different ones are admitted" in told.claim
    world.check()


def test_evidence_says_on_what_a_judgement_was_made_and_replay_is_exact(
    a_world: Callable[..., World],
) -> None:
    world = a_world(PROMISE)
    lived(world, 160)
    # a wrong check puts a customer out; the next is judged before the guard is told of it, and counts as made
    while level(world, case := came(world, "customer 1", right=False, sure=0.99)) == "spot_check":
        if (world.judgements(case)[0].draw or {})["checked"]:
            break
    late = came(world, "customer 1", sure=0.99)
    assert level(world, late) == "spot_check"
    fold(world.context)
    after = came(world, "customer 1", sure=0.99)
    assert level(world, after) == "human"
    fold(world.context)
    now = standing(world)
    with world.context.db.read() as connection:
        made = evidence.judged(connection, POINT, [(late, 1), (after, 1)])
        again = guarding.replayed(connection, POINT)
    bodies = [made[case, 1].evidence.body for case in (late, after)]
    assert [body["admitted"] for body in bodies] == [True, False]
    assert [body["odds"] for body in bodies][1] == 1.0
    assert bodies[0]["cluster"] == bodies[1]["cluster"]
    assert "customer" not in str(bodies).lower()
    assert again is not None
    assert {**again.plain, "plan": now.body["plan"], "ground": now.body["ground"]} == now.body
    assert verify(world.context).holds
    world.check()


def test_the_first_decisions_alone_of_a_customer_are_checked_more(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    lived(world, 200)
    # most of them ran alone more than three times by now; a new one did not
    for _ in range(5):
        came(world, "the new one", sure=0.9)
    fold(world.context)
    drawn = world.judgements(came(world, "the new one", sure=0.99))[0].draw or {}
    assert drawn["share"] >= 0.3


def test_a_customer_who_is_missing_never_runs_alone(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    lived(world, 200)
    case = came(world, "   ", sure=0.99)
    assert level(world, case) == "human"
    assert world.judgements(case)[0].reasons[0]["text"].startswith("The customer is missing")


def test_a_customer_says_no_more_than_ten_times_that_it_is_right(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    lived(world, 120, of=1)
    now = standing(world)
    assert now.status == Status.SHADOW
    assert now.terms["cut"] is None
