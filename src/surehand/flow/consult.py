"""Looking at cases that a person may see, without the AI's view where people decide without it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from surehand.core.audit import Link
from surehand.core.bound import BoundProcess
from surehand.core.case import Action, Assignment, Case, CaseState, Judgement, Outcome, Verdict
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.desk import Desk, sight_of
from surehand.flow.sight import hidden, known_to, not_beyond
from surehand.store import audit, cases, desk, listing, stops
from surehand.store.order import Mark


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that belongs to it.

    process     the version that it is pinned to; None when that does not load any more
    assignment  what it waits for
    beside      open notices, checks and findings, for which it does not wait
    held        keys of actions that are held back because automation is stopped
    """

    case: Case
    process: BoundProcess | None
    assignment: Assignment | None
    judgements: tuple[Judgement, ...]
    verdicts: tuple[Verdict, ...]
    actions: tuple[Action, ...]
    outcomes: tuple[Outcome, ...]
    beside: tuple[Assignment, ...] = ()
    held: frozenset[str] = frozenset()

    def judgement_of(self, assignment: Assignment) -> Judgement | None:
        """The judgement that an open assignment is about."""
        about = assignment.about, assignment.round
        return next((j for j in self.judgements if (j.point, j.round) == about), None)

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
        held = stops.held_of(connection, case_id)
    over = unseen.veil(context, person, case, held=assignment, beside=beside, judged=judgements)
    if over.checks:
        return CaseFile(over.case(case), over.process, None, over.judgements(), (), (), (), (over.checks[0],))
    return CaseFile(
        over.case(case), over.process, over.assignment(assignment) if assignment else None,
        over.judgements(), over.verdicts(verdicts), tuple(actions), tuple(outcomes),
        tuple(map(over.assignment, beside)), held,
    )  # fmt: skip


def visible(context: Context, person: str, case_id: str) -> Case:
    """The case alone. Raises NotFound when there is none, or the person may not see it."""
    with context.db.read() as connection:
        case, held, beside = _visible(context, connection, person, case_id)
        if not unseen.checks_of(beside, person):
            return case
        judged = cases.judgements(connection, case_id)
    return unseen.veil(context, person, case, held=held, beside=beside, judged=judged).case(case)


def too_late(context: Context, person: str, case_id: str) -> tuple[Case, Any]:
    """A case that somebody's verdict came too late for, and the recommendation that they were shown, if any.

    They may have lost it to others since, and are told what became of it all the same.
    """
    with context.db.read() as connection:
        case = cases.load(connection, [case_id])[case_id]
        held = cases.open_assignments(connection, [case_id]).get(case_id)
        beside = cases.beside(connection, [case_id]).get(case_id, [])
        judged = cases.judgements(connection, case_id)
    over = unseen.veil(context, person, case, held=held, beside=beside, judged=judged)
    last = next(iter(over.judgements()[-1:]), None)
    shows = last is not None and last.level.shows_recommendation
    return over.case(case), last.recommendation.get("value") if last is not None and shows else None


def as_seen(context: Context, person: str, case: Case) -> Case:
    """A case that a person asked for by its key, as they may see it."""
    if not unseen.checkable(context, case):
        return case
    with context.db.read() as connection:
        return unseen.as_seen(context, connection, person, case)


def events(context: Context, person: str, case_id: str) -> list[Link]:
    """The audit trail of a case. Raises NotFound."""
    with context.db.read() as connection:
        case, assignment, beside = _visible(context, connection, person, case_id)
        links = audit.chain(connection, case_id)
        judged = cases.judgements(connection, case_id)
    return unseen.veil(context, person, case, held=assignment, beside=beside, judged=judged).links(links)


def newest(
    context: Context,
    person: str,
    *,
    process: str | None,
    state: CaseState | None,
    after: Mark | None,
    limit: int,
    tag: str | None = None,
) -> tuple[list[Case], Mark | None]:
    """A page of the newest cases that this person may see, without what they brought, and where it ended."""
    with context.db.read() as connection:
        listed = listing.listed(
            connection,
            sight_of(context, person),
            process=process,
            state=state,
            after=after,
            limit=limit + 1,
            tag=tag,
        )
        ids = [one.id for one in listed[:limit]]
        found, checked = cases.heads(connection, ids), unseen.veiled(context, connection, person, ids)
        seen = not_beyond(context, connection, person, ids, checked=checked)
    last = listed[limit - 1] if len(listed) > limit else None
    page = [(found | checked)[one] for one in ids if one in seen]
    return page, Mark(last.created_at, last.id) if last else None


def inbox(
    context: Context, person: str, *, after: Mark | None, limit: int, later: bool = False
) -> list[tuple[Assignment, Case]]:
    """What this person has open, urgent first, then due; the cases without what they brought.

    later  what they have put off, in place of the rest
    """
    with context.db.read() as connection:
        mine = Desk(context, connection, person).of("later" if later else "mine")
        waiting = desk.waiting(connection, mine, after=after, limit=limit)
        waiting = unseen.rows_shown(context, connection, person, waiting)
        found = cases.heads(connection, [one.case_id for one in waiting])
        found |= unseen.veiled(context, connection, person, list(found))
    return [(one.assignment, found[one.case_id]) for one in waiting]


def _visible(
    context: Context, connection: Connection, person: str, case_id: str
) -> tuple[Case, Assignment | None, list[Assignment]]:
    case = cases.load(connection, [case_id]).get(case_id)
    assignment = cases.open_assignments(connection, [case_id]).get(case_id)
    beside = cases.beside(connection, [case_id]).get(case_id, [])
    if case is None or not (
        known_to(context, connection, person, case, assignment) or any(one.person == person for one in beside)
    ):
        raise hidden(context, person, case_id, case, assignment)
    return case, assignment, beside
