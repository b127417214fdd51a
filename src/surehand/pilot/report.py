"""What a pilot showed: how much ran alone, how much of it was wrong, and what people had to do."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from surehand.core.answering import same_answer
from surehand.core.bound import BoundProcess
from surehand.core.case import Case, Judgement
from surehand.core.claims import sentence
from surehand.core.confidence import judged
from surehand.core.guarantee import Turning
from surehand.core.guard import Guard
from surehand.core.steps import DecisionPoint
from surehand.flow import guarding
from surehand.flow.context import Context
from surehand.stats.calibration import expected_calibration_error
from surehand.store import audit, cases, evidence

if TYPE_CHECKING:
    from surehand.pilot.lines import Line, Lines
    from surehand.pilot.reviewer import Reviewer

#: Cases that are read together.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Promise:
    """What became of the guarantee of a decision point.

    status        a state of `core.guarantee.Status`, or `off`: nothing is promised
    certified_at  decisions before something ran alone for the first time; None: nothing ever did
    alarms        how often everything went back to people
    """

    error: float | None = None
    sure: float | None = None
    status: str = "off"
    certified_at: int | None = None
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One decision point; shares are of the cases that came to it, None where there are none to take it of.

    automated        share that ran without a person deciding first
    automated_error  share of these that was wrong, whether checked or not
    reviewed         share that people decided
    spot_checked     share that ran alone and was checked afterwards
    accuracy         share whose decision was right in the end
    by_route         level -> cases
    ece_before       how far the weakest signal is off, as a probability of being right
    ece_after        how far the confidence is off that chose the route
    """

    cases: int
    automated: float | None
    automated_error: float | None
    reviewed: float | None
    spot_checked: float | None
    accuracy: float | None
    by_route: Mapping[str, int]
    ece_before: float | None
    ece_after: float | None
    guarantee: Promise


