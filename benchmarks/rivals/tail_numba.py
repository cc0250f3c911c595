"""The tail's rivals: who defaults in numpy or in numba, what that costs in loops of numba.

The chi-squared variable of Student's t copula mixes the normals' scale; a random loss given default
is Frye and Jacobs'; a waterfall is settled pool by pool; quarters are read off thresholds. Who
defaults is drawn as by `numpy_conditional` and `numba_philox`, the fastest forms of each.
"""

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from monte_carlo_book import Floats, Losses, Singles
from rivals.default_numba import (
    C0,
    C1,
    C2,
    C3,
    C4,
    C5,
    DRAW,
    EVEN,
    EVEN_STEP,
    FOUR,
    HALF,
    LOW,
    ODD,
    ODD_STEP,
    ONE,
    QUARTER,
    U32,
    UNIT,
    ZERO,
)
from rivals.default_numpy import set_probability
from tail_book import (
    ADMINISTRATION,
    HAIRCUT,
    MEAN_LOSS,
    OWN_VARIANCE,
    SALE_COST,
    VOLATILITY,
    TailBook,
    score,
)

TailRival = Callable[[int, int], Losses]
"""Simulates so many scenarios from a seed."""

LANES = {"numpy": 64, "numba": 256}  # the fastest of the powers of two
OWN_ROOT, OWN_REST = math.sqrt(OWN_VARIANCE), math.sqrt(1 - OWN_VARIANCE)
KEPT, FREE_KEPT = (1 - HAIRCUT) * (1 - SALE_COST), 1 - ADMINISTRATION
DRIFT = -VOLATILITY * VOLATILITY / 2
HALF_ROOT = math.sqrt(0.5)


class Draws:
    """Who defaults in a block of scenarios, and the draws that say so, all of (obligor, lane)."""

    def __init__(self, book: TailBook, form: str) -> None:
        self.form = form
        self.lanes = LANES[form]
        self.loading = book.loading
        self.spread = np.sqrt(1 + (book.loading.astype(np.float64) ** 2).sum(axis=1))
        last = score(book.by_quarter[-1:], book.cell.copula)[0]
        self.threshold = (last * self.spread).astype(np.float32)
        shape = (len(book.loading), self.lanes)
        self.uniform, self.distance, self.probability = (
            np.empty(shape, np.float32) for _ in range(3)
        )
        self.above, self.defaulted = np.empty(shape, bool), np.empty(shape, bool)

    def draw(self, factor: Singles, root: Singles, random: Any, block: int, seed: int) -> None:
        """Fill `uniform` and `defaulted`."""
        if self.form == "numba":
            draw_block(
                self.threshold,
                self.loading,
                factor,
                root,
                self.uniform,
                self.defaulted,
                block * self.lanes,
                np.uint64(seed),
            )
            return
        np.matmul(self.loading, factor, out=self.distance)
        np.multiply(self.threshold[:, None], root, out=self.probability)
        np.subtract(self.probability, self.distance, out=self.distance)
        set_probability(self.distance, self.uniform, self.above, out=self.probability)
        random.random(dtype=np.float32, out=self.uniform)
        np.less(self.uniform, self.probability, out=self.defaulted)


