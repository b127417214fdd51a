"""What can be wrong with people.yaml as a whole: names of nobody, days of no use, and circles."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from surehand.core.duration import in_words
from surehand.core.grants import ANYTHING, Delegation, Grant
from surehand.core.people import FIRST_DAY, LAST_DAY, Absence, People, Person
from surehand.core.roles import DECIDERS, Role
from surehand.maps.faults import Faults, listed, nearest
from surehand.maps.source import DataPath


def check_roster(people: People, faults: Faults, *, today: date | None = None) -> None:
    """Whether people, teams, queues, authority and delegations fit together, as far as that needs no map.

    today  absences and loans that are over are not worth a word; the day in UTC, if left out
    """
    now = today or datetime.now(UTC).date()
    for name, person in people.people.items():
        _person(name, person, people, faults)
        _absences(name, person, people, faults, now)
    _aliases(people, faults)
    for name in people.queues:
        _queue(name, people, faults)
    for number, grant in enumerate(people.authority):
        _grant(grant, ("authority", number), people, faults)
    _upward(people, faults)
    for number, delegation in enumerate(people.delegations):
        path: DataPath = ("delegations", number)
        # what is over counts with what follows it
        if _between_days(delegation, path, faults) and delegation.until >= now:
            _delegation(delegation, path, people, faults)
    _circles(people, faults)


def person_fault(faults: Faults, path: DataPath, name: str, people: People, what: str) -> bool:
    """Adds a fault unless that name is an active human in people.yaml; tells whether it did."""
    person = people.people.get(name)
    if person is None:
        humans = [one for one, who in people.people.items() if who.active and not who.has(Role.SERVICE)]
        faults.add(path, f"{what}, '{name}', is not in people.yaml.", nearest(name, humans))
    elif not person.active:
        faults.add(path, f"{what}, '{name}', is no longer active.")
    elif person.has(Role.SERVICE):
        faults.add(path, f"{what}, '{name}', is a service: name a person who can answer for it.")
    else:
        return False
    return True


def _person(name: str, person: Person, people: People, faults: Faults) -> None:
    path: DataPath = ("people", name)
    if person.team is not None and person.team not in people.teams:
        faults.unknown((*path, "team"), "The team", person.team, people.teams)
    try:
        ZoneInfo(person.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.add((*path, "zone"), f"'{person.zone}' is no time zone: write one such as Europe/Berlin.")


def _absences(name: str, person: Person, people: People, faults: Faults, today: date) -> None:
    for number, absence in enumerate(person.absences):
        path: DataPath = ("people", name, "absences", number)
        if not _between_days(absence, path, faults):
            continue
        for other in person.absences[:number]:
            if absence.overlaps(other):
                faults.add(
                    path, f"{name} is away twice: {_days(absence)} overlaps {_days(other)}. Make one of them."
                )
        to = absence.stand_in
        if to is None or absence.until < today:
            continue
        place = (*path, "stand_in")
        if to == name:
            faults.add(place, f"{name} cannot stand in for themselves.")
        elif not person_fault(faults, place, to, people, f"Who stands in for {name}"):
            theirs = [one for one in people.people[to].absences if one.overlaps(absence)]
            if theirs:
                faults.add(
                    place, f"{to} stands in for {name}, and is away too: {_days(theirs[0])}. Name another."
                )


def _between_days(one: Absence | Delegation, path: DataPath, faults: Faults) -> bool:
    """Both of its days are such as somebody can mean; adds a fault where one is not."""
    wrong = {key: day for key, day in (("from", one.start), ("until", one.until)) if not _meant(day)}
    for key, day in wrong.items():
        endless = isinstance(one, Absence) and day > LAST_DAY
        hint = " Who does not come back is disabled." if endless else ""
        faults.add((*path, key), f"'{key}' is {day}: write a day from {FIRST_DAY} to {LAST_DAY}.{hint}")
    return not wrong


def _meant(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY


def _aliases(people: People, faults: Faults) -> None:
    """One name, one human: an alias of two would let one of them count as the other."""
    known: dict[str, str] = {name.casefold(): name for name in people.people}
    for name, person in people.people.items():
        carried = [(alias, ("aliases", number)) for number, alias in enumerate(person.aliases)]
        for alias, place in [*carried, *([(person.email, ("email",))] if person.email else [])]:
            before = known.setdefault(alias.strip().casefold(), name)
            if before != name:
                faults.add(("people", name, *place), f"'{alias}' is {before} already: one name, one human.")


def _queue(name: str, people: People, faults: Faults) -> None:
    queue, path = people.queues[name], ("queues", name)
    holders: list[tuple[str, DataPath]] = [(queue.owner, ("owner",))]
    holders += [(queue.backup, ("backup",))] if queue.backup else []
    holders += [(member, ("members", index)) for index, member in enumerate(queue.members)]
    for person, place in holders:
        person_fault(faults, (*path, *place), person, people, f"The {place[0]} of queue '{name}'")
    for index, team in enumerate(queue.teams):
        if team not in people.teams:
            faults.unknown((*path, "teams", index), "The team", team, people.teams)


def _grant(grant: Grant, path: DataPath, people: People, faults: Faults) -> None:
    if grant.person is not None and grant.person not in people.people:
        faults.unknown((*path, "person"), "The person", grant.person, people.people)
    if grant.team is not None and grant.team not in people.teams:
        faults.unknown((*path, "team"), "The team", grant.team, people.teams)
    if grant.role is not None and grant.role not in DECIDERS:
        faults.add((*path, "role"), f"A {grant.role} decides nothing: write {listed(DECIDERS)}.")
    if grant.above is not None:
        person_fault(faults, (*path, "above"), grant.above, people, "Who gets what goes beyond")
    if grant.split is not None and grant.limit is not None:
        most, one = grant.split.limit, grant.limit
        if most.currency == one.currency and most.amount < one.amount:
            faults.add(
                (*path, "split", "limit"),
                f"One case may come to {one}, and all cases of its subject to no more than {most}.",
            )


def _upward(people: People, faults: Faults) -> None:
    """What goes beyond one person goes to another who may decide more, and never in a circle."""
    above = {
        (grant.person, grant.process, kind): (number, grant.above)
        for number, grant in enumerate(people.authority)
        if grant.person is not None and grant.above is not None
        for kind in grant.decides
    }
    for (name, process, kind), (number, _) in above.items():
        way, at = [name], above.get((name, process, kind))
        while at is not None and at[1] not in way:
            way.append(at[1] or "")
            at = above.get((at[1], process, kind))
        if at is not None and at[1] == name:
            faults.add(
                ("authority", number, "above"),
                f"What goes beyond goes in a circle: {' -> '.join([*way, name])}.",
            )


def _delegation(one: Delegation, path: DataPath, people: People, faults: Faults) -> None:
    wrong = person_fault(faults, (*path, "by"), one.by, people, "Who lends authority")
    wrong |= person_fault(faults, (*path, "to"), one.to, people, "Who is lent authority")
    if wrong:
        return
    for part, name in (("by", one.by), ("to", one.to)):
        if not people.people[name].has(*DECIDERS):
            faults.add((*path, part), f"{name} has no role that decides ({listed(DECIDERS)}).")
    team = people.people[one.by].team
    for grant in people.authority:
        theirs = grant.person == one.by or (team is not None and grant.team == team)
        if not theirs or not (ANYTHING in one.decides or set(one.decides) & set(grant.decides)):
            continue
        kinds = listed(grant.decides, last="and")
        if grant.delegate is None and ANYTHING not in one.decides:
            faults.add(path, f"{one.by} may not lend their authority for {kinds}.")
        elif grant.delegate is not None and (whole := _in_one_go(one, people.delegations)) > grant.delegate:
            before = "" if whole == one.lasts else " with what is lent before it"
            faults.add(
                (*path, "until"),
                f"{one.by} may lend their authority for {kinds} for {in_words(grant.delegate)}, "
                f"and this is {in_words(whole)}{before}.",
            )


def _in_one_go(one: Delegation, others: Sequence[Delegation]) -> timedelta:
    """How long the same is lent until the end of a loan without a day between, to whomever.

    Loans that follow each other are one: else a limit would hold nobody who writes it twice.
    """
    alike = [other for other in others if other.by == one.by and _alike(one, other)]
    start = one.start
    for other in sorted(alike, key=lambda other: other.until, reverse=True):
        if other.start < start and start - other.until <= timedelta(days=1):
            start = other.start
    return one.until - start + timedelta(days=1)


def _alike(one: Delegation, other: Delegation) -> bool:
    """Both are about a decision."""
    return ANYTHING in (*one.decides, *other.decides) or bool(set(one.decides) & set(other.decides))


def _circles(people: People, faults: Faults) -> None:
    """A delegation goes one way: who lends each other the same would approve for each other."""
    for number, one in enumerate(people.delegations):
        way = _back(one, people.delegations[:number], (one.by, one.to), one.start, one.until)
        if way:
            faults.add(
                ("delegations", number), f"The same is lent in a circle at one time: {' -> '.join(way)}."
            )


def _back(
    one: Delegation, others: Sequence[Delegation], way: tuple[str, ...], start: date, until: date
) -> tuple[str, ...]:
    """How what is lent comes back to who lends it, over some days; empty where it does not."""
    for other in others:
        first, last = max(start, other.start), min(until, other.until)
        if not _alike(one, other) or other.by != way[-1] or first > last or other.to in way[1:]:
            continue
        if other.to == way[0]:
            return (*way, other.to)
        if found := _back(one, others, (*way, other.to), first, last):
            return found
    return ()


def _days(absence: Absence) -> str:
    return f"{absence.start} to {absence.until}"
