"""What each page shows: one frozen dataclass a page, carrying plain values that are ready to render.

Routes fill these, `surehand.web.rendering` turns them into HTML. Times are aware UTC, sums are `Decimal`,
shares lie in [0, 1]. Text from a case stays as it is: templates escape it. A view never holds more than its
page may show, so what a person must not see cannot leak through a template.
"""

from surehand.web.views.briefs import AnswerView, BriefView, ExceptionView, HumanBriefView
from surehand.web.views.capacity import CapacityView, QueueView
from surehand.web.views.diffs import ChangesView, DiffView, RewrittenView
from surehand.web.views.documents import (
    DocumentView,
    EvidenceView,
    LineView,
    MarkView,
    PieceView,
    SheetView,
    TextPartView,
    TextsView,
    TextView,
)
from surehand.web.views.guarantees import GuaranteeRow, GuaranteesView, GuaranteeView
from surehand.web.views.handling import HandlingView
from surehand.web.views.inbox import (
    BulkView,
    ChipView,
    CountView,
    DoneView,
    FilterView,
    HeadingView,
    InboxRow,
    InboxView,
    SavedView,
)
from surehand.web.views.lists import (
    CaseRow,
    CasesView,
    ChangedRow,
    ChangedView,
    HelpView,
    HomeView,
    NeedView,
    NewsView,
    NextRow,
    ProcessesView,
    ProcessRow,
    ShareView,
    SigninView,
    StepView,
)
from surehand.web.views.messages import (
    ChannelRow,
    ChannelsView,
    MessageRow,
    MessagesView,
    MeView,
    ReadingView,
    WayView,
)
from surehand.web.views.people import (
    AbsencesView,
    AbsenceView,
    AllowanceView,
    AuthorityView,
    EditView,
    GrantView,
    HeldView,
    HereView,
    InputView,
    KeyView,
    LoanView,
    PeopleView,
    PersonPageView,
    PersonRow,
    PrivateView,
    QueueRow,
    QueuesView,
    RefusedView,
    RevisionView,
    RosterView,
)
from surehand.web.views.queues import LateView, MemberView, QueueNowView, RungsView, StandingView
from surehand.web.views.remarks import LacksRow, LackView, ProposalView, QuoteView, RemarksView
from surehand.web.views.seven import (
    ActionsView,
    ActionView,
    AlternativeView,
    CaseHead,
    CompletenessView,
    DecisionView,
    FactsView,
    FieldView,
    FlagView,
    HistoryView,
    LookedView,
    PastCase,
    PlainField,
    PolicyView,
    PrecedentsView,
    RecommendationView,
    TableView,
    ToldView,
    TwinView,
)
from surehand.web.views.shell import (
    AboveView,
    ConfidenceView,
    FactView,
    OptionView,
    PendingView,
    PersonView,
    ShellView,
    StakeView,
    StateView,
    StoppedView,
)
from surehand.web.views.stops import EndedStop, StandingStop, StopConfirmView, StopsView
from surehand.web.views.stories import (
    AxesView,
    CaseView,
    CellView,
    ChangeView,
    ConflictView,
    ErrorView,
    FaultView,
    GradeRowView,
    GridView,
    OutcomeView,
    PartView,
    ProofView,
    TimelineEntry,
    VerdictView,
    VersionView,
)
from surehand.web.views.tours import CentView, FindingView, LearnedField, LessonView, TourView

#: A page, as `surehand.web.rendering` takes it.
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
    | TourView
    | RemarksView
    | GuaranteesView
    | GuaranteeView
    | CapacityView
    | StopsView
    | StopConfirmView
    | MessagesView
    | MeView
    | ChannelsView
    | PeopleView
    | PersonPageView
    | QueuesView
    | QueueNowView
    | AuthorityView
    | AbsencesView
    | RosterView
    | EditView
    | HelpView
    | ChangesView
    | AboveView
)

__all__ = [
    "AboveView",
    "AbsenceView",
    "AbsencesView",
    "ActionView",
    "ActionsView",
    "AllowanceView",
    "AlternativeView",
    "AnswerView",
    "AuthorityView",
    "AxesView",
    "BriefView",
    "BulkView",
    "CapacityView",
    "CaseHead",
    "CaseRow",
    "CaseView",
    "CasesView",
    "CellView",
    "CentView",
    "ChangeView",
    "ChangedRow",
    "ChangedView",
    "ChangesView",
    "ChannelRow",
    "ChannelsView",
    "ChipView",
    "CompletenessView",
    "ConfidenceView",
    "ConflictView",
    "CountView",
    "DecisionView",
    "DiffView",
    "DocumentView",
    "DoneView",
    "EditView",
    "EndedStop",
    "ErrorView",
    "EvidenceView",
    "ExceptionView",
    "FactView",
    "FactsView",
    "FaultView",
    "FieldView",
    "FilterView",
    "FindingView",
    "FlagView",
    "GradeRowView",
    "GrantView",
    "GridView",
    "GuaranteeRow",
    "GuaranteeView",
    "GuaranteesView",
    "HandlingView",
    "HeadingView",
    "HeldView",
    "HelpView",
    "HereView",
    "HistoryView",
    "HomeView",
    "HumanBriefView",
    "InboxRow",
    "InboxView",
    "InputView",
    "KeyView",
    "LackView",
    "LacksRow",
    "LateView",
    "LearnedField",
    "LessonView",
    "LineView",
    "LoanView",
    "LookedView",
    "MarkView",
    "MeView",
    "MemberView",
    "MessageRow",
    "MessagesView",
    "NeedView",
    "NewsView",
    "NextRow",
    "OptionView",
    "OutcomeView",
    "PageView",
    "PartView",
    "PastCase",
    "PendingView",
    "PeopleView",
    "PersonPageView",
    "PersonRow",
    "PersonView",
    "PieceView",
    "PlainField",
    "PolicyView",
    "PrecedentsView",
    "PrivateView",
    "ProcessRow",
    "ProcessesView",
    "ProofView",
    "ProposalView",
    "QueueNowView",
    "QueueRow",
    "QueueView",
    "QueuesView",
    "QuoteView",
    "ReadingView",
    "RecommendationView",
    "RefusedView",
    "RemarksView",
    "RevisionView",
    "RewrittenView",
    "RosterView",
    "RungsView",
    "SavedView",
    "ShareView",
    "SheetView",
    "ShellView",
    "SigninView",
    "StakeView",
    "StandingStop",
    "StandingView",
    "StateView",
    "StepView",
    "StopConfirmView",
    "StoppedView",
    "StopsView",
    "TableView",
    "TextPartView",
    "TextView",
    "TextsView",
    "TimelineEntry",
    "ToldView",
    "TourView",
    "TwinView",
    "VerdictView",
    "VersionView",
    "WayView",
]
