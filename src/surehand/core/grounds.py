"""What the scores of a decision point hang on, and which cases they are about.

Evidence about one is none about another. But a sentence in a brief, another deadline or who answers for a
queue changes neither, and must not throw away what was earned.
"""

from collections.abc import Mapping
from typing import Any

from surehand.core.bound import BoundProcess
from surehand.core.digest import digest
from surehand.core.process import Model
from surehand.core.steps import DecisionPoint, StepBase
from surehand.core.terms import Sla

#: What people read or whom it concerns, at any step. A key that is new counts until it is named here.
_OF_STEPS = {"minutes", "who", "attempts", "about"}

#: The same at a decision point. What is promised has a name of its own, see `flow.bases`.
_OF_POINTS = _OF_STEPS | {
    "question", "subject", "facts", "queue", "queues", "sla", "ask", "reasons", "answer_within", "interested",
    "four_eyes", "guarantee", "notify", "spot_check", "undo_for", "policy", "identified_by",
}  # fmt: skip

#: Of the deadline of what cannot be read, what did not count from the first.
_OF_INPUT = {"input": {"unreadable": {"sla": set(Sla.model_fields) - {"due", "remind", "escalate_to"}}}}

#: What a language model may cost. Prices and limits change, and what it says does not.
_OF_MODELS = {"prices", "budget"}

#: In rules, the words for people.
_OF_RULES = {"because", "policy", "trigger"}


def ground(process: BoundProcess, point: DecisionPoint, models: Mapping[str, str]) -> str:
    """A short name of it all: where it is the same, scores are the same and about the same cases.

    models  name -> hash of the trained models in use
    """
    map_ = process.map
    place = next(i for i, bound in enumerate(process.steps) if bound.step.name == point.name)
    held = {
        "code": process.code, "trained": dict(models),
        "map": {
            **map_.model_dump(mode="json", include={"currency", "rates", "input"}, exclude=_OF_INPUT),
            "models": {name: _model(model) for name, model in map_.models.items()},
        },
        "steps": [_part(bound.step) for bound in process.steps[: place + 1]],
        # cases that leave the path before are no part of it
        "exceptions": [path.when for path in map_.exceptions],
    }  # fmt: skip
    return digest(held)[:16]


def _model(model: Model) -> dict[str, Any]:
    # one that asks for no log-probabilities is the model that it was before there was such a key
    said = model.model_dump(mode="json", exclude=_OF_MODELS | (set() if model.logprobs else {"logprobs"}))
    return {**said, "budget": None}


def _part(step: StepBase) -> dict[str, Any]:
    if not isinstance(step, DecisionPoint):
        return step.model_dump(mode="json", exclude=_OF_STEPS)
    part = step.model_dump(mode="json", exclude=_OF_POINTS)
    rules = [{k: v for k, v in rule.items() if k not in _OF_RULES} for rule in part["rules"]]
    # what several people have to agree to does not run alone; a point without is what it was before the key
    eyes = [one.model_dump(mode="json", include={"when", "above"}) for one in step.four_eyes]
    return {**part, "rules": rules, **({"four_eyes": eyes} if eyes else {})}
