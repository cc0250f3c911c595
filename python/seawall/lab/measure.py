"""Timing one function, or two against each other, with every sample kept."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from seawall.errors import InvalidInput, SeawallError

Answer = TypeVar("Answer")

CONFIDENCE = 0.95
"""The least probability with which a comparison's interval covers the true median."""

FEWEST_PAIRS = 6
"""With fewer, even the smallest and the largest ratio do not enclose the median that surely."""


class Sample(msgspec.Struct, frozen=True):
    """One timed call."""

    wall_ns: int
    cpu_ns: int  # of all threads of the process


class Measurement(msgspec.Struct, frozen=True):
    """All timed calls of one function, in their order."""

    samples: tuple[Sample, ...]

    @property
    def wall_ns(self) -> tuple[int, ...]:
        """Wall-clock nanoseconds of each call."""
        return tuple(sample.wall_ns for sample in self.samples)

    @property
    def median_ns(self) -> float:
        """The median of the wall-clock times."""
        return statistics.median(self.wall_ns)

    @property
    def minimum_ns(self) -> int:
        """The least of the wall-clock times."""
        return min(self.wall_ns)


class PairedComparison(msgspec.Struct, frozen=True):
    """How the wall-clock time of `a` relates to that of `b`: below 1, `a` is faster."""

    a: Measurement
    b: Measurement
    ratio: float  # the median of a/b over the pairs
    ratio_low: float
    ratio_high: float
    coverage: float  # the exact probability that low..high covers the true median

    def is_surely_above(self, limit: float) -> bool:
        """Return whether the whole interval is above the limit."""
        return self.ratio_low > limit

    def is_surely_below(self, limit: float) -> bool:
        """Return whether the whole interval is below the limit."""
        return self.ratio_high < limit


def measure(
    function: Callable[[], Answer],
    *,
    repeats: int,
    check: Callable[[Answer], object],
    warmup: int = 1,
) -> Measurement:
    """Time a function again and again, and check what it answers.

    Parameters
    ----------
    function : callable
        What is timed. Bind its arguments beforehand.
    repeats : int
        Timed calls, at least 1.
    check : callable
        Takes each answer, outside the timed span, those of the warm-up too; raises or returns
        something false if it is wrong. None counts as right, so a function of asserts will do.
    warmup : int
        Calls before the timed ones.

    Returns
    -------
    Measurement
        With `repeats` samples.

    Raises
    ------
    SeawallError
        Of code ``wrong_answer``; or ``InvalidInput`` on a count that is too small.
    """
    _check_at_least("repeats", repeats, 1)
    _check_at_least("warmup", warmup, 0)
    for _ in range(warmup):
        _timed(function, check)
    return Measurement(tuple(_timed(function, check) for _ in range(repeats)))


def compare_paired(
    a: Callable[[], Answer],
    b: Callable[[], Answer],
    *,
    pairs: int,
    check: Callable[[Answer], object],
    warmup: int = 1,
) -> PairedComparison:
    """Time two functions in turn, A B B A, and compare them pair by pair.

    A drift of the machine meets both halves of a pair, and the turned order keeps either from
    always finding the caches warm.

    Parameters
    ----------
    a, b : callable
        What is compared; both must satisfy `check`.
    pairs : int
        Even, at least `FEWEST_PAIRS`.
    check, warmup
        As of `measure`.

    Returns
    -------
    PairedComparison
        The median of the ratios a/b with an interval of `CONFIDENCE`.

    Raises
    ------
    SeawallError
        As of `measure`.
    """
    _check_at_least("pairs", pairs, FEWEST_PAIRS)
    _check_at_least("warmup", warmup, 0)
    if pairs % 2 == 1:
        raise InvalidInput("must be even, so that each is first equally often", where="pairs")
    for _ in range(warmup):
        _timed(a, check)
        _timed(b, check)
    a_samples: list[Sample] = []
    b_samples: list[Sample] = []
    for pair in range(pairs):
        turns = [(a, a_samples), (b, b_samples)]
        for function, samples in turns if pair % 2 == 0 else reversed(turns):
            samples.append(_timed(function, check))
    ratios = [one.wall_ns / other.wall_ns for one, other in zip(a_samples, b_samples, strict=True)]
    low, high, coverage = median_interval(ratios)
    return PairedComparison(
        a=Measurement(tuple(a_samples)),
        b=Measurement(tuple(b_samples)),
        ratio=statistics.median(ratios),
        ratio_low=low,
        ratio_high=high,
        coverage=coverage,
    )


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Enclose the median by two order statistics, assuming nothing of the distribution.

    A value lies below the median with probability 1/2, so the k smallest of n all do, and no
    more, with binomial probability (David and Nagaraja, Order Statistics, section 7.1).

    Parameters
    ----------
    values : sequence of float
        Independent draws, at least `FEWEST_PAIRS`, in any order.

    Returns
    -------
    tuple of float
        Low, high, and the exact probability, at least `CONFIDENCE`, that they cover the median.

    Raises
    ------
    InvalidInput
        On fewer values.
    """
    count = len(values)
    _check_at_least("values", count, FEWEST_PAIRS)
    outside = 0
    rank = 0
    while 2 * (outside + math.comb(count, rank)) <= (1 - CONFIDENCE) * 2**count:
        outside += math.comb(count, rank)
        rank += 1
    ordered = sorted(values)
    return ordered[rank - 1], ordered[count - rank], 1 - 2 * outside / 2**count


def max_rss_kb() -> int:
    """Return the most memory, in KiB, that this process has had resident.

    Of the kernel's own ``VmHWM``: the ``ru_maxrss`` of getrusage also counts what the parent held
    when it started this process.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])


def _check_at_least(name: str, value: int, least: int) -> None:
    if value < least:
        raise InvalidInput(f"{value} is below {least}", where=name)


def _timed(function: Callable[[], Answer], check: Callable[[Answer], object]) -> Sample:
    cpu_before = time.process_time_ns()
    before = time.perf_counter_ns()
    answer = function()
    wall_ns = time.perf_counter_ns() - before
    cpu_ns = time.process_time_ns() - cpu_before
    verdict = check(answer)
    if verdict is not None and not verdict:
        raise SeawallError("what was timed gave a wrong answer", code="wrong_answer")
    return Sample(wall_ns=max(wall_ns, 1), cpu_ns=cpu_ns)
