"""Timers and absence: remind, pass on, hand to the process owner. A timeout never approves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from surehand.core import deadlines, watching
from surehand.core.assignment import able, pick
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, ENGINE, Assignment, Case, Judgement, about
from surehand.core.deadlines import Stage
from surehand.core.hearing import point_of
from surehand.core.lifecycle import closed, kept_apart, may_be_checked
from surehand.core.matters import as_judged, matter_of
from surehand.core.passage import Passage
from surehand.core.people import People
from surehand.core.verdicts import escalation_target
from surehand.errors import SurehandError
from surehand.flow.context import Context
from surehand.flow.review import hand_back, who_asked
from surehand.store import cases, saving
from surehand.store.saving import Stale

#: Timers handled in one sweep; the next sweep takes the rest.
_AT_ONCE = 1_000

#: How often what absent people hold is looked at anew, when cases move on meanwhile.
_LOOKS = 10

OpenOf = Callable[[str], Iterable[Assignment]]

#: Letters of their cases; more would not fit into memory together.
_TOGETHER = 32 * 1024 * 1024


def escalate(context: Context) -> int:
    """Climb the next rung of every assignment whose timer has come. Returns how many."""
    now = context.clock()
    with context.db.read() as connection:
        due = cases.due_timers(connection, now=now, limit=_AT_ONCE)
        fitting = next(cases.portions(connection, [a.case_id for a in due], most=_TOGETHER), ())
        due = due[: len(fitting)]
        found = cases.load(connection, [a.case_id for a in due])
        judged = {a.id: cases.judged(connection, a) for a in due if a.kind in BESIDE}
        askers = {a.case_id: who_asked(connection, a) for a in due if a.kind == "answer"}
    passages = [
        _climbed(context, found[a.case_id], a, askers.get(a.case_id), judged.get(a.id))
        for a in due
        if a.case_id in found
    ]
    changed = [passage for passage in passages if passage is not None and passage.changed]
    if not changed:
        return 0
    try:
        context.db.write(lambda c: saving.save(c, [passage.change() for passage in changed]))
    except Stale:
        # somebody decided one of them meanwhile: the others go one by one
        for passage in changed:
            _alone(context, passage)
    return len(changed)


def replace_absent(context: Context, *, known: bool = False) -> int:
    """Give what people hold who are not active any more to somebody who is. Returns how many assignments.

    known  only of those who are in the roster: nothing has to be counted for that
    """
    people = context.people

    def transaction(connection: Connection) -> int:
        names = people.people if known else cases.loads(connection)
        gone = [name for name in names if not people.active(name)]
        return passed_on(context, connection, people, gone) if gone else 0

    if known:
        with context.db.look() as connection:
            if not cases.hold_something(connection, [n for n in people.people if not people.active(n)]):
                return 0
    for _ in range(_LOOKS):
        try:
            return context.db.write(transaction)
        except Stale:  # somebody decided one of them meanwhile
            continue
    return 0  # the next look takes what is left


def passed_on(context: Context, connection: Connection, people: People, gone: Sequence[str]) -> int:
    """Give everything that some people hold to others, in the caller's transaction.

    people  as they are from now on
    raises  Stale when one of the cases moves on meanwhile
    """
    there = replace(context, people=people)
    held = cases.held_by(connection, gone)
    found, loads = cases.load(connection, [a.case_id for a in held]), dict(cases.loads(connection))
    count = len(held)
    while held:
        # of several things of one case, whoever gets one may have to know nothing of another
        first = {assignment.case_id: assignment for assignment in reversed(held)}
        held = [one for one in held if first[one.case_id] is not one]
        passages = []
        for assignment in first.values():
            case = found[assignment.case_id]
            try:
                process = there.processes.pinned(case.process, case.version)
            except SurehandError:
                continue
            judged = cases.judged(connection, assignment) if assignment.kind in BESIDE else None
            open_of = partial(cases.open_of, connection)
            passage, holder = _replaced(there, case, process, assignment, loads, judged, open_of)
            loads[holder] = loads.get(holder, 0) + 1
            passages.append(passage)
        saved = saving.save(connection, [passage.change() for passage in passages])
        found |= {case.id: case for case in saved}
    return count


def _replaced(
    context: Context, case: Case, process: BoundProcess, assignment: Assignment, loads: Mapping[str, int],
    judged: Judgement | None, open_of: OpenOf,
) -> tuple[Passage, str]:  # fmt: skip
    passage = Passage(case, at=context.clock())
    matter = matter_of(
        as_judged(case, judged), process, point=assignment.point, queue=assignment.queue, at=passage.at,
        others=context.others, eyes=assignment.eyes,
    )  # fmt: skip
    apart = _apart(context, case, process, assignment, open_of)
    if (
        assignment.another_opinion
        and able(context.people, matter, level=assignment.level, loads=loads, besides=apart) is None
    ):
        passage.note("unasked", ENGINE, point=assignment.about, person=assignment.person)
        closed(passage, assignment)
        return passage, ENGINE
    chosen = pick(context.people, matter, level=assignment.level, loads=loads, besides=apart)
    passage.update(replace(assignment, person=chosen.person))
    if assignment.kind not in BESIDE:
        passage.move(owner=chosen.person)
    passage.note(
        "replaced", ENGINE, taken_from=assignment.person, to=chosen.person, picked=chosen.because,
        due_at=assignment.due_at.isoformat(),
    )  # fmt: skip
    return passage, chosen.person


def _apart(
    context: Context, case: Case, process: BoundProcess, given: Assignment, open_of: OpenOf
) -> frozenset[str]:
    """Who is not to be given this where somebody else can have it: whoever has, or had, a part in it."""
    if not may_be_checked(case, process):
        return frozenset()
    blind_check = given.kind == "check" and given.blind
    apart = kept_apart(open_of(case.id), blind_check=blind_check, but=given.id)
    return apart | _heard(context, given)


def _heard(context: Context, given: Assignment) -> frozenset[str]:
    """Who has answered already what this is another opinion about; they are never asked again."""
    if not given.another_opinion:
        return frozenset()
    with context.db.look() as connection:
        verdicts = cases.verdicts(connection, given.case_id)
    return frozenset(
        v.person for v in verdicts if v.final and (about(v.point), v.round) == (given.about, given.round)
    )


def _alone(context: Context, passage: Passage) -> Case | None:
    """The case as it was saved; None when it moved on, and is looked at again in the next sweep."""
    try:
        return context.db.write(lambda connection: saving.save(connection, [passage.change()])[0])
    except Stale:
        return None


def _climbed(
    context: Context, case: Case, assignment: Assignment, asker: str | None, judged: Judgement | None
) -> Passage | None:
    try:
        process = context.processes.pinned(case.process, case.version)
    except SurehandError:
        return None
    passage = Passage(case, at=context.clock())
    office = context.office(counted=False)
    if assignment.kind == "notice":
        watching.window_passed(passage, process, assignment)
        return passage
    if assignment.kind == "answer":
        passage.note("unanswered", ENGINE, asked=assignment.person, question=assignment.question)
        closed(passage, assignment)
        hand_back(context, passage, process, assignment, asker, "no answer came in time")
        return passage
    queue = context.people.queues.get(assignment.queue)
    step = point_of(process, assignment)
    period = assignment.due_at - assignment.opened_at
    if step is not None and assignment.kind not in BESIDE:
        period = deadlines.allowed(step.sla, queue.due if queue else None)
    stage, clock = deadlines.climbed(
        Stage(assignment.stage), due_at=assignment.due_at, period=period, now=passage.at
    )
    climbed = replace(assignment, stage=int(stage), due_at=clock.due_at, timer_at=clock.timer_at)
    if stage is Stage.REMINDED:
        passage.note("reminded", ENGINE, person=assignment.person, due_at=clock.due_at.isoformat())
    else:
        to = escalation_target(as_judged(case, judged), process, office, assignment, at=passage.at)
        if stage is Stage.OVERDUE and context.people.active(process.map.owner):
            to = process.map.owner
        if to in _apart(context, case, process, assignment, context.open_of):
            to = None  # who knows how it was decided cannot check it, and who checks it is not to be told
        climbed = replace(climbed, person=to or assignment.person)
        passage.note(
            "escalated", ENGINE, taken_from=assignment.person, to=climbed.person, stage=stage.name.lower(),
            due_at=clock.due_at.isoformat(),
        )  # fmt: skip
    passage.update(climbed)
    if climbed.kind not in BESIDE:
        passage.move(owner=climbed.person, due_at=climbed.due_at)
    return passage
