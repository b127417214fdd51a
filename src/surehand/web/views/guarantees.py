"""Guarantees: the list, and the page of each."""

from dataclasses import dataclass

from surehand.flow.reporting import GuaranteeReport, GuaranteeSummary
from surehand.web.charts import Chart
from surehand.web.views.shell import ShellView, StateView


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeRow:
    """A guarantee in the list.

    news  it has changes that the reader answers for and has not read
    """

    summary: GuaranteeSummary
    state: StateView
    news: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteesView:
    """All guarantees that the reader may see. GET /guarantees"""

    shell: ShellView
    rows: tuple[GuaranteeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeView:
    """A guarantee. GET /guarantees/PROCESS/POINT; POST .../read: csrf, up_to

    state        its status in a word
    course       None before anything was judged; curve, reliability: None before enough answers
    mine         the reader answers for it, and says that they have read what changed
    """

    shell: ShellView
    report: GuaranteeReport
    state: StateView
    course: Chart | None = None
    curve: Chart | None = None
    reliability: Chart | None = None
    mine: bool = False
