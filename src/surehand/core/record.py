"""What became of recommendations of like confidence: the record behind a number.

A reviewer who saw the recommendation is no independent witness: agreeing is the easier answer. So the two are
counted apart, and never added.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from surehand.stats.intervals import wilson

#: Confidence is like another within the first of these, or within the second where that gives too few.
_WITHIN = (0.05, 0.10)

#: Fewer say nothing that could be shown.
FEW = 30

#: The latest of them that count.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Scored:
    """A recommendation of which it is known whether it was right.

    seen  it is known from a person who saw it, and agreed or did not
    """

    confidence: float
    right: bool
    seen: bool


@dataclass(frozen=True, slots=True)
class Record:
    """How many of like confidence were right.

    lowest, highest  confidence of those that were counted
    interval         of the share that is right, with 95 %
    seen             people saw the recommendation: how many they agreed with
    """

    right: int
    counted: int
    lowest: float
    highest: float
    interval: tuple[float, float]
    seen: bool

    def bears_out(self, confidence: float) -> bool:
        """It is independent, and what confidence says is within what it can tell."""
        return not self.seen and self.interval[0] <= confidence <= self.interval[1]

    def speaks_against(self, confidence: float) -> bool:
        """Fewer were right than confidence says, beyond chance."""
        return self.interval[1] < confidence


def record_of(confidence: float | None, past: Iterable[Scored]) -> Record | None:
    """The record of a confidence; None where too few of like confidence are known.

    past  the latest first

    Independent answers count where there are enough of them, else those of people who saw the recommendation.
    """
    if confidence is None:
        return None
    known = list(past)
    for seen in (False, True):
        for within in _WITHIN:
            like = [
                one for one in known if one.seen is seen and abs(one.confidence - confidence) <= within + 1e-9
            ][:_MOST]
            if len(like) >= FEW:
                return _counted(like, seen=seen)
    return None


def _counted(like: list[Scored], *, seen: bool) -> Record:
    right, scores = sum(one.right for one in like), [one.confidence for one in like]
    return Record(
        right, len(like), min(scores), max(scores), wilson(right / len(like), len(like)), seen
    )  # fmt: skip
