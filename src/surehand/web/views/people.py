"""People, queues, authority, absences and the history of the roster: pages that show, and one that edits."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from surehand.web.charts import Chart
from surehand.web.views.queues import StandingView
from surehand.web.views.shell import FactView, OptionView, ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class HereView:
    """Whether somebody is here.

    state  'here', 'away', or 'left'
    until  the last day away; from: the first day of the next absence
    """

    state: str
    until: date | None = None
    stand_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One person in the list.

    called  as people read their name
    limit   what they may decide alone, in words; '' where the reader may not know
    held    how many assignments they have; None where the reader may not know
    """

    name: str
    called: str
    roles: tuple[str, ...]
    here: HereView
    team: str = ""
    queues: tuple[str, ...] = ()
    limit: str = ""
    held: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """Everyone. GET /people?q=

    wide  the reader sees limits and what people hold
    adds  the reader may add people
    """

    shell: ShellView
    rows: tuple[PersonRow, ...]
    here: int
    away: int
    uncovered: tuple[str, ...] = ()
    query: str = ""
    wide: bool = False
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceView:
    """One line of what somebody may decide.

    never    why they may decide nothing of it: '' where they may
    limit    largest stake alone; None: no limit; currency: '' where no sum is at stake
    grade    highest grade, '' for all
    notes    what it hangs on besides: 'country is DE or AT', '25,000 EUR a subject in 7 d'
    """

    process: str
    point: str
    queue: str
    never: str = ""
    limit: Decimal | None = None
    currency: str = ""
    grade: str = ""
    notes: tuple[str, ...] = ()
    above: str = ""
    second: str = ""
    write: str = ""
    delegate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldView:
    """Something that a person has open."""

    case_id: str
    href: str
    point: str
    stake: Decimal | None
    currency: str
    due: datetime
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedView:
    """Something that a person was refused."""

    at: datetime
    text: str
    case_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceView:
    """Some days away. `row` names it in a form; '' where the reader may not end it, or it is over."""

    person: str
    start: date
    until: date
    stand_in: str = ""
    now: bool = False
    row: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanView:
    """Authority that is lent. `row` as in AbsenceView."""

    by: str
    to: str
    decides: str
    start: date
    until: date
    because: str = ""
    now: bool = False
    row: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """An API key: `row` names it in a form."""

    row: str
    label: str
    made: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateView:
    """What only the person and those who see everything see of somebody.

    held, more  what they have open, and whether there is more than is shown
    leaving     'to whom' -> how many, if they were disabled today; lone: why they cannot be
    counted     leaving was counted
    """

    limit: str
    decides: tuple[AllowanceView, ...]
    held: tuple[HeldView, ...] = ()
    more: bool = False
    late: int = 0
    refused: tuple[RefusedView, ...] = ()
    loans: tuple[LoanView, ...] = ()
    facts: tuple[FactView, ...] = ()
    skills: tuple[FactView, ...] = ()
    keys: tuple[KeyView, ...] = ()
    leaving: tuple[FactView, ...] = ()
    lone: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPageView:
    """One person. GET /people/{name}

    private  None where the reader sees name, queues and absences alone
    does     what the reader may do: 'edit', 'absence', 'delegate', 'disable', 'enable', 'key', 'revoke'
    made     an API key that was just made: shown this once
    team     what their team does
    """

    shell: ShellView
    person: PersonRow
    team: str = ""
    absences: tuple[AbsenceView, ...] = ()
    private: PrivateView | None = None
    chart: Chart | None = None
    does: tuple[str, ...] = ()
    made: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One queue.

    waiting  cases that wait in it, `at_risk` of them likely to be late; None where the reader may not know
    members  (name, 'here', 'away' or 'left') of everybody of it
    owned    the owner is here
    edits    the reader may change it
    """

    name: str
    owner: str
    backup: str
    members: tuple[tuple[str, str], ...]
    strategy: str
    skills: str = ""
    due: str = ""
    waiting: int | None = None
    at_risk: int | None = None
    owned: bool = True
    edits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuesView:
    """Every queue. GET /queues

    figures  of the queues that the reader may know; None where there are none, or where they would tell the
             reader about a case that they check unseen
    """

    shell: ShellView
    rows: tuple[QueueRow, ...]
    figures: StandingView | None = None
    acting: tuple[str, ...] = ()
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """One row of authority, as it is written."""

    row: str
    who: str
    decides: str
    limit: str
    grade: str
    notes: tuple[str, ...]
    above: str
    second: str
    write: str
    delegate: str
    edits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityView:
    """Rows of authority by what they are about. GET /authority

    open  decisions that no row speaks of: their queue decides, each up to their own limit
    all   every row is shown; else those about the reader
    """

    shell: ShellView
    groups: tuple[tuple[str, tuple[GrantView, ...]], ...]
    open: tuple[str, ...] = ()
    loans: tuple[LoanView, ...] = ()
    all: bool = False
    adds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsencesView:
    """Who is away when. GET /absences"""

    shell: ShellView
    rows: tuple[AbsenceView, ...]
    away: int
    chart: Chart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    """One revision of the roster, and what it changed."""

    number: int
    at: datetime
    by: str
    because: str
    changes: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterView:
    """Who changed what, and why. GET /roster"""

    shell: ShellView
    rows: tuple[RevisionView, ...]
    lately: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputView:
    """One field of a form.

    kind     'text', 'date', 'lines', 'select' or 'checks'
    value    what stands in it; chosen: of checks
    about    what is wanted, in a few words; problem: what is wrong with it
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    chosen: tuple[str, ...] = ()
    options: tuple[OptionView, ...] = ()
    about: str = ""
    problem: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditView:
    """A change of the roster before it is made. POST `action`: csrf, rev, row, the fields, because

    rev       of the roster that it was opened on
    row       which row it is about, where it is about one
    told      what will happen, one line each
    problems  what is wrong that belongs to no field
    danger    it cannot be taken back easily
    """

    shell: ShellView
    title: str
    sentence: str
    action: str
    back: str
    submit: str
    rev: int
    inputs: tuple[InputView, ...]
    row: str = ""
    told: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    danger: bool = False
