"""The queue that a case goes to at a decision point: different risks go to different people."""

from surehand.core.bound import BoundProcess, Facts
from surehand.core.steps import DecisionPoint


def placed(process: BoundProcess, point: DecisionPoint, facts: Facts) -> tuple[str, str]:
    """The queue of the first row that holds, else the point's own; with why not another, or ''.

    What cannot be told may hold: the case goes no further down the rows, and to the people of the point.
    """
    if not point.queues:
        return point.queue, ""
    bound = next(bound for bound in process.steps if bound.step.name == point.name)
    for row, condition in zip(point.queues, bound.queues, strict=True):
        holds = condition(facts)
        if holds is None:
            return point.queue, f"whether it is one for {row.queue} could not be told"
        if holds:
            return row.queue, ""
    return point.queue, ""
