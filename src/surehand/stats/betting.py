"""Bets against the claim that a share is at or above a limit: wealth that can only grow if it lies below.

Whoever bets a part of their wealth on each observation, at odds that are fair while the share is at the
limit, multiplies it by 1 / delta with a probability of at most delta, however long they play and whenever
they look. So wealth is evidence that may be read after every observation. Observations are made with known
probabilities, and each counts as wrong until it is known to be right.

Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, 2024; Waudby-Smith,
Wu, Ramdas, Karampatziakis and Mineiro, Anytime-valid off-policy inference, 2024 (weights by probability).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Parts of the wealth that are bet; the wealth is the mean over players who each bet one of them.
PARTS = (0.05, 0.1, 0.2, 0.35, 0.55, 0.75, 0.95)


class Wealth:
    """Wealth at nested levels: an observation of level j is one of all levels from j on.

    Observations are counted by block. A block is a run of the sequence within which each level is observed
    with a probability of at least `least[level]`, fixed before it began. Only counts are kept, so their order
    of arrival does not matter, and counting the same again gives the same wealth to the last bit.

    limit   the share that is bet against, in (0, 1)
    levels  how many there are
    """

    __slots__ = ("_above", "_below", "_blocks", "_final", "_seen", "levels", "limit")

    def __init__(self, limit: float, levels: int) -> None:
        import numpy as np

        if not 0 < limit < 1:
            raise ValueError(f"a share to bet against lies between 0 and 1, not at {limit}")
        self.limit = limit
        self.levels = levels
        self._final = 0  # blocks before this one do not change any more, and are not kept
        self._blocks: list[_Block] = []
        self._seen = np.zeros((3, levels))
        self._below = _Running(levels, _won_below)
        self._above = _Running(levels, _won_above)

    def begin(self, least: Sequence[float]) -> int:
        """Begin a block; returns its number.

        least  (levels,) the smallest probability with which an observation of each level is made in it
        """
        if len(least) != self.levels or not all(0 < p <= 1 for p in least):
            raise ValueError("every level needs a probability above 0 and of at most 1")
        self._blocks.append(_Block(tuple(least)))
        return self._final + len(self._blocks) - 1

    def observe(self, block: int, level: int, probability: float) -> None:
        """An observation, made with this probability; wrong until `settle` says otherwise.

        Raises ValueError for a probability below the least of its block (odds would not be fair), IndexError
        for a block that is final.
        """
        counted = self._blocks[self._place(block)]
        if not max(counted.least[level:]) <= probability <= 1:
            raise ValueError(f"{probability} lies outside of the odds of this block")
        self._count(block, level, probability, _MADE, 1)

    def settle(self, block: int, level: int, probability: float, *, right: bool, back: bool = False) -> bool:
        """What an observation turned out to be; `back` takes that back. False: its block is final."""
        if self.is_final(block):
            return False
        self._count(block, level, probability, _RIGHT if right else _WRONG, -1 if back else 1)
        return True

    def finish(self, before: int) -> None:
        """Blocks before this number are final: what is not known by now stays wrong."""
        while self._final < before and self._blocks:
            block = self._blocks.pop(0)
            self._seen += block.seen()
            self._below.finish(block, self.limit)
            self._above.finish(block, self.limit)
            self._final += 1

    def is_final(self, block: int) -> bool:
        """Nothing is counted in this block any more."""
        return block < self._final

    def below(self) -> "NDArray[np.float64]":
        """(levels,) evidence that the share lies below the limit: the most that wealth ever came to."""
        return self._below.most(self._blocks, self.limit)

    def above(self) -> "NDArray[np.float64]":
        """(levels,) evidence that it lies above, from bets the other way; what is not known is right then."""
        return self._above.most(self._blocks, self.limit)

    def seen(self) -> "NDArray[np.float64]":
        """(3, levels) how many observations were made, were right and were wrong, weighted by probability."""
        return sum((block.seen() for block in self._blocks), self._seen.copy())

    @property
    def plain(self) -> dict[str, Any]:
        """All that is needed to have the same wealth again, as JSON."""
        return {
            "final": self._final, "seen": self._seen.tolist(),
            "below": self._below.plain, "above": self._above.plain,
            "blocks": [[list(b.least), [[p, _sparse(c)] for p, c in b.counts()]] for b in self._blocks],
        }  # fmt: skip

    @classmethod
    def of(cls, limit: float, levels: int, plain: Mapping[str, Any]) -> "Wealth":
        """From its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        import numpy as np

        made = cls(limit, levels)
        made._final = int(plain["final"])
        made._seen = np.array(plain["seen"], dtype=np.float64).reshape(3, levels)
        made._below.take(plain["below"])
        made._above.take(plain["above"])
        for least, seen in plain["blocks"]:
            block = made._blocks[made._place(made.begin([float(p) for p in least]))]
            for probability, rows in seen:
                counts = block.of(float(probability))
                for level, *numbers in rows:
                    if not 0 <= level < levels:
                        raise ValueError(f"there is no level {level}")
                    for column, number in zip(counts, numbers, strict=True):
                        column[level] = int(number)
        return made

    def _place(self, block: int) -> int:
        if self.is_final(block):
            raise IndexError(f"block {block} is final")
        return block - self._final

    def _count(self, block: int, level: int, probability: float, column: int, step: int) -> None:
        place = self._place(block)
        self._blocks[place].of(probability)[column][level] += step
        self._below.changed(place)
        self._above.changed(place)


