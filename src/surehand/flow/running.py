"""Draining the work table and sweeping what time brings: what a dispatcher calls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from surehand.core.actions import backoff
from surehand.core.case import Case, Verdict
from surehand.core.hearing import Answer
from surehand.errors import SurehandError
from surehand.flow import learning, looking, orphans
from surehand.flow.act import act
from surehand.flow.admission import Accepted, admit, known, same_again
from surehand.flow.advance import advance, run_unsaved
from surehand.flow.context import Context
from surehand.flow.escalate import escalate, replace_absent
from surehand.flow.following import Following
from surehand.flow.foreseeing import warn_at_risk
from surehand.flow.guarding import fold
from surehand.flow.intake import Submission, received, submit
from surehand.flow.passing import pass_on, relax
from surehand.flow.pending import take_effect
from surehand.flow.review import submit_verdict
from surehand.flow.roster import refresh
from surehand.flow.stopping import take_part
from surehand.store import cases, work
from surehand.store.work import Work

Run = Callable[[Context, Sequence[Work]], None]

#: Kind of work -> how it is run, and how many are claimed at once.
KINDS: dict[str, tuple[Run, int]] = {"advance": (advance, 500), "act": (act, 100)}

#: Letters of the cases that are worked on together; in memory they take some twenty times as much.
_TOGETHER = 32 * 1024 * 1024


def drain(context: Context, kinds: frozenset[str] = frozenset(KINDS), *, chunks: int = 1) -> int:
    """Run up to `chunks` chunks of each kind; returns how many pieces were claimed, 0: nothing is due."""
    claimed = 0
    for _ in range(chunks):
        before = claimed
        for kind in sorted(kinds & KINDS.keys()):
            run, limit = KINDS[kind]
            items = context.db.write(partial(_claim, context, kind, limit))
            if items:
                _guarded(context, run, items)
                claimed += len(items)
        if claimed == before:
            break
    return claimed


def _claim(context: Context, kind: str, limit: int, connection: Connection) -> list[Work]:
    return work.claim(
        connection, kind, worker=context.worker, limit=limit, now=context.clock(), lease=context.lease
    )


def _guarded(context: Context, run: Run, items: list[Work]) -> None:
    """Run a chunk. A fault of ours puts off the case that it comes from, no other, and is raised."""
    context.held.begun(items, until=context.clock() + context.lease)
    try:
        for portion in _portions(context, items):
            run(context, portion)
    except Exception:  # noqa: BLE001 - each piece is then tried alone, and what fails again is raised
        if faults := _one_by_one(context, run, items):
            raise faults[0] from None
    finally:
        context.held.ended(items)


def _portions(context: Context, items: list[Work]) -> Iterator[list[Work]]:
    """A chunk in parts that fit into memory together, whatever large documents its cases brought."""
    of_case: dict[str, list[Work]] = {}
    for item in items:
        of_case.setdefault(item.case_id, []).append(item)
    if len(of_case) == 1:
        yield items
        return
    with context.db.read() as connection:
        parts = list(cases.portions(connection, list(of_case), most=_TOGETHER))
    for part in parts:
        yield [item for case_id in part for item in of_case[case_id]]


def _one_by_one(context: Context, run: Run, items: list[Work]) -> list[Exception]:
    """What is left of a chunk that failed, each piece alone; what fails again is put off."""
    until = context.clock() + context.lease
    ours = context.db.write(lambda connection: work.extend(connection, items, until=until))
    faults = []
    for item in items:
        if item.id not in ours:
            continue
        try:
            run(context, [item])
        except Exception as fault:  # noqa: BLE001 - given back, and raised by the caller
            later = context.clock() + backoff(item.failures + 3, draw=context.draw())
            context.db.write(partial(work.retry, item=item, due_at=later))
            faults.append(fault)
    return faults


#: How often a caller who waits goes on with what became due, before workers take it over.
_ROUNDS = 8


def advance_now(context: Context, case_id: str) -> None:
    """Run what is due for one case in the caller's thread, for those who wait for the answer."""
    mine = context if context.following is not None else replace(context, following=Following())
    following = mine.following
    assert following is not None
    if not following.fed:
        following.forget()
        following.items.extend(context.db.write(lambda c: context.claim(c, [case_id])))
    try:
        for _ in range(_ROUNDS):
            items = following.taken()
            for kind, (run, _) in KINDS.items():
                of_kind = [item for item in items if item.kind == kind]
                if of_kind:
                    _guarded(mine, run, of_kind)
            if not following.items:
                return
    finally:
        following.fed = False
        if left := following.taken():
            now = context.clock()
            context.db.write(lambda connection: work.release(connection, left, due_at=now))
            context.wake(frozenset(item.kind for item in left))


