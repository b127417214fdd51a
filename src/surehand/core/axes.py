"""The two axes of a route, consequence and confidence, as they were for one case: which number led where."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surehand.core.bands import resolve
from surehand.core.case import Judgement
from surehand.core.consequence import Graded
from surehand.core.oversight import Level, most_human
from surehand.core.policy import Band, Grade, Limit
from surehand.core.reason import percent
from surehand.core.recommendation import probability
from surehand.core.routing import band_of, edge_words
from surehand.core.steps import DecisionPoint


@dataclass(frozen=True, slots=True)
class Weight:
    """A part of the consequence in words.

    grade  '' of `reversible`, which raises the grade of the others
    """

    name: str
    grade: str
    because: str


@dataclass(frozen=True, slots=True)
class Held:
    """A limit that was for this case, in words, and whether the case ran into it."""

    text: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """The levels by grade and confidence alone, with what limits were for this case.

    columns  ranges of confidence in words, the lowest first
    rows     (grade, level by column), the highest grade first
    here     (row, column) of this case
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Grade, tuple[Level, ...]], ...]
    here: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Axes:
    """Why one case went where it went, at one decision point.

    reasons   sentences
    signals   name -> reading, None where there is none
    weakest   the signals whose reading is the confidence, or that have none
    limit     the confidence from which it would have run alone, if any would
    edge      the sentence about where cases like this one begin to run alone
    grid      None where the map of that time cannot be read any more
    """

    point: str
    round: int
    level: Level
    reasons: tuple[str, ...]
    grade: Grade
    parts: tuple[Weight, ...]
    confidence: float | None
    signals: Mapping[str, float | None]
    weakest: tuple[str, ...]
    limit: float | None
    edge: str
    limits: tuple[Held, ...]
    grid: Grid | None

    @property
    def fitted(self) -> bool:
        """The confidence is none of the readings: it was fitted to answers that people gave unseen."""
        return self.confidence is not None and fitted(self.signals, self.confidence)

    @property
    def sentence(self) -> str:
        """The whole in one line."""
        sure = "no confidence" if self.confidence is None else f"confidence {percent(self.confidence)}"
        because = "; ".join(self.reasons)
        return f"{self.grade.capitalize()} consequence and {sure}: {self.level.words}. {because}."


def axes(judgement: Judgement, point: DecisionPoint | None, routed: Mapping[str, Any]) -> Axes:
    """The two axes of a judgement.

    point   the decision point of the map that it was made with, if that can still be read
    routed  what the audit trail says of the route: the parts of the grade, the limits, what was certified
    """
    limits = [point.limits[n] for n in routed.get("limits") or () if n < len(point.limits)] if point else []
    confidence, cut = probability(judgement.confidence), probability(routed.get("cut"))
    return Axes(
        point=judgement.point, round=judgement.round, level=Level(judgement.level),
        reasons=tuple(str(reason["text"]) for reason in judgement.reasons), grade=Grade(judgement.grade),
        parts=tuple(
            Weight(str(part["name"]), str(part["grade"] or ""), str(part["because"]))
            for part in routed.get("parts") or ()
        ),
        confidence=confidence, signals=judgement.signals, weakest=_weakest(judgement.signals, confidence),
        limit=probability(judgement.limit), edge=_edge(judgement, point, cut),
        limits=tuple(_held(limit, confidence) for limit in limits),
        grid=None if point is None else _grid(judgement, point, _table(judgement, point, cut), limits),
    )  # fmt: skip


def fitted(signals: Mapping[str, float | None], confidence: float) -> bool:
    """The confidence is none of the readings: it was fitted to answers that people gave unseen."""
    return bool(signals) and not _weakest(signals, confidence)


def _weakest(signals: Mapping[str, float | None], confidence: float | None) -> tuple[str, ...]:
    """Where confidence was fitted, no signal sets it alone, and one that is missing leaves some."""
    return tuple(name for name, reading in signals.items() if reading == confidence)


def _held(limit: Limit, confidence: float | None) -> Held:
    when = [] if limit.below is None else [f"below {percent(limit.below)}"]
    if limit.first is not None:
        count = "case" if limit.first == 1 else f"{limit.first} cases"
        since = f"{limit.policy} changed" if limit.policy else "the process changed"
        when.append(f"for the first {count} since {since}")
    hit = limit.below is None or confidence is None or confidence < limit.below
    return Held(f"{limit.because}: at least {limit.route.words} {', '.join(when)}", hit)


