"""What a map says about time: the deadline of a case that waits, the rungs until then, and of a question."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from surehand.core.calendars import CalendarName
from surehand.core.duration import Duration
from surehand.core.names import PersonName
from surehand.core.policy import Strict


class TimeKind(StrEnum):
    """How time is counted: as it passes, or only while a calendar is open."""

    ELAPSED = "elapsed"
    WORKING = "working"


class Preset(StrEnum):
    """Deadlines of usual kinds of decisions, see `PRESETS`."""

    URGENT = "urgent"
    STANDARD = "standard"
    COMPLEX = "complex"
    POLICY_EXCEPTION = "policy-exception"


#: Due, and when the holder is reminded.
PRESETS: Mapping[Preset, tuple[timedelta, timedelta]] = {
    Preset.URGENT: (timedelta(hours=4), timedelta(hours=3)),
    Preset.STANDARD: (timedelta(hours=24), timedelta(hours=20)),
    Preset.COMPLEX: (timedelta(days=3), timedelta(days=2)),
    Preset.POLICY_EXCEPTION: (timedelta(days=7), timedelta(days=5)),
}


class Expire(Strict):
    """What becomes of a case that nobody decided. Nothing runs: it is refused, and never approved.

    after  when, counted as the deadline is
    to     `reject`: the refusal is recorded as the answer, and the case ends; `closed`: it only ends
    """

    after: Duration
    to: Literal["reject", "closed"]


class Sla(Strict):
    """The clock of a case that waits for a person, all counted from when it began to wait.

    preset       deadline and reminder of a usual kind; other keys change it
    due          the deadline; the queue's, if left out
    remind       when the holder is reminded, before the deadline
    warn         when the owner of the queue is warned, before the deadline
    share        when the backup of the queue is given it too, before the deadline: whoever is first decides
    escalate_to  who gets it after the deadline; if left out the backup, then the owner of the queue
    expire       what becomes of it when nobody decides; if left out, it stays with the owner of the process
    waiting      how long there is still time once a customer is said to wait, if that is less
    blocked      the same once another process is said to stand still because of it
    at_risk      `warn`: the owner of the queue is told when it is likely to be late, by how fast the queue is
    time         `elapsed`: time as it passes; `working`: only while the calendar is open
    calendar     whose openings count; the queue's, if left out
    """

    preset: Preset | None = None
    due: Duration | None = None
    remind: Duration | None = None
    warn: Duration | None = None
    share: Duration | None = None
    escalate_to: PersonName | None = None
    expire: Expire | None = None
    waiting: Duration | None = None
    blocked: Duration | None = None
    at_risk: Literal["warn"] | None = None
    time: TimeKind = TimeKind.ELAPSED
    calendar: CalendarName | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        """`sla: urgent` is short for a preset."""
        if not isinstance(given, str):
            return given
        if given not in set(Preset):
            raise ValueError(f"there is no preset '{given[:60]}'; there are {', '.join(Preset)}")
        return {"preset": given}

    @model_validator(mode="after")
    def _as_preset(self) -> Self:
        """What is left out is as the preset has it; its reminder moves along with another deadline."""
        if self.preset is not None:
            due, remind = PRESETS[self.preset]
            if self.remind is None:
                own = remind if self.due is None else self.due * (remind / due)
                object.__setattr__(self, "remind", own)
            if self.due is None:
                object.__setattr__(self, "due", due)
        return self


class Ask(Strict):
    """How a request for information is timed.

    within    how long whoever is asked has
    time      `elapsed`: time as it passes; `working`: only while the calendar is open
    calendar  whose openings count; the queue's, if left out
    clock     of the reviewer who asks, meanwhile: `pause`: it stands, and goes on with what was left; `run`:
              the deadline stays
    pauses    how many questions in one go it stands for; with a further one it runs on, so that asking is
              no way around a deadline
    """

    within: Duration = timedelta(days=2)
    time: TimeKind = TimeKind.ELAPSED
    calendar: CalendarName | None = None
    clock: Literal["pause", "run"] = "pause"
    pauses: Annotated[int, Field(ge=1, le=100)] = 3
