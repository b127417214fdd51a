"""When a message goes out: quiet hours and digests by the clock where the person is."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from surehand.core.reach import Reach, due, is_address


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("reach", "zone", "now", "then"),
    [
        # at once
        ({}, "UTC", "2026-01-05 23:30", "2026-01-05 23:30"),
        # each whole hour of the local clock, also where it is half an hour away
        ({"digest": "hourly"}, "UTC", "2026-01-05 09:10", "2026-01-05 10:00"),
        ({"digest": "hourly"}, "UTC", "2026-01-05 09:00", "2026-01-05 09:00"),
        ({"digest": "hourly"}, "Asia/Kolkata", "2026-01-05 09:10", "2026-01-05 09:30"),
        ({"digest": "hourly"}, "Asia/Kathmandu", "2026-01-05 09:10", "2026-01-05 09:15"),
        # once a day, through the day on which an hour is skipped, and the one on which it comes twice
        ({"digest": "daily"}, "Europe/Berlin", "2026-01-05 07:30", "2026-01-06 07:00"),
        ({"digest": "daily"}, "Europe/Berlin", "2026-03-28 07:00", "2026-03-28 07:00"),
        ({"digest": "daily"}, "Europe/Berlin", "2026-03-28 07:01", "2026-03-29 06:00"),
        ({"digest": "daily", "digest_at": "02:30"}, "Europe/Berlin", "2026-03-28 23:00", "2026-03-29 01:30"),
        ({"digest": "daily", "digest_at": "02:30"}, "Europe/Berlin", "2026-10-24 23:00", "2026-10-25 00:30"),
        # leap day, and a zone in which a day was left out
        ({"digest": "daily"}, "UTC", "2028-02-28 09:00", "2028-02-29 08:00"),
        ({"digest": "daily"}, "Pacific/Apia", "2011-12-29 20:00", "2011-12-30 18:00"),
        # quiet hours over midnight, and within a day
        ({"quiet": "20:00-07:00"}, "Europe/Berlin", "2026-01-05 18:59", "2026-01-05 18:59"),
        ({"quiet": "20:00-07:00"}, "Europe/Berlin", "2026-01-05 19:00", "2026-01-06 06:00"),
        ({"quiet": "20:00-07:00"}, "Europe/Berlin", "2026-01-06 05:59", "2026-01-06 06:00"),
        ({"quiet": "20:00-07:00"}, "Europe/Berlin", "2026-01-06 06:00", "2026-01-06 06:00"),
        ({"quiet": "12:00-13:30"}, "America/New_York", "2026-07-05 16:20", "2026-07-05 17:30"),
        # a digest that would fall into them comes after them
        ({"digest": "hourly", "quiet": "20:00-07:00"}, "UTC", "2026-01-05 19:40", "2026-01-06 07:00"),
        ({"digest": "daily", "quiet": "20:00-09:00"}, "UTC", "2026-01-05 19:40", "2026-01-06 09:00"),
    ],
)
def test_due(reach: dict[str, str], zone: str, now: str, then: str) -> None:
    found, gathered = due(Reach(**reach), urgent=False, now=at(now), zone=zone)  # type: ignore[arg-type]
    assert found == at(then)
    assert gathered == ("digest" in reach)


def test_what_is_urgent_comes_at_once_unless_the_person_says_otherwise() -> None:
    quiet = Reach(quiet="20:00-07:00", digest="daily")
    now = at("2026-01-05 23:00")
    assert due(quiet, urgent=True, now=now, zone="UTC") == (now, False)
    waits = quiet.model_copy(update={"urgent": "as_others"})
    assert due(waits, urgent=True, now=now, zone="UTC") == (at("2026-01-06 08:00"), True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": ("email", "email")}, {"quiet": "20:00"}, {"quiet": "24:00-07:00"},
        {"quiet": "07:00-07:00"},
        {"digest": "weekly"}, {"digest_at": "8"}, {"channels": ("E mail",)}, {"more": 1},
    ],
)  # fmt: skip
def test_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Reach(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("ann@example.com", True), ("a.b+c@sub.example.co.uk", True), ("ann@localhost", True),
        ("ann@example.com, eve@example.com", False), ("ann@example.com\r\nBcc: eve@example.com", False),
        ("Ann <ann@example.com>", False), ('"a b"@example.com', False), ("@example.com", False), ("", False),
        ("ann@example.com\n", False), ("änn@example.com", False), ("a" * 65 + "@example.com", False),
    ],
)  # fmt: skip
def test_addresses(text: str, one: bool) -> None:
    assert is_address(text) is one
