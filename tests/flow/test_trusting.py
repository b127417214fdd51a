"""Trusted history: who may trust what, how it is scored, and that the state follows from the evidence."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from surehand.core.guarantee import Status
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound
from surehand.flow import bases, guarding
from surehand.flow.bases import Basis
from surehand.flow.guarding import fold
from surehand.flow.reporting import reported
from surehand.flow.trusting import trust
from surehand.flow.verify import verify
from surehand.store import audit, evidence
from tests.flow.test_guarding import PROMISE, decided
from tests.flow.world import World

POINT = ("refunds", "refund")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = bases.basis_of

    def basis_of(*given: Any) -> Basis:
        found = usual(*given)
        return replace(found, plan=replace(found.plan, taught=0, first=30, together=10, trial=15))

    monkeypatch.setattr(bases, "basis_of", basis_of)


def outcomes(folder: Path, *, n: int = 200, **changes: Any) -> Path:
    """Past refunds; below a confidence of 20 the AI was wrong."""
    lines = []
    for number in range(n):
        sure = round(number / n, 4)
        given = {"total": "100 EUR", "sure": sure, "customer": "Acme", **changes}
        lines.append({"input": given, "truth": {"refund": "pay" if sure > 0.2 else "reject"}})
    path = folder / "past.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def test_a_level_of_history_runs_provisionally_and_replay_is_exact(
    a_world: Callable[..., World], tmp_path: Path
) -> None:
    world = a_world(PROMISE)
    found = trust(world.context, *POINT, outcomes(tmp_path), by="boss")
    assert (found.lines, found.scored) == (200, 200)
    assert found.fixed.levels[found.fixed.level] < 0.35
    now = reported(world.context, *POINT)
    assert now.status == Status.SHADOW
    assert "at the level of trusted history" in now.sentence
    for _ in range(21):
        assert decided(world, 0.9) == "human"
    fold(world.context)
    ran = [decided(world, 0.9) for _ in range(3)]
    assert ran == ["spot_check"] * 3
    fold(world.context)
    now = reported(world.context, *POINT)
    assert now.status == Status.PROVISIONAL
    assert "this is not certified yet" in now.sentence
    assert now.checks.odds == 0.5
    with world.context.db.read() as connection:
        kept, again = evidence.standing(connection, POINT), guarding.replayed(connection, POINT)
        (told,) = audit.recorded(connection, "history_trusted")
    assert kept is not None
    assert again is not None
    assert {**again.plain, "plan": kept.body["plan"], "ground": kept.body["ground"]} == kept.body
    assert told.actor == "boss"
    assert (told.body or {})["lines"] == 200
    assert verify(world.context).holds
    world.check()


def test_who_built_it_does_not_say_which_history_is_trusted(
    a_world: Callable[..., World], tmp_path: Path
) -> None:
    world = a_world(PROMISE)
    strict = replace(world.context, development=False)
    for person, words in [("dev", "built this process"), ("ghost", "not an active person")]:
        with pytest.raises(Forbidden, match=words):
            trust(strict, *POINT, outcomes(tmp_path), by=person)


def test_what_cannot_be_used_is_told_by_line(a_world: Callable[..., World], tmp_path: Path) -> None:
    world = a_world(PROMISE)
    with pytest.raises(InvalidInput) as told:
        trust(world.context, *POINT, outcomes(tmp_path, n=3, total="much"), by="boss")
    assert [fault.where for fault in told.value.faults] == [f"past.jsonl:{n}" for n in (1, 2, 3)]
    with pytest.raises(Conflict, match="nothing is begun"):
        trust(world.context, *POINT, outcomes(tmp_path, n=20), by="boss")
    with pytest.raises(NotFound):
        trust(world.context, "refunds", "thank", outcomes(tmp_path), by="boss")


def test_where_something_runs_alone_history_changes_nothing(
    a_world: Callable[..., World], tmp_path: Path
) -> None:
    world = a_world(PROMISE)
    trust(world.context, *POINT, outcomes(tmp_path), by="boss")
    for _ in range(21):
        decided(world, 0.9)
    fold(world.context)
    with pytest.raises(Conflict, match="runs alone already"):
        trust(world.context, *POINT, outcomes(tmp_path), by="boss")
