"""Recommendations from a first-hit table of conditions."""

from collections.abc import Sequence
from typing import Any

from surehand.core.bound import BoundStep, Facts
from surehand.core.recommendation import Alternative, Recommendation
from surehand.providers.answer import checked, nothing
from surehand.providers.protocol import Brought

_SOURCE = "rules"


def recommend(
    step: BoundStep,
    cases: Sequence[Facts],
    brought: Sequence[Brought | None],  # noqa: ARG001 (the protocol)
) -> list[Recommendation[Any] | Exception]:
    """The first row whose condition is true answers. See `Provider`.

    The signal `rule_clarity` is 1.0 when all rows that hit say the same, else the share that says what the
    first hit says. Rules are certain of what they say, so the confidence is that share too. A condition that
    cannot be told leaves no answer: the row might have been the first.
    """
    return [_one(step, facts) for facts in cases]


def _one(step: BoundStep, facts: Facts) -> Recommendation[Any] | Exception:
    rows = step.model.table if step.model is not None else ()
    if not rows or step.table is None or len(rows) != len(step.table):
        return TypeError(f"'{step.step.name}' has no table")
    hits = step.table(facts)
    for number, (row, hit) in enumerate(zip(rows, hits, strict=True), start=1):
        if hit is None:
            text = f"Row {number} could not be told ({row.when})"
            return nothing(text, source=_SOURCE, signals={"rule_clarity": 0.0})
    hitting = [row for row, hit in zip(rows, hits, strict=True) if hit]
    if not hitting:
        return nothing("No row of the table applies", source=_SOURCE, signals={"rule_clarity": 0.0})
    first = hitting[0]
    agreeing = [row for row in hitting if row.recommend == first.recommend]
    clarity = len(agreeing) / len(hitting)
    others = {row.recommend: row for row in reversed(hitting) if row.recommend != first.recommend}
    given = Recommendation(
        value=first.recommend,
        confidence=clarity,
        reasons=tuple(dict.fromkeys(row.because for row in agreeing)),
        alternatives=tuple(Alternative(row.recommend, row.because) for row in others.values()),
        signals={"rule_clarity": clarity},
        source=_SOURCE,
    )
    return checked(step.step, given)