@dataclass(frozen=True, slots=True)
class Saving:
    """What it is worth in a month of the volume that the map names.

    by_hand  hours of people without AI
    people   hours for all that people were asked, at the time that a case takes by hand
    saved    hours
    money    hours saved at their cost, less what wrong decisions that ran alone cost
    """

    per_month: float
    by_hand: float | None
    people: float | None
    saved: float | None
    money: float | None
    currency: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of it.

    sentences  what may be said of each guarantee, by decision point
    open       cases that did not come to an end
    learned    how often a model learned by itself
    refused    what the scripted reviewer could not answer
    """

    process: str
    cases: int
    points: Mapping[str, Point]
    fields: Mapping[str, float]
    saving: Saving | None
    sentences: Mapping[str, str]
    open: int
    learned: int
    refused: Mapping[str, int]

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "process": self.process, "cases": self.cases,
            "decision_points": {name: asdict(point) for name, point in self.points.items()},
            "fields": {name: {"exact": exact} for name, exact in self.fields.items()},
            "roi": None if self.saving is None else asdict(self.saving),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seen:
    """One case: what was right, its first judgement at each decision point, and the first that ran alone."""

    line: "Line"
    case: Case
    first: Mapping[str, Judgement]
    alone: Mapping[str, Judgement]


def reported(context: Context, process: BoundProcess, lines: "Lines", reviewer: "Reviewer") -> Report:
    """What became of all cases."""
    seen = list(_seen(context, reviewer.truths))
    points = [b.step for b in process.steps if isinstance(b.step, DecisionPoint)]
    guards = _guards(context, process)
    found = {point.name: _point(context, process, point, guards.get(point.name), seen) for point in points}
    with context.db.read() as connection:
        learned = len(audit.recorded(connection, "model_trained"))
    return Report(
        process.name, len(seen), found, _fields(seen, lines), _saving(process, seen, reviewer, found),
        {name: sentence(guard) for name, guard in guards.items()},
        sum(one.case.state.open for one in seen), learned, dict(reviewer.refused),
    )  # fmt: skip


def _seen(context: Context, truths: Mapping[str, "Line"]) -> Iterator[_Seen]:
    names = list(truths)
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        with context.db.read() as connection:
            there, judged_ = cases.load(connection, some), cases.judgements_of(connection, some)
        for name in some:
            first: dict[str, Judgement] = {}
            alone: dict[str, Judgement] = {}
            for one in judged_.get(name, ()):
                first.setdefault(one.point, one)
                if not one.level.waits:
                    alone.setdefault(one.point, one)
            yield _Seen(truths[name], there[name], first, alone)


def _point(
    context: Context, process: BoundProcess, point: DecisionPoint, guard: Guard | None, seen: Sequence[_Seen]
) -> Point:
    name = point.name
    came = [one for one in seen if name in one.first]
    told = [one for one in seen if name in one.line.answers]
    alone = [one for one in came if name in one.alone]
    known = [one for one in alone if name in one.line.answers]
    checked = [one for one in alone if (one.alone[name].draw or {}).get("checked")]
    wrong = [one for one in known if not _right(point, one.alone[name], one.line)]
    scored = [one for one in came if name in one.line.answers and _said(one.first[name]) is not None]
    right = [_right(point, one.first[name], one.line) for one in scored]
    before = [judged(one.first[name].signals).value for one in scored]
    after = [one.first[name].confidence for one in scored]
    routes = Counter(str((one.alone.get(name) or one.first[name]).level) for one in came)
    return Point(
        cases=len(came), automated=_share(len(alone), len(came)),
        automated_error=_share(len(wrong), len(known)),
        reviewed=_share(len(came) - len(alone), len(came)), spot_checked=_share(len(checked), len(came)),
        accuracy=_share(sum(_ended_right(point, one) for one in told), len(told)),
        by_route=dict(sorted(routes.items())), ece_before=_off(before, right), ece_after=_off(after, right),
        guarantee=_promise(context, process, point, guard),
    )  # fmt: skip


def _said(one: Judgement) -> Any:
    return one.recommendation.get("value")


def _right(point: DecisionPoint, one: Judgement, line: "Line") -> bool:
    return same_answer(point, _said(one), line.answers[point.name])


def _ended_right(point: DecisionPoint, one: _Seen) -> bool:
    """The decision that stands is right; where no answer is, that there is none."""
    stands = one.case.answers.get(point.name, {}).get("value")
    return not one.case.state.open and same_answer(point, stands, one.line.answers[point.name])


def _off(said: Sequence[float | None], right: Sequence[bool]) -> float | None:
    pairs = [(value, fits) for value, fits in zip(said, right, strict=True) if value is not None]
    if not pairs:
        return None
    import numpy as np

    confidence, fits = np.array([value for value, _ in pairs]), np.array([fits for _, fits in pairs])
    return round(expected_calibration_error(confidence, fits).error, 4)


def _promise(context: Context, process: BoundProcess, point: DecisionPoint, guard: Guard | None) -> Promise:
    promised = point.guarantee
    if promised is None or guard is None:
        return Promise()
    with context.db.read() as connection:
        told = [link.body for link in audit.recorded(connection, "guarantee")]
    turns = [body for body in told if (body["process"], body["point"]) == (process.name, point.name)]
    certified = [body["judged"] for body in turns if body["what"] == Turning.CERTIFIED]
    stopped = sum(body["what"] == Turning.STOPPED for body in turns)
    return Promise(promised.error, promised.sure, str(guard.status), min(certified, default=None), stopped)


def _guards(context: Context, process: BoundProcess) -> dict[str, Guard]:
    """The guard of every decision point that promises something."""
    found = {}
    with context.db.read() as connection:
        for bound in process.steps:
            step = bound.step
            if not isinstance(step, DecisionPoint) or step.guarantee is None:
                continue
            about = process.name, step.name
            kept = evidence.standing(connection, about)
            stands = guarding.stand(context, connection, about, promise=step.guarantee, kept=kept)
            if stands is not None:
                found[step.name] = stands.guard
    return found


def _fields(seen: Sequence[_Seen], lines: "Lines") -> dict[str, float]:
    """Field -> share of cases in which it was read exactly; what a person corrected was not."""
    found = {}
    for name in lines.fields:
        exact = [
            one.case.facts.get(name) == one.line.fields[name] and name not in one.case.corrected
            for one in seen
        ]
        found[name] = round(sum(exact) / len(exact), 4)
    return found


def _saving(
    process: BoundProcess, seen: Sequence[_Seen], reviewer: "Reviewer", points: Mapping[str, Point]
) -> Saving | None:
    volume = process.map.volume
    if volume is None:
        return None
    by_hand = people = saved = money = None
    if volume.minutes_by_hand is not None:
        by_hand = volume.per_month * volume.minutes_by_hand / 60
        people = by_hand * reviewer.given.total() / len(seen)
        saved = by_hand - people
        if volume.hourly_cost is not None:
            wrong = sum((p.automated_error or 0) * (p.automated or 0) * p.cases for p in points.values())
            lost = wrong / len(seen) * volume.per_month * (volume.error_cost or 0)
            money = saved * volume.hourly_cost - lost
    return Saving(
        volume.per_month, _rounded(by_hand), _rounded(people), _rounded(saved), _rounded(money),
        process.map.currency,
    )  # fmt: skip


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 2)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
