"""What comes before the rest of a list, whatever its deadline."""

from enum import StrEnum


class Precedence(StrEnum):
    """How soon a case is looked at, next to others. Ordered by `rank`.

    rank  -1 (urgent) to 1 (low); by it lists are sorted, then by deadline
    """

    rank: int

    URGENT = "urgent"
    NORMAL = "normal"
    LOW = "low"


for _rank, _precedence in enumerate(Precedence, start=-1):
    _precedence.rank = _rank


def of_rank(rank: int) -> Precedence:
    """The word for a rank, as records keep it."""
    return next(one for one in Precedence if one.rank == rank)
