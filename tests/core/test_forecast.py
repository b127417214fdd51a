"""What will be late: everybody works at theirs by deadline, as fast as they were."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from surehand.core.calendars import Calendar, Hours
from surehand.core.forecast import BACK, foreseen, paces, since
from surehand.maps.calendars import hours

HOUR = timedelta(hours=1)
NOW = datetime(2026, 1, 7, 15, tzinfo=UTC)  # a Wednesday
OFFICE = hours(Calendar(zone="UTC", week={"mon-fri": ["09:00-17:00"]}))
RARE = hours(Calendar(zone="UTC", week={"mon": ["09:00-10:00"]}))
BOTH: Mapping[str, Hours | None] = {"ann": OFFICE, "bo": None}


def test_it_is_measured_over_two_working_days() -> None:
    assert since(OFFICE, NOW) == NOW - timedelta(days=2)
    assert since(OFFICE, datetime(2026, 1, 5, 9, tzinfo=UTC)) == datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert since(None, NOW) == NOW - timedelta(days=1)
    assert since(RARE, NOW) == NOW - BACK


@pytest.mark.parametrize(
    ("answered", "found"),
    [
        ({"ann": 8, "bo": 12}, {"ann": 2 * HOUR, "bo": 4 * HOUR}),  # 16 of 48 hours were working hours
        ({"ann": 8}, {"ann": 2 * HOUR, "bo": 2 * HOUR}),  # of bo nothing is known
        ({"ann": 8, "bo": 1}, {"ann": 2 * HOUR, "bo": 64 * HOUR / 9}),  # too little
        ({"ann": 2}, {}),
        ({}, {}),
        ({"gone": 9, "ann": 2}, {}),
    ],
)
def test_paces(answered: dict[str, int], found: dict[str, timedelta]) -> None:
    told = paces(answered, BOTH, start=NOW - timedelta(days=2), now=NOW)
    assert told == pytest.approx(found) if not found else told.keys() == found.keys()
    for name, pace in found.items():
        assert abs(told[name] - pace) < timedelta(seconds=1)


def test_each_works_at_theirs_one_after_the_other_in_their_hours() -> None:
    waiting = [
        ("ann", NOW + HOUR), ("bo", NOW + 2 * HOUR), ("ann", NOW + 3 * HOUR), ("ann", NOW + 30 * HOUR),
        ("cy", NOW + 90 * HOUR), ("di", NOW + 90 * HOUR), ("di", NOW - HOUR),
    ]  # fmt: skip
    found = foreseen(
        waiting, pace={"ann": 1.5 * HOUR, "bo": HOUR}, hours=BOTH, here={"ann", "bo", "di"}, now=NOW
    )
    tomorrow = datetime(2026, 1, 8, 10, tzinfo=UTC)
    assert [(one.expected_at, one.late) for one in found] == [
        (NOW + 1.5 * HOUR, True),
        (NOW + HOUR, False),
        (tomorrow, True),
        (tomorrow + 1.5 * HOUR, False),
        (None, True),  # is not here
        (None, False),  # how fast is not known
        (None, True),
    ]
