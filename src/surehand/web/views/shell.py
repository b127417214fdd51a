"""What is around every page, and the parts that several pages share."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from surehand.core.formats import UNASKED, Manner


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedView:
    """One stop that is in force, as every page tells it.

    what   'Everything', or the process
    drill  it ends by itself, within seconds
    """

    what: str
    since: datetime
    by: str
    because: str
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingView:
    """A verdict of the reader's that is not in effect yet. POST /cases/{id}/withdraw takes it back.

    label  what was decided: 'Approve'
    of     the assignment that it is on, as the form names it
    """

    case_id: str
    of: str
    label: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """What is around every page.

    now      the server's clock; every 'in 38 min' counts from here
    person   who is signed in; None before sign-in
    csrf     token of the session, sent back by every form
    current  the tab that is open: 'home', 'inbox', 'cases', 'processes', 'guarantees', 'people', 'messages',
             'stop' or ''
    waiting  cases in this person's work, the number beside Inbox
    unread   messages that this person has not read, the number beside Messages
    news     guarantees that changed and that this person answers for, the number beside Guarantees
    everyone  the reader sees what others may decide, and the history of the roster
    mode     'development' puts a red dashed banner on the page
    stopped  the stops that are in force; none while automation runs
    noticed  path of the case that the notice is about, where it can be taken back; '' for none
    notice   what just happened, after a form was sent: 'Approved. The payment runs next.'
    pending  what the reader has decided and may still withdraw, the last first
    ahead    the browser asks for it before anybody does; what is above it is asked for when it is shown
    manner   how the reader sees numbers, dates and times
    """

    now: datetime
    person: str | None = None
    csrf: str = ""
    current: str = ""
    waiting: int | None = None
    unread: int = 0
    news: int = 0
    everyone: bool = False
    mode: str = "production"
    stopped: tuple[StoppedView, ...] = ()
    notice: str = ""
    pending: tuple[PendingView, ...] = ()
    ahead: bool = False
    manner: Manner = UNASKED
    noticed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AboveView:
    """What just happened, and what can be undone, by itself. GET /above"""

    shell: ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class StakeView:
    """What an error costs.

    grade   'low', 'medium', 'high' or 'critical'; '' when it is not graded yet
    amount  the sum at stake, None when it is not money
    note    what is at stake in words, when it is not money: 'Outage, 40 users'
    """

    grade: str
    amount: Decimal | None = None
    currency: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceView:
    """How likely the recommendation is right.

    value       in [0, 1]; None when the model cannot say
    limit       where a case begins to run without a person; None: no confidence is enough
    above       only a value over the limit runs alone; False: the limit itself does too
    calibrated  people who did not see the AI's view were counted, and bear the value out; the page may then
                speak of cases out of 100
    interval    bounds of what independent answers say
    record      (right, counted) cases of like confidence
    scored      their lowest and highest confidence
    seen        they were decided by people who saw the recommendation: how many agreed
    against     fewer of them were right than the value says
    fitted      the value was fitted to answers that people gave unseen, and is no signal's reading
    """

    value: float | None
    limit: float | None = None
    above: bool = True
    calibrated: bool = False
    interval: tuple[float, float] | None = None
    record: tuple[int, int] | None = None
    scored: tuple[float, float] | None = None
    seen: bool = False
    against: bool = False
    fitted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """Where a case is, in a word.

    label  'Waiting', 'Paid'
    tone   'ok', 'warn', 'bad', 'info', or '' (neutral, shown dashed)
    """

    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    """One entry of a select or one radio: what is sent, what is read, and a few words beside it."""

    value: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """Something known about the case, and where from.

    field     its name, where a box on the document leads to it
    evidence  number of that box
    """

    label: str
    value: str
    source: str = ""
    field: str = ""
    evidence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person in a list: the name, what they do in a few words, how many cases wait for them."""

    name: str
    about: str = ""
    waiting: int | None = None
