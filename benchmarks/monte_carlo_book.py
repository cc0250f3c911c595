"""The book of the Monte Carlo benchmark, as the engine and as its rivals take it.

PDs are graded: twenty grades of a master scale, each obligor of one of them. Loadings and losses
are each obligor's own, so that nobody can put obligors together.
"""

import math
import statistics
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import msgspec
import numpy as np

from seawall import native
from seawall.lab.measure import PairedComparison

SEED = 1
GRADES = np.geomspace(0.0005, 0.2, 20)
LEAST_SHARE, MOST_SHARE = 0.1, 0.4  # of an obligor's variance that is systematic

Floats = np.ndarray[Any, np.dtype[np.float64]]
Singles = np.ndarray[Any, np.dtype[np.float32]]
Losses = np.ndarray[Any, np.dtype[np.int64]]
Rival = Callable[[int], Losses]
"""Simulates so many scenarios, its preparation done."""


class Workload(msgspec.Struct, frozen=True):
    """What is simulated, and how by the engine."""

    obligors: int
    factors: int
    scenarios: int
    threads: int
    instruction_set: str


class CreditBook(msgspec.Struct, frozen=True):
    """Obligors under independent factors z: i defaults where its own normal is <= A - b'z."""

    default_probability: Floats  # (obligor_count,)
    factor_weight: Floats  # (obligor_count, factor_count)
    loss_minor: Losses  # (obligor_count,)
    threshold: Floats  # A, (obligor_count,)
    loading: Singles  # b, (obligor_count, factor_count)

    @property
    def expected_loss(self) -> float:
        """Exactly, whatever depends on what."""
        return float((self.default_probability * self.loss_minor).sum())


def credit_book(obligors: int, *, factors: int) -> CreditBook:
    """Return a book whose A and b are those of docs/explanation/default_simulation.md."""
    random = np.random.default_rng(SEED)
    grade = random.integers(0, len(GRADES), obligors)
    weight = random.random((obligors, factors))
    share = random.uniform(LEAST_SHARE, MOST_SHARE, obligors)
    weight *= np.sqrt(share / summed_squares(weight))[:, None]
    loading = (weight / np.sqrt(1 - summed_squares(weight))[:, None]).astype(np.float32)
    quantile = np.array([NormalDist().inv_cdf(probability) for probability in GRADES])
    return CreditBook(
        default_probability=GRADES[grade],
        factor_weight=weight,
        loss_minor=np.rint(1e5 * np.exp(4 * random.random(obligors))).astype(np.int64),
        threshold=quantile[grade] * np.sqrt(1 + summed_squares(loading.astype(np.float64))),
        loading=loading,
    )


def summed_squares(rows: Floats) -> Floats:
    """Return each row's, added in the order of the columns as the engine does."""
    total = np.zeros(len(rows))
    for column in rows.T:
        total += column * column
    return total


def simulation_of(
    book: CreditBook, rows: slice = slice(None), *, freedom: float = math.inf
) -> native.DefaultSimulation:
    """Return the engine, ready to run; the rows keep their slots."""
    slots = np.arange(len(book.loss_minor))[rows]
    obligors: dict[str, Any] = {
        "slot": slots,
        "default_probability": book.default_probability[rows],
        "factor_weight": book.factor_weight[rows],
    }
    positions: dict[str, Any] = {
        "obligor": np.arange(len(slots)),
        "loss_minor": book.loss_minor[rows],
    }
    correlation: dict[str, Any] = {"correlation": np.eye(book.factor_weight.shape[1])}
    return native.DefaultSimulation(obligors, positions, correlation, degrees_of_freedom=freedom)


def engine_run(
    book: CreditBook, workload: Workload, *, scenarios: int = 0, threads: int = 0
) -> Callable[[], Losses]:
    """Return the engine's simulation of a workload, or of so many scenarios on so many threads."""
    simulation = simulation_of(book)

    def run() -> Losses:
        losses = simulation.losses(
            seed=SEED,
            first_scenario=0,
            count=scenarios or workload.scenarios,
            threads=threads or workload.threads,
            instruction_set=workload.instruction_set,
        )
        return np.frombuffer(losses, np.int64)

    return run


def cpu_ratio(found: PairedComparison) -> float:
    """Return the median ratio a/b of processor times, which other work disturbs less."""
    pairs = zip(found.a.samples, found.b.samples, strict=True)
    return statistics.median(a.cpu_ns / max(b.cpu_ns, 1) for a, b in pairs)
