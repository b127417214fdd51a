"""How fast cases go through, beside a bulk insert of the same rows.

    python -m benchmarks.lifecycle [--cases N] [--repeats N] [--database sqlite|postgresql] [--json]

All on disk, with synchronous commits (SQLite: WAL and synchronous = FULL). Per database:

bare         rows of finished cases inserted in chunks of 500, a commit each: case, judgement, action, audit
             events, exactly as the product left them
batch        the same cases submitted in chunks of 500, decided, acted on and recorded, one worker
round_trip   a case submitted, parked for a person, approved, acted on and done; 32 callers at once, each
             waiting for its own

PostgreSQL is started from the wheel that the tests use, in a temporary folder.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from surehand.app import assembled
from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.flow.context import Context
from surehand.flow.intake import Submission, submit, submit_many
from surehand.flow.review import submit_verdict
from surehand.flow.running import advance_now, drain
from surehand.store.database import opened
from surehand.store.migrating import migrate
from surehand.store.tables import action, audit_event, case, judgement

CHUNK = 500
CALLERS = 32

PROCESS = """\
process: refunds
currency: EUR
owner: ida.owner
builder: bo.builder
review_every: P90D
input:
  fields:
    order: {type: text, trusted: true}
    amount: {type: money}
    sure: {type: number, trusted: true}
steps:
  - lookup: customer
  - decide: refund
    choices: [pay, reject]
    subject: order
    consequence: {money: amount, medium_from: 1000, high_from: 10000, reversible_within: P1D}
    signals: [model_probability, completeness]
    bands: review-flow
    queue: refunds
    sla: {due: PT24H}
  - act: pay
    after: pay
    repeatable: true
"""

STEPS = """\
from pydantic import BaseModel

from surehand.core.money import Money
from surehand.core.recommendation import Recommendation


class Customer(BaseModel):
    name: str
    since: int


def customer(order: str) -> Customer:
    return Customer(name=f"Customer of {order}", since=2019)


def refund(name: str, amount: Money, sure: float) -> Recommendation[str]:
    return Recommendation(value="pay", confidence=sure, reasons=(f"{name} sent it back in time",))


def pay(key: str, order: str, amount: Money) -> str:
    return f"paid under {key}"
"""

PEOPLE = """\
people:
  ida.owner: {name: Ida Owner, roles: [owner, reviewer]}
  rae.reviewer: {name: Rae Reviewer, roles: [reviewer]}
  bo.builder: {name: Bo Builder, roles: [builder]}
queues:
  refunds: {owner: ida.owner, members: [rae.reviewer], due: PT24H}
