"""`verify-audit` against eight kinds of tampering: every one is found, and nothing else ever is."""

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from surehand.flow.verify import verify
from tests.flow.world import World, opened_world
from tests.security.tampering import KINDS, Kind, Record, recorded

SEED = 20261126


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    folder = tmp_path_factory.mktemp("history")
    with opened_world(folder, f"sqlite:///{folder}/surehand.db") as world:
        yield recorded(world)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_is_found(history: Record, kind: Kind) -> None:
    _found(history, kind, times=25)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_is_found_a_thousand_times(history: Record, kind: Kind) -> None:
    _found(history, kind, times=1_000)


@pytest.mark.parametrize("times", [6, pytest.param(100, marks=pytest.mark.long)])
def test_is_found_on_postgresql(tmp_path: Path, postgres_url: str, times: int) -> None:
    with opened_world(tmp_path, postgres_url) as world:
        record = recorded(world)
        for kind in KINDS:
            _found(record, kind, times=times)


def _found(record: Record, kind: Kind, *, times: int) -> None:
    world = record.world
    for number in range(times):
        draw = random.Random(f"{SEED} {kind.__name__} {number}")
        with record.tampered():

            def tamper(connection: Connection, draw: random.Random = draw) -> None:
                kind(record, connection, draw)

            world.context.db.write(tamper)
            assert not verify(world.context).holds, f"number {number} of {kind.__name__} was not found"
        if number % 10 == 0:
            assert verify(world.context).findings == ()
    assert verify(world.context).findings == ()


@pytest.mark.parametrize("times", [40, pytest.param(1_000, marks=pytest.mark.long)])
def test_nothing_is_found_where_nothing_was_touched(tmp_path: Path, times: int) -> None:
    draw = random.Random(SEED)
    with opened_world(tmp_path, f"sqlite:///{tmp_path}/surehand.db") as world:
        for _ in range(times):
            _live(world, draw)
            proof = verify(world.context)
            assert proof.findings == ()


def _live(world: World, draw: random.Random) -> None:
    """Something that happens to a deployment."""
    match draw.randrange(4):
        case 0:
            world.submit(sure=draw.choice((0.8, 0.95, None)), total=f"{draw.randint(1, 9_000)} EUR")
        case 1:
            held = [case.id for case in _waiting(world)]
            if held:
                kind = draw.choice(("approve", "reject", "escalate"))
                world.verdict(draw.choice(held), kind, note="seen")
        case 2:
            world.bench.wait(timedelta(minutes=draw.randint(0, 120)))
        case _:
            world.seal()


def _waiting(world: World) -> list[object]:
    from surehand.flow import consult

    with_person, _ = consult.newest(world.context, "boss", process=None, state=None, after=None, limit=20)
    return [case for case in with_person if case.state == "waiting"]
