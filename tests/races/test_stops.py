"""A stop while many workers begin actions: none begins after it, none is lost, each runs once."""

import random
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from surehand.app import assembled
from surehand.core.case import CaseState
from surehand.flow import stopping
from surehand.flow.context import Context
from surehand.flow.intake import Submission, submit_many
from surehand.flow.running import drain, submit_now
from surehand.flow.verify import verify
from surehand.store import tables, work
from surehand.store.database import opened
from tests.flow.world import write_process
from tests.migrated import fresh_url, migrated_file

__all__ = ["fresh_url", "migrated_file"]

CASES, ROUNDS, THREADS = 480, 6, 3

PROCESS = """\
process: payments
owner: boss
builder: dev
review_every: P90D
input:
  fields:
    number: {type: number}
steps:
  - decide: settle
    yes_no: true
    level: automate
    queue: desk
    sla: {due: PT8H}
  - act: pay
    after: true
    confirm: was_paid
  - act: send
    after: true
    repeatable: true
"""

STEPS = """\
import time
from pathlib import Path

from surehand.core.recommendation import Recommendation

CALLS = Path("@FOLDER@") / "calls.txt"


def called(name: str, key: str) -> None:
    with CALLS.open("a") as file:
        file.write(f"{name} {key} {time.monotonic()}\\n")
    time.sleep(0.002)


def settle(number: float) -> Recommendation[bool]:
    return Recommendation(value=True, confidence=1.0)


def pay(key: str, number: float) -> None:
    called("pay", key)


def was_paid(key: str) -> str | None:
    return "paid" if f"pay {key} " in CALLS.read_text() else None


def send(key: str, number: float) -> None:
    called("send", key)
"""


@dataclass(frozen=True)
class Call:
    name: str
    key: str
    at: float


def calls(folder: Path) -> list[Call]:
    lines = (folder / "calls.txt").read_text().splitlines()
    return [Call(name, key, float(at)) for name, key, at in (line.split() for line in lines)]


@pytest.fixture
def contexts(fresh_url: str, tmp_path: Path) -> list[Context]:
    """One process on SQLite, two on PostgreSQL: each has its own gate."""
    write_process(tmp_path, "payments", PROCESS, STEPS.replace("@FOLDER@", str(tmp_path)))
    (tmp_path / "calls.txt").write_text("")
    with ExitStack() as stack:
        found = []
        for _ in range(1 if fresh_url.startswith("sqlite") else 2):
            surehand = assembled(tmp_path, database=opened(fresh_url))
            stack.callback(surehand.close)
            found.append(surehand.context)
        yield found


def test_nothing_begins_once_a_stop_has_returned_and_nothing_is_lost(
    contexts: list[Context], tmp_path: Path
) -> None:
    over, faults = threading.Event(), list[BaseException]()

    def works(context: Context) -> None:
        try:
            while not over.is_set():
                if not drain(context):
                    time.sleep(0.002)
        except BaseException as fault:  # noqa: BLE001 - raised by the test
            faults.append(fault)

    items = [Submission(process="payments", key=f"k{n}", input={"number": n}) for n in range(CASES)]
    submit_many(contexts[0], items, submitter="robot")
    while drain(contexts[0], frozenset({"advance"})):
        pass  # what is decided during a stop would go to people
    threads = [threading.Thread(target=works, args=(one,)) for one in contexts for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    begun = time.monotonic() + 60
    while not calls(tmp_path) and time.monotonic() < begun and not faults:
        time.sleep(0.01)
    draws, quiet = random.Random(5), []
    for number in range(ROUNDS):
        time.sleep(draws.uniform(0.05, 0.1))
        process = draws.choice(["payments", None])
        one = stopping.stop(draws.choice(contexts), "boss", process, because=f"round {number}")
        since = time.monotonic()
        time.sleep(0.15)
        stopping.ask_to_resume(draws.choice(contexts), "boss", one.id)
        until = time.monotonic()
        quiet.append((since, until))
        stopping.agree(draws.choice(contexts), "lead", one.id)
    ends = time.monotonic() + 60
    while _left(contexts[0]) and time.monotonic() < ends and not faults:
        time.sleep(0.05)
    over.set()
    for thread in threads:
        thread.join()
    assert not faults, faults
    made = calls(tmp_path)
    late = [(call, span) for call in made for span in quiet if span[0] < call.at < span[1]]
    assert not late
    assert any(call.at < quiet[0][0] for call in made), "nothing ran before the first stop"
    assert any(call.at > quiet[-1][1] for call in made), "nothing was left for after the last"
    assert Counter(call.name for call in made) == {"pay": CASES, "send": CASES}
    assert set(Counter((call.name, call.key) for call in made).values()) == {1}
    with contexts[0].db.read() as connection:
        states = Counter(connection.execute(select(tables.case.c.state)).scalars())
        marks = connection.execute(
            select(tables.audit_event.c.at).where(tables.audit_event.c.kind == "action_started")
        )
        began = list(marks.scalars())
        spans = list(connection.execute(select(tables.stop.c.at, tables.stop.c.ended_at)))
        assert work.counts(connection) == {}
    assert states == {CaseState.DONE: CASES}
    assert not [at for at in began for first, last in spans if first <= at < last], "a mark in a stop"
    assert verify(contexts[0]).holds


def _left(context: Context) -> int:
    with context.db.read() as connection:
        return sum(work.counts(connection).values())


def test_callers_who_run_their_own_work_stop_as_well(contexts: list[Context], tmp_path: Path) -> None:
    over, faults, taken = threading.Event(), list[BaseException](), list[str]()

    def calls_for_itself(context: Context, who: int) -> None:
        try:
            for number in range(400):
                if over.is_set():
                    return
                given = Submission(process="payments", key=f"{who}-{number}", input={"number": number})
                taken.append(submit_now(context, given, submitter="robot").case.id)
        except BaseException as fault:  # noqa: BLE001 - raised by the test
            faults.append(fault)

    threads = [
        threading.Thread(target=calls_for_itself, args=(contexts[n % len(contexts)], n)) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    one = stopping.stop(contexts[-1], "boss", None, because="enough")
    since = time.monotonic()
    time.sleep(0.2)
    over.set()
    for thread in threads:
        thread.join()
    until = time.monotonic()
    assert not faults, faults
    assert not [call for call in calls(tmp_path) if since < call.at < until]
    stopping.ask_to_resume(contexts[0], "boss", one.id)
    stopping.agree(contexts[0], "lead", one.id)
    while any(drain(context) for context in contexts):
        pass
    counted = Counter((call.name, call.key) for call in calls(tmp_path))
    assert set(counted.values()) == {1}
    with contexts[0].db.read() as connection:
        states = Counter(connection.execute(select(tables.case.c.state)).scalars())
    assert states[CaseState.DONE] * 2 == len(counted)
    assert states[CaseState.DONE] + states[CaseState.WAITING] == len(taken)
    assert states[CaseState.WAITING], "no case came during the stop"