"""

Figures = dict[str, Any]


@contextmanager
def place(url: str) -> Iterator[Context]:
    """The deployment on an empty database."""
    with tempfile.TemporaryDirectory(prefix="lifecycle-") as name:
        folder = Path(name)
        (folder / "refunds").mkdir()
        (folder / "refunds" / "process.yaml").write_text(PROCESS)
        (folder / "refunds" / "steps.py").write_text(STEPS)
        (folder / "people.yaml").write_text(PEOPLE)
        (folder / "surehand.yaml").write_text(f"mode: development\ndatabase: {url}\n")
        surehand = assembled(folder, database=opened(url, pool=CALLERS + 4))
        try:
            yield surehand.context
        finally:
            surehand.close()


def item(number: int, *, sure: float) -> Submission:
    """One refund."""
    return Submission(
        process="refunds", key=f"order-{number}",
        input={"order": f"order-{number}", "amount": f"{number % 900 + 1}.50 EUR", "sure": sure},
    )  # fmt: skip


def batch(context: Context, count: int) -> float:
    """Cases per second from submitting to done, all of them decided without a person."""
    items = [item(number, sure=0.97) for number in range(count)]
    started = time.perf_counter()
    for start in range(0, count, CHUNK):
        submit_many(context, items[start : start + CHUNK], submitter="ida.owner")
    while drain(context):
        pass
    return count / (time.perf_counter() - started)


def rows_of(context: Context) -> list[tuple[Any, list[list[dict[str, Any]]]]]:
    """Every row that the finished cases left, by table and in chunks of so many cases."""
    found = []
    with context.db.read() as connection:
        ids = list(connection.execute(select(case.c.id).order_by(case.c.id)).scalars())
        states = set(connection.execute(select(case.c.state).distinct()).scalars())
        assert states == {CaseState.DONE}, states
        chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
        for table, column in (
            (case, case.c.id), (judgement, judgement.c.case_id), (action, action.c.case_id),
            (audit_event, audit_event.c.chain),
        ):  # fmt: skip
            found.append(
                (
                    table,
                    [
                        [
                            dict(row._mapping)
                            for row in connection.execute(select(table).where(column.in_(chunk)))
                        ]
                        for chunk in chunks
                    ],
                )
            )
    return found


def bare(url: str, rows: Sequence[tuple[Any, list[list[dict[str, Any]]]]]) -> float:
    """Cases per second of a bulk insert of these rows into an empty database of the same shape."""
    db = opened(url)
    try:
        migrate(db)
        chunks = len(rows[0][1])
        started = time.perf_counter()
        for number in range(chunks):

            def write(connection: Any, number: int = number) -> None:
                for table, of_table in rows:
                    connection.execute(insert(table), of_table[number])

            db.write(write)
        seconds = time.perf_counter() - started
    finally:
        db.close()
    return sum(len(chunk) for chunk in rows[0][1]) / seconds


def round_trip(context: Context, count: int, *, callers: int = CALLERS) -> Figures:
    """Cases per second and milliseconds per case."""
    numbers = iter(range(count))
    lock = threading.Lock()
    milliseconds: list[float] = []
    faults: list[BaseException] = []

    def one(number: int) -> None:
        taken = submit(context, item(number, sure=0.8), submitter="ida.owner")
        advance_now(context, taken.case.id)
        submit_verdict(context, "rae.reviewer", taken.case.id, Answer(kind="approve"))
        advance_now(context, taken.case.id)

    def caller() -> None:
        try:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                began = time.perf_counter()
                one(number)
                milliseconds.append((time.perf_counter() - began) * 1000)
        except BaseException as fault:
            faults.append(fault)
            raise

    threads = [threading.Thread(target=caller) for _ in range(callers)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if faults:
        raise faults[0]
    with context.db.read() as connection:
        states = connection.execute(select(case.c.state)).scalars().all()
    assert len(states) == count, len(states)
    assert set(states) == {CaseState.DONE}, set(states)
    return {
        "cases_per_s": round(count / seconds, 1),
        "p50_ms": round(statistics.median(milliseconds), 2),
        "p99_ms": round(statistics.quantiles(milliseconds, n=100)[98], 2),
        "callers": callers,
    }


def measured(fresh: Iterator[str], count: int, *, repeats: int) -> Figures:
    """All figures of one kind of database; each is measured on an empty one, in turn; medians.

    fresh  URLs of empty databases
    """
    with place(next(fresh)) as context:
        batch(context, min(count, CHUNK))  # imports and caches are warm in all that follows
    batched, inserted, trips = [], [], []
    for _ in range(repeats):
        with place(next(fresh)) as context:
            batched.append(batch(context, count))
            rows = rows_of(context)
        inserted.append(bare(next(fresh), rows))
        with place(next(fresh)) as context:
            trips.append(round_trip(context, max(count // 4, CALLERS * 4)))
    return {
        "bare": round(statistics.median(inserted), 1),
        "batch": round(statistics.median(batched), 1),
        "round_trip": {name: round(statistics.median(trip[name] for trip in trips), 2) for name in trips[0]},
        # each pair was measured one after the other, so the ratio outlives a noisy machine
        "bare_vs_batch": round(statistics.median(b / a for a, b in zip(batched, inserted, strict=True)), 2),
    }


def databases(wanted: Sequence[str], stack: ExitStack) -> Iterator[tuple[str, Iterator[str]]]:
    """Name of each kind, with URLs of empty databases."""
    for kind in wanted:
        if kind == "sqlite":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lifecycle-db-")))
            yield kind, (f"sqlite:///{folder / f'{number}.db'}" for number in range(1_000))
        elif kind == "postgresql":
            from tests.postgres import running_postgres

            server = stack.enter_context(running_postgres(in_memory=False))
            yield kind, (stack.enter_context(server.database()) for _ in range(1_000))
        else:
            raise SystemExit(f"--database {kind}: say sqlite or postgresql")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--cases", type=int, default=4_000, help="of the batch; the round trip takes a quarter"
    )
    parser.add_argument("--repeats", type=int, default=3, help="of which the medians are taken")
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures: Figures = {"cases": options.cases, "repeats": options.repeats, "python": sys.version.split()[0]}
    with ExitStack() as stack:
        for kind, fresh in databases(options.database or ("sqlite", "postgresql"), stack):
            figures[kind] = measured(fresh, options.cases, repeats=options.repeats)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for kind in ("sqlite", "postgresql"):
        if kind not in figures:
            continue
        found = figures[kind]
        trip = found["round_trip"]
        print(f"{kind}, {options.cases:,} cases, synchronous commits")
        print(f"  bare          {found['bare']:>9,.0f} cases/s  bulk insert of the same rows")
        print(
            f"  batch         {found['batch']:>9,.0f} cases/s  {found['bare_vs_batch']} times as long as bare"
        )
        print(
            f"  round trip    {trip['cases_per_s']:>9,.0f} cases/s  {trip['callers']} callers, "
            f"p50 {trip['p50_ms']} ms, p99 {trip['p99_ms']} ms"
        )


if __name__ == "__main__":
    main()
