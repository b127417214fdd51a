"""What can be wrong with a deadline: rungs out of order, calendars that are missing, an end that runs."""

from datetime import timedelta
from itertools import pairwise

from surehand.core.answering import refusal
from surehand.core.duration import in_words
from surehand.core.people import People, Queue
from surehand.core.process import Process
from surehand.core.steps import Act, DecisionPoint
from surehand.core.terms import Ask, Sla, TimeKind
from surehand.maps.faults import Faults
from surehand.maps.source import DataPath


def check_deadline(
    sla: Sla, queue: Queue | None, path: DataPath, people: People, faults: Faults, *, name: str
) -> None:
    """The clock of a place where a case waits.

    queue  where it waits; None where there is no queue of that name
    path   of the `sla`
    name   of the queue
    """
    due = sla.due or (queue.due if queue else None)
    _order(sla, due, path, faults)
    _counted(sla, queue, path, people, faults, name=name)
    if sla.share is not None and queue is not None and queue.backup is None:
        faults.add(
            (*path, "share"),
            f"Nobody can be given it too: the queue '{name}' has no backup. Name one in people.yaml.",
        )
    for key, who in (("waiting", "waiting customer"), ("blocked", "blocked process")):
        left: timedelta | None = getattr(sla, key)
        if left is not None and due is not None and left >= due:
            faults.add(
                (*path, key), f"A {who} ({in_words(left)}) brings nothing forward: {in_words(due)} is due."
            )
    if sla.escalate_to is not None and queue is not None and set(people.everybody(name)) == {sla.escalate_to}:
        faults.add(
            (*path, "escalate_to"),
            f"It goes round in a circle: '{sla.escalate_to}' is all of the queue '{name}' and has it.",
        )


def _order(sla: Sla, due: timedelta | None, path: DataPath, faults: Faults) -> None:
    """What comes before the deadline does, and in the order in which it makes sense."""
    if sla.remind is not None and due is not None and sla.remind >= due:
        faults.add(
            (*path, "remind"),
            f"The reminder ({in_words(sla.remind)}) comes not before the deadline ({in_words(due)}).",
        )
        return
    end = sla.expire.after if sla.expire is not None else None
    rungs = [("remind", sla.remind), ("warn", sla.warn), ("share", sla.share), ("due", due), ("expire", end)]
    there = [(name, after) for name, after in rungs if after is not None]
    for (early, first), (late, second) in pairwise(there):
        if first >= second:
            key = late if late not in ("due", "expire") else early if late == "due" else "expire"
            faults.add(
                (*path, key),
                f"These are out of order: '{early}' ({in_words(first)}) comes not before '{late}' "
                f"({in_words(second)}).",
            )


def _counted(
    terms: Sla | Ask, queue: Queue | None, path: DataPath, people: People, faults: Faults, *, name: str
) -> None:
    """Working time is that of a calendar."""
    if terms.calendar is not None and terms.calendar not in people.calendars:
        faults.unknown((*path, "calendar"), "The calendar", terms.calendar, people.calendars)
    elif terms.calendar is not None and terms.time is TimeKind.ELAPSED:
        faults.add(
            (*path, "calendar"), "Time as it passes needs no calendar: write time: working, or remove it."
        )
    elif terms.time is TimeKind.WORKING and queue is not None and not (terms.calendar or queue.calendar):
        faults.add(
            (*path, "time"),
            f"Whose working time is not said: write calendar here, or for '{name}' in people.yaml.",
        )


def check_point(process: Process, number: int, people: People, faults: Faults) -> None:
    """What a decision point says of time besides: how it ends without an answer, how questions are timed."""
    step, path = process.steps[number], ("steps", number)
    assert isinstance(step, DecisionPoint)
    if step.ask is not None:
        _counted(step.ask, people.queues.get(step.queue), (*path, "ask"), people, faults, name=step.queue)
        if "answer_within" in step.model_fields_set:
            faults.add((*path, "answer_within"), "'ask' says it already, as 'within': remove one of them.")
    refused = refusal(step)
    if step.sla.expire is None or step.sla.expire.to != "reject" or refused is None:
        return
    for one in process.steps[number + 1 :]:
        if isinstance(one, DecisionPoint):
            return
        if isinstance(one, Act) and one.after in (None, refused):
            faults.add(
                (*path, "sla", "expire", "to"),
                f"'{one.act}' runs after a refusal, and nothing runs because time passed: write to: closed.",
            )
            return
