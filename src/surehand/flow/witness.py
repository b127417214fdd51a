"""What people decided lately at a decision point, and what that says of the recommendations there."""

from collections.abc import Mapping
from dataclasses import dataclass

from surehand.core.bound import BoundProcess
from surehand.core.likeness import Precedent, Weighed, flags_of
from surehand.core.record import Record, Scored, record_of
from surehand.core.steps import DecisionPoint, Verify
from surehand.flow.context import Context
from surehand.flow.standing import Standing
from surehand.store import past
from surehand.store.past import Answered

#: The latest work of a queue that is looked at.
_LATELY = 500


@dataclass(frozen=True, slots=True)
class Known:
    """The latest decisions of people at a decision point, the latest first.

    scored      what became of recommendations, by what made them
    precedents  decisions that gave an answer, whoever may see them
    rounds      case -> the round in which that was
    """

    scored: Mapping[str, tuple[Scored, ...]]
    precedents: tuple[Precedent, ...]
    rounds: Mapping[str, int]


def known(context: Context, process: BoundProcess, point: DecisionPoint) -> Known:
    """What people decided lately. Read anew every five minutes, so look again at what is shown."""
    found: Known = context.witnesses.of(
        (process.name, process.version, point.name), lambda: _read(context, process, point)
    )
    return found


def record(context: Context, standing: Standing) -> Record | None:
    """What became of recommendations of like confidence that the same model made at this decision point.

    None where too few are known, or what is known does not say whether all of it was right. Never to be told
    to whoever decides without the AI's view.
    """
    judgement, process = standing.judgement, standing.process
    if standing.assignment.blind or judgement is None or judgement.confidence is None:
        return None
    point = next((point for point in points_of(process) if point.name == judgement.point), None)
    if point is None or (isinstance(point, Verify) and point.caught < 1):
        return None
    source = str(judgement.recommendation.get("source") or "")
    return record_of(judgement.confidence, known(context, process, point).scored.get(source, ()))


def points_of(process: BoundProcess) -> list[DecisionPoint]:
    """The decision points of a process, in order."""
    return [bound.step for bound in process.steps if isinstance(bound.step, DecisionPoint)]


def sentences_of(point: DecisionPoint) -> frozenset[str]:
    """What the rules of a decision point say of a case."""
    return frozenset(rule.because for rule in point.rules)


def _read(context: Context, process: BoundProcess, point: DecisionPoint) -> Known:
    with context.db.read() as connection:
        given = past.answered(connection, process.name, point.name, point.all_queues, limit=_LATELY)
        # what is said of a case later is said of its last decision
        last = points_of(process)[-1].name == point.name
        said = past.outcomes(connection, [one.case_id for one in given]) if last else {}
    scored: dict[str, list[Scored]] = {}
    for one in given:
        right = _right(one, said.get(one.case_id), promised=point.guarantee is not None)
        if right is not None and one.confidence is not None:
            scored.setdefault(one.source, []).append(Scored(one.confidence, right, one.seen))
    rules = sentences_of(point)
    answered = [one for one in given if one.answer is not None or one.kind == "reject"]
    return Known(
        {source: tuple(some) for source, some in scored.items()},
        tuple(_precedent(one, rules) for one in answered),
        {one.case_id: one.round for one in answered},
    )  # fmt: skip


def _precedent(one: Answered, rules: frozenset[str]) -> Precedent:
    weighed = Weighed(flags_of(one.reasons, rules), one.recommended, one.stake)
    return Precedent(one.case_id, one.at, one.answer, weighed)


def _right(one: Answered, outcome: bool | None, *, promised: bool) -> bool | None:
    """The recommendation was right; None where that is not known.

    promised  several may be asked unseen before that is known, and the guard is told in the end
    """
    if one.recommended is None:
        return None
    if one.right is not None:
        return one.right
    if promised and not one.seen:
        return None
    if outcome is None or one.alone:
        return not one.override if outcome is None else outcome
    if not one.override:
        return outcome
    # another answer than the AI's was right; where it was wrong, the AI's may have been or not
    return False if outcome else None