def tail_rival(book: TailBook, form: str) -> TailRival:
    """Return a rival, ready to run and compiled; `form` is numpy or numba."""
    draws = Draws(book, form)
    cost = cost_of(book, draws)

    def run(scenarios: int, seed: int) -> Losses:
        random = np.random.Generator(np.random.PCG64(seed))
        seed_costs(seed)
        blocks = -(-scenarios // draws.lanes)
        losses = np.zeros((blocks, draws.lanes))
        for block in range(blocks):
            shape = (book.loading.shape[1], draws.lanes)
            factor = random.standard_normal(shape, dtype=np.float32)
            root = np.ones(draws.lanes, np.float32)
            if book.cell.copula == "t":
                freedom = book.cell.freedom
                root = np.sqrt(random.chisquare(freedom, draws.lanes) / freedom).astype(np.float32)
            draws.draw(factor, root, random, block, seed)
            cost(factor, root, losses[block])
        return np.rint(losses.ravel()[:scenarios]).astype(np.int64)

    run(1, 0)
    return run


def cost_of(book: TailBook, draws: Draws) -> Callable[[Singles, Singles, Floats], None]:
    """Return what adds up the losses of a block, by the kernel of the book's model."""
    scores = score(book.by_quarter, book.cell.copula)
    if book.cell.losses == "waterfall":
        pairs = int(np.count_nonzero(book.lien))
        exposure = book.exposure_minor.astype(np.float64)
        free = (FREE_KEPT * book.free_minor).astype(np.float64)
        proceeds = (KEPT * book.pool_minor).astype(np.float64)
        pool_weight = book.pool_weight.astype(np.float32)
        own = math.sqrt(1 - float((book.pool_weight[0] ** 2).sum()))
        is_t = book.cell.copula == "t"
        return lambda factor, root, total: waterfall_cost(
            draws.defaulted, draws.uniform, exposure, scores, draws.spread, draws.loading,
            free, proceeds, pool_weight, own, pairs, is_t, factor, root, total,
        )  # fmt: skip
    if book.cell.losses == "parametric":
        exposure = book.exposure_minor.astype(np.float64)
        mean = score(np.array([book.default_probability * MEAN_LOSS]), book.cell.copula)[0]
        return lambda factor, root, total: parametric_cost(
            draws.defaulted, draws.uniform, exposure, scores, mean, draws.spread, draws.loading,
            factor, root, total,
        )  # fmt: skip
    loss = book.loss_minor.astype(np.float64)
    if book.cell.quarters == 1:
        flat = loss[:, 0].astype(np.float32)

        def add_fixed(_factor: Singles, _root: Singles, total: Floats) -> None:
            total += flat @ draws.defaulted.astype(np.float32)

        return add_fixed
    return lambda factor, root, total: quarter_cost(
        draws.defaulted, draws.uniform, loss, scores, draws.spread, draws.loading,
        factor, root, total,
    )  # fmt: skip


@numba.njit(error_model="numpy")
def seed_costs(seed: int) -> None:
    np.random.seed(seed)  # numba's own stream


@numba.njit(fastmath=True, error_model="numpy")
def draw_block(
    threshold: Singles,
    loading: Singles,
    factor: Singles,
    root: Singles,
    uniform: Singles,
    defaulted: Any,
    first: int,
    seed: np.uint64,
) -> None:
    count, factors = loading.shape
    lanes = len(root)
    even_key, odd_key = np.empty(10, np.uint64), np.empty(10, np.uint64)
    for r in range(10):
        even_key[r] = (seed + np.uint64(r) * EVEN_STEP) & LOW
        odd_key[r] = ((seed >> U32) + np.uint64(r) * ODD_STEP) & LOW
    words = np.empty((4, lanes), np.float32)
    distance = np.empty(lanes, np.float32)
    for group in range((count + 3) // 4):
        for lane in range(lanes):
            c0, c1 = np.uint64(group), np.uint64(first + lane)
            c2, c3 = np.uint64(0), np.uint64(0)
            for r in range(10):
                even, odd = EVEN * (c0 & LOW), ODD * (c2 & LOW)
                c0, c1 = (odd >> U32) ^ c1 ^ even_key[r], odd & LOW
                c2, c3 = (even >> U32) ^ c3 ^ odd_key[r], even & LOW
            words[0, lane] = np.float32(np.int32(c0 >> DRAW)) * UNIT
            words[1, lane] = np.float32(np.int32(c1 >> DRAW)) * UNIT
            words[2, lane] = np.float32(np.int32(c2 >> DRAW)) * UNIT
            words[3, lane] = np.float32(np.int32(c3 >> DRAW)) * UNIT
        for i in range(4 * group, min(4 * group + 4, count)):
            drawn = words[i - 4 * group]
            uniform[i, :] = drawn
            distance[:] = threshold[i] * root
            for k in range(factors):
                b, row = loading[i, k], factor[k]
                for lane in range(lanes):
                    distance[lane] -= b * row[lane]
            for lane in range(lanes):
                t = distance[lane]
                q = min(abs(t), FOUR) * QUARTER
                tail = ((((C5 * q + C4) * q + C3) * q + C2) * q + C1) * q + C0
                tail *= tail
                tail *= tail * HALF
                defaulted[i, lane] = drawn[lane] < (tail if t < ZERO else ONE - tail)


@numba.njit(error_model="numpy")
def normal_below(x: float) -> float:
    return 0.5 * math.erfc(-HALF_ROOT * x)


@numba.njit(error_model="numpy")
def normal_quantile(p: float) -> float:
    """By P. J. Acklam's rational functions, off by 1.2e-9 at most."""
    if p > 0.97575:
        return -low_quantile(1.0 - p)
    if p < 0.02425:
        return low_quantile(p)
    q = p - 0.5
    r = q * q
    above = ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r
              + 138.357751867269) * r - 30.66479806614716) * r + 2.506628277459239  # fmt: skip
    below = ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r
              + 66.80131188771972) * r - 13.28068155288572) * r + 1.0  # fmt: skip
    return q * above / below


