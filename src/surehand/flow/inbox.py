"""The list of what waits: one page of a view, narrowed and ordered as its reader asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from surehand.core.case import Assignment
from surehand.core.narrowing import EVERYTHING, SOON, Narrowing
from surehand.core.roles import SEES_ALL
from surehand.flow import among, unseen
from surehand.flow.context import Context
from surehand.flow.desk import PAGE, Bearings, Counts, Desk, entered_in, midnight
from surehand.flow.selected import UNDO
from surehand.flow.sight import known_to
from surehand.store import cases, desk, viewing
from surehand.store import narrowing as narrow
from surehand.store.aside import Aside, aside
from surehand.store.columns import stored
from surehand.store.desk import Waiting, Which
from surehand.store.narrowing import Reader
from surehand.store.order import Mark
from surehand.store.tables import assignment
from surehand.store.tally import COUNTED

#: In which order a list is: by what is due, or by what is at stake.
ORDERS = ("due", "stake")

#: How many cases of a view are looked through to count what fits a saved view.
GLANCED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which list somebody looks at.

    view   `mine`, `later` (what was put off), `queues` or `all`
    queue  the queue that it is narrowed to, or ''
    order  one of ORDERS; by stake are ordered the first COUNTED by what is due
    """

    view: str = "mine"
    queue: str = ""
    narrowing: Narrowing = EVERYTHING
    order: str = "due"

    @property
    def plain(self) -> bool:
        """All of a view, by what is due."""
        return self.narrowing == EVERYTHING and self.order == "due"


@dataclass(frozen=True, slots=True)
class Pile:
    """One page of what waits, with counts over all pages.

    claimable  case ids that the reader may take over
    viewers    case id -> others who have it open now
    reserved   case ids that others opened a moment ago, in a queue that asks to let them be
    views, queues  how many wait in each; see `tally.COUNTED`
    bearings   what the reader is told on any page
    total      how many there are; of a narrowed list those that fit among what was looked through, None where
               that was not counted
    aside      what the reader has saved, did last and decided today
    after      where the page ended; None when it is the last
    skip       of a list by stake: how many come before the next page; None when it is the last
    looked     of a narrowed list: how many were looked through, where there are more; else None
    """

    rows: Sequence[Waiting]
    claimable: frozenset[str]
    viewers: Mapping[str, Sequence[str]]
    reserved: frozenset[str]
    views: dict[str, int]
    queues: dict[str, int]
    bearings: Bearings
    total: int | None
    overdue: int
    soon: int
    aside: Aside
    after: Mark | None
    skip: int | None = None
    looked: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many fit a list; `more`: not all that waits there was looked through."""

    count: int
    more: bool


@dataclass(slots=True)
class _Page:
    rows: Sequence[Waiting]
    total: int | None
    overdue: int = 0
    soon: int = 0
    after: Mark | None = None
    skip: int | None = None
    looked: int | None = None


def pile(
    context: Context, person: str, wanted: Wanted, *, after: Mark | None = None, skip: int = 0
) -> Pile:  # fmt: skip
    """One page of a list. Raises NotFound for a queue that is not the person's."""
    now = context.clock()
    with context.db.read() as connection:
        beside = aside(connection, person, since=midnight(now, wanted.narrowing.zone), lately=now - UNDO)
        at = Desk(context, connection, person, glance=beside.glance)
        of = at.of(wanted.view, wanted.queue)
        counted = at.counts(*_pressing(wanted))
        if wanted.plain:
            page = _whole(context, connection, person, of, after)
            page.total, page.overdue, page.soon = _total(wanted, counted), counted.overdue, counted.soon
        else:
            page = _narrowed(context, connection, person, of, wanted, after=after, skip=skip)
        found = among.cases_of(context, connection, page.rows)
        seen = among.seen_by_others(context, connection, person, page.rows)
    # a narrowed page has none of them already
    rows = [row for row in page.rows if not wanted.plain or not among.too_much(context, person, row, found)]
    return Pile(
        rows=rows,
        claimable=frozenset(row.case_id for row in rows if among.claimable(context, person, row, found)),
        viewers={
            case_id: tuple(one.person for one in found if one.seen_at > now - viewing.LASTS)
            for case_id, found in seen.items()
        },
        reserved=among.reserved(context, rows, seen), views=counted.views, queues=counted.queues,
        bearings=Bearings(at.glance, counted.views["mine"]), total=page.total,
        overdue=page.overdue, soon=page.soon, aside=beside, after=page.after,
        skip=page.skip, looked=page.looked,
    )  # fmt: skip


