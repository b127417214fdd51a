"""Whether the routes by confidence of one map let more or less run alone than those of another."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from surehand.core.bands import resolve
from surehand.core.oversight import Level
from surehand.core.policy import Band, Grade, Guarantee
from surehand.core.steps import DecisionPoint
from surehand.errors import Fault, MapInvalid
from surehand.maps.faults import listed


class Effect(StrEnum):
    """What a change does to the oversight."""

    LOOSENS = "loosens"
    TIGHTENS = "tightens"
    NEITHER = "neither"


def routes(old: DecisionPoint, new: DecisionPoint) -> Effect:
    """Compares the routes of two tables at and around every edge, for every grade and stake.

    What a guarantee will let run is not known beforehand, so one in the place of anything else loosens.
    """
    if old.guarantee is not None or new.guarantee is not None:
        return _promises(old.guarantee, new.guarantee)
    tables = [_rows(old), _rows(new)]
    edges = {0.0, 1.0} | {band.edge for rows in tables for band in rows}
    confidences = sorted({c for e in edges for c in (e - 1e-9, e, e + 1e-9) if 0 <= c <= 1})
    limits = sorted({band.under for rows in tables for band in rows if band.under is not None})
    stakes: list[Decimal | None] = [None, *(limit - 1 for limit in limits), *limits]
    found = set()
    for grade in Grade:
        for confidence in confidences:
            for stake in stakes:
                before, after = (_route(rows, grade, confidence, stake) for rows in tables)
                found.add((after.rank > before.rank) - (after.rank < before.rank))
    if -1 in found:
        return Effect.LOOSENS
    return Effect.TIGHTENS if 1 in found else Effect.NEITHER


def _promises(old: Guarantee | None, new: Guarantee | None) -> Effect:
    """More errors, being less sure of it, or telling alike cases apart no more or otherwise, loosens."""
    if old is None or new is None:
        return Effect.LOOSENS
    if new.error > old.error or new.sure < old.sure or old.cluster not in (None, new.cluster):
        return Effect.LOOSENS
    same = (new.error, new.sure, new.cluster) == (old.error, old.sure, old.cluster)
    return Effect.NEITHER if same else Effect.TIGHTENS


def _rows(point: DecisionPoint) -> tuple[Band, ...]:
    try:
        if point.level is not None:
            return (Band(at_least=0.0, route=Level(point.level)),)
        return resolve(point.bands or ())
    except (KeyError, ValueError):
        named = f"level '{point.level}'" if point.level is not None else f"preset '{point.bands}'"
        message = f"there is no {named}: 'surehand check' lists the faults of a map."
        raise MapInvalid([Fault(point.name, message)]) from None


def _route(rows: Sequence[Band], grade: Grade, confidence: float, stake: Decimal | None) -> Level:
    for band in rows:
        small = band.under is None or (stake is not None and stake < band.under)
        if grade in band.consequence and small and band.holds(confidence):
            return band.route
    return Level.HUMAN


def table(point: DecisionPoint) -> str:
    """How a decision point chooses the route by confidence, in words."""
    if point.level is not None:
        return f"always {Level(point.level).words}"
    if (promised := point.guarantee) is not None:
        by = f", by {promised.cluster}" if promised.cluster is not None else ""
        return f"what is earned at {promised.error * 100:g} % error, {promised.sure * 100:g} % sure{by}"
    if isinstance(point.bands, str):
        return f"the preset {point.bands}"
    return "; ".join(_band(band) for band in point.bands or ())


def _band(band: Band) -> str:
    start = f"above {band.above:g}" if band.above is not None else f"from {band.edge:g}"
    under = f" under {band.under:,}" if band.under is not None else ""
    grades = "" if set(band.consequence) == set(Grade) else f" at {listed(band.consequence)} consequence"
    return f"{start}{under}{grades} {band.route.words}"