#: Columns of counts: all observations, those that were right, those that were wrong.
_MADE, _RIGHT, _WRONG = range(3)


class _Block:
    """Counts by probability, column and level."""

    __slots__ = ("_counts", "least")

    def __init__(self, least: tuple[float, ...]) -> None:
        self.least = least
        self._counts: dict[float, list[list[int]]] = {}

    def of(self, probability: float) -> list[list[int]]:
        found = self._counts.get(probability)
        if found is None:
            found = self._counts[probability] = [[0] * len(self.least) for _ in range(3)]
        return found

    def counts(self) -> list[tuple[float, list[list[int]]]]:
        """In an order that does not depend on what came first."""
        return sorted(self._counts.items())

    def seen(self) -> "NDArray[np.float64]":
        import numpy as np

        total = np.zeros((3, len(self.least)))
        for probability, counts in self.counts():
            total += np.cumsum(counts, axis=1) / probability
        return total


def _sparse(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """Level and counts, of levels with any observation."""
    rows = enumerate(zip(*counts, strict=True))
    return [[level, *numbers] for level, numbers in rows if numbers[_MADE]]


#: (3, levels) counts, (parts, levels) bets, the limit -> logarithms of the factors of wealth.
Won = Callable[["NDArray[np.int64]", "NDArray[np.float64]", float], "NDArray[np.float64]"]


def _won_below(
    counts: "NDArray[np.int64]", bet: "NDArray[np.float64]", limit: float
) -> "NDArray[np.float64]":
    import numpy as np

    right = counts[_RIGHT]
    won = np.log1p(bet * limit / (1 - limit)) * right
    grown: NDArray[np.float64] = won + np.log1p(-bet) * (counts[_MADE] - right)
    return grown


def _won_above(
    counts: "NDArray[np.int64]", bet: "NDArray[np.float64]", limit: float
) -> "NDArray[np.float64]":
    import numpy as np

    wrong = counts[_WRONG]
    bet = bet / 10  # a wrong one wins much
    won = np.log1p(bet * (1 - limit) / limit) * wrong
    grown: NDArray[np.float64] = won + np.log1p(-bet) * (counts[_MADE] - wrong)
    return grown


class _Running:
    """Products over blocks and the best mean of them so far; only what changed is multiplied again.

    Logarithms of every player's wealth, and the best mean, after the final blocks and after each one since.
    """

    __slots__ = ("_after", "_best", "_won")

    def __init__(self, levels: int, won: Won) -> None:
        import numpy as np

        self._won = won
        self._after = [np.zeros((len(PARTS), levels))]
        self._best = [np.ones(levels)]

    def changed(self, place: int) -> None:
        del self._after[place + 1 :], self._best[place + 1 :]

    def most(self, blocks: Sequence[_Block], limit: float) -> "NDArray[np.float64]":
        for block in blocks[len(self._after) - 1 :]:
            self._add(block, limit)
        return self._best[-1]

    def finish(self, first: _Block, limit: float) -> None:
        if len(self._after) == 1:
            self._add(first, limit)
        del self._after[0], self._best[0]

    def _add(self, block: _Block, limit: float) -> None:
        import numpy as np

        parts, least = np.array(PARTS)[:, None], np.array(block.least)
        total = self._after[-1].copy()
        for probability, counts in block.counts():
            # what is observed surely is bet on with less: it stands for nothing but itself. A level with
            # a larger `least` than this probability has no such observation
            bet = parts * np.minimum(least / probability, 1.0)
            total += self._won(np.cumsum(counts, axis=1), bet, limit)
        mean = np.exp(np.minimum(total, _MOST)).mean(axis=0)
        self._after.append(total)
        self._best.append(np.maximum(mean, self._best[-1]))

    @property
    def plain(self) -> list[Any]:
        return [self._after[0].tolist(), self._best[0].tolist()]

    def take(self, plain: Sequence[Any]) -> None:
        import numpy as np

        shapes = self._after[0].shape, self._best[0].shape
        after, best = (np.array(one, dtype=np.float64) for one in plain)
        self._after, self._best = [after.reshape(shapes[0])], [best.reshape(shapes[1])]


#: e to this is the most wealth that is told.
_MOST = 700.0
