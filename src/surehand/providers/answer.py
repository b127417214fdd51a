"""A recommendation made fit to use: an answer that the decision point knows, and possible numbers.

What does not fit becomes an answer of None with the reason, and so goes to a person; it never loses the case.
"""

import enum
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from surehand.core.answering import label
from surehand.core.picking import picked
from surehand.core.recommendation import Alternative, Recommendation, probability
from surehand.core.steps import Decide, StepBase

_LONGEST_REASON = 2_000
_MOST = 50


class Misfit(ValueError):
    """The answer is none that this decision point knows."""


def checked(step: StepBase, given: Recommendation[Any]) -> Recommendation[Any]:
    """The recommendation with an answer as JSON, possible confidences, and reasons as texts."""
    reasons = tuple(str(reason)[:_LONGEST_REASON] for reason in _several(given.reasons))
    value: Any = None
    try:
        value = None if given.value is None else answer(step, given.value)
    except Misfit as misfit:
        reasons = (str(misfit), *reasons)
    return replace(
        given,
        value=value,
        # Without a usable answer there is nothing to be sure of.
        confidence=probability(given.confidence) if value is not None else None,
        reasons=reasons,
        alternatives=tuple(_alternatives(step, given.alternatives)),
        evidence=tuple(given.evidence),
        signals={str(name): probability(reading) for name, reading in given.signals.items()},
    )


def nothing(
    reason: str, *, source: str = "", signals: Mapping[str, float | None] | None = None
) -> Recommendation[Any]:
    """No answer, and why."""
    return Recommendation(value=None, reasons=(reason,), source=source, signals=signals or {})


def answer(step: StepBase, value: Any) -> Any:
    """The answer as JSON. Raises Misfit if the decision point cannot be answered with it."""
    plain = value.value if isinstance(value, enum.Enum) else value
    if not isinstance(step, Decide):
        return _text(plain)
    if step.picks:
        try:
            return picked(step, plain)
        except ValueError as error:
            raise Misfit(f"The answer {_shown(plain)} {error}") from None
    if step.one_of is not None:
        if not isinstance(plain, str) or plain not in step.one_of:
            raise Misfit(f"The answer {_shown(plain)} is none of {', '.join(step.one_of)}")
        return plain
    if step.open_choices:
        try:
            return label(plain)
        except ValueError as error:
            raise Misfit(f"The answer {_shown(plain)} {error}") from None
    if step.yes_no:
        if not isinstance(plain, bool):
            raise Misfit(f"The answer {_shown(plain)} is not yes or no")
        return plain
    return _number(step, plain)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Misfit(f"The answer {_shown(value)} is not a text")
    return value


def _number(step: Decide, value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Misfit(f"The answer {_shown(value)} is not a number")
    try:
        number = float(value) if not isinstance(value, int) or abs(value) > 2**53 else value
    except OverflowError:  # an integer may be larger than any float
        number = math.inf
    if not math.isfinite(number):
        raise Misfit("The answer is not a finite number")
    limits = step.number
    if limits is not None and limits.least is not None and number < limits.least:
        raise Misfit(f"The answer {number:g} is under the least, {limits.least:g}")
    if limits is not None and limits.most is not None and number > limits.most:
        raise Misfit(f"The answer {number:g} is over the most, {limits.most:g}")
    return number


def _alternatives(step: StepBase, given: Iterable[Any]) -> Iterable[Alternative]:
    for one in list(given)[:_MOST]:
        if not isinstance(one, Alternative):
            continue
        try:
            value = answer(step, one.value)
        except Misfit:
            continue
        yield Alternative(value, str(one.because)[:_LONGEST_REASON], probability(one.confidence))


def _several(reasons: Any) -> Sequence[Any]:
    if isinstance(reasons, str):
        return (reasons,)  # one sentence, and not its letters
    return tuple(reasons)[:_MOST] if isinstance(reasons, Iterable) else ()


def _shown(value: Any) -> str:
    text = str(value)
    return f"'{text[:60]}'" if value is not None else "of nothing"
