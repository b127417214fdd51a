"""Sign-in, home, and the pages that list: cases, processes."""

from dataclasses import dataclass
from datetime import date, datetime

from surehand.web.views.messages import MessageRow
from surehand.web.views.shell import OptionView, PersonView, ShellView, StakeView, StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class SigninView:
    """The sign-in page. POST /signin: csrf, name, password, next; or csrf, as, next for a demo person.

    name    what was typed before
    error   what was wrong, a sentence; it never says which of name and password
    next    where to go afterwards, a path that the server has checked
    notice  why the page is shown: 'You were signed out after 30 minutes.'
    kept    what is kept meanwhile: 'Your half-finished verdict on INV-20944 opens next.'
    people  the demo's people, who sign in by a click; empty everywhere else
    carried  fields of a form that somebody was signed out on: they go along, and are kept afterwards
    """

    shell: ShellView
    name: str = ""
    error: str = ""
    next: str = "/"
    notice: str = ""
    kept: str = ""
    people: tuple[PersonView, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    """Something that needs a person: a finding, more about it, and where to go."""

    text: str
    href: str
    link: str
    about: str = ""
    tone: str = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsView:
    """A guarantee that changed, told to whoever answers for it.

    text    the last change; before: how many unread ones came before it
    up_to   number of its message, which the form sends
    """

    process: str
    point: str
    text: str
    tone: str
    at: datetime
    before: int
    up_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRow:
    """One case of the reader's work in a few words. since: when it began to wait."""

    title: str
    process: str
    href: str
    since: datetime
    due: datetime
    stake: StakeView


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRow:
    """One thing that changed, for a sentence. what: its kind. See `surehand.flow.changes.Happened`."""

    what: str
    at: datetime
    href: str
    tone: str = "info"
    of: str = ""
    point: str = ""
    by: str = ""
    text: str = ""
    names: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedView:
    """What changed around the reader. Drawn by `changed.html`, large and small.

    since      when they were last here, or the start of yesterday
    last_here  which of the two it is
    more       how many are not named
    """

    since: datetime
    last_here: bool = False
    rows: tuple[ChangedRow, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """Today in counts, and what needs someone.

    received   cases that came in today
    automated  decided today without a person
    decided    decided today by people
    overrides  of those, how many differ from the recommendation
    waiting    cases that wait for a person now, for anybody
    overdue    of those, how many are over time
    mine       cases that wait for the reader
    news       guarantees that changed, told to the reader who answers for them
    messages   the newest that the reader has not read
    next       the reader's work that is due first
    changed    what changed around the reader; None: nobody is signed in
    events     audit events on record; verified is when they were last checked, None: never
    """

    shell: ShellView
    received: int
    automated: int
    decided: int
    overrides: int
    waiting: int
    overdue: int
    mine: int
    needs: tuple[NeedView, ...] = ()
    news: tuple[NewsView, ...] = ()
    messages: tuple[MessageRow, ...] = ()
    next: tuple[NextRow, ...] = ()
    changed: ChangedView | None = None
    tour: bool = False
    events: int = 0
    verified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case in the list of all cases. `by` is who decided: a person, 'AI', or '' while nobody has."""

    case_id: str
    title: str
    process: str
    state: StateView
    received: datetime
    stake: StakeView | None = None
    owner: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """The keys, what a brief says, and how to take something back. GET /help"""

    shell: ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesView:
    """Search. GET /cases?q=&state=&process=&tag=&cursor=

    states, processes, tags  what the filters offer; query, state, process, tag are what was asked for
    cursor             of the next page, None: this is the last
    later              True: not the first page, so a way back to it is shown
    back_to            when the oldest case came that was looked at, where there are older ones; the next page
                       goes on there
    """

    shell: ShellView
    rows: tuple[CaseRow, ...]
    back_to: datetime | None = None
    states: tuple[OptionView, ...] = ()
    processes: tuple[OptionView, ...] = ()
    query: str = ""
    state: str = ""
    process: str = ""
    tags: tuple[OptionView, ...] = ()
    tag: str = ""
    cursor: str | None = None
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of a map.

    kind   extract, lookup, decide, draft or act
    about  how it is routed, in words: 'alone above 93, else reviewed by accounts-payable'
    level  the fixed oversight level in code, or '' when confidence decides
    promises  it has a guarantee, whose page is linked
    """

    name: str
    kind: str
    about: str = ""
    level: str = ""
    promises: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """The latest briefs of a decision point: how many, and how many of them lack what, or nothing.

    lacks  (name of a `completeness.Lack`, count), the most frequent first
    """

    briefs: int
    complete: int
    lacks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """One process.

    version    content hash of what runs; '' when nothing is published
    alone      published by one person in development mode: marked for good
    waiting    its cases that wait for people
    review_by  when the map must be looked at again
    briefs     (decision point, how complete its latest briefs are)
    """

    name: str
    title: str
    owner: str
    builder: str
    version: str = ""
    published: datetime | None = None
    published_by: str = ""
    alone: bool = False
    waiting: int = 0
    review_by: date | None = None
    steps: tuple[StepView, ...] = ()
    briefs: tuple[tuple[str, ShareView], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessesView:
    """All processes of the deployment. GET /processes"""

    shell: ShellView
    processes: tuple[ProcessRow, ...]
