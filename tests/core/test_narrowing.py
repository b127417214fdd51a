"""Tests of what lists are narrowed to."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from surehand.core.narrowing import EVERYTHING, Narrowing

NOW = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
SYDNEY, BERLIN, KIRITIMATI = (
    ZoneInfo("Australia/Sydney"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Pacific/Kiritimati"),
)


@pytest.mark.parametrize(
    ("narrowing", "before"),
    [
        (Narrowing(), None),
        (Narrowing(due="overdue", zone=SYDNEY), NOW),
        (Narrowing(due="soon", zone=SYDNEY), NOW + timedelta(hours=2)),
        (Narrowing(due="today"), datetime(2026, 11, 28, tzinfo=UTC)),
        # it is the 28th there, which ends at 13:00 UTC
        (Narrowing(due="today", zone=SYDNEY), datetime(2026, 11, 28, 13, tzinfo=UTC)),
        (Narrowing(due="today", zone=BERLIN), datetime(2026, 11, 27, 23, tzinfo=UTC)),
        (Narrowing(until=date(2026, 11, 30)), datetime(2026, 12, 1, tzinfo=UTC)),
        (Narrowing(until=date(2026, 11, 30), zone=KIRITIMATI), datetime(2026, 11, 30, 10, tzinfo=UTC)),
        # whichever ends first
        (
            Narrowing(due="today", until=date(2026, 11, 26), zone=BERLIN),
            datetime(2026, 11, 26, 23, tzinfo=UTC),
        ),
    ],
)  # fmt: skip
def test_days_end_where_the_reader_is(narrowing: Narrowing, before: datetime | None) -> None:
    assert narrowing.due_before(NOW) == before


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 6, 1), 24), (date(2026, 10, 25), 25)]
)
def test_a_day_is_as_long_as_its_clock_says(day: date, hours: int) -> None:
    before = Narrowing(until=day - timedelta(days=1), zone=BERLIN).due_before(NOW)
    after = Narrowing(until=day, zone=BERLIN).due_before(NOW)
    assert before is not None
    assert after is not None
    assert after - before == timedelta(hours=hours)


@pytest.mark.parametrize("zone", [UTC, SYDNEY])
def test_where_somebody_is_leaves_nothing_out(zone: tzinfo) -> None:
    assert Narrowing(zone=zone) == EVERYTHING
