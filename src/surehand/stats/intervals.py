"""How far a share may lie from what a sample shows."""

from math import sqrt

#: Normal quantile of 95 % in the middle.
Z95 = 1.959963984540054


def wilson(share: float, count: float) -> tuple[float, float]:
    """The 95 % interval of a share.

    It says how much one sample can tell, once. Looked at again and again it deceives: see `stats.betting`.

    share   found in the sample, in [0, 1]
    count   size of the sample; of a weighted one its effective size, which need not be whole
    returns low and high, in [0, 1]; (0, 1) of an empty sample

    Source: Wilson, Probable inference, the law of succession, and statistical inference, 1927; the effective
    size is that of Kish, Survey Sampling, 1965.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    if count <= 0:
        return 0.0, 1.0
    square = Z95**2
    middle = share + square / (2 * count)
    reach = Z95 * sqrt(share * (1 - share) / count + square / (4 * count**2))
    low, high = ((middle + sign * reach) / (1 + square / count) for sign in (-1, 1))
    return (0.0 if share == 0 else max(0.0, low)), (1.0 if share == 1 else min(1.0, high))
