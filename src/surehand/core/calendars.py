"""When somebody works: openings by weekday, holidays and days of one's own, and the sums of working time.

An opening begins when the clock on the wall first shows its start, and ends when it last shows its end. So
an hour that the clock shows twice counts as the two hours that it is, and one that it leaves out as none.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import accumulate, pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"({'|'.join(DAYS)})"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"

CalendarName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$", max_length=64, description="such as berlin")
]
Days = Annotated[str, Field(pattern=f"^{_DAY}(-{_DAY})?$", description="such as mon-fri, or sat")]
Span = Annotated[
    str,
    Field(
        pattern=f"^{_TIME}-({_TIME}|24:00)$",
        description="such as 09:00-12:30; one that ends before it begins lasts into the next day",
    ),
]

#: Minutes since midnight at which something is open, from and until; until may lie in the next day.
Minutes = tuple[int, int]

_DAY_LONG = 24 * 60
_MINUTE, _NOTHING = timedelta(minutes=1), timedelta(0)

#: Years that are looked ahead for the end of a duration; nothing may lie behind.
_FARTHEST = 60


class Calendar(BaseModel):
    """When a queue or a person works, by the clock of one place.

    zone      the place, as the IANA database names it, such as Europe/Berlin
    week      openings by weekday; on a weekday that is not named it is closed
    holidays  closed on the public holidays of a country, or of a part of it, such as DE or DE-BE
    closed    further days on which it is closed
    open      days of their own openings, whatever weekday or holiday they are
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str
    week: Mapping[Days, tuple[Span, ...]]
    holidays: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Za-z0-9]+)?$")] | None = None
    closed: tuple[date, ...] = ()
    open: Mapping[date, tuple[Span, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _opens(self) -> Self:
        named = [day for days in self.week for day in _named(days)]
        if twice := next((day for day in named if named.count(day) > 1), None):
            raise ValueError(f"'week' names {DAYS[twice]} twice")
        for spans in (*self.week.values(), *self.open.values()):
            minutes = [_minutes(span) for span in spans]
            if any(later[0] < earlier[1] for earlier, later in pairwise(minutes)):
                raise ValueError(f"the openings {', '.join(spans)} overlap, or are not in order")
        if not any(self.week.values()):
            raise ValueError("'week' has no opening: no deadline would ever come")
        if both := set(self.closed) & {day for day, spans in self.open.items() if spans}:
            raise ValueError(f"{min(both)} is named under 'closed' and under 'open'")
        return self

    @property
    def weekdays(self) -> tuple[tuple[Minutes, ...], ...]:
        """The openings of Monday to Sunday."""
        found = {
            day: tuple(map(_minutes, spans)) for days, spans in self.week.items() for day in _named(days)
        }
        return tuple(found.get(day, ()) for day in range(7))

    @property
    def days(self) -> dict[date, tuple[Minutes, ...]]:
        """The openings of days of one's own; none where it is closed."""
        own = {day: tuple(map(_minutes, spans)) for day, spans in self.open.items()}
        return {**dict.fromkeys(self.closed, ()), **own}


def _named(days: str) -> list[int]:
    """Weekdays of `mon-fri`; from Sunday it goes on with Monday."""
    first, _, last = days.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 if end >= begin else end + 8)]


def _minutes(span: str) -> Minutes:
    hours = [int(part) for part in re.split("[:-]", span)]
    begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    return begin, end if end > begin else end + _DAY_LONG


@dataclass(frozen=True, slots=True)
class _Line:
    """The openings of some years in order, and how much working time lies before each one and its end."""

    first: int
    last: int
    starts: Sequence[datetime]
    ends: Sequence[datetime]
    before: Sequence[timedelta]
    after: Sequence[timedelta]

    def place(self, at: datetime) -> timedelta:
        """Working time from the line's beginning until then."""
        here = bisect_right(self.starts, at) - 1
        return _NOTHING if here < 0 else self.before[here] + min(at, self.ends[here]) - self.starts[here]


