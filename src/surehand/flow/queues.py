"""How queues stand: who answers for each, who is here, and what each person has."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from surehand.flow.context import Context
from surehand.flow.desk import midnight
from surehand.store import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNow:
    """Somebody of a queue.

    here      at work; else `back`, the day from which on they are again, and who stands in
    holds     what they have open in all queues, up to `tally.COUNTED` and one
    decided   final verdicts today, in UTC
    """

    name: str
    here: bool
    back: date | None = None
    stand_in: str | None = None
    holds: int = 0
    decided: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """One queue.

    members  who decide day to day
    acts     who answers for it now: the owner, or the backup while the owner is away; '' while both are
    """

    name: str
    owner: PersonNow
    backup: PersonNow | None
    members: tuple[PersonNow, ...]
    acts: str


def queues_now(context: Context, names: Iterable[str] | None = None) -> tuple[QueueNow, ...]:
    """How some queues stand, or all of them; those that do not exist are left out.

    Costs the same with a thousand cases and with a million: counts stop, and indexes alone are asked.
    """
    people, now = context.people, context.clock()
    wanted = [name for name in (people.queues if names is None else names) if name in people.queues]
    theirs = sorted({person for name in wanted for person in people.everybody(name)})
    with context.db.read() as connection:
        holds = figures.holdings(connection, theirs)
        decided = figures.decided_since(connection, theirs, since=midnight(now))

    def now_of(name: str) -> PersonNow:
        here = people.here(name, now)
        active = people.active(name)
        return PersonNow(
            name=name, here=here, back=None if here or not active else people.back(name, now).date(),
            stand_in=people.stand_in(name, now) if active else None, holds=holds.get(name, 0),
            decided=decided.get(name, 0),
        )  # fmt: skip

    found = []
    for name in wanted:
        queue = people.queues[name]
        answer = [one for one in (queue.owner, queue.backup) if one and people.here(one, now)]
        found.append(
            QueueNow(
                name=name, owner=now_of(queue.owner), backup=now_of(queue.backup) if queue.backup else None,
                members=tuple(map(now_of, people.members(name))), acts=next(iter(answer), ""),
            )
        )  # fmt: skip
    return tuple(found)
