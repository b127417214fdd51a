"""The seven parts of a brief."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from surehand.web.views.diffs import DiffView
from surehand.web.views.handling import HandlingView
from surehand.web.views.remarks import LackView
from surehand.web.views.shell import ConfidenceView, FactView, OptionView, StakeView


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHead:
    """The bar on top of a brief, and what a verdict is made on.

    round      the round that the page shows; rev the version of the case; digest of what would run
    position   (place, of) in the reader's work, None when it is not in there
    previous, following  paths for K and J
    owner      who has it; claimable: the reader may claim it
    also       who has it beside them: whoever is first decides
    of         the assignment, where it is not what the case waits for
    handling   what the reader may do with it other than decide it
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
    also: str = ""
    position: tuple[int, int] | None = None
    previous: str | None = None
    following: str | None = None
    of: str = ""
    handling: HandlingView = field(default_factory=HandlingView)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """Part 1: what is asked.

    kind      'choice', 'several', 'ranking', 'open', 'yes_no', 'number', 'text' or 'fields', which stand
              beside it
    question  'Pay 4,135.78 EUR to Specimen Paper Ltd?'
    effect    what happens then: 'Paying books a transfer for the due date.'
    choices   radios, none preselected; empty hides them (a review where approve and reject say it all)
    known     answers of an open list that people gave before; another may be written
    names     what there is to rank
    places    how many of them are picked, the best first
    chosen    what this person had chosen before, after a refused verdict; else ''
    picked    the same of a list
    unit      of a number
    text      the draft, for 'text'
    diff      what this person had changed in it
    """

    kind: str
    question: str
    stake: StakeView
    effect: str = ""
    choices: tuple[OptionView, ...] = ()
    known: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    places: int = 0
    chosen: str = ""
    picked: tuple[str, ...] = ()
    unit: str = ""
    text: str = ""
    diff: DiffView | None = None


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
    rests    index of a reason -> numbers of what it rests on in the sources; of all of them together: -1
    """

    label: str
    confidence: ConfidenceView
    reasons: tuple[str, ...] = ()
    alternatives: tuple[AlternativeView, ...] = ()
    source: str = ""
    rests: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """A decision that was taken without a person: what became of it, and until when it can be overridden."""

    label: str
    text: str
    until: datetime | None = None
    tone: str = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """Part 3, one field of the case.

    name        sent as `field.NAME`
    label       'Due date'; unit is added after a comma: 'Total, EUR'
    value       as a person would type it; '' when it is missing
    type        text, number, integer, yes_no, money, date, timestamp or texts
    confidence  of the reading, in [0, 1]; None when nothing was read
    check       a person must look: it grows, and says why in `because`
    missing     it was looked for on the document and not found
    checked     the person has already ticked 'It is right' (sent as `checked`, value NAME)
    suggestion  the reader's second choice, with a button
    choices     when only some values are allowed
    evidence    number of the box on the document, or of the mark in a text; None: none
    error       why the value was refused
    source      it is a text that stands among the sources, and is folded here
    diff        what the person had changed in a long text
    """

    name: str
    label: str
    value: str
    type: str = "text"
    unit: str = ""
    confidence: float | None = None
    check: bool = False
    missing: bool = False
    checked: bool = False
    because: str = ""
    suggestion: str = ""
    editable: bool = True
    required: bool = False
    choices: tuple[str, ...] = ()
    evidence: int | None = None
    error: str = ""
    source: bool = False
    diff: DiffView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainField:
    """A field without any trace of how sure a model was: for the human level and for exceptions.

    evidence  number of the box on the document, or of the mark in a text; None at the human level, which
              has neither
    absent    of a field to be entered: somebody ticked that the source does not show it
    source    it is a text that stands among the sources, and is folded here
    """

    name: str
    label: str
    value: str = ""
    type: str = "text"
    absent: bool = False
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    about: str = ""
    evidence: int | None = None
    error: str = ""
    source: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A fact that is a list of objects, such as the lines of an invoice. It is read, not edited.

    heads  of the columns, with True where figures stand in it
    more   rows that are left out
    """

    label: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsView:
    """Part 3: what is known. `fields` may be edited, `given` not; `looked_up` is from systems of record."""

    fields: tuple[FieldView, ...] = ()
    tables: tuple[TableView, ...] = ()
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
    """One earlier case of the same subject, or a precedent.

    decision  what was decided; of a precedent, what a person answered
    outcome   what became of it
    process   where it is one of another process, in words
    """

    case_id: str
    at: datetime
    title: str
    decision: str
    amount: Decimal | None = None
    outcome: str = ""
    process: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinView:
    """A near duplicate.

    same      in what it agrees, in words: 'number and sum'
    decision  '' is not told
    compare   address of the brief with its document beside the case's own; '' where there is none to show
    """

    case_id: str
    at: datetime
    same: str
    decision: str = ""
    compare: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedView:
    """What near duplicates were looked for by.

    days, names  the same facts of these names, in so many days; '' where none identifies a matter
    sum_days     the same sum, in so many days; 0: no sum is at stake
    whole        False: only the latest cases of the subject were looked at
    """

    days: int
    names: str
    sum_days: int
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """Part 5: what happened before.

    subject     whom or what the case is about, in words; '' when the map names none
    cases       of the same subject, the latest first
    elsewhere   of the same subject in other processes
    currency    of their amounts, shown once in the head of the column
    twins       near duplicates
    looked      what they were looked for by; None: by nothing
    """

    subject: str = ""
    cases: tuple[PastCase, ...] = ()
    currency: str = ""
    elsewhere: tuple[PastCase, ...] = ()
    twins: tuple[TwinView, ...] = ()
    looked: LookedView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecedentsView:
    """Alike cases that people decided. On a page that is decided blind there is no place for them.

    flagged   they are alike in why they came to a person; else in the recommendation alone
    currency  of their amounts
    answers   what people answered in them, with how often
    """

    cases: tuple[PastCase, ...] = ()
    flagged: bool = False
    currency: str = ""
    answers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletenessView:
    """How many of the parts it should have a brief has, and what it lacks: names of `completeness.Lack`."""

    there: int
    of: int
    lacks: tuple[str, ...] = ()


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
    needs       what desk.js waits for before it is ready: 'checked', 'value', 'reason', 'note', 'question',
                'fields'
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
    noted            a note is required, by the reader's authority
    undo             how long the verdict can be taken back before anything runs; None: not at all
    afterwards       what can still be done later: 'The payment can be cancelled until 21 Nov, 14:00.'
    reason, note, question  what this person had written before: a refused verdict, or a draft
    kept_at          when that was kept as a draft; None where it is none
    tags, tagged     what the answer may be marked as, and what this person had ticked before
    lack             what they may say that the brief lacks; None: they may not
    """

    actions: tuple[ActionView, ...] = ()
    reasons: tuple[OptionView, ...] = ()
    reason_always: bool = True
    noted: bool = False
    undo: timedelta | None = None
    afterwards: str = ""
    refused: str = ""
    reason: str = ""
    note: str = ""
    question: str = ""
    kept_at: datetime | None = None
    tags: tuple[OptionView, ...] = ()
    tagged: tuple[str, ...] = ()
    lack: LackView | None = None
