"""Many callers at once, each waiting for its own case: how fast, and how long each waited."""

import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

Figures = dict[str, Any]

#: Does one case, by its number, from beginning to end.
One = Callable[[int], None]


def at_once(begin: Callable[[], One], count: int, *, callers: int) -> Figures:
    """Run `count` cases with so many threads; a thread takes the next number when its case is done.

    begin   called once in each thread, before the clock starts; returns what does a case
    raises  what any of them raised
    cpu_ms  of the figures: processor time of this process per case, which a busy machine distorts least
    """
    numbers = iter(range(count))
    lock = threading.Lock()
    ready = threading.Barrier(callers + 1)
    milliseconds: list[float] = []
    faults: list[BaseException] = []

    def caller() -> None:
        try:
            one = begin()
            ready.wait()
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                began = time.perf_counter()
                one(number)
                milliseconds.append((time.perf_counter() - began) * 1000)
        except BaseException as fault:  # noqa: BLE001 - raised below, in the thread that measures
            faults.append(fault)
            ready.abort()

    threads = [threading.Thread(target=caller) for _ in range(callers)]
    for thread in threads:
        thread.start()
    started, worked = time.perf_counter(), time.process_time()
    try:
        ready.wait()
        started, worked = time.perf_counter(), time.process_time()
    except threading.BrokenBarrierError:
        pass
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    if faults:
        raise faults[0]
    assert len(milliseconds) == count, len(milliseconds)
    return {
        "cases_per_s": round(count / seconds, 1),
        "p50_ms": round(statistics.median(milliseconds), 2),
        "p99_ms": round(statistics.quantiles(milliseconds, n=100)[98], 2),
        "cpu_ms": round(cpu / count * 1000, 2),
        "callers": callers,
    }


def middle(runs: list[Figures]) -> Figures:
    """The median of each figure over several runs."""
    return {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}
