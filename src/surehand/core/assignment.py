"""Picks the named person who gets a case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from surehand.core.authority import Matter, denial
from surehand.core.oversight import Level
from surehand.core.people import People, Role


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
) -> Pick:
    """The person who gets a case: whoever knows it, else the member who may decide and has least.

    A specialist comes first where the level is `assist`. When no member may decide it goes up: backup,
    queue owner, process owner, another owner; the last resort is an active owner who may have to pass it
    on. Somebody always has it.

    loads  open assignments by person
    """
    if stay_with and denial(people, stay_with, matter) is None:
        return Pick(stay_with, f"{stay_with} knows the case")
    queue = people.queues.get(matter.queue)
    members = queue.members if queue else ()
    able = [name for name in members if denial(people, name, matter) is None]
    if level is Level.ASSIST:
        able = [n for n in able if people.people[n].has(Role.SPECIALIST)] or able
    if able:
        return Pick(min(able, key=lambda name: (loads.get(name, 0), name)), "least loaded who may decide")
    ladder = [n for n in ((queue.backup, queue.owner) if queue else ()) if n] + [matter.owner]
    for name in ladder:
        if denial(people, name, matter) is None:
            return Pick(name, "no member of the queue may decide this")
    others = [
        name
        for name, person in people.people.items()
        if person.has(Role.OWNER) and denial(people, name, replace(matter, assignee=name)) is None
    ]
    if others:
        return Pick(
            min(others, key=lambda name: (loads.get(name, 0), name)), "its own owners may not decide this"
        )
    for name in ladder:
        if people.active(name):
            return Pick(name, "nobody within reach may decide this alone; the owner must find who can")
    last = min(
        (n for n, p in people.people.items() if p.active and p.has(Role.OWNER, Role.ADMINISTRATOR)),
        default=matter.owner,
    )
    return Pick(last, "the owners of this work are not active")
