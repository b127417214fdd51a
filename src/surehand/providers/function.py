"""Recommendations from a typed function of `steps.py`: for one case at a time, or for a chunk."""

from collections.abc import Sequence
from typing import Any

from surehand.core.bound import BoundStep, Facts
from surehand.core.recommendation import Recommendation
from surehand.providers.answer import checked
from surehand.providers.protocol import Brought


def recommend(
    step: BoundStep,
    cases: Sequence[Facts],
    brought: Sequence[Brought | None],  # noqa: ARG001 (the protocol)
) -> list[Recommendation[Any] | Exception]:
    """What the function says of each case. See `Provider`."""
    if step.many and len(cases) > 1:
        together = _chunk(step, cases)
        if together is not None:
            return together
    return [_one(step, facts) for facts in cases]


def _chunk(step: BoundStep, cases: Sequence[Facts]) -> list[Recommendation[Any] | Exception] | None:
    """All at once; None if that fails, since one bad case must not cost the others their answer."""
    try:
        returned = _call(step, cases)
        return [_recommendation(step, value) for value in returned]
    except Exception:  # noqa: BLE001 (the author's code; each case is tried alone, and its error kept)
        return None


def _one(step: BoundStep, facts: Facts) -> Recommendation[Any] | Exception:
    try:
        returned = _call(step, [facts])[0] if step.many else _function(step)(**_arguments(step, facts))
        return _recommendation(step, returned)
    except Exception as error:  # noqa: BLE001 (the author's code; the error is this case's answer)
        return error


def _call(step: BoundStep, cases: Sequence[Facts]) -> list[Any]:
    rows = [_arguments(step, facts) for facts in cases]
    returned = _function(step)(**{p.name: [row[p.name] for row in rows] for p in step.parameters})
    if not isinstance(returned, list) or len(returned) != len(cases):
        got = f"{len(returned)} answers" if isinstance(returned, list) else type(returned).__name__
        raise TypeError(f"'{step.step.name}' was given {len(cases)} cases and returned {got}")
    return returned


def _arguments(step: BoundStep, facts: Facts) -> dict[str, Any]:
    return {parameter.name: parameter.build(facts) for parameter in step.parameters}


def _function(step: BoundStep) -> Any:
    if step.function is None:
        raise TypeError(f"'{step.step.name}' has no function")
    return step.function


def _recommendation(step: BoundStep, returned: Any) -> Recommendation[Any]:
    given = returned if isinstance(returned, Recommendation) else Recommendation(value=returned)
    return checked(step.step, given)
