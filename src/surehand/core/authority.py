"""Who may decide what. Pure: asked when a case is assigned, at the verdict, and when the action runs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from surehand.core.duration import in_words
from surehand.core.grants import Delegation, Grant
from surehand.core.money import Money, base_amount
from surehand.core.people import People, Person
from surehand.core.phrases import words
from surehand.core.policy import Grade
from surehand.core.roles import DECIDERS
from surehand.core.values import shown


def _nothing(_within: timedelta) -> Decimal:
    return Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is to be decided, as far as authority goes.

    process, point  the decision point, or the exception that stopped the case
    stake      in the process's currency; None when it is not known, then only a limitless person decides
    assignee   who was given it; may decide even from outside the queue (escalation)
    submitter  never decides their own case
    at         when it is decided: authority may be lent for some days
    currency, rates  the process's, to compare limits in other currencies
    facts      of the case, where authority hangs on them
    interested  who asked for it, or benefits by it, as facts of the case name them
    people     how many have to agree to it
    agreed     who has agreed already
    editors    who gave values of the case
    lately     what the other cases of the same subject come to, within a time; asked only where a row of
               authority limits it. None where it is not known whom the case is about
    """

    process: str
    point: str
    queue: str
    grade: Grade
    stake: Decimal | None
    money: bool
    submitter: str
    assignee: str | None = None
    owner: str
    at: datetime
    currency: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    interested: tuple[str, ...] = ()
    people: int = 1
    agreed: frozenset[str] = frozenset()
    editors: frozenset[str] = frozenset()
    lately: Callable[[timedelta], Decimal | None] = _nothing


@dataclass(frozen=True, slots=True)
class Warrant:
    """What lets a person decide something.

    person   who decides
    grant    the row of authority; None where the kind of decision has none, and is open to its queue
    lent_by  whose authority it is, where it was lent
    beside   then the row of authority of who decides: what it asks for holds as well
    outside  only because it was given to them: they belong to no queue that decides it
    """

    person: str
    grant: Grant | None = None
    lent_by: str | None = None
    beside: Grant | None = None
    outside: bool = False

    def people(self, matter: Matter) -> int:
        """How many have to agree: as the map asks for, or as the rows of authority say of this person."""
        second = any(_asks_for_second(row, matter) for row in self._rows)
        return max(2, matter.people) if second else matter.people

    @property
    def write(self) -> tuple[str, ...]:
        """What has to be written down with a verdict: `reason`, `note`."""
        return tuple(what for row in self._rows for what in row.write)

    @property
    def _rows(self) -> tuple[Grant, ...]:
        return tuple(row for row in (self.grant, self.beside) if row is not None)

    @property
    def humans(self) -> frozenset[str]:
        """The people who stand behind it: they count as one where several have to agree."""
        return frozenset({self.person} if self.lent_by is None else {self.person, self.lent_by})


def _asks_for_second(grant: Grant, matter: Matter) -> bool:
    if isinstance(grant.second, str):
        return grant.second == "always"
    limit = base_amount(grant.second, currency=matter.currency, rates=matter.rates)
    return matter.money and (matter.stake is None or limit is None or abs(matter.stake) > limit)


def denial(people: People, name: str, matter: Matter) -> str | None:
    """Why this person may not decide this, in words; None when they may."""
    found = warrant(people, name, matter)
    return found if isinstance(found, str) else None


def warrant(people: People, name: str, matter: Matter) -> Warrant | str:
    """What lets this person decide this; else why they may not, in words."""
    person = people.people.get(name)
    if person is None or not person.active:
        return f"{name} is not an active person here"
    if not person.has(*DECIDERS):
        return f"{name} has no role that decides (reviewer, specialist or owner)"
    if why := _involved(people, name, matter):
        return f"{name} {why}"
    found = _own(people, person, name, matter)
    if not isinstance(found, Warrant) and people.delegations:
        found = _lent(people, person, name, matter) or found
    if isinstance(found, Warrant) and found.people(matter) > 1 and (theirs := found.humans & matter.editors):
        made = " and ".join(sorted(theirs))
        return f"{made} made the proposal by correcting it, and others have to agree to it"
    return found


def _own(people: People, person: Person, name: str, matter: Matter) -> Warrant | str:
    """What somebody's own authority says."""
    outside = not people.belongs(name, matter.queue) and name != matter.owner
    if outside and name != matter.assignee:
        return f"{name} does not belong to the queue {matter.queue}"
    rows = people.grants(matter.process, matter.point)
    mine = _closest(rows, name, person)
    if rows and not mine:
        return f"{name} has no authority for {words(matter.point)}"
    if over := _over_own_limit(person, name, matter):
        return over
    refused = ""
    for grant in mine:
        refused = _beyond(grant, name, matter)
        if not refused:
            return Warrant(name, grant, outside=outside)
    return refused or Warrant(name, outside=outside)


