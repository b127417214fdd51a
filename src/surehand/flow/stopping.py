"""Stopping automation, for one process or for everything; two people have it resume; drills prove it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from surehand.core.case import ENGINE
from surehand.core.stopping import (
    LONGEST,
    Drilled,
    InForce,
    Stop,
    agree_refused,
    answering,
    resume_refused,
    stop_refused,
    told,
)
from surehand.core.values import storable
from surehand.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from surehand.flow.context import Context
from surehand.flow.gate import SETTLED
from surehand.store import audit, outbox, stops

T = TypeVar("T")

#: Called in the transaction of a verb, with its result.
Also = Callable[[Connection, Stop], None] | None

#: A drill waits so long for every worker. One that nobody ended, because its process died, ends after this.
_PATIENCE = 5.0
_OVERDUE = timedelta(seconds=30)
_EVERY = 0.02

#: Stops of before that are told.
_HISTORY = 50


def stop(context: Context, person: str, process: str | None, *, because: str, also: Also = None) -> Stop:
    """Stop a process, or everything: when this returns, nothing of it begins any more.

    What runs already is not interrupted. raises  NotFound, Forbidden, InvalidInput without a reason, Conflict
    when somebody has stopped just this already
    """
    said = may_stop(context, person, process, because=because)

    def transaction(connection: Connection, found: InForce) -> Stop:
        if (same := found.same(process)) is not None:
            raise Conflict(
                f"{same.by} has stopped {same.scope} already: {same.because}",
                winner=same.by, at=same.at.isoformat(), state="stopped",
            )  # fmt: skip
        return _begun(context, connection, process, by=person, because=said, drill=False)

    made = _changed(context, transaction, also)
    time.sleep(SETTLED)
    return made


def may_stop(context: Context, person: str, process: str | None, *, because: str) -> str:
    """The reason as it is kept, where this person may stop this for it. Raises as `stop`."""
    if refusal := stop_refused(context.people, person, process, by=_answering(context, process)):
        raise Forbidden(refusal)
    return _reason(because)


def ask_to_resume(context: Context, person: str, id: int, *, also: Also = None) -> Stop:
    """Ask for a stop to end; a second person agrees. Raises NotFound, Forbidden or Conflict."""

    def transaction(connection: Connection, found: InForce) -> Stop:
        one = _one(connection, found, id)
        by = _answering(context, one.process)
        if refusal := resume_refused(context.people, person, one, by=by):
            raise Forbidden(refusal)
        if one.asked_by is not None:
            raise Conflict(
                f"{one.asked_by} asks to resume already; somebody else agrees, or has it kept stopped",
                state="asked",
            )
        now = context.clock()
        asked = stops.change(connection, one, asked_by=person, asked_at=now)
        audit.record(connection, "resume_asked", person, now, _body(asked))
        _tell(context, connection, asked, "resume_asked", by=person)
        return asked

    return _changed(context, transaction, also)


def agree(context: Context, person: str, id: int, *, also: Also = None) -> Stop:
    """End a stop, as somebody else asks: what was held is due again.

    raises  NotFound; Forbidden, also for whoever asked, except in development; Conflict when nobody asks
    """

    def transaction(connection: Connection, found: InForce) -> Stop:
        one = _one(connection, found, id)
        if refusal := agree_refused(context.people, person, one, alone=context.development):
            raise Forbidden(refusal)
        if one.asked_by is None:
            raise Conflict("Nobody asks to resume; ask first, and a second person agrees", state="stopped")
        counted = dict(one.counted)
        return _over(context, connection, found, one, by=person, counted=counted)

    ended = _changed(context, transaction, also)
    context.wake(frozenset({"act"}))
    return ended


def keep_stopped(context: Context, person: str, id: int, *, also: Also = None) -> Stop:
    """Do not resume as somebody asks. Whoever asked may take it back so, too. Raises as `ask_to_resume`."""

    def transaction(connection: Connection, found: InForce) -> Stop:
        one = _one(connection, found, id)
        by = _answering(context, one.process)
        if refusal := resume_refused(context.people, person, one, by=by):
            raise Forbidden(refusal.replace("ask to resume", "have it kept stopped:"))
        if one.asked_by is None:
            raise Conflict("Nobody asks to resume, and it stays stopped", state="stopped")
        body = _body(one) | {"asked_by": one.asked_by}
        kept = stops.change(connection, one, asked_by=None, asked_at=None)
        audit.record(connection, "kept_stopped", person, context.clock(), body)
        return kept

    return _changed(context, transaction, also)


def drill(context: Context, person: str, process: str | None, *, also: Also = None) -> Stop:
    """Stop it for a moment, and see that every worker refuses to begin; then it resumes by itself.

    A stop that somebody makes meanwhile stays. raises  as `stop`
    """
    if refusal := stop_refused(context.people, person, process, by=_answering(context, process)):
        raise Forbidden(refusal.replace("may not stop", "may not drill the stop of"))

    def transaction(connection: Connection, found: InForce) -> Stop:
        there = next((one for one in found if one.process in (None, process)), None)
        if there is not None and there.drill and (there.by, there.process) == (person, process):
            return there  # the answer to this very request was lost, and it came again
        if there is not None:
            what = "A drill is under way" if there.drill else f"{there.by} has stopped {there.scope}"
            raise Conflict(f"{what} already, so a drill would show nothing", state="stopped")
        return _begun(context, connection, process, by=person, because="A drill", drill=True)

    made = _changed(context, transaction)
    drilled = _watched(context, made)
    ended = _changed(context, partial(_drill_ended, context, made.id, drilled), also)
    context.wake(frozenset({"act"}))
    return ended


def _watched(context: Context, made: Stop) -> Drilled:
    """Wait until every worker that is there has tried to begin something and was refused."""
    committed, refused = time.monotonic(), dict[str, float]()
    workers = {name for name in context.db.connected() if _is_worker(name)} | {context.worker}
    while True:
        take_part(context)
        with context.db.look() as connection:
            now = stops.find(connection, made.id)
        after = time.monotonic() - committed
        answers: dict[str, bool] = dict(now.counted.get("answers", {})) if now is not None else {}
        for name, shut in answers.items():
            if shut:
                refused.setdefault(name, round(after, 3))
        silent = workers - answers.keys()
        if not silent or after > _PATIENCE:
            return Drilled(refused, sorted(n for n, shut in answers.items() if not shut), sorted(silent))
        time.sleep(_EVERY)


def _is_worker(name: str) -> bool:
    """A name of ours is HOST:PROCESS:NUMBER; other connections of a process are named after it."""
    return name.count(":") == 2 and " " not in name


def take_part(context: Context) -> None:
    """In a drill, try here what a worker does before it begins something. Part of every sweep.

    It ends a drill that nobody has ended, too: its process died.
    """
    for one in context.gate.lately(context.db):
        if not one.drill:
            continue
        if context.clock() - one.at > _OVERDUE:
            _changed(context, partial(_drill_ended, context, one.id, None))
            context.wake(frozenset({"act"}))
        elif context.worker not in one.counted.get("answers", {}):
            process = one.process or next(iter(sorted(context.processes.current)), "")
            shut = context.gate.shuts(context.db, process) is not None
            _changed(context, partial(_tried, context, one.id, shut))


def _tried(context: Context, id: int, shut: bool, connection: Connection, found: InForce) -> Stop | None:
    one = next((one for one in found if one.id == id), None)
    if one is None:
        return None  # it ended meanwhile
    answers = {**one.counted.get("answers", {}), context.worker: shut}
    return stops.change(connection, one, counted={**one.counted, "answers": answers})


def _drill_ended(
    context: Context, id: int, drilled: Drilled | None, connection: Connection, found: InForce
) -> Stop:
    """End a drill, with what it found; `None`: nobody was there any more to say so."""
    one = next((one for one in found if one.id == id), None)
    if one is None:
        there = stops.find(connection, id)
        assert there is not None
        return there  # it took so long that a sweep has ended it
    drilled = drilled or Drilled()
    counted = {
        "under_way": one.counted.get("under_way", 0), "refused": dict(drilled.refused),
        "began": list(drilled.began), "silent": list(drilled.silent),
    }  # fmt: skip
    return _over(context, connection, found, one, by=None, counted=counted)


# What the verbs share


def _changed(
    context: Context,
    transaction: Callable[[Connection, InForce], T],
    also: Callable[[Connection, T], None] | None = None,
) -> T:
    """Change what is stopped, alone."""

    def alone(connection: Connection) -> T:
        result = transaction(connection, stops.changing(connection))
        if also is not None:
            also(connection, result)
        return result

    with context.gate.changing():
        return context.db.write(alone)


def _begun(
    context: Context, connection: Connection, process: str | None, *, by: str, because: str, drill: bool
) -> Stop:
    now = context.clock()
    counted = {"under_way": stops.counts(connection, process)["under_way"]}
    made = stops.add(connection, process, by=by, because=because, at=now, drill=drill, counted=counted)
    audit.record(
        connection, "automation_stopped", by, now, _body(made) | {"because": because, "drill": drill}
    )
    if not drill:
        _tell(context, connection, made, "stopped", by=by)
    return made


def _tell(context: Context, connection: Connection, one: Stop, kind: str, *, by: str) -> None:
    """Those whom it concerns hear of it, in the transaction in which it happens."""
    # a process that is stopped may not run here any more
    here = one.process in context.processes.current
    answers = _answering(context, one.process) if here else frozenset()
    tells = told(context.people, one, kind, by=by, answers=answers)
    outbox.tell(connection, tells, at=context.clock(), process=one.process)


def _over(
    context: Context, connection: Connection, found: InForce, one: Stop, *, by: str | None,
    counted: dict[str, Any],
) -> Stop:  # fmt: skip
    """A stop ends, and what nothing holds any more is due."""
    now, still = context.clock(), InForce(other for other in found if other.id != one.id)
    counted["held"] = stops.release(connection, still)
    ended = stops.change(connection, one, ended_by=by, ended_at=now, counted=counted)
    body = _body(ended) | {"counted": counted}
    if by is not None:
        body |= {"asked_by": one.asked_by, "alone": by == one.asked_by, "development": context.development}
    kind = "drill_ended" if one.drill else "automation_resumed"
    audit.record(connection, kind, by or ENGINE, now, body)
    if by is not None and not one.drill:
        _tell(context, connection, ended, "resumed", by=by)
    return ended


def _body(one: Stop) -> dict[str, Any]:
    return {"stop": one.id, "process": one.process}


def _one(connection: Connection, found: InForce, id: int) -> Stop:
    """A stop of somebody's that is in force. Raises NotFound or Conflict."""
    one = next((one for one in found if one.id == id), None)
    if one is not None and one.drill:
        raise Conflict("A drill ends by itself, within seconds", state="drill")
    if one is not None:
        return one
    before = stops.find(connection, id)
    if before is None:
        raise NotFound("There is no such stop")
    raise Conflict(
        f"It has ended already: {before.ended_by or 'the drill'} had it resume",
        winner=before.ended_by, at=before.ended_at.isoformat() if before.ended_at else None, state="ended",
    )  # fmt: skip


