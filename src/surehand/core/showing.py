"""What a brief shows of a case, on its page and in messages."""

from collections.abc import Iterable
from typing import Any

from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, Assignment, Case
from surehand.core.recommendation import probability
from surehand.core.steps import Act, DecisionPoint, Verify
from surehand.core.values import shown

#: A reading below this is looked at by a person before they approve.
SURE_FROM = 0.90


def names_of(process: BoundProcess, point: DecisionPoint | None) -> tuple[str, ...]:
    """The facts that a brief shows, in order: those that the decision point names, else all."""
    ours = {bound.step.name for bound in process.steps if isinstance(bound.step, DecisionPoint | Act)}
    first = point.fields if isinstance(point, Verify) else ()
    all_ = (*first, *(name for name in process.types if name not in ours and name not in first))
    return (point.facts if point else ()) or all_


def subject_of(case: Case, process: BoundProcess) -> str:
    """Whom the case is about: as it was decided on, or as the next decision point would take it."""
    if case.subject:
        return case.subject
    points = [b.step for b in process.steps if isinstance(b.step, DecisionPoint)]
    return next((shown(case.facts.get(p.subject))[:200] for p in points if p.subject), "")


def to_check(case: Case, process: BoundProcess, names: Iterable[str]) -> bool:
    """A field of these is to be looked at before anybody approves: it is missing, or its reading doubtful."""
    return any(_doubtful(case, process, name) for name in names if name in process.editable)


def _doubtful(case: Case, process: BoundProcess, name: str) -> bool:
    value, reading = case.facts.get(name), case.readings.get(name, {})
    if value is None:
        return name in process.required
    sure = None if reading.get("person") else probability(reading.get("confidence"))
    return sure is not None and sure < SURE_FROM


def brief_path(assignment: Assignment) -> str:
    """Where an assignment is decided; one beside the way of its case is named."""
    of = f"?of={assignment.id}" if assignment.kind in BESIDE else ""
    return f"/cases/{assignment.case_id}/brief{of}"


def answer_words(value: Any) -> str:
    """An answer as people read it: approve_all -> 'Approve all'."""
    text = shown(value)
    if isinstance(value, str) and text.replace("_", "").isalnum() and text.islower():
        text = text.replace("_", " ")
        return text[:1].upper() + text[1:]
    return text[:1].upper() + text[1:] if isinstance(value, bool) else text
