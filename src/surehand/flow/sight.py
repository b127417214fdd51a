"""Who may see a case: what is beyond a person is neither decided by them nor shown to them."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from surehand.core.authority import beyond
from surehand.core.bound import BoundProcess
from surehand.core.case import ENGINE, Assignment, Case
from surehand.core.matters import matter_of
from surehand.core.roles import SEES_ALL
from surehand.errors import Forbidden, NotFound
from surehand.flow.context import Context
from surehand.store import cases

#: Letters of cases that are looked at together.
_TOGETHER = 32 * 1024 * 1024


class Hidden(NotFound):
    """There is no such case, or not for this person: which of the two is not told."""


class Beyond(Forbidden):
    """A case of the person's queue and more than they may decide: who has it is all that is told."""


def may_see(context: Context, person: str, case: Case, queue: str | None) -> bool:
    """People of the queue, owners, auditors and administrators, and whoever sent or holds the case.

    What is beyond a person is not shown to them, even where they belong to the queue.
    """
    who = context.people.people.get(person)
    if who is None or not who.active:
        return False
    if who.has(*SEES_ALL) or person in (case.submitter, case.owner):
        return True
    theirs = _places(context, person, case, queue)
    process = context.processes.current.get(case.process)
    if process is None or not theirs:
        return bool(theirs)
    return _reaches(context, person, case, process, theirs)


def not_beyond(
    context: Context, connection: Connection, person: str, ids: Sequence[str], *,
    checked: Collection[str] = (), decides: bool = False,
) -> Collection[str]:  # fmt: skip
    """Those of these cases that are not beyond a person.

    The database leaves out of a list what the widest of all rows of authority leaves out; what a row says of
    facts, and that each of two rows refuses it for another reason, is asked here.

    checked  those that they check unseen, which they see as far as that goes
    decides  they decide another case of the subject, from whatever queue, and the database left nothing out
    """
    who = context.people.people.get(person)
    bounded = bool(context.people.authority) or (decides and who is not None and who.limit is not None)
    if who is None or who.has(*SEES_ALL) or not bounded:
        return ids
    seen = set(checked)
    for some in cases.portions(connection, ids, most=_TOGETHER):
        for case in cases.load(connection, some).values():
            if may_see(context, person, case, None) or (decides and _within(context, person, case)):
                seen.add(case.id)
    return seen


def _within(context: Context, person: str, case: Case) -> bool:
    """It is not beyond somebody at every place of its process; who has places there is measured at those."""
    process = context.processes.current.get(case.process)
    if process is None:
        return True
    theirs = _places(context, person, case, None)
    return _reaches(context, person, case, process, theirs or process.map.places)


def _reaches(
    context: Context, person: str, case: Case, process: BoundProcess, places: Sequence[tuple[str, str]]
) -> bool:
    return any(
        beyond(context.people, person, matter_of(case, process, point=point, queue=name, at=context.clock()))
        is None
        for point, name in places
    )


def _places(context: Context, person: str, case: Case, queue: str | None) -> Sequence[tuple[str, str]]:
    """Where people of this person's queues may come to decide a case, or do."""
    process = context.processes.current.get(case.process)
    places = process.map.places if process is not None else ()
    if queue and all(name != queue for _, name in places):
        places = (*places, ("", queue))
    theirs = context.people.queues_of(person, at=context.clock())
    return [(point, name) for point, name in places if name in theirs]


def known_to(
    context: Context, connection: Connection, person: str, case: Case, assignment: Assignment | None
) -> bool:
    """May see it, or had it once: who decided a case, or loses a race for it, is told what became of it."""
    queue = assignment.queue if assignment else None
    return may_see(context, person, case, queue) or cases.held_once(connection, case.id, person)


def hidden(
    context: Context, person: str, case_id: str, case: Case | None, assignment: Assignment | None
) -> Hidden | Beyond:
    """What somebody hears of a case that they may not see: who has it, where it is their queue's."""
    queue = assignment.queue if assignment else None
    if case is None or not context.people.active(person) or not _places(context, person, case, queue):
        return Hidden(f"There is no case {case_id}, or you may not see it")
    if not case.state.open:
        has = "it has ended"
    else:
        has = f"{case.owner} has it" if case.owner != ENGINE else "it goes to somebody who may"
    return Beyond(f"This case is beyond what {person} may decide, and {has}")
