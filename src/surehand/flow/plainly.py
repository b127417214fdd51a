"""Records without what a model said: for whoever decides without it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from surehand.core.audit import Link
from surehand.core.bound import BoundProcess
from surehand.core.case import Assignment, about
from surehand.core.policy import Trigger
from surehand.core.steps import DecisionPoint

Reason = Mapping[str, Any]

#: Triggers that speak of the case and not of how sure a model was.
_OF_THE_CASE = frozenset(
    {Trigger.MISSING_FIELD, Trigger.HIGH_STAKES, Trigger.REPEATED_FAILURE, Trigger.NO_RATE}
)

#: What is said of a reading besides how sure the reader was and what else it might be.
_OF_READINGS = ("by", "person", "evidence")

#: What is kept back of an event about a decision point, by kind; None: all but which decision it is about.
_KEPT_BACK: Mapping[str, tuple[str, ...] | None] = {
    "recommended": None,
    "spot_checked": None,
    "routed": ("reasons", "limit", "shown", "draw", "parts", "limits", "cut"),
    "assigned": ("because",),
    "verdict": ("override", "shown"),
}


def plain_reasons(process: BoundProcess | None, reasons: Iterable[Reason]) -> list[Reason]:
    """The reasons of a route that repeat nothing that a model said, in their order."""
    written = _written(process) if process is not None else frozenset()
    return [reason for reason in reasons if _is_plain(reason, written)]


def _is_plain(reason: Reason, written: frozenset[str]) -> bool:
    text = str(reason.get("text", ""))
    if text.startswith("Always ") or reason.get("trigger") in _OF_THE_CASE:
        return True
    return text in written or text.partition(": ")[2] in written


def _written(process: BoundProcess) -> frozenset[str]:
    """The sentences that the map's rules say."""
    points = [b.step for b in process.steps if isinstance(b.step, DecisionPoint)]
    return frozenset(rule.because for point in points for rule in point.rules)


def plain_because(given: Assignment, reasons: Iterable[Reason]) -> Assignment:
    """An assignment that says why it was given with these reasons alone."""
    if given.kind not in ("decide", "notice", "finding"):
        return given
    passed_on = given.because.partition(":")[0] if given.because.startswith("escalated by ") else ""
    texts = "; ".join(str(reason["text"]) for reason in reasons)
    return replace(given, because=": ".join(filter(None, (passed_on, texts))))


def plain_readings(readings: Mapping[str, Any]) -> dict[str, Any]:
    """Readings without how sure a model was."""
    return {
        name: {part: value for part, value in reading.items() if part in _OF_READINGS}
        for name, reading in readings.items()
    }


def plain_event(link: Link, hidden: str | None) -> Link:
    """An event without what would tell the AI's view of a decision point; None: of none."""
    body = link.body
    if hidden is None or not isinstance(body, dict):
        return link
    # what rows say could be tried out against their digests
    body = _without(body, ("records",))
    link = replace(link, body=body)
    if link.kind == "read":
        return replace(link, body=_without(body, ("sure", "similarity")))
    if about(str(body.get("point") or "")) != hidden:
        return link
    # what people said of an earlier round with the AI's view before them tells that view
    answered = body.get("verdict") in ("approve", "reject") or not body.get("fields")
    said = link.kind == "verdict" and body.get("verdict") not in ("ask", "escalate") and answered
    parts = None if said else _KEPT_BACK.get(link.kind, ())
    if parts is None:
        return replace(link, body={"point": hidden, "round": body.get("round"), "withheld": True})
    return replace(link, body=_without(body, parts))


def _without(body: Mapping[str, Any], parts: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in parts}
