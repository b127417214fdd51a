"""Picks the named person who gets a case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from surehand.core.authority import Matter, denial
from surehand.core.oversight import Level
from surehand.core.people import People
from surehand.core.roles import Role


@dataclass(frozen=True, slots=True)
class Pick:
    """Who gets it, and why not somebody else."""

    person: str
    because: str


def pick(
    people: People,
    matter: Matter,
    *,
    level: Level,
    loads: Mapping[str, int],
    stay_with: str | None = None,
    besides: Collection[str] = (),
) -> Pick:
    """The person who gets a case: whoever knows it, else the member who may decide and has least.

    A specialist comes first where the level is `assist`. When no member may decide it goes up: backup,
    queue owner, process owner, another owner; the last resort is an active owner who may have to pass it
    on. Somebody always has it.

    loads    open assignments by person
    besides  people who are to know nothing of it now: taken only where nobody else may decide it
    """
    found = able(people, matter, level=level, loads=loads, stay_with=stay_with, besides=besides)
    if found is None and besides:
        found = able(people, matter, level=level, loads=loads, stay_with=stay_with)
    return found or _last_resort(people, matter)


def able(
    people: People, matter: Matter, *, level: Level, loads: Mapping[str, int], stay_with: str | None = None,
    besides: Collection[str] = (),
) -> Pick | None:  # fmt: skip
    """Who may decide it, other than `besides`; None: nobody."""

    def may(name: str, asked: Matter = matter) -> bool:
        return name not in besides and denial(people, name, asked) is None

    if stay_with and may(stay_with):
        return Pick(stay_with, f"{stay_with} knows the case")
    able = [name for name in people.members(matter.queue) if may(name)]
    if level is Level.ASSIST:
        able = [n for n in able if people.people[n].has(Role.SPECIALIST)] or able
    if able:
        return Pick(min(able, key=lambda name: (loads.get(name, 0), name)), "least loaded who may decide")
    for name in _ladder(people, matter):
        if may(name):
            return Pick(name, "no member of the queue may decide this")
    others = [
        name
        for name, person in people.people.items()
        if person.has(Role.OWNER) and may(name, replace(matter, assignee=name))
    ]
    if others:
        return Pick(
            min(others, key=lambda name: (loads.get(name, 0), name)), "its own owners may not decide this"
        )
    return None


def _ladder(people: People, matter: Matter) -> list[str]:
    """Backup, queue owner, process owner."""
    queue = people.queues.get(matter.queue)
    return [n for n in ((queue.backup, queue.owner) if queue else ()) if n] + [matter.owner]


def _last_resort(people: People, matter: Matter) -> Pick:
    for name in _ladder(people, matter):
        if people.active(name):
            return Pick(name, "nobody within reach may decide this alone; the owner must find who can")
    last = min(
        (n for n, p in people.people.items() if p.active and p.has(Role.OWNER, Role.ADMINISTRATOR)),
        default=matter.owner,
    )
    return Pick(last, "the owners of this work are not active")
