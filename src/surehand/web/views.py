"""What each page shows: one frozen dataclass a page, carrying plain values that are ready to render.

Routes fill these, `surehand.web.rendering` turns them into HTML. Times are aware UTC, sums are `Decimal`,
shares lie in [0, 1]. Text from a case stays as it is: templates escape it. A view never holds more than its
page may show, so what a person must not see cannot leak through a template.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

# Parts that several pages share.


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """What is around every page.

    now      the server's clock; every 'in 38 min' counts from here
    person   who is signed in; None before sign-in
    csrf     token of the session, sent back by every form
    current  the tab that is open: 'home', 'inbox', 'cases', 'processes' or ''
    waiting  cases in this person's work, the number beside Inbox
    mode     'development' puts a red dashed banner on the page
    stopped  why automation is stopped, a sentence; empty while it runs
    notice   what just happened, after a form was sent: 'Approved. The payment runs next.'
    """

    now: datetime
    person: str | None = None
    csrf: str = ""
    current: str = ""
    waiting: int | None = None
    mode: str = "production"
    stopped: str = ""
    notice: str = ""


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
    calibrated  True only if outcomes were counted; the page may then speak of cases out of 100
    interval    bounds of a calibrated value
    record      (right, counted) cases behind a calibrated value
    """

    value: float | None
    limit: float | None = None
    calibrated: bool = False
    interval: tuple[float, float] | None = None
    record: tuple[int, int] | None = None


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
    """Something known about the case, and where from."""

    label: str
    value: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A person in a list: the name, what they do in a few words, how many cases wait for them."""

    name: str
    about: str = ""
    waiting: int | None = None


# Sign-in, home.


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
class HomeView:
    """Today in counts, and what needs someone.

    received   cases that came in today
    automated  decided today without a person
    decided    decided today by people
    overrides  of those, how many differ from the recommendation
    waiting    cases that wait for a person now, for anybody
    overdue    of those, how many are over time
    mine       cases that wait for the reader
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
    people: tuple[PersonView, ...] = ()
    events: int = 0
    verified: datetime | None = None


