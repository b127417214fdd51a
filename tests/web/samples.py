"""Instances of every page's view, so that each page is rendered in a test. All names are made up."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from surehand.core.completeness import Lack
from surehand.web.views import (
    ActionsView,
    ActionView,
    AlternativeView,
    AnswerView,
    AxesView,
    BriefView,
    BulkView,
    CaseHead,
    CaseRow,
    CasesView,
    CaseView,
    CellView,
    CentView,
    ChangedRow,
    ChangedView,
    ChangeView,
    ChannelRow,
    ChannelsView,
    ChipView,
    CompletenessView,
    ConfidenceView,
    ConflictView,
    CountView,
    DecisionView,
    DocumentView,
    DoneView,
    ErrorView,
    EvidenceView,
    ExceptionView,
    FactsView,
    FactView,
    FaultView,
    FieldView,
    FilterView,
    FindingView,
    FlagView,
    GradeRowView,
    GridView,
    HandlingView,
    HelpView,
    HistoryView,
    HomeView,
    HumanBriefView,
    InboxRow,
    InboxView,
    LearnedField,
    LessonView,
    LineView,
    LookedView,
    MessageRow,
    MessagesView,
    MeView,
    NeedView,
    NextRow,
    OptionView,
    OutcomeView,
    PageView,
    PartView,
    PastCase,
    PersonView,
    PlainField,
    PolicyView,
    PrecedentsView,
    ProcessesView,
    ProcessRow,
    ProofView,
    ReadingView,
    RecommendationView,
    SavedView,
    ShareView,
    SheetView,
    ShellView,
    SigninView,
    StakeView,
    StateView,
    StepView,
    StoppedView,
    TableView,
    TimelineEntry,
    ToldView,
    TourView,
    TwinView,
    VerdictView,
    VersionView,
    WayView,
)
from tests.web.capacity_samples import capacity_pages
from tests.web.guarantee_samples import endless_guarantee, guarantee_pages, news
from tests.web.people_samples import people_pages
from tests.web.remark_samples import LACK, SAID, TICKS, remark_pages
from tests.web.source_samples import draft_pages, source_pages
from tests.web.stop_samples import stop_pages

NOW = datetime(2026, 11, 20, 14, 22, tzinfo=UTC)
HASH = "9f2c41d807aa" + "c3" * 26

#: Case content as somebody hostile would write it; it may only ever appear escaped.
NAUGHTY = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7*7 }}%(x)s & </textarea>"


def ago(**span: int) -> datetime:
    return NOW - timedelta(**span)


def ahead(**span: int) -> datetime:
    return NOW + timedelta(**span)


VISITOR = ShellView(now=NOW, csrf="c5f1", mode="development")
SHELL = ShellView(now=NOW, person="ap.lead", csrf="c5f1", current="inbox", waiting=14)
STOPPED = StoppedView(
    what="Everything",
    since=NOW - timedelta(minutes=26),
    by="finance.lead",
    because="the ledger answers twice",
)
MEDIUM = StakeView(grade="medium", amount=Decimal("4135.78"), currency="EUR")
UNPROVEN = ConfidenceView(value=0.88, limit=0.93)
PROVEN = ConfidenceView(
    value=0.88, limit=0.93, calibrated=True, interval=(0.85, 0.91), record=(363, 412), scored=(0.85, 0.91)
)

PEOPLE = (
    PersonView(name="ap.lead", about="decides invoices, answers for the process", waiting=14),
    PersonView(name="finance.deputy", about="decides up to 10,000.00 EUR", waiting=1),
    PersonView(name="platform.dev", about="builds maps, reviews nothing"),
)


def row(number: int, title: str, why: str, due: datetime, **more: object) -> InboxRow:
    base = InboxRow(
        id=f"inv-{number}.1",
        case_id=f"inv-{number}",
        title=title,
        process="supplier-invoices",
        point="approve_payment",
        why=why,
        since=due - timedelta(hours=8),
        due=due,
        stake=MEDIUM,
        level="review",
        href=f"/cases/inv-{number}/brief",
        confidence=UNPROVEN,
    )
    return replace(base, **more)  # type: ignore[arg-type]


ROWS = (
    row(
        20929,
        "Pay an invoice to Demo Florists",
        "The supplier waits in the shop.",
        ahead(hours=2),
        owner="ap.second",
        precedence="urgent",
        looking=("rita.reviewer",),
        reserved=True,
        claimable=True,
    ),
    row(
        20931,
        "Pay an invoice to Example Freight BV",
        "New supplier above 10,000: a specialist decides (AP-4.2).",
        ago(minutes=12),
        stake=StakeView(grade="high", amount=Decimal("18400.00"), currency="EUR"),
        level="human",
        confidence=None,
        owner="ap.lead",
    ),
    row(
        20944,
        "Pay an invoice to Specimen Paper Ltd",
        "Due date hard to read. First payment to a changed bank account.",
        ahead(minutes=38),
        owner="ap.lead",
        confidence=PROVEN,
    ),
    row(
        20947,
        "Pay an invoice to Placeholder Optics SAS",
        "Net total differs from the order by 3.4 % (limit 2 %).",
        ahead(hours=1, minutes=25),
        owner="ap.second",
        confidence=replace(UNPROVEN, value=0.64),
    ),
    row(
        20951,
        "Pay an invoice to Testbed Tools AB",
        "Same number and amount as INV-20102, paid in May.",
        ahead(hours=3, minutes=5),
        claimable=True,
        confidence=ConfidenceView(value=0.42),
        level="assist",
    ),
    row(
        20955,
        "Answer a question about Sample Cleaning GmbH",
        "ap.second asks: is the price list of October in force?",
        ahead(hours=5),
        kind="answer",
        owner="ap.lead",
        confidence=None,
        stake=StakeView(grade="low", note="A question"),
    ),
    row(
        20958,
        "Pay an invoice to Sample Cleaning GmbH",
        "There is no confidence: a signal has no reading.",
        ahead(hours=6),
        confidence=ConfidenceView(value=None, limit=0.93),
    ),
    row(
        20960,
        "Match an invoice that names no order",
        "Exception missing-po.",
        ahead(days=3),
        point="missing-po",
        precedence="low",
        snoozed_until=ahead(hours=4),
        kind="exception",
        claimable=True,
        confidence=None,
        stake=StakeView(grade="critical", note="Outage, 40 users"),
    ),
)

INBOX = InboxView(
    shell=SHELL,
    view="mine",
    views=(
        CountView(key="mine", count=14),
        CountView(key="later", count=2),
        CountView(key="queues", count=63),
        CountView(key="all", count=1212),
    ),
    queues=(CountView(key="accounts-payable", count=31), CountView(key="expenses", count=18)),
    rows=ROWS,
    total=14,
    overdue=1,
    soon=2,
    decided=23,
    overrides=2,
    following="/inbox?cursor=djE6MjA5NjA",
    filter=FilterView(processes=(OptionView(value="expenses", label="Expenses"),)),
    orders={"due": "/inbox", "stake": "/inbox?sort=stake"},
    saved=(
        SavedView(name="Due before lunch", href="/inbox?saved=Due+before+lunch", count=5),
        SavedView(name="Over 10,000", href="/inbox?saved=Over+10%2C000", gone="It asks for what is gone."),
    ),
    query="view=mine",
    bulk=BulkView(
        can=("claim", "snooze", "release", "reassign", "priority"),
        later=(OptionView(value="2026-11-20T15:22:00+00:00", label="in an hour, 20 November 15:22"),),
        receivers=("ap.second", "finance.deputy"),
    ),
    live="/inbox/live?view=mine&seen=7f3a",
)

HEAD = CaseHead(
    case_id="inv-20944",
    title="Invoice SP-88214 from Specimen Paper Ltd",
    process="supplier-invoices",
    point="approve_payment",
    since=ago(hours=7),
    due=ahead(minutes=38),
    round=1,
    rev=5,
    digest="41d807aa",
    owner="ap.lead",
    position=(2, 14),
    previous="/cases/inv-20931/brief",
    following="/cases/inv-20947/brief",
    handling=HandlingView(
        later=(OptionView(value=ahead(minutes=15).isoformat(), label="in 15 minutes, 20 November 14:37"),),
        snoozed_until=ahead(minutes=5), release=True, receivers=("ben.reviewer", "finance.deputy"),
        precedence="urgent", prioritise=True,
        looking="rita.reviewer is looking at this too, since 1 min.",
        live="/cases/inv-20944/looking?of=inv-20944.7",
    ),
)  # fmt: skip

PAYING = DecisionView(
    kind="choice",
    question="Pay 4,135.78 EUR to Specimen Paper Ltd?",
    effect="Paying books a transfer for the due date.",
    stake=MEDIUM,
)
CHOICES = (
    OptionView(value="pay", label="Pay", about="4,135.78 EUR on 17 Dec"),
    OptionView(value="reject", label="Reject", about="the supplier is told why"),
)

RECOMMENDATION = RecommendationView(
    label="Pay in full",
    confidence=UNPROVEN,
    reasons=(
        "Three of four lines match the order to the cent.",
        "The fourth, delivery 95.00, is not on the order and within the freight limit of AP-2.3.",
    ),
    alternatives=(
        AlternativeView(
            label="Pay 4,020.83, without delivery", because="Paid on the last three invoices", confidence=0.07
        ),
        AlternativeView(
            label="Reject", because="Goods received in full; no duplicate found", confidence=0.03
        ),
        AlternativeView(label="Pay half"),
    ),
    source="invoice-fields 4",
)

FIELDS = (
    FieldView(
        name="supplier",
        label="Supplier",
        value="Specimen Paper Ltd",
        confidence=0.97,
        evidence=1,
        required=True,
    ),
    FieldView(name="number", label="Invoice no.", value="SP-88214", confidence=0.99, evidence=2),
    FieldView(
        name="due_date",
        label="Due date",
        value="2026-12-07",
        type="date",
        confidence=0.58,
        check=True,
        because="A stamp covers the day. Terms say 30 days.",
        suggestion="2026-12-17",
        evidence=3,
    ),
    FieldView(name="po_number", label="Order", value="", missing=True),
    FieldView(
        name="total", label="Total", unit="EUR", value="4135.78", type="money", confidence=0.99, evidence=4
    ),
    FieldView(name="urgent", label="Urgent", value="no", type="yes_no"),
    FieldView(name="terms", label="Terms", value="net 30", choices=("net 14", "net 30")),
    FieldView(name="lines", label="Lines", value="Copy paper A4\nCard stock 220 g", type="texts"),
    FieldView(name="received", label="Received", value="2026-11-18", editable=False),
)

FACTS = FactsView(
    fields=FIELDS,
    given=(FactView(label="Source", value="mail-88214", source="upload"),),
    looked_up=(
        FactView(label="Order PO-30571", value="3,323.00 net; 3 of 4 lines match", source="erp"),
        FactView(label="Goods received", value="16 Nov, complete"),
        FactView(label="Supplier", value="since 2019, 46 invoices, 1 dispute"),
    ),
)

FLAGS = (
    FlagView(text="Due date read at 58; fields need 90", trigger="low confidence"),
    FlagView(
        text="First payment to an account changed 6 days ago", trigger="policy sensitive", policy="AP-4.1"
    ),
    FlagView(text="88 is below the limit 93"),
)

HISTORY = HistoryView(
    subject="Specimen Paper Ltd",
    currency="EUR",
    cases=(
        PastCase(
            case_id="inv-20102",
            at=ago(days=37),
            title="SP-87102",
            decision="pay",
            amount=Decimal("3902.10"),
            outcome="paid",
        ),
        PastCase(
            case_id="inv-19044", at=ago(days=365), title="SP-86044", decision="pay", amount=Decimal("4088.4")
        ),
    ),
    elsewhere=(
        PastCase(
            case_id="pro-311", at=ago(days=90), title="Frame contract 2026", decision="sign",
            outcome="found right", process="Procurement",
        ),
    ),
    looked=LookedView(days=400, names="number", sum_days=30),
)  # fmt: skip
PRECEDENTS = PrecedentsView(
    flagged=True, currency="EUR", answers=(("Pay", 2), ("Reject", 1)),
    cases=(
        PastCase(
            case_id="inv-20711", at=ago(days=4), title="Pay 95.00 to Example Freight BV", decision="Pay",
            amount=Decimal("3101.00"), outcome="found right",
        ),
        PastCase(
            case_id="inv-20655", at=ago(days=9), title="Pay 2,210.00 to Testbed Tools AB", decision="Pay",
            amount=Decimal("2210.00"),
        ),
        PastCase(
            case_id="inv-20310", at=ago(days=31), title="Pay 4,020.83 to Demo Florists",
            decision="Reject", outcome="taken back",
        ),
    ),
)  # fmt: skip

POLICY = (
    PolicyView(
        number="AP-2.3",
        text="Freight not on the order may be paid up to 3 % of its net value or 150 EUR.",
        note="here 2.9 % and 95.00 EUR",
    ),
    PolicyView(
        number="AP-4.1", text="A changed bank account is confirmed by telephone before it is first paid."
    ),
)

REASONS = (
    OptionView(value="matches", label="Matches order and receipt"),
    OptionView(value="amount_differs", label="Amount or terms differ"),
    OptionView(value="other", label="Other, in your words"),
)

ACTIONS = ActionsView(
    actions=(
        ActionView(
            verb="approve",
            key="A",
            label="Approve",
            next_state="Paid on 17 Dec",
            ready=False,
            missing="Check the due date first",
            needs=("checked", "reason"),
        ),
        ActionView(verb="edit", key="E", label="Save edits", next_state="Checked again, then paid"),
        ActionView(verb="reject", key="R", label="Reject", next_state="Supplier is told why"),
        ActionView(verb="ask", key="I", label="Ask", next_state="Supplier has 2 days"),
        ActionView(verb="escalate", key="X", label="Escalate", next_state="To finance.lead by 17:00"),
    ),
    reasons=REASONS,
    undo=timedelta(seconds=30),
    afterwards="After that the payment can be cancelled until 21 Nov, 14:00.",
    lack=LACK,
    tags=TICKS,
    tagged=("teaching",),
)

#: An invoice as it was recognised: text, left, baseline, width and size, in points of a page of 595 by 842.
INVOICE = (
    ("Specimen Paper Ltd", 48, 70, 180, 18),
    ("4 Example Quay, 1000 Sampletown", 48, 90, 110, 7),
    ("INVOICE", 466, 70, 86, 18),
    ("Invoice number", 330, 103, 58, 8),
    ("SP-88214", 424, 103, 42, 8),
    ("Due date", 330, 120, 34, 8),
    ("07 Dec 2026", 424, 120, 50, 8),
    ("RECEIVED 18 NOV 2026", 400, 128, 120, 9),
    ("Bill to Example Holdings, 12 Placeholder Street, 2000 Demoville", 48, 150, 250, 8),
    ("Item", 48, 262, 16, 7),
    ("Amount", 522, 262, 26, 7),
    ("Copy paper A4, 80 g, white", 48, 288, 110, 8),
    ("1,700.00", 514, 288, 34, 8),
    ("Card stock 220 g, ivory", 48, 326, 96, 8),
    ("735.00", 520, 326, 28, 8),
    ("Delivery, tail lift", 48, 364, 70, 8),
    ("95.00", 525, 364, 23, 8),
    ("Total EUR", 390, 507, 40, 8),
    ("4,135.78", 512, 507, 36, 8),
    ("Please note our new bank account.", 48, 566, 140, 8),
)
LINES_READ = tuple(
    LineView(text=text, x0=x, y0=y - size, x1=x + width, y1=y + 0.3 * size)
    for text, x, y, width, size in INVOICE
)
EVIDENCE = (
    EvidenceView(number=1, field="supplier", label="Supplier", x0=48, y0=52, x1=228, y1=75),
    EvidenceView(number=2, field="number", label="Invoice no.", x0=424, y0=95, x1=466, y1=105),
    EvidenceView(number=3, field="due_date", label="Due date", x0=424, y0=112, x1=474, y1=122, low=True),
    EvidenceView(number=4, field="total", label="Total", x0=512, y0=499, x1=548, y1=509),
)
SHEET = SheetView(
    number=1,
    width=595,
    height=842,
    picture="/cases/inv-20944/pages/1.png",
    lines=LINES_READ,
    evidence=EVIDENCE,
)
LAST = SheetView(
    number=2, width=595, height=842, picture="/cases/inv-20944/pages/2.png", lines=LINES_READ[:1]
)
DOCUMENT = DocumentView(name="invoice.pdf", pages=(SHEET,), count=1, href="/cases/inv-20944/brief?")
DRAWN = replace(DOCUMENT, name="Document", pages=(replace(SHEET, picture=""),))
MANY = replace(
    DOCUMENT,
    name="a-contract-with-a-very-long-name-that-somebody-gave-it-in-a-hurry-final-2.pdf",
    count=100,
    pages=(
        SHEET,
        *(replace(LAST, number=n, hidden=3 if n == 9 else 0) for n in range(2, 20)),
        replace(LAST, number=57, evidence=(replace(EVIDENCE[3], number=5, field="urgent", label="Urgent"),)),
    ),
)
COMPARED = replace(
    DOCUMENT,
    name="invoice-copy.pdf",
    pages=(replace(SHEET, evidence=()),),
    file="/cases/inv-20102/file",
    of="inv-20102",
    close="/cases/inv-20944/brief",
)
BLIND = replace(
    DOCUMENT,
    pages=(replace(SHEET, evidence=()), replace(LAST, picture="")),
    count=2,
)
ITEMS = TableView(
    label="Lines",
    heads=(("Description", False), ("Quantity", True), ("Unit price, EUR", True), ("Amount, EUR", True)),
    rows=(
        ("Copy paper A4, 80 g, white", "40", "42.50", "1,700.00"),
        ("Card stock 220 g, ivory", "12", "61.25", "735.00"),
        ("Toner drum, type C", "6", "148.00", "888.00"),
        ("Delivery, tail lift", "1", "95.00", "95.00"),
    ),
    more=3,
)

BRIEF = BriefView(
    shell=SHELL,
    head=HEAD,
    level="review",
    decision=PAYING,
    recommendation=RECOMMENDATION,
    facts=FACTS,
    flags=FLAGS,
    history=HISTORY,
    policy=POLICY,
    actions=ACTIONS,
    document=DOCUMENT,
    precedents=PRECEDENTS,
    completeness=CompletenessView(there=7, of=7),
)

ASSIST_ACTIONS = replace(
    ACTIONS,
    actions=(
        ActionView(
            verb="approve",
            key="A",
            label="Decide",
            next_state="Your answer runs",
            ready=False,
            missing="Choose an answer first",
            needs=("value", "reason"),
        ),
        *ACTIONS.actions[3:],
    ),
    reason_always=False,
    undo=None,
)

ASSIST = replace(
    BRIEF,
    level="assist",
    head=replace(HEAD, owner=None, claimable=True),
    decision=replace(PAYING, choices=CHOICES),
    recommendation=replace(
        RECOMMENDATION,
        confidence=replace(PROVEN, value=0.96, interval=(0.94, 0.98), record=(402, 418), scored=(0.95, 0.97)),
    ),
    facts=replace(FACTS, fields=FIELDS[:2]),
    actions=ASSIST_ACTIONS,
    document=None,
    history=replace(
        HISTORY,
        twins=(
            TwinView(
                case_id="inv-20102",
                at=ago(days=190),
                same="number and sum",
                decision="pay",
                compare="/cases/inv-20944/brief?compare=inv-20102",
            ),
            TwinView(case_id="inv-20911", at=ago(days=2), same="sum", decision="waits"),
        ),
    ),
    precedents=replace(PRECEDENTS, flagged=False),
)

REFUSED = replace(
    BRIEF,
    shell=replace(SHELL, notice="Rejected. The supplier is told why.", mode="development"),
    document=None,
    recommendation=RecommendationView(label="", confidence=ConfidenceView(value=None)),
    decision=replace(PAYING, kind="number", unit="EUR", chosen="4020.83"),
    facts=FactsView(
        fields=(replace(FIELDS[2], checked=True, error="'7 Dez' is not a date; write 2026-12-07."),)
    ),
    history=HistoryView(),
    policy=(),
    completeness=CompletenessView(there=3, of=7, lacks=tuple(str(lack) for lack in Lack)),
    actions=replace(ACTIONS, reason="other", note="Terms are net 30.", question="Which terms?"),
    problems=("A reason is required.",),
)

DRAFTED = replace(
    ASSIST,
    decision=DecisionView(
        kind="text",
        question="Send this reply?",
        stake=StakeView(grade="high", note="Outage, 40 users"),
        text="Exports of more than 5,000 rows fail. We write again on Monday.",
    ),
    history=HistoryView(subject="customer 41-207"),
    actions=ActionsView(refused="finance.lead may decide this and has it, due 17:00."),
    recommendation=replace(RECOMMENDATION, confidence=replace(UNPROVEN, limit=None), alternatives=()),
)

HUMAN = HumanBriefView(
    shell=SHELL,
    head=replace(
        HEAD,
        case_id="inv-20931",
        owner="ap.second",
        also="ap.third",
        previous=None,
        following=None,
        position=None,
    ),
    decision=replace(
        PAYING,
        kind="yes_no",
        choices=(OptionView(value="yes", label="Yes"), OptionView(value="no", label="No")),
    ),
    flags=(FlagView(text="New supplier above 10,000", trigger="high stakes", policy="AP-4.2"),),
    history=HISTORY,
    policy=POLICY[:1],
    actions=ASSIST_ACTIONS,
    fields=(
        PlainField(name="supplier", label="Supplier", value="Example Freight BV"),
        PlainField(name="total", label="Total", unit="EUR", value="18400.00", type="money", required=True),
        PlainField(name="kind", label="Kind", choices=("freight", "goods")),
    ),
    given=FACTS.given,
    looked_up=FACTS.looked_up,
    tables=(ITEMS,),
    document=BLIND,
    completeness=CompletenessView(there=5, of=6, lacks=("no_policy",)),
)

EXCEPTION = ExceptionView(
    shell=SHELL,
    head=replace(HEAD, case_id="inv-20960", title="Invoice 7 from Trial Timber Ky", point="missing-po"),
    name="missing-po",
    heading="This invoice names no order.",
    because="Without an order it cannot be matched, so nothing is recommended.",
    stake=MEDIUM,
    supply=(
        PlainField(
            name="number",
            label="Number",
            required=True,
            about="As in the ERP, such as PO-30571.",
            evidence=2,
        ),
        PlainField(name="wanted", label="Wanted by", type="date", error="Tomorrow is not a date."),
    ),
    given=(
        FactView(label="Supplier", value="Trial Timber Ky", field="supplier", evidence=1),
        FactView(label="Due date", value="2026-12-07", field="due_date", evidence=3),
        FactView(label="Total", value="4,135.78 EUR", field="total", evidence=4),
        FactView(label="Terms", value="net 30"),
    ),
    looked_up=FACTS.looked_up[:1],
    flags=(FlagView(text="A required field is missing: order", trigger="missing field"),),
    history=HISTORY,
    policy=(),
    actions=replace(
        ACTIONS,
        actions=(
            ActionView(
                verb="edit",
                key="E",
                label="Continue",
                next_state="Matched and decided",
                ready=False,
                missing="Supply the order first",
                needs=("fields",),
            ),
            *ACTIONS.actions[2:],
        ),
    ),
    tables=(ITEMS,),
    document=DOCUMENT,
)

UNREAD = replace(
    EXCEPTION,
    name="read_invoice failed",
    heading="The document could not be read.",
    because="scan-0041.pdf is protected by a password.",
    todo="Open the file where it came from and fill in what it says.",
    supply=(
        PlainField(name="number", label="Number", required=True),
        PlainField(name="total", label="Total", unit="EUR", type="money", required=True),
        PlainField(name="due_date", label="Due date", type="date"),
    ),
    given=(),
    looked_up=(),
    tables=(),
    document=DocumentView(name="scan-0041.pdf", note="No page of this file can be shown."),
)
PICTURED = replace(
    UNREAD,
    because="No text was found on scan-0042.pdf.",
    document=replace(
        DOCUMENT,
        name="scan-0042.pdf",
        pages=(replace(SHEET, lines=(), evidence=()),),
    ),
)

ANSWER = AnswerView(
    shell=SHELL,
    head=replace(HEAD, owner="ap.second"),
    asked_by="ap.second",
    asked_at=ago(hours=2),
    question="Is the price list of October already in force?",
    then="ap.second decides afterwards.",
    given=(FactView(label="Supplier", value="Specimen Paper Ltd"),),
    document=BLIND,
)


def event(seq: int, at: datetime, voice: str, what: str, **more: object) -> TimelineEntry:
    return replace(TimelineEntry(seq=seq, at=at, voice=voice, what=what, hash=HASH), **more)  # type: ignore[arg-type]


CASE = CaseView(
    undo=("pay_invoice",),
    guarantees=("approve_payment",),
    shell=replace(SHELL, current="cases"),
    case_id="inv-20944",
    title="Invoice SP-88214 from Specimen Paper Ltd",
    process="supplier-invoices",
    state=StateView(label="Paid", tone="ok"),
    stake=MEDIUM,
    summary="decided by ap.lead, 38 minutes before the deadline",
    entries=(
        event(
            1,
            ago(days=2),
            "engine",
            "Received",
            rest="by upload, key mail-88214",
            note="Version 7f3a 90c2 pinned",
        ),
        event(
            2,
            ago(days=2),
            "ai",
            "read_invoice",
            rest="read 9 fields; due date at 58",
            note="field-extractor 4",
        ),
        event(3, ago(days=2), "ai", "Recommends: pay 4,135.78.", rest="Confidence 88 in 100."),
        event(4, ago(days=2), "engine", "Routed to review.", rest="88 is below the limit 93"),
        event(
            5,
            ago(minutes=9),
            "person",
            "saved an edit:",
            who="ap.lead",
            changes=(
                ChangeView(label="due date", before="2026-12-07", after="2026-12-17"),
                ChangeView(label="order", before="", after="PO-30571"),
            ),
            note="Reason: stamp over the day; terms are net 30",
        ),
        event(6, ago(minutes=8), "person", "approved:", who="ap.lead", rest="pay 4,135.78 EUR on 17 Dec"),
        event(7, ago(minutes=7), "engine", "Payment booked", rest="in the ledger, ref TRX-66120"),
    ),
    versions=(
        VersionView(label="Process", value="7f3a90c2" * 8, hash=True),
        VersionView(label="Model", value="field-extractor 4"),
    ),
    facts=(FactView(label="Total", value="4,135.78 EUR"),),
    proof=ProofView(events=7, expected=7, head=HASH, checked=NOW, took=timedelta(milliseconds=3), sealed=5),
    outcome=OutcomeView(label="Right", text="The ledger confirms the payment.", tone="ok"),
    axes=(
        AxesView(
            point="approve_payment",
            round=2,
            level="review",
            grade="medium",
            confidence=0.88,
            limit=0.93,
            sentence="Medium consequence and confidence 88: review. Confidence 88 is below 93.",
            edge="Certified from 93: at most 2 in 100 wrong, 95 % sure",
            parts=(
                PartView(name="money", grade="medium", because="4,135.78 EUR at stake"),
                PartView(name="customer", grade="low", because="no condition holds"),
                PartView(name="reversible", grade="", because="cannot be undone"),
            ),
            signals=(("model_probability", 0.88, True), ("margin", None, False)),
            limits=(
                ("New supplier: at least review below 97", True),
                ("Careful: at least review below 80", False),
            ),
            grid=GridView(
                columns=("none", "below 93", "from 93", "from 97"),
                rows=tuple(
                    GradeRowView(
                        grade=grade,
                        cells=tuple(
                            CellView(level="review", here=(grade, n) == ("medium", 1)) for n in range(4)
                        ),
                    )
                    for grade in ("critical", "high", "medium", "low")
                ),
            ),
        ),
        AxesView(
            point="code",
            round=1,
            level="human",
            grade="low",
            confidence=None,
            limit=None,
            edge="Always human",
            sentence="Low consequence and no confidence: human. A person decides alone.",
        ),
    ),
)

WAITING_CASE = replace(
    CASE,
    state=StateView(label="Waiting", tone="warn"),
    summary="",
    decide="/cases/inv-20944/brief",
    owner="ap.lead",
    due=ahead(minutes=38),
    waits=(("waiting", "A customer waits for it"), ("blocked", "Another process cannot go on")),
    proof=ProofView(
        events=6, expected=7, head=HASH, checked=ago(minutes=4), problem="Event 4 does not fit event 3."
    ),
    outcome=None,
)

CONFLICT = ConflictView(
    shell=SHELL,
    case_id="inv-20947",
    title="Invoice from Placeholder Optics SAS",
    decided=VerdictView(
        verdict="Reject",
        by="finance.deputy",
        at=ago(minutes=2),
        round=1,
        reason="Amount or terms differ",
        note="Net is 3.4 % over the order. Asked the supplier for a corrected invoice.",
    ),
    yours=VerdictView(
        verdict="Ask",
        by="ap.lead",
        at=NOW,
        round=1,
        reason="Amount or terms differ",
        note="Is the price list of October already in force?",
    ),
    reopen=ahead(days=1),
    seen=ago(minutes=4),
    next="/cases/inv-20951/brief",
    slug="case-already-decided",
    request="5c1e",
)

MOVED = replace(CONFLICT, decided=None, moved="An edit by ap.second opened round 2.", slug="conflict")

CASES = CasesView(
    shell=replace(SHELL, current="cases"),
    rows=(
        CaseRow(
            case_id="inv-20944",
            title="Invoice SP-88214 from Specimen Paper Ltd",
            process="supplier-invoices",
            state=StateView(label="Paid", tone="ok"),
            stake=MEDIUM,
            received=ago(days=2),
            by="ap.lead",
        ),
        CaseRow(
            case_id="inv-20947",
            title="Invoice from Placeholder Optics SAS",
            process="supplier-invoices",
            state=StateView(label="Waiting", tone="warn"),
            received=ago(hours=6),
            owner="ap.second",
        ),
        CaseRow(
            case_id="tck-7723",
            title="Charged twice, or charged after cancelling?",
            process="support-triage",
            state=StateView(label="In progress"),
            received=ago(minutes=1),
        ),
    ),
    states=(OptionView(value="waiting", label="Waiting", about="63"), OptionView(value="done", label="Done")),
    processes=(OptionView(value="supplier-invoices", label="Supplier invoices"),),
    query="paper & co",
    state="waiting",
    process="supplier-invoices",
    cursor="djE6Nw",
    later=True,
)

HOME = HomeView(
    shell=replace(SHELL, current="home", stopped=(STOPPED,)),
    received=1000,
    automated=612,
    decided=371,
    overrides=54,
    waiting=17,
    overdue=1,
    mine=14,
    needs=(
        NeedView(
            text="1 case is overdue", about="INV-20931, with ap.lead", href="/inbox?view=all", link="Open"
        ),
        NeedView(
            text="1 payment may or may not have run", href="/cases?state=unknown", link="Find out", tone="bad"
        ),
    ),
    events=14206,
    verified=ago(minutes=3),
    next=(
        NextRow(
            title="Pay INV-20931 of Clairval Instruments SAS?",
            process="supplier-invoices",
            href="/cases/inv-20931/brief",
            since=ago(hours=30),
            due=ago(minutes=12),
            stake=StakeView(grade="high", amount=Decimal("18400"), currency="EUR"),
        ),
        NextRow(
            title="Accept a change of address?",
            process="customer-data",
            href="/cases/cus-7/brief",
            since=ago(hours=2),
            due=ahead(hours=5),
            stake=StakeView(grade="low"),
        ),
    ),
    changed=ChangedView(
        since=ago(days=3),
        last_here=True,
        more=2,
        rows=(
            ChangedRow(what="resumed", at=ago(hours=3), href="/stop", by="finance-lead", tone="ok"),
            ChangedRow(what="resumed", at=ago(hours=3), href="/stop", of="refunds", by="olga", tone="ok"),
            ChangedRow(what="drilled", at=ago(hours=4), href="/stop", by="finance-lead", tone="ok"),
            ChangedRow(what="drilled", at=ago(hours=4), href="/stop", of="refunds", by="olga", tone="ok"),
            ChangedRow(
                what="published", at=ago(hours=5), href="/processes", of="supplier-invoices", by="ap.lead"
            ),
            ChangedRow(
                what="policy",
                at=ago(hours=5),
                href="/processes",
                of="supplier-invoices",
                names=("AP-4.2", "AP-4.3"),
                tone="warn",
            ),
            ChangedRow(
                what="guarantee",
                at=ago(hours=9),
                href="/guarantees/supplier-invoices/approve_payment",
                of="supplier-invoices",
                point="approve_payment",
                tone="bad",
                text="Clearly more than 2 % were wrong. Everything goes to people until it is earned anew.",
            ),
            ChangedRow(
                what="away",
                at=NOW,
                href="/absences",
                of="ap.clerk",
                by="ap.lead",
                until=ahead(days=4),
                tone="warn",
            ),
            ChangedRow(what="away", at=NOW, href="/absences", of="sam", by="rita", until=ahead(days=4)),
            ChangedRow(what="away", at=NOW, href="/absences", of="kim", until=ahead(days=4)),
        ),
    ),
)

LESSON = LessonView(
    seconds=6.2, cases=10, corrected=2, suppliers=("Clairval Instruments SAS",), fresh=8, alone=5,
    fields=(
        LearnedField(label="Supplier", before=2, after=8, sure=(0.28, 0.96)),
        LearnedField(label="Total", before=8, after=8, sure=(0.91, 0.95)),
        LearnedField(label="Iban", before=0, after=0, sure=(None, None)),
    ),
    case_ids=("inv-20950", "inv-20951"),
)  # fmt: skip
CENT = CentView(
    case_id="inv-20944", before="412.80 EUR", after="412.81 EUR",
    found=("inv-20944: the row of its action pay is not what the audit trail recorded",),
)  # fmt: skip
TOUR = TourView(
    shell=replace(VISITOR, current="tour"),
    findings=(
        FindingView(
            said="180 papers came in. 96 were paid without a person.",
            more="1 of those should not have been: 1.0 %.", href="/cases?state=done", link="The cases",
        ),
        FindingView(
            said="84 went to 6 people.", more="31 wait for ap.clerk.", href="/inbox", link="Be one of them"
        ),
        FindingView(said="2,310 events are on record."),
    ),
    reviewer="ap.clerk", first="inv-20944", misread=True, decided=0, corrected=0, seed=1,
    plug="surehand demo --pull-the-plug", people=PEOPLE, trouble="Nobody has decided an invoice yet.",
)  # fmt: skip

PROCESSES = ProcessesView(
    shell=replace(SHELL, current="processes", mode="development"),
    processes=(
        ProcessRow(
            name="supplier-invoices",
            title="Supplier invoices",
            owner="ap.lead",
            builder="platform.dev",
            version="7f3a90c2" * 8,
            published=ago(days=5),
            published_by="platform.dev",
            alone=True,
            waiting=17,
            review_by=date(2027, 2, 18),
            briefs=(
                (
                    "approve_payment",
                    ShareView(briefs=64, complete=61, lacks=(("subject_unknown", 3), ("no_policy", 1))),
                ),
                ("thank", ShareView(briefs=1, complete=1)),
            ),
            steps=(
                StepView(name="read_invoice", kind="extract", about="invoice-fields"),
                StepView(name="match_purchase_order", kind="lookup"),
                StepView(
                    name="approve_payment",
                    kind="decide",
                    about="alone above 93, else reviewed by accounts-payable",
                    promises=True,
                ),
                StepView(name="pay", kind="act", about="after pay; can be cancelled"),
            ),
        ),
        ProcessRow(
            name="expenses",
            title="",
            owner="exp.lead",
            builder="platform.dev",
            steps=(StepView(name="accept_receipt", kind="decide", level="assist"),),
        ),
    ),
)

#: A word that no line can hold, and a text of several lines.
ENDLESS = "w" * 3000
LINES = "Bread 3.20\nButter 2.95\n\nTotal 6.15\n" + ENDLESS

#: What comes from cases and people, by the name of a view's field.
TEXTS = {
    *("title", "question", "text", "value", "because", "why", "subject", "note", "outcome", "decision"),
    *("effect", "about", "heading", "what", "rest", "before", "after", "summary", "source", "moved"),
    *("refused", "problems", "error", "suggestion", "reasons", "afterwards", "answer", "next_state"),
    *("todo", "rows", "document"),
}


def endless(view: Any, name: str = "") -> Any:
    """The same view where texts never end."""
    if is_dataclass(view) and not isinstance(view, type):
        return replace(view, **{f.name: endless(getattr(view, f.name), f.name) for f in fields(view)})
    if isinstance(view, tuple):
        return tuple(endless(part, name) for part in view)
    if isinstance(view, str) and name in TEXTS:
        return LINES if name in ("value", "note", "question") else ENDLESS
    return view


TOLD = ToldView(
    label="Pay", until=ahead(hours=3),
    text="It takes effect when the window closes. Override it before, and nothing runs.",
)  # fmt: skip
FOUND = ToldView(label="Pay", tone="warn", text="A spot check by ap.second found it wrong.")
NOTICE = replace(
    BRIEF, level="notify", told=TOLD,
    actions=ActionsView(
        reason_always=False,
        actions=(
            ActionView(verb="approve", key="A", label="Let it stand", next_state="Goes on now"),
            ActionView(verb="reject", key="R", label="Override", next_state="Pay never runs"),
            ActionView(
                verb="edit", key="E", label="Save edits", next_state="Taken back", ready=False,
                missing="Change a field first", needs=("fields",),
            ),
        ),
    ),
)  # fmt: skip
FOUND_ACTIONS = (
    ActionView(verb="approve", key="A", label="Take it back", next_state="Undone, then decided anew"),
    ActionView(verb="reject", key="R", label="Let it stand", next_state="Stays as it is"),
)
CHECKING = (
    ActionView(
        verb="approve", key="A", label="Decide", next_state="Compared with what was decided", ready=False,
        missing="Choose an answer first", needs=("value",),
    ),
)  # fmt: skip

_MESSAGE = MessageRow(
    text="To decide: Pay 4,135.78 EUR to Specimen Paper Ltd?",
    note="supplier-invoices, due 2026-11-20 15:00 UTC",
    href="/cases/inv-20944/brief", at=NOW - timedelta(minutes=12), way="also over email", unread=True,
)  # fmt: skip
MESSAGES = MessagesView(
    shell=replace(SHELL, current="messages", unread=2),
    rows=(
        replace(_MESSAGE, text="Escalated to you: Pay 812.00 EUR to Muster GmbH?", urgent=True, way=""),
        _MESSAGE,
        replace(_MESSAGE, text="To decide: INV-20901", note="Done.", unread=False, done=True),
        replace(_MESSAGE, text="No longer with you: INV-20899", note="ap.lead has it now.", unread=False),
    ),
    up_to=88, cursor="40", channels=True,
)  # fmt: skip
ME = MeView(
    shell=replace(SHELL, current="me"), email="ap.clerk@example.com", slack="U024BE7LH", zone="Europe/Berlin",
    ways=(
        WayView(name="email", about="email", chosen=True), WayView(name="chat", about="slack", chosen=True),
        WayView(name="on-call", about="slack", lacks="no Slack member id is known of you"),
    ),
    digests=(
        OptionView(value="off", label="At once"), OptionView(value="hourly", label="Each hour"),
        OptionView(value="daily", label="Once a day"),
    ),
    digest="daily", digest_at="07:30", quiet_from="20:00", quiet_to="07:00",
    reading=ReadingView(
        forms=(
            OptionView(value="", label="As my browser says"),
            OptionView(value="de-DE", label="German (Germany)"),
        ),
        places=("UTC", "Europe/Amsterdam", "Europe/Berlin"), amount=Decimal("-1234567.89"),
        since=datetime(2025, 10, 16, 9, 5, tzinfo=UTC), locale="de-DE", timezone="Europe/Berlin",
    ),
)  # fmt: skip
CHANNELS = ChannelsView(
    shell=replace(SHELL, current="channels"),
    rows=(
        ChannelRow(
            name="email", kind="email", state=StateView(label="Works", tone="ok"), since=NOW, waiting=3
        ),
        ChannelRow(
            name="chat", kind="slack", state=StateView(label="Does not work", tone="bad"), since=NOW,
            note="Slack refuses the token: invalid_auth",
        ),
    ),
)  # fmt: skip

PAGES: dict[str, PageView] = {
    "messages": MESSAGES,
    "messages-none": replace(MESSAGES, shell=replace(SHELL, unread=0), rows=(), cursor=None),
    "messages-older": replace(MESSAGES, cursor=None, later=True),
    "me": ME,
    "help": HelpView(shell=replace(SHELL, current="help")),
    "help-signed-out": HelpView(shell=replace(SHELL, person=None, csrf="", waiting=None, unread=0, news=0)),
    "me-refused": replace(ME, ways=(), digest="off", urgent=False, problems=("Times are written as 08:00.",)),
    "channels": CHANNELS,
    "channels-none": replace(CHANNELS, rows=()),
    "home-unchanged": replace(HOME, next=(), changed=ChangedView(since=ago(days=1))),
    "home-messages": replace(HOME, messages=MESSAGES.rows[:2]),
    "signin": SigninView(shell=VISITOR, people=PEOPLE),
    "signin-error": SigninView(
        shell=replace(VISITOR, mode="production"),
        name="ap.lead",
        error="That name and password do not match. 4 tries left.",
        next="/cases/inv-20944/brief",
        notice="You were signed out after 30 minutes.",
        kept="Your half-finished verdict on INV-20944 is kept and opens next.",
    ),
    "home": HOME,
    "home-demo": replace(HOME, tour=True),
    "home-news": replace(HOME, shell=replace(SHELL, current="home", news=1), news=news(SHELL)),
    **guarantee_pages(replace(SHELL, current="guarantees", news=1)),
    **capacity_pages(replace(SHELL, current="people")),
    **people_pages(replace(SHELL, current="people", everyone=True)),
    "tour": TOUR,
    "tour-learning": replace(TOUR, learning=("Learning total", 0.4)),
    "tour-learned": replace(TOUR, shell=SHELL, people=(), decided=10, corrected=2, lesson=LESSON, cent=CENT),
    "inbox": INBOX,
    "inbox-changed": replace(INBOX, changed=replace(HOME.changed, rows=HOME.changed.rows[4:7], more=7)),
    "inbox-narrowed": replace(
        INBOX,
        total=12,
        looked=1000,
        order="stake",
        filter=FilterView(
            given={"kind": ("decision",), "text": ("Acme",)},
            chips=(
                ChipView(name="text", value="Acme", href="/inbox?kind=decision"),
                ChipView(name="kind", value="decision", href="/inbox?text=Acme"),
                *(
                    ChipView(name=name, value=value, href="/inbox")
                    for name, value in (
                        ("grade", "high"),
                        ("due", "soon"),
                        ("priority", "urgent"),
                        ("until", "2026-11-30"),
                        ("stake_from", "10"),
                        ("stake_to", "20"),
                        ("process", "expenses"),
                    )
                ),
            ),
        ),
    ),
    "inbox-faulty": replace(
        INBOX,
        rows=(),
        total=None,
        overdue=0,
        soon=0,
        following=None,
        filter=FilterView(
            given={"stake_from": (NAUGHTY,), "until": ("soon",), "kind": ("x",), "process": ("gone",)},
            faults={
                "stake_from": "must be a sum",
                "until": "must be a day",
                "kind": "must be among: decision",
                "process": "is not a process here",
            },
        ),
    ),
    "inbox-nothing-fits": replace(
        INBOX,
        rows=(),
        total=0,
        overdue=0,
        soon=0,
        filter=FilterView(chips=(ChipView(name="text", value="x", href="/inbox"),)),
    ),
    "inbox-done": replace(
        INBOX,
        name="Due before lunch",
        done=DoneView(
            id="x",
            what="snooze",
            count=3,
            seconds=48,
            refused=(("inv-7", "ap.second has it now."),),
        ),
    ),
    "inbox-undone": replace(
        INBOX, name="Over 10,000", rows=(), done=DoneView(id="x", what="claim", count=1, undone=True)
    ),
    "inbox-empty": replace(INBOX, rows=(), total=0, overdue=0, soon=0, following=None, live=""),
    "inbox-queue": replace(
        INBOX, view="queues", queue="expenses", rows=(), total=0, overdue=0, soon=0, following=None
    ),
    "brief": BRIEF,
    **source_pages(BRIEF, HUMAN),
    **draft_pages(BRIEF, CASE, CONFLICT),
    "brief-drawn": replace(BRIEF, document=DRAWN, facts=replace(FACTS, tables=(ITEMS,))),
    "brief-many": replace(
        BRIEF,
        document=MANY,
        facts=replace(
            FACTS,
            fields=tuple(replace(f, evidence=5) if f.name == "urgent" else f for f in FIELDS),
        ),
    ),
    "brief-compared": replace(BRIEF, compared=COMPARED),
    "brief-compared-nothing": replace(
        BRIEF, compared=replace(COMPARED, pages=(), count=0, note="This case brought no document.", file="")
    ),
    "human-compared": replace(HUMAN, document=None, compared=replace(COMPARED, count=9)),
    "exception-unread": UNREAD,
    "exception-pictured": PICTURED,
    "brief-agreed": replace(
        BRIEF,
        document=None,
        recommendation=replace(
            RECOMMENDATION,
            confidence=replace(UNPROVEN, record=(391, 412), scored=(0.85, 0.91), seen=True, fitted=True),
        ),
    ),
    "brief-overstated": replace(
        BRIEF,
        document=None,
        recommendation=replace(
            RECOMMENDATION,
            confidence=replace(
                UNPROVEN, record=(300, 412), scored=(0.88, 0.88), interval=(0.68, 0.77), against=True
            ),
        ),
    ),
    "brief-proven": replace(BRIEF, recommendation=replace(RECOMMENDATION, confidence=PROVEN), document=None),
    "brief-assist": ASSIST,
    "brief-stopped": replace(BRIEF, shell=replace(BRIEF.shell, stopped=(STOPPED,))),
    "human-stopped": replace(HUMAN, shell=replace(HUMAN.shell, stopped=(STOPPED,))),
    "brief-refused": REFUSED,
    "brief-draft": DRAFTED,
    "brief-notice": NOTICE,
    "brief-notice-now": replace(NOTICE, told=replace(TOLD, text="It has taken effect.", until=None)),
    "brief-finding": replace(BRIEF, told=FOUND, actions=ActionsView(actions=FOUND_ACTIONS)),
    "human": HUMAN,
    "human-check": replace(HUMAN, checks=True, fields=(), actions=ActionsView(actions=CHECKING, lack=SAID)),
    "human-enters": replace(
        HUMAN,
        decision=replace(PAYING, kind="fields", choices=()),
        enters=True,
        tables=(),
        looked_up=(),
        fields=(
            PlainField(name="supplier", label="Supplier", value="Example Freight BV"),
            PlainField(name="due_date", label="Due date", type="date", absent=True),
            PlainField(
                name="total", label="Total", unit="EUR", type="money", value="much", error="Must be a sum."
            ),
        ),
    ),
    "human-several": replace(
        HUMAN,
        decision=replace(HUMAN.decision, kind="several", picked=("yes",)),
    ),
    "human-ranks": replace(
        HUMAN,
        decision=replace(
            PAYING, kind="ranking", choices=(), names=("Ada", "Bea", "<b>Cy</b>"), places=2, picked=("Bea",)
        ),
    ),
    "exception": EXCEPTION,
    "answer": ANSWER,
    "case": CASE,
    "case-waiting": WAITING_CASE,
    "conflict": CONFLICT,
    "conflict-moved": MOVED,
    "cases": CASES,
    "case-asked": replace(
        CASE,
        undo=(),
        state=StateView(label="Asking", tone="warn"),
        summary="",
        owner="procurement.lead",
        due=SHELL.now + timedelta(hours=5),
        asked="procurement.lead is asked; the clock of ap.lead stands, with 3 h 10 min left.",
    ),
    "cases-empty": replace(CASES, rows=(), cursor=None, later=False),
    "cases-none": replace(CASES, rows=(), query="", state="", process="", cursor=None, later=False),
    "cases-older": replace(CASES, rows=(), back_to=ago(days=90)),
    "cases-some": replace(CASES, back_to=ago(days=90)),
    "processes": PROCESSES,
    "processes-empty": replace(PROCESSES, processes=()),
    "error-401": ErrorView(shell=replace(VISITOR, mode="production"), status=401),
    "error-403": ErrorView(
        shell=SHELL,
        status=403,
        slug="forbidden",
        detail="You decide payments up to 10,000.00 EUR. finance.lead may, and has it, due 17:00.",
        todo="Go back to your work, or ask finance.lead.",
        request="5c1e90af",
    ),
    "error-404": ErrorView(shell=SHELL, status=404, slug="not-found"),
    "error-409": ErrorView(shell=SHELL, status=409, slug="key-reused", retry="/cases/inv-20944"),
    "error-422": ErrorView(
        shell=SHELL,
        status=422,
        slug="invalid-input",
        detail="The input does not fit the map.",
        faults=(FaultView(where="totl", message="is not a field of this process.", suggestion="total"),),
    ),
    "error-500": ErrorView(
        shell=SHELL, status=500, slug="error", kept="Your draft is kept.", request="5c1e90af", retry="/inbox"
    ),
    "error-503": ErrorView(shell=SHELL, status=503, slug="stopped"),
    **stop_pages(SHELL, STOPPED),
    **remark_pages(replace(SHELL, current="processes"), NAUGHTY),
}

#: Pages with words that no line can hold.
ENDLESS_PAGES: dict[str, PageView] = {
    f"{name}-endless": endless(PAGES[name])
    for name in (
        *("inbox", "cases", "case", "conflict", "answer", "exception"),
        *("brief", "brief-drawn", "brief-assist", "brief-refused", "brief-draft", "human"),
        *("triage-many", "brief-pair", "human-text", "draft-changed", "conflict-texts"),
    )
} | {"guarantee-endless": endless_guarantee(SHELL)}
