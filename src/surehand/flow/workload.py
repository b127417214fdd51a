"""How much each person has open, for picking who has least.

Counting is asked for with every chunk of cases. While it is quick it is done anew each time; with a million
cases waiting it takes long, and then a count serves for a while, with what was given out since added to it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from surehand.flow.sharing import Sharing

#: Seconds that counting may take to be done anew each time.
_QUICK = 0.002

#: A count that took longer serves this many times as long: counting never takes more than a twentieth.
_SERVES = 20

Count = Callable[[], Mapping[str, int]]


class Loads(Mapping[str, int]):
    """Open assignments by person, counted when they are first looked at: most cases need nobody."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._counted: Counter[str] | None = None

    def given(self, person: str) -> None:
        """A case was given to a person since."""
        self._there[person] += 1

    @property
    def _there(self) -> Counter[str]:
        if self._counted is None:
            self._counted = Counter(self._count())
        return self._counted

    def __getitem__(self, person: str) -> int:
        """None of somebody who was not counted."""
        return self._there[person]

    def __iter__(self) -> Iterator[str]:
        """Those who have any."""
        return iter(self._there)

    def __len__(self) -> int:
        """How many have any."""
        return len(self._there)


class Workload:
    """Open assignments by person."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sharing = Sharing()
        self._until = 0.0
        self._counted: Counter[str] = Counter()

    def of(self, count: Count) -> Mapping[str, int]:
        """The counts now, or nearly."""

        def serve(asked: Sequence[None]) -> list[Mapping[str, int]]:
            began = self._clock()
            if began >= self._until:
                self._counted = Counter(count())
                took = self._clock() - began
                self._until = 0.0 if took < _QUICK else self._clock() + took * _SERVES
            return [dict(self._counted)] * len(asked)

        return self._sharing.run("count", None, serve)

    def given(self, person: str) -> None:
        """A case was given to a person since."""
        self._counted[person] += 1
