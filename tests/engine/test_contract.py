"""What every dispatcher must do, whoever wakes its workers."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.engine.conftest import Engines
from tests.engine.table import BOTH, Table, awake, until

ADVANCE = frozenset({"advance"})


def test_it_is_installed_many_times_and_at_once(engines: Engines) -> None:
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _: engines.make(), range(4)))
    for one in together:
        one.install()


def test_a_wake_up_is_followed_at_once(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    took = []
    for number in range(30):
        table.commit("advance", f"piece {number}")
        one.wake(ADVANCE)
        took.append(until(lambda: len(table.taken) > number))  # noqa: B023 - called here
        time.sleep(0.01)
    assert statistics.median(took) < 0.2
    assert table.taken == [f"piece {number}" for number in range(30)]


def test_one_wake_up_is_enough_for_all_that_is_due(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    for number in range(10):
        table.commit("act", f"piece {number}")
    one.wake(frozenset({"act"}))
    until(lambda: len(table.taken) == 10)


def test_a_lost_wake_up_is_made_up_for_by_the_sweep(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table, every=0.3, sweeps=True)
    table.commit("act", "forgotten")
    assert until(lambda: table.taken == ["forgotten"]) < 1.5


def test_wake_ups_coalesce(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    table.go.clear()
    one.wake(ADVANCE)
    assert table.begun.wait(5)
    for _ in range(300):
        one.wake(ADVANCE)
    time.sleep(0.3)
    table.go.set()
    until(lambda: table.running == 0)
    time.sleep(0.3)
    assert 2 <= len(table.looks) <= 8


def test_a_wake_up_that_came_before_the_commit_strands_nothing(engines: Engines) -> None:
    """A worker has looked and found nothing; only then the work is committed and announced."""
    table, one = Table(), engines.make()
    awake(one, table)
    table.go.clear()
    one.wake(ADVANCE)
    assert table.begun.wait(5)
    table.commit("advance", "late")
    one.wake(ADVANCE)
    table.go.set()
    assert until(lambda: table.taken == ["late"]) < 1.0


def test_no_kind_waits_until_another_is_done(engines: Engines) -> None:
    table, one = Table(), engines.make(workers=1)
    awake(one, table)
    table.pace = 0.01
    for number in range(100):
        table.commit("advance", f"long {number}")
    one.wake(ADVANCE)
    until(lambda: len(table.taken) > 3)
    table.commit("act", "urgent")
    one.wake(frozenset({"act"}))
    until(lambda: "urgent" in table.taken)
    assert table.taken.index("urgent") < 60


def test_as_many_work_at_once_as_it_has_workers(engines: Engines) -> None:
    table, one = Table(), engines.make(workers=2)
    awake(one, table)
    table.go.clear()
    one.wake(ADVANCE)
    until(lambda: table.running == 1)
    one.wake(BOTH)
    until(lambda: table.running == 2)
    one.wake(BOTH)
    time.sleep(0.3)
    assert table.most == 2
    table.go.set()


def test_stopping_finishes_what_was_begun_and_takes_no_more(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    table.go.clear()
    table.commit("advance", "begun")
    one.wake(ADVANCE)
    assert table.begun.wait(5)
    table.commit("advance", "not begun")
    stopping = threading.Thread(target=one.stop)
    stopping.start()
    time.sleep(0.2)
    assert stopping.is_alive(), "it did not wait for what was begun"
    table.go.set()
    stopping.join(20)
    assert not stopping.is_alive()
    one.wake(BOTH)
    time.sleep(0.3)
    assert (table.taken, table.running) == (["begun"], 0)
    assert not one.health().running


def test_its_patience_ends(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    table.go.clear()
    one.wake(ADVANCE)
    assert table.begun.wait(5)
    began = time.monotonic()
    one.stop(patience=0.5)
    assert time.monotonic() - began < 3
    table.go.set()


def test_a_fault_is_counted_and_ends_nothing(engines: Engines) -> None:
    table, one = Table(), engines.make()
    awake(one, table)
    table.fails = True
    one.wake(ADVANCE)
    until(lambda: one.health().faults == 1)
    assert one.health().last_fault == "RuntimeError"
    table.fails = False
    time.sleep(0.3)
    table.commit("advance", "next")
    one.wake(ADVANCE)
    until(lambda: table.taken == ["next"])
    assert one.health().running


def test_a_sweep_that_fails_is_made_again(engines: Engines) -> None:
    table, one = Table(), engines.make()
    failures = iter([True, True])

    def sweep() -> frozenset[str]:
        if next(failures, False):
            raise RuntimeError("the database was away")
        return table.sweep()

    table.commit("act", "found")
    one.run(table.drain, sweep, every=0.1)
    until(lambda: table.taken == ["found"])
    assert one.health().faults == 2


def test_it_says_how_it_is(engines: Engines) -> None:
    table, one = Table(), engines.make(workers=3)
    assert not one.health().running
    awake(one, table)
    health = one.health()
    assert (health.running, health.workers, health.faults, health.last_fault) == (True, 3, 0, None)
    assert health.trouble is None
    assert health.last_sweep is not None
