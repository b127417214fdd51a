"""Has it changed? Watchers of a share that must not rise, of probabilities that must not be overstated, and
of a mean that must not fall."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Parts of the wealth that are bet on each observation, see `RisingShare`.
_PARTS = (0.02, 0.05, 0.15, 0.35)


@dataclass(slots=True)
class RisingShare:
    """Rings when observations speak for a share above its limit, however late the change came.

    Every moment starts a bet of its own against "the share is at most `limit`"; the sum of their wealth is
    what is told, the mean over bets of several sizes. While the share is at most the limit, the sum grows by
    one at most with each observation, so the mean time until it reaches n is at least n observations.

    Source: Shin, Ramdas and Rinaldo, E-detectors, 2024 (Shiryaev-Roberts form).
    """

    limit: float
    sums: list[float] = field(default_factory=lambda: [0.0] * len(_PARTS))

    def add(self, wrong: bool) -> float:
        """One more observation; returns the evidence after it."""
        for place, part in enumerate(_PARTS):
            factor = 1 - part + (part / self.limit if wrong else 0.0)
            self.sums[place] = min((self.sums[place] + 1) * factor, _MOST)
        return self.evidence

    @property
    def evidence(self) -> float:
        """Compare it with the number of observations after which a false alarm is bearable."""
        return sum(self.sums) / len(self.sums)


#: Sums are kept below this, or the wealth of a hopeless case could not be written down.
_MOST = 1e100


#: How many times the odds of an error may be larger than what is said; each is a bet, see `Overstated`.
_TIMES = (1.5, 2.5, 5.0)

#: No probability of an error that is said is taken for smaller: too little of what is seen is as sure.
_LEAST_ERROR = 0.01


@dataclass(slots=True)
class Overstated:
    """Rings when probabilities of being right are higher than what comes true, however late that began.

    As `RisingShare`, with likelihood ratios as bets: that the odds of an error are so many times those that
    were said. While every probability that is said holds, a bet grows by one at most with each observation.
    """

    sums: list[float] = field(default_factory=lambda: [0.0] * len(_TIMES))

    def add(self, said: float, *, right: bool) -> float:
        """One more observation; returns the evidence after it.

        said  in [0, 1], before it was known
        """
        error = max(1 - said, _LEAST_ERROR)
        for place, times in enumerate(_TIMES):
            larger = times * error / (1 - error + times * error)
            factor = (1 - larger) / (1 - error) if right and error < 1 else larger / error
            self.sums[place] = min((self.sums[place] + 1) * factor, _MOST)
        return self.evidence

    @property
    def evidence(self) -> float:
        """Compare it with the number of observations after which a false alarm is bearable."""
        return sum(self.sums) / len(self.sums)


@dataclass(slots=True)
class FallingMean:
    """Rings when the mean of what comes lately is far below that of what came before.

    An exponentially weighted mean is compared with mean and deviation of what is older than `lag`. A long
    span finds a slow change as soon as a short one, and seldom rings for nothing.

    span    about so many of the latest count
    lag     observations that are not usual yet; they are remembered in lumps
    first   observations that say what is usual, before anything is told
    usual, recent  number, sum and sum of squares of what is old, and by lump of what is not
    latest  the weighted mean

    Source: Roberts, Control chart tests based on geometric moving averages, 1959.
    """

    span: int = 1_500
    lag: int = 2_500
    first: int = 1_000
    usual: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    recent: list[list[float]] = field(default_factory=list)
    latest: float | None = None

    def add(self, value: float) -> float:
        """One more observation; returns how many deviations its latest mean lies above the usual one."""
        self._remember(value)
        weight = 2 / (self.span + 1)
        self.latest = value if self.latest is None else self.latest + weight * (value - self.latest)
        count, total, squares = self.usual
        if count < self.first:
            return 0.0
        mean = total / count
        variance = max(squares / count - mean * mean, 0.0)
        # of the latest mean, and of the usual one, which is an estimate itself
        deviation = math.sqrt(variance * (weight / (2 - weight) + 1 / count))
        return (self.latest - mean) / deviation if deviation > _NOTHING else 0.0

    def _remember(self, value: float) -> None:
        if not self.recent or self.recent[-1][0] >= _LUMP:
            self.recent.append([0.0, 0.0, 0.0])
        lump = self.recent[-1]
        lump[0] += 1.0
        lump[1] += value
        lump[2] += value * value
        if len(self.recent) > max(self.lag // _LUMP, 1):
            self.usual = [a + b for a, b in zip(self.usual, self.recent.pop(0), strict=True)]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "FallingMean":
        """From its fields as JSON. Raises TypeError for anything else."""
        return cls(**stored)


#: Observations that are remembered together, and a deviation that is none.
_LUMP, _NOTHING = 50, 1e-6
