"""Picks the named person who gets a case."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from surehand.core.authority import Matter, denial, named_above
from surehand.core.calendars import Hours
from surehand.core.oversight import Level
from surehand.core.people import People, Queue
from surehand.core.phrases import words
from surehand.core.roles import Role


@dataclass(frozen=True, slots=True)
class Pick:
    """Who gets it, and why not somebody else.

    turn   the number of this turn in its queue, where each gets one in turn
    relax  how long after it was opened less skill is enough, where nobody here has what the queue asks for
    """

    person: str
    because: str
    turn: int | None = None
    relax: timedelta | None = None


#: Some people -> the last turn of each in the queue that is asked about; who never had one is left out.
Turns = Callable[[Sequence[str]], Mapping[str, int]]


def _none(_names: Sequence[str]) -> Mapping[str, int]:
    return {}


#: Nobody's working hours are known.
NO_HOURS: Mapping[str, Hours] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One question of who gets it; see `pick`."""

    people: People
    matter: Matter
    loads: Mapping[str, int]
    turns: Turns
    besides: Collection[str]
    waited: timedelta
    hours: Mapping[str, Hours]

    def works(self, name: str) -> bool:
        """It is in somebody's working hours; of who has none, always."""
        calendar = self.people.people[name].calendar
        openings = self.hours.get(calendar) if calendar is not None else None
        return openings is None or openings.open_at(self.matter.at)

    def may(self, name: str) -> bool:
        """Decide it, as a member of the queue does."""
        return name not in self.besides and denial(self.people, name, self.matter) is None

    def may_if_given(self, name: str) -> bool:
        """Decide it, once it is theirs, although they do not belong to the queue."""
        asked = replace(self.matter, assignee=name)
        return name not in self.besides and denial(self.people, name, asked) is None

    def share(self, name: str) -> tuple[float, str]:
        """How much somebody would have with it, for their capacity."""
        capacity = self.people.people[name].capacity
        return (self.loads.get(name, 0) + 1) / capacity, name


def pick(
    people: People,
    matter: Matter,
    *,
    level: Level,
    loads: Mapping[str, int],
    turns: Turns = _none,
    stay_with: str | None = None,
    besides: Collection[str] = (),
    waited: timedelta = timedelta(0),
    hours: Mapping[str, Hours] = NO_HOURS,
) -> Pick:
    """The person who gets a case: whoever knows it, else a member who is here, may decide it and knows how.

    Among those whose working hours it is, or all where it is nobody's, the queue's strategy chooses.
    For who is away their stand-in counts, as far as they may decide it. A specialist comes first where
    the level is `assist`. When no member may decide it goes up: to whom authority names, backup, queue
    owner, process owner, another owner; then to whoever may and is back first; the last resort is an
    active owner who may have to pass it on. Somebody always has it.

    loads    open assignments by person
    turns    asked only where each gets one in turn
    besides  people who are to know nothing of it now: taken only where nobody else may decide it
    waited   how long it has waited, for skills that are relaxed after a time
    hours    calendar -> its openings
    """
    asked = _Asked(
        people=people, matter=matter, loads=loads, turns=turns, besides=besides, waited=waited, hours=hours
    )  # fmt: skip
    found = _able(asked, level, stay_with)
    if found is None and besides:
        asked = replace(asked, besides=())
        found = _able(asked, level, stay_with)
    return found or _last_resort(people, matter)


def able(
    people: People, matter: Matter, *, level: Level, loads: Mapping[str, int], stay_with: str | None = None,
    besides: Collection[str] = (),
) -> Pick | None:  # fmt: skip
    """Who may decide it, other than `besides`; None: nobody."""
    asked = _Asked(
        people=people, matter=matter, loads=loads, turns=_none, besides=besides, waited=timedelta(0),
        hours=NO_HOURS,
    )  # fmt: skip
    return _able(asked, level, stay_with)


def _able(asked: _Asked, level: Level, stay_with: str | None) -> Pick | None:
    people, matter = asked.people, asked.matter
    if stay_with and people.here(stay_with, matter.at) and asked.may(stay_with):
        return Pick(stay_with, f"{stay_with} knows the case")
    here = _here(asked, people.members(matter.queue))
    if here:
        if level is Level.ASSIST:
            specialists = [name for name in here if people.people[name].has(Role.SPECIALIST)]
            here = {name: here[name] for name in specialists} or here
        here = {name: here[name] for name in here if asked.works(name)} or here
        return _of_queue(asked, here)
    return _above(asked) or _when_back(asked)


def _here(asked: _Asked, names: Sequence[str], *, given: bool = False) -> dict[str, str]:
    """Who of some people may decide it now, in their order; person -> whom they stand in for, or ''.

    given  they need not belong to the queue
    """
    people, at = asked.people, asked.matter.at
    may = asked.may_if_given if given else asked.may
    found: dict[str, str] = {}
    for name in names:
        if people.here(name, at):
            if may(name):
                found[name] = ""
        elif people.active(name) and may(name):
            to = people.stand_in(name, at)
            if to is not None and to not in found and asked.may_if_given(to):
                found[to] = name
    return found


