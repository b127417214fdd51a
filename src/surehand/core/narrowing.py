"""What a list of waiting cases is narrowed to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from surehand.core.policy import Grade
from surehand.core.precedence import Precedence

#: What is asked of whoever has a case, by the word that pages use -> kinds of assignments.
ASKED: Mapping[str, tuple[str, ...]] = {
    "decision": ("decide",), "exception": ("exception", "repair"), "question": ("answer",),
    "told": ("notice",), "check": ("check",), "finding": ("finding",),
}  # fmt: skip

#: By when what is looked for is due. What is overdue is due by all of them.
DUE = ("overdue", "soon", "today")

SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What is looked for; what says nothing leaves nothing out.

    asked        words of ASKED
    least, most  of the sum at stake, whatever its sign, in the currency of each process
    due          a word of DUE, or ''
    until        due on this day or before
    text         part of the title, the number, the subject or who submitted it, in capitals or not
    zone         where days begin and end; it narrows nothing by itself
    """

    process: str = ""
    asked: tuple[str, ...] = ()
    grades: tuple[Grade, ...] = ()
    precedences: tuple[Precedence, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    due: str = ""
    until: date | None = None
    text: str = ""
    zone: tzinfo = field(default=UTC, compare=False)

    def due_before(self, now: datetime) -> datetime | None:
        """Before when it has to be due; None: whenever."""
        times = {
            "overdue": now, "soon": now + SOON, "today": self._end(now.astimezone(self.zone).date()),
        }  # fmt: skip
        found = [times[self.due]] if self.due else []
        found += [self._end(self.until)] if self.until is not None else []
        return min(found, default=None)

    def _end(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of assignments that are looked for; of nothing, all."""
        return tuple(kind for word in self.asked for kind in ASKED[word])


EVERYTHING = Narrowing()
