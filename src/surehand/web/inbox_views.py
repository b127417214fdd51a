"""Views of the inbox: its rows, and how it is narrowed."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from html import unescape
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment

from surehand.core.case import BESIDE
from surehand.core.formats import Manner
from surehand.core.oversight import Level
from surehand.core.precedence import of_rank
from surehand.core.showing import brief_path
from surehand.flow import handling, inbox
from surehand.flow.context import Context
from surehand.flow.inbox import ORDERS, Pile, Pulse, Wanted
from surehand.flow.plainly import plain_reasons
from surehand.flow.selected import TASKS, UNDO
from surehand.store.desk import Waiting
from surehand.store.handled import Handled
from surehand.store.saved import Saved
from surehand.web import narrowing, watch_views
from surehand.web.desk_views import point_words, stake_view, title_of
from surehand.web.formatting import counted
from surehand.web.handling_views import later
from surehand.web.narrowing import FILTERS, Asked
from surehand.web.paging import cursor
from surehand.web.views import (
    BulkView,
    ChangedView,
    ChipView,
    ConfidenceView,
    CountView,
    DoneView,
    FilterView,
    HeadingView,
    InboxRow,
    InboxView,
    OptionView,
    SavedView,
    ShellView,
)

#: People who are offered to hand several cases on to.
_OFFERED = 100


def inbox_view(
    context: Context, shell: ShellView, found: Pile, asked: Asked, *, live: str = "", here: str = "/inbox",
    saved: tuple[SavedView, ...] = (), name: str = "", done: DoneView | None = None,
    changed: ChangedView | None = None,
) -> InboxView:  # fmt: skip
    """The list of what waits. Where something cannot be looked for, nothing is listed."""
    person, wanted = shell.person or "", asked.wanted
    listed = not asked.faults
    rows = tuple(_inbox_row(context, row, person, found) for row in found.rows) if listed else ()
    return InboxView(
        shell=shell, view=wanted.view, queue=wanted.queue,
        views=tuple(CountView(key=name, count=count) for name, count in found.views.items()),
        queues=tuple(CountView(key=name, count=count) for name, count in found.queues.items()), rows=rows,
        total=found.total if listed else None, overdue=found.overdue if listed else 0,
        soon=found.soon if listed else 0, decided=found.aside.decided, overrides=found.aside.overrides,
        following=_following(found, wanted) if listed else None, live=live if listed else "",
        filter=_filter(context, asked), looked=found.looked if listed else None, order=wanted.order,
        orders={one: _ordered(wanted, one) for one in ORDERS}, saved=saved, name=name,
        query=urlencode(narrowing.pairs_of(wanted)), bulk=_bulk(context, found, rows, here, shell.manner),
        done=done, changed=changed,
    )  # fmt: skip


def _bulk(context: Context, found: Pile, rows: tuple[InboxRow, ...], here: str, manner: Manner) -> BulkView:
    can = tuple(task for task in TASKS if any(task in row.can for row in rows))
    mine = [row.due for row in rows if "snooze" in row.can]
    given = {row.id for row in rows if "reassign" in row.can}
    queues = {row.assignment.queue for row in found.rows if row.assignment.id in given}
    names = sorted({name for queue in queues for name in context.people.everybody(queue)})
    return BulkView(
        can=can, later=tuple(later(context.clock(), max(mine), manner)) if mine else (),
        receivers=tuple(names[:_OFFERED]), here=here,
    )  # fmt: skip


def _can(context: Context, row: Waiting, person: str, found: Pile) -> tuple[str, ...]:
    """What may be tried with it: each verb asks for the authority itself."""
    given, process = row.assignment, context.processes.current.get(row.process)
    if given.kind == "answer" or process is None:
        return ()
    mine, claimable = given.person == person, row.case_id in found.claimable
    answers = handling.answers(context, person, given.queue, process.map.owner)
    may = {
        "claim": claimable and not mine, "snooze": mine, "release": mine, "reassign": answers,
        "priority": mine or claimable or answers,
    }  # fmt: skip
    return tuple(task for task in TASKS if may[task])


def saved_views(context: Context, person: str, kept: Sequence[Saved], zone: tzinfo) -> tuple[SavedView, ...]:
    """A reader's saved views with their counts; one that asks for what is not there any more says so."""
    asked = [narrowing.stored(context, person, one.query, zone) for one in kept]
    counts = iter(inbox.counts(context, person, [one.wanted for one, gone in asked if not gone]))
    views = []
    for one, (_, gone) in zip(kept, asked, strict=True):
        counted = None if gone else next(counts)
        views.append(
            SavedView(
                name=one.name, href=f"/inbox?{urlencode({'saved': one.name})}", gone=gone,
                count=counted.count if counted else None, more=counted.more if counted else False,
            )
        )  # fmt: skip
    return tuple(views)


def done_view(one: Handled | None, now: datetime) -> DoneView | None:
    """What somebody just did."""
    if one is None:
        return None
    undone = one.what == "put_back"
    left = (one.at + UNDO - now).total_seconds()
    can = not undone and any("was" in entry for entry in one.body["done"])
    return DoneView(
        id=one.id, what=str(one.body.get("undone", one.what)), count=len(one.body["done"]), undone=undone,
        refused=tuple((str(entry["case"]), str(entry["because"])) for entry in one.body["refused"]),
        seconds=max(0, int(left)) if can else 0,
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
        id=given.id, case_id=row.case_id, title=title_of(row), process=row.process, point=point_words(given),
        why=_why(context, row), since=given.opened_at, due=given.due_at,
        stake=stake_view(context, row.process, row.stake, row.grade), level=given.level, kind=kind,
        href=brief_path(given), of=given.id if given.kind in BESIDE else "",
        confidence=ConfidenceView(value=row.confidence, limit=row.limit) if shows else None,
        owner=person if person in given.holders else given.person,
        claimable=row.case_id in found.claimable and person not in given.holders,
        precedence=of_rank(given.precedence).value,
        snoozed_until=until if until is not None and until > context.clock() else None,
        looking=() if unseen else tuple(found.viewers.get(row.case_id, ())),
        reserved=row.case_id in found.reserved and not unseen, decided_by=given.pending_by or "",
        can=_can(context, row, person, found),
    )  # fmt: skip


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


def told_view(
    templates: Environment, shell: ShellView, found: Pulse, asked: Asked, saved: tuple[SavedView, ...]
) -> dict[str, Any]:
    """What inbox.js is told: counts in words as the page shows them, and what became of rows."""
    formats = shell.manner.formats
    counts = {f"view {name}": counted(count, formats) for name, count in found.views.items()}
    counts |= {f"queue {name}": counted(count, formats) for name, count in found.queues.items()}
    for one in saved:
        if one.count is not None:
            counts[f"saved {one.name}"] = f"{counted(one.count, formats)}{'+' if one.more else ''}"
    view = HeadingView(
        total=found.total, overdue=found.overdue, soon=found.soon, filtered=bool(asked.given),
        faulty=bool(asked.faults),
    )  # fmt: skip
    heading = ""
    if found.total is not None:
        heading = templates.get_template("inbox_told.html").render(view=view, shell=shell)
    return {
        "new": found.newer, "counts": counts, "told": " ".join(unescape(heading).split()),
        "has": dict(found.has), "decided": dict(found.decided),
    }  # fmt: skip
