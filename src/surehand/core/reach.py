"""How a person wants to be reached: over which channels, at once or in a digest, and when not."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, model_validator

from surehand.reaching import Name, like

_TIME = r"([01]\d|2[0-3]):[0-5]\d"

#: An address that can stand in the header of an e-mail: one, without quotes or comments.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


#: Who somebody is at Slack: where their messages go, and whose buttons count as theirs.
SlackMember = Annotated[str, like(r"[UW][A-Z0-9]{2,20}", "a member id of Slack, such as U024BE7LH")]


class Reach(BaseModel):
    """How one person is reached. Every message is on the page Messages; this says where else.

    channels   names from `surehand.yaml`, the first one first, the next where that fails; None: e-mail, where
               there is a channel for it and the person has an address; empty: nowhere else
    digest     messages come at once, or gathered: each whole hour, or once a day
    digest_at  when, for `daily`
    quiet      hours in which only what is urgent comes
    urgent     `always`: comes at once, whatever the hour; `as_others`: waits like everything else
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: tuple[Name, ...] | None = None
    digest: Literal["off", "hourly", "daily"] = "off"
    digest_at: Annotated[str, like(_TIME, "a time, such as '08:00'")] = "08:00"
    quiet: Annotated[str, like(f"{_TIME}-{_TIME}", "two times, such as '20:00-07:00'")] | None = None
    urgent: Literal["always", "as_others"] = "always"

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if self.channels is not None and len(set(self.channels)) < len(self.channels):
            raise ValueError("name each channel once")
        if self.quiet is not None and self.quiet[:5] == self.quiet[6:]:
            raise ValueError("quiet hours begin and end at the same time: leave them out")
        return self


def is_address(text: str) -> bool:
    """One e-mail address, and nothing that could end its header or begin another."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def due(reach: Reach, *, urgent: bool, now: datetime, zone: str) -> tuple[datetime, bool]:
    """When a message goes out, aware UTC, and whether it is gathered with others.

    zone  where the person is
    """
    if urgent and reach.urgent == "always":
        return now, False
    there = ZoneInfo(zone)
    at, gathered = now, reach.digest != "off"
    if reach.digest == "hourly":
        local = now.astimezone(there)
        # by the minutes of the local clock: not every zone is whole hours away
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        at = now + (timedelta(hours=1) - into if into else timedelta(0))
    elif reach.digest == "daily":
        at = _next(_clock(reach.digest_at), now, there)
    return _after_quiet(reach, at, there), gathered


def _after_quiet(reach: Reach, at: datetime, there: ZoneInfo) -> datetime:
    """The time, or the end of the quiet hours that it falls into."""
    if reach.quiet is None:
        return at
    begins, ends = _clock(reach.quiet[:5]), _clock(reach.quiet[6:])
    local = at.astimezone(there).time()
    quiet = begins <= local < ends if begins < ends else local >= begins or local < ends
    return _next(ends, at, there) if quiet else at


def _next(clock: time, now: datetime, there: ZoneInfo) -> datetime:
    """When the clock there shows this time next, `now` included; right after it where it is skipped."""
    day = now.astimezone(there).date()
    for later in range(3):
        local = datetime.combine(day + timedelta(days=later), clock, tzinfo=there)
        at = local.astimezone(UTC)
        if at >= now:
            return at
    raise AssertionError("no day is that long")


def _clock(text: str) -> time:
    return time(int(text[:2]), int(text[3:]))
