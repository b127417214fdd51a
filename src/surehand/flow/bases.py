"""What a guarantee holds for: a promise, the signals and code behind a score, the models in use, and what
the score was fitted on. Another one of these is another guarantee, to be earned anew."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection

from surehand.core.bound import BoundProcess
from surehand.core.confidence import OF_THE_MODEL, Calibration
from surehand.core.digest import digest
from surehand.core.grounds import ground
from surehand.core.guarantee import Plan
from surehand.core.process import Learning
from surehand.core.steps import DecisionPoint, Verify
from surehand.flow.appraising import provider_name, signals_of
from surehand.flow.context import Context
from surehand.providers.llm.prompt import prompt_of
from surehand.store import models
from surehand.store.models import CONFIDENCE, RIVAL

#: Cases in a month below which one row of certificates is begun: three would share too little evidence.
_LOW_VOLUME = 1_000

#: Unseen answers that confidence is fitted on first, and at low volume.
_TAUGHT, _TAUGHT_FEW = 200, 100


@dataclass(frozen=True, slots=True)
class Basis:
    """What a guarantee holds for.

    name         of all of it
    ground       what scores hang on (`core.grounds`); answers about the same teach the next calibration
    calibration  of confidence; None while there is none
    rival        hash of the model that has to earn as much before it takes over
    """

    name: str
    ground: str
    plan: Plan
    calibration: Calibration | None = None
    rival: str | None = None


def promised(context: Context, process: str, name: str) -> tuple[BoundProcess, DecisionPoint] | None:
    """A decision point of now that promises something; None where there is none."""
    bound = context.processes.current.get(process)
    steps = bound.map.steps if bound is not None else ()
    step = next((step for step in steps if step.name == name), None)
    if bound is None or not isinstance(step, DecisionPoint) or step.guarantee is None:
        return None
    return bound, step


def basis_of(context: Context, connection: Connection, process: BoundProcess, point: DecisionPoint) -> Basis:
    """What the guarantee of a decision point holds for now."""
    trained = models.hashes(connection, process.name)
    about = ground(process, point, {**trained, **_prompts(context, process)})
    version = models.active(connection, process.name, point.name + CONFIDENCE)
    calibration = _fitted(context, connection, process, point, about, version)
    plan = _plan(context, process, point, calibration)
    if _too_early(context, connection, process, point, plan, trained.get(str(point.model))):
        plan = replace(plan, waits=True)
    held = {"plan": asdict(plan), "ground": about, "calibration": version if calibration else None}
    rival = models.active(connection, process.name, f"{point.model}{RIVAL}") if point.model else None
    return Basis(digest(held)[:16], about, plan, calibration, rival)


def _prompts(context: Context, process: BoundProcess) -> dict[str, str]:
    """Versions of what language models are asked: a release may change our part, and a map its question."""
    return {
        f"prompt of {bound.step.name}": prompt_of(bound, bound.model).version
        for bound in process.steps
        if bound.model is not None and bound.model.provider in context.languages
    }


def _fitted(
    context: Context, connection: Connection, process: BoundProcess, point: DecisionPoint, about: str,
    version: str | None,
) -> Calibration | None:  # fmt: skip
    """The calibration in use, if it was fitted to signals and models of now."""
    if version is None:
        return None
    found = context.models.calibration(connection, process.name, point.name + CONFIDENCE, version)
    return found.calibration if found is not None and found.ground == about else None


def _plan(
    context: Context, process: BoundProcess, point: DecisionPoint, calibration: Calibration | None
) -> Plan:
    promised = point.guarantee
    assert promised is not None
    volume = process.map.volume
    few = volume is not None and volume.per_month < _LOW_VOLUME
    taught = 0
    if calibration is None and _needs_a_fit(context.models.classifiers, process, point):
        taught = _TAUGHT_FEW if few else _TAUGHT
    caught = point.caught if isinstance(point, Verify) else 1.0
    plan = Plan(promised.error, promised.sure, caught=caught, taught=taught, cluster=promised.cluster)
    return replace(plan, starts=(0.5,)) if few else plan


def _too_early(
    context: Context, connection: Connection, process: BoundProcess, point: DecisionPoint, plan: Plan,
    version: str | None,
) -> bool:  # fmt: skip
    """By what it got right of what it was not taught, the model keeps the promise nowhere, and will learn.

    Evidence about it would take a part of the risk and could certify nothing.
    """
    spec = process.map.models.get(str(point.model))
    if version is None or spec is None or spec.provider not in context.models.classifiers:
        return False
    learns = spec.learns or Learning()
    if learns.due(models.learned_from(connection, process.name, str(point.model))) is None:
        return False
    told = context.models.report(connection, process.name, str(point.model), version).get("could_run") or {}
    # what people decided has slips, which look like its errors
    bearable = plan.error + plan.slips
    shares = [float(share) for most, share in told.items() if float(most) <= bearable]
    return bool(shares) and max(shares) < min(plan.starts)


def _needs_a_fit(classifiers: Mapping[str, object], process: BoundProcess, point: DecisionPoint) -> bool:
    """Signals are to be weighed, or the only one that tells is not a probability that was fitted already.

    A trained classifier says one. Whether all is there tells nothing about most cases.
    """
    telling = set(signals_of(process, point)) - {"completeness"}
    return telling != {OF_THE_MODEL} or provider_name(process, point) not in classifiers
