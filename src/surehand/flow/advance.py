"""Running the steps of a chunk of cases, up to where each must wait, act or end.

Functions run outside any transaction. What they return is stored before the next slow step begins, so that
nothing paid for runs twice.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from surehand.core.actions import backoff
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import ENGINE, Case, CaseState
from surehand.core.hearing import FAILED, MISSING
from surehand.core.lifecycle import FALLBACK, Handover, Office, hand_over, onward
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.recommendation import Recommendation
from surehand.core.steps import Act, DecisionPoint
from surehand.core.terms import Sla
from surehand.errors import NotFound, PermanentFailure, SurehandError
from surehand.flow import appraising, gathering, guarding, judging, rivalry
from surehand.flow.calling import GivenBack
from surehand.flow.context import Context
from surehand.flow.finishing import drop, save
from surehand.flow.pace import QUICK
from surehand.flow.recognising import by_hand, needs_document, recognise, trouble, unrecognised
from surehand.flow.workload import Loads, took_turn
from surehand.providers.protocol import NotBegun
from surehand.store import cases, saving, work
from surehand.store.saving import Stale
from surehand.store.work import Work

#: Seconds. A step that took longer than this for the chunk is worth a commit of its own.
_WORTH_STORING = QUICK

#: The functions of one step may take this share of a lease before the rest of the chunk is given back.
_PATIENCE = 1 / 3


#: After this a chunk is looked at again of which nothing could be begun.
_BUSY = timedelta(seconds=1)

#: Claims of one piece of work after which the case is taken for what stops its workers.
_POISONOUS = 20


@dataclass(slots=True, eq=False)
class _Run:
    """One case on its way through this chunk.

    item     the claimed work; None once it is lost or given back
    stopped  it waits, acts, ended, failed or was given back
    unsaved  the case is new and saved as a whole at the end
    """

    item: Work
    passage: Passage
    stopped: bool = False
    lost: bool = False
    unsaved: bool = False


def advance(context: Context, items: Sequence[Work]) -> None:
    """Run claimed work of kind `advance`."""
    now = context.clock()
    found = _found(context, items)
    office = context.office()
    runs = [_Run(item, Passage(found[item.ref], at=now)) for item in items if item.ref in found]
    gone = [item for item in items if item.ref not in found]
    if gone:
        # rows were removed by hand: verify-audit names them; there is nothing left to run
        context.db.write(lambda connection: work.finish(connection, gone))
    by_version: dict[tuple[str, str], list[_Run]] = {}
    for run in runs:
        by_version.setdefault((run.passage.case.process, run.passage.case.version), []).append(run)
    done: list[_Run] = []
    for (name, version), group in sorted(
        by_version.items(), key=lambda one: not context.pace.quick(one[0][1])
    ):
        if done and not context.pace.quick(version):
            # what was quick does not wait for what may be slow
            save(context, [(run.item, run.passage) for run in done if not run.lost])
            done = []
        done += group
        try:
            process = context.processes.pinned(name, version)
        except SurehandError:
            _unrunnable(context, group)
            continue
        _without_poison(process, group, office)
        _recognise(context, process, group)
        began = time.monotonic()
        _through(context, process, group, office)
        context.pace.took(version, time.monotonic() - began)
    save(context, [(run.item, run.passage) for run in done if not run.lost])


def run_unsaved(context: Context, process: BoundProcess, passage: Passage) -> None:
    """Run the steps of a new case that is not saved yet; see `Pace`."""
    case = passage.case
    # no work was claimed for it; what failed and is to be tried again is queued with the case
    run = _Run(Work(0, "advance", case.id, case.id, True, attempt=1, failures=0), passage, unsaved=True)
    began = time.monotonic()
    _through(context, process, [run], context.office())
    context.pace.took(process.version, time.monotonic() - began)


def _found(context: Context, items: Sequence[Work]) -> dict[str, Case]:
    """Their cases; of a caller who has just saved them, without asking again. Saving compares anyway."""
    if context.following is not None:
        since = context.clock() - context.lease
        known = [context.following.case(item.ref, since=since) for item in items]
        if all(known):
            return {case.id: case for case in known if case is not None}
    with context.db.read() as connection:
        return cases.load(connection, [item.ref for item in items])


def _without_poison(process: BoundProcess, runs: list[_Run], office: Office) -> None:
    """A case that has taken its worker down again and again goes to a person."""
    for run in runs:
        if run.item.attempt > _POISONOUS and run.passage.case.state is CaseState.RUNNING:
            because = f"its worker stopped {run.item.attempt - 1} times while it was at work on this case"
            _to_person(run, process, office, f"{FAILED}engine", FALLBACK, Sla(), because)


def _recognise(context: Context, process: BoundProcess, runs: list[_Run]) -> None:
    """Read the files that these cases brought; what was read is committed before any step runs."""
    unread = [run for run in runs if not run.stopped and unrecognised(run.passage.case)]
    ends = time.monotonic() + context.lease.total_seconds() * _PATIENCE
    for number, run in enumerate(unread):
        if number and time.monotonic() > ends:
            _give_back(context, [run])
        else:
            recognise(context, process, run.passage)
    _store(context, [run for run in unread if not run.stopped])


def _through(context: Context, process: BoundProcess, runs: list[_Run], office: Office) -> None:
    for place, bound in enumerate(process.steps):
        here = [r for r in runs if not r.stopped and not r.lost and _stands(r, place)]
        here = [run for run in here if not _left_the_path(process, place, run, office)]
        if not here:
            continue
        began = time.monotonic()
        if isinstance(bound.step, DecisionPoint):
            _decide(context, process, place, here, office)
        elif isinstance(bound.step, Act):
            for run in here:
                onward(run.passage, process, inline=True, tested=place)
                # its action is due once this work is finished, never while it is still there: the action
                # would queue the same work again
                run.stopped = run.passage.case.state is not CaseState.RUNNING
        else:
            _gather(context, process, place, here, office)
        if time.monotonic() - began > _WORTH_STORING and place + 1 < len(process.steps):
            _store(context, [run for run in here if not run.stopped])
    for run in runs:
        if not run.stopped and run.passage.case.state is CaseState.RUNNING:
            onward(run.passage, process, inline=True)


def _stands(run: _Run, place: int) -> bool:
    case = run.passage.case
    if case.state is not CaseState.RUNNING:
        run.stopped = True
    return not run.stopped and case.place == place


def _left_the_path(process: BoundProcess, place: int, run: _Run, office: Office) -> bool:
    """Hand the case to a person when a mapped exception holds, or cannot be told, or a value is missing."""
    case = run.passage.case
    for path, (at, condition) in zip(process.map.exceptions, process.exceptions, strict=True):
        if at != place or path.name in case.passed:
            continue
        holds = condition(case.known)
        if holds is False:
            continue
        because = path.because or path.name.replace("-", " ").capitalize()
        if holds is None:
            because = f"Could not be told, so a person looks: {because}"
        _to_person(run, process, office, path.name, path.queue, path.sla, because)
        return True
    bound = process.steps[place]
    if isinstance(bound.step, DecisionPoint):
        return False
    if needs_document(bound) and case.pages is None and not by_hand(case):
        point, because = trouble(case)
        queue, sla = _keyed_in_by(process, place)
        _to_person(run, process, office, point, queue, sla, because)
        return True
    for parameter in bound.parameters:
        if parameter.source == "fact" and not parameter.optional:
            name = parameter.facts[0]
            if case.known.get(name) is None and not isinstance(bound.step, Act):
                because = f"{bound.step.name.replace('_', ' ')} needs {name}, and it is missing"
                queue, sla = _next_queue(process, place)
                _to_person(run, process, office, f"{MISSING}{name}", queue, sla, because)
                return True
    return False


def _keyed_in_by(process: BoundProcess, place: int) -> tuple[str, Sla]:
    """Who gets a document that cannot be read."""
    path = process.map.input.unreadable
    return (path.queue, path.sla) if path is not None else _next_queue(process, place)


def _next_queue(process: BoundProcess, place: int) -> tuple[str, Sla]:
    """The people who would decide this case: the queue of the next decision point."""
    for bound in process.steps[place:]:
        if isinstance(bound.step, DecisionPoint):
            return bound.step.queue, bound.step.sla
    return FALLBACK, Sla()


def _to_person(
    run: _Run, process: BoundProcess, office: Office, point: str, queue: str, sla: Sla, because: str
) -> None:
    run.passage.note("left_path", ENGINE, point=point, because=because)
    hand_over(
        run.passage, process, office,
        Handover(kind="exception", point=point, queue=queue, sla=sla, level=Level.ASSIST, because=because),
    )  # fmt: skip
    took_turn(office, run.passage)
    run.stopped = True


def _gather(context: Context, process: BoundProcess, place: int, runs: list[_Run], office: Office) -> None:
    """Run an extract or lookup step."""
    bound = process.steps[place]
    cases = [run.passage.case for run in runs]
    patience = context.lease.total_seconds() * _PATIENCE
    for run, found in zip(runs, gathering.gathered(context, process, bound, cases, patience), strict=True):
        if isinstance(found, GivenBack):
            _give_back(context, [run])
        elif isinstance(found, Exception):
            _failed(context, process, place, run, found, office)
        else:
            gathering.join(run.passage, bound, found)
            run.passage.move(place=place + 1)


def _decide(context: Context, process: BoundProcess, place: int, runs: list[_Run], office: Office) -> None:
    bound = process.steps[place]
    answers = judging.recommend(context, process, bound, [run.passage for run in runs])
    point = bound.step
    assert isinstance(point, DecisionPoint)
    earned = guarding.earned(context, process, point)
    loads = Loads(lambda: office.loads)
    counted = replace(office, loads=loads)
    unbegun = [run for run, answer in zip(runs, answers, strict=True) if isinstance(answer, NotBegun)]
    if unbegun:
        # where nothing could be begun at all, it is not tried again at once, over and over
        _give_back(context, unbegun, after=_BUSY if len(unbegun) == len(runs) else timedelta(0))
    answered: list[tuple[_Run, Recommendation[Any]]] = []
    for run, answer in zip(runs, answers, strict=True):
        if isinstance(answer, NotBegun):
            continue
        if not isinstance(answer, Exception):
            answered.append((run, answer))
        elif _may_retry(bound, run, answer):
            _retry(context, run, answer, bound.step.name)
        else:
            # the AI failed for good: people decide, and are told why
            failed = f"The AI failed: {context.words(answer)}"
            answered.append((run, Recommendation(value=None, reasons=(failed,), source="failed")))
    found = appraising.appraised(
        context, process, bound, [run.passage for run, _ in answered], [answer for _, answer in answered],
        failures=[run.item.failures for run, _ in answered], earned=earned,
    )  # fmt: skip
    would = rivalry.would_say(context, process, bound, [run.passage for run, _ in answered], earned)
    for (run, answer), one, rival in zip(answered, found, would, strict=True):
        judging.settle(
            context, process, place, run.passage, answer, one,
            office=counted, earned=earned, rival=rival,
        )  # fmt: skip
        took_turn(office, run.passage)
        case = run.passage.case
        if case.state is CaseState.WAITING:
            loads.given(case.owner)
            context.workload.given(case.owner)
        run.stopped = case.state is not CaseState.RUNNING


def _may_retry(bound: BoundStep, run: _Run, error: Exception) -> bool:
    permanent = isinstance(error, PermanentFailure | PermissionError | NotFound)
    return not permanent and run.item.failures + 1 < bound.step.attempts


def _failed(
    context: Context, process: BoundProcess, place: int, run: _Run, error: Exception, office: Office
) -> None:
    bound = process.steps[place]
    if _may_retry(bound, run, error):
        _retry(context, run, error, bound.step.name)
        return
    run.passage.note("step_failed", ENGINE, step=bound.step.name, error=context.words(error), final=True)
    because = f"{bound.step.name.replace('_', ' ')} failed: {context.words(error)}"
    _to_person(run, process, office, f"{FAILED}{bound.step.name}", FALLBACK, Sla(), because)


def _retry(context: Context, run: _Run, error: Exception, step: str) -> None:
    failures = run.item.failures + 1
    at = context.clock() + backoff(failures, draw=context.draw())
    run.passage.note(
        "step_failed", ENGINE, step=step, error=context.words(error), final=False, again=at.isoformat()
    )
    run.passage.queue("advance", run.passage.case.id, at=at, failures=failures)
    run.stopped = True


def _give_back(context: Context, runs: Sequence[_Run], *, after: timedelta = timedelta(0)) -> None:
    """Queue the rest of a slow chunk again; it does not count as a failure."""
    at = context.clock() + after
    for run in runs:
        run.stopped = True
        run.passage.queue("advance", run.passage.case.id, at=at, failures=run.item.failures)
    unchanged = [run for run in runs if not run.passage.changed]
    for run in unchanged:
        run.lost = True
    if unchanged:
        context.db.write(lambda c: work.release(c, [run.item for run in unchanged], due_at=at))


def _unrunnable(context: Context, runs: list[_Run]) -> None:
    """The code of a pinned version is gone or does not load: try again in a while, nothing is lost."""
    for run in runs:
        run.lost = True
        at = context.clock() + backoff(run.item.attempt + 4, draw=context.draw())

        # not a failure of a step: that would send every one of these cases to a person
        def again(connection: Connection, item: Work = run.item, at: Any = at) -> None:
            work.release(connection, [item], due_at=at)

        context.db.write(again)


def _kept(context: Context, runs: Sequence[_Run]) -> dict[int, Case]:
    """Save these with their leases renewed; the cases by number of the work that is still ours."""

    def keep(connection: Connection) -> dict[int, Case]:
        ours = work.extend(connection, [run.item for run in runs], until=context.clock() + context.lease)
        still = [run for run in runs if run.item.id in ours]
        saved = saving.save(connection, [run.passage.change() for run in still])
        return {run.item.id: case for run, case in zip(still, saved, strict=True)}

    return context.db.write(keep)


def _store(context: Context, runs: list[_Run]) -> None:
    """Commit what was gathered so far and keep the work; drop what another worker has taken over."""
    changed = [run for run in runs if run.passage.changed and not run.unsaved]
    if not changed:
        return
    try:
        saved = _kept(context, changed)
    except Stale:
        # one case of the chunk moved on meanwhile: keep the others one by one
        saved = {}
        for run in changed:
            try:
                saved |= _kept(context, [run])
            except Stale:
                drop(context, run.item)
    for run in changed:
        case = saved.get(run.item.id)
        if case is None:
            run.stopped = run.lost = True
        else:
            run.passage = Passage(case, at=context.clock())
