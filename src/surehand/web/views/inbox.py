"""The inbox: what waits, narrowed and ordered as its reader asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from surehand.web.views.lists import ChangedView
from surehand.web.views.shell import ConfidenceView, OptionView, ShellView, StakeView


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One case in the list.

    id          of the assignment
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
    decided_by  who has decided it a moment ago and can still withdraw that; '' for nobody
    reserved    others opened it a moment ago, so that `claim next` passes over it
    can         what the reader may do with it when it is selected, words of `flow.selected.TASKS`
    """

    id: str
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
    decided_by: str = ""
    can: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """A number in the side bar: key is the name of a view, such as 'mine', or of a queue."""

    key: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipView:
    """One part of a filter that is in force: what it is, its value, and the list without it."""

    name: str
    value: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterView:
    """The form that narrows the list, as it was filled in.

    given    field -> what was typed or chosen
    faults   field -> why that cannot be used, a sentence without its subject; with one nothing is listed
    chips    what is in force
    clear    the list without any of it
    kept     what else the form sends: view, queue and order
    """

    processes: tuple[OptionView, ...] = ()
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    chips: tuple[ChipView, ...] = ()
    clear: str = "/inbox"
    kept: tuple[OptionView, ...] = ()

    def has(self, name: str, value: str) -> bool:
        """It is chosen."""
        return value in self.given.get(name, ())

    def one(self, name: str) -> str:
        """What was typed."""
        return next(iter(self.given.get(name, ())), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A list that the reader saved.

    count  how many fit, of the first cases that were looked through; `more`: not all were. None: not told
    gone   what it asks for and is not there any more, a sentence; ''
    """

    name: str
    href: str
    count: int | None = None
    more: bool = False
    gone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkView:
    """What the reader may do with those of the page that are selected. POST /inbox/selected

    can        words of `flow.selected.TASKS`: at least one row allows each
    later      until when they can be put off
    receivers  who can be given one
    here       the address of the list
    """

    can: tuple[str, ...] = ()
    later: tuple[OptionView, ...] = ()
    receivers: tuple[str, ...] = ()
    here: str = "/inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneView:
    """What the reader just did with cases, or put back. POST /inbox/undo

    what     a word of `flow.selected.TASKS`; `undone`: it was put back
    count    how many were done
    refused  the others: case, and why, a sentence without its subject
    seconds  how long it can still be undone; 0: it cannot
    """

    id: str
    what: str
    count: int
    undone: bool = False
    refused: tuple[tuple[str, str], ...] = ()
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingView:
    """How many there are, for the sentence under the heading.

    total  None where it is not told; overdue, soon (two hours) of these
    """

    total: int | None
    overdue: int = 0
    soon: int = 0
    filtered: bool = False
    faulty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """The list of what waits. GET /inbox?view=mine|later|queues|all&queue=NAME&cursor=...

    view       which view is open: 'mine', 'later', 'queues' or 'all'
    queue      the queue it is narrowed to, or ''
    views      counts of the views, in their order
    queues     counts of the reader's queues
    rows       what is urgent first, then by due time; or by what is at stake
    total      cases in this list, of which `overdue` and `soon` (two hours) are counted over all pages; None
               where that is not told
    looked     of a narrowed list, where not everything was looked through: how much was
    order      'due' or 'stake'; `orders` leads to both
    decided    verdicts by the reader today, `overrides` of them
    following  address of the next page, None: this is the last
    live       URL that inbox.js polls with If-None-Match; '' for none
    saved      the reader's saved views; `name` is the one that is open, or '', and `query` what it asks for
    done       what was just done, if anything
    changed    what changed around the reader lately
    """

    shell: ShellView
    view: str
    views: tuple[CountView, ...]
    rows: tuple[InboxRow, ...]
    total: int | None
    overdue: int = 0
    soon: int = 0
    queue: str = ""
    queues: tuple[CountView, ...] = ()
    decided: int = 0
    overrides: int = 0
    following: str | None = None
    live: str = ""
    filter: FilterView = FilterView()
    looked: int | None = None
    order: str = "due"
    orders: Mapping[str, str] = field(default_factory=dict)
    saved: tuple[SavedView, ...] = ()
    name: str = ""
    query: str = ""
    bulk: BulkView = BulkView()
    done: DoneView | None = None
    changed: ChangedView | None = None

    @property
    def heading(self) -> HeadingView:
        """How many there are."""
        return HeadingView(
            total=self.total, overdue=self.overdue, soon=self.soon, filtered=bool(self.filter.chips),
            faulty=bool(self.filter.faults),
        )  # fmt: skip

    @property
    def gone(self) -> str:
        """Why the saved view that is open is not whole any more."""
        return next((one.gone for one in self.saved if one.name == self.name), "")
