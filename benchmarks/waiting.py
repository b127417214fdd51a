"""What many waiting cases cost: pages, claims and verdicts with a thousand and with a million of them.

    python -m benchmarks.waiting [--count N] [--repeats N] [--database sqlite|postgresql] [--json]

Two databases of a kind, one with 1,000 waiting cases and one with `--count`, filled as `benchmarks.crowd`
says. Both are asked in turn, so that other work on the machine hits both; medians in milliseconds, and ratio:

inbox, queue, home, cases, case, brief  pages, through the application in this process, as a reviewer
health                            what a load balancer asks
claim_next                        the first case of the queue that the reviewer may take over, taken over
verdict                           an approval, with its audit events and the work it makes due
restart_s                         assembled, migrated, started and healthy, with `--count` waiting
sweep_s                           1,000 due timers climbed, with `--count` waiting
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import Connection, select, update

from benchmarks.callers import Figures
from benchmarks.crowd import PEOPLE, REVIEWERS, fill
from benchmarks.refunds import databases, place
from surehand.app import create_app
from surehand.core.hearing import Answer
from surehand.flow import access, desk
from surehand.flow.context import Context
from surehand.flow.review import claim, submit_verdict
from surehand.flow.running import sweep
from surehand.store.tables import assignment
from surehand.web.identity import SESSION_COOKIE

SMALL = 1_000
DUE = 1_000

PERSON = REVIEWERS[0]

PAGES = {
    "inbox": "/inbox", "queue": "/inbox?queue=refunds", "home": "/", "cases": "/cases", "case": "/cases/{}",
    "brief": "/cases/{}/brief", "health": "/api/v1/health",
}  # fmt: skip


@dataclass
class Side:
    """One of the two databases, with a browser on it.

    mine  cases of the reviewer, to be opened and decided
    """

    context: Context
    browser: TestClient
    mine: list[str]
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def timed(self, name: str, call: Callable[[], object]) -> None:
        """Do it and remember how long it took."""
        began = time.perf_counter()
        call()
        self.milliseconds.setdefault(name, []).append((time.perf_counter() - began) * 1000)

    def shown(self, path: str) -> None:
        """A page."""
        answer = self.browser.get(path)
        # health says 503, because nothing runs the work here; what it asks the database is the same
        assert answer.status_code == 200 or answer.json()["database"], (path, answer.status_code)

    def claim_next(self) -> None:
        """Take over what is most urgent and with somebody else."""
        found = desk.next_claimable(self.context, PERSON)
        assert found is not None
        claim(self.context, PERSON, found.case_id)

    def decide(self) -> None:
        """Approve one."""
        submit_verdict(self.context, PERSON, self.mine.pop(), Answer(kind="approve"))

    def once(self) -> None:
        """Everything that is measured, once."""
        for name, path in PAGES.items():
            self.timed(name, lambda path=path: self.shown(path.format(self.mine[-1])))  # type: ignore[misc]
        self.timed("claim_next", self.claim_next)
        self.timed("verdict", self.decide)


@contextmanager
def opened(url: str, repeats: int) -> Iterator[Side]:
    """The deployment on a filled database, not started: nothing else runs meanwhile."""
    with place(url, people=PEOPLE, pool=4) as surehand:
        context = surehand.context
        with TestClient(create_app(surehand), base_url=str(surehand.settings.url)) as browser:
            token, _ = access.sign_in_as(context, PERSON)
            browser.cookies.set(SESSION_COOKIE, token)
            with context.db.read() as connection:
                # not the most urgent ones, which are claimed
                held = select(assignment.c.case_id).where(assignment.c.open, assignment.c.person == PERSON)
                found = held.order_by(assignment.c.due_at.desc()).limit(repeats + 5)
                mine = list(connection.execute(found).scalars())
            yield Side(context, browser, mine)


def compared(small: str, large: str, *, repeats: int) -> Figures:
    """Medians of both and their ratio, by what was measured."""
    with opened(small, repeats) as little, opened(large, repeats) as much:
        for side in (little, much):
            side.once()
            side.milliseconds.clear()
        for number in range(repeats):
            # whoever goes first finds the caches colder
            for side in (little, much) if number % 2 else (much, little):
                side.once()
        medians = {
            name: (statistics.median(times), statistics.median(much.milliseconds[name]))
            for name, times in little.milliseconds.items()
        }
    return {
        name: {"small_ms": round(few, 2), "large_ms": round(many, 2), "ratio": round(many / few, 2)}
        for name, (few, many) in medians.items()
    }


def restarted(url: str) -> float:
    """Seconds from nothing to a started, healthy server."""
    began = time.perf_counter()
    with place(url, people=PEOPLE, pool=8) as surehand:
        surehand.start()
        with TestClient(create_app(surehand), base_url=str(surehand.settings.url)) as browser:
            assert browser.get("/api/v1/health").json()["status"] == "ok"
            return time.perf_counter() - began


def swept(url: str) -> float:
    """Seconds of a sweep that climbs DUE timers."""
    with place(url, people=PEOPLE, pool=4) as surehand:
        context = surehand.context
        past = context.clock() - timedelta(seconds=1)

        def due(connection: Connection) -> None:
            timed = select(assignment.c.id).where(assignment.c.open, assignment.c.timer_at.is_not(None))
            first = timed.order_by(assignment.c.timer_at).limit(DUE)
            connection.execute(update(assignment).where(assignment.c.id.in_(first)).values(timer_at=past))

        context.db.write(due)
        began = time.perf_counter()
        sweep(context)
        seconds = time.perf_counter() - began
        with context.db.read() as connection:
            left = select(assignment.c.id).where(assignment.c.timer_at <= past)
            assert connection.execute(left.limit(1)).first() is None
        return seconds


def measured(fresh: Iterator[str], *, count: int, repeats: int) -> Figures:
    """All figures of one kind of database."""
    small, large = next(fresh), next(fresh)
    began = time.perf_counter()
    fill(small, min(SMALL, count))
    fill(large, count)
    filled = time.perf_counter() - began
    return {
        **compared(small, large, repeats=repeats),
        "restart_s": round(restarted(large), 2),
        "sweep_s": round(swept(large), 2),
        "fill_s": round(filled, 1),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1_000_000, help="cases that wait on the large side")
    parser.add_argument("--repeats", type=int, default=41, help="of which the medians are taken")
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures: Figures = {
        "small": min(SMALL, options.count), "large": options.count, "repeats": options.repeats,
        "python": sys.version.split()[0],
    }  # fmt: skip
    with ExitStack() as stack:
        for kind, fresh in databases(options.database or ("sqlite", "postgresql"), stack):
            figures[kind] = measured(fresh, count=options.count, repeats=options.repeats)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for kind in figures.keys() & {"sqlite", "postgresql"}:
        print(f"{kind}, {figures['small']:,} and {figures['large']:,} cases wait")
        for name, found in figures[kind].items():
            if isinstance(found, dict):
                few, many = found["small_ms"], found["large_ms"]
                print(f"  {name:12} {few:8.2f} ms {many:8.2f} ms  {found['ratio']:5.2f}")
            else:
                print(f"  {name:12} {found:8.2f}")


if __name__ == "__main__":
    main()
