"""Timers and absence: remind, pass on, hand to the process owner. A timeout never approves."""

from collections.abc import Mapping
from dataclasses import replace

from surehand.core import deadlines, watching
from surehand.core.assignment import able, pick
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, ENGINE, Assignment, Case, Judgement, about
from surehand.core.deadlines import Stage
from surehand.core.hearing import point_of
from surehand.core.lifecycle import as_judged, closed, kept_apart, matter_of, may_be_checked
from surehand.core.passage import Passage
from surehand.core.verdicts import escalation_target
from surehand.errors import SurehandError
from surehand.flow.context import Context
from surehand.flow.review import hand_back, who_asked
from surehand.store import cases, saving
from surehand.store.saving import Stale

#: Timers handled in one sweep; the next sweep takes the rest.
_AT_ONCE = 1_000

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


def replace_absent(context: Context) -> int:
    """Give what people hold who are not active any more to somebody who is. Returns how many cases.

    People change when a deployment starts, so this runs then.
    """
    with context.db.read() as connection:
        gone = [name for name in cases.loads(connection) if not context.people.active(name)]
        held = cases.held_by(connection, gone)
        found = cases.load(connection, [a.case_id for a in held])
        loads = dict(cases.loads(connection))
    for assignment in held:
        case = found[assignment.case_id]
        try:
            process = context.processes.pinned(case.process, case.version)
        except SurehandError:
            continue
        judged = None
        if assignment.kind in BESIDE:
            with context.db.read() as connection:
                judged = cases.judged(connection, assignment)
        passage, holder = _replaced(context, case, process, assignment, loads, judged)
        loads[holder] = loads.get(holder, 0) + 1
        # somebody may hold several things of one case
        found[case.id] = _alone(context, passage) or case
    return len(held)


def _replaced(
    context: Context, case: Case, process: BoundProcess, assignment: Assignment, loads: Mapping[str, int],
    judged: Judgement | None,
) -> tuple[Passage, str]:  # fmt: skip
    passage = Passage(case, at=context.clock())
    matter = matter_of(
        as_judged(case, judged), process, point=assignment.point, queue=assignment.queue, at=passage.at,
        others=context.others,
    )  # fmt: skip
    apart = _apart(context, case, process, assignment)
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


def _apart(context: Context, case: Case, process: BoundProcess, given: Assignment) -> frozenset[str]:
    """Who is not to be given this where somebody else can have it: whoever has, or had, a part in it."""
    if not may_be_checked(case, process):
        return frozenset()
    blind_check = given.kind == "check" and given.blind
    apart = kept_apart(context.open_of(case.id), blind_check=blind_check, but=given.id)
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
        if to in _apart(context, case, process, assignment):
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
