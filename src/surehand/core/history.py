"""A level that trusted history fixes, and what the first cases after it have to show before it runs.

History says where to begin, and nothing about today. None of it counts: the level is tried on blind answers
about new cases, runs with many checks while evidence gathers, and is certified by that evidence alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surehand.core.guarantee import Judged, Plan
from surehand.core.levels import levels_of


@dataclass(frozen=True, slots=True)
class Fixed:
    """What trusted outcomes say.

    levels  score of each level, the strictest first, as history's scores are spread
    level   index of the widest one at which history had few enough errors
    cases   at that level; wrong: of them
    """

    levels: tuple[float, ...]
    level: int
    cases: int
    wrong: int


def fixed(scores: Sequence[float], right: Sequence[bool], plan: Plan) -> Fixed | None:
    """The level to begin with; None where none can be told.

    The widest level whose share of errors in history is at most half of what answers may show, with cases
    enough that it is not mere luck. A level too wide only costs time, as nothing of it is believed.
    """
    if len(scores) < plan.first:
        return None
    ordered = sorted(zip(scores, right, strict=True), key=lambda one: -one[0])
    levels = levels_of(scores)
    best = None
    for index, level in enumerate(levels):
        at = [good for score, good in ordered if score >= level]
        wrong = len(at) - sum(at)
        if len(at) >= plan.trial and wrong <= plan.limit / 2 * len(at):
            best = Fixed(levels, index, len(at), wrong)
    return best


@dataclass(slots=True)
class Trial:
    """The first live cases at that level.

    level    its index; -1: nothing is on trial
    made     judgements at that level that people were asked about
    wrong    of them turned out
    pending  numbers of those that have no answer yet, the oldest first
    running  it runs alone, and is not certified yet
    """

    level: int = -1
    made: int = 0
    wrong: int = 0
    pending: dict[int, None] = field(default_factory=dict)
    running: bool = False

    def judge(self, one: Judged, level: int, plan: Plan) -> None:
        """A judgement that counts was made, and lies at this level."""
        if level <= self.level and self.made < plan.trial:
            self.made += 1
            self.pending[one.number] = None

    def answer(self, one: Judged, *, right: bool) -> None:
        """The answer about it came."""
        if one.number in self.pending:
            del self.pending[one.number]
            self.wrong += not right

    def passed(self, plan: Plan, judged: int) -> bool:
        """All of the first were answered, and nearly all right. What never came was wrong."""
        while self.pending and (oldest := next(iter(self.pending))) <= judged - plan.patience:
            del self.pending[oldest]
            self.wrong += 1
        tried = self.level >= 0 and self.made >= plan.trial and not self.pending
        return tried and self.wrong <= plan.trial_wrong

    def left(self, plan: Plan) -> int | None:
        """Answers that are missing until it may run; None: nothing is on trial, or too many were wrong."""
        if self.level < 0 or self.wrong > plan.trial_wrong:
            return None
        return plan.trial - self.made + len(self.pending)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "level": self.level, "made": self.made, "wrong": self.wrong, "pending": list(self.pending),
            "running": self.running,
        }  # fmt: skip

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Trial":
        """From its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        pending = dict.fromkeys(map(int, plain["pending"]))
        level, made, wrong = (int(plain[name]) for name in ("level", "made", "wrong"))
        return cls(level, made, wrong, pending, bool(plain["running"]))