def _lent(people: People, person: Person, name: str, matter: Matter) -> Warrant | None:
    """What was lent to somebody; their own limits hold as well, so it never widens."""
    mine = _closest(people.grants(matter.process, matter.point), name, person)
    beside = next((grant for grant in mine if not _beyond(grant, name, matter)), None)
    for delegation in people.delegations:
        lender = people.people.get(delegation.by)
        if delegation.to != name or lender is None or not _in_force(delegation, lender, matter):
            continue
        theirs = _own(people, lender, delegation.by, replace(matter, assignee=None))
        usable = (
            lender.active and lender.has(*DECIDERS) and not _involved(people, delegation.by, matter)
            and isinstance(theirs, Warrant) and _may_be_lent(theirs.grant, delegation)
            and not _over_own_limit(person, name, matter)
            and not _beyond_all(mine, matter)
        )  # fmt: skip
        if usable and isinstance(theirs, Warrant):
            return Warrant(name, theirs.grant, lent_by=delegation.by, beside=beside)
    return None


def _involved(people: People, name: str, matter: Matter) -> str:
    """Why this person is no judge of the matter; '' where nothing speaks against them."""
    if name == (people.principal(matter.submitter) or matter.submitter):
        return "submitted this case, and nobody decides their own"
    if any(people.principal(one) == name for one in matter.interested):
        return "has an interest in this case, and nobody decides their own"
    if name in matter.agreed:
        return "has agreed to this already, and somebody else has to"
    if matter.people > 1 and name in matter.editors:
        return "made the proposal by correcting it, and others have to agree to it"
    return ""


def _in_force(delegation: Delegation, lender: Person, matter: Matter) -> bool:
    return delegation.about(matter.point) and delegation.covers(lender.day(matter.at))


def _may_be_lent(grant: Grant | None, delegation: Delegation) -> bool:
    """Where rows of authority speak of the decision, they say for how long it may be lent."""
    return grant is None or (grant.delegate is not None and delegation.lasts <= grant.delegate)


def _closest(rows: Iterable[Grant], name: str, person: Person) -> list[Grant]:
    """The rows that name the person; else those of their team; else those of their roles."""
    rows = list(rows)
    return (
        [grant for grant in rows if grant.person == name]
        or [grant for grant in rows if grant.team is not None and grant.team == person.team]
        or [grant for grant in rows if grant.role is not None and person.has(grant.role)]
    )


def beyond(people: People, name: str, matter: Matter) -> str | None:
    """Why this is too much for a person, whatever queue they belong to, in words; None where it is not.

    What is beyond somebody is not shown to them either. The sum of several cases does not count here: who
    may decide each of them may see it.
    """
    person = people.people.get(name)
    if person is None:
        return f"{name} is not an active person here"
    alone = replace(matter, lately=_nothing)
    mine = _closest(people.grants(matter.process, matter.point), name, person)
    return _over_own_limit(person, name, matter) or _beyond_all(mine, alone, name) or None


def named_above(people: People, names: Iterable[str], matter: Matter) -> list[str]:
    """Whom authority names for what is beyond some people, nearest first, and above them in turn."""
    rows = people.grants(matter.process, matter.point)
    if not any(grant.above for grant in rows):
        return []
    found: dict[str, None] = {}
    asking = list(names)
    while asking:
        name = asking.pop(0)
        person = people.people.get(name)
        mine = _closest(rows, name, person) if person is not None else []
        if not _beyond_all(mine, matter, name):
            continue
        above = [grant.above for grant in mine if grant.above is not None and grant.above not in found]
        found |= dict.fromkeys(above)
        asking += above
    return list(found)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a person may decide alone at one decision, by one row of authority or without any.

    limit  largest stake, in the process's currency: the lower of their own and the row's; None: no limit
    grade  highest grade; None: all
    grant  the row; None where none fits them
    """

    limit: Decimal | None
    grade: Grade | None
    grant: Grant | None


def allowances(
    people: People, name: str, process: str, point: str, *, money: bool, currency: str,
    rates: Mapping[str, Decimal],
) -> tuple[Allowance, ...]:  # fmt: skip
    """What somebody may decide at a point, by each row that fits them; without one, up to their own limit.

    That they belong to its queue is another matter. Nothing where rows speak of the point and none fits them.

    money  stakes of the process are sums
    """
    person = people.people[name]
    rows = people.grants(process, point)
    mine = _closest(rows, name, person)
    own = person.limit if money else None
    if not mine:
        return () if rows else (Allowance(own, None, None),)
    found = []
    for grant in mine:
        bounds = [] if own is None else [own]
        if grant.limit is not None and money:
            # in a currency without a rate nothing can be said to lie below it
            bounds.append(base_amount(grant.limit, currency=currency, rates=rates) or Decimal(0))
        found.append(Allowance(min(bounds, default=None), grant.consequence, grant))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that a person may decide of a process, and so may see in lists.

    limit  largest stake, in the process's currency; None: no limit
    grade  highest grade; None: all
    """

    process: str
    limit: Decimal | None = None
    grade: Grade | None = None


