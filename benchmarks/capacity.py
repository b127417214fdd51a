"""How well capacity is foretold: from the weeks before, for weeks that were not seen, on logs of real work.

    python -m benchmarks.capacity [--data DIR ...] [--json]

A DIR holds an `events.csv` (or `.csv.gz`) in the form of the BPI Challenge logs of 2020 or 2012. Of each log
twelve weeks foretell the next four, as the product would, over the later part of the log; what really came in
those four weeks is then worked off by n people in a simulation, in the order in which it came.

declarations  reviews by the administration: come with a submission. The log names no persons, so how long a
              review takes is assumed (20 minutes), and the same for forecast and simulation
loans         the task 'complete the application': comes when it is scheduled. How long it takes is foretold
              from the times between the verdicts of a person, and simulated with the begin and end that the
              log has

volume   foretold against real cases of four weeks, mean absolute error in per cent
hours    error of the number of cases by hour of the week, as a multiple of what chance alone would give
service  foretold minutes against the log's
on_time  share in time with n people: foretold less simulated, in points; mean, mean absolute, largest
people   smallest number for 95 in 100: how often the same, one more, one fewer
apart    on_time again where each hour is taken for steady (Erlang C hour by hour, nothing carried over)
"""

import argparse
import csv
import gzip
import heapq
import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from surehand.core.capacity import Aim, capacity
from surehand.core.demand import WEEK, Demand, Past, Volume, demanded
from surehand.stats.staffing import Overloaded, share_begun_within

DATA = Path(__file__).parents[2] / "shared" / "data"
SETS = ("bpi2020_domestic", "bpi2012_loans")
FIT, SEEN, MONTH = 12, timedelta(weeks=12), timedelta(weeks=4)
DEADLINES = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(hours=72))
ASSUMED = 20.0
AIM = 0.95
RUNS = 5


@dataclass(frozen=True)
class Log:
    """A queue as it really was, in the clock of its place.

    came      when reviews came
    verdicts  (time, person, case came) of each; person '': not known
    took      seconds that each really took, as far as the log knows
    """

    name: str
    came: Sequence[datetime]
    verdicts: Sequence[tuple[datetime, str, datetime]]
    took: Sequence[float]


def rows(folder: Path) -> Iterator[dict[str, str]]:
    """The events of a log."""
    (file,) = folder.glob("events.csv*")
    with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
        yield from csv.DictReader(lines)


