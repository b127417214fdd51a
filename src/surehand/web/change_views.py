"""Views of what changed around a reader since they were last here."""

from dataclasses import replace
from urllib.parse import quote

from fastapi import Request

from surehand.flow.changes import Changes, Happened, changes, lately
from surehand.web import session
from surehand.web.identity import context_of
from surehand.web.views import ChangedRow, ChangedView

#: Sentences that a side bar has room for.
_BRIEFLY = 3


def changed_for(request: Request, *, briefly: bool = False) -> ChangedView | None:
    """What changed for who looks at this page; None: nobody is signed in.

    briefly  the first of it, some minutes old, for a page that is opened all day
    """
    current = session.current(request)
    if current is None:
        return None
    found, zone = lately if briefly else changes, session.manner_of_reader(request).zone
    view = changed_view(found(context_of(request), current.person, before=current.before, zone=zone))
    rows = view.rows[:_BRIEFLY] if briefly else view.rows
    return replace(view, rows=rows, more=view.more + len(view.rows) - len(rows))


def changed_view(found: Changes) -> ChangedView:
    """What changed, as its sentences need it."""
    return ChangedView(
        since=found.since, last_here=found.last_here, more=found.more,
        rows=tuple(
            ChangedRow(
                what=one.kind, at=one.at, href=_href(one), tone=one.tone, of=one.of, point=one.point,
                by=one.by, text=one.text, names=one.names, until=one.until,
            )
            for one in found.found
        ),
    )  # fmt: skip


def _href(one: Happened) -> str:
    match one.kind:
        case "guarantee":
            return f"/guarantees/{quote(one.of, safe='')}/{quote(one.point, safe='')}"
        case "away":
            return "/absences"
        case "published" | "policy":
            return "/processes"
        case _:
            return "/stop"
