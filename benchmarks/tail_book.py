"""The book whose tail is measured, for each model that its losses may follow.

All obligors have one probability of default; loadings, exposures and collateral are each obligor's
own. Over eight quarters exposures are paid down by a part each quarter. Of the obligors half have
collateral of their own, and half share a pool with another one, by first and second lien.
"""

import math
from statistics import NormalDist
from typing import Any

import msgspec
import numpy as np

from monte_carlo_book import (
    LEAST_SHARE,
    MOST_SHARE,
    SEED,
    Floats,
    Losses,
    Singles,
    summed_squares,
)
from seawall import native

FREEDOM = 4.0  # with which Student's t distribution has a closed form
MEAN_LOSS = 0.45  # given default
OWN_VARIANCE = 0.1  # of a random loss given default
PAID_DOWN = 0.04  # of the exposure, a quarter
VOLATILITY = 0.3
COLLATERAL_SHARE = 0.25  # of a pool's variance that is systematic
HAIRCUT, SALE_COST, ADMINISTRATION = 0.2, 0.05, 0.05
LEAST_COVER, MOST_COVER = 0.5, 1.1  # collateral before a sale, of what it secures
FREE_ASSETS = 0.1  # at most, of an obligor's exposure
SENIOR, NONE = 1, -1


class Cell(msgspec.Struct, frozen=True):
    """One row of the table: a model, a horizon and a probability."""

    copula: str  # gaussian or t
    losses: str  # fixed, parametric or waterfall
    quarters: int  # 1: one period
    default_pct: float

    @property
    def freedom(self) -> float:
        """Of the copula; infinite: Gaussian."""
        return FREEDOM if self.copula == "t" else math.inf


class TailBook(msgspec.Struct, frozen=True):
    """What engine and rival simulate; shapes by obligor, each of whom owes one position."""

    cell: Cell
    default_probability: float
    by_quarter: Floats  # probabilities of default by the end of each quarter
    factor_weight: Floats  # (obligor_count, factor_count)
    loading: Singles  # b of docs/explanation/default_simulation.md
    exposure_minor: Losses  # (obligor_count, quarter_count)
    free_minor: Losses
    pool_of: Losses
    lien: Losses  # 0 or 1
    pool_owner: Losses  # (pool_count,)
    pool_minor: Losses  # mean values before a sale
    pool_weight: Floats  # (pool_count, factor_count)

    @property
    def loss_minor(self) -> Losses:
        """What a default costs where that is fixed, by quarter."""
        loss: Losses = np.rint(self.exposure_minor * MEAN_LOSS).astype(np.int64)
        return loss

    @property
    def expected_loss(self) -> float | None:
        """In closed form, None where there is none."""
        if self.cell.losses == "fixed":
            return float((np.diff(self.by_quarter, prepend=0.0) * self.loss_minor).sum())
        if self.cell.losses == "parametric" and self.cell.quarters == 1:
            return float(self.default_probability * MEAN_LOSS * self.exposure_minor.sum())
        return None


def tail_book(cell: Cell, *, obligors: int, factors: int) -> TailBook:
    """Return the book of a cell; those of all cells have the same loadings and exposures."""
    random = np.random.default_rng(SEED)
    weight = random.random((obligors, factors))
    share = random.uniform(LEAST_SHARE, MOST_SHARE, obligors)
    weight *= np.sqrt(share / summed_squares(weight))[:, None]
    exposure = np.rint(1e6 * np.exp(4 * random.random(obligors)))
    remaining = 1 - PAID_DOWN * np.arange(cell.quarters)
    pairs = obligors // 4
    pool_of = np.concatenate([np.arange(2 * pairs) // 2, np.arange(pairs, obligors - pairs)])
    owner = np.concatenate([2 * np.arange(pairs), np.arange(2 * pairs, obligors)])
    secured = np.bincount(pool_of, weights=exposure)
    cover = random.uniform(LEAST_COVER, MOST_COVER, len(owner))
    probability = cell.default_pct / 100
    reached = native.quarterly_default_probabilities([probability], quarter_count=cell.quarters)
    return TailBook(
        cell=cell,
        default_probability=probability,
        by_quarter=np.frombuffer(reached, np.float64),
        factor_weight=weight,
        loading=(weight / np.sqrt(1 - summed_squares(weight))[:, None]).astype(np.float32),
        exposure_minor=np.rint(exposure[:, None] * remaining).astype(np.int64),
        free_minor=np.rint(exposure * FREE_ASSETS * random.random(obligors)).astype(np.int64),
        pool_of=pool_of,
        lien=np.where(np.arange(obligors) < 2 * pairs, np.arange(obligors) % 2, 0),
        pool_owner=owner,
        pool_minor=np.rint(secured * cover).astype(np.int64),
        pool_weight=weight[owner] * np.sqrt(COLLATERAL_SHARE / share[owner])[:, None],
    )


def score(probability: Floats, copula: str) -> Floats:
    """Return the quantile of the copula's distribution; t's of 4 degrees is W. T. Shaw's (2006)."""
    if copula == "gaussian":
        return np.array([NormalDist().inv_cdf(p) for p in probability])
    root = np.sqrt(4 * probability * (1 - probability))
    q = np.cos(np.arccos(root) / 3) / root
    return np.sign(probability - 0.5) * 2 * np.sqrt(np.maximum(q - 1, 0.0))


def simulation_of(book: TailBook) -> native.DefaultSimulation:
    """Return the engine, ready to run; raises what it raises where a model is not there."""
    count = len(book.loading)
    by_quarter = book.cell.quarters > 1
    amounts = (lambda rows: rows) if by_quarter else (lambda rows: np.ascontiguousarray(rows[:, 0]))
    obligors: dict[str, Any] = {
        "slot": np.arange(count),
        "default_probability": np.full(count, book.default_probability),
        "factor_weight": book.factor_weight,
    }
    positions: dict[str, Any] = {"obligor": np.arange(count)}
    pools: dict[str, Any] | None = None
    if by_quarter:
        obligors["cumulative_default_probability"] = np.tile(book.by_quarter, (count, 1))
    if book.cell.losses == "fixed":
        positions["loss_minor"] = amounts(book.loss_minor)
    else:
        positions["exposure_minor"] = amounts(book.exposure_minor)
    if book.cell.losses == "parametric":
        positions["loss_given_default"] = np.full(count, MEAN_LOSS)
        positions["dispersion"] = np.full(count, OWN_VARIANCE)
    if book.cell.losses == "waterfall":
        nobody = np.full(count, NONE)
        positions |= {
            "pool": book.pool_of,
            "lien_position": book.lien,
            "seniority": np.full(count, SENIOR),
            "guarantor": nobody,
        }
        obligors |= {"free_assets_minor": book.free_minor, "parent": nobody}
        pools = {
            "value_minor": book.pool_minor,
            "owner": book.pool_owner,
            "number": np.arange(len(book.pool_owner)),
            "volatility": np.full(len(book.pool_owner), VOLATILITY),
            "factor_weight": book.pool_weight,
        }
    terms: dict[str, Any] = {}
    if pools:
        terms["pools"] = pools
        terms["liquidation"] = (HAIRCUT, SALE_COST, ADMINISTRATION)
        if by_quarter:
            terms["discount_factors"] = [1.0] * book.cell.quarters
    correlation: dict[str, Any] = {"correlation": np.eye(book.loading.shape[1])}
    return native.DefaultSimulation(
        obligors, positions, correlation, degrees_of_freedom=book.cell.freedom, **terms
    )
