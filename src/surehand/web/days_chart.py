"""A small chart of days: a row for each name, a bar for each span of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from surehand.web.charts import Chart, Plane

_WIDTH, _LEFT, _ROW, _BAR = 1030, 130, 24, 12
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Span:
    """Some days of a row: first and last, the kind of bar, and a few words beside it."""

    row: str
    kind: str
    start: date
    until: date
    label: str = ""


def days_chart(name: str, title: str, spans: Sequence[Span], *, today: date, until: date) -> Chart:
    """Spans of days from this week on; what lies outside is cut off."""
    rows = list(dict.fromkeys(span.row for span in spans))
    first = today - timedelta(days=today.weekday())
    days = (until - first).days
    height = 18 + _ROW * len(rows) + 6
    plane = Plane(_LEFT, _WIDTH - 20, height, 0, 0, days, 0, 1)
    for week in range(0, days + 1, 7):
        at = plane.x(week)
        monday = first + timedelta(days=week)
        plane.text(f"{monday.day} {_MONTHS[monday.month - 1]}", at, 10)
        plane.line("ax", [(week, 0), (week, 1 - 14 / height)])
    for number, row in enumerate(rows):
        top = 24 + number * _ROW
        plane.text(row[:20], 0, top + 10)
        for span in spans:
            if span.row != row or span.until < first or span.start > until:
                continue
            start, end = (span.start - first).days, (span.until - first).days + 1
            plane.rect(span.kind, start, end, top, top + _BAR)
            if not span.label:
                continue
            right = plane.x(end)
            if right + 7 * len(span.label) < _WIDTH:
                plane.text(span.label, right + 6, top + 10)
            else:
                plane.text(span.label, plane.x(start) - 6, top + 10, anchor="end")
    plane.line("now", [((today - first).days + 0.5, 0), ((today - first).days + 0.5, 1 - 14 / height)])
    text = "; ".join(
        f"{span.row}: {_day(span.start)} to {_day(span.until)}{', ' if span.label else ''}{span.label}"
        for span in spans
    )
    return Chart(
        name=name, title=title, text=f"{text}.", width=_WIDTH, height=height, shapes=tuple(plane.shapes),
        wide=True,
    )  # fmt: skip


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"
