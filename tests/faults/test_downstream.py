"""The other system at its worst: slow, failing, forbidding, refusing, silent after it has done it, or gone.

Every kind of action meets it: repeatable or not, with a way to ask or without. Nothing is lost, nothing
happens twice, a repeat carries the same key, and what is unknown is never simply tried again.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from surehand.app import assembled
from surehand.core.case import Action, CaseState
from surehand.core.hearing import Answer
from surehand.flow.context import Context
from surehand.flow.intake import Accepted, Submission, submit_many
from surehand.flow.review import submit_verdict
from surehand.flow.running import drain, sweep
from surehand.store import cases, tables, work
from surehand.testing import Clock
from tests import invariants
from tests.faults.stage import START

LONG = (pytest.mark.long, pytest.mark.timeout(3_000))

#: What the other system does with a call. `silent` ones do it and do not answer; `lost` ones never arrive.
MOODS = ("well", "well", "well", "slow", "failing", "forbidding", "refusing", "silent", "lost", "broken")

#: Moods in which it happens.
DONE = frozenset({"well", "slow", "silent", "broken"})

PROCESS = """\
process: {name}
prefix: {prefix}
owner: ida.owner
builder: bo.builder
review_every: P90D
input: {{fields: {{item: {{type: text, trusted: true}}}}}}
steps:
  - decide: let_go
    yes_no: true
    level: automate
    queue: desk
    sla: {{due: PT24H}}
  - act: call
    after: true
    attempts: 4
    repeatable: {repeatable}
    {confirm}
"""

STEPS = """\
import http.client
import json
import os

from surehand.core.recommendation import Recommendation
from surehand.errors import PermanentFailure, TemporaryFailure

PATIENCE = 0.03


def let_go(item: str) -> Recommendation[bool]:
    return Recommendation(value=True, confidence=1.0)


def call(key: str, item: str) -> str:
    return _asked("POST", {"key": key, "item": item})["said"]


def was_called(key: str, item: str) -> bool:
    return _asked("PUT", {"key": key, "item": item})["happened"]


def _asked(method, body):
    line = http.client.HTTPConnection(os.environ["DOWNSTREAM"], timeout=PATIENCE)
    try:
        line.request(method, "/", json.dumps(body))
        answer = line.getresponse()
        told = json.loads(answer.read())
    finally:
        line.close()
    if answer.status == 503:
        raise TemporaryFailure("not now")
    if answer.status == 403:
        raise PermissionError("not you")
    if answer.status == 421:
        raise ConnectionRefusedError("nobody is there")
    return told
"""

PEOPLE = """\
people:
  ida.owner: {roles: [owner, reviewer]}
  rae.reviewer: {roles: [reviewer]}
  bo.builder: {roles: [builder]}
queues:
  desk: {owner: ida.owner, members: [rae.reviewer], due: PT24H}
"""

#: Process -> prefix, repeatable, and whether the other system can be asked.
KINDS = {
    "repeats": ("REP", True, False), "repeats-asked": ("REA", True, True),
    "once-asked": ("ONA", False, True), "once": ("ONC", False, False),
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One call as it arrived. `happened` is what was answered to a question."""

    key: str
    mood: str
    happened: bool | None = None


@dataclass
class Downstream:
    """It remembers every call. A key that it knows changes nothing where repeats are safe."""

    draws: random.Random
    calls: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    effects: Counter[str] = field(default_factory=Counter)
    patience: float = 0.03
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def called(self, item: str, key: str) -> str:
        """Its mood, after what it did."""
        with self._lock:
            mood = self.draws.choice(MOODS)
            self.calls[item].append(Call(key, mood))
            if mood in DONE and not (item.startswith("repeats") and self.effects[key]):
                self.effects[key] += 1
            return mood

    def asked(self, item: str, key: str) -> bool | None:
        """Whether it happened; None when it does not say. What it says is binding."""
        with self._lock:
            happened = self.effects[key] > 0 if self.draws.random() < 0.8 else None
            self.calls[item].append(Call(key, "asked", happened))
            return happened


