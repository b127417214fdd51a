"""What a case waits for, who may see it, and what a verdict on it is measured against."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from surehand.core import four_eyes
from surehand.core.actions import UNDO
from surehand.core.authority import Warrant, warrant
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, Action, Assignment, Case, CaseState, Judgement, Verdict
from surehand.core.hearing import Around, point_of
from surehand.core.matters import as_judged, matter_of
from surehand.core.verdicts import KINDS
from surehand.errors import Conflict, Forbidden
from surehand.flow import unseen
from surehand.flow.context import Context
from surehand.flow.roster import refresh
from surehand.flow.sight import hidden, known_to, may_see
from surehand.store import cases
from surehand.store.cases import Dossier


@dataclass(frozen=True, slots=True)
class Standing:
    """A case with one of its open assignments, and all that a verdict on it is measured against.

    original  the action that is to be taken back, where taking it back is what needs a repair
    warrant   what lets the person who looks at it decide it; None where they may not
    """

    case: Case
    process: BoundProcess
    assignment: Assignment
    judgement: Judgement | None
    action: Action | None
    original: Action | None
    verdicts: tuple[Verdict, ...]
    around: Around = field(default_factory=Around)
    warrant: Warrant | None = None


def looked_at(context: Context, person: str, case_id: str, *, of: str | None = None) -> tuple[Standing, str]:
    """What waits here, with why this person may not decide it; '' when they may.

    of      id of the assignment; else what the case waits for, or the person's notice or check of it
    raises  NotFound also for a case that the person may not see, Conflict when nothing waits, Forbidden for
            what they may look at only later
    """
    with context.db.read() as connection:
        rows = cases.dossier(connection, case_id)
        found = _standing(context, connection, rows, person, case_id, of=of, questions=True)
    case, given = found.case, found.assignment
    found = _as_shown(context, person, found, rows)
    if given.kind == "answer" and person in (given.person, case.submitter):
        return found, "" if context.people.active(person) else f"{person} is not an active person here"
    right = right_of(context, person, found)
    if not isinstance(right, str):
        return replace(found, warrant=right[0]), ""
    if not may_see(context, person, case, given.queue):
        raise hidden(context, person, case_id, case, given)
    return found, right


def _as_shown(context: Context, person: str, found: Standing, rows: Dossier) -> Standing:
    """The same as this person may see it. Somebody else's check shows them no more than its holder sees."""
    given = found.assignment
    checks = given.kind == "check" and given.blind
    over = unseen.veil(
        context, given.person if checks else person, found.case, held=rows.assignment, judged=rows.judgements,
        beside=[given] if checks and person != given.person else rows.beside,
    )  # fmt: skip
    if not checks and given.kind in BESIDE:  # whoever was told of a decision goes on seeing it
        return found
    return replace(
        found, case=over.case(found.case), judgement=over.judgement(found.judgement),
        verdicts=() if checks else found.verdicts, around=Around() if checks else found.around,
    )  # fmt: skip


def right_of(context: Context, person: str, found: Standing) -> tuple[Warrant, int] | str:
    """What lets this person decide it, and how many have to agree; else why they may not, in words."""
    given = found.assignment
    if given.kind == "check" and given.blind and person != given.person:
        return f"a spot check is decided unseen by the one it was given to, {given.person}"
    case = as_judged(found.case, found.judgement) if given.kind in BESIDE else found.case
    matter = matter_of(
        case, found.process, point=given.point, queue=given.queue, at=context.clock(), assignee=given.person,
        others=context.others, eyes=given.eyes,
    )  # fmt: skip
    right = warrant(context.people, person, matter)
    return right if isinstance(right, str) else (right, right.people(matter))


def waiting_case(
    context: Context, connection: Connection, person: str, case_id: str, *, of: str | None = None
) -> tuple[Case, Assignment]:
    """A case with what waits there. Raises NotFound before anything that would tell a stranger about it.

    Raises Forbidden where the person has to decide something else of the case first, see `flow.unseen`.
    """
    return _waiting(context, connection, cases.dossier(connection, case_id), person, case_id, of=of)


