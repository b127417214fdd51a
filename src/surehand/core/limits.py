"""Limits that only narrow: whether one is for a case, and what it then asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from surehand.core.oversight import Level, most_human
from surehand.core.policy import Limit, Trigger
from surehand.core.reason import Reason, percent


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One limit with what is known of a case.

    holds   its condition does; None: that cannot be told. True where it has none
    before  cases that came here since what it counts from changed; only where the limit counts them
    day     of the judgement, in UTC
    """

    limit: Limit
    holds: bool | None = True
    before: int = 0
    day: date = date.min

    @property
    def concerns(self) -> bool:
        """The limit is for this case, whatever its confidence. What cannot be told counts as if it were."""
        first, peak = self.limit.first, self.limit.peak
        if self.holds is False or (first is not None and self.before >= first):
            return False
        return not peak or not any(period.holds(self.day) for period in peak)


def reached(limits: Iterable[Narrowing], confidence: float | None) -> list[tuple[Limit, Reason]]:
    """The limits that a case runs into, each with what it asks for; no confidence is below any limit."""
    return [(one.limit, _reason(one, confidence)) for one in limits if _hit(one, confidence)]


def edge(limits: Iterable[Narrowing]) -> float | None:
    """The confidence below which a person decides because of limits; None where none says so."""
    edges = [
        one.limit.below for one in limits
        if one.limit.below is not None and one.limit.route.waits and one.concerns
    ]  # fmt: skip
    return max(edges, default=None)


def _hit(one: Narrowing, confidence: float | None) -> bool:
    below = one.limit.below
    return one.concerns and (below is None or confidence is None or confidence < below)


def _reason(one: Narrowing, confidence: float | None) -> Reason:
    limit, said = one.limit, one.limit.because
    details = []
    if limit.below is not None and confidence is not None:
        details.append(f"confidence {percent(confidence)} is below {percent(limit.below)}")
    if limit.first is not None:
        since = f"{limit.policy} changed" if limit.policy else "the process changed"
        details.append(f"case {one.before + 1} of the first {limit.first} since {since}")
    text = f"{said}: {', '.join(details)}" if details else said
    trigger = Trigger.LOW_CONFIDENCE if limit.below is not None else Trigger.POLICY_SENSITIVE
    if one.holds is None:
        level = most_human((limit.route, Level.REVIEW))
        return Reason(f"Could not be told, so it counts: {text}", level, trigger, limit.policy)
    return Reason(text, limit.route, trigger, limit.policy)