@contextmanager
def running_downstream(seed: str) -> Iterator[tuple[Downstream, str]]:
    """On a free port of this machine."""
    system = Downstream(random.Random(seed))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self._body()
            match system.called(body["item"], body["key"]):
                case "well":
                    self._answer(200, {"said": "done"})
                case "slow":
                    time.sleep(system.patience / 3)
                    self._answer(200, {"said": "done, at last"})
                case "failing":
                    self._answer(503, {})
                case "forbidding":
                    self._answer(403, {})
                case "refusing":
                    self._answer(421, {})
                case "broken":
                    self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n{")
                case _:
                    self.close_connection = True  # nothing is answered

        def do_PUT(self) -> None:
            body = self._body()
            happened = system.asked(body["item"], body["key"])
            if happened is not None:
                self._answer(200, {"happened": happened})

        def _body(self) -> Any:
            return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, status: int, told: dict[str, Any]) -> None:
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: object, client_address: object) -> None:
            """The caller lost its patience."""

    server = Quiet(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield system, f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def write_place(folder: Path, database: str) -> Path:
    for name, (prefix, repeatable, asked) in KINDS.items():
        (folder / name).mkdir(parents=True)
        confirm = "confirm: was_called" if asked else ""
        text = PROCESS.format(name=name, prefix=prefix, repeatable=str(repeatable).lower(), confirm=confirm)
        (folder / name / "process.yaml").write_text(text)
        (folder / name / "steps.py").write_text(STEPS)
    (folder / "people.yaml").write_text(PEOPLE)
    (folder / "surehand.yaml").write_text(f"mode: development\ndatabase: {database}\n")
    return folder


@pytest.mark.parametrize(
    "calls", [pytest.param(1_000, id="short"), pytest.param(20_000, id="long", marks=LONG)]
)
def test_whatever_the_other_system_does_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    surehand = assembled(write_place(tmp_path / "place", database_url))
    context, clock = surehand.context, Clock(START)
    context.clock, context.draw = clock, lambda: 0.0
    try:
        with running_downstream(f"{calls}") as (system, address):
            monkeypatch.setenv("DOWNSTREAM", address)
            ids: dict[str, str] = {}
            while sum(map(len, system.calls.values())) < calls:
                ids |= submitted(context, len(ids))
                worked_off(context, clock, system)
        examined(context, ids, system)
        invariants.check(context)
    finally:
        surehand.close()


def submitted(context: Context, start: int) -> dict[str, str]:
    """Fifty more cases of each kind; item -> number."""
    items = [
        Submission(process=kind, key=f"{kind} {n}", input={"item": f"{kind} {n}"})
        for kind in KINDS
        for n in range(start, start + 50)
    ]
    taken = submit_many(context, items, submitter="client")
    return {one.case.key: one.case.id for one in taken if isinstance(one, Accepted)}


def worked_off(context: Context, clock: Clock, system: Downstream) -> None:
    """Several workers, and a person who settles what is left to people, until nothing is left."""
    for _ in range(200):
        workers = [threading.Thread(target=_drained, args=(context,)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        settled = repaired(context, system)
        with context.db.read() as connection:
            if not settled and not work.counts(connection):
                return
        clock.move(timedelta(seconds=61))
    raise AssertionError("it never comes to rest")


def _drained(context: Context) -> None:
    sweep(context)
    while drain(context):
        pass


def repaired(context: Context, system: Downstream) -> int:
    """A person looks into the other system's books, and says what happened; how many times."""
    with context.db.read() as connection:
        waiting = [row["case_id"] for row in invariants.rows(connection, tables.assignment) if row["open"]]
        held = cases.open_assignments(connection, waiting)
        actions = cases.actions(connection, [one.point for one in held.values()])
    for one in held.values():
        failed = actions[one.point].state == "failed"
        happened = system.effects[one.point] > 0
        assert not (failed and happened), f"{one.point} was said to have failed, and it happened"
        answer = Answer(kind="approve", value="happened" if happened else "retry")
        submit_verdict(context, "rae.reviewer", one.case_id, answer)
        with system._lock:
            system.calls[_item(context, one.case_id)].append(Call(one.point, "a person", happened))
    return len(held)


def _item(context: Context, case_id: str) -> str:
    with context.db.read() as connection:
        return cases.load(connection, [case_id])[case_id].key


def examined(context: Context, ids: dict[str, str], system: Downstream) -> None:
    with context.db.read() as connection:
        found = cases.load(connection, ids.values())
        actions = {name: cases.actions_of(connection, name) for name in ids.values()}
    faults = []
    for item, number in ids.items():
        (action,) = actions[number]
        if found[number].state is not CaseState.DONE or action.state != "done":
            faults.append(f"{item} is {found[number].state}")
        if system.effects[action.key] != 1:
            faults.append(f"{item} happened {system.effects[action.key]} times: {system.calls[item]}")
        faults += wrong_calls(item, action, system.calls[item])
    assert faults == []
    moods = Counter(call.mood for calls in system.calls.values() for call in calls)
    print(f"{sum(moods.values())} calls: {dict(moods)}")  # noqa: T201 - shown by pytest -s
    assert moods.keys() == {*MOODS, "asked", "a person"}, "some of it was never tried"


def wrong_calls(item: str, action: Action, calls: list[Call]) -> Iterator[str]:
    """Calls under another key; and where repeats are not safe, calls after one whose end nobody knows."""
    if {call.key for call in calls} != {action.key}:
        yield f"{item} was called under several keys: {calls}"
    unknown = False
    for call in calls:
        if call.happened is not None:
            unknown = unknown and call.happened
        elif call.mood != "asked":
            if unknown and not action.repeatable:
                yield f"{item} was tried again, and nobody knew whether it had happened: {calls}"
            unknown = call.mood in ("silent", "lost", "broken")


def test_the_target_of_this_test_really_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_downstream("hanging up") as (system, address):
        system.draws = random.Random()
        monkeypatch.setattr(system.draws, "choice", lambda _: "silent")
        line = http.client.HTTPConnection(address, timeout=1)
        line.request("POST", "/", json.dumps({"item": "once 1", "key": "k"}))
        with pytest.raises(http.client.RemoteDisconnected):
            line.getresponse()
        assert system.effects["k"] == 1