def _of_queue(asked: _Asked, here: Mapping[str, str]) -> Pick:
    """The one of those who may that the queue's skills and strategy choose."""
    queue = asked.people.queues[asked.matter.queue]
    names, said, relax = _skilled(asked, queue, list(here)) if queue.skills else (list(here), "", None)
    turn = None
    match queue.strategy:
        case "named":
            chosen, why = names[0], "first of the queue who is here and may decide"
        case "round-robin":
            last = asked.turns(list(asked.people.everybody(asked.matter.queue)) + names)
            chosen = min(names, key=lambda name: (last.get(name, 0), names.index(name)))
            turn = max(last.values(), default=0) + 1
            why = "next in turn who may decide"
        case _:
            chosen = min(names, key=asked.share)
            even = len({asked.people.people[name].capacity for name in names}) == 1
            why = "least loaded who may decide" if even else "least loaded for their capacity who may decide"
    because = f"{why}{said}"
    if here[chosen]:
        because = f"stands in for {here[chosen]}, who is away; {because}"
    return Pick(chosen, because, turn, relax)


def _skilled(asked: _Asked, queue: Queue, names: list[str]) -> tuple[list[str], str, timedelta | None]:
    """Those who know what the queue asks for by now, else who knows it best; words; when less is enough."""
    everyone, wanted, lowered = asked.people.people, {}, []
    for skill, needed in queue.skills.items():
        steps = 0 if needed.relax is None else int(asked.waited / needed.relax)
        wanted[skill] = max(0, needed.level - steps)
        lowered += [skill] if steps else []

    def short(name: str) -> int:
        has = everyone[name].skills
        return sum(max(0, level - has.get(skill, 0)) for skill, level in wanted.items())

    least = min(map(short, names))
    if least == 0:
        known = " and ".join(words(skill) for skill in wanted)
        said = f" and knows {known}"
        if lowered:
            low = " and ".join(f"{words(skill)} at level {wanted[skill]}" for skill in lowered)
            said += f"; after so long, {low} is enough"
        return [name for name in names if short(name) == 0], said, None
    said = " and ".join(f"{words(skill)} at level {level}" for skill, level in wanted.items())
    times = [
        needed.relax for skill, needed in queue.skills.items() if needed.relax is not None and wanted[skill]
    ]
    relax = min((time * (int(asked.waited / time) + 1) for time in times), default=None)
    return (
        [name for name in names if short(name) == least],
        f"; nobody here who may decide knows {said}, and nobody knows it better",
        relax,
    )


def _above(asked: _Asked) -> Pick | None:
    """Whom it goes up to, of those who are here."""
    people, matter = asked.people, asked.matter
    members = [name for name in people.members(matter.queue) if people.active(name)]
    for name, absent in _here(asked, named_above(people, members, matter), given=True).items():
        why = "beyond what the members of the queue may decide, and authority names who may"
        return Pick(name, f"{why}; stands in for {absent}, who is away" if absent else why)
    away = any(asked.may(name) for name in members)
    why = "everybody of the queue who may decide this is away" if away else ""
    why = why or "no member of the queue may decide this"
    for name, absent in _here(asked, _ladder(people, matter)).items():
        return Pick(name, f"{why}; stands in for {absent}, who is away" if absent else why)
    others = [
        name
        for name, person in people.people.items()
        if person.has(Role.OWNER) and people.here(name, matter.at) and asked.may_if_given(name)
    ]
    if not others:
        return None
    nobody = "nobody who answers for this work may decide it and is here"
    return Pick(min(others, key=asked.share), nobody if away else "its own owners may not decide this")


def _when_back(asked: _Asked) -> Pick | None:
    """Nobody who may decide it is here: whoever of them is back first."""
    people, matter = asked.people, asked.matter
    theirs = [*people.members(matter.queue), *_ladder(people, matter)]
    others = [name for name, person in people.people.items() if person.has(Role.OWNER) and person.active]
    able = [name for name in theirs if asked.may(name)] or [n for n in others if asked.may_if_given(n)]
    if not able:
        return None
    back = {name: people.back(name, matter.at) for name in able}
    first = min(able, key=lambda name: back[name])
    return Pick(first, f"nobody who may decide this is here, and {first} is back first")


def _ladder(people: People, matter: Matter) -> list[str]:
    """Backup, queue owner, process owner."""
    queue = people.queues.get(matter.queue)
    return [n for n in ((queue.backup, queue.owner) if queue else ()) if n] + [matter.owner]


def _last_resort(people: People, matter: Matter) -> Pick:
    reach = [name for name in _ladder(people, matter) if people.active(name)]
    for name in (*(one for one in reach if people.here(one, matter.at)), *reach):
        return Pick(name, "nobody within reach may decide this alone; the owner must find who can")
    answer = [n for n, p in people.people.items() if p.active and p.has(Role.OWNER, Role.ADMINISTRATOR)]
    last = min(answer, key=lambda name: (not people.here(name, matter.at), name), default=matter.owner)
    return Pick(last, "the owners of this work are not active")
