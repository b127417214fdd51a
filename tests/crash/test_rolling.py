"""A new version of a process is taken up by one process after another, while cases of both come and go."""

from collections import Counter
from pathlib import Path

from surehand.app import looking
from surehand.maps.version import content_hash
from surehand.store import cases
from tests.crash.place import write_place
from tests.crash.trial import examined, settled, storm, under_load


def test_two_versions_of_a_process_run_side_by_side(tmp_path: Path, postgres_url: str) -> None:
    place = write_place(tmp_path / "place", database=postgres_url)
    before = {name: content_hash(place / name) for name in ("bookings", "wires")}
    with storm(place, seed=7, pace=0.06, workers=2) as (fleet, clients, ledger):
        under_load(clients)
        for name in before:
            steps = place / name / "steps.py"
            steps.write_text(steps.read_text().replace('f"account of {item}"', 'f"account no. {item}"'))
        for name in ("worker-0", "server", "worker-1"):
            fleet.restart(name)
            under_load(clients)
        settled(fleet, clients)
    examined(place, clients, ledger)
    after = {name: content_hash(place / name) for name in before}
    assert before != after
    with looking(place) as context, context.db.read() as connection:
        found = cases.load(connection, clients.acknowledged.values())
    ran: Counter[bool] = Counter()
    for case in found.values():
        old = case.version == before[case.process]
        assert old or case.version == after[case.process]
        assert case.facts["account"].startswith("account of " if old else "account no. ")
        ran[old] += 1
    assert min(ran[True], ran[False]) >= 5, ran
