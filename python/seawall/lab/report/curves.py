"""Thin curves through the points of a graph: what a time or a throughput grows like."""

from collections.abc import Callable, Sequence

from seawall.errors import InvalidInput
from seawall.lab.fit import fit_line
from seawall.lab.fit_scalability import fit_scalability
from seawall.lab.report.advice import CLOSE_FIT

Curve = Callable[[float], float]
Fit = Callable[[Sequence[float], Sequence[float]], Curve | None]
"""Makes a curve of places and values, or none where they follow none."""

_STEPS = 60


def straight_line(sizes: Sequence[float], times: Sequence[float]) -> Curve | None:
    """Return a + b n; none of one size."""
    try:
        fit = fit_line(sizes, times=times)
    except InvalidInput:
        return None
    return lambda size: fit.a + fit.b * size


def scalability_law(concurrency: Sequence[float], throughput: Sequence[float]) -> Curve | None:
    """Return the universal scalability law; none where it misses a point by too much."""
    try:
        fit = fit_scalability(concurrency, throughput=throughput)
    except InvalidInput:  # fewer than three concurrencies, or nothing was answered
        return None
    return fit.throughput if fit.worst <= CLOSE_FIT else None


def places(first: float, last: float) -> list[float]:
    """Return places evenly apart on a logarithmic axis."""
    ratio = (last / first) ** (1 / _STEPS)
    return [first * ratio**step for step in range(_STEPS + 1)]