def _at(text: str) -> datetime:
    """The time on the wall there."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


def declarations(events: Iterable[dict[str, str]]) -> Log:
    """Travel expenses, from 2018 on: the whole university."""
    came, verdicts, waiting = [], [], {}
    for event in events:
        at, activity = _at(event["timestamp"]), event["activity"]
        if activity == "Declaration SUBMITTED by EMPLOYEE":
            came.append(at)
            waiting[event["case"]] = at
        elif activity.endswith("by ADMINISTRATION") and event["case"] in waiting:
            verdicts.append((at, "", waiting[event["case"]]))
    start = datetime(2018, 1, 1)  # noqa: DTZ001 - the clock of the place
    came = sorted(at for at in came if at >= start)
    return Log("declarations", came, sorted(one for one in verdicts if one[0] >= start), [])


def loans(events: Iterable[dict[str, str]]) -> Log:
    """The task 'W_Completeren aanvraag', with who began and ended it."""
    came, verdicts, took = [], [], []
    scheduled: dict[str, datetime] = {}
    begun: dict[tuple[str, str], datetime] = {}
    for event in events:
        if event["concept:name"] != "W_Completeren aanvraag":
            continue
        at, case, person = _at(event["time:timestamp"]), event["case"], event["org:resource"]
        state = event["lifecycle:transition"]
        if state == "SCHEDULE":
            came.append(at)
            scheduled[case] = at
        elif state == "START":
            begun[case, person] = at
        elif (case, person) in begun and case in scheduled:
            took.append((at - begun.pop((case, person))).total_seconds())
            verdicts.append((at, person, scheduled.pop(case)))
    return Log("loans", sorted(came), sorted(verdicts), took)


def _hour(at: datetime) -> int:
    return at.weekday() * 24 + at.hour


def by_hour(times: Iterable[datetime]) -> np.ndarray:
    """How many fall into each hour of the week."""
    return np.bincount([_hour(at) for at in times], minlength=WEEK).astype(float)


def foretold(log: Log, start: datetime) -> Demand:
    """What the twelve weeks before say, as `flow.capacity` would read them."""
    before = start - SEEN
    by_person = defaultdict(list)
    for verdict in log.verdicts:
        if before <= verdict[0] < start:
            by_person[verdict[1]].append(verdict)
    seconds = [
        (then[0] - max(last[0], then[2])).total_seconds()
        for person, those in by_person.items()
        for last, then in pairwise(those)
        if person
    ]
    decided = by_hour(at for those in by_person.values() for at, _, _ in those)
    past = Past(FIT, tuple(by_hour(at for at in log.came if before <= at < start)), tuple(decided), seconds)
    demand, missing = demanded(past, Volume(by_hand=ASSUMED))
    assert demand is not None, missing
    return demand


def simulated(
    log: Log, demand: Demand, start: datetime, *, people: int, within: timedelta, seed: int
) -> float:
    """Share in time of what really came in four weeks, a week before it included to begin with."""
    generator, week = np.random.default_rng(seed), timedelta(weeks=1)
    begun = start - week
    times = [at for at in log.came if begun <= at < start + MONTH]
    hours = np.array([(at - begun) / timedelta(hours=1) for at in times])
    passed = np.concatenate(([0.0], np.cumsum(np.tile(np.array(demand.open, float), 12))))
    edges = np.arange(passed.size)
    came = np.interp(hours, edges, passed)
    due = np.interp(hours + within / timedelta(hours=1), edges, passed)
    took = (
        generator.choice(np.array(log.took), hours.size)
        if log.took
        else generator.exponential(ASSUMED * 60, hours.size)
    ) / 3600
    free, met = [0.0] * people, []
    for at, until, takes in zip(came, due, took, strict=True):
        done = max(heapq.heappop(free), at) + takes
        heapq.heappush(free, done)
        met.append(done <= until)
    return float(np.mean(np.array(met)[hours >= 168]))


def steady(demand: Demand, *, people: int, within: timedelta) -> float:
    """Share in time if each hour were steady, and what comes when nobody is there late."""
    service = demand.service.mean / 3600
    left, met = max(0.0, within / timedelta(hours=1) - service), 0.0
    for rate, there in zip(demand.rates, demand.open, strict=True):
        if there:
            try:
                met += rate * share_begun_within(rate, service, people, left)
            except Overloaded:
                continue
    return met / demand.a_week


def blocks(log: Log) -> list[datetime]:
    """The Mondays of the later part at which four weeks are foretold."""
    first = log.came[0] + timedelta(days=7 - log.came[0].weekday())
    monday = first.replace(hour=0, minute=0, second=0, microsecond=0) + SEEN
    found = []
    while monday + MONTH <= log.came[-1]:
        found.append(monday)
        monday += MONTH
    return found


def measured(log: Log) -> dict[str, Any]:
    """All figures of one log."""
    volumes, hours, services, errors, apart, people = [], [], [], [], [], []
    for start in blocks(log):
        demand = foretold(log, start)
        real = by_hour(at for at in log.came if start <= at < start + MONTH)
        expected = np.array(demand.rates) * 4
        volumes.append((expected.sum() - real.sum()) / real.sum())
        chance = expected + expected * 4 / FIT
        hours.append(sqrt(float(((expected - real) ** 2).sum() / chance.sum())))
        services.append(demand.service.mean)
        load = max(1, round(demand.work / demand.hours))
        for within in DEADLINES:
            found = capacity(demand, Aim(within, AIM, busy=1.0), people=load)
            shares: dict[int, float] = {}
            numbers = range(load, max(load + 2, (found.enough or load) + 2))
            for number in numbers:
                runs = [
                    simulated(log, demand, start, people=number, within=within, seed=seed)
                    for seed in range(RUNS)
                ]
                shares[number] = statistics.mean(runs)
            for option in (*found.options, found.now):
                if option.people in shares:
                    errors.append(option.on_time - shares[option.people])
                    apart.append(steady(demand, people=option.people, within=within) - shares[option.people])
            least = next((n for n, share in shares.items() if share >= found.aim_share), None)
            if found.enough is not None and least is not None:
                people.append(found.enough - least)
    took = float(np.mean(log.took)) / 60 if log.took else None
    return {
        "blocks": len(volumes),
        "volume": {"mean": _points(volumes), "absolute": _points([abs(one) for one in volumes])},
        "hours": round(statistics.mean(hours), 2),
        "service": {"foretold": round(statistics.mean(services) / 60, 1), "log": took and round(took, 1)},
        "on_time": _spread(errors),
        "apart": _spread(apart),
        "people": {str(gap): people.count(gap) for gap in sorted(set(people))},
    }


def _points(shares: Sequence[float]) -> float:
    return round(100 * float(statistics.mean(shares)), 1)


def _spread(shares: Sequence[float]) -> dict[str, float]:
    return {
        "mean": _points(shares),
        "absolute": _points([abs(one) for one in shares]),
        "largest": round(100 * float(max(shares, key=abs)), 1),
        "of": len(shares),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="*", help="folders of logs")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = {}
    for folder in arguments.data or [DATA / name for name in SETS]:
        events = list(rows(folder))
        log = (declarations if "activity" in events[0] else loans)(events)
        figures[log.name] = measured(log)
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    for name, found in figures.items():
        print(name)
        for key, value in found.items():
            print(f"  {key:8} {value}")


if __name__ == "__main__":
    main()