@numba.njit(error_model="numpy")
def low_quantile(p: float) -> float:
    q = math.sqrt(-2.0 * math.log(p))
    above = ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q
              - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783  # fmt: skip
    below = (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q
             + 3.754408661907416) * q + 1.0  # fmt: skip
    return above / below


@numba.njit(error_model="numpy")
def systematic(row: Singles, factor: Singles, lane: int) -> float:
    total = 0.0
    for k in range(len(row)):
        total += row[k] * factor[k, lane]
    return total


@numba.njit(error_model="numpy")
def quarter_of(drawn: float, state: float, scores: Floats, scale: float) -> int:
    """Return the first quarter whose threshold an obligor's own normal is within."""
    last = len(scores) - 1
    own = (normal_quantile(max(drawn, 2.0**-25)) + state) / scale
    quarter = 0
    while quarter < last and own > scores[quarter]:
        quarter += 1
    return quarter


@numba.njit(error_model="numpy")
def quarter_cost(
    defaulted: Any, uniform: Singles, loss: Floats, scores: Floats, spread: Floats,
    loading: Singles, factor: Singles, root: Singles, total: Floats,
) -> None:  # fmt: skip
    for i in range(len(loss)):
        for lane in range(len(root)):
            if defaulted[i, lane]:
                state = systematic(loading[i], factor, lane)
                scale = root[lane] * spread[i]
                total[lane] += loss[i, quarter_of(uniform[i, lane], state, scores, scale)]


@numba.njit(error_model="numpy")
def parametric_cost(
    defaulted: Any, uniform: Singles, exposure: Floats, scores: Floats, mean: float,
    spread: Floats, loading: Singles, factor: Singles, root: Singles, total: Floats,
) -> None:  # fmt: skip
    last = len(scores) - 1
    for i in range(len(exposure)):
        for lane in range(len(root)):
            if defaulted[i, lane]:
                state = systematic(loading[i], factor, lane)
                scale = root[lane] * spread[i]
                share = normal_below(mean * scale - state) / normal_below(
                    scores[last] * scale - state
                )
                lost = 1.0
                if share < 1.0:
                    moved = normal_quantile(share) + OWN_ROOT * np.random.normal()
                    lost = normal_below(moved / OWN_REST)
                quarter = 0
                if last > 0:
                    quarter = quarter_of(uniform[i, lane], state, scores, scale)
                total[lane] += lost * exposure[i, quarter]


@numba.njit(error_model="numpy")
def value_factor(state: float, root: float, is_t: bool) -> float:
    """Return a pool's value over its mean, lognormal; under t by the rank of T, 4 degrees."""
    y = state
    if is_t:
        x = abs(state) / root
        length = math.sqrt(x * x + 4.0)
        rest = 4.0 / (length * (length + x))  # 1 - x / length
        y = math.copysign(normal_quantile(rest * rest * (3.0 - rest) / 4.0), state)
    return math.exp(VOLATILITY * y + DRIFT)


@numba.njit(error_model="numpy")
def waterfall_cost(
    defaulted: Any, uniform: Singles, exposure: Floats, scores: Floats, spread: Floats,
    loading: Singles, free: Floats, proceeds: Floats, pool_weight: Singles, own: float,
    pairs: int, is_t: bool, factor: Singles, root: Singles, total: Floats,
) -> None:  # fmt: skip
    """Add what first and second liens leave open, pool by pool, settled once a scenario.

    Whatever is left of a pool over its liens belongs to who has lost nothing. The lien of who
    performs holds for what is owed in the last quarter.
    """
    last = len(scores) - 1
    for pool in range(len(proceeds)):
        first = 2 * pool if pool < pairs else pool + pairs
        liens = 2 if pool < pairs else 1
        for lane in range(len(root)):
            if not (defaulted[first, lane] or (liens == 2 and defaulted[first + 1, lane])):
                continue
            state = systematic(pool_weight[pool], factor, lane) + own * np.random.normal()
            left = proceeds[pool] * value_factor(state, root[lane], is_t)
            for i in range(first, first + liens):
                quarter = last
                if defaulted[i, lane] and last > 0:
                    scale = root[lane] * spread[i]
                    state = systematic(loading[i], factor, lane)
                    quarter = quarter_of(uniform[i, lane], state, scores, scale)
                claim = exposure[i, quarter]
                if defaulted[i, lane]:
                    total[lane] += max(claim - left - free[i], 0.0)
                left = max(left - claim, 0.0)
