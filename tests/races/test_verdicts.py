"""Several people, callers and workers at the same thing at the same moment."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from surehand.app import assembled
from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.errors import Conflict, KeyReused
from surehand.flow.context import Context
from surehand.flow.escalate import escalate
from surehand.flow.intake import Accepted, Submission, submit, submit_many
from surehand.flow.review import claim, submit_verdict
from surehand.flow.running import drain, recover
from surehand.flow.verify import verify
from surehand.store import cases, work
from tests.crash.ledger import Ledger, running_ledger
from tests.crash.place import REVIEWERS, write_place

THREADS = 8
TRIALS = 150


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    with running_ledger(seed=1, slowest=0.0) as ledger:
        monkeypatch.setenv("LEDGER", ledger.url)
        yield ledger


@pytest.fixture
def context(tmp_path: Path, database_url: str, ledger: Ledger) -> Iterator[Context]:
    surehand = assembled(write_place(tmp_path / "place", database=database_url))
    yield surehand.context
    assert verify(surehand.context).findings == ()
    surehand.close()


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each in a thread; results and exceptions in order."""
    results = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = calls[place]()
        except Exception as error:  # noqa: BLE001 - compared by the test
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def waiting(context: Context, count: int, *, process: str = "bookings") -> list[str]:
    """So many cases that wait for a person."""
    items = [
        Submission(process=process, key=f"k{n}", input={"item": f"i{n}", "sure": 0.8}) for n in range(count)
    ]
    taken = submit_many(context, items, submitter="client")
    while drain(context):
        pass
    return [accepted.case.id for accepted in taken if isinstance(accepted, Accepted)]


def test_exactly_one_of_eight_verdicts_wins_and_the_others_learn_who(context: Context) -> None:
    draws = random.Random(3)
    for case_id in waiting(context, TRIALS):
        people = [draws.choice(REVIEWERS) for _ in range(THREADS)]
        kinds = [draws.choice(("approve", "reject")) for _ in range(THREADS)]
        results = together(
            *(
                partial(submit_verdict, context, person, case_id, Answer(kind=kind))
                for person, kind in zip(people, kinds, strict=True)
            )
        )
        won = [place for place, result in enumerate(results) if isinstance(result, tuple)]
        assert len(won) == 1, results
        winner, kind = people[won[0]], kinds[won[0]]
        for place, result in enumerate(results):
            if place != won[0]:
                assert isinstance(result, Conflict), result
                assert (result.extra["winner"], result.extra["verdict"]) == (winner, kind)
    with context.db.read() as connection:
        assert work.counts(connection).keys() <= {"ready"}


def test_a_verdict_loses_to_nobody_but_a_verdict(context: Context) -> None:
    """Claims and timers at the same moment take nothing away from who decides."""
    clock = context.clock
    for case_id in waiting(context, 40):
        context.clock = lambda: clock() + timedelta(days=2)  # every timer has come
        results = together(
            partial(submit_verdict, context, "rae.reviewer", case_id, Answer(kind="approve")),
            partial(claim, context, "ron.reviewer", case_id),
            partial(claim, context, "ida.owner", case_id),
            partial(escalate, context),
            partial(escalate, context),
        )
        context.clock = clock
        assert isinstance(results[0], tuple), results[0]
        for result in results[1:3]:
            assert not isinstance(result, Exception) or (
                isinstance(result, Conflict) and result.extra["winner"] == "rae.reviewer"
            ), result
        assert not any(isinstance(result, Exception) for result in results[3:]), results
        with context.db.read() as connection:
            assert not cases.open_assignments(connection, [case_id])


def test_the_same_key_is_the_same_case_however_many_submit_it(context: Context) -> None:
    for trial in range(40):
        items = [
            Submission(process="bookings", key=f"same{trial}", input={"item": str(n % 2), "sure": 0.9})
            for n in range(THREADS)
        ]
        results = together(*(partial(submit, context, item, submitter="client") for item in items))
        accepted = [result for result in results if isinstance(result, Accepted)]
        assert len({result.case.id for result in accepted}) == 1
        assert sum(result.created for result in accepted) == 1
        assert len({result.case.digest for result in accepted}) == 1
        assert len(accepted) == THREADS / 2
        refused = [result for result in results if not isinstance(result, Accepted)]
        assert all(isinstance(result, KeyReused) for result in refused), refused


def test_overlapping_batches_make_each_case_once(context: Context) -> None:
    draws = random.Random(4)
    items = [
        Submission(process="bookings", key=f"k{n}", input={"item": f"i{n}", "sure": 0.9}) for n in range(200)
    ]
    batches = [draws.sample(items, 150) for _ in range(4)]
    results = together(*(partial(submit_many, context, batch, submitter="client") for batch in batches))
    created: Counter[str] = Counter()
    for result in results:
        assert isinstance(result, list), result
        created.update(accepted.case.key for accepted in result if accepted.created)
    assert created == dict.fromkeys({item.key for batch in batches for item in batch}, 1)


@pytest.mark.parametrize("process", ["bookings", "wires"])
def test_workers_side_by_side_run_every_action_once(context: Context, ledger: Ledger, process: str) -> None:
    items = [
        Submission(process=process, key=f"k{n}", input={"item": f"i{n}", "sure": 0.99}) for n in range(300)
    ]
    taken = submit_many(context, items, submitter="client")

    def worker() -> None:
        while drain(context):
            recover(context)

    assert together(*[worker] * 4) == [None] * 4
    while drain(context):
        pass
    assert {item: len(keys) for item, keys in ledger.effects.items()} == {f"i{n}": 1 for n in range(300)}
    assert len(ledger.calls) == 300
    with context.db.read() as connection:
        found = cases.load(connection, [result.case.id for result in taken if isinstance(result, Accepted)])
    assert {case.state for case in found.values()} == {CaseState.DONE}
