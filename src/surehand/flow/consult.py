"""Looking at cases that a person may see, without the AI's view where people decide without it."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from surehand.core.audit import Link
from surehand.core.bound import BoundProcess
from surehand.core.case import Action, Assignment, Case, CaseState, Judgement, Outcome, Verdict
from surehand.core.hearing import FINDING
from surehand.errors import NotFound, SurehandError
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.desk import sight_of
from surehand.flow.standing import may_see
from surehand.store import audit, cases, desk
from surehand.store.desk import Mark


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that belongs to it.

    process     the version that it is pinned to; None when that does not load any more
    assignment  what it waits for
    beside      open notices, checks and findings, for which it does not wait
    """

    case: Case
    process: BoundProcess | None
    assignment: Assignment | None
    judgements: tuple[Judgement, ...]
    verdicts: tuple[Verdict, ...]
    actions: tuple[Action, ...]
    outcomes: tuple[Outcome, ...]
    beside: tuple[Assignment, ...] = ()

    def judgement_of(self, assignment: Assignment) -> Judgement | None:
        """The judgement that an open assignment is about."""
        point = assignment.point.removeprefix(FINDING)
        return next((j for j in self.judgements if (j.point, j.round) == (point, assignment.round)), None)

    @property
    def route(self) -> Judgement | None:
        """The last judgement: how the case was routed."""
        return self.judgements[-1] if self.judgements else None


def consult(context: Context, person: str, case_id: str) -> CaseFile:
    """A case as this person may see it. Raises NotFound."""
    with context.db.read() as connection:
        case, assignment, beside = _visible(context, connection, person, case_id)
        judgements = cases.judgements(connection, case_id)
        verdicts = cases.verdicts(connection, case_id)
        actions = cases.actions_of(connection, case_id)
        outcomes = cases.outcomes(connection, case_id)
    try:
        process = context.processes.pinned(case.process, case.version)
    except SurehandError:
        process = None
    check = next((one for one in beside if unseen.unseen_by(one, person)), None)
    hidden = unseen.hidden_point(case, assignment, judgements)
    shown = unseen.judgements_shown(judgements, hidden, check)
    if hidden is not None:
        case = replace(case, readings=unseen.plain_readings(case.readings))
    if check is None:
        return CaseFile(
            case, process, assignment, shown, tuple(verdicts), tuple(actions), tuple(outcomes), tuple(beside)
        )
    judged = next((j for j in judgements if (j.point, j.round) == (check.point, check.round)), None)
    return CaseFile(
        unseen.before_it(case, process, check, judged), process, None, shown, (), (), (), (check,)
    )


def visible(context: Context, person: str, case_id: str) -> Case:
    """The case alone. Raises NotFound when there is none, or the person may not see it."""
    with context.db.read() as connection:
        case, _, beside = _visible(context, connection, person, case_id)
        check = next((one for one in beside if unseen.unseen_by(one, person)), None)
    return case if check is None else unseen.before_it(case, None, check, None)


def events(context: Context, person: str, case_id: str) -> list[Link]:
    """The audit trail of a case. Raises NotFound."""
    with context.db.read() as connection:
        case, assignment, beside = _visible(context, connection, person, case_id)
        links = audit.chain(connection, case_id)
        hidden = unseen.hidden_point(case, assignment, cases.judgements(connection, case_id))
    check = next((one for one in beside if unseen.unseen_by(one, person)), None)
    return unseen.links_shown(links, hidden, check)


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
        checks = cases.checks_held(connection, person, list(found))
    return [_in_short(found[one.id], checks.get(one.id)) for one in listed]


def inbox(context: Context, person: str, *, after: Mark | None, limit: int) -> list[tuple[Assignment, Case]]:
    """What this person has open, due first; the cases without what they brought."""
    with context.db.read() as connection:
        waiting = desk.waiting(connection, desk.held_by(person), after=after, limit=limit)
        found = cases.heads(connection, [one.case_id for one in waiting])
        checks = cases.checks_held(connection, person, list(found))
    return [(one.assignment, _in_short(found[one.case_id], checks.get(one.case_id))) for one in waiting]


def _in_short(head: Case, check: Assignment | None) -> Case:
    """A case in a list, without how it was decided where the reader checks that."""
    return head if check is None else unseen.before_it(head, None, check, None)


def _visible(
    context: Context, connection: Connection, person: str, case_id: str
) -> tuple[Case, Assignment | None, list[Assignment]]:
    case = cases.load(connection, [case_id]).get(case_id)
    assignment = cases.open_assignments(connection, [case_id]).get(case_id)
    beside = cases.beside(connection, [case_id]).get(case_id, [])
    queue = assignment.queue if assignment else None
    if case is None or not (
        may_see(context, person, case, queue) or any(one.person == person for one in beside)
    ):
        raise NotFound(f"There is no case {case_id}, or you may not see it")
    return case, assignment, beside
