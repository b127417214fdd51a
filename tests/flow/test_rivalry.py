"""A model that is trained while another one holds a guarantee is scored silently first."""

import random
from dataclasses import replace
from typing import Any

import pytest

from surehand.core.case import Assignment, CaseState
from surehand.core.guarantee import Status, Turning
from surehand.core.hearing import Answer
from surehand.flow import bases, guarding, training
from surehand.flow.bases import Basis
from surehand.flow.guarding import fold
from surehand.flow.review import submit_verdict
from surehand.flow.verify import verify
from surehand.store import audit, cases, evidence, models
from surehand.testing import Trial
from tests.flow.test_training_to_decide import FRAMES, TOPICS, lines, opened, rows

__all__ = ["opened"]

POINT = ("tickets", "category")
PROMISE = ("    bands: review-flow\n", "    guarantee: {error: 0.2, sure: 0.8, on_error: record}\n")
ALONE = (
    "    signals: [model_probability, input_similarity, consensus, margin, completeness]\n",
    "    signals: [model_probability]\n",
)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = bases.basis_of

    def basis_of(*given: Any) -> Basis:
        found = usual(*given)
        return replace(found, plan=replace(found.plan, first=20, together=10, patience=400))

    monkeypatch.setattr(bases, "basis_of", basis_of)


def beside(bench: Trial, case_id: str) -> list[Assignment]:
    with bench.surehand.context.db.read() as connection:
        return cases.beside(connection, [case_id]).get(case_id, [])


def lived(bench: Trial, count: int, *, seed: int) -> list[str]:
    """Tickets come, and people answer rightly. The levels that they went to."""
    drawn, levels = random.Random(seed), []
    for number in range(count):
        topic = drawn.choice(list(TOPICS))
        text = drawn.choice(FRAMES).format(drawn.choice(TOPICS[topic])) + f" {drawn.randrange(10**6)}"
        case = bench.submit("tickets", {"text": text})
        if case.state is CaseState.WAITING:
            bench.verdict(case.id, "approve", value=topic)
        for check in beside(bench, case.id):
            answer = Answer(kind="approve", value=topic)
            submit_verdict(bench.surehand.context, check.person, case.id, answer, of=check.id)
        with bench.surehand.context.db.read() as connection:
            (judged,) = cases.judgements(connection, case.id)
        levels.append(str(judged.level))
        if number % 10 == 9:
            fold(bench.surehand.context)
    fold(bench.surehand.context)
    return levels


def status(bench: Trial) -> str:
    with bench.surehand.context.db.read() as connection:
        found = evidence.standing(connection, POINT)
    assert found is not None
    return found.status


def test_a_new_model_takes_over_when_it_has_earned_as_much(opened: Any) -> None:
    bench = opened(PROMISE, ALONE, examples=lines(rows()))
    context = bench.surehand.context
    first = training.train(context, "tickets", by="dev")
    lived(bench, 120, seed=1)
    assert status(bench) == Status.HOLDING
    second = training.train(context, "tickets", by="dev")
    assert training.told(second)["rival"] is True
    with context.db.read() as connection:
        assert models.hashes(connection, "tickets") == {"routing": first.version.hash}
    levels = lived(bench, 40, seed=2)
    # nothing that was earned is lost meanwhile, and people never see what the new one would say
    assert "spot_check" in levels
    with context.db.read() as connection:
        asked = [
            one.evidence.body["rival"]
            for one in evidence.told(connection, POINT, limit=5_000)
            if one.evidence.kind == "judged" and one.evidence.body.get("rival")
        ]
    assert {one["hash"] for one in asked} == {second.version.hash}
    lived(bench, 160, seed=3)
    with context.db.read() as connection:
        turns = [str((link.body or {}).get("what")) for link in audit.recorded(connection, "guarantee")]
        promoted = [link.body for link in audit.recorded(connection, "model_promoted")]
        again = guarding.replayed(connection, POINT)
        assert models.hashes(connection, "tickets") == {"routing": second.version.hash}
    assert {Turning.CHALLENGED, Turning.PROMOTED} <= set(turns)
    assert promoted[0] is not None
    assert (promoted[0]["hash"], promoted[0]["before"]) == (second.version.hash, first.version.hash)
    assert status(bench) == Status.HOLDING
    assert again is not None
    assert again.rival is None
    assert again.held >= 0
    assert verify(context).findings == ()


def test_while_nothing_is_earned_a_new_model_is_used_at_once(opened: Any) -> None:
    bench = opened(PROMISE, ALONE, examples=lines(rows()))
    training.train(bench.surehand.context, "tickets", by="dev")
    lived(bench, 15, seed=1)
    second = training.train(bench.surehand.context, "tickets", by="dev")
    assert training.told(second)["rival"] is False
    with bench.surehand.context.db.read() as connection:
        assert models.hashes(connection, "tickets") == {"routing": second.version.hash}


def test_a_rival_of_a_model_that_fell_takes_over_at_once(opened: Any) -> None:
    bench = opened(PROMISE, ALONE, examples=lines(rows()))
    context = bench.surehand.context
    training.train(context, "tickets", by="dev")
    lived(bench, 120, seed=1)
    second = training.train(context, "tickets", by="dev")
    assert training.told(second)["rival"] is True
    for number in range(60):  # the world is another one: what was billing is access now
        case = bench.submit("tickets", {"text": f"please refund the double payment {number}"})
        if case.state is CaseState.WAITING:
            bench.verdict(case.id, "approve", value="access")
        while checks := beside(bench, case.id):
            answer = Answer(kind="approve", value="access")
            submit_verdict(context, checks[0].person, case.id, answer, of=checks[0].id)
        fold(context)
    with context.db.read() as connection:
        assert models.hashes(connection, "tickets") == {"routing": second.version.hash}
        assert models.active(connection, "tickets", "routing.rival") is None
    assert verify(context).findings == ()
