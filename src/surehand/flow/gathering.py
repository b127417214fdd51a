"""Running the functions of extract and lookup steps, and joining what they return to the facts of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import ENGINE, Case
from surehand.core.extraction import WHOLE
from surehand.core.passage import Passage
from surehand.core.recommendation import Alternative, Evidence, Reading, probability
from surehand.core.steps import Extract
from surehand.core.values import as_json, plain, storable
from surehand.errors import PermanentFailure, TemporaryFailure
from surehand.flow.calling import called
from surehand.flow.context import Context
from surehand.flow.recognising import needs_document


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a step found out about one case, as JSON.

    readings  field -> how sure the reader was, where it stood and what else it might be
    """

    facts: Mapping[str, Any]
    readings: Mapping[str, Any]


def gathered(
    context: Context, process: BoundProcess, bound: BoundStep, cases: Sequence[Case], patience: float
) -> list[Gathered | Exception]:
    """What a step found out per case, in order, or the exception that its function raised.

    patience  seconds after which the rest is given back
    A step that reads a document finds nothing in a case whose fields a person keys in.
    """
    extra: dict[str, Any] = {}
    if bound.model is not None and any(parameter.source == "model" for parameter in bound.parameters):
        try:
            extra["model"] = context.models.of(context.db, process.name, model_of(bound), bound.model)
        except TemporaryFailure as error:
            return [error] * len(cases)
    read = [case for case in cases if case.pages is not None or not needs_document(bound)]
    assert bound.function is not None
    known = [{**case.known, **extra} for case in read]
    outcomes = iter(called(bound.function, bound.parameters, known, many=bound.many, patience=patience))
    chosen = {case.id for case in read}
    return [_gathered(bound, next(outcomes) if case.id in chosen else None) for case in cases]


def _gathered(bound: BoundStep, outcome: Any) -> Gathered | Exception:
    """What a function returned, as JSON; an error also where that is something else than it says."""
    if isinstance(outcome, Exception):
        return outcome
    try:
        facts = bound.to_facts(outcome)
        return Gathered(facts, storable(_readings(bound, outcome, facts)))
    except Exception as error:  # noqa: BLE001 - the author's code returned it, and would again
        return PermanentFailure(str(error))


def model_of(bound: BoundStep) -> str:
    """The name of the model that a step uses."""
    assert isinstance(bound.step, Extract)
    assert bound.step.model is not None
    return bound.step.model


def join(passage: Passage, bound: BoundStep, found: Gathered) -> None:
    """Output to facts. What a person has corrected stays corrected."""
    case = passage.case
    facts = {name: value for name, value in found.facts.items() if name not in case.corrected}
    if not isinstance(bound.step, Extract):
        passage.move(facts={**case.facts, **facts})
        passage.note("looked_up", ENGINE, step=bound.step.name, facts=facts)
        return
    readings = {name: reading for name, reading in found.readings.items() if name in facts or name == WHOLE}
    passage.move(facts={**case.facts, **facts}, readings={**case.readings, **readings})
    if not found.readings:
        passage.note("left_to_person", ENGINE, step=bound.step.name, fields=sorted(facts))
        return
    sure = {name: readings[name]["confidence"] for name in facts}
    passage.note("read", "ai", step=bound.step.name, facts=facts, sure=sure, **_about(readings.get(WHOLE)))


def _about(whole: Mapping[str, Any] | None) -> dict[str, Any]:
    """Which model read it, for the record."""
    return {"source": whole["by"], "similarity": whole["similarity"]} if whole else {}


def _readings(bound: BoundStep, outcome: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    """By field; of a document that could not be read there are none."""
    if outcome is None:
        return {}
    reading = outcome if isinstance(outcome, Reading) else Reading(outcome)
    readings = {
        name: {
            "confidence": _sure(reading.confidence.get(name)),
            "by": bound.step.name,
            **_where(reading.evidence.get(name)),
            **_other(reading.others.get(name)),
        }
        for name in facts
    }
    if reading.source:
        readings[WHOLE] = {
            "confidence": _sure(reading.whole), "similarity": _sure(reading.similarity), "by": reading.source,
        }  # fmt: skip
    return readings


def _sure(given: float | None) -> float | None:
    """How sure a reader is of a field: None if it does not say, 0 if what it says is impossible."""
    return None if given is None else probability(given) or 0.0


def _where(found: Evidence | None) -> dict[str, Any]:
    return {} if found is None else {"evidence": found.plain}


def _other(found: Alternative | None) -> dict[str, Any]:
    if found is None or found.value is None:
        return {}
    sure = probability(found.confidence)
    return {
        "other": {"value": as_json(plain(found.value)), "because": str(found.because), "confidence": sure}
    }
