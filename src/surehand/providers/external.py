"""Recommendations that the caller brings with the case, as JSON: somebody else's model decides."""

from collections.abc import Mapping, Sequence
from typing import Any

from surehand.core.bound import BoundStep, Facts
from surehand.core.recommendation import Alternative, Evidence, Recommendation
from surehand.providers.answer import checked, nothing
from surehand.providers.protocol import Brought

_SOURCE = "external"
_MOST_EVIDENCE, _LONGEST_QUOTE = 100, 2_000


def recommend(
    step: BoundStep,
    cases: Sequence[Facts],  # noqa: ARG001 (the protocol)
    brought: Sequence[Brought | None],
) -> list[Recommendation[Any] | Exception]:
    """What the caller brought. See `Provider`.

    brought  `{"value", "confidence", "reasons": [...], "alternatives": [{"value", "because", "confidence"}],
             "evidence": [{"source", "start", "end", "quote", "reason"}], "signals": {...}, "source"}`;
             what has the wrong shape is left out, and a confidence that is impossible counts as none
    """
    return [_one(step, one) for one in brought]


def _one(step: BoundStep, brought: Brought | None) -> Recommendation[Any]:
    if not isinstance(brought, Mapping) or brought.get("value") is None:
        return nothing("The caller brought no recommendation", source=_SOURCE)
    signals = brought.get("signals")
    given = Recommendation(
        value=brought["value"],
        confidence=_number(brought.get("confidence")),
        reasons=tuple(one for one in _listed(brought.get("reasons")) if isinstance(one, str)),
        alternatives=tuple(_alternatives(brought.get("alternatives"))),
        evidence=tuple(_evidence(brought.get("evidence"))),
        signals={str(name): _number(one) for name, one in signals.items()}
        if isinstance(signals, Mapping)
        else {},
        source=str(brought.get("source") or _SOURCE)[:200],
    )
    return checked(step.step, given)


def _alternatives(given: Any) -> list[Alternative]:
    return [
        Alternative(one["value"], str(one.get("because") or ""), _number(one.get("confidence")))
        for one in _listed(given)
        if isinstance(one, Mapping) and one.get("value") is not None
    ]


def _evidence(given: Any) -> list[Evidence]:
    """What stands in a text of the case; whether it does is seen where the text is."""
    return [
        Evidence(
            str(one.get("quote") or "")[:_LONGEST_QUOTE], source=one.get("source"), start=one.get("start"),
            end=one.get("end"), reason=one.get("reason"),
        )
        for one in _listed(given)[:_MOST_EVIDENCE]
        if isinstance(one, Mapping)
    ]  # fmt: skip


def _listed(value: Any) -> Sequence[Any]:
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, list | tuple) else ()


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
