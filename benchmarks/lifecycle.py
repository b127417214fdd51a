"""How fast cases go through, beside a bulk insert of the same rows.

    python -m benchmarks.lifecycle [--cases N] [--callers N] [--repeats N] [--database KIND] [--json]

All on disk, with synchronous commits (SQLite: WAL and synchronous = FULL). Per database:

bare         rows of finished cases inserted in chunks of 500, a commit each: case, judgement, action, audit
             events, exactly as the product left them
batch        the same cases submitted in chunks of 500, decided, acted on and recorded, one worker
round_trip   a case submitted, parked for a person, approved, acted on and done; 32 callers at once, each
             waiting for its own
langgraph    the same with LangGraph's interrupt and its saver for that database, see `benchmarks.interrupts`

PostgreSQL is started from the wheel that the tests use, in a temporary folder.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import insert, select

from benchmarks import interrupts
from benchmarks.callers import Figures, at_once, middle
from benchmarks.refunds import KINDS, databases, item, place, tell
from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.flow.context import Context
from surehand.flow.intake import submit_many
from surehand.flow.running import decide_now, drain, submit_now
from surehand.store.database import opened
from surehand.store.migrating import migrate
from surehand.store.tables import action, audit_event, case, judgement

CHUNK = 500
CALLERS = 32


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


def round_trip(context: Context, count: int, *, callers: int) -> Figures:
    """Cases per second and milliseconds per case."""

    def one(number: int) -> None:
        taken = submit_now(context, item(number, sure=0.8), submitter="ida.owner")
        assert taken.case.state is CaseState.WAITING, taken.case.state
        case, _ = decide_now(context, "rae.reviewer", taken.case.id, Answer(kind="approve"))
        assert case.state is CaseState.DONE, case.state

    figures = at_once(lambda: one, count, callers=callers)
    with context.db.read() as connection:
        states = connection.execute(select(case.c.state)).scalars().all()
    assert len(states) == count, len(states)
    assert set(states) == {CaseState.DONE}, set(states)
    return figures


def measured(fresh: Iterator[str], count: int, *, repeats: int, callers: int) -> Figures:
    """All figures of one kind of database; each is measured on an empty one, in turn; medians.

    fresh  URLs of empty databases
    """
    with place(next(fresh)) as surehand:
        batch(surehand.context, min(count, CHUNK))  # imports and caches are warm in all that follows
    trips_of = max(count // 4, callers * 4)
    way = None
    if interrupts.installed():
        way = interrupts.fastest(fresh, max(trips_of // 4, callers * 2), callers=callers)
    batched, inserted, trips, others = [], [], [], []
    for _ in range(repeats):
        with place(next(fresh)) as surehand:
            batched.append(batch(surehand.context, count))
            rows = rows_of(surehand.context)
        inserted.append(bare(next(fresh), rows))
        del rows  # or every later collection of garbage walks through them
        with place(next(fresh)) as surehand:
            trips.append(round_trip(surehand.context, trips_of, callers=callers))
        if way is not None:
            others.append(interrupts.round_trip(next(fresh), trips_of, callers=callers, way=way))
    return {
        "bare": round(statistics.median(inserted), 1),
        "batch": round(statistics.median(batched), 1),
        "round_trip": middle(trips),
        "langgraph": {**middle(others), "saver": way} if others else None,
        # each pair was measured one after the other, so the ratio outlives a noisy machine
        "round_trip_vs_langgraph": _ratio(
            [trip["cases_per_s"] for trip in trips], [other["cases_per_s"] for other in others]
        ),
        "bare_vs_batch": _ratio(inserted, batched),
    }


def _ratio(ones: list[float], others: list[float]) -> float | None:
    """The median of the ratios of pairs."""
    if not others:
        return None
    return round(statistics.median(a / b for a, b in zip(ones, others, strict=True)), 2)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--cases", type=int, default=4_000, help="of the batch; the round trip takes a quarter"
    )
    parser.add_argument("--callers", type=int, default=CALLERS, help="of the round trip, at once")
    parser.add_argument("--repeats", type=int, default=3, help="of which the medians are taken")
    parser.add_argument("--database", action="append", choices=KINDS)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures: Figures = {"cases": options.cases, "repeats": options.repeats, "python": sys.version.split()[0]}
    with ExitStack() as stack:
        for kind, fresh in databases(options.database or KINDS, stack):
            figures[kind] = measured(fresh, options.cases, repeats=options.repeats, callers=options.callers)
    if not interrupts.installed():
        print(_MISSING, file=sys.stderr)
    tell(figures, lambda kind, found: _lines(kind, found, options.cases), as_json=options.json)


_MISSING = "'langgraph' is null: LangGraph is not installed; 'python3 tools/bootstrap.py bench' installs it"


def _lines(kind: str, found: Figures, count: int) -> Iterator[str]:
    yield f"{kind}, {count:,} cases, synchronous commits"
    yield f"  bare          {found['bare']:>9,.0f} cases/s  bulk insert of the same rows"
    yield f"  batch         {found['batch']:>9,.0f} cases/s  {found['bare_vs_batch']} times as long as bare"
    for name in ("round_trip", "langgraph"):
        if trip := found[name]:
            yield (
                f"  {name.replace('_', ' '):13} {trip['cases_per_s']:>9,.0f} cases/s  "
                f"{trip['callers']:.0f} callers, p50 {trip['p50_ms']} ms, p99 {trip['p99_ms']} ms"
            )
    if found["langgraph"]:
        yield f"  the round trip is {found['round_trip_vs_langgraph']} times as fast as LangGraph's"


if __name__ == "__main__":
    main()
