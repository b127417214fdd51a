"""What a reviewer waits for at the desk while a million cases wait, and what a page weighs.

    python -m benchmarks.desk [--count N] [--repeats N] [--database sqlite|postgresql] [--json]

A database filled with `--count` waiting cases, as `benchmarks.crowd` says, and a reviewer who works through
their own: server time of each request in milliseconds, as p50 and p95, from when the application in this
process has the request until it has given its answer. What was loaded by then is set aside for the collector
of garbage, as `surehand up` does. The aim for each list and each brief is a p95 of 30 ms.

inbox, queues, all, filtered, by_stake   lists
brief                 a brief of a case that was not open before
verdict               the form of that brief, up to its redirect
next                  the brief that it leads to
undo                  the verdict withdrawn, up to its redirect
draft                 half a verdict, kept while it is written

weight                bytes of a page after gzip -6, with every script, style and icon that it asks for,
                      without pictures of documents; the aim is 150 kB
"""

import argparse
import gzip
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.callers import Figures
from benchmarks.crowd import PEOPLE, REVIEWERS, fill
from benchmarks.refunds import KINDS, databases, place, tell
from surehand.app import create_app
from surehand.cli.run import settle
from surehand.flow import access
from surehand.web.identity import SESSION_COOKIE

PERSON = REVIEWERS[0]

LISTS = {
    "inbox": "/inbox", "queues": "/inbox?view=queues", "all": "/inbox?view=all",
    "filtered": "/inbox?view=queues&stake_from=50&text=7", "by_stake": "/inbox?view=queues&sort=stake",
}  # fmt: skip

ANSWERED = ("brief", "verdict", "next", "undo", "draft")

_LINKED = re.compile(r'(?:src|href)="(/static/[^"#]+)')
_HIDDEN = re.compile(r'name="(csrf|round|rev|digest)" value="([^"]*)"')


class Stopwatch:
    """Around the application: how long the last request took it, until its answer was given."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.seconds = app, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def sent(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.seconds = time.perf_counter() - began

        await self.app(scope, receive, sent)


@dataclass
class Reviewer:
    """A browser in which a reviewer works, and what each of their requests took."""

    browser: TestClient
    clock: "Stopwatch"
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def timed(self, name: str, path: str, form: Mapping[str, str] | None = None) -> Any:
        """A page, or a form that is sent; no redirect is followed."""
        if form is None:
            answer = self.browser.get(path, follow_redirects=False)
        else:
            answer = self.browser.post(path, data=form, follow_redirects=False)
        self.milliseconds.setdefault(name, []).append(self.clock.seconds * 1000)
        assert answer.status_code in (200, 303), (path, answer.status_code)
        return answer

    def once(self) -> None:
        """Look through the lists, decide the first case, go on, and think better of it."""
        for name, path in LISTS.items():
            self.timed(name, path)
        found = re.search(r'class="ttl" href="([^"]+)"', self.timed("inbox", "/inbox").text)
        assert found is not None
        brief = found[1]
        form = dict(_HIDDEN.findall(self.timed("brief", brief).text))
        case = brief.removesuffix("/brief")
        self.timed("draft", f"{case}/draft", form | {"note": "half a word"})
        following = self.timed("verdict", f"{case}/verdict", form | {"verdict": "approve"})
        self.timed("next", following.headers["location"])
        self.timed("undo", f"{case}/withdraw", form)
        # otherwise the next round would begin with the same case
        self.timed("again", f"{case}/verdict", form | {"verdict": "approve"})

    def weight(self, path: str) -> int:
        """Bytes of a page and all that it asks for, each after gzip."""
        page = self.browser.get(path).text
        parts = [self.browser.get(urljoin(path, one)).content for one in sorted(set(_LINKED.findall(page)))]
        return sum(len(gzip.compress(part, 6)) for part in (page.encode(), *parts))


@contextmanager
def reviewer(url: str) -> Iterator[Reviewer]:
    """At a desk whose verdicts can be withdrawn for an hour; nothing else runs meanwhile."""
    with place(url, people=PEOPLE, pool=4) as surehand:
        context = surehand.context
        context.undo_for = timedelta(hours=1)
        clock = Stopwatch(create_app(surehand))
        with TestClient(clock, base_url=str(surehand.settings.url)) as browser:
            token, _ = access.sign_in_as(context, PERSON)
            browser.cookies.set(SESSION_COOKIE, token)
            yield Reviewer(browser, clock)


def measured(url: str, *, count: int, repeats: int) -> Figures:
    """All figures of one database."""
    fill(url, count)
    with reviewer(url) as one:
        one.once()
        settle()
        one.milliseconds.clear()
        for _ in range(repeats):
            one.once()
        found = {name: _percentiles(one.milliseconds[name]) for name in (*LISTS, *ANSWERED)}
        first = re.search(r'class="ttl" href="([^"]+)"', one.browser.get("/inbox").text)
        assert first is not None
        weights = {"inbox": one.weight("/inbox"), "brief": one.weight(first[1])}
    return {**found, "weight": weights}


def _percentiles(times: list[float]) -> Figures:
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return {"p50_ms": round(statistics.median(times), 2), "p95_ms": round(cuts[-1], 2)}


def lines(kind: str, found: Figures) -> Iterator[str]:
    """The figures of one kind of database, for people."""
    yield f"{kind}: server time, p50 and p95 in milliseconds"
    for name in (*LISTS, *ANSWERED):
        yield f"  {name:<10} {found[name]['p50_ms']:>8.2f} {found[name]['p95_ms']:>8.2f}"
    for name, weight in found["weight"].items():
        yield f"  {name} with all that it asks for, after gzip: {weight / 1000:.1f} kB"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1_000_000, help="cases that wait")
    parser.add_argument("--repeats", type=int, default=100, help="rounds of the reviewer")
    parser.add_argument("--database", action="append", choices=KINDS)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures: Figures = {
        "count": options.count, "repeats": options.repeats, "python": sys.version.split()[0]
    }  # fmt: skip
    with ExitStack() as stack:
        for kind, fresh in databases(options.database or KINDS, stack):
            figures[kind] = measured(next(fresh), count=options.count, repeats=options.repeats)
    tell(figures, lines, as_json=options.json)


if __name__ == "__main__":
    main()
