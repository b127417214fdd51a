"""What a case asks of a person's authority, at one of its decision points or exceptions."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from surehand.core.authority import Matter
from surehand.core.bound import BoundProcess
from surehand.core.case import (
    Case,
    Json,
    Judgement,
    about,
    with_changes,
)
from surehand.core.four_eyes import editors
from surehand.core.policy import Grade
from surehand.core.steps import Act, DecisionPoint
from surehand.core.values import shown


def no_others(_case: Case, _within: timedelta) -> Decimal:
    """There are no earlier cases of its subject."""
    return Decimal(0)


def matter_of(
    case: Case, process: BoundProcess, *, point: str, queue: str, at: datetime, assignee: str | None = None,
    others: Callable[[Case, timedelta], Decimal] = no_others, eyes: Json | None = None,
) -> Matter:  # fmt: skip
    """What a case asks of a person's authority.

    point   what an assignment is about; of a repair, authority is asked for the decision that its action
            hangs on
    others  see `Office`
    eyes    see `Assignment`
    """
    point = decided_at(process, point)
    step = next((b.step for b in process.steps if b.step.name == point), None)
    interested = step.interested if isinstance(step, DecisionPoint) else ()
    return Matter(
        process=process.name, point=point, queue=queue, grade=case.grade or Grade.LOW, stake=case.stake,
        money=process.map.about_money and case.grade is not None, submitter=case.submitter, assignee=assignee,
        owner=process.map.owner, at=at, currency=process.map.currency, rates=process.map.rates,
        facts=case.facts, interested=tuple(_named([case.facts.get(name) for name in interested])),
        lately=lambda within: others(case, within) if case.subject is not None else None,
        people=(eyes or {}).get("people", 1), agreed=frozenset((eyes or {}).get("agreed", ())),
        editors=editors(case),
    )  # fmt: skip


def _named(value: Any) -> Iterator[str]:
    """Everybody whom a fact names, which may be a list."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from _named(one)
    elif value:
        yield shown(value)


def decided_at(process: BoundProcess, point: str) -> str:
    """The decision point or exception that an assignment is about; of an action, the one it hangs on."""
    step = point.split(":")[1] if point.count(":") >= 2 else ""
    place = next((i for i, bound in enumerate(process.steps) if bound.step.name == step), None)
    if place is not None and isinstance(process.steps[place].step, Act):
        return point_before(process, place) or point
    return about(point)


def point_before(process: BoundProcess, place: int) -> str | None:
    """The decision point that an action at `place` hangs on."""
    for bound in reversed(process.steps[:place]):
        if isinstance(bound.step, DecisionPoint):
            return bound.step.name
    return None


def as_judged(case: Case, judgement: Judgement | None) -> Case:
    """The case with what was at stake at one decision point, which a later one may have graded anew."""
    if judgement is None:
        return case
    return with_changes(case, stake=judgement.stake, grade=judgement.grade)
