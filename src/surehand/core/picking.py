"""Answers that are lists: several of the choices, or the best of some names in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from surehand.core.case import Judgement
from surehand.core.steps import Decide


def picked(step: Decide, value: Any, facts: Mapping[str, Any] | None = None) -> list[str]:
    """A list that answers a decision point, in the order of its choices or of its ranks. Raises ValueError.

    facts  of the case, which hold the names to pick from; None: they are not known
    """
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ValueError("must be a list of texts")
    if len(set(given)) < len(given):
        raise ValueError("names one of them twice")
    there = candidates(step, facts)
    if there is not None and (unknown := [one for one in given if one not in there]):
        raise ValueError(f"'{unknown[0][:60]}' is none of: {', '.join(there)[:600]}")
    if there is not None and not there:
        raise ValueError("has nothing to pick from")
    if step.ranking is None:
        if not given:
            raise ValueError("must name at least one")
        return [one for one in step.choices or () if one in given]
    most = step.ranking.top if there is None else min(step.ranking.top, len(there))
    if len(given) > most or (there is not None and len(given) < most):
        raise ValueError(f"must name {most}, the best first")
    return list(given)


def candidates(
    step: Decide, facts: Mapping[str, Any] | None, judged: Judgement | None = None
) -> Sequence[str] | None:
    """What is picked from; None while it is not known.

    judged  a judgement that is checked, which was about the names of its time
    """
    drawn = (judged.draw or {}).get("names") if judged is not None else None
    if drawn is not None:
        return list(drawn)
    if step.ranking is None:
        return step.choices or ()
    if facts is None:
        return None
    return list(dict.fromkeys(str(one) for one in facts.get(step.ranking.of) or ()))


def same_pick(one: Any, other: Any) -> bool:
    """Two lists name the same: order above the cut is no error, a name on the wrong side of it is."""
    return set(one) == set(other)
