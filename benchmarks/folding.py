"""How long it takes to tell a guard of 1,000 blind answers.

guard  the state in memory: 1,000 judgements, then the 1,000 answers to them, and a look at the evidence after
       every 50 of them; once with answers after all judgements, once with each soon after its own
store  the whole fold on SQLite on disk, with synchronous commits: evidence is read, told, numbered, and the
       state kept; of 1,000 judgements, then of the 1,000 answers to them
look   at the report of a guarantee after 2,000 and after 20,000 judgements

Milliseconds, and those of the processor, which a busy machine distorts less; the median of several. The
guard has levels, and some evidence, before.
"""

import gc
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.refunds import PROCESS, item, place
from surehand.app import Surehand
from surehand.core.guarantee import Evidence, Judged, Plan
from surehand.core.guard import Guard
from surehand.flow import guarding, reporting
from surehand.flow.admission import Accepted
from surehand.flow.context import Context
from surehand.flow.intake import submit_many
from surehand.flow.running import drain
from surehand.store import evidence
from tests.guarantees.worlds import lived, steady
from tests.pasts import Happening, told

LABELS, BEFORE, REPEATS = 1_000, 800, 7
POINT = ("refunds", "refund")
_PROMISE = "guarantee: {error: 0.02, sure: 0.95, on_error: record}"


Times = NDArray[np.float64]


def report() -> dict[str, Any]:
    """All figures."""
    memory = [_in_memory() for _ in range(REPEATS)]
    store = [_in_store() for _ in range(REPEATS)]
    return {
        "labels": LABELS,
        "repeats": REPEATS,
        "guard": _middle({name: [one[name] for one in memory] for name in memory[0]})
        | _middle({"both, each answer soon after its judgement": [_along() for _ in range(REPEATS)]}),
        "store": _middle({name: [one[name] for one in store] for name in store[0]}),
        "look": _middle(_looked()),
    }


def _middle(times: Mapping[str, Sequence[Times]]) -> dict[str, dict[str, float]]:
    middle = {name: np.median(found, axis=0).round(1).tolist() for name, found in times.items()}
    return {name: dict(zip(("ms", "of the processor"), found, strict=True)) for name, found in middle.items()}


def _now() -> Times:
    """Milliseconds that passed, and that this process had of the processor."""
    return np.array([time.perf_counter(), time.process_time()]) * 1_000


def begun() -> Guard:
    """A guard that has levels, and evidence of some blocks."""
    scores, right = steady(BEFORE, np.random.default_rng(1))
    return lived(Plan(0.02), scores, right, seed=1, delay=lambda *_: 0.0).guard


def _judged(guard: Guard, score: float) -> Judged:
    terms = guard.terms
    return Judged(guard.judged, terms, score, terms.alone(score), terms.odds(score), asked=True)


def _in_memory() -> dict[str, Times]:
    """The judgements, and the answers with a look after every 50."""
    guard = begun()
    scores, right = steady(LABELS, np.random.default_rng(2))
    gc.collect()
    began = _now()
    made = []
    for score in scores.tolist():
        made.append(_judged(guard, score))
        guard.judge(made[-1])
    between = _now()
    for number, (one, came) in enumerate(zip(made, right.tolist(), strict=True), 1):
        guard.answer(one, right=came)
        if number % guard.plan.together == 0:
            guard.look()
    return {"judgements": between - began, "answers and looks": _now() - between}


def _along() -> Times:
    """Both, where each answer comes 20 judgements after its own."""
    guard, late = begun(), 20
    scores, right = steady(LABELS, np.random.default_rng(2))
    gc.collect()
    began = _now()
    made: list[Judged] = []
    for number, score in enumerate(scores.tolist()):
        made.append(_judged(guard, score))
        guard.judge(made[-1])
        if number >= late:
            guard.answer(made[number - late], right=bool(right[number - late]))
    for number in range(LABELS - late, LABELS):
        guard.answer(made[number], right=bool(right[number]))
    return _now() - began


@contextmanager
def _promising() -> Iterator[Surehand]:
    with (
        tempfile.TemporaryDirectory(prefix="folding-") as folder,
        place(
            f"sqlite:///{Path(folder) / 'surehand.db'}",
            process=PROCESS.replace("bands: review-flow", _PROMISE),
        ) as surehand,
    ):
        yield surehand


def _in_store() -> dict[str, Times]:
    """The folds."""
    with _promising() as surehand:
        context = surehand.context
        for start in range(0, BEFORE, 200):
            # confidence is fitted first, then levels are set
            _answered(context, _submitted(context, start, 200))
            guarding.fold(context)
        with context.db.read() as connection:
            assert evidence.standings(connection)[0].body["levels"]
        cases = _submitted(context, BEFORE, LABELS)
        judgements = _folded(context)
        _answered(context, cases)
        return {"judgements": judgements, "answers": _folded(context)}


def _looked() -> dict[str, list[Times]]:
    """Reports of an ever longer past."""
    drawn, found = random.Random(1), {}
    with _promising() as surehand:
        for judged, more in ((2_000, 2_000), (20_000, 18_000)):
            past = [Happening(drawn.random(), drawn.random() > 0.01) for _ in range(more)]
            told(surehand.context, POINT, past, seed=judged, together=500)
            found[f"{judged} judgements"] = [_reported(surehand.context, judged) for _ in range(REPEATS)]
    return found


def _reported(context: Context, judged: int) -> Times:
    gc.collect()
    began = _now()
    found = reporting.reported(context, *POINT)
    assert found.judged == judged
    return _now() - began


def _submitted(context: Context, start: int, count: int) -> list[str]:
    """Cases that people decide unseen; their numbers."""
    sure = np.random.default_rng(start).beta(20, 1, count)
    found = []
    for at in range(0, count, 100):
        items = [item(start + n, sure=round(float(sure[n]), 4)) for n in range(at, min(at + 100, count))]
        taken = submit_many(context, items, submitter="ida.owner")
        found += [one.case.id for one in taken if isinstance(one, Accepted)]
    while drain(context):
        pass
    return found


def _answered(context: Context, cases: Sequence[str]) -> None:
    found = [Evidence(*POINT, "answered", {"right": True}, case_id, 1) for case_id in cases]
    context.db.write(lambda connection: evidence.add(connection, found))


def _folded(context: Context) -> Times:
    gc.collect()
    began = _now()
    count = guarding.fold(context)
    assert count == LABELS, count
    return _now() - began
