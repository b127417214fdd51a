"""Work changes hands without anybody asking: its person goes away, or less skill is enough by now."""

from collections import Counter
from dataclasses import replace
from functools import partial

from surehand.core.assignment import Pick
from surehand.core.authority import denial
from surehand.core.case import ENGINE
from surehand.core.lifecycle import Office
from surehand.core.passage import Passage
from surehand.core.people import Absence
from surehand.flow.choosing import apart, asked_of, given, picked_anew, process_of
from surehand.flow.context import Context
from surehand.flow.escalate import alone
from surehand.flow.workload import took_turn
from surehand.store import absences, handing, viewing
from surehand.store.handing import Held

#: Assignments that are looked at together.
_AT_ONCE = 500

#: How often what an absent person holds is looked at anew, when its case moves on meanwhile.
_LOOKS = 5


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
            passed, rest = _left(context, name, absence)
            moved += passed
            if rest:
                continue  # what others were at meanwhile is looked at in the next sweep
            begin = partial(absences.begin, person=name, start=absence.start, at=now)
            context.db.write(lambda connection, begin=begin: begin(connection))  # type: ignore[misc]
    return moved


def _left(context: Context, name: str, absence: Absence) -> tuple[int, int]:
    """Pass on everything that one person holds: how much of it changed hands, and how much was not to be had.

    Of one case somebody may hold several things, so each is read anew where the case has moved on.
    """
    loads = Counter(context.office().loads)
    office, after, moved, missed = replace(context.office(), loads=loads), "", 0, 0
    while True:
        with context.db.read() as connection:
            held = handing.held(connection, name, after=after, limit=_AT_ONCE)
        for one in held:
            to = _stood_in(context, office, one, name, absence)
            loads[to] += 1
            moved += to not in (name, "")
            missed += to == ""
        if len(held) < _AT_ONCE:
            return moved, missed
        after = held[-1].assignment.id


def _stood_in(context: Context, office: Office, found: Held, name: str, absence: Absence) -> str:
    """Who has it from now on; the absent person where nobody else can; '' where it keeps moving on."""
    one: Held | None = found
    for _ in range(_LOOKS):
        if one is None:
            return name  # they do not have it any more
        to = _instead(context, office, one, name)
        if to is None or not context.people.here(to.person, context.clock()):
            return name
        passage = Passage(one.case, at=context.clock())
        given(passage, one.assignment, to)
        passage.note(
            "stood_in", ENGINE, taken_from=name, to=to.person, until=absence.until.isoformat(),
            picked=to.because, due_at=one.assignment.due_at.isoformat(),
        )  # fmt: skip
        if alone(context, passage) is not None:
            took_turn(office, passage)
            return to.person
        with context.db.read() as connection:
            one = handing.again(connection, one.assignment)
    return ""


def _instead(context: Context, office: Office, one: Held, name: str) -> Pick | None:
    """Who gets it for an absent person: the stand-in who may decide it, else whoever the queue picks."""
    if one.assignment.kind == "answer":
        return None  # a question is to them alone, and has an end of its own
    process = process_of(context, one.case)
    if process is None:
        return None
    people, now = context.people, context.clock()
    to = people.stand_in(name, now)
    if (
        to is not None
        and to not in apart(context, one.case, process, one.assignment, context.open_of)
        and denial(people, to, asked_of(context, process, one, assignee=to)) is None
    ):
        return Pick(to, f"stands in for {name}")
    return picked_anew(context, office, process, one, besides={name})


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
