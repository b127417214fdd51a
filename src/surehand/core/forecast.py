"""When the cases of a queue will be decided, by how fast its people were lately, and which will be late."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from surehand.core.calendars import Hours
from surehand.core.deadlines import between, later

#: Working time over which it is measured how fast people are, and how far back it is looked for at most.
LATELY, BACK = timedelta(hours=16), timedelta(days=21)

#: Answers from which a pace is told: fewer are chance.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A case that waits.

    expected_at  when it will be decided; None: nobody works at it, or how fast is not known
    late         that is after its deadline, or the deadline has passed, or whoever has it is not here
    """

    expected_at: datetime | None
    late: bool


def since(hours: Hours | None, now: datetime) -> datetime:
    """From when on it is measured how fast people were: `LATELY` of working time ago, or `BACK`."""
    day, start = timedelta(days=1), now
    while between(hours, start, now) < LATELY and now - start < BACK:
        start -= day
    return start


def paces(
    answered: Mapping[str, int], hours: Mapping[str, Hours | None], *, start: datetime, now: datetime
) -> dict[str, timedelta]:
    """Working time that each person takes for a case, waiting included; of whom little is known, as others.

    answered  person -> cases that they answered from `start` on
    hours     person -> their openings, for everybody in question; None: time as it passes
    """
    worked = {name: between(of, start, now) for name, of in hours.items()}
    busy = [name for name in hours if answered.get(name, 0) > 0]
    total = sum(answered[name] for name in busy)
    usual = sum((worked[name] for name in busy), timedelta(0)) / total if total >= _ENOUGH else None
    own = {
        name: worked[name] / count for name, count in answered.items() if count >= _ENOUGH and name in worked
    }
    found = {name: own.get(name, usual) for name in hours}
    return {name: pace for name, pace in found.items() if pace is not None}


def foreseen(
    waiting: Iterable[tuple[str, datetime]],
    *,
    pace: Mapping[str, timedelta],
    hours: Mapping[str, Hours | None],
    here: Collection[str],
    now: datetime,
) -> Sequence[Foreseen]:
    """What becomes of cases if everybody works at theirs by deadline, one after the other.

    waiting  holder and deadline, by deadline
    pace     person -> working time for a case
    hours    person -> their openings; None: time as it passes
    here     who works now; what others hold nobody works at
    """
    free: dict[str, datetime] = {}
    found = []
    for holder, due_at in waiting:
        expected: datetime | None = None
        if holder in here and holder in pace:
            expected = later(hours.get(holder), free.get(holder, now), pace[holder])
            free[holder] = expected
        found.append(Foreseen(expected, late=holder not in here or due_at < (expected or now)))
    return found
