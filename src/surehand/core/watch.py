"""What is watched while decisions run alone: errors of checks, scores, and whether confidence overstates."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from surehand.stats.drift import FallingMean, Overstated, RisingShare
from surehand.stats.lately import Lately


@dataclass(slots=True)
class Watch:
    """What is remembered for it.

    limit   share of wrong answers that is borne
    share   watches the checks of decisions that ran alone; lately: those that came of late
    mean    watches the scores
    said    watches whether confidence says more than comes true
    """

    limit: float
    share: RisingShare = field(init=False)
    lately: Lately = field(default_factory=Lately)
    mean: FallingMean = field(default_factory=FallingMean)
    said: Overstated = field(default_factory=Overstated)

    def __post_init__(self) -> None:
        self.share = RisingShare(self.limit)

    def begin(self) -> None:
        """Checks of before do not count any more: something else runs alone from now on."""
        self.share, self.lately = RisingShare(self.limit), Lately()

    def forget_said(self) -> None:
        """It was noticed, and watched for anew."""
        self.said = Overstated()

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "sums": list(self.share.sums), "mean": asdict(self.mean), "said": list(self.said.sums),
            "lately": self.lately.plain,
        }  # fmt: skip

    @classmethod
    def of(cls, limit: float, plain: Mapping[str, Any]) -> "Watch":
        """From its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        made = cls(limit, Lately(plain["lately"]), FallingMean.of(plain["mean"]))
        made.said = Overstated(list(map(float, plain["said"])))
        made.share.sums = list(map(float, plain["sums"]))
        return made
