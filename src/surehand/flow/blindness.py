"""What is kept back from people while a person is to decide without the AI's view."""

from collections.abc import Mapping, Sequence
from typing import Any

from surehand.core.audit import Link
from surehand.core.case import Assignment, Case, Judgement

#: What is said of a reading besides how sure the reader was and what else it might be.
_PLAIN = ("by", "person", "evidence")


def hidden_point(case: Case, assignment: Assignment | None, judgements: Sequence[Judgement]) -> str | None:
    """The decision point that a person decides alone, now or when the case comes to it again; None if none.

    Not only while it waits: after an edit the engine has the case for a moment, or an exception comes first,
    and what was recommended in the round before would tell what is recommended in the next.
    """
    if assignment is not None and not assignment.level.shows_recommendation:
        return assignment.point
    if not case.state.open:
        return None
    undecided = [j for j in judgements if j.point not in case.answers and not j.level.shows_recommendation]
    return undecided[-1].point if undecided else None


def plain_readings(readings: Mapping[str, Any]) -> dict[str, Any]:
    """Readings without how sure a model was."""
    return {
        name: {part: value for part, value in reading.items() if part in _PLAIN}
        for name, reading in readings.items()
    }


def withheld(link: Link, point: str) -> dict[str, Any] | None:
    """What is left of an event's body; None when it tells nothing that must be kept back."""
    body = link.body
    if not isinstance(body, dict):
        return None
    if link.kind == "recommended" and body.get("point") == point:
        return {"point": point, "round": body.get("round"), "withheld": True}
    if link.kind == "read":
        return {name: value for name, value in body.items() if name not in ("sure", "similarity")}
    return None
