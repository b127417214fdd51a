"""Briefs: all that a person needs to decide, on one page."""

from dataclasses import dataclass, field
from datetime import datetime

from surehand.web.views.documents import DocumentView, TextsView
from surehand.web.views.seven import (
    ActionsView,
    CaseHead,
    CompletenessView,
    DecisionView,
    FactsView,
    FlagView,
    HistoryView,
    PlainField,
    PolicyView,
    PrecedentsView,
    RecommendationView,
    TableView,
    ToldView,
)
from surehand.web.views.shell import FactView, ShellView, StakeView


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    """All that a person needs to decide at `review` and `assist`, in seven parts. GET /cases/{id}/brief

    level     'review' or 'assist'; 'notify' where it was decided already
    told      what became of a decision that was taken already
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
    texts: TextsView | None = None
    compared: DocumentView | None = None
    problems: tuple[str, ...] = ()
    told: ToldView | None = None
    completeness: CompletenessView | None = None
    precedents: PrecedentsView = field(default_factory=PrecedentsView)


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanBriefView:
    """The brief at `human`: no recommendation, confidence, alternative or score has a place in it.

    fields  to look at and correct; flags must not repeat what a model said
    enters  the fields are to be entered from the source, and nothing of what was read is shown
    checks  a spot check: it was decided already, and how is compared afterwards
    """

    shell: ShellView
    head: CaseHead
    decision: DecisionView
    flags: tuple[FlagView, ...]
    history: HistoryView
    policy: tuple[PolicyView, ...]
    actions: ActionsView
    fields: tuple[PlainField, ...] = ()
    tables: tuple[TableView, ...] = ()
    given: tuple[FactView, ...] = ()
    looked_up: tuple[FactView, ...] = ()
    document: DocumentView | None = None
    texts: TextsView | None = None
    compared: DocumentView | None = None
    problems: tuple[str, ...] = ()
    checks: bool = False
    enters: bool = False
    completeness: CompletenessView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionView:
    """A case that left the main path: a mapped exception, or a field that is missing.

    name     of the exception, such as missing-po
    heading  what is wrong, a sentence: 'This invoice names no order.'
    because  why that stops it
    todo     what to do, a sentence
    supply   the fields that would let it continue
    actions  continue (verb approve or edit, as the route wants), reject, ask, escalate
    """

    shell: ShellView
    head: CaseHead
    name: str
    heading: str
    stake: StakeView
    because: str = ""
    todo: str = ""
    supply: tuple[PlainField, ...] = ()
    tables: tuple[TableView, ...] = ()
    given: tuple[FactView, ...] = ()
    looked_up: tuple[FactView, ...] = ()
    flags: tuple[FlagView, ...] = ()
    history: HistoryView = field(default_factory=HistoryView)
    policy: tuple[PolicyView, ...] = ()
    actions: ActionsView = field(default_factory=ActionsView)
    document: DocumentView | None = None
    texts: TextsView | None = None
    compared: DocumentView | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """A request for information to the reader. POST /cases/{id}/answer: csrf, round, rev, answer

    then    what happens after the answer: 'ap.lead decides.'
    answer  what was written before: a refused one, or a draft
    kept_at  when it was kept as a draft
    """

    shell: ShellView
    head: CaseHead
    asked_by: str
    asked_at: datetime
    question: str
    then: str = ""
    given: tuple[FactView, ...] = ()
    document: DocumentView | None = None
    texts: TextsView | None = None
    answer: str = ""
    kept_at: datetime | None = None
    problems: tuple[str, ...] = ()
