"""Working time: by hand at every odd hour of the year, and against a walk along the clock on the wall."""

import random
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from surehand.core.calendars import Calendar, Hours
from surehand.maps.calendars import hours
from tests.core.walls import Week, walked

HOUR = timedelta(hours=1)
OFFICE = {"mon-fri": ["09:00-12:30", "13:30-17:00"]}


def at(zone: str, text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def calendar(zone: str = "Europe/Berlin", **week: list[str]) -> Hours:
    return hours(Calendar(zone=zone, week={name.replace("_", "-"): spans for name, spans in week.items()}))


BERLIN = hours(Calendar(zone="Europe/Berlin", week=OFFICE, holidays="DE-BE"))


@pytest.mark.parametrize(
    ("start", "worked", "end"),
    [
        ("2026-03-02 09:00", 1, "2026-03-02 10:00"),
        ("2026-03-02 12:00", 1, "2026-03-02 14:00"),  # the break is not counted
        ("2026-03-02 10:00", 6, "2026-03-02 17:00"),  # the end of the day, not the next morning
        ("2026-03-02 10:00", 6.5, "2026-03-03 09:30"),
        ("2026-03-06 16:00", 2, "2026-03-09 10:00"),  # over a weekend
        ("2026-03-07 11:00", 1, "2026-03-09 10:00"),  # from a Saturday
        ("2027-03-05 16:00", 5, "2027-03-09 14:00"),  # Monday is a holiday in Berlin
        ("2026-05-13 16:00", 2, "2026-05-15 10:00"),  # Ascension Day
        ("2028-02-28 16:00", 8, "2028-02-29 17:00"),  # a leap day
        ("2026-12-31 16:00", 2, "2027-01-04 10:00"),  # New Year is a Friday
    ],
)
def test_the_end_of_some_working_hours(start: str, worked: float, end: str) -> None:
    found = BERLIN.add_working(at("Europe/Berlin", start), worked * HOUR)
    assert found == at("Europe/Berlin", end)
    assert BERLIN.working_between(at("Europe/Berlin", start), found) == worked * HOUR


def test_a_holiday_of_one_part_of_a_country_is_none_elsewhere() -> None:
    hamburg = hours(Calendar(zone="Europe/Berlin", week=OFFICE, holidays="DE-HH"))
    start = at("Europe/Berlin", "2027-03-05 16:00")
    assert hamburg.add_working(start, 5 * HOUR) == at("Europe/Berlin", "2027-03-08 14:00")


@pytest.mark.parametrize(
    ("zone", "spans", "day", "worked"),
    [
        ("Europe/Berlin", ["00:00-24:00"], "2026-03-29", 23),
        ("Europe/Berlin", ["00:00-24:00"], "2026-10-25", 25),
        ("Europe/Berlin", ["01:00-05:00"], "2026-03-29", 3),
        ("Europe/Berlin", ["01:00-05:00"], "2026-10-25", 5),
        ("Europe/Berlin", ["02:00-03:00"], "2026-03-29", 0),  # an hour that does not exist
        ("Europe/Berlin", ["02:00-03:00"], "2026-10-25", 2),  # an hour that is there twice
        ("Europe/Berlin", ["02:30-04:00"], "2026-03-29", 1),
        ("Europe/Berlin", ["02:30-04:00"], "2026-10-25", 2.5),
        ("Europe/Berlin", ["01:30-02:30"], "2026-03-29", 0.5),
        ("Europe/Berlin", ["01:30-02:30"], "2026-10-25", 2),
        ("Australia/Lord_Howe", ["00:00-24:00"], "2026-10-04", 23.5),  # half an hour
        ("Australia/Lord_Howe", ["00:00-24:00"], "2026-04-05", 24.5),
        ("Asia/Kolkata", ["09:00-17:30"], "2026-03-29", 8.5),
        ("Pacific/Apia", ["09:00-17:00"], "2011-12-30", 0),  # a day that was left out
    ],
)  # fmt: skip
def test_hours_that_are_not_there_and_hours_that_are_there_twice(
    zone: str, spans: list[str], day: str, worked: float
) -> None:
    one = date.fromisoformat(day)
    always = hours(Calendar(zone=zone, week={"mon": ["09:00-10:00"]}, open={one: spans}))
    never = hours(Calendar(zone=zone, week={"mon": ["09:00-10:00"]}, open={one: []}))
    start, end = (at(zone, f"{one + timedelta(days=days)} 00:00") for days in (-1, 2))
    assert always.working_between(start, end) - never.working_between(start, end) == worked * HOUR


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    nights = calendar(mon_fri=["22:00-06:00"])
    assert nights.open_at(at("Europe/Berlin", "2026-03-07 05:59"))
    assert not nights.open_at(at("Europe/Berlin", "2026-03-07 06:00"))
    assert not nights.open_at(at("Europe/Berlin", "2026-03-09 05:00"))
    # the night of the change lasts an hour less: from 1:30 the clock goes to 3:00
    saturday = calendar(sat=["22:00-06:00"])
    assert saturday.add_working(at("Europe/Berlin", "2026-03-28 22:00"), 6 * HOUR) == at(
        "Europe/Berlin", "2026-03-29 05:00"
    )
    assert saturday.add_working(at("Europe/Berlin", "2026-10-24 22:00"), 6 * HOUR) == at(
        "Europe/Berlin", "2026-10-25 03:00"
    )


def test_openings_that_overlap_at_midnight_are_not_counted_twice() -> None:
    both = hours(Calendar(zone="UTC", week={"mon": ["20:00-08:00"], "tue": ["06:00-10:00"]}))
    start = datetime(2026, 3, 2, tzinfo=UTC)
    assert both.working_between(start, start + timedelta(days=7)) == 14 * HOUR


def test_days_of_its_own_count_before_weekdays_and_holidays() -> None:
    own = hours(
        Calendar.model_validate(
            {"zone": "Europe/Berlin", "week": OFFICE, "holidays": "DE", "closed": ["2026-12-24"],
             "open": {"2026-12-26": ["10:00-12:00"]}}
        )
    )  # fmt: skip
    start = at("Europe/Berlin", "2026-12-23 16:00")
    assert own.add_working(start, 2 * HOUR) == at("Europe/Berlin", "2026-12-26 11:00")


def test_an_opening_ends_when_the_next_one_has_not_begun() -> None:
    noon = at("Europe/Berlin", "2026-03-02 12:30")
    assert not BERLIN.open_at(noon)
    assert BERLIN.open_at(at("Europe/Berlin", "2026-03-02 13:30"))
    assert BERLIN.add_working(noon, timedelta(0)) == noon
    assert BERLIN.working_between(noon, noon - HOUR) == -HOUR


def test_what_is_hardly_ever_open_still_comes_to_an_end() -> None:
    rare = calendar(mon=["09:00-09:01"])
    start = at("Europe/Berlin", "2026-03-02 08:00")
    assert rare.add_working(start, timedelta(minutes=60)) == at("Europe/Berlin", "2027-04-19 09:01")
    assert start < rare.add_working(start, timedelta(days=3660)) < start + timedelta(days=366 * 62)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"week": {"mon": []}}, "no opening"),
        ({"week": {}}, "no opening"),
        ({"week": {"mon-fri": ["09:00-10:00"], "wed": ["09:00-10:00"]}}, "names wed twice"),
        ({"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "overlap"),
        ({"week": {"mon": ["22:00-06:00", "07:00-08:00"]}}, "overlap"),
        ({"week": {"mon": ["9:00-12:00"]}}, "pattern"),
        ({"week": {"monday": ["09:00-12:00"]}}, "pattern"),
        (
            {"week": OFFICE, "closed": ["2026-01-02"], "open": {"2026-01-02": ["09:00-10:00"]}},
            "under 'closed' and under 'open'",
        ),
    ],
)
def test_calendars_that_make_no_sense(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Calendar.model_validate({"zone": "UTC", **given})


def test_days_may_go_over_the_end_of_the_week() -> None:
    assert [bool(one) for one in Calendar(zone="UTC", week={"sat-mon": ["09:00-10:00"]}).weekdays] == [
        True, False, False, False, False, True, True,
    ]  # fmt: skip


def test_ten_thousand_deadlines_take_no_time() -> None:
    made = hours(Calendar(zone="Europe/Berlin", week=OFFICE, holidays="DE-BE"))
    start = at("Europe/Berlin", "2026-03-02 09:00")
    made.add_working(start, 24 * HOUR)
    began = time.perf_counter()
    for minute in range(10_000):
        made.add_working(start + timedelta(minutes=minute), 24 * HOUR)
    assert time.perf_counter() - began < 0.5


# Against the walk

_SPLIT: Week = dict.fromkeys(range(5), ("09:00-12:30", "13:30-17:00"))
_SHIFTS: Week = {
    0: ("06:00-14:00", "22:00-06:00"), 2: ("00:00-24:00",), 5: ("22:00-06:00",),
    6: ("01:30-02:30", "20:00-04:15"),
}  # fmt: skip
_ODD: Week = dict.fromkeys(range(7), ("01:15-02:10", "02:20-02:50", "03:05-05:00", "23:30-00:45"))

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
SHUT = (date(2011, 10, 3), date(2011, 12, 26), date(2012, 1, 1), date(2024, 2, 29), date(2025, 12, 25))
OWN = {date(2011, 11, 5): ("10:00-11:00",), date(2024, 12, 1): ("20:00-02:00",)}
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def compared(zone: str, week: Week, *, first: date, days: int, count: int, seed: int) -> None:
    """So many deadlines, and the working time to each, as the walk along the wall has them."""
    wall = walked(zone, week, first=first, days=days, shut=SHUT, own=OWN)
    made = hours(
        Calendar(
            zone=zone, week={_NAMES[day]: tuple(spans) for day, spans in week.items()}, closed=SHUT, open=OWN
        )
    )
    chance = random.Random(seed)
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=5)
    room = timedelta(days=days - 60)
    for _ in range(count):
        start = begin + timedelta(seconds=chance.randrange(int(room.total_seconds())))
        seconds = chance.choice((1, 59, 60, 3600, chance.randrange(1, 400_000)))
        expected = wall.later(start, seconds)
        found = made.add_working(start, timedelta(seconds=seconds))
        assert found == expected, (zone, start, seconds)
        assert made.working_between(start, found) == timedelta(seconds=seconds)
        assert made.open_at(start) == bool(wall.open[int((start - begin).total_seconds()) // 60 + 5 * 1440])


@pytest.mark.parametrize("zone", ZONES)
def test_some_deadlines_against_a_walk_along_the_wall(zone: str) -> None:
    """Half a year with a change of the clock; Samoa left out a day then, and changed its rule."""
    for number, week in enumerate((_SPLIT, _SHIFTS, _ODD)):
        compared(zone, week, first=date(2011, 9, 1), days=230, count=300, seed=number)


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_100_000_deadlines_against_a_walk_along_the_wall(zone: str) -> None:
    for number, week in enumerate((_SPLIT, _SHIFTS, _ODD)):
        compared(zone, week, first=date(2011, 6, 1), days=800, count=3_400, seed=number)
        compared(zone, week, first=date(2023, 9, 1), days=900, count=3_400, seed=10 + number)
