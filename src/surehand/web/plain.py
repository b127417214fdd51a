"""What may be said where a person decides alone: the map's own words and the facts, nothing of a model."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from surehand.core.bound import BoundProcess
from surehand.core.policy import Trigger
from surehand.core.process import DecisionPoint

#: What a name has that a word of a sentence has not: ben.reviewer, due_date.
_IN_NAMES = re.compile(r"\w[._]\w")

#: Triggers that speak of the case and not of how sure a model was.
_OF_THE_CASE = frozenset(
    {Trigger.MISSING_FIELD, Trigger.HIGH_STAKES, Trigger.REPEATED_FAILURE, Trigger.NO_RATE}
)


def opened(text: str, name: str = "") -> str:
    """The text with a capital at its front, unless it begins with a name: those are written as they are.

    name  a name that looks like a word
    """
    first = text.split(" ", 1)[0]
    if _IN_NAMES.search(first) or (name and first == name):
        return text
    return f"{text[:1].upper()}{text[1:]}"


def plain_reasons(
    process: BoundProcess | None, reasons: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The reasons of a route that repeat nothing that a model said, in their order."""
    written = _written(process) if process is not None else frozenset()
    return [reason for reason in reasons if _is_plain(reason, written)]


def _is_plain(reason: Mapping[str, Any], written: frozenset[str]) -> bool:
    text = str(reason.get("text", ""))
    if text.startswith("Always ") or reason.get("trigger") in _OF_THE_CASE:
        return True
    return text in written or text.partition(": ")[2] in written


def _written(process: BoundProcess) -> frozenset[str]:
    """The sentences that the map's rules say."""
    points = [b.step for b in process.steps if isinstance(b.step, DecisionPoint)]
    return frozenset(rule.because for point in points for rule in point.rules)
