"""How long answers take, those included that have not come."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Waits:
    """The latest questions, each with the place in a sequence at which it was put and answered.

    most   questions that are remembered
    asked  place at which each was put, oldest first
    took   how long each took; None while there is no answer
    """

    most: int = 60
    asked: list[int] = field(default_factory=list)
    took: list[int | None] = field(default_factory=list)

    def ask(self, place: int) -> None:
        """A question was put."""
        self.asked.append(place)
        self.took.append(None)
        if len(self.asked) > self.most:
            del self.asked[0], self.took[0]

    def answer(self, place: int, *, now: int) -> None:
        """The question that was put at this place is answered; one that is forgotten does not matter."""
        if place in self.asked:
            self.took[self.asked.index(place)] = max(now - place, 0)

    def mean(self, now: int) -> float:
        """How long answers take on average; an open question has taken as long as it waits. 0 if none was."""
        if not self.asked:
            return 0.0
        pairs = zip(self.asked, self.took, strict=True)
        return sum(now - place if took is None else took for place, took in pairs) / len(self.asked)

    @property
    def plain(self) -> list[list[int | None]]:
        """As JSON."""
        return [[place, took] for place, took in zip(self.asked, self.took, strict=True)]

    @classmethod
    def of(cls, plain: Sequence[Sequence[int | None]]) -> "Waits":
        """From its JSON. Raises TypeError or ValueError for anything else."""
        made = cls()
        for place, took in plain:
            if not isinstance(place, int):
                raise TypeError("a question has a place")
            made.ask(place)
            made.took[-1] = took
        return made