def submit_now(context: Context, submission: Submission, *, submitter: str) -> Accepted:
    """Take one item in and run it here, up to where it waits, ended or must be tried again later.

    As `submit` and then `advance_now`, in fewer transactions. Returns the case as it is then.
    """
    mine = replace(context, following=Following())
    accepted = begin(mine, submission, submitter=submitter)
    return replace(accepted, case=_gone_on(mine, accepted.case))


def begin(mine: Context, submission: Submission, *, submitter: str) -> Accepted:
    """Take one item in for a caller who goes on with `advance_now`. Its steps run first, if they are quick.

    Until it is saved nobody was told that there is such a case, so nothing that was acknowledged can be lost.
    """
    if not mine.pace.quick(mine.processes.named(submission.process).version):
        return submit(mine, submission, submitter=submitter)
    passage = received(mine, submission, submitter=submitter)
    case = passage.case
    there = known(mine, case.process, case.key) if submission.key is not None else None
    if there is None and case.file is None:
        try:
            run_unsaved(mine, mine.processes.pinned(case.process, case.version), passage)
        except Exception:  # noqa: BLE001 - it shows again, where the case is safe, when it runs from there
            return submit(mine, submission, submitter=submitter)
    elif there is None:
        passage.queue("advance", case.id)
    result = same_again(case, there) if there is not None else admit(mine, {0: passage})[0]
    if isinstance(result, SurehandError):
        raise result
    return result


def decide_now(context: Context, person: str, case_id: str, answer: Answer) -> tuple[Case, Verdict]:
    """Give a verdict, as `submit_verdict`, and run here what it lets run. The case is as it is then."""
    mine = replace(context, following=Following())
    case, verdict = submit_verdict(mine, person, case_id, answer)
    return _gone_on(mine, case), verdict


def _gone_on(mine: Context, case: Case) -> Case:
    advance_now(mine, case.id)
    assert mine.following is not None
    return mine.following.cases.get(case.id, case)


def sweep(context: Context) -> frozenset[str]:
    """What time brings: dead workers, absences, timers, drills, guards, models. Returns which work is due."""
    keep(context)
    recover(context)
    refresh(context)
    replace_absent(context, known=True)
    take_part(context)
    pass_on(context)
    relax(context)
    take_effect(context)
    escalate(context)
    warn_at_risk(context)
    if orphans.look(context) is not None:
        looking.forget(context)
    fold(context)
    learning.ask(context)
    with context.db.read() as connection:
        # what is learned runs apart, see `flow.learning`
        return work.due_kinds(connection, now=context.clock()) & KINDS.keys()


def keep(context: Context) -> None:
    """Renew the leases of work that this process is at; what another took over is not ours any more."""
    now = context.clock()
    ending = context.held.ending(before=now + context.lease * 2 / 3)
    if not ending:
        return
    until = now + context.lease
    ours = context.db.write(lambda connection: work.extend(connection, ending, until=until))
    context.held.begun([i for i in ending if i.id in ours and context.held.has(i)], until=until)
    context.held.ended([i for i in ending if i.id not in ours])


def reclaim(context: Context) -> int:
    """At start: what an earlier process of a SQLite database had claimed is ready again; how many pieces.

    The file belongs to one process, so whoever had claimed work before this one is dead, and nobody has to
    wait for a lease to end. On PostgreSQL others may live: there `recover` waits.
    """
    if context.db.dialect != "sqlite":
        return 0
    now = context.clock()

    def transaction(connection: Connection) -> int:
        left = work.claimed(connection)
        work.release(connection, left, due_at=now)
        return len(left)

    return context.db.write(transaction)


def recover(context: Context) -> int:
    """Work whose lease ended becomes ready again; returns how many pieces.

    An action that must not be repeated carries a committed mark if it was begun; the next attempt sees the
    mark and asks what became of it. That is only asked once the worker is gone: one that is merely slow or
    frozen could still do it afterwards.
    """
    now = context.clock()
    with context.db.read() as connection:
        found = work.expired(connection, now=now)
    alive = context.db.connected() - {context.worker} if found else frozenset()
    lost = [
        item for item, worker in found
        if not context.held.has(item) and (item.repeatable or worker not in alive)
    ]  # fmt: skip
    if lost:
        context.db.write(lambda connection: work.release(connection, lost, due_at=now))
    return len(lost)
