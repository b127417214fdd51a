"""What changed around a person since they were last here: what they work with, and with whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo

from sqlalchemy import Connection

from surehand.core import news
from surehand.flow import reporting
from surehand.flow.context import Context
from surehand.store import course, stops, versions

#: So many of each kind, and so many in all; so long ago at most.
_EACH, _ALL, _LONGEST = 5, 8, timedelta(days=14)

#: Rows that are looked at where what is asked for may be among them.
_ROWS = 40


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that changed.

    kind   'stopped', 'resumed', 'drilled', 'published', 'policy', 'guarantee' or 'away'
    at     when
    of     the process; of a stop '' for everything; who is away
    point  the decision point, of a guarantee
    by     who did it; who stands in, '' for nobody
    text   somebody's or the guarantee's words
    names  passages of the policy that are new, changed or gone
    until  when who is away is here again
    tone   'bad', 'warn', 'ok' or 'info'
    """

    kind: str
    at: datetime
    of: str = ""
    point: str = ""
    by: str = ""
    text: str = ""
    names: tuple[str, ...] = ()
    until: datetime | None = None
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a time: the gravest kinds first, of one kind the latest.

    since  last_here: the person was last here then; else the start of yesterday
    more   how many are not named
    """

    since: datetime
    last_here: bool
    found: tuple[Happened, ...]
    more: int


def changes(context: Context, person: str, *, before: datetime | None, zone: tzinfo = UTC) -> Changes:
    """What changed since a person was last here, or since yesterday where that is earlier.

    Only what they may know of anyway is in it: processes whose guarantees they may see, people of their
    queues, and stops, which everybody sees.

    before  when they were last here before their session began, if that is known
    zone    where their days begin
    """
    now = context.clock()
    yesterday = _day_before(now, zone)
    last_here = before is not None and before < yesterday
    since = max(before, now - _LONGEST) if before is not None and last_here else yesterday
    theirs = sorted(name for name in context.processes.current if reporting.may_see(context, person, name))
    with context.db.read() as connection:
        kinds = [
            list(_stops(connection, since)),
            list(_versions(connection, theirs, since)),
            list(_guarantees(connection, theirs, since)),
            list(_away(context, person, now)),
        ]
    found = [one for kind in kinds for one in kind[:_EACH]]
    return Changes(since, last_here, tuple(found[:_ALL]), sum(map(len, kinds)) - len(found[:_ALL]))


def lately(context: Context, person: str, *, before: datetime | None, zone: tzinfo = UTC) -> Changes:
    """The same, which may be some minutes old: for pages that are opened all day."""
    place = (person, before, str(zone), context.people_rev)
    found: Changes = context.changed.of(place, lambda: changes(context, person, before=before, zone=zone))
    return found


def _day_before(now: datetime, zone: tzinfo) -> datetime:
    day = now.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _stops(connection: Connection, since: datetime) -> Iterator[Happened]:
    """Those that ended lately; those in force stand on every page. Who resumed is the second of two."""
    for one in stops.ended(connection, limit=_ROWS):
        if one.ended_at is None or one.ended_at < since:
            continue
        what = Happened("resumed", one.ended_at, of=one.process or "", by=one.ended_by or "", tone="ok")
        yield replace(what, kind="drilled", by=one.by) if one.drill else replace(what, text=one.because)


def _versions(connection: Connection, theirs: list[str], since: datetime) -> Iterator[Happened]:
    """The version of each process that is in force, where that is new, and what its policy says now."""
    for after, previous in versions.published_since(connection, theirs, since):
        yield Happened("published", after.at, of=after.process, by=after.by, tone="info")
        if previous is not None:
            names = _changed(previous.policies, after.policies)
            if names:
                yield Happened("policy", after.at, of=after.process, names=names, tone="warn")


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Passages that are not as they were."""
    every = dict.fromkeys([*after, *before])
    return tuple(name for name in every if before.get(name) != after.get(name))


def _guarantees(connection: Connection, theirs: list[str], since: datetime) -> Iterator[Happened]:
    """The last change of each."""
    seen = set()
    for one in course.latest_messages(connection, theirs, limit=_ROWS):
        at = (one.process, one.point)
        if one.at < since or at in seen:
            continue
        seen.add(at)
        tone, text = news.tone(one.kind), news.told(one.kind, one.body)
        yield Happened("guarantee", one.at, of=one.process, point=one.point, text=text, tone=tone)


def _away(context: Context, person: str, now: datetime) -> Iterator[Happened]:
    """People of the same queues who are away now, those whom the reader stands in for first."""
    people = context.people
    names = {
        name: None
        for queue in people.queues_of(person, at=now)
        for name in people.everybody(queue)
        if name != person and people.active(name) and not people.here(name, now)
    }
    found = [
        Happened(
            "away", now, of=name, by=people.stand_in(name, now) or "", until=people.back(name, now),
            tone="warn" if people.stand_in(name, now) == person else "info",
        )
        for name in names
    ]  # fmt: skip
    yield from sorted(found, key=lambda one: (one.tone != "warn", one.of))
