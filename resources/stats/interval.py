"""Say how sure a share is that was measured on a sample."""

import math
from typing import NamedTuple

Z = 1.959963984540054  # of the normal distribution: 95 % lie within as many standard deviations


class Share(NamedTuple):
    """So many of so many, in percent, with the ends of the 95 % interval."""

    part: int
    total: int
    percent: float
    low: float
    high: float


def share(count: int, total: int) -> Share | None:
    """Return a share with Wilson's score interval at 95 %, without continuity correction; None of nothing.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927), 209-212.
    """
    if not total:
        return None
    ratio, square = count / total, Z * Z / total
    middle = (ratio + square / 2) / (1 + square)
    half = Z / (1 + square) * math.sqrt(ratio * (1 - ratio) / total + square / (4 * total))
    # At 0 and at 100 % the ends are exact; reckoning with fractions may miss them by the last digit.
    return Share(count, total, 100 * ratio, max(0.0, 100 * (middle - half)), min(100.0, 100 * (middle + half)))
