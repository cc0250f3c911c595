"""The simulation of defaults in numpy: whole columns as one writes it, and blocks in the cache."""

from typing import Any

import numpy as np

from monte_carlo_book import CreditBook, Losses, Rival

SCENARIO_BLOCK = 64
OBLIGOR_BLOCK = 2000  # with it the fastest of those that were tried, in both precisions
WHOLE_SCENARIOS = 256  # at once, or the matrices of a large book leave no memory


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


def blocked_rival(book: CreditBook, *, seed: int, precision: Any = np.float64) -> Rival:
    """Return the same in blocks that stay in the cache, nothing allocated on the way."""
    blocks: list[tuple[Any, Any, Any]] = [
        (
            np.ascontiguousarray(-book.loading[begin : begin + OBLIGOR_BLOCK].T, dtype=precision),
            book.threshold[begin : begin + OBLIGOR_BLOCK].astype(precision),
            book.loss_minor[begin : begin + OBLIGOR_BLOCK].astype(precision),
        )
        for begin in range(0, len(book.threshold), OBLIGOR_BLOCK)
    ]
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
