"""The oversight levels, from least to most human."""

from collections.abc import Iterable
from enum import StrEnum
from operator import attrgetter


class Level(StrEnum):
    """How much of a decision a person makes. Ordered by `rank`, least human first.

    rank   place on the ladder, 0 (least human) to 5
    waits  nothing runs before a person has answered
    """

    rank: int
    waits: bool

    AUTOMATE = "automate"
    SPOT_CHECK = "spot_check"
    NOTIFY = "notify"
    REVIEW = "review"
    ASSIST = "assist"
    HUMAN = "human"

    @property
    def shows_recommendation(self) -> bool:
        """The person sees the AI's view beside the evidence."""
        return self is not Level.HUMAN

    @property
    def words(self) -> str:
        """The level as people read it."""
        return self.value.replace("_", " ")


for _rank, _level in enumerate(Level):
    # asked many times for every case: set once and not worked out each time
    _level.rank, _level.waits = _rank, _rank >= tuple(Level).index(Level.REVIEW)

_BY_RANK = attrgetter("rank")


def most_human(levels: Iterable[Level]) -> Level:
    """The strictest of some levels; `automate` of none."""
    return max(levels, key=_BY_RANK, default=Level.AUTOMATE)