def _pressing(wanted: Wanted) -> tuple[str, str] | tuple[()]:
    """The list of which an index counts what is pressing."""
    return (wanted.view, wanted.queue) if wanted.plain else ()


def _total(wanted: Wanted, counted: Counts) -> int:
    return counted.queues[wanted.queue] if wanted.queue else counted.views[wanted.view]


def _whole(
    context: Context, connection: Connection, person: str, of: Which, after: Mark | None
) -> _Page:  # fmt: skip
    """A page of all there is: an index has the order, and counts."""
    rows = desk.waiting(connection, of, limit=PAGE + 1, after=after)
    shown = unseen.rows_shown(context, connection, person, rows)
    last = rows[PAGE - 1].assignment if len(rows) > PAGE else None
    mark = Mark(last.due_at, last.id, last.precedence) if last else None
    return _Page(shown[:PAGE], None, after=mark)


def _narrowed(
    context: Context, connection: Connection, person: str, of: Which, wanted: Wanted, *, after: Mark | None,
    skip: int,
) -> _Page:  # fmt: skip
    """A page of what fits, of the first COUNTED from a place on.

    What is beyond the reader is left out before anything is counted, so that a count never tells of it.
    """
    now, narrowing, by_stake = context.clock(), wanted.narrowing, wanted.order == "stake"
    fits, last = narrow.fitting(
        connection, of, narrowing, reader=_reader(context, person), now=now, after=after, by_stake=by_stake
    )
    rows, at = _seen(context, connection, person, [one.id for one in fits], skip)
    ended, all_seen = at >= len(fits), not bounded(context, person)
    page = _Page(rows, None, looked=COUNTED if last is not None else None)
    if after is None and (all_seen or (ended and not skip)):
        page.total = len(fits) if all_seen else len(rows)
        dues = [one.due for one in fits] if all_seen else [stored(row.assignment.due_at) for row in rows]
        page.overdue, page.soon = _pressed(dues, now)
    if by_stake:
        page.skip = None if ended else at
    elif ended:
        page.after = last
    else:
        given = rows[-1].assignment
        page.after = Mark(given.due_at, given.id, given.precedence)
    return page


def _pressed(dues: Sequence[int], now: datetime) -> tuple[int, int]:
    """How many of these times are past, and how many come soon."""
    at, until = stored(now), stored(now + SOON)
    return sum(due < at for due in dues), sum(at <= due < until for due in dues)


def _reader(context: Context, person: str) -> Reader:
    """Where people enter what was read, a subject may have been made of that, and is not to be looked for."""
    return Reader(person, entered_in(context))


def bounded(context: Context, person: str) -> bool:
    """Rows of authority may leave something out of a list that the database does not."""
    who = context.people.people.get(person)
    return bool(context.people.authority) and not (who is not None and who.has(*SEES_ALL))


def _seen(
    context: Context, connection: Connection, person: str, ids: Sequence[str], skip: int
) -> tuple[list[Waiting], int]:  # fmt: skip
    """The rows of a page, and how many of the ids came before its end."""
    page: list[Waiting] = []
    at = min(skip, len(ids))
    while at < len(ids) and len(page) < PAGE:
        some = ids[at : at + PAGE - len(page)]
        rows = unseen.rows_shown(context, connection, person, narrow.rows_of(connection, some))
        page += among.not_too_much(context, connection, person, rows)
        at += len(some)
    return page, at


