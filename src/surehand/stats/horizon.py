"""How many more observations wealth needs, if things go on as they did."""

from collections.abc import Sequence
from math import exp, log, log1p

from surehand.stats.betting import PARTS

#: More observations than this are none that anybody waits for.
_MOST = 1_000_000.0


def observations_until(
    limit: float, share: float, *, enough: float, now: float = 1.0, bets: Sequence[tuple[float, float]] = ()
) -> float | None:
    """Observations until wealth against a limit is expected to come to `enough`.

    The expectation is that of each player's logarithm, and wealth is read at its best moment, so it is
    cautious: in simulation one future in three takes longer (docs/benchmarks.md has the medians).

    limit   the share that is bet against, in (0, 1)
    share   of observations that turn out wrong, as far as is known
    enough  wealth that is wanted; now: wealth that there is, at least 1
    bets    (share of the observations, factor of their bets) for every kind of them; one kind with full bets
            where left out
    returns None where wealth does not grow at this share, or too slowly for anybody to wait
    """
    if enough <= now:
        return 0.0
    kinds = bets or ((1.0, 1.0),)
    gains = [sum(part * _gain(limit, share, bet * factor) for part, factor in kinds) for bet in PARTS]
    if max(gains) <= 0:
        return None
    end = _reached(gains, log(enough))
    return None if end is None else end - (_reached(gains, log(now)) or 0.0)


def _gain(limit: float, share: float, bet: float) -> float:
    """Expected logarithm of the factor of one observation; see `stats.betting`."""
    return (1 - share) * log1p(bet * limit / (1 - limit)) + share * log1p(-bet)


def _reached(gains: Sequence[float], wanted: float) -> float | None:
    """The number of observations at which the mean of all players comes to e to this, growing."""
    if wanted <= 0:
        return 0.0
    high = 1.0
    while _logarithm(gains, high) < wanted:
        high *= 2
        if high > _MOST:
            return None
    # the mean of exponentials is convex and begins at 1, so from there on it only grows
    low = high / 2 if high > 1 else 0.0
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if _logarithm(gains, middle) < wanted else (low, middle)
    return high


def _logarithm(gains: Sequence[float], number: float) -> float:
    """Of the mean wealth after so many observations."""
    most = max(gains) * number
    return most + log(sum(exp(gain * number - most) for gain in gains) / len(gains))
