"""Numbers, times and names, as pages write them."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from surehand.core.formats import PLAIN, Formats
from surehand.core.narrowing import SOON
from surehand.store.tally import COUNTED
from surehand.web import views

# Numbers


def number(value: Decimal | float | int, formats: Formats = PLAIN) -> str:
    """1234.5 -> '1,234.5'; a whole sum keeps the places it came with."""
    return formats.number(value)


def counted(value: int, formats: Formats = PLAIN) -> str:
    """A count that stops at a thousand: 1,001 -> '1,000+'."""
    return f"{formats.number(COUNTED)}+" if value > COUNTED else formats.number(value)


def money(amount: Decimal, currency: str = "", formats: Formats = PLAIN) -> str:
    """4135.78, 'EUR' -> '4,135.78 EUR'. More places than usual are kept: a sum is never rounded."""
    return formats.money(amount, currency)


def percent(share: float, places: int = 0, formats: Formats = PLAIN) -> str:
    """0.882 -> '88 %'."""
    return formats.share(share, places)


def places(share: float, formats: Formats = PLAIN) -> str:
    """0.0123 -> '1.2 %'; a small share keeps its first figure: 0.0003 -> '0.03 %'."""
    return formats.share(share, 2 if 0 < share < 0.001 else 1)


def upper(share: float, formats: Formats = PLAIN) -> str:
    """The upper end of an interval, never rounded down: 0.02049 -> '2.1 %'."""
    step = 0.0001 if 0 < share < 0.001 else 0.001
    return places(min(1.0, math.ceil(share / step - 1e-9) * step), formats)


def lower(share: float, formats: Formats = PLAIN) -> str:
    """The lower end, never rounded up: 0.0199 -> '1.9 %'."""
    step = 0.0001 if 0 < share < 0.001 else 0.001
    return places(math.floor(share / step + 1e-9) * step, formats)


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


def share_used(since: datetime, due: datetime, now: datetime) -> float:
    """How much of the time allowed has passed, in [0, 1]."""
    allowed = (due - since).total_seconds()
    return 1.0 if allowed <= 0 else min(1.0, max(0.0, (now - since).total_seconds() / allowed))


def time_left(since: datetime, due: datetime, now: datetime) -> tuple[str, float, str]:
    """What is left in words, the share that is used in whole hundredths, and how pressing that is."""
    used = share_used(since, due, now)
    tone = "bad" if due < now else "warn" if used > 0.8 else ""
    return remaining(due, now), round(used, 2), tone


def due_sections(
    rows: Iterable[views.InboxRow], now: datetime, zone: tzinfo = UTC
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
        if due <= now + SOON:
            return "soon"
        return "today" if due.astimezone(zone).date() == now.astimezone(zone).date() else "later"

    names = ("urgent", "overdue", "soon", "today", "later", "low")
    found: dict[str, list[views.InboxRow]] = {name: [] for name in names}
    for row in rows:
        found[section(row)].append(row)
    return tuple((name, tuple(members)) for name, members in found.items() if members)


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
