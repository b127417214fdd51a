"""Records without what a model said: for whoever decides without it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from surehand.core.audit import Link
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import Assignment, about
from surehand.core.policy import Trigger
from surehand.core.steps import DecisionPoint, Verify

Reason = Mapping[str, Any]

#: Triggers that speak of the case and not of how sure a model was.
_OF_THE_CASE = frozenset(
    {Trigger.MISSING_FIELD, Trigger.HIGH_STAKES, Trigger.REPEATED_FAILURE, Trigger.NO_RATE}
)

#: Of these, what tells what a reader found.
_OF_A_READING = frozenset({Trigger.MISSING_FIELD, Trigger.NO_RATE})

#: What is said of a reading besides how sure the reader was and what else it might be.
_OF_READINGS = ("by", "person", "evidence")

#: What is kept back of an event about a decision point, by kind; None: all but which decision it is about.
_KEPT_BACK: Mapping[str, tuple[str, ...] | None] = {
    "recommended": None,
    "spot_checked": None,
    "routed": ("reasons", "limit", "shown", "draw", "parts", "limits", "cut"),
    "assigned": ("because",),
    "verdict": ("override", "shown"),
    # who had the AI's view before them may say what it was
    "looked_elsewhere": None,
}

#: Events that say what a person answered, also where it came to nothing.
_SAID = frozenset({"verdict", "pending", "withdrawn", "lapsed"})

#: Events that never say what was read; `plain_event` strips those of a decision point.
_OF_NO_READING = frozenset(
    {"received", "recommended", "routed", "assigned", "claimed", "reminded", "escalated", "unanswered",
     "spot_checked"}
)  # fmt: skip


def plain_reasons(process: BoundProcess | None, point: str, reasons: Iterable[Reason]) -> list[Reason]:
    """The reasons of a route at a decision point that repeat nothing that a model said, in their order."""
    bound = next((b for b in process.steps if b.step.name == point), None) if process is not None else None
    written = _written(bound) if bound is not None else frozenset()
    of_the_case = _OF_THE_CASE - _OF_A_READING if entered_unseen(bound) else _OF_THE_CASE
    return [reason for reason in reasons if _is_plain(reason, written, of_the_case)]


def _is_plain(reason: Reason, written: frozenset[str], of_the_case: frozenset[Trigger]) -> bool:
    text = str(reason.get("text", ""))
    if text.startswith("Always ") or reason.get("trigger") in of_the_case:
        return True
    return text in written or text.partition(": ")[2] in written


def _written(bound: BoundStep) -> frozenset[str]:
    """The sentences that the map's rules say, except of what was read, where that is what is asked."""
    point, hidden = bound.step, entered_unseen(bound)
    assert isinstance(point, DecisionPoint)
    named = bound.conditions.names if bound.conditions is not None else ()
    # those of the rules come first
    return frozenset(
        rule.because for rule, names in zip(point.rules, named, strict=False) if hidden.isdisjoint(names)
    )


def entered_unseen(bound: BoundStep | None) -> frozenset[str]:
    """The facts that are kept from whoever decides here alone, since it is for them to say what they are."""
    point = bound.step if bound is not None else None
    return frozenset(point.fields) if isinstance(point, Verify) else frozenset()


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


def plain_event(
    link: Link, hidden: Collection[str], entered: frozenset[str] = frozenset(), *, anew: bool = False
) -> Link:
    """An event without what would tell the AI's view of some decision points.

    entered  facts that are to be entered unseen, see `entered_unseen`
    anew     the case has been further than that before, so that what came of them is told as well
    """
    body = link.body
    if not isinstance(body, dict):
        return link
    if entered:
        body = _unread(link, body, hidden, entered, anew=anew)
        link = replace(link, body=body)
    if not hidden or body.get("withheld"):
        return link
    # what rows say could be tried out against their digests
    body = _without(body, ("records",))
    link = replace(link, body=body)
    if link.kind == "read":
        return replace(link, body=_without(body, ("sure", "similarity")))
    point = about(str(body.get("point") or ""))
    if point not in hidden:
        return link
    # what people said of an earlier round with the AI's view before them tells that view
    answered = body.get("verdict") in ("approve", "reject") or not body.get("fields")
    said = link.kind in _SAID and body.get("verdict") not in ("ask", "escalate") and answered
    parts = None if said else _KEPT_BACK.get(link.kind, ())
    if parts is None:
        return replace(link, body={"point": point, "round": body.get("round"), "withheld": True})
    return replace(link, body=_without(body, parts))


def untagged(link: Link) -> Link:
    """An event without the tags of an answer."""
    if isinstance(link.body, dict) and link.body.get("tags"):
        return replace(link, body=_without(link.body, ("tags",)))
    return link


def _unread(
    link: Link, body: dict[str, Any], hidden: Collection[str], entered: frozenset[str], *, anew: bool
) -> dict[str, Any]:
    """An event without what was read. Until it is verified nothing rests on it, so nothing else tells it."""
    if link.kind == "read":
        facts = {name: value for name, value in body.get("facts", {}).items() if name not in entered}
        return {**_without(body, ("facts", "sure", "similarity", "records")), "facts": facts}
    elsewhere = about(str(body.get("point") or "")) not in {"", *hidden}
    if not anew or (link.kind in _OF_NO_READING and not elsewhere):
        return _without(body, ("records",))
    return {"point": body.get("point"), "round": body.get("round"), "withheld": True}


def _without(body: Mapping[str, Any], parts: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in parts}
