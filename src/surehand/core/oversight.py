"""The oversight levels, from least to most human."""

from collections.abc import Iterable
from enum import StrEnum


class Level(StrEnum):
    """How much of a decision a person makes. Ordered by `rank`, least human first."""

    AUTOMATE = "automate"
    SPOT_CHECK = "spot_check"
    NOTIFY = "notify"
    REVIEW = "review"
    ASSIST = "assist"
    HUMAN = "human"

    @property
    def rank(self) -> int:
        """Place on the ladder, 0 (least human) to 5."""
        return _RANK[self]

    @property
    def waits(self) -> bool:
        """Nothing runs before a person has answered."""
        return self.rank >= Level.REVIEW.rank

    @property
    def shows_recommendation(self) -> bool:
        """The person sees the AI's view beside the evidence."""
        return self is not Level.HUMAN

    @property
    def words(self) -> str:
        """The level as people read it."""
        return self.value.replace("_", " ")


_RANK = {level: rank for rank, level in enumerate(Level)}


def most_human(levels: Iterable[Level]) -> Level:
    """The strictest of some levels; `automate` of none."""
    return max(levels, key=lambda level: level.rank, default=Level.AUTOMATE)
