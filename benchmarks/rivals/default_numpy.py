"""The simulation of defaults in numpy: whole columns as one writes it, and blocks in the cache.

``conditional`` takes a uniform for each obligor and scenario in place of a normal, and compares it
with the conditional probability of default by a polynomial off by 2e-5 at most: the engine's idea.
"""

from typing import Any

import numpy as np

from monte_carlo_book import CreditBook, Losses, Rival, Singles

SCENARIO_BLOCK = 64
OBLIGOR_BLOCK = 2000  # with it the fastest of those that were tried, in both precisions
CONDITIONAL_BLOCK = 1000
WHOLE_SCENARIOS = 256  # at once, or the matrices of a large book leave no memory

# Of P(Z > t) = (polynomial in t/4)^4 / 2, the highest power first.
TAIL = tuple(
    np.float32(figure)
    for figure in (
        -0.77389586,
        1.20780897,
        0.40992671,
        -0.96908987,
        -0.79699670,
        0.99999183,
    )
)


def whole_rival(book: CreditBook, *, seed: int) -> Rival:
    """Return matrices of scenarios by obligors, in double precision."""
    losses_of_obligors = book.loss_minor.astype(np.float64)
    loading = book.loading.T.astype(np.float64)

    def run(scenarios: int) -> Losses:
        random = np.random.Generator(np.random.PCG64(seed))
        losses = np.empty(scenarios, dtype=np.int64)
        for first in range(0, scenarios, WHOLE_SCENARIOS):
            count = min(WHOLE_SCENARIOS, scenarios - first)
            factor = random.standard_normal((count, len(loading)))
            own = random.standard_normal((count, len(book.threshold)))
            defaulted = own <= book.threshold - factor @ loading
            losses[first : first + count] = np.rint(defaulted @ losses_of_obligors)
        return losses

    return run


def blocks_of(book: CreditBook, size: int, precision: Any) -> list[tuple[Any, Any, Any]]:
    """Return -b, A and the losses of so many obligors each."""
    return [
        (
            np.ascontiguousarray(-book.loading[begin : begin + size].T, dtype=precision),
            book.threshold[begin : begin + size].astype(precision),
            book.loss_minor[begin : begin + size].astype(precision),
        )
        for begin in range(0, len(book.threshold), size)
    ]


def blocked_rival(book: CreditBook, *, seed: int, precision: Any = np.float64) -> Rival:
    """Return the same in blocks that stay in the cache, nothing allocated on the way."""
    blocks = blocks_of(book, OBLIGOR_BLOCK, precision)
    size = SCENARIO_BLOCK * OBLIGOR_BLOCK
    distances, normals, defaults = (np.empty(size, dtype=precision) for _ in range(3))

    def run(scenarios: int) -> Losses:
        random = np.random.Generator(np.random.PCG64(seed))
        losses = np.zeros(scenarios)
        for first in range(0, scenarios, SCENARIO_BLOCK):
            count = min(SCENARIO_BLOCK, scenarios - first)
            factor = random.standard_normal((count, book.loading.shape[1]), dtype=precision)
            for loading, threshold, loss in blocks:
                shape = (count, len(threshold))
                distance, own, defaulted = (
                    scratch[: shape[0] * shape[1]].reshape(shape)
                    for scratch in (distances, normals, defaults)
                )
                np.matmul(factor, loading, out=distance)
                distance += threshold
                random.standard_normal(dtype=precision, out=own)
                np.less_equal(own, distance, out=defaulted, casting="unsafe")
                losses[first : first + count] += defaulted @ loss
        return np.rint(losses).astype(np.int64)

    return run


def conditional_rival(book: CreditBook, *, seed: int) -> Rival:
    """Return blocks in single precision, each uniform compared with a conditional probability."""
    blocks = blocks_of(book, CONDITIONAL_BLOCK, np.float32)
    size = SCENARIO_BLOCK * CONDITIONAL_BLOCK
    distances, probabilities, draws = (np.empty(size, dtype=np.float32) for _ in range(3))
    above = np.empty(size, dtype=bool)

    def run(scenarios: int) -> Losses:
        random = np.random.Generator(np.random.PCG64(seed))
        losses = np.zeros(scenarios)
        for first in range(0, scenarios, SCENARIO_BLOCK):
            count = min(SCENARIO_BLOCK, scenarios - first)
            factor = random.standard_normal((count, book.loading.shape[1]), dtype=np.float32)
            for loading, threshold, loss in blocks:
                shape = (count, len(threshold))
                lanes = shape[0] * shape[1]
                distance, probability, draw = (
                    scratch[:lanes].reshape(shape) for scratch in (distances, probabilities, draws)
                )
                np.matmul(factor, loading, out=distance)
                distance += threshold
                set_probability(distance, draw, above[:lanes].reshape(shape), out=probability)
                random.random(dtype=np.float32, out=draw)
                np.less(draw, probability, out=draw, casting="unsafe")
                losses[first : first + count] += draw @ loss
        return np.rint(losses).astype(np.int64)

    return run


def set_probability(distance: Singles, scratch: Singles, above: Any, *, out: Singles) -> None:
    """Set P(Z <= distance)."""
    np.abs(distance, out=scratch)
    np.minimum(scratch, np.float32(4), out=scratch)
    scratch *= np.float32(0.25)
    np.multiply(scratch, TAIL[0], out=out)
    for figure in TAIL[1:-1]:
        out += figure
        out *= scratch
    out += TAIL[-1]
    out *= out
    out *= out
    out *= np.float32(0.5)
    np.greater(distance, np.float32(0), out=above)
    np.subtract(np.float32(1), out, out=out, where=above)
