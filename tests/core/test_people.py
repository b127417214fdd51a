"""Who belongs to a queue, and when people are back, wherever they are and however long they are away."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from surehand.core.people import LAST_DAY, Absence, People, Person, Queue, Team

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NEVER = datetime(2199, 12, 31, tzinfo=UTC)

#: The first and the last place to begin a day, and some where the clock or the calendar jumps at midnight.
ZONES = ("Pacific/Kiritimati", "Etc/GMT+12", "Africa/Cairo", "America/Havana", "Pacific/Apia", "UTC")


def away(*days: tuple[date, date], zone: str = "UTC") -> People:
    absences = tuple(Absence(start=start, until=until) for start, until in days)
    return People(people={"ann": Person(zone=zone, absences=absences)})


@pytest.mark.parametrize(
    ("start", "until", "back"),
    [
        (date.min, date.min, NOW),
        (date.min, date.max, NEVER),
        (date(2026, 1, 1), date(9999, 12, 30), NEVER),
        (date(2026, 1, 1), LAST_DAY, NEVER),
        (date.max, date.max, NOW),
        (date.min, date(2026, 11, 20), datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_somebody_is_back_at_some_time(start: date, until: date, back: datetime) -> None:
    assert away((start, until)).back("ann", NOW) == back
    for zone in ZONES:
        assert away((start, until), zone=zone).back("ann", NOW) >= NOW


def test_one_absence_after_the_other_is_one() -> None:
    first, then = (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 12, 1), date(2026, 12, 24))
    assert away(first, then).back("ann", NOW) == datetime(2026, 12, 25, tzinfo=UTC)
    assert away(first, (date(2026, 12, 1), date.max)).back("ann", NOW) == NEVER


@pytest.mark.parametrize("zone", ZONES)
def test_who_is_back_is_here_whatever_the_clock_does_at_midnight(zone: str) -> None:
    # days that Samoa skipped, that Cairo and Havana begin an hour late, and that Havana begins twice
    for last, hour in product(
        (date(2011, 12, 29), date(2026, 3, 7), date(2026, 4, 23), date(2026, 10, 31)), range(0, 24, 6)
    ):
        people = away((last - timedelta(days=3), last), zone=zone)
        at = datetime(last.year, last.month, last.day, hour, tzinfo=UTC) - timedelta(days=1)
        back = people.back("ann", at)
        assert people.here("ann", back)
        assert back == at or not people.here("ann", back - timedelta(seconds=1))


def test_who_has_left_is_no_member_by_name_or_by_team() -> None:
    people = People(
        people={"ann": Person(team="crew"), "bo": Person(), "lead": Person()},
        teams={"crew": Team()},
        queues={"desk": Queue(owner="lead", members=("bo",), teams=("crew",))},
    )
    assert people.members("desk") == ("bo", "ann")
    for name, left in (("ann", ("bo",)), ("bo", ("ann",))):
        gone = people.people[name].model_copy(update={"active": False})
        after = people.model_copy(update={"people": people.people | {name: gone}})
        assert after.members("desk") == left
        assert after.everybody("desk") == (*left, "lead")
        assert not after.belongs(name, "desk")
    assert people.members("desk") == ("bo", "ann")
