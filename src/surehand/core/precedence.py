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


_BY_RANK = dict(enumerate(Precedence, start=-1))
for _rank, _precedence in _BY_RANK.items():
    _precedence.rank = _rank


def of_rank(rank: int) -> Precedence:
    """The word for a rank, as records keep it."""
    return _BY_RANK[rank]
