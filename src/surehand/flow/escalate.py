"""Timers and absence: remind, pass on, hand to the process owner. A timeout never approves."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from surehand.core import deadlines, watching
from surehand.core.answering import facts_of, refusal
from surehand.core.assignment import able
from surehand.core.authority import denial
from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, ENGINE, Assignment, Case, Judgement
from surehand.core.deadlines import Rung, Stage
from surehand.core.hearing import point_of, sla_of
from surehand.core.lifecycle import Office, closed, rejected
from surehand.core.matters import as_judged, matter_of
from surehand.core.others import escalation_target
from surehand.core.passage import Passage
from surehand.core.people import People
from surehand.core.terms import Sla
from surehand.flow.choosing import OpenOf, apart, asked_of, given, picked_anew, process_of
from surehand.flow.context import Context
from surehand.flow.review import hand_back, who_asked
from surehand.flow.workload import took_turn
from surehand.store import cases, figures, saving
from surehand.store.handing import Held
from surehand.store.saving import Stale

#: Timers handled in one sweep; the next sweep takes the rest.
_AT_ONCE = 1_000

#: The least time of whoever has it after the deadline, where nothing says how long that is.
_SHORTEST = timedelta(hours=1)

#: How often what absent people hold is looked at anew, when cases move on meanwhile.
_LOOKS = 10

#: Letters of their cases; more would not fit into memory together.
_TOGETHER = 32 * 1024 * 1024


def escalate(context: Context) -> int:
    """Climb what has come of every assignment whose timer has. Returns how many."""
    now = context.clock()
    with context.db.read() as connection:
        due = cases.due_timers(connection, now=now, limit=_AT_ONCE)
        fitting = next(cases.portions(connection, [a.case_id for a in due], most=_TOGETHER), ())
        due = due[: len(fitting)]
        found = cases.load(connection, [a.case_id for a in due])
        judged = {a.id: cases.judged(connection, a) for a in due if a.kind in BESIDE}
        asked = {a.id: _asked(connection, a) for a in due if a.kind == "answer"}
    passages = [
        _climbed(context, found[a.case_id], a, asked.get(a.id), judged.get(a.id))
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
            alone(context, passage)
    return len(changed)


def replace_absent(context: Context, *, known: bool = False) -> int:
    """Give what people hold who are not active any more to somebody who is. Returns how many assignments.

    known  only of those who are in the roster: nothing has to be counted for that
    """
    people = context.people

    def transaction(connection: Connection) -> int:
        names = people.people if known else figures.loads(connection)
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

    def kept(passages: Sequence[Passage]) -> Sequence[Case]:
        return saving.save(connection, [passage.change() for passage in passages])

    there = replace(context, people=people)
    return _handed_on(there, connection, gone, kept, partial(cases.open_of, connection)).total()


def would_pass_on(
    context: Context, connection: Connection, people: People, gone: Sequence[str]
) -> Counter[str]:
    """To whom everything would go that some people hold, and how many each; nothing is written."""
    changed: dict[str, Assignment] = {}

    def kept(passages: Sequence[Passage]) -> Sequence[Case]:
        updated = [one for passage in passages for one in passage.change().updated]
        changed.update({one.id: one for one in updated if isinstance(one, Assignment)})
        return [passage.case for passage in passages]

    def open_of(case_id: str) -> list[Assignment]:
        return [changed.get(one.id, one) for one in cases.open_of(connection, case_id)]

    return _handed_on(replace(context, people=people), connection, gone, kept, open_of)


def _handed_on(
    there: Context, connection: Connection, gone: Sequence[str],
    kept: Callable[[Sequence[Passage]], Sequence[Case]], open_of: OpenOf,
) -> Counter[str]:  # fmt: skip
    """Who gets how much of what some people hold.

    kept  writes the cases, and gives them as they are then
    """
    found = cases.load(connection, [a.case_id for a in cases.held_by(connection, gone)])
    # read after its case: what was decided in between is not held any more, or the case is stale
    held = [one for one in cases.held_by(connection, gone) if one.case_id in found]
    to: Counter[str] = Counter()
    loads = dict(figures.loads(connection))
    office = replace(there.office(), loads=loads)
    while held:
        # of several things of one case, whoever gets one may have to know nothing of another
        first = {assignment.case_id: assignment for assignment in reversed(held)}
        held = [one for one in held if first[one.case_id] is not one]
        passages = []
        for assignment in first.values():
            case = found[assignment.case_id]
            process = process_of(there, case)
            if process is None:
                continue
            judged = cases.judged(connection, assignment) if assignment.kind in BESIDE else None
            passage, holder = _replaced(there, office, process, Held(assignment, case, judged), open_of)
            loads[holder] = loads.get(holder, 0) + 1
            to[holder] += 1
            passages.append(passage)
        found |= {case.id: case for case in kept(passages)}
    return to


def _replaced(
    context: Context, office: Office, process: BoundProcess, one: Held, open_of: OpenOf
) -> tuple[Passage, str]:  # fmt: skip
    """What becomes of one assignment of somebody who has left, and who has it then."""
    passage, assignment = Passage(one.case, at=context.clock()), one.assignment
    if assignment.another_opinion and _nobody_else(context, office, process, one, open_of):
        passage.note("unasked", ENGINE, point=assignment.about, person=assignment.person)
        closed(passage, assignment)
        return passage, ENGINE
    to = picked_anew(context, office, process, one, open_of=open_of)
    given(passage, assignment, to)
    passage.note(
        "replaced", ENGINE, taken_from=assignment.person, to=to.person, picked=to.because,
        due_at=assignment.due_at.isoformat(),
    )  # fmt: skip
    took_turn(office, passage)
    return passage, to.person


def _nobody_else(
    context: Context, office: Office, process: BoundProcess, one: Held, open_of: OpenOf
) -> bool:  # fmt: skip
    """Nobody is left who may decide it and has not had a part in it."""
    besides = apart(context, one.case, process, one.assignment, open_of)
    matter = asked_of(context, process, one)
    level = one.assignment.level
    return able(office.people, matter, level=level, loads=office.loads, besides=besides) is None


def alone(context: Context, passage: Passage) -> Case | None:
    """The case as it was saved; None when it moved on, and is looked at again in the next sweep."""
    try:
        return context.db.write(lambda connection: saving.save(connection, [passage.change()])[0])
    except Stale:
        return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asked a question, and what they had then."""

    by: str | None
    held: Assignment


