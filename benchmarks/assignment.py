"""What it costs to give each of many cases to the right person.

    python -m benchmarks.assignment [--cases N] [--repeats N] [--database KIND] [--json]

Per database, cases per second of a batch as in `benchmarks.lifecycle`, submitted in chunks of 500:

alone     decided without a person, acted on, done: the batch of `benchmarks.lifecycle`
one       all of them wait for a person, and the queue has one
team      the same, and who gets each is chosen among 40 with three skills, shifts in two zones, absences and
          limits by row: all that a case is given away by

Each round measures all three one after the other on empty databases; ratios are medians of the ratios of
rounds, of processor time of this process, which other work on the machine distorts least.
"""

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from benchmarks.callers import Figures
from benchmarks.lifecycle import CHUNK
from benchmarks.refunds import KINDS, PEOPLE, databases, item, place, tell
from surehand.core.case import CaseState
from surehand.flow.context import Context
from surehand.flow.intake import submit_many
from surehand.flow.running import drain
from surehand.store.tables import assignment, case

TEAM = 40


def team() -> str:
    """people.yaml of a queue of many, no two alike; JSON is YAML too."""
    today = datetime.now(UTC).date()
    people: dict[str, Any] = {
        "ida.owner": {"roles": ["owner", "reviewer"]}, "bo.builder": {"roles": ["builder"]},
    }  # fmt: skip
    names = [f"rae.{number:02}" for number in range(TEAM)]
    for number, name in enumerate(names):
        people[name] = {
            "roles": ["reviewer"], "zone": ("Europe/Berlin", "Asia/Kolkata")[number % 2],
            "calendar": ("early", "late")[number % 2],
            "skills": {"returns": 1 + number % 3, "german": 1 + number % 2},
            "capacity": (0.5, 1.0, 1.5)[number % 3],
        }  # fmt: skip
        if number % 10 == 9:
            away = {"from": today - timedelta(days=1), "until": today + timedelta(days=5)}
            people[name]["absences"] = [{**away, "stand_in": names[number - 1]}]
    queue = {
        "owner": "ida.owner", "members": names, "due": "PT24H",
        "skills": {"returns": {"level": 2, "relax": "PT4H"}, "german": {"level": 1}},
    }  # fmt: skip
    calendars = {
        "early": {"zone": "Europe/Berlin", "week": {"mon-sun": ["06:00-14:00"]}},
        "late": {"zone": "Asia/Kolkata", "week": {"mon-sun": ["17:30-01:30"]}},
    }
    authority = [
        {
            "person": name,
            "process": "refunds",
            "decides": ["refund"],
            "limit": f"{300 * (1 + number % 4)} EUR",
        }
        for number, name in enumerate(names)
    ] + [{"role": "owner", "decides": ["*"]}]
    whole = {"people": people, "queues": {"refunds": queue}, "authority": authority, "calendars": calendars}
    return json.dumps(whole, default=str)


def batch(context: Context, count: int, *, sure: float) -> tuple[float, float]:
    """Seconds and seconds of the processor from submitting until nothing is left to do."""
    items = [item(number, sure=sure) for number in range(count)]
    started, used = time.perf_counter(), time.process_time()
    for start in range(0, count, CHUNK):
        submit_many(context, items[start : start + CHUNK], submitter="bo.builder")
    while drain(context):
        pass
    return time.perf_counter() - started, time.process_time() - used


def checked(context: Context, count: int, *, holders: int) -> None:
    """Everything is where it should be: done, or with so many people at least, and nobody has most of it."""
    with context.db.read() as connection:
        states = Counter(connection.execute(select(case.c.state)).scalars())
        held = (
            select(assignment.c.person, func.count()).where(assignment.c.open).group_by(assignment.c.person)
        )
        has = {row[0]: row[1] for row in connection.execute(held)}
    assert states == {CaseState.WAITING if holders else CaseState.DONE: count}, states
    assert len(has) >= holders, has
    assert holders < 2 or max(has.values()) < count / 4, has


def measured(fresh: Iterator[str], count: int, *, repeats: int) -> Figures:
    """All figures of one kind of database."""
    sides = {"alone": (PEOPLE, 0.97, 0), "one": (PEOPLE, 0.8, 1), "team": (team(), 0.8, TEAM // 4)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for round_ in range(repeats + 1):
        for name, (people, sure, holders) in sides.items():
            with place(next(fresh), people=people) as surehand:
                # the first round warms imports and caches for all that follow
                size = count if round_ else CHUNK
                took = batch(surehand.context, size, sure=sure)
                checked(surehand.context, size, holders=holders)
            if round_:
                found[name].append(took)

    def ratio(name: str, other: str) -> float:
        pairs = zip(found[name], found[other], strict=True)
        return round(statistics.median(a[1] / b[1] for a, b in pairs), 3)

    figures: Figures = {
        name: {
            "cases_per_s": round(count / statistics.median(one[0] for one in took), 1),
            "processor_ms": round(1_000 * statistics.median(one[1] for one in took) / count, 3),
        }
        for name, took in found.items()
    }
    return {**figures, "team_vs_one": ratio("team", "one"), "team_vs_alone": ratio("team", "alone")}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3, help="of which the medians are taken")
    parser.add_argument("--database", action="append", choices=KINDS)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures: Figures = {"cases": options.cases, "repeats": options.repeats, "python": sys.version.split()[0]}
    with ExitStack() as stack:
        for kind, fresh in databases(options.database or KINDS, stack):
            figures[kind] = measured(fresh, options.cases, repeats=options.repeats)
    tell(figures, lambda kind, found: _lines(kind, found, options.cases), as_json=options.json)


def _lines(kind: str, found: Figures, count: int) -> Iterator[str]:
    yield f"{kind}, {count:,} cases, synchronous commits"
    for name in ("alone", "one", "team"):
        side = found[name]
        yield f"  {name:6} {side['cases_per_s']:>7,.0f} cases/s, {side['processor_ms']} ms of processor each"
    yield f"  team takes {found['team_vs_one']} times as long as one, {found['team_vs_alone']} times as alone"


if __name__ == "__main__":
    main()
