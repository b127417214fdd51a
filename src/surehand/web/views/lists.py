"""Sign-in, home, and the pages that list: inbox, cases, processes."""

from dataclasses import dataclass
from datetime import date, datetime

from surehand.web.views.messages import MessageRow
from surehand.web.views.shell import ConfidenceView, OptionView, PersonView, ShellView, StakeView, StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class SigninView:
    """The sign-in page. POST /signin: csrf, name, password, next; or csrf, as, next for a demo person.

    name    what was typed before
    error   what was wrong, a sentence; it never says which of name and password
    next    where to go afterwards, a path that the server has checked
    notice  why the page is shown: 'You were signed out after 30 minutes.'
    kept    what is kept meanwhile: 'Your half-finished verdict on INV-20944 opens next.'
    people  the demo's people, who sign in by a click; empty everywhere else
    """

    shell: ShellView
    name: str = ""
    error: str = ""
    next: str = "/"
    notice: str = ""
    kept: str = ""
    people: tuple[PersonView, ...] = ()


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
    tour: bool = False
    events: int = 0
    verified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One case in the list.

    case_id     such as inv-20944, made by the server
    point       the decision point, or the name of the exception
    kind        'decide', 'exception', 'answer' (somebody asks the reader for information), or 'notice',
                'check', 'finding', which the case does not wait for
    href        of its brief; of: the assignment, where the case does not wait for it
    why         why it is here, one or two sentences
    since, due  when it began to wait, and its deadline
    level       oversight level in code; 'human' shows no confidence
    confidence  None when there is none to show
    owner       who has it; None: nobody has claimed it
    claimable   the reader may claim it
    precedence  'urgent', 'normal' or 'low'
    snoozed_until  until when whoever has it put it off
    looking     others who have it open now
    reserved    others opened it a moment ago, so that `claim next` passes over it
    """

    case_id: str
    title: str
    process: str
    point: str
    why: str
    since: datetime
    due: datetime
    stake: StakeView
    level: str
    href: str
    kind: str = "decide"
    of: str = ""
    confidence: ConfidenceView | None = None
    owner: str | None = None
    claimable: bool = False
    precedence: str = "normal"
    snoozed_until: datetime | None = None
    looking: tuple[str, ...] = ()
    reserved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """A number in the side bar: key is the name of a view, such as 'mine', or of a queue."""

    key: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """The list of what waits. GET /inbox?view=mine|later|queues|all&queue=NAME&cursor=...

    view       which view is open: 'mine', 'later', 'queues' or 'all'
    queue      the queue it is narrowed to, or ''
    views      counts of the views, in their order
    queues     counts of the reader's queues
    rows       what is urgent first, then by due time
    total      cases in this view, of which `overdue` and `soon` (two hours) are counted over all pages
    decided    verdicts by the reader today, `overrides` of them
    cursor     of the next page, None: this is the last
    live       URL that desk.js polls with If-None-Match: 304, or 200 with JSON {"new": 3}; '' for none
    """

    shell: ShellView
    view: str
    views: tuple[CountView, ...]
    rows: tuple[InboxRow, ...]
    total: int
    overdue: int = 0
    soon: int = 0
    queue: str = ""
    queues: tuple[CountView, ...] = ()
    decided: int = 0
    overrides: int = 0
    cursor: str | None = None
    live: str = ""


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
class CasesView:
    """Search. GET /cases?q=&state=&process=&cursor=

    states, processes  what the filters offer; query, state, process are what was asked for
    cursor             of the next page, None: this is the last
    later              True: not the first page, so a way back to it is shown
    """

    shell: ShellView
    rows: tuple[CaseRow, ...]
    states: tuple[OptionView, ...] = ()
    processes: tuple[OptionView, ...] = ()
    query: str = ""
    state: str = ""
    process: str = ""
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
