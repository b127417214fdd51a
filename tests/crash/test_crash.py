"""Processes die and freeze under load. Nothing acknowledged is lost, and nothing happens twice.

The short form kills two dozen processes in well under a minute; `make nightly` kills five hundred.
"""

import random
from pathlib import Path

import pytest

from tests.crash.place import write_place
from tests.crash.trial import LEASE, examined, settled, storm, under_load

#: Hundreds of restarts: minutes, not seconds.
LONG = (pytest.mark.long, pytest.mark.timeout(2_400))


@pytest.mark.parametrize("kills", [pytest.param(12, id="short"), pytest.param(250, id="long", marks=LONG)])
def test_a_killed_server_loses_and_doubles_nothing_on_sqlite(tmp_path: Path, kills: int) -> None:
    place = write_place(tmp_path / "place", database="sqlite:///crash.db")
    with storm(place, seed=kills, pace=0.03) as (fleet, clients, ledger):
        for _ in range(kills):
            under_load(clients)
            fleet.kill("server")
        settled(fleet, clients)
    examined(place, clients, ledger)


@pytest.mark.parametrize(
    ("dispatcher", "kills", "freezes"),
    [
        pytest.param("embedded", 12, 4, id="short"),
        pytest.param("embedded", 250, 80, id="long", marks=LONG),
        pytest.param("procrastinate", 100, 40, id="procrastinate-long", marks=LONG),
    ],
)
def test_killed_and_frozen_processes_lose_and_double_nothing_on_postgresql(
    tmp_path: Path, postgres_url: str, dispatcher: str, kills: int, freezes: int
) -> None:
    place = write_place(tmp_path / "place", database=postgres_url, more=f"dispatcher: {dispatcher}\n")
    with storm(place, seed=kills, pace=0.03, workers=2) as (fleet, clients, ledger):
        draws = random.Random(kills)
        plan = ["kill"] * kills + ["freeze"] * freezes
        draws.shuffle(plan)
        for what in plan:
            under_load(clients)
            victim = draws.choice(fleet.names)
            if what == "kill":
                fleet.kill(victim)
            else:
                fleet.freeze(victim, LEASE * 1.5)
        settled(fleet, clients)
    examined(place, clients, ledger)
