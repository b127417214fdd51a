"""How soon work that was committed is run, by who wakes the workers.

    python -m benchmarks.dispatchers [--wakes N] [--cases N] [--json]

Milliseconds, for `embedded`, `procrastinate` and `celery` with two workers each:

wake   from `wake` to the moment at which a worker begins to look for work, paced: one every 20 ms
case   from an acknowledged submission to the done case: it is decided, and its action runs, each after a
       wake-up of its own; paced: one every 50 ms

All on PostgreSQL on disk, with synchronous commits, from the wheel that the tests use; Redis is the
distribution's. The sweep is off for `wake`, and every half second for `case`, as always.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surehand.app import Surehand, assembled
from surehand.core.case import CaseState
from surehand.engine.dispatcher import Dispatcher
from surehand.flow.intake import Submission, submit
from surehand.settings import Settings
from surehand.store import cases

DISPATCHERS = ("embedded", "procrastinate", "celery")
Figures = dict[str, Any]


def dispatcher(kind: str, database: str, broker: str) -> Dispatcher:
    """One of a kind, as a deployment with these settings has it."""
    from surehand.app.parts import dispatcher_of

    settings = Settings.model_validate({"dispatcher": kind, "database": database, "broker": broker})
    return dispatcher_of(settings, "benchmark")


def wakes(one: Dispatcher, count: int) -> Figures:
    """From waking to looking."""
    looked = threading.Event()
    one.install()

    def look(_: frozenset[str]) -> int:
        looked.set()
        return 0

    one.run(look, frozenset, every=60.0)
    kinds = frozenset({"advance"})
    while not looked.wait(0.5):
        one.wake(kinds)
    time.sleep(1.0)
    took = []
    for _ in range(count):
        looked.clear()
        began = time.perf_counter()
        one.wake(kinds)
        if not looked.wait(10):
            raise TimeoutError("nobody looked")
        took.append(time.perf_counter() - began)
        time.sleep(0.02)
    one.stop()
    return summary(took)


def lifetimes(surehand: Surehand, count: int) -> Figures:
    """From acknowledged to done."""
    context = surehand.context
    began: dict[str, float] = {}
    took: list[float] = []
    lock = threading.Lock()
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            with lock:
                waiting = dict(began)
            with context.db.read() as connection:
                found = cases.load(connection, waiting)
            now = time.perf_counter()
            for number, case in found.items():
                if case.state is CaseState.DONE:
                    took.append(now - waiting[number])
                    with lock:
                        del began[number]
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(count):
        given = {"order": f"A-{number}", "amount": "20 EUR", "sure": 0.99}
        accepted = submit(context, Submission(process="refunds", input=given), submitter="benchmark")
        with lock:
            began[accepted.case.id] = time.perf_counter()
        time.sleep(0.05)
    until = time.monotonic() + 30
    while began and time.monotonic() < until:
        time.sleep(0.01)
    over.set()
    watcher.join()
    if began:
        raise TimeoutError(f"{len(began)} cases are not done")
    return summary(took)


def summary(took: list[float]) -> Figures:
    """Milliseconds."""
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    figures = {"p50_ms": cuts[49], "p99_ms": cuts[98], "most_ms": max(took)}
    return {"n": len(took)} | {name: round(value * 1000, 1) for name, value in figures.items()}


@contextmanager
def started(kind: str, database: str, broker: str) -> Iterator[Surehand]:
    """The smallest deployment, running."""
    from benchmarks.refunds import PEOPLE, PROCESS, STEPS

    with tempfile.TemporaryDirectory(prefix="dispatchers-") as name:
        folder = Path(name)
        (folder / "refunds").mkdir()
        (folder / "refunds/process.yaml").write_text(PROCESS)
        (folder / "refunds/steps.py").write_text(STEPS)
        (folder / "people.yaml").write_text(PEOPLE)
        (folder / "surehand.yaml").write_text(
            f"mode: development\ndatabase: {database}\nbroker: {broker}\ndispatcher: {kind}\n"
        )
        surehand = assembled(folder)
        surehand.start()
        try:
            yield surehand
        finally:
            surehand.close()


def measured(kinds: tuple[str, ...], *, count: int, many: int) -> dict[str, Figures]:
    """Figures by dispatcher."""
    from tests.broker import running_broker
    from tests.postgres import running_postgres

    found = {}
    with running_postgres(in_memory=False) as postgres, running_broker() as broker:
        for kind in kinds:
            with postgres.database() as url:
                wake = wakes(dispatcher(kind, url, broker.fresh()), count)
            with postgres.database() as url, started(kind, url, broker.fresh()) as surehand:
                time.sleep(2.0)
                found[kind] = {"wake": wake, "case": lifetimes(surehand, many)}
            print(f"{kind}: {found[kind]}", file=sys.stderr)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wakes", type=int, default=1_000)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measured(DISPATCHERS, count=options.wakes, many=options.cases)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"{'':14}{'wake p50':>10}{'p99':>8}{'case p50':>10}{'p99':>8}   ms")
    for kind, of in figures.items():
        wake, case = of["wake"], of["case"]
        print(f"{kind:14}{wake['p50_ms']:>10}{wake['p99_ms']:>8}{case['p50_ms']:>10}{case['p99_ms']:>8}")


if __name__ == "__main__":
    main()
