"""An oracle for working time that looks at the clock on the wall minute by minute, and shares nothing with
`surehand.core.calendars`: which minutes are open is written down one by one, and then only counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Weekday (0: Monday) -> openings, each "HH:MM-HH:MM".
Week = Mapping[int, Sequence[str]]


@dataclass(frozen=True)
class Wall:
    """Minutes in UTC from `begin` on, whether each is open, and how many seconds are open before each."""

    begin: int
    open: np.ndarray
    before: np.ndarray

    def seconds(self, at: datetime) -> int:
        """Seconds that were open until then."""
        past = int((at - EPOCH).total_seconds()) - self.begin * 60
        minute, second = divmod(past, 60)
        return int(self.before[minute]) + (second if self.open[minute] else 0)

    def later(self, start: datetime, seconds: int) -> datetime:
        """The first moment at which so many more seconds were open."""
        target = self.seconds(start) + seconds
        minute = int(np.searchsorted(self.before, target, side="left")) - 1
        into = target - int(self.before[minute])
        return EPOCH + timedelta(seconds=(self.begin + minute) * 60 + into)


@cache
def _shown(zone: str, first: date, days: int) -> tuple[int, np.ndarray]:
    """The first minute, and what the clock shows at each, both as minutes since 1970."""
    place = ZoneInfo(zone)
    begin = int((datetime(first.year, first.month, first.day, tzinfo=UTC) - EPOCH).total_seconds()) // 60
    shown = np.empty(days * 1440, dtype=np.int64)
    for minute in range(len(shown)):
        wall = datetime.fromtimestamp((begin + minute) * 60, tz=place).replace(tzinfo=UTC)
        shown[minute] = int((wall - EPOCH).total_seconds()) // 60
    return begin, shown


def walked(
    zone: str, week: Week, *, first: date, days: int, shut: Collection[date] = (),
    own: Mapping[date, Sequence[str]] | None = None,
) -> Wall:  # fmt: skip
    """Every minute of so many days, looked at."""
    begin, shown = _shown(zone, first, days)
    opened = np.zeros(len(shown), dtype=bool)
    for number in range(2, days - 3):
        day = first + timedelta(days=number)
        spans = (own or {}).get(day)
        if spans is None:
            spans = [] if day in shut else week.get(day.weekday(), [])
        midnight = int((datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH).total_seconds()) // 60
        low, high = (number - 2) * 1440, (number + 4) * 1440
        clock = shown[low:high]
        for span in spans:
            a, b = span.split("-")
            start = midnight + int(a[:2]) * 60 + int(a[3:])
            end = midnight + int(b[:2]) * 60 + int(b[3:])
            end += 1440 if end <= start else 0
            reached, left = np.nonzero(clock >= start)[0], np.nonzero(clock < end)[0]
            opened[low + reached[0] : low + left[-1] + 1] = True
    before = np.concatenate([[0], np.cumsum(opened, dtype=np.int64) * 60])
    return Wall(begin, opened, before)
