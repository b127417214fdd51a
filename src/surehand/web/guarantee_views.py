"""Views of guarantees."""

from collections.abc import Collection, Sequence

from surehand.core.guarantee import Status
from surehand.flow.reporting import GuaranteeReport, GuaranteeSummary, News
from surehand.web.charts import Sign, course_chart, curve_chart, reliability_chart
from surehand.web.speech import said
from surehand.web.views import GuaranteeRow, GuaranteesView, GuaranteeView, NewsView, ShellView, StateView

_STATES = {
    Status.SHADOW: (said("Shadow"), ""),
    Status.PROVISIONAL: (said("Provisional"), "warn"),
    Status.HOLDING: (said("Holding"), "ok"),
    Status.SURGING: (said("Surging"), "warn"),
    Status.TIGHTENED: (said("Tightened"), "warn"),
    Status.STOPPED: (said("Stopped"), "bad"),
    Status.REFUSED: (said("Refused"), "bad"),
    Status.UNPROVEN: (said("Unproven"), "warn"),
}


def state_of(status: str) -> StateView:
    """Where a guarantee stands, in a word."""
    label, tone = _STATES[Status(status)]
    return StateView(label=label, tone=tone)


def guarantees_view(
    shell: ShellView, found: Sequence[GuaranteeSummary], news: Collection[tuple[str, str]]
) -> GuaranteesView:
    """The list."""
    rows = tuple(
        GuaranteeRow(summary=one, state=state_of(one.status), news=(one.process, one.point) in news)
        for one in found
    )
    return GuaranteesView(shell=shell, rows=rows)


def guarantee_view(shell: ShellView, found: GuaranteeReport) -> GuaranteeView:
    """One of them, with its charts."""
    signs = [Sign(change.kind, change.judged) for change in found.alarms]
    return GuaranteeView(
        shell=shell, report=found, state=state_of(found.status), mine=shell.person == found.owner,
        course=course_chart(found.course, signs, error=found.borne) if found.course else None,
        curve=curve_chart(
            found.curve, error=found.borne, now=found.coverage, then=found.outlook.coverage
        ) if found.curve else None,
        reliability=reliability_chart(found.calibration) if found.calibration else None,
    )  # fmt: skip


def news_views(found: Sequence[News]) -> tuple[NewsView, ...]:
    """What an owner has not read yet, for their first page."""
    return tuple(
        NewsView(
            process=one.process, point=one.point, text=one.last.text, tone=one.last.tone, at=one.last.at,
            before=one.before, up_to=one.last.id,
        )
        for one in found
    )  # fmt: skip
