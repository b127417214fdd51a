"""How the queues stand, and one of them in full."""

from dataclasses import dataclass
from datetime import date, datetime

from surehand.web.views.shell import ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingView:
    """Figures of one queue or of several.

    waiting   cases that wait; `at_risk` of them are likely to be late
    oldest    since when the one waits that waits longest
    on_time   share of those decided in 30 days that were in time; None where there are none
    orphans   open cases that nobody owed the next step of; None: nobody has looked yet
    looked_at when somebody looked
    """

    queues: int
    waiting: int
    at_risk: int
    oldest: datetime | None
    on_time: float | None
    orphans: int | None = None
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """Somebody of a queue: what they do there, whether they are here, what they have and did today.

    holds, decided  None where it would tell the reader about a case that they check unseen
    limit           in words; '' where the reader may not know
    """

    name: str
    part: str
    here: bool
    back: date | None = None
    stand_in: str = ""
    holds: int | None = 0
    decided: int | None = 0
    limit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateView:
    """A case that is likely to be late."""

    case_id: str
    title: str
    due_at: datetime
    expected_at: datetime | None
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RungsView:
    """What happens when nobody acts, at one kind of work: (after how long, what) in order."""

    name: str
    rungs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNowView:
    """One queue. GET /queues/{name}

    acts     who answers for it now; '' while nobody is here who does
    figures  None where they would tell the reader about a case that they check unseen
    late     None where the reader may not see its cases
    edits    the reader may change it
    """

    shell: ShellView
    name: str
    owner: str
    acts: str
    figures: StandingView | None
    members: tuple[MemberView, ...]
    late: tuple[LateView, ...] | None
    rungs: tuple[RungsView, ...]
    edits: bool = False