def _asked(connection: Connection, question: Assignment) -> _Asked:
    return _Asked(who_asked(connection, question), cases.held_up(connection, question))


def _climbed(
    context: Context, case: Case, assignment: Assignment, asked: _Asked | None, judged: Judgement | None
) -> Passage | None:
    process = process_of(context, case)
    if process is None:
        return None
    passage = Passage(case, at=context.clock())
    if assignment.kind == "notice":
        watching.window_passed(passage, process, assignment)
    elif asked is not None:
        _question(context, passage, process, assignment, asked)
    else:
        _ladder(context, passage, process, assignment, judged)
    return passage


def _question(
    context: Context, passage: Passage, process: BoundProcess, assignment: Assignment, asked: _Asked
) -> None:
    """Whoever is asked is reminded half-way; in the end the question goes back without an answer."""
    if passage.at < assignment.due_at:
        passage.note(
            "reminded", ENGINE, person=assignment.person, due_at=assignment.due_at.isoformat(),
            question=assignment.question,
        )  # fmt: skip
        _, clock = deadlines.climbed(deadlines.clock_of(assignment), now=passage.at, period=deadlines.LEAST)
        passage.update(clock.on(assignment))
        return
    passage.note("unanswered", ENGINE, asked=assignment.person, question=assignment.question)
    closed(passage, assignment)
    hand_back(context, passage, process, asked.held, asked.by, "no answer came in time")


def _ladder(
    context: Context,
    passage: Passage,
    process: BoundProcess,
    assignment: Assignment,
    judged: Judgement | None,
) -> None:
    """Climb every rung whose time has come, in order."""
    office, queue = context.office(), context.people.queues.get(assignment.queue)
    sla = sla_of(process, assignment)
    beside = assignment.kind in BESIDE
    hours = None if beside else deadlines.counted_in(sla, queue, office.hours)
    period = max(assignment.due_at - assignment.opened_at, _SHORTEST)
    if not beside and (sla.due or assignment.kind == "decide"):
        period = deadlines.allowed(sla, queue.due if queue else None)
    fired, clock = deadlines.climbed(
        deadlines.clock_of(assignment), now=passage.at, period=period, hours=hours
    )
    going = _Going(context, office, passage, process, as_judged(passage.case, judged), clock.on(assignment))
    for rung in fired:
        if rung is Rung.EXPIRE:
            _expire(going, sla)
            return
        _RUNGS[rung](going, assignment.due_at if rung in _EARLY else clock.due_at)
    passage.update(going.now)
    if not beside:
        passage.move(owner=going.now.person, due_at=going.now.due_at)


