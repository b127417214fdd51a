"""Briefs with texts among their sources."""

from dataclasses import replace
from datetime import timedelta

from surehand.web.diffs import diff_view
from surehand.web.views import (
    BriefView,
    CaseView,
    ChangeView,
    ConfidenceView,
    ConflictView,
    DecisionView,
    FactView,
    FieldView,
    FlagView,
    HumanBriefView,
    MarkView,
    OptionView,
    PageView,
    PieceView,
    RecommendationView,
    StakeView,
    TextPartView,
    TextsView,
    TextView,
    TimelineEntry,
)


def piece(text: str, number: int = 0, target: str = "", label: str = "", *, low: bool = False) -> PieceView:
    mark = MarkView(number=number, target=target, label=label, low=low) if number else None
    return PieceView(text=text, mark=mark)


def marked(first: int, *fields: str) -> tuple[PieceView, ...]:
    """A mail whose numbers begin with `first`, and in which two fields were read."""
    one, other = fields
    return (
        piece("Hello,\n\nyou "),
        piece("took 380.00 EUR twice on 14 November", first, "r-1", "Reason 1"),
        piece(", once in the morning and once at night. I attach the statement. On top of that I had "),
        piece("cancelled the yearly plan in October", first + 1, "r-2", "Reason 2"),
        piece(", and your chat said the first charge would be the last.\n\nMy contract is "),
        piece("41-207", first + 2, f"f-{one}", one.capitalize(), low=True),
        piece("", first + 3, f"f-{other}", other.capitalize()),
        piece(
            ". I would like one of the two back by Friday, otherwise I will ask my bank to reverse both.\n\n"
        ),
        piece("The data export I asked for last week has also not come, but that can wait.\n\nRegards"),
    )


MAIL = marked(1, "contract", "customer")
REST = "Please cancel my yearly plan. " * 60


DRAFT = """Hello, thank you for the precise report. Exports of more than 5,000 rows fail since 19 November.

We found the cause, a time limit in the export service. A fix will be live by Monday, 23 November, 12:00.

With kind regards, customer support"""
SENT = DRAFT.replace(
    "A fix will be live by Monday, 23 November, 12:00.",
    "A fix is in test; we write again on Monday, with a date.",
)


def draft_pages(brief: BriefView, case: CaseView, conflict: ConflictView) -> dict[str, PageView]:
    """A draft as it came, and as somebody changed it: while they write, in the story, and too late."""
    diff = diff_view(DRAFT, SENT)
    approve, edit = (replace(one, needs=(), ready=True) for one in brief.actions.actions[:2])
    page = replace(
        brief, document=None,
        texts=TextsView(
            texts=(
                TextView(
                    field="text", label="Text", letters=40, heads=(("Sender", "customer 52-118"),),
                    parts=(TextPartView(number=1, pieces=(piece("Exports over 5,000 rows stop at 60 %."),)),),
                ),
            )
        ),
        decision=DecisionView(
            kind="text", question="Send this reply to customer 52-118?", text=DRAFT,
            stake=StakeView(grade="high"), effect="It goes out by e-mail and cannot be called back.",
        ),
        recommendation=RecommendationView(
            label="As it is drafted below", source="reply-writer 3",
            confidence=ConfidenceView(value=0.71, limit=0.95),
        ),
        facts=replace(brief.facts, fields=(), looked_up=()),
        actions=replace(brief.actions, actions=(approve, edit, *brief.actions.actions[2:])),
    )  # fmt: skip
    sent = TimelineEntry(
        seq=6, at=case.entries[-1].at, voice="person", what="decided otherwise:", who="ap.lead",
        hash="9f" * 32,
        changes=(ChangeView(label="answer mail", before="Hello, ...", after="Hello, ...", diff=diff),),
    )  # fmt: skip
    theirs = replace(conflict.decided or conflict.yours, verdict="Approve", text=DRAFT)
    return {
        "draft": page,
        "draft-changed": replace(page, decision=replace(page.decision, chosen=SENT, diff=diff)),
        "case-rewritten": replace(case, entries=(*case.entries[:5], sent)),
        "conflict-texts": replace(
            conflict, decided=theirs, yours=replace(conflict.yours, verdict="Approve", text=SENT), diff=diff
        ),
    }  # fmt: skip


