"""Work changes hands without anybody asking: its person goes away, or less skill is enough by now."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from functools import partial

from surehand.core.assignment import Pick, pick
from surehand.core.authority import denial
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, ENGINE, Assignment, Case
from surehand.core.lifecycle import Office
from surehand.core.matters import as_judged, matter_of
from surehand.core.passage import Passage
from surehand.core.people import Absence
from surehand.errors import SurehandError
from surehand.flow.context import Context
from surehand.flow.escalate import OpenOf, alone, apart
from surehand.flow.workload import took_turn
from surehand.store import absences, handing, viewing
from surehand.store.handing import Held

#: Assignments that are looked at together.
_AT_ONCE = 500


def pass_on(context: Context) -> int:
    """What people hold whose absence has begun goes to their stand-ins, once for each absence.

    Without a stand-in who may decide it, it goes to others who are here; where there is nobody, it stays. The
    deadline goes on. Nothing moves back by itself when they are here again. Returns how many changed hands.
    """
    now = context.clock()
    away = {
        name: absence
        for name, person in context.people.people.items()
        if person.active and (absence := person.absence(now)) is not None
    }
    if not away:
        return 0
    with context.db.read() as connection:
        done = absences.begun(connection, sorted(away))
    moved = 0
    for name, absence in away.items():
        if (name, absence.start) not in done:
            moved += _left(context, name, absence)
            begin = partial(absences.begin, person=name, start=absence.start, at=now)
            context.db.write(lambda connection, begin=begin: begin(connection))  # type: ignore[misc]
    return moved


def _left(context: Context, name: str, absence: Absence) -> int:
    """Pass on everything that one person holds. Returns how much of it changed hands."""
    office, moved, after = context.office(), 0, ""
    loads = dict(office.loads)
    office = replace(office, loads=loads)
    while True:
        with context.db.read() as connection:
            held = handing.held(connection, name, after=after, limit=_AT_ONCE)
        for one in held:
            to = _instead(context, office, one, name)
            if to is None or not context.people.here(to.person, context.clock()):
                continue
            passage = Passage(one.case, at=context.clock())
            given(passage, one.assignment, to)
            passage.note(
                "stood_in", ENGINE, taken_from=name, to=to.person, until=absence.until.isoformat(),
                picked=to.because, due_at=one.assignment.due_at.isoformat(),
            )  # fmt: skip
            took_turn(office, passage)
            if alone(context, passage) is not None:
                loads[to.person] = loads.get(to.person, 0) + 1
                moved += 1
        if len(held) < _AT_ONCE:
            return moved
        after = held[-1].assignment.id


def _instead(context: Context, office: Office, one: Held, name: str) -> Pick | None:
    """Who gets it for an absent person: the stand-in who may decide it, else whoever the queue picks."""
    if one.assignment.kind == "answer":
        return None  # a question is to them alone, and has an end of its own
    process = process_of(context, one.case)
    if process is None:
        return None
    people, now = context.people, context.clock()
    to = people.stand_in(name, now)
    if to is not None and to not in apart(context, one.case, process, one.assignment, context.open_of):
        matter = matter_of(
            as_judged(one.case, one.judgement), process, point=one.assignment.point, assignee=to,
            queue=one.assignment.queue, at=now, others=context.others,
            eyes=one.assignment.eyes,
        )  # fmt: skip
        if denial(people, to, matter) is None:
            return Pick(to, f"stands in for {name}")
    return picked_anew(context, office, process, one, besides={name})


def process_of(context: Context, case: Case) -> BoundProcess | None:
    """The process that a case is pinned to; None while it does not load."""
    try:
        return context.processes.pinned(case.process, case.version)
    except SurehandError:
        return None


def picked_anew(
    context: Context, office: Office, process: BoundProcess, one: Held, *, besides: Collection[str],
    open_of: OpenOf | None = None,
) -> Pick:  # fmt: skip
    """Who would get an assignment now, other than some people if anybody else may decide it.

    open_of  case id -> its open assignments, in the transaction of who asks; by default as they are kept
    """
    assignment, now = one.assignment, context.clock()
    judged = one.judgement if assignment.kind in BESIDE else None
    matter = matter_of(
        as_judged(one.case, judged), process, point=assignment.point, queue=assignment.queue, at=now,
        others=context.others, eyes=assignment.eyes,
    )  # fmt: skip
    return pick(
        context.people, matter, level=assignment.level, loads=office.loads,
        turns=partial(office.turns, assignment.queue), waited=max(timedelta(0), now - assignment.opened_at),
        besides={*besides, *apart(context, one.case, process, assignment, open_of or context.open_of)},
        hours=office.hours,
    )  # fmt: skip


def given(passage: Passage, assignment: Assignment, to: Pick) -> None:
    """An assignment is somebody's from now on; its deadline stays."""
    relax_at = None if to.relax is None else assignment.opened_at + to.relax
    passage.update(replace(assignment.given_to(to.person, turn=to.turn), relax_at=relax_at))
    if assignment.kind not in BESIDE:
        passage.move(owner=to.person)


def relax(context: Context) -> int:
    """Look again whose it is, where less skill is enough by now. Returns how many changed hands.

    What its person has opened stays with them.
    """
    now = context.clock()
    with context.db.read() as connection:
        due = handing.relaxing(connection, now=now, limit=_AT_ONCE)
        if not due:
            return 0
        waiting = handing.with_their_cases(connection, due)
        opened = viewing.ever(connection, [one.case_id for one in due])
    office, moved = context.office(), 0
    for one in waiting:
        process = process_of(context, one.case)
        if process is None:
            continue
        passage, before = Passage(one.case, at=now), one.assignment
        to = picked_anew(context, office, process, one, besides=())
        if (one.case.id, before.person) in opened:
            to = replace(to, person=before.person, because=f"{before.person} has opened it")
        relax_at = None if to.relax is None else before.opened_at + to.relax
        if to.person == before.person:
            passage.update(replace(before, relax_at=relax_at))
        else:
            given(passage, before, to)
            took_turn(office, passage)
        passage.note("relaxed", ENGINE, taken_from=before.person, to=to.person, picked=to.because)
        if alone(context, passage) is not None:
            moved += to.person != before.person
    return moved
