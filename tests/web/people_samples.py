"""Samples of the pages of people. All names are made up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from surehand.web.days_chart import Span, days_chart
from surehand.web.views import (
    AbsencesView,
    AbsenceView,
    AllowanceView,
    AuthorityView,
    EditView,
    FactView,
    GrantView,
    HeldView,
    HereView,
    InputView,
    KeyView,
    LateView,
    LoanView,
    MemberView,
    OptionView,
    PageView,
    PeopleView,
    PersonPageView,
    PersonRow,
    PrivateView,
    QueueNowView,
    QueueRow,
    QueuesView,
    RefusedView,
    RevisionView,
    RosterView,
    RungsView,
    ShellView,
    StandingView,
)

HERE = HereView(state="here")
AWAY = HereView(state="away", until=date(2026, 11, 27), stand_in="finance.deputy")
TODAY, UNTIL = date(2026, 11, 20), date(2027, 1, 3)

LEAD = PersonRow(
    name="ap.lead",
    called="Jonas Weber",
    roles=("owner", "reviewer"),
    here=HERE,
    team="payables",
    queues=("accounts-payable", "purchasing"),
    limit="up to 50,000.00",
    held=14,
)
ROWS = (
    LEAD,
    PersonRow(
        name="ap.third",
        called="Lucía Romero",
        roles=("reviewer",),
        here=AWAY,
        team="payables",
        queues=("accounts-payable",),
        limit="up to 5,000.00",
        held=0,
    ),
    PersonRow(name="audit.office", called="", roles=("auditor",), here=HERE),
    PersonRow(name="old.clerk", called="Ola Old", roles=("reviewer",), here=HereView(state="left")),
)

LOAN = LoanView(
    by="finance.lead",
    to="ap.lead",
    decides="approve payment",
    start=date(2026, 11, 18),
    until=date(2026, 11, 25),
    because="the trade fair",
    now=True,
    row="0123456789abcdef",
)
AWAY_SOON = AbsenceView(
    person="ap.lead", start=date(2026, 12, 21), until=date(2026, 12, 31), stand_in="ap.second", row="f" * 16
)
SPANS = [
    Span("Is lent", "dep", LOAN.start, LOAN.until, "from finance.lead"),
    Span("Away", "gone", AWAY_SOON.start, AWAY_SOON.until, "ap.second stands in"),
]

DECIDES = (
    AllowanceView(
        process="supplier-invoices",
        point="approve payment",
        queue="accounts-payable",
        currency="EUR",
        limit=Decimal("10000.00"),
        grade="medium",
        notes=("25,000.00 EUR a subject in 7 d", "country is DE or AT"),
        above="finance.lead",
        second="from 5,000.00 EUR",
        write="reason, note",
        delegate="for 14 d",
    ),
    AllowanceView(
        process="supplier-invoices",
        point="missing po",
        queue="purchasing",
        currency="EUR",
        second="never",
        delegate="yes",
    ),
    AllowanceView(process="triage", point="category", queue="triage", second="never", delegate="no"),
    AllowanceView(
        process="supplier-invoices",
        point="change bank account",
        queue="accounts-payable",
        never="no row of authority fits",
    ),
)


def one_queue(shell: ShellView) -> QueueNowView:
    """A queue whose owner is away."""
    return QueueNowView(
        shell=shell, name="accounts-payable", owner="ap.lead", acts="finance.lead", edits=True,
        figures=StandingView(
            queues=1, waiting=31, at_risk=3, oldest=shell.now - timedelta(hours=26), on_time=0.972,
            orphans=0, looked_at=shell.now - timedelta(seconds=12),
        ),
        members=(
            MemberView(name="ap.second", part="member", here=True, holds=9, decided=19, limit="up to 900.00"),
            MemberView(name="ap.third", part="member", here=False, back=shell.now.date() + timedelta(days=4),
                       stand_in="ap.second"),
            MemberView(name="finance.lead", part="backup", here=True, holds=2, decided=4, limit="no limit"),
            MemberView(name="ap.lead", part="owner", here=False, back=shell.now.date() + timedelta(days=1)),
        ),
        late=(
            LateView(case_id="inv-20962", title="Pay 4,100.00 EUR?", due_at=shell.now + timedelta(hours=2),
                     expected_at=shell.now + timedelta(hours=3), holder="ap.second"),
            LateView(case_id="inv-20963", title="Pay 90.00 EUR?", due_at=shell.now + timedelta(hours=2),
                     expected_at=None, holder="ap.third"),
        ),
        rungs=(
            RungsView(name="supplier-invoices, approve payment", rungs=(
                ("20 h", "the holder is reminded"), ("22 h", "ap.lead is warned"),
                ("1 d", "finance.lead gets it, with as much time again; then ap.lead"),
                ("2 d", "it is refused, and nothing runs: time never approves"),
            )),
        ),
    )  # fmt: skip


def people_pages(shell: ShellView) -> dict[str, PageView]:
    """Every page, in each of its states."""
    now = shell.now
    private = PrivateView(
        limit="up to 50,000.00",
        decides=DECIDES,
        more=True,
        late=1,
        loans=(LOAN,),
        held=(
            HeldView(
                case_id="inv-20949",
                href="/cases/inv-20949/brief",
                point="approve payment",
                stake=Decimal("1980.00"),
                currency="EUR",
                due=now - timedelta(hours=1),
                kind="",
            ),
            HeldView(
                case_id="inv-20952",
                href="/cases/inv-20952/brief",
                point="missing po",
                stake=None,
                currency="EUR",
                due=now + timedelta(hours=4),
                kind="answer",
            ),
        ),
        refused=(
            RefusedView(
                at=now - timedelta(days=3),
                case_id="inv-20811",
                text="ap.lead may decide up to 10,000.00 EUR, and 14,200.00 EUR is at stake",
            ),
            RefusedView(at=now - timedelta(days=9), text="ap.lead cannot change their own limit"),
        ),
        facts=(FactView(label="Signs in", value="with a password"), FactView(label="API keys", value="1")),
        skills=(FactView(label="Foreign currency", value="level 2 of 5"),),
        keys=(
            KeyView(row="0" * 16, label="laptop", made=now - timedelta(days=40)),
            KeyView(row="1" * 16, label="", made=None),
        ),
        leaving=(FactView(label="ap.second", value="2"), FactView(label="finance.lead", value="1")),
        counted=True,
    )
    person = PersonPageView(
        shell=shell,
        person=LEAD,
        absences=(AWAY_SOON, replace(AWAY_SOON, stand_in="", row="")),
        private=private,
        chart=days_chart("when", "When ap.lead is there", SPANS, today=TODAY, until=UNTIL),
        does=("edit", "absence", "delegate", "disable", "key", "revoke"),
        team="Pays what suppliers are owed",
    )
    everyone = PeopleView(
        shell=shell, rows=ROWS, here=2, away=1, uncovered=("ap.third",), wide=True, adds=True
    )
    queues = QueuesView(
        shell=shell,
        figures=one_queue(shell).figures,
        acting=("scans",),
        adds=True,
        rows=(
            QueueRow(
                name="accounts-payable",
                owner="ap.lead",
                backup="finance.lead",
                strategy="least loaded",
                members=(("ap.lead", "here"), ("ap.third", "away"), ("old.clerk", "left")),
                waiting=31,
                at_risk=3,
                skills="vat 3",
                due="1 d",
                edits=True,
            ),
            QueueRow(
                name="scans",
                owner="scan.desk",
                backup="",
                members=(("scan.desk", "away"),),
                strategy="named",
                owned=False,
            ),
        ),
    )
    grant = GrantView(
        row="2" * 16,
        who="ap.lead",
        decides="approve payment",
        limit="10,000.00 EUR",
        grade="medium",
        notes=DECIDES[0].notes,
        above="finance.lead",
        second="from 5,000.00 EUR",
        write="reason, note",
        delegate="for 14 d",
        edits=True,
    )
    plain = replace(
        grant,
        who="every reviewer",
        limit="",
        grade="",
        notes=(),
        above="",
        write="",
        delegate="no",
        edits=False,
    )
    authority = AuthorityView(
        shell=shell,
        groups=(("", (plain,)), ("supplier-invoices", (grant, plain))),
        loans=(LOAN,),
        open=("triage: category",),
        all=True,
        adds=True,
    )
    absences = AbsencesView(
        shell=shell,
        rows=(AWAY_SOON, replace(AWAY_SOON, person="ap.third", now=True, stand_in="", row="")),
        away=1,
        chart=days_chart("absences", "Who is away", SPANS, today=TODAY, until=UNTIL),
    )
    roster = RosterView(
        shell=shell,
        lately=2,
        rows=(
            RevisionView(
                number=7,
                at=now,
                by="admin",
                because="promoted to lead",
                more=3,
                changes=("people.ap.lead.limit: 500 -> 900", "queues.scans.backup: priya.nair"),
            ),
            RevisionView(
                number=1, at=now - timedelta(days=400), by="people.yaml", because="taken from the file"
            ),
        ),
    )
    options = (OptionView(value="", label="none"), OptionView(value="payables", label="payables"))
    edit = EditView(
        shell=shell,
        title="Change ap.lead",
        sentence="What is changed here counts from the next decision on.",
        action="/people/ap.lead/edit",
        back="/people/ap.lead",
        submit="Save",
        rev=7,
        inputs=(
            InputView(name="name", label="Name, as people read it", value='Jonas "<Weber>'),
            InputView(
                name="roles",
                label="Roles",
                kind="checks",
                chosen=("owner",),
                options=(
                    OptionView(value="owner", label="owner"),
                    OptionView(value="auditor", label="auditor"),
                ),
            ),
            InputView(name="team", label="Team", kind="select", value="payables", options=options),
            InputView(
                name="skills",
                label="Skills",
                kind="lines",
                value="vat 3\nforeign-currency 2",
                about="A skill and its level on each line.",
            ),
            InputView(name="from", label="First day", kind="date", value="2026-12-01"),
            InputView(name="because", label="Why, for the record", about="For the history.", required=True),
        ),
    )
    refused = replace(
        edit,
        problems=("Somebody changed the same since you saw it: people.ap.lead.limit: 500 -> 900",),
        inputs=tuple(replace(one, problem=f"'{one.name}' does not fit.", about="") for one in edit.inputs),
    )
    leave = EditView(
        shell=shell,
        title="Disable ap.lead",
        sentence="In one step: nothing waits unowned.",
        danger=True,
        action="/people/ap.lead/disable",
        back="/people/ap.lead",
        submit="Disable ap.lead",
        rev=7,
        row="3" * 16,
        inputs=edit.inputs[-1:],
        told=("2 cases go to ap.second", "They are signed out, and their API keys stop."),
    )
    return {
        "people": everyone,
        "people-alone": replace(
            everyone, uncovered=(), away=0, query="nobody", rows=(), wide=False, adds=False
        ),
        "people-covered": replace(everyone, uncovered=(), wide=False),
        "person": person,
        "person-key": replace(person, made="sh_made-up-and-shown-once"),
        "person-quiet": replace(
            person,
            absences=(),
            chart=None,
            does=(),
            person=replace(LEAD, held=0, team="", called=""),
            private=PrivateView(
                limit="no limit of their own", decides=(), lone="ap.lead owns the queue scans", counted=True
            ),
        ),
        "person-idle": replace(
            person,
            private=replace(private, late=0, leaving=(), loans=(), keys=(), refused=()),
            does=("enable", "key"),
        ),
        "person-seen-by-others": replace(
            person, person=replace(ROWS[1], limit="", held=None), private=None, does=()
        ),
        "queues": queues,
        "queue": one_queue(shell),
        "queue-quiet": replace(
            one_queue(shell),
            acts="",
            late=(),
            rungs=(),
            edits=False,
            figures=StandingView(queues=1, waiting=0, at_risk=0, oldest=None, on_time=None),
        ),
        "queue-member": replace(one_queue(shell), late=None, acts="ap.lead"),
        "queues-here": replace(queues, acting=()),
        "queues-empty": replace(queues, acting=(), rows=(), adds=False),
        "authority": authority,
        "authority-mine": replace(authority, groups=(("", (plain,)),), all=False, adds=False, loans=()),
        "authority-complete": replace(authority, open=()),
        "authority-empty": replace(authority, groups=(), loans=()),
        "authority-mine-empty": replace(authority, groups=(), loans=(), all=False, adds=False),
        "absences": absences,
        "absences-later": replace(absences, away=0, chart=None),
        "absences-empty": replace(absences, away=0, rows=(), chart=None),
        "roster": roster,
        "roster-empty": replace(roster, rows=(), lately=0),
        "edit": edit,
        "edit-refused": refused,
        "edit-danger": leave,
    }
