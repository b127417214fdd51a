"""Who may decide what. Pure: asked when a case is assigned, at the verdict, and when the action runs."""

from dataclasses import dataclass
from decimal import Decimal

from surehand.core.people import People, Role
from surehand.core.policy import Grade

_DECIDERS = (Role.REVIEWER, Role.SPECIALIST, Role.OWNER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is to be decided, as far as authority goes.

    stake      in the process's currency; None when it is not known, then only a limitless person decides
    assignee   who was given it; may decide even from outside the queue (escalation)
    submitter  never decides their own case
    """

    queue: str
    grade: Grade
    stake: Decimal | None
    money: bool
    submitter: str
    assignee: str | None = None
    owner: str


def denial(people: People, name: str, matter: Matter) -> str | None:
    """Why this person may not decide this, in words; None when they may."""
    person = people.people.get(name)
    if person is None or not person.active:
        return f"{name} is not an active person here"
    if not person.has(*_DECIDERS):
        return f"{name} has no role that decides (reviewer, specialist or owner)"
    if name == matter.submitter:
        return f"{name} submitted this case, and nobody decides their own"
    queue = people.queues.get(matter.queue)
    belongs = queue is not None and name in queue.people
    if not belongs and name not in (matter.assignee, matter.owner):
        return f"{name} does not belong to the queue {matter.queue}"
    if person.limit is not None and matter.money:
        if matter.stake is None:
            return f"the sum at stake is not known, and {name} may decide up to {person.limit:,.2f}"
        if abs(matter.stake) > person.limit:
            return f"{name} may decide up to {person.limit:,.2f}, and {abs(matter.stake):,.2f} is at stake"
    return None
