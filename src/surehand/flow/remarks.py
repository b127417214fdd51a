"""What reviewers of a process say beside their answers: how often briefs lack something, and what.

Figures are sums over many cases. Words are told of cases that have ended, to those who may see them and do
not have to check them unseen: whoever has to decide a case learns nothing of it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from surehand.core.case import Elsewhere, about
from surehand.core.remarks import LACKS
from surehand.core.steps import DecisionPoint
from surehand.errors import NotFound
from surehand.flow import reporting
from surehand.flow.context import Context
from surehand.flow.desk import sight_of
from surehand.flow.sight import may_see
from surehand.stats.intervals import wilson
from surehand.store import cases, remarks

#: So far a report looks back.
SPAN = timedelta(days=30)

#: Words that a report quotes, the latest.
_QUOTED = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of briefs, in [0, 1], with its 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said that the brief of a case lacked."""

    case_id: str
    point: str
    person: str
    at: datetime
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class PointRemarks:
    """The briefs of one decision point or exception.

    decided   briefs that people decided; a person's answers to one count once
    lacking   of these, how many lacked something, as who decided says; rate: the share, None of none
    lacks     what was missing -> how often it was said, also of briefs that are not decided yet, most first
    """

    point: str
    decided: int
    lacking: int
    rate: Rate | None
    lacks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProcessRemarks:
    """What reviewers of a process said since a time.

    points  those of the map first, in its order, then exceptions
    quotes  the latest words, of cases that have ended
    """

    process: str
    owner: str
    since: datetime
    points: tuple[PointRemarks, ...]
    quotes: tuple[Quote, ...]


def remarked(context: Context, process: str, *, person: str | None = None) -> ProcessRemarks:
    """What reviewers said of a process in the last 30 days.

    Raises NotFound, also where the person may not see it; None is whoever runs the deployment.
    """
    bound = context.processes.current.get(process)
    if bound is None or not reporting.may_see(context, person, process):
        raise NotFound(f"There is no process {process}, or you may not see it")
    since = context.clock() - SPAN
    with context.db.read() as connection:
        briefs = remarks.briefs_decided(connection, process, since=since)
        lacks = remarks.lacks(connection, process, since=since)
        quotes = _quotes(context, connection, process, person, since)
    names = [step.name for step in bound.map.steps if isinstance(step, DecisionPoint)]
    names += sorted({place_of(point) for point in (*briefs, *lacks)} - set(names))
    points = tuple(_point(name, briefs, lacks) for name in names)
    return ProcessRemarks(process, bound.map.owner, since, points, tuple(map(_quote, quotes)))


def place_of(point: str) -> str:
    """What a brief is about whatever its case: a decision point, an exception, or the step to be repaired."""
    name = about(point)
    return name.split(":")[1] if name.count(":") >= 2 else name


def _point(
    name: str, briefs: Mapping[str, tuple[int, int]], lacks: Mapping[str, Mapping[str, int]]
) -> PointRemarks:
    counts = [both for point, both in briefs.items() if place_of(point) == name]
    decided, lacking = (sum(both[which] for both in counts) for which in (0, 1))
    here = [said for point, said in lacks.items() if place_of(point) == name]
    counted = {what: count for what in LACKS if (count := sum(said.get(what, 0) for said in here))}
    often = dict(sorted(counted.items(), key=lambda one: -one[1]))
    rate = Rate(lacking / decided, *wilson(lacking / decided, decided)) if decided else None
    return PointRemarks(name, decided, lacking, rate, often)


def _quotes(
    context: Context, connection: Connection, process: str, person: str | None, since: datetime
) -> Sequence[Elsewhere]:
    found = remarks.words_of_ended(connection, process, since=since, limit=_QUOTED)
    seen = shown_to(context, connection, person, [one.case_id for one in found])
    return [one for one in found if one.case_id in seen]


def shown_to(context: Context, connection: Connection, person: str | None, ids: Sequence[str]) -> set[str]:
    """Of these cases, those whose words may be told a person: seen by them, and not to be checked unseen."""
    if person is None or not ids:
        return set(ids)
    checked = cases.checks_held(connection, person, list(ids))
    if sight_of(context, person).everything:
        return set(ids) - checked.keys()
    loaded = cases.load(connection, [one for one in ids if one not in checked])
    return {one.id for one in loaded.values() if may_see(context, person, one, None)}


def _quote(one: Elsewhere) -> Quote:
    return Quote(one.case_id, place_of(one.point), one.person, one.at, one.what, one.words)