def counts(context: Context, person: str, several: Sequence[Wanted]) -> list[Counted | None]:
    """How many fit each of several lists, among the first GLANCED of each view; None: not to be told.

    What is of one view is looked through once. Raises NotFound for a queue that is not the person's.
    """
    found: dict[int, Counted] = {}
    if not several or bounded(context, person):
        return [None] * len(several)
    places: dict[tuple[str, str], list[int]] = {}
    for number, wanted in enumerate(several):
        places.setdefault((wanted.view, wanted.queue), []).append(number)
    with context.db.read() as connection:
        at = Desk(context, connection, person)
        for (view, queue), numbers in places.items():
            fits, more = narrow.counts(
                connection, at.of(view, queue), [several[number].narrowing for number in numbers],
                reader=_reader(context, person), now=context.clock(), most=GLANCED,
            )  # fmt: skip
            found |= {number: Counted(fit, more) for number, fit in zip(numbers, fits, strict=True)}
    return [found[number] for number in range(len(several))]


def _newer(
    context: Context, connection: Connection, person: str, of: Which, wanted: Wanted, *, since: datetime
) -> int:  # fmt: skip
    """How many cases have come into a list since a time; COUNTED and one for 'more'."""
    fits = narrow.since(
        connection, of, wanted.narrowing, since, reader=_reader(context, person), now=context.clock()
    )
    if not bounded(context, person):
        return len(fits)
    return len(_seen(context, connection, person, [one.id for one in fits], 0)[0])


@dataclass(frozen=True, slots=True)
class Pulse:
    """What of a list may have changed while somebody looks at it.

    total  None where it is not told; overdue, soon of these
    newer  how many came since the list was shown
    moved  assignment -> who has it now, or who decided it, or ''
    """

    views: Mapping[str, int]
    queues: Mapping[str, int]
    total: int | None
    overdue: int
    soon: int
    newer: int
    has: Mapping[str, str]
    decided: Mapping[str, str]


def pulse(
    context: Context, person: str, wanted: Wanted, *, since: datetime, ids: Sequence[str]
) -> Pulse:  # fmt: skip
    """What has become of a list, and of those of it that are shown: no more than their reader may know."""
    now = context.clock()
    with context.db.read() as connection:
        at = Desk(context, connection, person)
        of = at.of(wanted.view, wanted.queue)
        counted = at.counts(*_pressing(wanted))
        total, overdue, soon = None, counted.overdue, counted.soon
        if wanted.plain:
            total = _total(wanted, counted)
        elif not bounded(context, person):
            fits, _ = narrow.fitting(
                connection, of, wanted.narrowing, reader=_reader(context, person), now=now
            )
            total = len(fits)
            overdue, soon = _pressed([one.due for one in fits], now)
        fresh = _newer(context, connection, person, of, wanted, since=since)
        has = _held(context, connection, at, ids)
        gone = [one for one in cases.assigned_of(connection, list(ids)) if not one.open]
        decided = {one.id: _decided(context, connection, person, one) for one in gone}
    return Pulse(
        counted.views, counted.queues, total, overdue, soon, fresh, has,
        {name: who for name, who in decided.items() if who is not None},
    )  # fmt: skip


def _held(context: Context, connection: Connection, at: Desk, ids: Sequence[str]) -> dict[str, str]:
    """Who has those of them that are open, as far as this person may see them."""
    seen = at.of("all").only(assignment.c.id.in_(list(ids)))
    rows = desk.waiting(connection, seen, limit=len(ids)) if ids else []
    found = among.not_too_much(context, connection, at.person, rows)
    # what they have with others is theirs, as the page says of it
    return {
        one.id: at.person if at.person in one.holders else one.person
        for one in (row.assignment for row in found)
    }


def _decided(context: Context, connection: Connection, person: str, one: Assignment) -> str | None:
    """Who decided it; '' where that is not told, or nobody did; None where they may not know of it."""
    held = cases.open_assignments(connection, [one.case_id]).get(one.case_id)
    case = cases.load(connection, [one.case_id]).get(one.case_id)
    if case is None or not known_to(context, connection, person, case, held):
        return None
    if cases.checks_held(connection, person, [one.case_id]):
        return ""  # of a case that they check unseen nothing is told
    judged = cases.judgements(connection, one.case_id)
    if unseen.hidden_point(case, held, judged) is not None:
        return ""  # it is decided anew, without what was answered before
    given = [v for v in cases.verdicts(connection, one.case_id) if v.final]
    return next((v.person for v in given if (v.point, v.round) == (one.point, one.round)), "")
