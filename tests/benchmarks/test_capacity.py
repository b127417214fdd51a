"""The forecasts of capacity on real logs are measured, and stay as good as the documentation says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import capacity
from benchmarks.capacity import Log, blocks, declarations, foretold, loans, measured, rows, simulated, steady

MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - the clock of the place


def made(weeks: int = 24, a_day: int = 40) -> Log:
    """One case each twelve minutes from 9 to 17, decided by one person six minutes after it came."""
    came = [
        MONDAY + timedelta(days=day, hours=9, minutes=12 * place)
        for day in range(7 * weeks)
        if day % 7 < 5
        for place in range(a_day)
    ]
    return Log("made", came, [(at + timedelta(minutes=6), "p", at) for at in came], [360.0] * len(came))


def test_what_is_always_the_same_is_foretold_exactly() -> None:
    log = made()
    (first, *_) = blocks(log)
    demand = foretold(log, first)
    assert demand.a_week == 200
    assert demand.service.mean == 360
    assert demand.hours == 40
    # nobody ever waits
    assert simulated(log, demand, first, people=1, within=timedelta(minutes=10), seed=1) == 1
    assert steady(demand, people=1, within=timedelta(hours=2)) == pytest.approx(1, abs=0.01)
    found = measured(log)
    assert found["volume"] == {"mean": 0, "absolute": 0}
    assert found["service"] == {"foretold": 6, "log": 6}


def test_a_number_of_people_that_is_too_small_is_late() -> None:
    log = made(a_day=40)
    late = Log("late", log.came, log.verdicts, [1_800.0])
    demand = foretold(late, blocks(late)[0])
    assert simulated(late, demand, blocks(late)[0], people=1, within=timedelta(hours=4), seed=1) < 0.1
    # two of the forty of a day are still under way when everybody leaves
    assert simulated(late, demand, blocks(late)[0], people=3, within=timedelta(hours=4), seed=1) == 0.95


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "reader", "volume", "absolute"),
    [("bpi2020_domestic", declarations, 46, 10), ("bpi2012_loans", loans, 9, 4.5)],
)
def test_real_logs(
    shared_data: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    reader: Callable[..., Log],
    volume: float,
    absolute: float,
) -> None:
    monkeypatch.setattr(capacity, "RUNS", 3)
    found = measured(reader(rows(shared_data(name))))
    assert found["volume"]["absolute"] <= volume
    assert found["on_time"]["absolute"] <= absolute
    assert found["on_time"]["absolute"] < found["apart"]["absolute"]
    assert set(found["people"]) <= {"-1", "0", "1"}
