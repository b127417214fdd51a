"""What may run, exactly: keys, digests and waiting times of actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from surehand.core.answering import facts_of
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.digest import digest
from surehand.core.steps import Act, DecisionPoint

#: What the key of taking an action back ends with.
UNDO = ":undo"

_BASE = timedelta(seconds=1)
_CAP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Plan:
    """One action as it would run.

    args    parameter name -> the facts it is built from
    digest  of version, step and args
    """

    step: str
    args: Mapping[str, Any]
    digest: str


def planned(bound: BoundStep, facts: Mapping[str, Any], *, version: str) -> Plan:
    """The action of a step with these facts."""
    args = {
        parameter.name: {name: facts.get(name) for name in parameter.facts}
        for parameter in bound.parameters
        if parameter.source != "key"
    }
    return Plan(bound.step.name, args, action_digest(version, bound.step.name, args))


def action_digest(version: str, step: str, args: Mapping[str, Any]) -> str:
    """What is compared before an action runs with what was approved."""
    return digest({"version": version, "step": step, "args": args})


def actions_after(process: BoundProcess, place: int, answer: Any) -> tuple[BoundStep, ...]:
    """The actions that the answer given at `place` lets run, up to the next decision point."""
    allowed = []
    for bound in process.steps[place + 1 :]:
        if isinstance(bound.step, DecisionPoint):
            break
        if isinstance(bound.step, Act) and runs_after(bound.step, answer):
            allowed.append(bound)
    return tuple(allowed)


def runs_after(step: Act, answer: Any) -> bool:
    """The answer of the decision point before lets the action run."""
    if isinstance(answer, list):
        return step.after is None or step.after in answer
    return step.after is None or (type(step.after) is type(answer) and step.after == answer)


def approved(process: BoundProcess, place: int, answer: Any, facts: Mapping[str, Any]) -> dict[str, str]:
    """Step -> digest of every action that the answer lets run, with all its arguments."""
    point = process.steps[place].step
    assert isinstance(point, DecisionPoint)
    known = {**facts, **facts_of(point, answer)}
    allowed = actions_after(process, place, answer)
    return {b.step.name: planned(b, known, version=process.version).digest for b in allowed}


def shown_digest(
    process: BoundProcess, place: int, answers: Sequence[Any], facts: Mapping[str, Any], *, round: int
) -> str:
    """What a brief shows: all that each possible answer would let run. A verdict names this digest."""
    possible = [[answer, approved(process, place, answer, facts)] for answer in answers]
    return digest({"version": process.version, "place": place, "round": round, "possible": possible})


def action_key(case_id: str, step: str, round: int) -> str:
    """The idempotency key: one per case, action and round, the same on every attempt."""
    return f"{case_id}:{step}:{round}"


def backoff(attempt: int, *, draw: float) -> timedelta:
    """How long to wait after the given failed attempt.

    Doubles from one second to fifteen minutes; `draw` in [0, 1) spreads it over the upper half, so that
    many failures of one minute do not come back in one second.
    """
    full: timedelta = min(_CAP, _BASE * (1 << min(attempt - 1, 20)))
    return full * (0.5 + draw / 2)
