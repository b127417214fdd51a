"""Queues whose work nobody could do: a skill that nobody has, days on which everybody is away."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from surehand.core.people import People, Person
from surehand.core.roles import DECIDERS
from surehand.maps.faults import Faults


def check_staffing(people: People, faults: Faults, *, today: date | None = None) -> None:
    """Of every queue, somebody who decides has what it asks for, and somebody is there.

    Entering what makes it so is refused. Whoever leaves is not kept by it: there is nothing to choose then.

    today  absences that are over are not worth a word; the day in UTC, if left out
    """
    now = today or datetime.now(UTC).date()
    for name in people.queues:
        able = _able(people, name)
        _skilled(name, people, able, faults)
        for start, until in _all_away(able, now):
            faults.add(
                ("queues", name),
                f"Everybody of queue '{name}' is away from {start} to {until}: name a stand-in outside it.",
                kind="everybody is away",
            )


def _able(people: People, queue: str) -> list[Person]:
    """Who decides in a queue."""
    everybody = [people.people[name] for name in people.everybody(queue) if people.active(name)]
    return [person for person in everybody if person.has(*DECIDERS)]


def _skilled(name: str, people: People, able: list[Person], faults: Faults) -> None:
    for skill, needed in people.queues[name].skills.items():
        best = max((person.skills.get(skill, 0) for person in able), default=0)
        if best < needed.level:
            faults.add(
                ("queues", name, "skills", skill),
                f"Nobody of queue '{name}' knows {skill} at level {needed.level}: "
                f"the best is {best or 'none'}.",
                kind="nobody knows it",
            )


def _all_away(able: list[Person], today: date) -> Iterator[tuple[date, date]]:
    """Periods from today on in which all of these people are away and nobody outside stands in for one."""
    common = [(today, date.max)] if able else []
    for person in able:
        common = [
            (max(start, one.start), min(until, one.until))
            for start, until in common
            for one in person.absences
            if one.stand_in is None and one.start <= until and start <= one.until
        ]
    yield from common
