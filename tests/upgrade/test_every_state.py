"""Databases of earlier versions, with a case in every state, are brought up to date and every case goes on.

While the tables change, a process of the version before is still connected.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from surehand.core.case import CaseState
from surehand.flow.review import answer_question
from surehand.store.database import Database, opened
from surehand.store.migrating import HEAD, migrate
from surehand.testing import trial
from tests.flow.world import World
from tests.upgrade.every_state import KEPT, VARIABLE, loaded, unpacked

FILES = sorted(KEPT.glob("*.json"))

#: States that cases have only since a revision of the tables.
SINCE = {CaseState.HOLDING: "0003"}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def kept(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[dict[str, Any], Callable[[], World]]]:
    """What the file says, and what opens it with the code of today, after its tables were made and filled."""
    folder = tmp_path / "place"
    monkeypatch.setenv(VARIABLE, str(folder))
    said = unpacked(request.param, folder) | {"version": request.param.stem.removeprefix("v")}
    with ExitStack() as stack:
        before = opened(database_url, name="before")
        assert migrate(before, to=request.param.stem.removeprefix("v"))
        loaded(before, said)
        if before.dialect == "sqlite":
            before.close()  # it takes one process
        else:
            stack.callback(before.close)
            looked_at(before, said["cases"])

        def today() -> World:
            bench = stack.enter_context(
                trial(folder, database=database_url, now=datetime.fromisoformat(said["now"]))
            )
            if before.dialect != "sqlite":
                looked_at(before, said["cases"])
            return World(folder, database_url, bench)

        yield said, today


def looked_at(database: Database, numbers: dict[str, str]) -> None:
    """The process of the version before reads and writes; it names the columns that it knows."""
    with database.read() as connection:
        found = connection.exec_driver_sql('SELECT id FROM "case"').scalars().all()
    assert set(found) == set(numbers.values())
    database.write(lambda connection: connection.exec_driver_sql('UPDATE "case" SET place = place') and None)


def test_there_is_a_file_for_the_version_before() -> None:
    """Whoever adds a migration leaves a file of the tables before it: see `every_state`."""
    made = {path.stem.removeprefix("v") for path in FILES}
    assert made, "no database of an earlier version is kept"
    assert f"{int(HEAD) - 1:04}" in made or HEAD in made


def test_it_holds_a_case_in_every_state(kept: tuple[dict[str, Any], Callable[[], World]]) -> None:
    said, today = kept
    world, version = today(), said["version"]
    states = {world.case(number).state for number in said["cases"].values()}
    assert states == set(CaseState) - {state for state, since in SINCE.items() if version < since}
    actions = {a.state for number in said["cases"].values() for a in world.bench.actions(number)}
    assert actions >= {"planned", "running", "unknown", "done", "undone", "failed"}


def test_every_case_goes_on_as_it_should(kept: tuple[dict[str, Any], Callable[[], World]]) -> None:
    said, today = kept
    made = said["cases"]
    world = today()
    ended = {n: world.case(n) for n in made.values() if not world.case(n).state.open}
    # the trail of the version before still proves every row, before anything was done to it
    world.check()
    world.plan(was_paid=["ok", "ok"])
    world.bench.clock.move(world.context.lease + timedelta(minutes=1))
    world.run()
    world.wait(minutes=10)
    world.check()
    for what in ("received", "claimed", "planned", "running", "unknown", "tried again"):
        assert world.case(made[what]).state is CaseState.DONE, what
    paid = world.keys("pay")
    for what in ("running", "unknown"):
        # it went out once, under the version before, and the other system says so
        assert paid.count(f"{made[what]}:pay:1") == 1, what
    assert paid.count(f"{made['tried again']}:pay:1") == 2
    for what, number in made.items():
        for _ in range(4):
            if not world.case(number).state.open:
                break
            if world.case(number).state is CaseState.HOLDING:
                world.wait(hours=4)
            else:
                said_to(world, number)
        assert not world.case(number).state.open, what
    for number, before in ended.items():
        assert world.case(number) == before
    world.check()
    versions = {world.case(number).version for number in made.values()}
    assert versions == {row["hash"] for row in said["rows"]["version"]}, (
        "a case left the version it began with"
    )


def said_to(world: World, number: str) -> None:
    """What a person says to a case that waits: decisions are approved."""
    match world.held(number).kind:
        case "answer":
            answer_question(world.context, world.held(number).person, number, "C-1")
        case "repair":
            world.verdict(number, "approve", by="lead", value="retry")
        case _:
            world.verdict(number, "approve", by="lead")


def test_the_kept_files_name_no_machine() -> None:
    for file in FILES:
        rows = json.loads(file.read_text("utf-8"))["rows"]
        assert {row["worker"] for row in rows["work"]} <= {None, "elsewhere:1:dead"}