def _waiting(
    context: Context, connection: Connection, rows: Dossier, person: str, case_id: str, *, of: str | None
) -> tuple[Case, Assignment]:
    case, assignment = rows.case, rows.assignment
    if case is None or not known_to(context, connection, person, case, assignment):
        raise hidden(context, person, case_id, case, assignment)
    if checks := unseen.checks_of(rows.beside, person):
        if of not in (None, checks[0].id):
            raise Forbidden(unseen.FIRST)
        return case, checks[0]
    if assignment is None or of not in (None, assignment.id):
        assignment = _beside(rows.beside, person, of)
    if assignment is not None and assignment.kind in BESIDE:
        _not_before_it_is_decided(rows, person, case, assignment)
    waits = case.state in (CaseState.WAITING, CaseState.ASKING)
    if assignment is None or not (waits or assignment.kind in BESIDE):
        raise moved_on(connection, case)
    return case, assignment


def _not_before_it_is_decided(rows: Dossier, person: str, case: Case, given: Assignment) -> None:
    """What stands beside tells what was decided before at a point that is decided anew, by a person alone.

    Then it is for whoever was told already, unless it is they who decide. Raises Forbidden.
    """
    if given.kind == "check" and given.blind:
        return
    held = rows.assignment
    hidden = unseen.hidden_point(case, held, rows.judgements)
    decides = held is not None and person in held.holders
    if given.about == hidden and (decides or person != given.person):
        raise Forbidden(
            f"A person decides {hidden} anew without the AI's view: look at this when it is decided"
        )


def _beside(beside: Sequence[Assignment], person: str, of: str | None) -> Assignment | None:
    """What stands beside the way of a case: that of this id, else the person's, else what may be helped with.

    A blind check is nobody's but its holder's.
    """
    if of is not None:
        return next((one for one in beside if one.id == of), None)
    mine = [one for one in beside if one.person == person]
    return next(iter([*mine, *(one for one in beside if not one.blind)]), None)


def standing(
    context: Context,
    connection: Connection,
    person: str,
    case_id: str,
    *,
    of: str | None = None,
    round: int | None = None,
    rev: int | None = None,
) -> Standing:
    """What waits at a case, as it was seen. Raises NotFound, or Conflict when it moved on."""
    rows = cases.dossier(connection, case_id)
    return _standing(context, connection, rows, person, case_id, of=of, round=round, rev=rev)


def _standing(
    context: Context, connection: Connection, rows: Dossier, person: str, case_id: str, *, of: str | None,
    round: int | None = None, rev: int | None = None, questions: bool = False,
) -> Standing:  # fmt: skip
    """questions: what waits may be a question, too."""
    case, assignment = _waiting(context, connection, rows, person, case_id, of=of)
    seen = assignment.round if assignment.kind in BESIDE else case.round
    checks = assignment.kind == "check" and assignment.blind and assignment.person == person
    revision = unseen.REV if checks else case.rev
    if (round is not None and round != seen) or (rev is not None and rev != revision):
        raise not_as_seen(assignment) if checks else moved_on(connection, case, round)
    if assignment.kind == "answer" and not questions:
        raise Conflict(f"{case_id} waits for {assignment.person} to answer a question", state=case.state)
    process = context.processes.pinned(case.process, case.version)
    action = original = None
    if assignment.kind == "repair":
        key = assignment.point.removesuffix(UNDO)
        actions = cases.actions(connection, {assignment.point, key})
        action = actions.get(assignment.point)
        original = actions.get(key) if key != assignment.point else None
    return Standing(
        case, process, assignment,
        next((j for j in rows.judgements if j.point == assignment.about and j.round == seen), None),
        action, original, rows.verdicts, _around(connection, rows, case, assignment),
    )  # fmt: skip


