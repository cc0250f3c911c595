"""How a throughput grows with concurrency, and where it stops growing."""

import itertools
import math
from collections.abc import Sequence

import msgspec
import numpy as np

from seawall.errors import InvalidInput


class ScalabilityFit(msgspec.Struct, frozen=True):
    """The universal scalability law X(N) = r N / (1 + s (N - 1) + k N (N - 1)).

    Gunther, Guerrilla Capacity Planning (2007), chapter 4.
    """

    rate: float  # r: of one alone
    contention: float  # s: the share of the work that waits in line
    coherency: float  # k: what each pair costs
    worst: float  # the largest relative deviation of a point from the curve

    def throughput(self, concurrency: float) -> float:
        """Return the curve's value."""
        n = concurrency
        return self.rate * n / (1 + self.contention * (n - 1) + self.coherency * n * (n - 1))

    @property
    def peak(self) -> float:
        """The concurrency of the most throughput; infinite where it only grows."""
        if self.coherency <= 0:
            return math.inf
        return math.sqrt(max(1 - self.contention, 0) / self.coherency)

    @property
    def half(self) -> float:
        """The concurrency from which the queue, not the work, is most of a request's time.

        Where N = 1/s, a request waits as long as it works; infinite without contention.
        """
        return 1 / self.contention if self.contention > 0 else math.inf


def fit_scalability(concurrency: Sequence[float], *, throughput: Sequence[float]) -> ScalabilityFit:
    """Fit the law by least squares of N/X = (1 + s (N-1) + k N (N-1)) / r, relative errors.

    Parameters
    ----------
    concurrency : sequence of float, shape (point_count,)
        At least 1, three different ones or more.
    throughput : sequence of float, shape (point_count,)
        Above 0.

    Raises
    ------
    InvalidInput
        On other values.
    """
    n = np.asarray(concurrency, dtype=np.float64)
    x = np.asarray(throughput, dtype=np.float64)
    if n.ndim != 1 or n.shape != x.shape:
        raise InvalidInput("must be as many as the concurrencies", where="throughput")
    if not bool(np.all(np.isfinite(n) & (n >= 1))) or np.unique(n).size < 3:
        raise InvalidInput("must be three different ones from 1 on", where="concurrency")
    if not bool(np.all(np.isfinite(x) & (x > 0))):
        raise InvalidInput("must be finite and above 0", where="throughput")
    time = n / x
    columns = np.column_stack([np.ones_like(n), n - 1, n * (n - 1)]) / time[:, None]
    first, waiting, crossing = _least_squares_not_negative(columns)
    if first <= 0:
        raise InvalidInput("follows no such law", where="throughput")
    fit = ScalabilityFit(
        rate=1 / first, contention=waiting / first, coherency=crossing / first, worst=0.0
    )
    curve = np.array([fit.throughput(value) for value in n])
    return msgspec.structs.replace(fit, worst=float(np.max(np.abs(curve / x - 1))))


def _least_squares_not_negative(columns: np.ndarray) -> tuple[float, float, float]:
    """Solve columns · c = 1 for c ≥ 0: of three unknowns, each choice of those above 0 is tried."""
    best, best_error = (0.0, 0.0, 0.0), math.inf
    for count in (1, 2, 3):
        for chosen in itertools.combinations(range(3), count):
            found, *_ = np.linalg.lstsq(columns[:, chosen], np.ones(len(columns)), rcond=None)
            if np.any(found < 0):
                continue
            error = float(np.sum((columns[:, chosen] @ found - 1) ** 2))
            if error < best_error - 1e-12:
                whole = np.zeros(3)
                whole[list(chosen)] = found
                best, best_error = (float(whole[0]), float(whole[1]), float(whole[2])), error
    return best


def knee(concurrency: Sequence[float], *, throughput: Sequence[float], share: float) -> float:
    """Return the least measured concurrency that reaches a share of the most throughput."""
    most = max(throughput)
    return min(n for n, x in zip(concurrency, throughput, strict=True) if x >= share * most)