def source_pages(brief: BriefView, human: HumanBriefView) -> dict[str, PageView]:
    """By name."""
    mail = TextView(
        field="text", label="Text", letters=486, parts=(TextPartView(number=1, pieces=MAIL),),
        heads=(
            ("Sender", "customer 41-207"), ("Subject", "Charged twice"),
            ("Received at", brief.shell.now - timedelta(hours=2)),
        ),
    )  # fmt: skip
    texts = TextsView(texts=(mail,), href="/cases/inv-20944/brief?")
    fields = (
        FieldView(
            name="contract", label="Contract", value="41-207", confidence=0.61, check=True, evidence=3,
            because="The reader was not sure: compare it with the document.", suggestion="41-201",
        ),
        FieldView(name="customer", label="Customer", value="41-207", confidence=0.97, evidence=4),
        FieldView(name="text", label="Text", value="Hello,\n\nyou took", type="texts", source=True),
    )  # fmt: skip
    recommendation = RecommendationView(
        label="Charged twice", confidence=ConfidenceView(value=0.52, limit=0.9),
        reasons=("Two debits of the same amount on one day.", "The plan was cancelled before either."),
        source="text-classifier 9", rests={0: (1,), 1: (2,), -1: (3, 4)},
    )  # fmt: skip
    triage = replace(
        brief, head=replace(brief.head, title="Support · customer 41-207"),
        decision=DecisionView(
            kind="choice", question="Where does this ticket belong?", stake=StakeView(grade="medium"),
            effect="Filing sends it to a team and starts their clock.",
            choices=tuple(
                OptionView(value=name.lower(), label=name)
                for name in ("Charged twice", "After cancelling", "Wrong amount", "Goodwill")
            ),
        ),
        level="assist", recommendation=recommendation, document=None, texts=texts,
        facts=replace(brief.facts, fields=fields), flags=(FlagView(text="52 is below the limit 90"),),
    )  # fmt: skip
    many = replace(
        texts,
        texts=(
            replace(mail, last=3, letters=11_400, parts=(
                mail.parts[0], TextPartView(number=3, pieces=(piece(REST),)),
            )),
            TextView(
                field="chat", label="Chat", first=4, last=6, letters=9_000,
                heads=(("Sender", "chat assistant"),),
                parts=(TextPartView(number=4, pieces=(piece("Your plan ends on 31 October.\n" * 3),)),),
            ),
            TextView(
                field="letter", label="\u05de\u05db\u05ea\u05d1", first=7, last=7, letters=20,
                parts=(TextPartView(number=7, pieces=(piece("\u05e9\u05dc\u05d5\u05dd, 380.00"),)),),
            ),
        ),
    )  # fmt: skip
    pair = replace(
        brief,
        texts=replace(
            texts,
            texts=(replace(mail, parts=(TextPartView(number=1, pieces=marked(5, "urgent", "terms")),)),),
        ),
        recommendation=replace(brief.recommendation, rests={0: (5,), 1: (6,)}),
    )  # fmt: skip
    plain = replace(
        texts, texts=tuple(
            replace(one, parts=tuple(
                replace(part, pieces=tuple(replace(p, mark=None) for p in part.pieces)) for part in one.parts
            ))
            for one in many.texts
        ),
    )  # fmt: skip
    return {
        "triage": triage,
        "triage-many": replace(triage, texts=many),
        "brief-pair": pair,
        "human-text": replace(
            human, document=None, texts=plain, given=(FactView(label="Channel", value="e-mail"),)
        ),
        "human-pair": replace(human, texts=plain),
    }
