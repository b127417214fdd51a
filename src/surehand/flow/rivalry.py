"""A new model beside the one in use: what it would have said of each case, and its taking over."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import ENGINE
from surehand.core.confidence import Calibration
from surehand.core.passage import Passage
from surehand.core.recommendation import Recommendation
from surehand.core.routing import Earned
from surehand.core.steps import DecisionPoint
from surehand.core.values import plain
from surehand.errors import SurehandError
from surehand.flow import appraising, bases, calibrating
from surehand.flow.context import Context
from surehand.providers.classifier import answering
from surehand.store import audit, models
from surehand.store.evidence import Point
from surehand.store.models import RIVAL

#: What a rival would have said of a case: its hash, the answer and the score.
Would = dict[str, Any]


def would_say(
    context: Context,
    process: BoundProcess,
    bound: BoundStep,
    passages: Sequence[Passage],
    earned: Earned | None,
) -> list[Would | None]:
    """By case, what the rival of the model in use would have said; None where there is none.

    It decides nothing, so whatever goes wrong with it holds up nothing.
    """
    point, spec = bound.step, bound.model
    assert isinstance(point, DecisionPoint)
    if earned is None or earned.rival is None or spec is None:
        return [None] * len(passages)
    known = [passage.case.known for passage in passages]
    try:
        rival = context.models.classifier(context.db, process.name, f"{point.model}{RIVAL}", spec)
        said = answering.recommend(rival, bound, known)
    except SurehandError:
        return [None] * len(passages)
    found: list[Would | None] = []
    for passage, one in zip(passages, said, strict=True):
        if rival is None or not isinstance(one, Recommendation):
            found.append(None)
            continue
        sure = appraising.confidence(context, process, point, passage, one, earned.calibration)
        found.append({"hash": rival.version, "value": plain(one.value), "score": sure.value})
    return found


def taken_over(
    context: Context, connection: Connection, point: Point, *, fitted: Calibration | None = None
) -> bases.Basis:
    """The rival is the model in use from now on. Returns what the guarantee holds for then.

    fitted  what its scores were fitted to while it earned as much
    """
    process = context.processes.current[point[0]]
    step = process.map.step(point[1])
    assert isinstance(step, DecisionPoint)
    now = context.clock()
    before = models.active(connection, process.name, str(step.model))
    made = models.promote(connection, process.name, str(step.model), at=now)
    told = {
        "process": process.name, "model": step.model, "hash": made.hash, "before": before,
        "report": dict(made.report),
    }  # fmt: skip
    audit.record(connection, "model_promoted", ENGINE, now, told)
    after = bases.basis_of(context, connection, process, step)
    if fitted is None:
        return after
    calibrating.moved(context, connection, process, step, fitted, ground=after.ground)
    return bases.basis_of(context, connection, process, step)
