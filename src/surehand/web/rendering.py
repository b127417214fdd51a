"""Views into HTML: the Jinja2 environment, its filters, and which template draws which view."""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from surehand.core.outlook import in_months, rounded
from surehand.core.oversight import Level
from surehand.core.phrases import words
from surehand.store.desk import COUNTED
from surehand.web import views
from surehand.web.sheets import drawing, rows_of

STATIC = Path(__file__).parent / "static"

_UTC = ZoneInfo("UTC")
_SOON = timedelta(hours=2)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: Which template draws which view. The human level has its own, so that there is nothing to hide in it.
TEMPLATES: Mapping[type, str] = {
    views.SigninView: "signin.html",
    views.HomeView: "home.html",
    views.TourView: "tour.html",
    views.InboxView: "inbox.html",
    views.BriefView: "brief.html",
    views.HumanBriefView: "human.html",
    views.ExceptionView: "exception.html",
    views.AnswerView: "answer.html",
    views.CaseView: "case.html",
    views.ConflictView: "conflict.html",
    views.ErrorView: "error.html",
    views.CasesView: "cases.html",
    views.ProcessesView: "processes.html",
    views.RemarksView: "remarks.html",
    views.GuaranteesView: "guarantees.html",
    views.GuaranteeView: "guarantee.html",
    views.CapacityView: "capacity.html",
    views.StopsView: "stop.html",
    views.StopConfirmView: "stop_confirm.html",
    views.MessagesView: "messages.html",
    views.MeView: "me.html",
    views.ChannelsView: "channels.html",
    views.PeopleView: "everyone.html",
    views.PersonPageView: "person.html",
    views.QueuesView: "queues.html",
    views.QueueNowView: "queue.html",
    views.AuthorityView: "authority.html",
    views.AbsencesView: "absences.html",
    views.RosterView: "roster.html",
    views.EditView: "edit.html",
}


