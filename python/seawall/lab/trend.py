"""Whether a figure grows while something runs: a slope with an interval, whatever the steps."""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist

import msgspec
import numpy as np

from seawall.errors import InvalidInput

FEWEST = 10
"""Blocks; with fewer the interval has no meaning."""


class Trend(msgspec.Struct, frozen=True):
    """A slope in units a second, and where it lies at the stated confidence."""

    slope: float
    low: float
    high: float
    confidence: float


def trend_of(
    times_s: Sequence[float],
    values: Sequence[float],
    *,
    blocks: int = 20,
    confidence: float = 0.99,
) -> Trend:
    """Estimate a slope from the medians of blocks of equal length.

    Memory grows in steps and falls back: neighbouring looks are not independent, and their errors
    are not normal. So a block is one value, its median, and the slope is Sen's: the median of the
    slopes of all pairs of blocks, with the interval of Kendall's statistic.

    Parameters
    ----------
    times_s, values : sequence of float, shape (look_count,)
        In the order of time, at least one for each block.
    blocks : int
        At least `FEWEST`.
    confidence : float
        Above 0 and below 1.

    Returns
    -------
    Trend
        Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968).

    Raises
    ------
    InvalidInput
        For too few looks or blocks, or another confidence.
    """
    t, v = np.asarray(times_s, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if blocks < FEWEST:
        raise InvalidInput(f"must be at least {FEWEST}", where="blocks")
    if not 0 < confidence < 1:
        raise InvalidInput("must be above 0 and below 1", where="confidence")
    if t.ndim != 1 or t.shape != v.shape or len(t) < blocks:
        raise InvalidInput(f"must be as many as the times, and {blocks} at least", where="values")
    block = np.minimum(((t - t[0]) / (t[-1] - t[0]) * blocks).astype(int), blocks - 1)
    kept = [block == one for one in range(blocks) if np.any(block == one)]
    middles = np.array([[np.median(t[mask]), np.median(v[mask])] for mask in kept])
    first, second = np.triu_indices(len(middles), k=1)
    rise = middles[second] - middles[first]
    slopes = np.sort(rise[:, 1] / rise[:, 0])
    count = len(middles)
    spread = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(
        count * (count - 1) * (2 * count + 5) / 18
    )
    outside = max(int((len(slopes) - spread) / 2), 0)
    return Trend(
        slope=float(np.median(slopes)),
        low=float(slopes[outside]),
        high=float(slopes[-1 - outside]),
        confidence=confidence,
    )
