"""Two public tables on which no model can keep what is promised, and how groups fare on one of them.

A classifier learns from one part. What the guard says of its decisions on the other part is told twice: of
these cases as they are, in their order and each once; and of decisions drawn from them with replacement, in
many runs, since some hundred cases are too few for anything to be certified or refused. People answer blind
and never slip: it is the model that is at fault.

why     wrong among the surest cases, at the coverages from which the guard begins
groups  by `race`, where the cases tell it: wrong, said yes where no was right (false positives), said no
        where yes was right (false negatives); by the model that learned here, and by the score that was in
        use, which says yes from 5 of 10 on. A figure rests on 50 cases at least
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.classifiers import Split, area, wilson
from benchmarks.guarantee_texts import Pool, drawn
from surehand.core.claims import sentence
from surehand.core.classification import Taught
from surehand.core.course import Group, Span
from surehand.core.guarantee import Judged, Plan, Turning
from surehand.core.guard import Guard
from surehand.core.report import GroupReport, SliceReport, slices
from surehand.providers import table_classifier
from tests.guarantees.worlds import Past, lived

DECISIONS = 6_000

#: The score in use says yes from here on.
_HIGH = 5


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said of the tested cases.

    scores, right  (n,) confidence, and whether the answer is right
    said           the answers themselves
    """

    scores: NDArray[np.float64]
    right: NDArray[np.bool_]
    said: Sequence[Any]


def answers(split: Split) -> Answers:
    """What a model that learned from one part says of the other."""
    model = table_classifier.train(split.learned, reads=split.reads, vectors=None).model
    readings = model.readings([one.values for one in split.tested])
    said = [readings.answers[best] if best >= 0 else None for best in readings.best]
    right = np.array([a == one.answer for a, one in zip(said, split.tested, strict=True)])
    return Answers(readings.confidence, right, said)


def report(split: Split, plan: Plan, *, runs: int) -> dict[str, Any]:
    """All figures of one set."""
    given = answers(split)
    once = lived(plan, given.scores, given.right, seed=0, delay=lambda *_: 0.0)
    pool = given.scores, given.right
    found = {
        "learned from": len(split.learned),
        "tested on": len(split.tested),
        "right": wilson(given.right),
        "right from wrong, AUROC": area(given.scores, given.right),
        "why: wrong among the surest": surest(pool, plan),
        "each case once": {"state": once.guard.status.value, "sentence": sentence(once.guard)},
        f"{DECISIONS:,} drawn decisions": told([_many(pool, plan, seed=seed) for seed in range(runs)]),
    }
    if all("race" in one.values for one in split.tested):
        old = [one.values["score"] >= _HIGH for one in split.tested]
        for name, said in (("", given.said), (", score in use", old)):
            of = by_race(split.tested, said)
            found[f"groups{name}"] = {one.value: shares(one) for one in of.groups}
            found[f"gaps{name}"] = [gap.sentence for gap in of.gaps]
    return found


def _many(pool: Pool, plan: Plan, *, seed: int) -> Past:
    scores, right = drawn(pool, DECISIONS, np.random.default_rng(seed))
    return lived(plan, scores, right, seed=seed)


def surest(pool: Pool, plan: Plan) -> dict[str, list[float]]:
    """Coverage -> share of wrong answers among the surest cases, with its 95 % interval."""
    order = np.argsort(-pool[0], kind="stable")
    wrong = ~pool[1][order]
    return {
        f"{share:.0%}": wilson(wrong[: max(round(share * len(wrong)), 1)])
        for share in (0.1, *plan.starts, 1.0)
    }


def told(pasts: Sequence[Past]) -> dict[str, Any]:
    """What became of the runs, and what the guard says at the end of most of them."""
    refusals = [past.first(Turning.REFUSED) for past in pasts]
    after = [at for at in refusals if at is not None]
    state = Counter(past.guard.status for past in pasts).most_common(1)[0][0]
    return {
        "runs that were refused": round(len(after) / len(pasts), 4),
        "refused after, median": round(float(np.median(after))) if after else None,
        "runs in which anything ran alone": round(float(np.mean([past.alone.any() for past in pasts])), 4),
        "state": state.value,
        "sentence": next(sentence(past.guard) for past in pasts if past.guard.status is state),
    }


def by_race(cases: Sequence[Taught], said: Sequence[Any]) -> SliceReport:
    """How groups fare, as the page of a guarantee tells it where every case is answered blind.

    said  yes or no, for each case
    """
    every = Judged(0, Guard(Plan(0.5)).terms, None, alone=False, odds=1.0, asked=True)
    found: dict[str, Group] = {}
    for case, yes in zip(cases, map(bool, said), strict=True):
        group = found.setdefault(str(case.values["race"]), Group())
        group.cases += 1
        group.answer(every, yes, right=yes == case.answer)
    return slices(Span(slices={"race": found}))[0]


def shares(group: GroupReport) -> dict[str, Any]:
    """Each share with its 95 % interval; None where too few cases tell."""
    found = {
        "wrong": group.wrong,
        "false positives": group.false_positives,
        "false negatives": group.false_negatives,
    }
    return {"cases": group.cases} | {
        name: None if one is None else [round(value, 4) for value in (one.share, one.low, one.high)]
        for name, one in found.items()
    }
