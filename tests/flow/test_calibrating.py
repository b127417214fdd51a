"""Confidence is fitted to what people said unseen, before anything is certified, and after it fell."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from surehand.core.guarantee import Status
from surehand.flow import bases, guarding
from surehand.flow.bases import Basis
from surehand.flow.guarding import fold
from surehand.flow.verify import verify
from surehand.store import audit, evidence, models, tables
from tests.flow.test_guarding import POINT, PROMISE, decided, standing
from tests.flow.world import World


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Confidence is fitted after 60 answers, and levels are set after 30 scores more."""
    usual = bases.basis_of

    def basis_of(*given: Any) -> Basis:
        found = usual(*given)
        taught = 60 if found.calibration is None else 0
        return replace(found, plan=replace(found.plan, taught=taught, first=30, together=10))

    monkeypatch.setattr(bases, "basis_of", basis_of)


def lived(world: World, count: int, *, seed: int, right: Callable[[float, random.Random], bool]) -> None:
    """Cases whose AI says that it is surer than it is."""
    drawn = random.Random(seed)
    for number in range(count):
        sure = round(0.5 + drawn.random() / 2, 4)
        decided(world, sure, right=right(sure, drawn))
        if number % 10 == 9:
            fold(world.context)


def half_as_sure(sure: float, drawn: random.Random) -> bool:
    """Of those at 0.99 almost all are right; at 0.6 one in five."""
    return drawn.random() < 2 * sure - 1


def test_confidence_is_fitted_to_the_first_answers(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    lived(world, 50, seed=1, right=half_as_sure)
    assert standing(world).status == Status.SHADOW
    assert standing(world).body["first"] == []
    lived(world, 60, seed=2, right=half_as_sure)
    with world.context.db.read() as connection:
        (made,) = [link.body for link in audit.recorded(connection, "calibrated")]
        hash = models.active(connection, "refunds", "refund.confidence")
        again = guarding.replayed(connection, POINT)
    assert made is not None
    assert (made["hash"], made["point"]) == (hash, "refund")
    report = made["report"]
    assert report["answers"] == 60
    assert report["before"]["error"] > 0.15
    assert report["after"]["error"] < report["before"]["error"]
    # what is judged now says what is true, and in the same epoch: nothing was counted before
    case_id = world.submit(sure=0.75)
    judged = world.judgements(case_id)[0]
    assert judged.signals == {"model_probability": 0.75}
    assert judged.confidence is not None
    assert 0.3 < judged.confidence < 0.7
    now = standing(world)
    assert now.body["epoch"] == 1
    assert now.body["levels"] != []
    assert again is not None
    assert again.plain["levels"] == now.body["levels"]
    assert verify(world.context).findings == ()
    world.check()


def test_nothing_is_fitted_while_something_runs_alone_and_after_it_fell_at_once(
    a_world: Callable[..., World],
) -> None:
    world = a_world(PROMISE)
    lived(world, 200, seed=1, right=lambda sure, _: sure > 0.55)
    assert standing(world).terms["cut"] is not None

    def fitted() -> int:
        with world.context.db.read() as connection:
            return len(audit.recorded(connection, "calibrated"))

    assert fitted() == 1
    lived(world, 60, seed=2, right=lambda *_: False)
    # it was stopped, and fitted to what people said since: the state says why people decide
    assert standing(world).terms["cut"] is None
    assert standing(world).status in (Status.STOPPED, Status.REFUSED)
    assert fitted() >= 2
    assert verify(world.context).findings == ()
    world.check()


def test_other_code_is_fitted_anew(a_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(PROMISE)
    lived(world, 100, seed=1, right=half_as_sure)
    process = world.context.processes.named("refunds")
    point = process.map.step("refund")
    with world.context.db.read() as connection:
        assert bases.basis_of(world.context, connection, process, point).calibration is not None
        changed = replace(process, code="another")
        found = bases.basis_of(world.context, connection, changed, point)
        assert found.calibration is None
        assert evidence.unseen(connection, POINT, ground=found.ground, limit=10) == []
        assert len(evidence.unseen(connection, POINT, ground="", limit=10)) == 0
    world.check()


def test_a_calibration_that_was_changed_behind_our_back_is_not_used(a_world: Callable[..., World]) -> None:
    world = a_world(PROMISE)
    lived(world, 100, seed=1, right=half_as_sure)
    world.tamper(tables.model, {"name": "refund.confidence"}, body=b'{"fit": "mine"}')
    world.context.models._loaded.clear()
    # nothing rests on it any more: people decide, and the auditor is told
    case_id = world.submit(sure=0.9)
    judged = world.judgements(case_id)[0]
    assert (judged.confidence, judged.level) == (0.9, "human")
    assert [one.problem for one in verify(world.context).findings] == [
        "the bytes of the model refund.confidence of refunds are not what event 4 recorded"
    ]
