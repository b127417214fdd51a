"""Each commit of each verb goes wrong in each way: an error, a dropped connection, a killed process.

Afterwards everything is as if nothing had gone wrong: the same cases, verdicts and actions, each effect once
under its key, nothing acknowledged lost, and a sound audit trail. The short form draws some of the points of
each scenario; `make nightly` takes every one.
"""

import multiprocessing
import random
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from surehand.app import assembly
from surehand.flow import running
from surehand.store import tables
from surehand.store.migrating import migrate
from tests import invariants
from tests.faults.points import DROPS, ERRORS, KILLS, Fault, Injector, commits_in, commits_of
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import opened_stage, picture, played
from tests.migrated import migrated, migrated_file
from tests.postgres import memory

__all__ = ["migrated_file"]

#: Functions whose commits cannot be reached with a fault, each with the reason.
ELSEWHERE = {"postgresql": {running.reclaim: "only SQLite takes everything up at a restart"}}

#: Thousands of runs: minutes, not seconds.
LONG = (pytest.mark.long, pytest.mark.timeout(3_000))

Databases = Callable[[bool], Any]


@pytest.fixture(autouse=True)
def started_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations have commits too."""
    monkeypatch.setattr(assembly, "migrate", migrate)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory: what a process has written outlives it there too."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=memory()) as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, place: Path) -> tuple[str, Databases]:
    """Fresh databases, with tables or without."""
    numbers = count()

    @contextmanager
    def sqlite(empty: bool) -> Iterator[str]:
        path = place / f"{next(numbers)}.db"
        if not empty:
            shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        for file in place.glob(f"{path.name}*"):
            file.unlink()

    def postgres(empty: bool) -> Any:
        server = request.getfixturevalue("postgres_server")
        server.template("migrated", migrated)
        return server.database(template=None if empty else "migrated")

    return request.param, sqlite if request.param == "sqlite" else postgres


@pytest.fixture(scope="session")
def nursery() -> multiprocessing.context.ForkServerContext:
    """Makes processes that have imported everything, from one that has no threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.test_commits", "surehand.app"])
    return context


def run_to_its_death(folder: Path, url: str, name: str, fault: Fault) -> None:
    """What the process does that is killed at a point."""
    with opened_stage(folder, url, SCENARIOS[name], Injector(fault)) as stage:
        played(stage, SCENARIOS[name])
        stage.rest()


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("share", [pytest.param(0.1, id="short"), pytest.param(1.0, id="long", marks=LONG)])
def test_whatever_goes_wrong_at_a_commit_it_ends_as_if_nothing_had(
    databases: tuple[str, Databases], nursery: Any, place: Path, name: str, share: float
) -> None:
    dialect, fresh = databases
    with fresh(SCENARIOS[name].empty) as url:
        injector = Injector()
        expected = ended(place / "dry", url, name, injector)
    kinds = (*ERRORS, *KILLS, *(DROPS if dialect == "postgresql" else ()))
    faults = [Fault(point, kind) for point in injector.points for kind in kinds]
    wanted = chosen(faults, share, f"{name} {dialect}")
    wrong = []
    for number, fault in enumerate(wanted):
        about = f"{fault.kind} at {injector.sites[fault.point - 1]}, point {fault.point}"
        folder = place / str(number)
        with fresh(SCENARIOS[name].empty) as url:
            try:
                found = struck(nursery, folder, url, name, fault)
                wrong += [
                    f"{about}: {k} is {found[k]}, not {v}" for k, v in expected.items() if found[k] != v
                ]
            except AssertionError as failed:
                wrong.append(f"{about}: {str(failed)[:500]}")
        shutil.rmtree(folder)
    told = f"{name} on {dialect}: {len(wanted)} of {len(faults)} faults at {len(injector.points)} points"
    print(told)  # noqa: T201 - shown by pytest -s
    assert not wrong, "\n".join([told, *wrong])


def struck(nursery: Any, folder: Path, url: str, name: str, fault: Fault) -> dict[str, Any]:
    """How it ends when this goes wrong."""
    if fault.kind not in KILLS:
        injector = Injector(fault)
        found = ended(folder, url, name, injector)
        assert len(injector.sites) >= fault.point, "nothing went wrong"
        return found
    process = nursery.Process(target=run_to_its_death, args=(folder, url, name, fault))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, f"it was not killed: {process.exitcode}"
    return ended(folder, url, name, Injector(), fresh=True)


def chosen(faults: list[Fault], share: float, seed: str) -> list[Fault]:
    """All of them, or some: one of each kind, at points that are drawn."""
    if share >= 1:
        return faults
    draws, kinds = random.Random(seed), sorted({fault.kind for fault in faults})
    some = draws.sample(kinds, 2)
    return [draws.choice([fault for fault in faults if fault.kind == kind]) for kind in some]


def ended(folder: Path, url: str, name: str, injector: Injector, *, fresh: bool = False) -> dict[str, Any]:
    """Play it to its end, check that everything holds, and say how it ended."""
    with opened_stage(folder, url, SCENARIOS[name], injector, fresh=fresh) as stage:
        played(stage, SCENARIOS[name])
        stage.rest()
        invariants.check(stage.context)
        found = picture(stage)
        with stage.context.db.read() as connection:
            there = {row["key"]: row["id"] for row in invariants.rows(connection, tables.case)}
        # what was acknowledged is there, under the number that was told
        assert there == {key: stage.case_of(key) for key in there}
    return found


def test_the_scenarios_reach_every_commit_of_every_verb(
    databases: tuple[str, Databases], place: Path
) -> None:
    dialect, fresh = databases
    hit: set[str] = set()
    for name, scenario in SCENARIOS.items():
        injector = Injector()
        with fresh(scenario.empty) as url, opened_stage(place / name, url, scenario, injector) as stage:
            played(stage, scenario)
        hit.update(injector.sites[point - 1] for point in injector.points)
    elsewhere = {site for function in ELSEWHERE.get(dialect, {}) for site in commits_of(function)}
    assert hit == commits_in("flow", "store", "app") - elsewhere
