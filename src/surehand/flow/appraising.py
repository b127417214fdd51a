"""The cases of a chunk at a decision point: their signals, confidence and consequence, and so their route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from functools import partial
from typing import Any

from surehand.core.bands import resolve
from surehand.core.bound import BoundProcess, BoundStep, Facts
from surehand.core.clusters import Membership, member
from surehand.core.confidence import Calibration, Confidence, judged
from surehand.core.consequence import Asked as Sayings
from surehand.core.consequence import Graded, Untold, graded
from surehand.core.extraction import WHOLE
from surehand.core.four_eyes import NOBODY_ELSE, Asked, asked, reaches
from surehand.core.limits import Narrowing
from surehand.core.money import Money
from surehand.core.oversight import Level
from surehand.core.passage import Passage
from surehand.core.policy import Grade
from surehand.core.recommendation import Recommendation, probability
from surehand.core.routing import Earned, Findings, Route, route
from surehand.core.signal import SignalView
from surehand.core.steps import DecisionPoint
from surehand.flow.calling import called
from surehand.flow.context import Context, SignalReader

#: What is read when a decision point does not say: by the provider of its recommendation.
DEFAULT_SIGNALS = {"rules": ("rule_clarity", "completeness")}
_USUAL_SIGNALS = ("model_probability", "completeness")


@dataclass(frozen=True, slots=True)
class Appraised:
    """One case, appraised.

    signals  name -> reading
    limits   numbers of the map's limits that are for it, from 0
    eyes     how many people have to agree
    group    to which of alike cases it belongs, where a guarantee tells them apart
    """

    signals: Mapping[str, float | None]
    confidence: Confidence
    graded: Graded
    route: Route
    limits: tuple[int, ...] = ()
    eyes: Asked = NOBODY_ELSE
    group: Membership | None = None


def provider_name(process: BoundProcess, point: DecisionPoint) -> str:
    """Which kind of AI answers here."""
    return process.map.models[point.model].provider if point.model else "function"


def signals_of(process: BoundProcess, point: DecisionPoint) -> tuple[str, ...]:
    """The signals that are read at a decision point."""
    if point.signals is not None:
        return point.signals
    usual = DEFAULT_SIGNALS.get(provider_name(process, point), _USUAL_SIGNALS)
    model = process.map.models.get(point.model or "")
    if model is None:
        return usual
    agreed = ("consensus",) if (model.samples or 1) > 1 else ()
    return (*usual, *agreed, *(("token_probability",) if model.logprobs else ()))


def appraised(
    context: Context,
    process: BoundProcess,
    bound: BoundStep,
    passages: Sequence[Passage],
    answers: Sequence[Recommendation[Any]],
    *,
    failures: Sequence[int],
    earned: Earned | None = None,
) -> list[Appraised]:
    """Appraise the recommendation of each case.

    failures  attempts of each that failed before
    """
    point = bound.step
    assert isinstance(point, DecisionPoint)
    known = [passage.case.known for passage in passages]
    said, before = _said(context, bound, known), _before(context, process, point, passages)
    conditions, rows = bound.conditions, point.consequence.rows
    readers = {name: context.signals[name] for name in signals_of(process, point)}
    grade = partial(graded, point.consequence, currency=process.map.currency, rates=process.map.rates)
    level = Level(point.level) if point.level else None
    send = partial(
        route, bands=resolve(point.bands) if point.bands is not None else None, level=level, earned=earned
    )
    required, calibration = sorted(process.required), earned.calibration if earned else None
    stop = context.gate.lately(context.db).of(process.name)
    found = []
    for place, passage in enumerate(passages):
        answer, facts = answers[place], passage.case.facts
        signals = _signals(readers, process, passage, answer)
        confidence = judged(signals, calibration)
        holds = iter(conditions(known[place]) if conditions is not None else ())
        rules = [(rule, next(holds)) for rule in point.rules]
        held = {part: [next(holds) for _ in conditional] for part, conditional in rows.items()}
        day = passage.at.astimezone(UTC).date()
        limits = [
            Narrowing(limit, True if limit.when is None else next(holds), counted[place], day)
            for limit, counted in zip(point.limits, before, strict=True)
        ]
        seen = [(eyes, True if eyes.when is None else next(holds)) for eyes in point.four_eyes]
        grading = grade(facts, asked=Sayings({part: by_case[place] for part, by_case in said.items()}, held))
        # what several have to agree to never runs alone
        rules += [(row.rule, held_) for row, held_ in seen if reaches(row, grading.stake)]
        group = _group(context, point, facts, earned)
        concern = [number for number, one in enumerate(limits) if one.concerns]
        findings = Findings(
            confidence=confidence, graded=grading, rivals=_rivals(answer), failures=failures[place],
            answered=answer.value is not None or level is Level.HUMAN, rules=rules,
            limits=[limits[number] for number in concern],
            missing=tuple([name for name in required if facts.get(name) is None]),
            stranger=group.stranger if group is not None else None,
            stopped=stop.reason if stop is not None else None,
        )  # fmt: skip
        eyes_of = asked(seen, grading.stake)
        found.append(Appraised(signals, confidence, grading, send(findings), tuple(concern), eyes_of, group))
    return found


def confidence(
    context: Context, process: BoundProcess, point: DecisionPoint, passage: Passage,
    answer: Recommendation[Any], calibration: Calibration | None,
) -> Confidence:  # fmt: skip
    """How sure one may be of an answer that decides nothing."""
    readers = {name: context.signals[name] for name in signals_of(process, point)}
    return judged(_signals(readers, process, passage, answer), calibration)


def _group(
    context: Context, point: DecisionPoint, facts: Mapping[str, Any], earned: Earned | None
) -> Membership | None:
    name = point.guarantee.cluster if point.guarantee is not None else None
    if name is None or earned is None:
        return None
    return member(context.secret, name, facts.get(name), earned.admitted)


def _signals(
    readers: Mapping[str, SignalReader], process: BoundProcess, passage: Passage,
    recommendation: Recommendation[Any],
) -> dict[str, float | None]:  # fmt: skip
    case = passage.case
    view = SignalView(
        recommendation=recommendation,
        readings={n: reading.get("confidence") for n, reading in case.readings.items() if n != WHOLE},
        required=process.required,
        facts=case.facts,
        corrected=case.vouched_for,
        similarity=case.readings.get(WHOLE, {}).get("similarity"),
    )
    return {name: probability(read(view)) for name, read in readers.items()}


def _rivals(recommendation: Recommendation[Any]) -> tuple[float, float] | None:
    best = probability(recommendation.confidence)
    others = [probability(other.confidence) for other in recommendation.alternatives]
    second = max((other for other in others if other is not None), default=None)
    return (best, second) if best is not None and second is not None else None


# What functions and counts say


def _said(context: Context, bound: BoundStep, known: Sequence[Facts]) -> dict[str, list[Any]]:
    """By part of the consequence that a function says, what it says of each case."""
    return {
        part: [
            _usable(context, part, one)
            for one in called(grader.function, grader.parameters, known, many=grader.many)
        ]
        for part, grader in bound.graders.items()
    }


def _usable(context: Context, part: str, said: Any) -> Any:
    """What a function said of a part, where it is what the part takes; else why it is not."""
    if isinstance(said, Exception):
        return Untold(context.words(said))
    if said is None:
        return Untold("it does not know")
    if part == "reversible":
        return said if isinstance(said, bool) else Untold(f"it returned {type(said).__name__}")
    if part == "money":
        sum_ = isinstance(said, Money | Decimal | int | float) and not isinstance(said, bool)
        return said if sum_ else Untold(f"it returned {type(said).__name__}")
    try:
        return Grade(said)
    except ValueError:
        return Untold(f"it returned {type(said).__name__}")


def _before(
    context: Context, process: BoundProcess, point: DecisionPoint, passages: Sequence[Passage]
) -> list[list[int]]:
    """By limit and case, how many came here since what it counts from changed."""
    cases = [passage.case for passage in passages]
    return [context.lately.before(context.db, process, point, limit, cases) for limit in point.limits]
