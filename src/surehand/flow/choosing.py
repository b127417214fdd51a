"""Who gets what somebody has: picked as for new work, and from those who may know of it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from surehand.core.assignment import Pick, pick
from surehand.core.authority import Matter
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, Assignment, Case, about
from surehand.core.lifecycle import Office, kept_apart, may_be_checked
from surehand.core.matters import as_judged, matter_of
from surehand.core.passage import Passage
from surehand.errors import SurehandError
from surehand.flow.context import Context
from surehand.store import cases
from surehand.store.handing import Held

#: Case id -> its open assignments.
OpenOf = Callable[[str], Iterable[Assignment]]


def process_of(context: Context, case: Case) -> BoundProcess | None:
    """The process that a case is pinned to; None while it does not load."""
    try:
        return context.processes.pinned(case.process, case.version)
    except SurehandError:
        return None


def asked_of(context: Context, process: BoundProcess, one: Held, *, assignee: str | None = None) -> Matter:
    """What an assignment asks of a person's authority."""
    given = one.assignment
    return matter_of(
        as_judged(one.case, one.judgement if given.kind in BESIDE else None), process, point=given.point,
        queue=given.queue, at=context.clock(), assignee=assignee, others=context.others, eyes=given.eyes,
    )  # fmt: skip


def apart(
    context: Context, case: Case, process: BoundProcess, given: Assignment, open_of: OpenOf
) -> frozenset[str]:
    """Who is not to be given this where somebody else can have it: whoever has, or had, a part in it."""
    if not may_be_checked(case, process):
        return frozenset()
    blind_check = given.kind == "check" and given.blind
    theirs = kept_apart(open_of(case.id), blind_check=blind_check, but=given.id)
    return theirs | _heard(context, given)


def _heard(context: Context, given: Assignment) -> frozenset[str]:
    """Who has answered already what this is another opinion about; they are never asked again."""
    if not given.another_opinion:
        return frozenset()
    with context.db.look() as connection:
        verdicts = cases.verdicts(connection, given.case_id)
    return frozenset(
        v.person for v in verdicts if v.final and (about(v.point), v.round) == (given.about, given.round)
    )


def picked_anew(
    context: Context, office: Office, process: BoundProcess, one: Held, *, besides: Collection[str] = (),
    open_of: OpenOf | None = None,
) -> Pick:  # fmt: skip
    """Who would get an assignment now, other than some people if anybody else may decide it.

    open_of  in the transaction of who asks; by default as they are kept
    """
    assignment = one.assignment
    return pick(
        office.people, asked_of(context, process, one), level=assignment.level, loads=office.loads,
        turns=partial(office.turns, assignment.queue),
        waited=max(timedelta(0), context.clock() - assignment.opened_at),
        besides={*besides, *apart(context, one.case, process, assignment, open_of or context.open_of)},
        hours=office.hours,
    )  # fmt: skip


def given(passage: Passage, assignment: Assignment, to: Pick) -> None:
    """An assignment is somebody's from now on; its deadline stays."""
    relax_at = None if to.relax is None else assignment.opened_at + to.relax
    passage.update(replace(assignment.given_to(to.person, turn=to.turn), relax_at=relax_at))
    if assignment.kind not in BESIDE:
        passage.move(owner=to.person)