def _answering(context: Context, process: str | None) -> frozenset[str]:
    """Who answers for a process. Raises NotFound where it does not run here."""
    return frozenset() if process is None else answering(context.processes.named(process), context.people)


def _reason(because: str) -> str:
    said: str = " ".join(storable(because).split())
    if not said:
        raise InvalidInput([Fault("because", "is needed: say why, everybody reads it")])
    if len(said) > LONGEST:
        raise InvalidInput([Fault("because", f"may have {LONGEST} letters")])
    return said


# Looking


@dataclass(frozen=True, slots=True)
class StopNow:
    """A stop in force, with what it holds back, and what the reader may do about it.

    counted  `held`, `under_way` and `waiting` now; see `stops.counts`
    """

    stop: Stop
    counted: dict[str, int]
    may_ask: bool
    may_agree: bool
    may_keep: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What is stopped and was, and what the reader may stop.

    everything  the reader may stop everything
    """

    in_force: tuple[StopNow, ...]
    ended: tuple[Stop, ...]
    processes: tuple[str, ...]
    everything: bool


def overview(context: Context, person: str) -> Overview:
    """All that is to be known about stops, for anybody here."""
    with context.db.read() as connection:
        found, ended = stops.in_force(connection), stops.ended(connection, limit=_HISTORY)
        counted = {one.id: stops.counts(connection, one.process) for one in found}
    may = tuple(
        name for name in sorted(context.processes.current)
        if stop_refused(context.people, person, name, by=_answering(context, name)) is None
    )  # fmt: skip
    everything = stop_refused(context.people, person, None) is None
    in_force = tuple(_in_force(context, person, one, counted[one.id]) for one in found)
    return Overview(in_force, tuple(ended), may, everything)


def _in_force(context: Context, person: str, one: Stop, counted: dict[str, int]) -> StopNow:
    known = one.process in context.processes.current
    by = _answering(context, one.process) if known else frozenset[str]()
    may = not one.drill and resume_refused(context.people, person, one, by=by) is None
    asked = one.asked_by is not None
    agrees = agree_refused(context.people, person, one, alone=context.development) is None
    return StopNow(one, counted, may and not asked, asked and agrees, may and asked)