def ceiling(
    people: People, name: str, process: str, points: Iterable[str], *, money: bool, currency: str,
    rates: Mapping[str, Decimal],
) -> Ceiling | None:  # fmt: skip
    """The widest of what somebody may decide at some points of a process; None where nothing limits it.

    money  stakes of the process are sums
    """
    own = Allowance(people.people[name].limit if money else None, None, None)
    found: list[Allowance] = []
    for point in points:
        # who has no authority for it sees it all the same, as people of its queue do
        found += allowances(
            people, name, process, point, money=money, currency=currency, rates=rates
        ) or (own,)  # fmt: skip
    limits = [one.limit for one in found]
    limit = None if None in limits else max((one for one in limits if one is not None), default=None)
    highest = [one.grade for one in found if one.grade is not None]
    grade = max(highest, key=lambda one: one.rank) if len(highest) == len(found) and highest else None
    return None if limit is None and grade is None else Ceiling(process, limit, grade)


def _beyond_all(grants: Iterable[Grant], matter: Matter, name: str = "") -> str:
    """What the rows say that all of them refuse; '' where there are none, or one of them allows it."""
    refused = [_beyond(grant, name, matter) for grant in grants]
    return refused[0] if refused and all(refused) else ""


def _over_own_limit(person: Person, name: str, matter: Matter) -> str:
    if person.limit is None or not matter.money:
        return ""
    if matter.stake is None:
        return f"the sum at stake is not known, and {name} may decide up to {person.limit:,.2f}"
    if abs(matter.stake) > person.limit:
        return f"{name} may decide up to {person.limit:,.2f}, and {abs(matter.stake):,.2f} is at stake"
    return ""


def _beyond(grant: Grant, name: str, matter: Matter) -> str:
    """Why this row does not cover the matter; '' where it does."""
    most = grant.consequence
    if most is not None and matter.grade.rank > most.rank:
        return f"{name} may decide up to {most} consequence, and this is {matter.grade}"
    for fact, allowed in grant.only.items():
        value = matter.facts.get(fact)
        if shown(value) not in allowed:
            said = f"it is {shown(value)}" if value is not None else "that is not known"
            return f"{name} may decide only where {words(fact)} is {' or '.join(allowed)}, and {said}"
    if grant.limit is not None and matter.money and (over := _over(grant.limit, name, matter)):
        return over
    split = grant.split
    return _split(split.limit, split.within, name, matter) if split is not None and matter.money else ""


def _over(limit: Money, name: str, matter: Matter) -> str:
    if matter.stake is None:
        return f"the sum at stake is not known, and {name} may decide up to {limit}"
    most = base_amount(limit, currency=matter.currency, rates=matter.rates)
    if most is None:
        return f"the limit of {name} is in {limit.currency}, for which this process records no rate"
    if abs(matter.stake) > most:
        return f"{name} may decide up to {limit}, and {_sum(abs(matter.stake), matter)} is at stake"
    return ""


def _split(limit: Money, within: timedelta, name: str, matter: Matter) -> str:
    most = base_amount(limit, currency=matter.currency, rates=matter.rates)
    if most is None:
        return f"the limit of {name} is in {limit.currency}, for which this process records no rate"
    others = matter.lately(within)
    if others is None:
        return f"{name} may decide up to {limit} for one subject, and whom this is about is not known"
    total = abs(matter.stake or Decimal(0)) + others
    if total > most:
        return (
            f"{name} may decide up to {limit} for one subject in {in_words(within)}, and with its other "
            f"cases it comes to {_sum(total, matter)}"
        )
    return ""


def _sum(amount: Decimal, matter: Matter) -> str:
    return f"{amount:,.2f} {matter.currency}".strip()
