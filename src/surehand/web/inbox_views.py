"""Views of the inbox: its rows, and how it is narrowed."""

from surehand.core.case import BESIDE
from surehand.core.oversight import Level
from surehand.core.precedence import of_rank
from surehand.core.showing import brief_path
from surehand.flow.context import Context
from surehand.flow.inbox import ORDERS, Pile, Wanted
from surehand.flow.plainly import plain_reasons
from surehand.store.desk import Waiting
from surehand.web import narrowing, watch_views
from surehand.web.desk_views import point_words, stake_view
from surehand.web.narrowing import FILTERS, Asked
from surehand.web.paging import cursor
from surehand.web.views import (
    ChipView,
    ConfidenceView,
    CountView,
    FilterView,
    InboxRow,
    InboxView,
    OptionView,
    ShellView,
)


def inbox_view(
    context: Context, shell: ShellView, found: Pile, asked: Asked, *, live: str = ""
) -> InboxView:  # fmt: skip
    """The list of what waits."""
    person, wanted = shell.person or "", asked.wanted
    rows = () if asked.faults else tuple(_inbox_row(context, row, person, found) for row in found.rows)
    return InboxView(
        shell=shell, view=wanted.view, queue=wanted.queue,
        views=tuple(CountView(key=name, count=count) for name, count in found.views.items()),
        queues=tuple(CountView(key=name, count=count) for name, count in found.queues.items()), rows=rows,
        total=None if asked.faults else found.total, overdue=0 if asked.faults else found.overdue,
        soon=0 if asked.faults else found.soon, decided=found.decided, overrides=found.overrides,
        following=None if asked.faults else _following(found, wanted),
        live=live, filter=_filter(context, asked),
        looked=None if asked.faults else found.looked, order=wanted.order,
        orders={one: _ordered(wanted, one) for one in ORDERS},
    )  # fmt: skip


def _ordered(wanted: Wanted, order: str) -> str:
    pairs = [pair for pair in narrowing.pairs_of(wanted) if pair[0] != "sort"]
    return narrowing.address(pairs, *([("sort", order)] if order != "due" else []))


def _following(found: Pile, wanted: Wanted) -> str | None:
    pairs = narrowing.pairs_of(wanted)
    if found.skip is not None:
        return narrowing.address(pairs, ("skip", str(found.skip)))
    return narrowing.address(pairs, ("cursor", cursor(found.after))) if found.after is not None else None


def _filter(context: Context, asked: Asked) -> FilterView:
    pairs = narrowing.pairs_of(asked.wanted)
    chips = tuple(
        ChipView(name=name, value=value, href=narrowing.address([p for p in pairs if p != (name, value)]))
        for name, value in pairs
        if name in FILTERS
    )
    rest = [pair for pair in pairs if pair[0] not in FILTERS]
    processes = sorted(context.processes.current.items())
    return FilterView(
        processes=tuple(OptionView(value=name, label=one.map.title or name) for name, one in processes),
        given=asked.given, faults=asked.faults, chips=chips, clear=narrowing.address(rest),
        kept=tuple(OptionView(value=value, label=name) for name, value in rest),
    )  # fmt: skip


def _inbox_row(context: Context, row: Waiting, person: str, found: Pile) -> InboxRow:
    given = row.assignment
    until = given.snoozed_until
    unseen = given.kind == "check" and given.blind
    kind = given.kind if given.kind in ("decide", "answer", *BESIDE) else "exception"
    shows = kind in ("decide", "notice", "finding") and not given.blind
    return InboxRow(
        id=given.id, case_id=row.case_id, title=_title(row), process=row.process, point=point_words(given),
        why=_why(context, row), since=given.opened_at, due=given.due_at,
        stake=stake_view(context, row.process, row.stake, row.grade), level=given.level, kind=kind,
        href=brief_path(given), of=given.id if given.kind in BESIDE else "",
        confidence=ConfidenceView(value=row.confidence, limit=row.limit) if shows else None,
        owner=person if person in given.holders else given.person,
        claimable=row.case_id in found.claimable and person not in given.holders,
        precedence=of_rank(given.precedence).value,
        snoozed_until=until if until is not None and until > context.clock() else None,
        looking=() if unseen else tuple(found.viewers.get(row.case_id, ())),
        reserved=row.case_id in found.reserved,
    )  # fmt: skip


def _title(row: Waiting) -> str:
    if row.assignment.kind in ("exception", "repair"):
        what = point_words(row.assignment).replace("-", " ")
        trouble = f"{what} did not finish" if row.assignment.kind == "repair" else what
        return f"{row.title}: {trouble}" if row.grade is None else f"{trouble.capitalize()}: {row.title}"
    return row.title


def _why(context: Context, row: Waiting) -> str:
    given = row.assignment
    if given.kind == "answer":
        return f"{given.because}: {given.question or ''}"
    if given.kind in BESIDE:
        return watch_views.why(given)
    if given.level is Level.HUMAN and given.kind == "decide":
        process = context.processes.current.get(row.process)
        told = [
            reason.get("text", "") for reason in plain_reasons(process, row.assignment.about, row.reasons)
        ]
        return "; ".join(told) or "A person decides this alone."
    return given.because