def seen(
    context: Context, person: str, case_id: str, *, of: str | None, round: int | None, rev: int | None
) -> Standing:
    """As `standing`, in the usual case from rows that callers of the same moment read together."""

    def together(ids: Sequence[str]) -> Sequence[Dossier]:
        with context.db.look() as connection:
            return cases.dossiers(connection, ids)

    found = context.sharing.run("dossiers", case_id, together)
    refresh(context, found.people_rev)
    case, given = found.case, found.assignment
    usual = (
        case is not None and given is not None and given.kind in ("decide", "exception")
        and case.state is CaseState.WAITING and case.revoking is None and of in (None, given.id)
        and round in (None, case.round) and rev in (None, case.rev)
        and may_see(context, person, case, given.queue) and not unseen.checkable(context, case)
    )  # fmt: skip
    process = context.processes.pinned(case.process, case.version) if usual and case is not None else None
    if process is None or process.map.watched or case is None or given is None:
        with context.db.read() as connection:
            return standing(context, connection, person, case_id, of=of, round=round, rev=rev)
    judgement = next((j for j in found.judgements if (j.point, j.round) == (given.point, case.round)), None)
    return Standing(case, process, given, judgement, None, None, found.verdicts)


def _around(connection: Connection, rows: Dossier, case: Case, assignment: Assignment) -> Around:
    """What else is needed where a decision is, or may have to be, taken back or decided anew."""
    if case.revoking is None and assignment.kind not in BESIDE:
        return Around(beside=rows.beside)
    return Around(
        beside=rows.beside,
        actions=tuple(cases.actions_of(connection, case.id)),
        holder=rows.assignment,
        watch=cases.assigned(connection, case.revoking["watch"]) if case.revoking else None,
        outcomes=len(cases.outcomes(connection, case.id)),
    )  # fmt: skip


def others_needed(context: Context, person: str, found: Standing, value: object) -> int:
    """How many others still have to agree once this person has approved this answer."""
    right, point = right_of(context, person, found), point_of(found.process, found.assignment)
    if isinstance(right, str) or point is None or found.assignment.kind != "decide":
        return 0
    given = four_eyes.approvals(found.verdicts, point.name, found.case.round)
    return max(0, right[1] - 1 - len(four_eyes.agreeing(point, given, value)))


def not_as_seen(check: Assignment) -> Conflict:
    """What whoever has a check hears of a page that it does not fit: nothing of what became of the case."""
    words = f"{check.case_id} is not what you saw; open your spot check of it again"
    return Conflict(words, state=CaseState.WAITING, round=check.round)


def moved_on(connection: Connection, case: Case, seen: int | None = None) -> Conflict:
    """The conflict, with the winner's name where somebody decided.

    seen  round of the caller's page; a verdict of an earlier round is not what it lost to
    """
    waits = case.state is CaseState.WAITING
    held, judged = cases.open_assignments(connection, [case.id]), cases.judgements(connection, case.id)
    given = [v for v in cases.verdicts(connection, case.id) if v.kind in KINDS and v.final]
    given.sort(key=lambda one: (one.round, one.at))
    if unseen.hidden_point(case, held.get(case.id), judged) is not None:
        given = []  # a person decides it alone now, and what was answered before would tell
    final = [v for v in given if v.round >= (seen or case.round)] or ([] if waits else given)
    if not final:
        words = "changed since you saw it; open it again" if waits else "does not wait for a verdict now"
        return Conflict(f"{case.id} {words}: it is {case.state}", state=case.state, round=case.round)
    last = final[-1]
    words = "your verdict was not recorded, and nothing ran because of it"
    return Conflict(
        f"{last.person} decided this ({last.kind}); {words}",
        winner=last.person, verdict=last.kind, at=last.at.isoformat(), round=last.round, reason=last.reason,
        note=last.note, state=case.state, value=last.value,
    )  # fmt: skip
