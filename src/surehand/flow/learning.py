"""Models that learn from verdicts by themselves: when it is time, by whom, and when not any more.

That it is time is a piece of work, so one worker has it, and another takes it over where that one dies. It
runs in a thread of its own: learning takes a minute, and cases do not wait for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from surehand.core.actions import backoff
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import ENGINE
from surehand.core.process import Learning
from surehand.core.steps import DecisionPoint
from surehand.errors import InvalidInput, NotEnoughEvidence, SettingsInvalid, Stopped
from surehand.flow import training
from surehand.flow.apart import GivenUp, Progress
from surehand.flow.context import Context
from surehand.store import audit, labels, models, work
from surehand.store.work import NewWork, Work

KIND = "learn"

#: Counting verdicts takes a moment where there are many, and a few more or less make no difference.
_LOOK_EVERY = timedelta(seconds=30)

#: What training may end with. It is noted, and tried again when there are four times as many verdicts.
_IN_VAIN = (NotEnoughEvidence, SettingsInvalid, InvalidInput, GivenUp)


@dataclass(frozen=True, slots=True)
class _Pupil:
    """A model that learns by itself, at its decision point."""

    process: BoundProcess
    name: str
    step: BoundStep
    learning: Learning

    @property
    def ref(self) -> str:
        return f"{self.process.name}/{self.name}"

    @property
    def point(self) -> tuple[str, str]:
        return self.process.name, self.step.step.name


def ask(context: Context) -> None:
    """Make due what is to be learned: called now and then, by any number of workers."""
    now = context.clock()
    if context.models.looked is not None and now - context.models.looked < _LOOK_EVERY:
        return
    context.models.looked = now
    with context.db.read() as connection:
        due = [one for one in _pupils(context) if _verdicts(connection, one) is not None]
    if due:
        items = [NewWork(KIND, one.ref, "", True, now) for one in due]
        context.db.write(lambda connection: work.add_once(connection, items))


def claimed(context: Context) -> Work | None:
    """One thing to learn, ours alone; None: there is none."""
    with context.db.look() as connection:
        if KIND not in work.due_kinds(connection, now=context.clock()):
            return None

    def transaction(connection: Connection) -> list[Work]:
        now = context.clock()
        return work.claim(connection, KIND, worker=context.worker, limit=1, now=now, lease=context.lease)

    return next(iter(context.db.write(transaction)), None)


def learn(context: Context, item: Work, progress: Progress | None = None) -> None:
    """Learn what was claimed, and put it to use; where something runs alone it is a rival first."""
    context.held.begun([item], until=context.clock() + context.lease)
    try:
        _learn(context, item, progress)
    finally:
        context.held.ended([item])


def _learn(context: Context, item: Work, progress: Progress | None) -> None:
    pupil = next((one for one in _pupils(context) if one.ref == item.ref), None)
    verdicts = None
    if pupil is not None:
        with context.db.read() as connection:
            verdicts = _verdicts(connection, pupil)
    if pupil is None or verdicts is None:
        context.db.write(lambda connection: work.finish(connection, [item]))
        return
    try:
        with context.models.learning():
            made = training.made_of(context, pupil.process, pupil.name, pupil.step, ENGINE, progress)
    except _IN_VAIN as error:
        _in_vain(context, item, pupil, verdicts, context.words(error))
        return
    except Stopped:
        # another model is learning here, or the server is stopping
        _later(context, item)
        return
    except Exception:
        # a fault of ours, or of a model: later, so that it does not go round and round
        _later(context, item)
        raise

    def transaction(connection: Connection) -> None:
        if not work.finish(connection, [item]):
            return  # it took so long that another has it
        models.set_tried(connection, pupil.process.name, pupil.name, verdicts)
        training.put_to_use(connection, *made, pupil.step)

    context.db.write(transaction)


def _later(context: Context, item: Work) -> None:
    later = context.clock() + backoff(item.failures + 4, draw=context.draw())
    context.db.write(lambda connection: work.retry(connection, item, due_at=later))


def _in_vain(context: Context, item: Work, pupil: _Pupil, verdicts: int, because: str) -> None:
    now, told = context.clock(), {"process": pupil.process.name, "model": pupil.name, "because": because}

    def transaction(connection: Connection) -> None:
        if work.finish(connection, [item]):
            models.set_tried(connection, pupil.process.name, pupil.name, verdicts)
            audit.record(connection, "model_not_trained", ENGINE, now, told)

    context.db.write(transaction)


def _pupils(context: Context) -> Iterator[_Pupil]:
    for process in context.processes.current.values():
        for bound in process.steps:
            step, model = bound.step, bound.model
            if not isinstance(step, DecisionPoint) or model is None or step.model is None:
                continue
            learning = model.learns or (Learning() if step.guarantee is not None else None)
            if learning is not None and model.provider in context.models.classifiers:
                yield _Pupil(process, step.model, bound, learning)


def _verdicts(connection: Connection, pupil: _Pupil) -> int | None:
    """How many verdicts it would learn from, if it is time; else None."""
    process, point = pupil.point
    due = pupil.learning.due(models.learned_from(connection, process, pupil.name))
    if due is None:
        return None
    count = labels.count(connection, process, point, most=due)
    return count if count >= due else None
