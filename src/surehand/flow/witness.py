"""What is known of recommendations that were made: which of them were right, by whose word."""

from collections.abc import Mapping

from surehand.core.record import Record, Scored, record_of
from surehand.core.steps import DecisionPoint, Verify
from surehand.flow.context import Context
from surehand.flow.standing import Standing
from surehand.store import past
from surehand.store.past import Answered

#: The latest work of a queue that is looked at.
_LATELY = 1_000


def record(context: Context, standing: Standing) -> Record | None:
    """What became of recommendations of like confidence that the same model made at this decision point.

    None where too few are known, or what is known does not say whether all of it was right. Never to be told
    to whoever decides without the AI's view.
    """
    judgement, process = standing.judgement, standing.process
    if standing.assignment.blind or judgement is None or judgement.confidence is None:
        return None
    points = [b.step for b in process.steps if isinstance(b.step, DecisionPoint)]
    point = next((point for point in points if point.name == judgement.point), None)
    if point is None or (isinstance(point, Verify) and point.caught < 1):
        return None
    found = context.witnesses.of(
        (process.name, process.version, point.name), lambda: _scored(context, process.name, point, points[-1])
    )
    return record_of(judgement.confidence, found.get(str(judgement.recommendation.get("source") or ""), ()))


def _scored(
    context: Context, process: str, point: DecisionPoint, last: DecisionPoint
) -> Mapping[str, tuple[Scored, ...]]:
    """What is known, the latest first, by what recommended."""
    with context.db.read() as connection:
        given = past.answered(connection, process, point.name, point.all_queues, sight=None, limit=_LATELY)
        # what is said of a case later is said of its last decision
        said = past.outcomes(connection, [one.case_id for one in given]) if point is last else {}
    found: dict[str, list[Scored]] = {}
    for one in given:
        right = _right(one, said.get(one.case_id), promised=point.guarantee is not None)
        if right is not None and one.confidence is not None:
            found.setdefault(one.source, []).append(Scored(one.confidence, right, one.seen))
    return {source: tuple(scored) for source, scored in found.items()}


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
