"""Recording what later proved right or wrong. An outcome is only ever added."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from surehand.core.answering import checked_value, same_answer
from surehand.core.bound import BoundProcess
from surehand.core.case import Case, Outcome
from surehand.core.passage import Passage
from surehand.core.roles import Role
from surehand.core.steps import DecisionPoint, Draft
from surehand.core.values import unstorable
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.review import Also
from surehand.flow.sight import hidden, known_to
from surehand.store import cases, saving
from surehand.store.saving import Stale

_LONGEST_NOTE = 20_000

#: A case may move on between reading and saving; an outcome does not mind, so it looks again.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody says about a decision.

    correct  it was right; told from `value` where only that is given
    value    what would have been the right answer at the last decision point
    """

    correct: bool | None = None
    value: Any = None
    note: str = ""


def record_outcome(
    context: Context,
    person: str,
    case_id: str,
    report: Report,
    *,
    also: Also[tuple[Case, Outcome]] | None = None,
) -> tuple[Case, Outcome]:
    """Add an outcome to a case. Raises NotFound, Forbidden, InvalidInput, or Conflict before any decision."""
    _checked(report)

    def transaction(connection: Connection) -> tuple[Case, Outcome]:
        case = cases.load(connection, [case_id]).get(case_id)
        assignment = cases.open_assignments(connection, [case_id]).get(case_id)
        if case is None or not known_to(context, connection, person, case, assignment):
            raise hidden(context, person, case_id, case, assignment)
        unseen.decide_first(connection, person, case_id)
        _allowed(context, person, case)
        process = context.processes.pinned(case.process, case.version)
        value, correct = _measured(process, case, report)
        serial = len(cases.outcomes(connection, case_id)) + 1
        passage = Passage(case, at=context.clock())
        outcome = Outcome(case_id, serial, passage.at, person, correct, value, report.note)
        passage.add(outcome)
        passage.note("outcome", person, serial=serial, correct=correct, value=value, note=report.note)
        result = saving.save(connection, [passage.change()])[0], outcome
        if also is not None:
            also(connection, result)
        return result

    for _ in range(_ATTEMPTS - 1):
        try:
            return context.db.write(transaction)
        except Stale:
            continue
    return context.db.write(transaction)


def _checked(report: Report) -> None:
    if report.correct is None and report.value is None:
        raise InvalidInput(
            [Fault("correct", "say whether the decision was right, or give the right 'value'")]
        )
    if len(report.note) > _LONGEST_NOTE:
        raise InvalidInput([Fault("note", f"must be at most {_LONGEST_NOTE:,} characters")])
    for name, value in (("note", report.note), ("value", report.value)):
        if fault := unstorable(value, path=name):
            raise InvalidInput([Fault(name, fault)])


def _allowed(context: Context, person: str, case: Case) -> None:
    who = context.people.people[person]
    if person != case.submitter and not who.has(Role.REVIEWER, Role.SPECIALIST, Role.OWNER, Role.SERVICE):
        raise Forbidden(f"{person} may look at this case but not say how it turned out")


def _measured(process: BoundProcess, case: Case, report: Report) -> tuple[Any, bool | None]:
    """The right answer in the type of the decision point, and whether the decision was it."""
    if not case.answers:
        raise Conflict(f"Nothing was decided in {case.id} yet", state=case.state)
    name = next(reversed(list(case.answers)))
    answer = case.answers[name]
    point = process.map.step(name)
    assert isinstance(point, DecisionPoint)
    if report.value is None:
        return None, report.correct
    value = checked_value(process, point, report.value, case.facts)
    told = None if isinstance(point, Draft) else same_answer(point, answer["value"], value)
    if report.correct is not None and told is not None and told != report.correct:
        raise InvalidInput(
            [Fault("correct", f"does not go with 'value': {name} was decided as {answer['value']}")]
        )
    return value, report.correct if told is None else told