def _edge(judgement: Judgement, point: DecisionPoint | None, cut: float | None) -> str:
    grade = Grade(judgement.grade)
    if point is None:
        limit = probability(judgement.limit)
        return "No confidence runs alone" if limit is None else f"Runs alone from about {percent(limit)}"
    if point.level is not None:
        return f"Always {Level(point.level).words}, whatever the confidence"
    if grade.rank >= Grade.HIGH.rank:
        return f"At {grade} consequence no confidence runs alone"
    if (promised := point.guarantee) is not None:
        if cut is None:
            return "No confidence is certified yet"
        wrong, sure = percent(promised.error), percent(promised.sure)
        return f"Certified from {percent(cut)}: at most {wrong} in 100 wrong, {sure} % sure"
    alone = [one for one in _table(judgement, point, cut) if not one.route.waits and grade in one.consequence]
    if not alone:
        return f"At {grade} consequence no confidence runs alone"
    return f"The bands let cases like this run alone {edge_words(min(alone, key=lambda one: one.edge))}"


def strictly(judgement: Judgement, point: DecisionPoint | None) -> bool:
    """The limit itself is not enough: it is that of a row of the map that says `above`."""
    if point is None or point.bands is None:
        return False
    rows = [row for row in resolve(point.bands) if not row.route.waits and judgement.grade in row.consequence]
    return any(row.above == judgement.limit for row in rows) and not any(
        limit.below == judgement.limit for limit in point.limits
    )


# The grid


def _grid(
    judgement: Judgement, point: DecisionPoint, bands: tuple[Band, ...], limits: Sequence[Limit]
) -> Grid:
    confidence = probability(judgement.confidence)
    # where the level is always the same, no confidence is asked for
    blank = Level.REVIEW if point.level is None else Level.AUTOMATE
    edges = _edges(bands, limits)
    columns = ("none", *_ranges(edges))
    samples = [None, *(_just(edge) for edge in edges)]
    grades = tuple(reversed(Grade))
    rows = tuple(
        (grade, tuple(_level(bands, grade, judgement.stake, value, limits, blank) for value in samples))
        for grade in grades
    )
    place = 0 if confidence is None else sum(_over(confidence, edge) for edge in edges)
    return Grid(columns, rows, (grades.index(Grade(judgement.grade)), place))


def _table(judgement: Judgement, point: DecisionPoint, cut: float | None) -> tuple[Band, ...]:
    """What confidence alone decides at this stake, as bands; those of a guarantee have one edge, the cut."""
    if point.bands is not None:
        size = None if judgement.stake is None else abs(judgement.stake)
        rows = resolve(point.bands)
        return tuple(row for row in rows if row.under is None or (size is not None and size < row.under))
    if point.level is not None:
        return (Band(at_least=0.0, route=Level(point.level)),)
    people = Band(at_least=0.0, route=Level.REVIEW)
    return (people,) if cut is None else (Band(at_least=cut, route=Level.SPOT_CHECK), people)


#: (confidence, whether only what is over it belongs there)
_Edge = tuple[float, bool]


def _edges(bands: Sequence[Band], limits: Sequence[Limit]) -> list[_Edge]:
    found: set[_Edge] = {(band.edge, band.above is not None) for band in bands}
    found |= {(limit.below, False) for limit in limits if limit.below is not None}
    return sorted({(0.0, False), *((value, over) for value, over in found if not (over and value >= 1.0))})


def _just(edge: _Edge) -> float:
    """The lowest confidence over an edge."""
    return math.nextafter(edge[0], 2.0) if edge[1] else edge[0]


def _over(confidence: float, edge: _Edge) -> bool:
    return confidence > edge[0] if edge[1] else confidence >= edge[0]


def _ranges(edges: Sequence[_Edge]) -> list[str]:
    if len(edges) == 1:
        return ["any"]
    value, over = edges[1]
    words = [f"{'up to' if over else 'below'} {percent(value)}"]
    return words + [f"{'above' if over else 'from'} {percent(value)}" for value, over in edges[1:]]


def _level(
    bands: tuple[Band, ...], grade: Grade, stake: Decimal | None, value: float | None,
    limits: Sequence[Limit], blank: Level,
) -> Level:  # fmt: skip
    """The level of a cell.

    blank  the least level of a case without confidence
    """
    asked = [band_of(bands, Graded(grade, stake, ""), value or 0.0).route]
    asked += [blank] if value is None else []
    asked += [Level.REVIEW] if grade.rank >= Grade.HIGH.rank else []
    asked += [one.route for one in limits if one.below is None or value is None or value < one.below]
    return most_human(asked)
