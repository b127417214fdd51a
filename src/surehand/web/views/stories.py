"""The story of a case, a lost race, and errors."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from surehand.web.views.diffs import DiffView
from surehand.web.views.shell import FactView, ShellView, StakeView, StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A value before and after; `diff`: what changed in a long text, in place of both."""

    label: str
    before: str
    after: str
    diff: DiffView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One event.

    voice  'ai', 'engine' or 'person'
    who    the person's name, for 'person'
    what   the finding, bold: 'Routed to review.'
    rest   the sentence after it
    note   smaller, below
    hash   of the event, hex
    """

    seq: int
    at: datetime
    voice: str
    what: str
    hash: str
    who: str = ""
    rest: str = ""
    note: str = ""
    changes: tuple[ChangeView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """Something pinned: 'Process', '7f3a90c2...' (a hash is shortened) or 'field-extractor 4'."""

    label: str
    value: str
    hash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """What checking this case's chain gave.

    events, expected  events found, and how many there must be
    problem           what does not hold, a sentence; '' when all does
    took              how long the check took
    sealed            events that a checkpoint outside the database covers
    """

    events: int
    expected: int
    head: str
    checked: datetime
    took: timedelta | None = None
    sealed: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """What later proved right or wrong: label 'Right', tone 'ok', text in a sentence."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """A level among all of them; `here` marks the one of this case."""

    level: str
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRowView:
    """The levels of one grade, by range of confidence."""

    grade: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridView:
    """The levels by consequence and confidence.

    columns  ranges of confidence: 'none', 'up to 90', 'above 90'
    rows     the highest grade first
    """

    columns: tuple[str, ...]
    rows: tuple[GradeRowView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part of the consequence; '' for the grade of `reversible`, which raises the others."""

    name: str
    grade: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AxesView:
    """Why a case went where it went at one decision point: consequence against confidence.

    sentence  the whole in a sentence
    signals   (signal, reading or None, whether it sets the confidence)
    limit     where cases like this one begin to run alone, for the mark on the line; None: nowhere
    edge      the same in a sentence
    limits    (sentence, whether the case ran into it)
    fitted    the confidence is none of the readings, but was fitted to unseen answers
    """

    point: str
    round: int
    level: str
    sentence: str
    grade: str
    confidence: float | None
    limit: float | None
    edge: str
    parts: tuple[PartView, ...] = ()
    signals: tuple[tuple[str, float | None, bool], ...] = ()
    limits: tuple[tuple[str, bool], ...] = ()
    grid: GridView | None = None
    fitted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """The story of a case. GET /cases/{id}

    summary     after the state: 'decided by ap.lead, 38 minutes before the deadline'
    decide      path of the brief that the reader may open now
    owner, due  while it waits
    asked       while a question is open: who is asked, and how the reviewer's clock stands
    waits       who may still be said to wait: (value, in words); POST /cases/{id}/waiting: csrf, who, because
    outcome     None: not known yet
    undo        steps that the reader may take back; POST /cases/{id}/undo: csrf, step
    reversals   of what ran: whether it can be taken back, by whom and until when, in sentences
    axes        why it went where it went, by decision point, the last one first
    guarantees  decision points of its process whose guarantee the reader may see
    """

    shell: ShellView
    case_id: str
    title: str
    process: str
    state: StateView
    entries: tuple[TimelineEntry, ...]
    proof: ProofView
    versions: tuple[VersionView, ...] = ()
    facts: tuple[FactView, ...] = ()
    stake: StakeView | None = None
    summary: str = ""
    decide: str = ""
    owner: str | None = None
    due: datetime | None = None
    asked: str = ""
    waits: tuple[tuple[str, str], ...] = ()
    outcome: OutcomeView | None = None
    undo: tuple[str, ...] = ()
    reversals: tuple[str, ...] = ()
    axes: tuple[AxesView, ...] = ()
    guarantees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """A verdict as one side of a conflict.

    text  its answer, where that is a long text
    """

    verdict: str
    by: str
    at: datetime
    round: int
    reason: str = ""
    note: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """409: somebody was faster, or the case moved on; nothing that was written is lost.

    decided  the verdict that stands; None when the case moved on without one
    yours    what the reader sent
    moved    what happened when there is no winner: 'An edit opened round 2.'
    reopen   until when the winner may still reopen it
    diff     from the text that stands to the reader's, where both have one and they differ
    seen     when the reader's page was made
    next     case id that waits next for the reader
    """

    shell: ShellView
    case_id: str
    title: str
    yours: VerdictView
    decided: VerdictView | None = None
    moved: str = ""
    reopen: datetime | None = None
    diff: DiffView | None = None
    seen: datetime | None = None
    next: str | None = None
    slug: str = "conflict"
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultView:
    """One thing that is wrong with what was sent, and the nearest right name."""

    where: str
    message: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """What happened, what is kept, what to do. `kept` and `todo` left empty take the words for the status.

    detail   what happened here, a sentence without a case's content; '' takes the words for the status
    request  number to find it in the log
    retry    path for 'Try again'; '' for none
    """

    shell: ShellView
    status: int
    slug: str = ""
    detail: str = ""
    kept: str = ""
    todo: str = ""
    faults: tuple[FaultView, ...] = ()
    request: str = ""
    retry: str = ""
