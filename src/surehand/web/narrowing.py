"""Which list an address asks for: read from its parameters, and written into one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

from surehand.core.narrowing import ASKED, DUE, Narrowing
from surehand.core.policy import Grade
from surehand.core.precedence import Precedence
from surehand.errors import InvalidInput
from surehand.flow import desk
from surehand.flow.context import Context
from surehand.flow.inbox import ORDERS, Wanted
from surehand.web import session

#: Parameters that narrow a list, in the order in which they are told.
FILTERS = (
    "text", "process", "kind", "grade", "stake_from", "stake_to", "due", "until", "priority",
)  # fmt: skip

_LONGEST = 200

#: Several places group by thousands with a comma or a space.
_SUM = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?")

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for.

    wanted  the list; without what cannot be used
    given   parameter -> values as they came, without empty ones
    faults  parameter -> why it cannot be used
    """

    wanted: Wanted
    given: Mapping[str, tuple[str, ...]]
    faults: Mapping[str, str]


def asked(context: Context, pairs: Iterable[tuple[str, str]], zone: tzinfo) -> Asked:
    """Of the parameters of an address. Raises InvalidInput for a view or an order that there is not.

    zone  where the reader's days begin
    """
    given: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if kept := value.replace("\x00", "").strip()[:_LONGEST]:
            given[name] = (*given.get(name, ()), kept)
    reading = _Reading(given)
    narrowing = Narrowing(
        process=reading.one_of("process", sorted(context.processes.current), "is not a process here"),
        asked=reading.several("kind", tuple(ASKED)),
        grades=tuple(Grade(one) for one in reading.several("grade", tuple(Grade))),
        precedences=tuple(Precedence(one) for one in reading.several("priority", tuple(Precedence))),
        least=reading.sum("stake_from"), most=reading.sum("stake_to"),
        due=reading.one_of("due", DUE, "is not one of the times"), until=reading.day("until"),
        text=reading.last("text"), zone=zone,
    )  # fmt: skip
    if narrowing.least is not None and narrowing.most is not None and narrowing.least > narrowing.most:
        reading.faults["stake_to"] = "must not be less than the sum that it begins with"
        narrowing = replace(narrowing, least=None, most=None)
    view = session.fits("view", reading.last("view") or "mine", desk.VIEWS)
    order = session.fits("sort", reading.last("sort") or "due", ORDERS)
    wanted = Wanted(view=view, queue=reading.last("queue"), narrowing=narrowing, order=order)
    return Asked(wanted, {name: given[name] for name in FILTERS if name in given}, reading.faults)


class _Reading:
    """The values of an address; what cannot be used is named and left out."""

    def __init__(self, given: Mapping[str, tuple[str, ...]]) -> None:
        self._given = given
        self.faults: dict[str, str] = {}

    def last(self, name: str) -> str:
        return self._given.get(name, ("",))[-1]

    def one_of(self, name: str, allowed: Sequence[str], otherwise: str) -> str:
        value = self.last(name)
        if not value or value in allowed:
            return value
        self.faults[name] = otherwise
        return ""

    def several(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        values = self._given.get(name, ())
        if any(value not in allowed for value in values):
            self.faults[name] = f"must be among: {', '.join(allowed)}"
        return tuple(one for one in allowed if one in values)

    def sum(self, name: str) -> Decimal | None:
        value = self.last(name)
        if not value:
            return None
        if not _SUM.fullmatch(value):
            self.faults[name] = "must be a sum, such as 1000 or 250.50"
            return None
        return Decimal(value.replace(",", "").replace(" ", ""))

    def day(self, name: str) -> date | None:
        value = self.last(name)
        try:
            found = date.fromisoformat(value) if value else None
        except ValueError:
            found = None
        if value and (found is None or not 1970 < found.year < 9999):
            self.faults[name] = "must be a day, such as 2026-11-30"
            return None
        return found


def stored(context: Context, person: str, query: str, zone: tzinfo) -> tuple[Asked, str]:
    """What a saved view asks for, and what of it is not there any more, a sentence; ''."""
    try:
        found = asked(context, parse_qsl(query), zone)
    except InvalidInput as error:
        return asked(context, (), zone), f"{error.faults[0]}."
    queue = found.wanted.queue
    if queue and queue not in desk.queues_of(context, person):
        found = replace(found, wanted=replace(found.wanted, queue=""))
        return found, f"It asks for the queue {queue}, which is not one of yours any more."
    for name, fault in found.faults.items():
        return found, f"It asks for {name} {', '.join(found.given[name])}, which {fault}."
    return found, ""


def pairs_of(wanted: Wanted) -> Pairs:
    """The parameters that ask for a list, in one form; what says nothing is left out."""
    told = wanted.narrowing
    pairs = [
        ("view", wanted.view if not wanted.queue else ""), ("queue", wanted.queue),
        ("text", told.text), ("process", told.process), *(("kind", one) for one in told.asked),
        *(("grade", one.value) for one in told.grades), ("stake_from", _plain(told.least)),
        ("stake_to", _plain(told.most)), ("due", told.due),
        ("until", told.until.isoformat() if told.until else ""),
        *(("priority", one.value) for one in told.precedences),
        ("sort", wanted.order if wanted.order != "due" else ""),
    ]  # fmt: skip
    return [(name, value) for name, value in pairs if value]


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def address(pairs: Iterable[tuple[str, str]], *more: tuple[str, str]) -> str:
    """A list's address, with more parameters."""
    return f"/inbox?{urlencode([*pairs, *more])}"
