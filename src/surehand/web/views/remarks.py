"""What reviewers say beside their answers: on a brief, and of all briefs of a process."""

from dataclasses import dataclass
from datetime import datetime

from surehand.web.views.shell import OptionView, ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class LackView:
    """What the reader had to look for elsewhere. POST /cases/{id}/elsewhere: the verdict's form, with lacks,
    lacks.words

    what, words  as they were typed, or said before
    said         what is recorded to have been missing, a sentence; '' before anything was said
    """

    options: tuple[OptionView, ...]
    what: str = ""
    words: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LacksRow:
    """The briefs of one decision point or exception in the last 30 days.

    share, low, high  of the decided ones that lacked something, in [0, 1]; None of none
    lacks             what was missing, in words, and how often somebody said so
    """

    point: str
    decided: int
    lacking: int
    share: float | None = None
    low: float = 0
    high: float = 1
    lacks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    """What somebody said, and of which case. what: in words."""

    case_id: str
    point: str
    who: str
    at: datetime
    what: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A reason that people would have picked, had it been there.

    POST /processes/{process}/reasons/aside: csrf, point, id, note

    name    suggested
    shared  the words that its notes have in common
    quotes  the latest notes: (case, person, note)
    yaml    what the map would say with it
    """

    id: str
    point: str
    name: str
    notes: int
    people: int
    shared: tuple[str, ...]
    quotes: tuple[tuple[str, str, str], ...]
    yaml: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarksView:
    """What reviewers of a process say beside their answers. GET /processes/{process}/remarks

    heading    the finding
    proposals  for the owner, and whoever sees all cases; mine: the reader is the owner
    """

    shell: ShellView
    process: str
    owner: str
    heading: str
    rows: tuple[LacksRow, ...] = ()
    quotes: tuple[QuoteView, ...] = ()
    proposals: tuple[ProposalView, ...] = ()
    mine: bool = False
