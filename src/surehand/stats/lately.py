"""The share of wrong answers of late, where what was seldom asked about counts for more."""

from collections import deque
from collections.abc import Iterable, Sequence


class Lately:
    """Answers that came within the last places of a sequence."""

    __slots__ = ("_answers",)

    def __init__(self, plain: Iterable[Sequence[float]] = ()) -> None:
        self._answers = deque((int(at), float(odds), bool(wrong)) for at, odds, wrong in plain)

    def add(self, at: int, odds: float, *, wrong: bool) -> None:
        """An answer came. at: the place then; odds: with which it was asked for, in (0, 1]."""
        self._answers.append((at, odds, wrong))

    def share(self, after: int, *, few: int) -> float:
        """Weighted share of wrong ones among those that came after a place; 0 below `few` of them."""
        while self._answers and self._answers[0][0] <= after:
            self._answers.popleft()
        if len(self._answers) < few:
            return 0.0
        total = sum(1 / odds for _, odds, _ in self._answers)
        return sum(1 / odds for _, odds, wrong in self._answers if wrong) / total

    @property
    def plain(self) -> list[list[float]]:
        """As JSON."""
        return [list(one) for one in self._answers]