@dataclass(slots=True)
class _Going:
    """An assignment on its way up.

    matter  the case as it was judged
    now     the assignment as it is by now
    """

    context: Context
    office: Office
    passage: Passage
    process: BoundProcess
    matter: Case
    now: Assignment

    @property
    def apart(self) -> frozenset[str]:
        """Who is not to be given it where somebody else can have it."""
        return apart(self.context, self.passage.case, self.process, self.now, self.context.open_of)


def _remind(going: _Going, due_at: datetime) -> None:
    going.passage.note("reminded", ENGINE, person=going.now.person, due_at=due_at.isoformat())


def _warn(going: _Going, due_at: datetime) -> None:
    owner = answerable(going.context, going.process, going.now)
    going.passage.note("warned", ENGINE, person=owner, holder=going.now.person, due_at=due_at.isoformat())


def answerable(context: Context, process: BoundProcess, assignment: Assignment) -> str:
    """The owner of the queue, or where they have left of the process."""
    queue = context.people.queues.get(assignment.queue)
    return queue.owner if queue is not None and context.people.active(queue.owner) else process.map.owner


def _share(going: _Going, due_at: datetime) -> None:
    """The backup has it too, or else the owner of the queue or of the process; whoever may decide it."""
    people, given = going.office.people, going.now
    queue, apart = people.queues.get(given.queue), going.apart
    ladder = [queue.backup if queue else None, queue.owner if queue else None, going.process.map.owner]
    for name in ladder:
        if name is None or name == given.person or name in apart:
            continue
        matter = matter_of(
            going.matter, going.process, point=given.point, queue=given.queue, at=going.passage.at,
            assignee=name, others=going.context.others, eyes=given.eyes,
        )  # fmt: skip
        if denial(people, name, matter) is None:
            going.now = replace(given, backup=name)
            going.passage.note("shared", ENGINE, person=given.person, backup=name, due_at=due_at.isoformat())
            return


def _escalate(going: _Going, due_at: datetime) -> None:
    _pass_up(going, due_at, _above(going))


def _above(going: _Going) -> str | None:
    return escalation_target(going.matter, going.process, going.office, going.now, at=going.passage.at)


def _overdue(going: _Going, due_at: datetime) -> None:
    to = _above(going)
    owner = going.process.map.owner
    _pass_up(going, due_at, owner if going.context.people.active(owner) else to)


def _pass_up(going: _Going, due_at: datetime, to: str | None) -> None:
    if to in going.apart:
        to = None  # who knows how it was decided cannot check it, and who checks it is not to be told
    before, person = going.now, to or going.now.person
    going.now = before if person == before.person else before.given_to(person)
    stage = Stage(before.stage).name.lower()
    going.passage.note(
        "escalated", ENGINE, taken_from=before.person, to=person, stage=stage, due_at=due_at.isoformat()
    )


_EARLY = (Rung.REMIND, Rung.WARN, Rung.SHARE)

_RUNGS: Mapping[Rung, Callable[[_Going, datetime], None]] = {
    Rung.REMIND: _remind, Rung.WARN: _warn, Rung.SHARE: _share, Rung.ESCALATE: _escalate,
    Rung.OVERDUE: _overdue,
}  # fmt: skip


def _expire(going: _Going, sla: Sla) -> None:
    """Nobody decided: the case ends here and nothing runs, whatever the answer that is recorded."""
    passage, given = going.passage, going.now
    point = point_of(going.process, given)
    answer = refusal(point) if sla.expire is not None and sla.expire.to == "reject" else None
    passage.note("expired", ENGINE, point=given.point, person=given.person, value=answer)
    closed(passage, given)
    if point is not None and answer is not None:
        told = {"value": answer, "by": ENGINE, "round": passage.case.round}
        passage.move(
            answers={**passage.case.answers, point.name: told},
            facts={**passage.case.facts, **facts_of(point, answer)},
        )
    rejected(passage, because="nobody decided it in time")
