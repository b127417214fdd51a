"""Processes die and freeze under load. Nothing acknowledged is lost, and nothing happens twice.

The short form kills a dozen processes; `make nightly` kills more than five hundred,
and crashes PostgreSQL itself sixty times.
"""

import random
from pathlib import Path

import pytest

from tests.crash.place import write_place
from tests.crash.trial import LEASE, examined, settled, storm, under_load
from tests.postgres import running_postgres

#: Hundreds of restarts: minutes, not seconds.
LONG = (pytest.mark.long, pytest.mark.timeout(2_400))


@pytest.mark.parametrize(
    ("kills", "freezes"),
    [pytest.param(6, 2, id="short"), pytest.param(260, 40, id="long", marks=LONG)],
)
def test_a_killed_and_frozen_server_loses_and_doubles_nothing_on_sqlite(
    tmp_path: Path, kills: int, freezes: int
) -> None:
    place = write_place(tmp_path / "place", database="sqlite:///crash.db")
    with storm(place, seed=kills, pace=0.03) as (fleet, clients, ledger):
        for what in drawn(kills, freezes):
            under_load(clients)
            if what == "kill":
                fleet.kill("server")
            else:
                fleet.freeze("server", LEASE * 1.5)
        settled(fleet, clients)
    examined(place, clients, ledger)


@pytest.mark.parametrize(
    ("dispatcher", "kills", "freezes"),
    [
        pytest.param("embedded", 6, 2, id="short"),
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
        for what in drawn(kills, freezes):
            under_load(clients)
            victim = draws.choice(fleet.names)
            if what == "kill":
                fleet.kill(victim)
            else:
                fleet.freeze(victim, LEASE * 1.5)
        settled(fleet, clients)
    examined(place, clients, ledger)


@pytest.mark.parametrize(
    ("crashes", "kills"),
    [pytest.param(2, 3, id="short"), pytest.param(60, 60, id="long", marks=LONG)],
)
def test_a_postgresql_that_crashes_under_load_costs_nothing(tmp_path: Path, crashes: int, kills: int) -> None:
    """Every session is cut at once, in the middle of whatever it was at; processes go on, or start again."""
    with running_postgres() as server, server.database() as url:
        place = write_place(tmp_path / "place", database=url)
        with storm(place, seed=crashes, pace=0.03, workers=1) as (fleet, clients, ledger):
            draws = random.Random(crashes)
            for what in drawn(kills, crashes):
                under_load(clients)
                fleet.mend()
                if what == "kill":
                    fleet.kill(draws.choice(fleet.names))
                else:
                    server.crash()
            fleet.mend()
            settled(fleet, clients)
        examined(place, clients, ledger)


def drawn(kills: int, others: int) -> list[str]:
    """What happens, in an order that is always the same."""
    plan = ["kill"] * kills + ["other"] * others
    random.Random(kills).shuffle(plan)
    return plan
