"""A verdict that was given and is not in effect yet: for some seconds whoever gave it may withdraw it.

Until then it is nothing but data on its assignment. Nothing counts it, nobody is told of it and nothing runs,
so that withdrawing it leaves nothing behind but two events.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from surehand.core.case import Assignment
from surehand.core.hearing import Answer
from surehand.core.lifecycle import lapsed
from surehand.core.passage import Passage
from surehand.core.values import storable

#: Kinds of assignment whose verdicts can wait. An override stops something, and would come too late.
_WAITING = frozenset({"decide", "exception", "repair", "check"})

#: It is not among anybody's work until it is in effect, which may be some moments after its time has come.
_ABOUT_NOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pending:
    """A verdict that is not in effect yet.

    by     who gave it
    at     when; until: when it takes effect
    round  that it is about
    """

    by: str
    at: datetime
    until: datetime
    round: int
    answer: Answer


def can_wait(assignment: Assignment) -> bool:
    """A verdict on it loses nothing by a few seconds."""
    return assignment.kind in _WAITING


def put(
    passage: Passage, assignment: Assignment, answer: Answer, *, by: str, until: datetime, round: int
) -> None:
    """A person has given a verdict, which takes effect later."""
    kept: Any = storable({**asdict(answer), "fields": dict(answer.fields)})
    body = {"at": passage.at.isoformat(), "round": round, "answer": kept}
    passage.update(
        replace(
            assignment, pending=body, pending_by=by, pending_until=until, snoozed_until=until + _ABOUT_NOW
        )
    )
    passage.note(
        "pending", by, verdict=answer.kind, point=assignment.point, round=round, until=until.isoformat()
    )


def pending_of(assignment: Assignment) -> Pending | None:
    """The verdict on it that is not in effect yet."""
    kept: Mapping[str, Any] | None = assignment.pending
    if kept is None or assignment.pending_by is None or assignment.pending_until is None:
        return None
    return Pending(
        by=assignment.pending_by, at=datetime.fromisoformat(kept["at"]), until=assignment.pending_until,
        round=kept["round"], answer=Answer(**kept["answer"]),
    )  # fmt: skip


def withdraw(passage: Passage, assignment: Assignment) -> None:
    """Whoever gave it takes it back, before it counted for anything."""
    given = pending_of(assignment)
    assert given is not None
    passage.update(assignment.unanswered())
    passage.note("withdrawn", given.by, verdict=given.answer.kind, point=assignment.point, round=given.round)


def lapse(passage: Passage, assignment: Assignment, because: str) -> None:
    """It cannot take effect, and the assignment waits again; whoever gave it is told why."""
    passage.update(assignment.unanswered())
    lapsed(passage, assignment, because)