class Hours:
    """The openings of a calendar. All times are aware UTC, and durations are working time.

    zone      of the clock on the wall
    weekdays  openings of Monday to Sunday
    days      openings of days of one's own
    holidays  a year -> its holidays; asked once a year
    """

    __slots__ = ("_days", "_holidays", "_line", "_weekdays", "_years", "zone")

    def __init__(
        self,
        zone: tzinfo,
        weekdays: Sequence[Sequence[Minutes]],
        *,
        days: Mapping[date, Sequence[Minutes]],
        holidays: Callable[[int], Collection[date]] = lambda _year: (),
    ) -> None:
        self.zone = zone
        self._weekdays, self._days, self._holidays = weekdays, days, holidays
        self._years: dict[int, list[tuple[datetime, datetime]]] = {}
        self._line: _Line | None = None

    def add_working(self, start: datetime, duration: timedelta) -> datetime:
        """When so much working time has passed since `start`: at an opening's end, not when the next begins.

        Where that is farther than is looked ahead, it is the end of the last opening that is known.
        """
        if duration <= _NOTHING:
            return start
        year = start.year
        line = self._covering(year - 1, year + 1)
        target = line.place(start) + duration
        while not line.after or line.after[-1] < target:
            if line.last >= min(year + _FARTHEST, 9990):
                return max(start, line.ends[-1]) if line.ends else start + duration
            line = self._covering(year - 1, line.last + 1)
            target = line.place(start) + duration
        here = bisect_left(line.after, target)
        return line.ends[here] - (line.after[here] - target)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` until `end`; negative where `end` comes first."""
        line = self._covering(min(start, end).year - 1, max(start, end).year + 1)
        return line.place(end) - line.place(start)

    def open_at(self, at: datetime) -> bool:
        """It is open at this moment; at the end of an opening it is not any more."""
        line = self._covering(at.year - 1, at.year + 1)
        here = bisect_right(line.starts, at) - 1
        return here >= 0 and at < line.ends[here]

    def _covering(self, first: int, last: int) -> _Line:
        """A line that has these years. It only grows, and is put in place whole: threads share it."""
        line = self._line
        if line is not None and line.first <= first and last <= line.last:
            return line
        if line is not None:
            first, last = min(first, line.first), max(last, line.last)
        openings = [one for year in range(first, last + 1) for one in self._year(year)]
        after = list(accumulate((end - start for start, end in openings), initial=_NOTHING))
        self._line = line = _Line(
            first, last, [start for start, _ in openings], [end for _, end in openings], after[:-1], after[1:]
        )
        return line

    def _year(self, year: int) -> list[tuple[datetime, datetime]]:
        """The openings that begin on days of a year, none of which overlap."""
        if year not in self._years:
            self._years[year] = list(self._openings(year))
        return self._years[year]

    def _openings(self, year: int) -> Iterator[tuple[datetime, datetime]]:
        holidays = self._holidays(year)
        day, last = date(year, 1, 1), date(year, 12, 31)
        eve = day - timedelta(days=1)
        busy = max(
            (end for _, end in self._of(eve, self._holidays(eve.year))),
            default=datetime.min.replace(tzinfo=UTC),
        )
        while day <= last:
            for start, end in self._of(day, holidays):
                start = max(start, busy)  # one over midnight may last into those of the next day
                if start < end:
                    yield start, end
                    busy = end
            day += timedelta(days=1)

    def _of(self, day: date, holidays: Collection[date]) -> list[tuple[datetime, datetime]]:
        """The openings that begin on a day."""
        minutes = self._days.get(day)
        if minutes is None:
            minutes = () if day in holidays else self._weekdays[day.weekday()]
        midnight = datetime.combine(day, time())
        return [
            (
                moment(self.zone, midnight + begin * _MINUTE, last=False),
                moment(self.zone, midnight + end * _MINUTE, last=True),
            )
            for begin, end in minutes
        ]


def moment(zone: tzinfo, wall: datetime, *, last: bool) -> datetime:
    """When the clock of a place shows a time, in UTC: at first, or at last.

    Where it never does, that is when it jumps over it.
    """
    early, late = wall.replace(tzinfo=zone, fold=0).utcoffset(), wall.replace(tzinfo=zone, fold=1).utcoffset()
    assert early is not None
    assert late is not None
    if early >= late:
        return (wall - (late if last else early)).replace(tzinfo=UTC)
    # the clock jumps from `early` to `late` in between
    before, after = ((wall - offset).replace(tzinfo=UTC) for offset in (late, early))
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == early:
            before = middle
        else:
            after = middle
    return after
