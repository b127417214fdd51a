"""How much each person has open, for picking who has least, and whose turn it is.

Counting is asked for with every chunk of cases. While it is quick it is done anew each time; with a million
cases waiting it takes long, and then a count serves for a while, with what was given out since added to it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from surehand.core.case import Assignment
from surehand.core.lifecycle import Office
from surehand.core.passage import Passage
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


class Turns:
    """Whose turn it is in queues where each gets one: the last of each person, read once, then counted on.

    Of several workers each reads what was committed, so two that work at one moment may give the same person
    a turn of the same number; the next look is even again. There is no row that all of them write.
    """

    def __init__(self, read: Callable[[str, Sequence[str]], Mapping[str, int]]) -> None:
        self._read = read
        self._last: dict[str, dict[str, int]] = {}

    def __call__(self, queue: str, people: Sequence[str]) -> Mapping[str, int]:
        """The last turn of each of these people; who never had one is left out."""
        known = self._last.setdefault(queue, {})
        unread = [name for name in people if name not in known]
        if unread:
            known.update(dict.fromkeys(unread, 0) | dict(self._read(queue, unread)))
        return {name: known[name] for name in people if known[name]}

    def took(self, given: Iterable[Assignment]) -> None:
        """What was assigned since; the same may be told again."""
        for one in given if self._last else ():
            if one.turn is not None and one.queue in self._last:
                known = self._last[one.queue]
                known[one.person] = max(known.get(one.person, 0), one.turn)


def took_turn(office: Office, passage: Passage) -> None:
    """The next case that is given out is somebody else's turn."""
    if isinstance(office.turns, Turns):
        office.turns.took(passage.assignments(()))


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