def environment(zone: tzinfo = _UTC) -> Environment:
    """The templates with their filters. One per application: compiled templates are kept in it.

    zone  in which times are shown; the foot of each page names it
    """
    env = Environment(
        loader=PackageLoader("surehand.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        finalize=_straight,
    )
    # Newstyle: `_("%(count)s cases", count=n)` escapes n. The text itself is taken as safe: literals only.
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    for name in ("_", "gettext", "ngettext"):
        env.globals[name] = _straightened(env.globals[name])
    env.filters.update(
        exact=Exact,
        money=money,
        number=number,
        counted=counted,
        percent=percent,
        places=places,
        lower=lower,
        upper=upper,
        rounded=rounded,
        in_months=in_months,
        hundred=hundred,
        duration=duration,
        initials=initials,
        short=short_hash,
        words=words,
        case_number=case_number,
        rows=rows,
        drawing=drawing,
        text_rows=rows_of,
        when=_local(zone, moment),
        day=_local(zone, day),
        date=_local(zone, _day_month),
        clock=_local(zone, lambda at, _: f"{at:%H:%M:%S}"),
        remaining=_with_now(remaining),
        ago=_with_now(ago),
        sections=_with_now(lambda rows, now: due_sections(rows, now, zone)),
    )
    env.globals.update(
        asset=asset, share_used=share_used, rank=lambda level: Level(level).rank, zone_name=str(zone)
    )
    return env


def render(env: Environment, view: views.PageView) -> str:
    """The page of a view, as HTML."""
    return env.get_template(TEMPLATES[type(view)]).render(view=view, shell=view.shell)


# Letters

#: Letters that turn the direction of others, or cannot be seen: with them a name could show a sum beside it
#: backwards, or look like another name. None of them is needed to read a text.
_TRICKS = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")


class Exact(str):
    """A text that a form holds and sends back: it stays as it is, and its field keeps it apart."""

    __slots__ = ()


def _straight(value: Any) -> Any:
    """What a page shows of a value: in place of a letter that plays tricks stands a sign for one."""
    if type(value) is str and not value.isascii():
        return _TRICKS.sub("\N{REPLACEMENT CHARACTER}", value)
    return value


def _straightened(translate: Any) -> Any:
    @pass_context
    def translated(context: Context, *texts: Any, **values: Any) -> Any:
        return translate(context, *texts, **{name: _straight(value) for name, value in values.items()})

    return translated


# Numbers


def number(value: Decimal | float | int) -> str:
    """1234.5 -> '1,234.5'; a whole sum keeps the places it came with."""
    return f"{value:,}"


def counted(value: int) -> str:
    """A count that stops at a thousand: 1,001 -> '1,000+'."""
    return f"{COUNTED:,}+" if value > COUNTED else f"{value:,}"


def money(amount: Decimal, currency: str = "") -> str:
    """4135.78, 'EUR' -> '4,135.78 EUR'. More than two places are kept: a sum is never rounded for show."""
    places = max(2, -int(amount.as_tuple().exponent)) if amount.is_finite() else 2
    return f"{amount:,.{places}f} {currency}".rstrip()


def percent(share: float, places: int = 0) -> str:
    """0.882 -> '88 %'."""
    return f"{share * 100:.{places}f} %"


def places(share: float) -> str:
    """0.0123 -> '1.2 %'; a small share keeps its first figure: 0.0003 -> '0.03 %'."""
    return f"{share * 100:.2f} %" if 0 < share < 0.001 else f"{share * 100:.1f} %"


def upper(share: float) -> str:
    """The upper end of an interval, never rounded down: 0.02049 -> '2.1 %'."""
    step = 0.0001 if 0 < share < 0.001 else 0.001
    return places(min(1.0, math.ceil(share / step - 1e-9) * step))


def lower(share: float) -> str:
    """The lower end, never rounded up: 0.0199 -> '1.9 %'."""
    step = 0.0001 if 0 < share < 0.001 else 0.001
    return places(math.floor(share / step + 1e-9) * step)


def hundred(share: float) -> int:
    """0.88 -> 88. Only an exact 0 or 1 becomes 0 or 100: nobody reads certainty into 99.7."""
    if share <= 0 or share >= 1:
        return 0 if share <= 0 else 100
    return min(99, max(1, math.floor(share * 100 + 0.5)))


# Times


def duration(span: timedelta) -> str:
    """'38 s', '12 min', '1 h 05 min', '2 days 3 h': two units at most."""
    seconds = int(abs(span).total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60:02} min" if minutes % 60 else f"{hours} h"
    whole = f"{days} day" if days == 1 else f"{days} days"
    return f"{whole} {hours % 24} h" if days < 7 and hours % 24 else whole


def remaining(due: datetime, now: datetime) -> str:
    """'in 38 min', '12 min over', 'now'."""
    left = due - now
    if abs(left) < timedelta(seconds=1):
        return "now"
    return f"in {duration(left)}" if left > timedelta(0) else f"{duration(left)} over"


def ago(at: datetime, now: datetime) -> str:
    """'2 min ago', 'just now'."""
    return "just now" if now - at < timedelta(seconds=5) else f"{duration(now - at)} ago"


def moment(at: datetime, now: datetime) -> str:
    """'20 Nov, 15:00'; with the year when it is another one."""
    return f"{_day_month(at, now)}, {at:%H:%M}"


def day(at: date, now: datetime) -> str:
    """'Friday 20 November'; with the year when it is another one."""
    year = "" if at.year == now.year else f" {at.year}"
    return f"{_WEEKDAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}{year}"


def share_used(since: datetime, due: datetime, now: datetime) -> float:
    """How much of the time allowed has passed, in [0, 1]."""
    allowed = (due - since).total_seconds()
    return 1.0 if allowed <= 0 else min(1.0, max(0.0, (now - since).total_seconds() / allowed))


def due_sections(
    rows: Iterable[views.InboxRow], now: datetime, zone: tzinfo = _UTC
) -> tuple[tuple[str, tuple[views.InboxRow, ...]], ...]:
    """Rows under 'urgent', 'overdue', 'soon' (two hours), 'today', 'later' and 'low', without empty ones.

    Their order is kept.
    """

    def section(row: views.InboxRow) -> str:
        if row.precedence != "normal":
            return row.precedence
        due = row.due
        if due < now:
            return "overdue"
        if due <= now + _SOON:
            return "soon"
        return "today" if due.astimezone(zone).date() == now.astimezone(zone).date() else "later"

    names = ("urgent", "overdue", "soon", "today", "later", "low")
    found: dict[str, list[views.InboxRow]] = {name: [] for name in names}
    for row in rows:
        found[section(row)].append(row)
    return tuple((name, tuple(members)) for name, members in found.items() if members)


def _day_month(at: date, now: datetime) -> str:
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {_MONTHS[at.month - 1][:3]}{year}"


def _with_now(function: Any) -> Any:
    @pass_context
    def filter_(context: Context, value: Any) -> Any:
        return function(value, context["shell"].now)

    return filter_


def _local(zone: tzinfo, function: Any) -> Any:
    @pass_context
    def filter_(context: Context, at: Any) -> str:
        now = context["shell"].now.astimezone(zone)
        return str(function(at.astimezone(zone) if isinstance(at, datetime) else at, now))

    return filter_


# Words


def case_number(case_id: str) -> str:
    """inv-20944 -> INV-20944."""
    return case_id.upper()


def initials(person: str) -> str:
    """ap.lead -> AL."""
    parts = [part for part in person.replace("-", ".").replace("_", ".").split(".") if part]
    return "".join(part[0] for part in parts[:2]).upper() or "?"


def short_hash(digest: str, groups: int = 2) -> str:
    """7f3a90c2... -> '7f3a 90c2': groups of four hex digits."""
    return " ".join(digest[i : i + 4] for i in range(0, min(len(digest), groups * 4), 4))


def rows(text: str, width: int = 50) -> int:
    """How many rows a text box shows: all lines of the text, at least 3 and at most 12."""
    return min(12, max(3, sum(1 + len(line) // width for line in text.split("\n"))))


# Files


@lru_cache
def asset(name: str) -> str:
    """The address of a static file, with a mark that changes when its content does."""
    path = STATIC / name
    if not path.is_file():
        return f"/static/{name}"
    return f"/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
