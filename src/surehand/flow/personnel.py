"""What there is to know of people: what they may decide, hold and were refused, and who would follow them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from surehand.core import rosters
from surehand.core.audit import Link
from surehand.core.authority import Allowance, allowances
from surehand.core.case import ENGINE
from surehand.core.grants import Delegation, Grant
from surehand.core.people import People
from surehand.core.roles import DECIDERS
from surehand.errors import Fault, NotFound
from surehand.flow import unseen
from surehand.flow.checking import made_undone
from surehand.flow.context import Context
from surehand.flow.desk import Desk
from surehand.flow.escalate import would_pass_on
from surehand.store import access, audit, desk, figures, tally
from surehand.store.access import Key
from surehand.store.desk import Waiting

#: Refusals are shown for so long, and so many.
LATELY = timedelta(days=30)
_MOST = 50

#: Of what somebody holds, so many rows are shown.
HELD = 50


@dataclass(frozen=True, slots=True)
class Decided:
    """One kind of decision, and what a person may decide of it.

    queue     through which it comes to them
    currency  of its sums; '' where no sum is at stake
    alone     one for each row that fits; none: rows speak of it, and none fits
    """

    process: str
    point: str
    queue: str
    currency: str
    alone: tuple[Allowance, ...]


def decided_by(context: Context, name: str) -> list[Decided]:
    """What comes to a person for a decision, and what of it they may decide alone."""
    people = context.people
    person = people.people[name]
    if not person.active or not person.has(*DECIDERS):
        return []
    found = []
    for process in context.processes.current.values():
        used = process.map
        for point, queue in used.places:
            if not people.belongs(name, queue) and name != used.owner:
                continue
            alone = allowances(
                people, name, used.process, point, money=used.about_money, currency=used.currency,
                rates=used.rates,
            )  # fmt: skip
            money = used.currency if used.about_money else ""
            found.append(Decided(used.process, point, queue, money, alone))
    return found


def rows_about(people: People, name: str) -> list[Grant]:
    """Rows of authority that are about a person: by name, by their team, or by a role."""
    person = people.people[name]
    return [
        one
        for one in people.authority
        if one.person == name
        or (one.team is not None and one.team == person.team)
        or (one.role is not None and person.has(one.role))
    ]


def rows_seen(people: People, viewer: str) -> list[Grant]:
    """The rows of authority that somebody may see: all, or those about themselves."""
    return list(people.authority) if rosters.sees_everyone(people, viewer) else rows_about(people, viewer)


def delegations_seen(people: People, viewer: str) -> list[Delegation]:
    """What somebody may see of what is lent: all, or what is lent by and to them."""
    everything = rosters.sees_everyone(people, viewer)
    return [one for one in people.delegations if everything or viewer in (one.by, one.to)]


def private(people: People, viewer: str, name: str) -> bool:
    """What this person may decide, holds and was refused is kept from who looks."""
    return viewer != name and not rosters.sees_everyone(people, viewer)


def known(context: Context, name: str) -> None:
    """Raises NotFound for a name that is nobody's."""
    if name not in context.people.people:
        raise NotFound(f"There is no {name} here")


def open_by_person(context: Context) -> Mapping[str, int]:
    """How many assignments each person has open."""
    with context.db.read() as connection:
        return figures.loads(connection)


def held(context: Context, viewer: str, name: str) -> Sequence[Waiting]:
    """What a person has open, earliest deadline first, as the viewer may see it; at most HELD and one."""
    with context.db.read() as connection:
        which = desk.theirs(Desk(context, connection, viewer).of("all"), name)
        rows = desk.waiting(connection, which, limit=HELD + 1)
        return unseen.rows_shown(context, connection, viewer, rows)


def refusals(context: Context, name: str) -> list[Link]:
    """What a person was refused lately, newest first."""
    with context.db.read() as connection:
        since = context.clock() - LATELY
        return audit.recorded_of(connection, "denied", name, since=since, limit=_MOST)


def ways_in(context: Context, name: str) -> tuple[bool, list[Key]]:
    """Whether a person has a password, and the API keys of theirs that work."""
    with context.db.read() as connection:
        keys = [key for key in access.keys(connection, person=name) if key.works]
        return access.password_hash(connection, name) is not None, keys


def waiting_in(context: Context, viewer: str, queue: str) -> int | None:
    """How many cases of a queue wait that the viewer may see; None for a queue that is not theirs."""
    with context.db.read() as connection:
        at = Desk(context, connection, viewer)
        if not at.sight.everything and queue not in at.queues:
            return None
        return tally.count_waiting(connection, at.told(desk.of_queues(at.sight, (queue,))))


def if_disabled(context: Context, name: str) -> Counter[str] | str:
    """To whom everything would go that a person holds, and how many each; in words why they cannot leave."""
    try:
        after = rosters.without(context.people, name)
    except ValueError as error:
        return str(error)
    with context.db.read() as connection:
        found = would_pass_on(context, connection, after, [name])
    found.pop(ENGINE, None)
    return found


def left_undone(context: Context, name: str) -> list[Fault]:
    """What would be wrong once a person has left: work that nobody could do, maps that name them.

    It keeps nobody, and is to be put right afterwards. Raises ValueError where they cannot leave.
    """
    return made_undone(context, context.people, rosters.without(context.people, name))
