"""What each page shows: one frozen dataclass a page, carrying plain values that are ready to render.

Routes fill these, `surehand.web.rendering` turns them into HTML. Times are aware UTC, sums are `Decimal`,
shares lie in [0, 1]. Text from a case stays as it is: templates escape it. A view never holds more than its
page may show, so what a person must not see cannot leak through a template.
"""

from surehand.web.views.briefs import AnswerView, BriefView, ExceptionView, HumanBriefView
from surehand.web.views.capacity import CapacityView, QueueView
from surehand.web.views.documents import DocumentView, EvidenceView, LineView, SheetView
from surehand.web.views.guarantees import GuaranteeRow, GuaranteesView, GuaranteeView
from surehand.web.views.handling import HandlingView
from surehand.web.views.lists import (
    CaseRow,
    CasesView,
    CountView,
    HomeView,
    InboxRow,
    InboxView,
    NeedView,
    NewsView,
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
    ConfidenceView,
    FactView,
    OptionView,
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
)

__all__ = [
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
    "CapacityView",
    "CaseHead",
    "CaseRow",
    "CaseView",
    "CasesView",
    "CellView",
    "CentView",
    "ChangeView",
    "ChannelRow",
    "ChannelsView",
    "CompletenessView",
    "ConfidenceView",
    "ConflictView",
    "CountView",
    "DecisionView",
    "DocumentView",
    "EditView",
    "EndedStop",
    "ErrorView",
    "EvidenceView",
    "ExceptionView",
    "FactView",
    "FactsView",
    "FaultView",
    "FieldView",
    "FindingView",
    "FlagView",
    "GradeRowView",
    "GrantView",
    "GridView",
    "GuaranteeRow",
    "GuaranteeView",
    "GuaranteesView",
    "HandlingView",
    "HeldView",
    "HereView",
    "HistoryView",
    "HomeView",
    "HumanBriefView",
    "InboxRow",
    "InboxView",
    "InputView",
    "KeyView",
    "LateView",
    "LearnedField",
    "LessonView",
    "LineView",
    "LoanView",
    "LookedView",
    "MeView",
    "MemberView",
    "MessageRow",
    "MessagesView",
    "NeedView",
    "NewsView",
    "OptionView",
    "OutcomeView",
    "PageView",
    "PartView",
    "PastCase",
    "PeopleView",
    "PersonPageView",
    "PersonRow",
    "PersonView",
    "PlainField",
    "PolicyView",
    "PrecedentsView",
    "PrivateView",
    "ProcessRow",
    "ProcessesView",
    "ProofView",
    "QueueNowView",
    "QueueRow",
    "QueueView",
    "QueuesView",
    "RecommendationView",
    "RefusedView",
    "RevisionView",
    "RosterView",
    "RungsView",
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
    "TimelineEntry",
    "ToldView",
    "TourView",
    "TwinView",
    "VerdictView",
    "VersionView",
    "WayView",
]
