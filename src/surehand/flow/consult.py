"""Looking at cases that a person may see, without the AI's view where people decide without it."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from surehand.core.audit import Link
from surehand.core.bound import BoundProcess
from surehand.core.case import Action, Assignment, Case, CaseState, Judgement, Outcome, Verdict
from surehand.errors import NotFound, SurehandError
from surehand.flow.blindness import hidden_point, plain_readings, withheld
from surehand.flow.context import Context
from surehand.flow.desk import sight_of
from surehand.flow.review import may_see
from surehand.store import audit, cases, desk
from surehand.store.desk import Mark


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that belongs to it.

    process  the version that it is pinned to; None when that does not load any more
    """

    case: Case
    process: BoundProcess | None
    assignment: Assignment | None
    judgements: tuple[Judgement, ...]
    verdicts: tuple[Verdict, ...]
    actions: tuple[Action, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def current(self) -> Judgement | None:
        """The judgement that the open assignment is about."""
        return _current(self.assignment, self.judgements, self.case.round)

    @property
    def route(self) -> Judgement | None:
        """The last judgement: how the case was routed."""
        return self.judgements[-1] if self.judgements else None


def consult(context: Context, person: str, case_id: str) -> CaseFile:
    """A case as this person may see it. Raises NotFound."""
    with context.db.read() as connection:
        case, assignment = _visible(context, connection, person, case_id)
        judgements = cases.judgements(connection, case_id)
        verdicts = cases.verdicts(connection, case_id)
        actions = cases.actions_of(connection, case_id)
        outcomes = cases.outcomes(connection, case_id)
    if (hidden := hidden_point(case, assignment, judgements)) is not None:
        judgements = [_unseen(one) if one.point == hidden else one for one in judgements]
        case = replace(case, readings=plain_readings(case.readings))
    try:
        process = context.processes.pinned(case.process, case.version)
    except SurehandError:
        process = None
    return CaseFile(
        case, process, assignment, tuple(judgements), tuple(verdicts), tuple(actions), tuple(outcomes)
    )


def visible(context: Context, person: str, case_id: str) -> Case:
    """The case alone. Raises NotFound when there is none, or the person may not see it."""
    with context.db.read() as connection:
        return _visible(context, connection, person, case_id)[0]


def events(context: Context, person: str, case_id: str) -> list[Link]:
    """The audit trail of a case. Raises NotFound."""
    with context.db.read() as connection:
        case, assignment = _visible(context, connection, person, case_id)
        links = audit.chain(connection, case_id)
        hidden = hidden_point(case, assignment, cases.judgements(connection, case_id))
    if hidden is None:
        return links
    left = [(link, withheld(link, hidden)) for link in links]
    return [link if body is None else replace(link, body=body) for link, body in left]


def newest(
    context: Context,
    person: str,
    *,
    process: str | None,
    state: CaseState | None,
    after: Mark | None,
    limit: int,
) -> list[Case]:
    """The newest cases that this person may see, without what they brought."""
    with context.db.read() as connection:
        listed = desk.listed(
            connection, sight_of(context, person), process=process, state=state, after=after, limit=limit
        )
        found = cases.heads(connection, [one.id for one in listed])
    return [found[one.id] for one in listed]


def inbox(context: Context, person: str, *, after: Mark | None, limit: int) -> list[tuple[Assignment, Case]]:
    """What this person has open, due first; the cases without what they brought."""
    with context.db.read() as connection:
        waiting = desk.waiting(connection, desk.held_by(person), after=after, limit=limit)
        found = cases.heads(connection, [one.case_id for one in waiting])
    return [(one.assignment, found[one.case_id]) for one in waiting]


def _visible(
    context: Context, connection: Connection, person: str, case_id: str
) -> tuple[Case, Assignment | None]:
    case = cases.load(connection, [case_id]).get(case_id)
    assignment = cases.open_assignments(connection, [case_id]).get(case_id)
    if case is None or not may_see(context, person, case, assignment.queue if assignment else None):
        raise NotFound(f"There is no case {case_id}, or you may not see it")
    return case, assignment


def _current(
    assignment: Assignment | None, judgements: "list[Judgement] | tuple[Judgement, ...]", round: int
) -> Judgement | None:
    if assignment is None:
        return None
    return next((j for j in judgements if j.point == assignment.point and j.round == round), None)


def _unseen(judgement: Judgement) -> Judgement:
    """A judgement without the AI's view."""
    return replace(judgement, recommendation={}, signals={}, confidence=None)
