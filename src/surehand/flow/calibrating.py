"""Fitting confidence to what people said who did not see the AI's view, whenever a guard finds it due.

It is due before the first levels are set, after everything went back to people, and when confidence says more
than comes true; never while something runs alone, as that rests on the scores as they are.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess
from surehand.core.case import ENGINE
from surehand.core.confidence import Answered, Calibration, calibrated
from surehand.core.steps import DecisionPoint
from surehand.flow import bases
from surehand.flow.appraising import signals_of
from surehand.flow.context import Context
from surehand.store import audit, evidence, models
from surehand.store.evidence import Point
from surehand.store.models import CONFIDENCE, Version

#: Answers that are fitted to, the latest: a world that has changed is not averaged with the one before.
_MOST = 2_000

#: What made such a model, where others name their provider.
PROVIDER = "calibration"


def calibrate(context: Context, connection: Connection, point: Point) -> bool:
    """Fit the confidence of a decision point to the latest answers, and put it to use.

    False where there is nothing to fit to, or the same came out again.
    """
    about = bases.promised(context, *point)
    if about is None:
        return False
    process, step = about
    basis, names = bases.basis_of(context, connection, process, step), signals_of(process, step)
    found = evidence.unseen(connection, point, ground=basis.ground, limit=_MOST)
    answers = [Answered(one.signals, one.right, one.odds) for one in found if set(one.signals) == set(names)]
    if not answers:
        return False
    made = calibrated(answers, names)
    report = {
        "answers": made.answers, "before": asdict(made.before), "after": asdict(made.after),
        "table": [asdict(part) for part in made.table],
    }  # fmt: skip
    return _kept(context, connection, process, step, made.calibration, ground=basis.ground, report=report)


def moved(
    context: Context, connection: Connection, process: BoundProcess, step: DecisionPoint,
    calibration: Calibration, *, ground: str,
) -> None:  # fmt: skip
    """What was earned with a calibration goes on with it, on the ground of another model."""
    _kept(context, connection, process, step, calibration, ground=ground, report={})


def _kept(
    context: Context, connection: Connection, process: BoundProcess, step: DecisionPoint,
    calibration: Calibration, *, ground: str, report: Mapping[str, Any],
) -> bool:  # fmt: skip
    body = json.dumps({"ground": ground, **calibration.plain}, sort_keys=True).encode()
    version = Version(
        process.name, step.name + CONFIDENCE, hashlib.sha256(body).hexdigest(), PROVIDER, ENGINE,
        context.clock(), report, active=True,
    )  # fmt: skip
    if not models.add(connection, version, body):
        return False
    told = {
        "process": process.name, "point": step.name, "model": version.name, "hash": version.hash,
        "report": dict(report),
    }  # fmt: skip
    audit.record(connection, "calibrated", ENGINE, version.at, told)
    return True