# Inbox.


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One case in the list.

    case_id     such as inv-20944, made by the server
    point       the decision point, or the name of the exception
    kind        'decide', 'exception', or 'answer' (somebody asks the reader for information)
    why         why it is here, one or two sentences
    since, due  when it began to wait, and its deadline
    level       oversight level in code; 'human' shows no confidence
    confidence  None when there is none to show
    owner       who has it; None: nobody has claimed it
    claimable   the reader may claim it
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
    kind: str = "decide"
    confidence: ConfidenceView | None = None
    owner: str | None = None
    claimable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """A number in the side bar: key is 'mine', 'queues' or 'all' for a view, the name for a queue."""

    key: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """The list of what waits. GET /inbox?view=mine|queues|all&queue=NAME&cursor=...

    view       which view is open: 'mine', 'queues' or 'all'
    queue      the queue it is narrowed to, or ''
    views      counts of the three views, in their order
    queues     counts of the reader's queues
    rows       by due time, earliest first
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


# Brief.


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHead:
    """The bar on top of a brief, and what a verdict is made on.

    round      the round that the page shows; rev the version of the case; digest of what would run
    position   (place, of) in the reader's work, None when it is not in there
    previous, following  case ids for K and J
    owner      who has it; claimable: the reader may claim it
    """

    case_id: str
    title: str
    process: str
    point: str
    since: datetime
    due: datetime
    round: int = 1
    rev: int = 0
    digest: str = ""
    owner: str | None = None
    claimable: bool = False
    position: tuple[int, int] | None = None
    previous: str | None = None
    following: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """Part 1: what is asked.

    kind      'choice', 'yes_no', 'number' or 'text'
    question  'Pay 4,135.78 EUR to Specimen Paper Ltd?'
    effect    what happens then: 'Paying books a transfer for the due date.'
    choices   radios, none preselected; empty hides them (a review where approve and reject say it all)
    chosen    what this person had chosen before, after a refused verdict; else ''
    unit      of a number
    text      the draft, for 'text'
    """

    kind: str
    question: str
    stake: StakeView
    effect: str = ""
    choices: tuple[OptionView, ...] = ()
    chosen: str = ""
    unit: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeView:
    """Another answer, ranked lower, and why."""

    label: str
    because: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationView:
    """Part 2: what the AI would do.

    label    its answer in words; '' when it has none
    reasons  sentences, most important first
    source   which model or table answered, with its version
    """

    label: str
    confidence: ConfidenceView
    reasons: tuple[str, ...] = ()
    alternatives: tuple[AlternativeView, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """Part 3, one field of the case.

    name        sent as `field.NAME`
    label       'Due date'; unit is added after a comma: 'Total, EUR'
    value       as a person would type it; '' when it is missing
    type        text, number, integer, yes_no, money, date, timestamp or texts
    confidence  of the reading, in [0, 1]; None when nothing was read
    check       a person must look: it grows, and says why in `because`
    checked     the person has already ticked 'It is right' (sent as `checked`, value NAME)
    suggestion  one other value, with a button
    choices     when only some values are allowed
    evidence    number of the mark in the document, None: none
    error       why the value was refused
    """

    name: str
    label: str
    value: str
    type: str = "text"
    unit: str = ""
    confidence: float | None = None
    check: bool = False
    checked: bool = False
    because: str = ""
    suggestion: str = ""
    editable: bool = True
    required: bool = False
    choices: tuple[str, ...] = ()
    evidence: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainField:
    """A field without any trace of how sure a model was: for the human level and for exceptions."""

    name: str
    label: str
    value: str = ""
    type: str = "text"
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    about: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsView:
    """Part 3: what is known. `fields` may be edited, `given` not; `looked_up` is from systems of record."""

    fields: tuple[FieldView, ...] = ()
    given: tuple[FactView, ...] = ()
    looked_up: tuple[FactView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagView:
    """Part 4: one reason why it is here.

    trigger  the kind of reason in words, '' for a plain one: 'low confidence', 'high stakes'
    policy   number of the passage that says so
    """

    text: str
    trigger: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """One earlier case of the same subject."""

    case_id: str
    at: datetime
    title: str
    decision: str
    amount: Decimal | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """Part 5: what happened before.

    subject   whom or what the case is about, in words; '' when the map names none
    currency  of all amounts, shown once in the head of the column
    note      one more sentence: 'No near duplicate in 400 days.'
    """

    subject: str = ""
    cases: tuple[PastCase, ...] = ()
    currency: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """Part 6: a passage, quoted, with its number and how it applies here."""

    number: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """Part 7, one button.

    verb        sent as `verdict`: approve, reject, edit, ask or escalate
    key         the single key: A, R, E, I, X
    label       'Approve'
    next_state  what happens then: 'Paid on 17 Dec'
    ready       False: dashed, and `missing` is shown in place of the next state
    needs       what desk.js waits for before it is ready: 'checked', 'value', 'reason', 'question', 'fields'
    """

    verb: str
    key: str
    label: str
    next_state: str
    ready: bool = True
    missing: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsView:
    """Part 7: what may be done. POST /cases/{id}/verdict

    actions          () with `refused` saying who may decide, when the reader may not
    reasons          categories for the select; none is preselected
    reason_always    True: a reason is always required; False: only when the verdict differs
    undo             how long the verdict can be taken back before anything runs; None: not at all
    afterwards       what can still be done later: 'The payment can be cancelled until 21 Nov, 14:00.'
    reason, note, question  what this person had written before, after a refused verdict
    """

    actions: tuple[ActionView, ...] = ()
    reasons: tuple[OptionView, ...] = ()
    reason_always: bool = True
    undo: timedelta | None = None
    afterwards: str = ""
    refused: str = ""
    reason: str = ""
    note: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkView:
    """Evidence inside a line: characters start to end, the number shown, its field ('' for none)."""

    start: int
    end: int
    number: int
    field: str = ""
    low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One recognised line of a document, with its evidence in order of place."""

    text: str
    marks: tuple[MarkView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """The source as recognised text: a tuple of lines for each page."""

    name: str
    pages: tuple[tuple[LineView, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    """All that a person needs to decide at `review` and `assist`, in seven parts. GET /cases/{id}/brief

    level     'review' or 'assist'
    problems  why the last verdict was refused; nothing was recorded and what was written is still here
    """

    shell: ShellView
    head: CaseHead
    level: str
    decision: DecisionView
    recommendation: RecommendationView
    facts: FactsView
    flags: tuple[FlagView, ...]
    history: HistoryView
    policy: tuple[PolicyView, ...]
    actions: ActionsView
    document: DocumentView | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanBriefView:
    """The brief at `human`: no recommendation, confidence, alternative or score has a place in it.

    fields  to look at and correct; flags must not repeat what a model said
    """

    shell: ShellView
    head: CaseHead
    decision: DecisionView
    flags: tuple[FlagView, ...]
    history: HistoryView
    policy: tuple[PolicyView, ...]
    actions: ActionsView
    fields: tuple[PlainField, ...] = ()
    given: tuple[FactView, ...] = ()
    looked_up: tuple[FactView, ...] = ()
    document: DocumentView | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionView:
    """A case that left the main path: a mapped exception, or a field that is missing.

    name     of the exception, such as missing-po
    heading  what is wrong, a sentence: 'This invoice names no order.'
    because  why that stops it
    supply   the fields that would let it continue
    actions  continue (verb approve or edit, as the route wants), reject, ask, escalate
    """

    shell: ShellView
    head: CaseHead
    name: str
    heading: str
    stake: StakeView
    because: str = ""
    supply: tuple[PlainField, ...] = ()
    given: tuple[FactView, ...] = ()
    looked_up: tuple[FactView, ...] = ()
    flags: tuple[FlagView, ...] = ()
    history: HistoryView = HistoryView()
    policy: tuple[PolicyView, ...] = ()
    actions: ActionsView = ActionsView()
    document: DocumentView | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """A request for information to the reader. POST /cases/{id}/answer: csrf, round, rev, answer

    then    what happens after the answer: 'ap.lead decides.'
    answer  what was written before, after a refusal
    """

    shell: ShellView
    head: CaseHead
    asked_by: str
    asked_at: datetime
    question: str
    then: str = ""
    given: tuple[FactView, ...] = ()
    document: DocumentView | None = None
    answer: str = ""
    problems: tuple[str, ...] = ()


# Case, conflict, errors.


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A value before and after."""

    label: str
    before: str
    after: str


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
class CaseView:
    """The story of a case. GET /cases/{id}

    summary     after the state: 'decided by ap.lead, 38 minutes before the deadline'
    decide      the reader may open its brief now
    owner, due  while it waits
    outcome     None: not known yet
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
    decide: bool = False
    owner: str | None = None
    due: datetime | None = None
    outcome: OutcomeView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """A verdict as one side of a conflict."""

    verdict: str
    by: str
    at: datetime
    round: int
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """409: somebody was faster, or the case moved on; nothing that was written is lost.

    decided  the verdict that stands; None when the case moved on without one
    yours    what the reader sent
    moved    what happened when there is no winner: 'An edit opened round 2.'
    reopen   until when the winner may still reopen it
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


# Lists.


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
    """

    name: str
    kind: str
    about: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """One process.

    version    content hash of what runs; '' when nothing is published
    alone      published by one person in development mode: marked for good
    waiting    its cases that wait for people
    review_by  when the map must be looked at again
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessesView:
    """All processes of the deployment. GET /processes"""

    shell: ShellView
    processes: tuple[ProcessRow, ...]


PageView = (
    SigninView
    | HomeView
    | InboxView
    | BriefView
    | HumanBriefView
    | ExceptionView
    | AnswerView
    | CaseView
    | ConflictView
    | ErrorView
    | CasesView
    | ProcessesView
)
