"""Picks the named person who gets a case."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from surehand.core.authority import Matter, denial, named_above
from surehand.core.calendars import Hours
from surehand.core.oversight import Level
from surehand.core.people import Needed, People, Person, Queue
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
    queue = people.queues.get(matter.queue)
    found = _of_queue(asked, queue, level) if queue is not None else None
    if found is not None:
        return found
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


def _of_queue(asked: _Asked, queue: Queue, level: Level) -> Pick | None:
    """The one of its members whom working hours, skills and the strategy put first of those who may."""
    candidates, wanted = _candidates(asked), _wanted(asked, queue)
    turns = _turns(asked, candidates) if queue.strategy == "round-robin" else {}
    closed = frozenset(
        name for name, openings in asked.hours.items() if not openings.open_at(asked.matter.at)
    )

    def rank(place: int) -> tuple[bool, bool, int, float, str, int]:
        """A specialist to assist, whose working hours it is, who knows how; then what the strategy says."""
        name, _ = candidates[place]
        person = asked.people.people[name]
        general = level is Level.ASSIST and not person.has(Role.SPECIALIST)
        first = asked.share(name) if queue.strategy == "least-loaded" else (turns.get(name, 0), "")
        return general, person.calendar in closed, _short(person, wanted) if wanted else 0, *first, place

    # most are never asked whether they may, which costs more than where they stand
    for place in sorted(range(len(candidates)), key=rank):
        name, absent = candidates[place]
        if asked.may(absent) and asked.may_if_given(name) if absent else asked.may(name):
            return _picked(asked, queue, wanted, name, absent, turns)
    return None


def _candidates(asked: _Asked) -> list[tuple[str, str]]:
    """Members who are here, and who stands in for those who are not: person, and for whom, or ''."""
    people, at = asked.people, asked.matter.at
    found = []
    for name in people.members(asked.matter.queue):
        if people.here(name, at):
            found.append((name, ""))
        elif people.active(name) and (to := people.stand_in(name, at)) is not None:
            found.append((to, name))
    return found


def _turns(asked: _Asked, candidates: Sequence[tuple[str, str]]) -> Mapping[str, int]:
    return asked.turns([*asked.people.everybody(asked.matter.queue), *(name for name, _ in candidates)])


def _picked(
    asked: _Asked, queue: Queue, wanted: Mapping[str, int], name: str, absent: str, turns: Mapping[str, int]
) -> Pick:
    """The words for it."""
    said, relax = _skilled(asked, queue, wanted, name) if wanted else ("", None)
    turn = None
    match queue.strategy:
        case "named":
            why = "first of the queue who is here and may decide"
        case "round-robin":
            turn = max(turns.values(), default=0) + 1
            why = "next in turn who may decide"
        case _:
            members = asked.people.members(asked.matter.queue)
            even = len({asked.people.people[one].capacity for one in members}) == 1
            why = "least loaded who may decide" if even else "least loaded for their capacity who may decide"
    because = f"{why}{said}"
    if absent:
        because = f"stands in for {absent}, who is away; {because}"
    return Pick(name, because, turn, relax)


def _wanted(asked: _Asked, queue: Queue) -> dict[str, int]:
    """What the queue asks for by now: skill -> level."""
    return {skill: max(0, needed.level - _steps(asked, needed)) for skill, needed in queue.skills.items()}


def _steps(asked: _Asked, needed: Needed) -> int:
    """By how many levels less is enough after so long."""
    return 0 if needed.relax is None else int(asked.waited / needed.relax)


def _short(person: Person, wanted: Mapping[str, int]) -> int:
    """By how many levels somebody knows less."""
    has = person.skills
    return sum([level - has.get(skill, 0) for skill, level in wanted.items() if has.get(skill, 0) < level])


def _skilled(
    asked: _Asked, queue: Queue, wanted: Mapping[str, int], name: str
) -> tuple[str, timedelta | None]:  # fmt: skip
    """Whether whoever gets it knows what is asked for, in words; and when less is enough."""
    if not _short(asked.people.people[name], wanted):
        known = " and ".join(words(skill) for skill in wanted)
        said = f" and knows {known}"
        lowered = [skill for skill, needed in queue.skills.items() if _steps(asked, needed)]
        if lowered:
            low = " and ".join(f"{words(skill)} at level {wanted[skill]}" for skill in lowered)
            said += f"; after so long, {low} is enough"
        return said, None
    said = " and ".join(f"{words(skill)} at level {level}" for skill, level in wanted.items())
    times = [
        needed.relax for skill, needed in queue.skills.items() if needed.relax is not None and wanted[skill]
    ]
    relax = min((time * (int(asked.waited / time) + 1) for time in times), default=None)
    return f"; nobody here who may decide knows {said}, and nobody knows it better", relax


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
