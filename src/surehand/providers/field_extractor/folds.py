"""Which documents are left out together, and how much each counts.

A supplier may be known when its paper comes, or not. Folds leave out whole groups, and show how papers of new
suppliers are read; some documents are left out once more while others of their group teach, and show how
papers of known suppliers are read.
"""

import math
from collections import Counter
from collections.abc import Sequence

_FOLDS = 5
#: One in this many of a group is also read by what the others of its group taught.
_OF_KNOWN = 3


def folds_of(groups: Sequence[str], count: int = _FOLDS) -> list[int]:
    """The fold of each document; documents of a group are never parted, unless there is only one group."""
    sizes = Counter(groups)
    if len(sizes) < 2:
        return [at % min(count, len(groups)) for at in range(len(groups))]
    loads = [0] * min(count, len(sizes))
    of_group: dict[str, int] = {}
    for group, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        lightest = loads.index(min(loads))
        of_group[group] = lightest
        loads[lightest] += size
    return [of_group[group] for group in groups]


def known_again(groups: Sequence[str]) -> list[int]:
    """Documents that are left out while others of their group are not: a third of each group, at least one.

    Empty with one group alone: its folds already leave out single documents.
    """
    sizes = Counter(groups)
    if len(sizes) < 2:
        return []
    seen: Counter[str] = Counter()
    out = []
    for at, group in enumerate(groups):
        seen[group] += 1
        if sizes[group] > 1 and seen[group] % _OF_KNOWN == (0 if sizes[group] >= _OF_KNOWN else 1):
            out.append(at)
    return out


def weights_of(groups: Sequence[str]) -> list[float]:
    """1 / sqrt(documents of the group): a big supplier counts more than a small one, but less per paper."""
    sizes = Counter(groups)
    return [1.0 / math.sqrt(sizes[group]) for group in groups]
