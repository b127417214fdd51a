"""How complete briefs are: of one that somebody looks at, and of the latest of each decision point."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from surehand.core.bound import BoundProcess
from surehand.core.completeness import Completeness, Contents, Share, argued, completeness, passages, share
from surehand.core.oversight import Level
from surehand.core.steps import DecisionPoint
from surehand.errors import NotFound
from surehand.flow import reporting
from surehand.flow.context import Context
from surehand.flow.plainly import plain_reasons
from surehand.store import past
from surehand.store.past import Posed

#: The latest briefs of a queue, of those that wait and of those that were decided.
_LATELY = 500


def shares(context: Context, process: str, *, person: str | None = None) -> Sequence[Share]:
    """How complete the latest briefs of a process are, by decision point. Read anew every five minutes.

    Raises NotFound, also where the person may not see the process; None is whoever runs the deployment.
    """
    bound = context.processes.current.get(process)
    if bound is None or not reporting.may_see(context, person, process):
        raise NotFound(f"There is no process {process}, or you may not see its cases")
    return context.complete.of((process, bound.version), lambda: _shares(context, bound))


def plain(one: Share) -> dict[str, Any]:
    """As JSON."""
    lacks = {str(lack): count for lack, count in one.lacks.items()}
    return {**asdict(one), "lacks": lacks}


def _shares(context: Context, bound: BoundProcess) -> tuple[Share, ...]:
    points = [one.step for one in bound.steps if isinstance(one.step, DecisionPoint)]
    found = []
    with context.db.read() as connection:
        for point in points:
            posed = past.posed(connection, bound.name, point.name, point.all_queues, limit=_LATELY)
            found.append(share(bound.name, point.name, [_of(bound, point, one) for one in posed]))
    return tuple(found)


def _of(bound: BoundProcess, point: DecisionPoint, one: Posed) -> Completeness:
    """By the map as it is now, so that what was mended counts at once."""
    blind = not Level(one.level).shows_recommendation
    reasons = plain_reasons(bound, point.name, one.reasons) if blind else one.reasons
    return completeness(
        Contents(
            effect=bool(point.about.strip()), recommended=None if blind else one.recommended is not None,
            reasoned=argued(point, {"reasons": one.because}), facts=True, flagged=True,
            named=point.subject is not None, known=bool(one.subject),
            quoted=bool(passages(bound.map, point, reasons)),
        )
    )  # fmt: skip
