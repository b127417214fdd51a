"""The proof that no open case is left alone: each has an active owner and a deadline, or work that is due.

It is so by how cases are saved. What changes rows in another way may break it, and is found here and mended.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess
from surehand.core.case import BESIDE, ENGINE, Case, CaseState
from surehand.core.lifecycle import FALLBACK, Handover, hand_over
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.placing import placed
from surehand.core.steps import DecisionPoint
from surehand.core.terms import Sla
from surehand.flow.choosing import given, picked_anew, process_of
from surehand.flow.context import Context
from surehand.flow.lookout import Looked
from surehand.store import cases, handing, orphans, saving
from surehand.store.orphans import Orphan
from surehand.store.saving import Stale

#: Orphans that are mended in one look; the next look takes the rest.
_AT_ONCE = 100

_EVERY = timedelta(minutes=1)

#: Looking takes at most one part in so many of a process's time, however many cases wait.
_SERVES = 50


def look(context: Context, *, clock: Callable[[], float] = time.monotonic) -> Looked | None:
    """Look, where a minute has passed since the last look, and mend what is found. None: not yet."""
    out = context.lookout
    began = clock()
    if began < out.again:
        return None
    found = looked(context)
    took = clock() - began
    out.again = clock() + max(_EVERY.total_seconds(), took * _SERVES)
    out.last = found
    return found


def looked(context: Context) -> Looked:
    """Look now, and mend what is found."""
    people = context.people.people
    active = [name for name, person in people.items() if person.active]
    with context.db.read() as connection:
        alone = orphans.orphans(connection, active, limit=_AT_ONCE)
        there = cases.load(connection, {one.case_id for one in alone})
    # a case that ended lacks nothing: an open row of it is for verify-audit to name
    alone = [one for one in alone if one.case_id in there and there[one.case_id].state.open]
    mended = sum(_mended(context, one) for one in alone)
    return Looked(context.clock(), len({one.case_id for one in alone}), mended)


def _mended(context: Context, orphan: Orphan) -> bool:
    """Give it an owner, a deadline or work; False where that cannot be now, or it moved on meanwhile."""
    try:
        return context.db.write(partial(_mend, context, orphan))
    except Stale:
        return False


def _mend(context: Context, orphan: Orphan, connection: Connection) -> bool:
    case = cases.load(connection, [orphan.case_id]).get(orphan.case_id)
    process = process_of(context, case) if case is not None else None
    if case is None or process is None or not case.state.open:
        return False
    passage = Passage(case, at=context.clock())
    held = cases.open_assignments(connection, [case.id]).get(case.id)
    if orphan.assignment is not None:
        to, because = _replaced(context, connection, passage, process, orphan.assignment)
    elif held is not None:
        passage.move(owner=held.person, due_at=held.due_at)
        to, because = held.person, ""
    else:
        to, because = _taken_up(context, connection, passage, process)
    passage.note("adopted", ENGINE, lacked=orphan.lacks, to=to, picked=because)
    saving.save(connection, [passage.change()])
    return True


def _replaced(
    context: Context, connection: Connection, passage: Passage, process: BoundProcess, id: str
) -> tuple[str, str]:
    """Somebody else gets what is with somebody who is not active."""
    found = cases.assigned(connection, id)
    assert found is not None
    (held,) = handing.with_their_cases(connection, [found])
    to = picked_anew(context, context.office(), process, held, besides={found.person})
    given(passage, found, to)
    return to.person, to.because


def _taken_up(
    context: Context, connection: Connection, passage: Passage, process: BoundProcess
) -> tuple[str, str]:
    """Nothing is open: the engine goes on with it, or a person gets it."""
    case = passage.case
    if case.state in (CaseState.RUNNING, CaseState.ACTING):
        pending = [a for a in cases.actions_of(connection, case.id) if a.state in _PENDING]
        if case.state is CaseState.ACTING and pending:
            passage.queue("act", pending[-1].key, repeatable=pending[-1].repeatable)
        else:
            passage.move(state=CaseState.RUNNING)
            passage.queue("advance", case.id)
        return "", ""
    handed = hand_over(passage, process, context.office(), _handover(connection, process, case))
    return handed.person, ""


#: States of an action that something is still to become of by itself.
_PENDING = ("planned", "running", "unknown")

_LOST = "It was left alone, and found: decide how it goes on"


def _handover(connection: Connection, process: BoundProcess, case: Case) -> Handover:
    """What was asked last in this round, again; else the decision that was judged; else how it goes on."""
    asked = [
        one for one in cases.assignments(connection, case.id)
        if one.kind not in (*BESIDE, "answer") and one.round == case.round
    ]  # fmt: skip
    if asked:
        last = max(asked, key=lambda one: (one.opened_at, len(one.id), one.id))
        step = next((b.step for b in process.steps if b.step.name == last.point), None)
        return Handover(
            kind=last.kind, point=last.point, queue=last.queue, level=last.level, because=last.because,
            sla=step.sla if isinstance(step, DecisionPoint) else Sla(), stay_with=last.person,
        )  # fmt: skip
    step = process.steps[case.place].step if case.place < len(process.steps) else None
    judged = {one.point: one for one in cases.judgements(connection, case.id) if one.round == case.round}
    if isinstance(step, DecisionPoint) and step.name in judged:
        queue, _ = placed(process, step, case.known)
        level = judged[step.name].level if judged[step.name].level.waits else Level.REVIEW
        return Handover(
            kind="decide", point=step.name, queue=queue, sla=step.sla, level=level, because=_LOST
        )  # fmt: skip
    return Handover(
        kind="exception", point=FALLBACK, queue=FALLBACK, sla=Sla(), level=Level.ASSIST, because=_LOST
    )
