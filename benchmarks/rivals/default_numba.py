"""The simulation of defaults in numba, one thread; a file of its own: its import takes a second.

``exact``: the loop nest that a user would write, a normal for each obligor and scenario.
``philox``: a counter's uniform for each, compared with the conditional probability of default by a
polynomial off by 2e-5 at most, in loops over scenarios that LLVM vectorises; the normals of the
factors are numpy's.
"""

import numba
import numpy as np

from monte_carlo_book import CreditBook, Floats, Losses, Rival, Singles

LANES = 512  # the fastest of the powers of two
# A constant of no declared type is an int64 or a double, and would make the loop's values such.
U32, LOW, DRAW = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(8)
EVEN, ODD = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
EVEN_STEP, ODD_STEP = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
UNIT, ZERO, ONE, HALF = np.float32(2**-24), np.float32(0), np.float32(1), np.float32(0.5)
FOUR, QUARTER = np.float32(4), np.float32(0.25)
C5, C4, C3 = np.float32(-0.77389586), np.float32(1.20780897), np.float32(0.40992671)
C2, C1, C0 = np.float32(-0.96908987), np.float32(-0.79699670), np.float32(0.99999183)


def exact_rival(book: CreditBook, *, seed: int) -> Rival:
    """Return the loop nest, compiled."""

    def run(scenarios: int) -> Losses:
        losses: Losses = exact_kernel(
            book.threshold, book.loading, book.loss_minor, seed, scenarios
        )
        return losses

    run(1)
    return run


def philox_rival(book: CreditBook, *, seed: int) -> Rival:
    """Return the version by counters, compiled; its obligors are padded to groups of four."""
    padding = -len(book.threshold) % 4
    threshold = np.pad(book.threshold, (0, padding), constant_values=-9.0).astype(np.float32)
    loading = np.pad(book.loading, ((0, padding), (0, 0)))
    loss = np.pad(book.loss_minor, (0, padding))

    def run(scenarios: int) -> Losses:
        random = np.random.Generator(np.random.PCG64(seed))
        shape = (-(-scenarios // LANES), loading.shape[1], LANES)
        factor = random.standard_normal(shape, dtype=np.float32)
        losses: Losses = philox_kernel(threshold, loading, loss, factor, np.uint64(seed))
        return losses[:scenarios]

    run(1)
    return run


@numba.njit(fastmath=True, error_model="numpy")
def exact_kernel(
    threshold: Floats, loading: Singles, loss: Losses, seed: int, scenarios: int
) -> Losses:
    np.random.seed(seed)  # numba's own stream
    count, factors = loading.shape
    z = np.empty(factors)
    losses = np.zeros(scenarios, np.int64)
    for s in range(scenarios):
        for k in range(factors):
            z[k] = np.random.normal()
        total = 0
        for i in range(count):
            distance = threshold[i]
            for k in range(factors):
                distance -= loading[i, k] * z[k]
            if np.random.normal() <= distance:
                total += loss[i]
        losses[s] = total
    return losses


@numba.njit(fastmath=True, error_model="numpy")
def philox_kernel(
    threshold: Singles, loading: Singles, loss: Losses, factor: Singles, seed: np.uint64
) -> Losses:
    count, factors = loading.shape
    even_key, odd_key = np.empty(10, np.uint64), np.empty(10, np.uint64)
    for r in range(10):
        even_key[r] = (seed + np.uint64(r) * EVEN_STEP) & LOW
        odd_key[r] = ((seed >> U32) + np.uint64(r) * ODD_STEP) & LOW
    uniform = np.empty((4, LANES), np.float32)
    distance = np.empty(LANES, np.float32)
    losses = np.zeros((len(factor), LANES), np.int64)
    for block in range(len(factor)):
        z, total = factor[block], losses[block]
        for group in range(count // 4):
            for lane in range(LANES):
                c0, c1 = np.uint64(group), np.uint64(block * LANES + lane)
                c2, c3 = np.uint64(0), np.uint64(0)
                for r in range(10):
                    even, odd = EVEN * (c0 & LOW), ODD * (c2 & LOW)
                    c0, c1 = (odd >> U32) ^ c1 ^ even_key[r], odd & LOW
                    c2, c3 = (even >> U32) ^ c3 ^ odd_key[r], even & LOW
                uniform[0, lane] = np.float32(np.int32(c0 >> DRAW)) * UNIT
                uniform[1, lane] = np.float32(np.int32(c1 >> DRAW)) * UNIT
                uniform[2, lane] = np.float32(np.int32(c2 >> DRAW)) * UNIT
                uniform[3, lane] = np.float32(np.int32(c3 >> DRAW)) * UNIT
            for o in range(4):
                i = 4 * group + o
                drawn, lost = uniform[o], loss[i]
                distance[:] = threshold[i]
                for k in range(factors):
                    b, row = loading[i, k], z[k]
                    for lane in range(LANES):
                        distance[lane] -= b * row[lane]
                for lane in range(LANES):
                    t = distance[lane]
                    q = min(abs(t), FOUR) * QUARTER
                    root = ((((C5 * q + C4) * q + C3) * q + C2) * q + C1) * q + C0
                    square = root * root
                    tail = square * square * HALF
                    probability = tail if t < ZERO else ONE - tail
                    total[lane] += lost if drawn[lane] < probability else 0
    return losses.reshape(-1)
