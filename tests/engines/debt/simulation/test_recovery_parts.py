"""A book of connected debts falls apart into books that lose the same, scenario by scenario."""

from typing import Any

import numpy as np
import pytest

from seawall import native
from seawall.engines.debt.simulation.recovery_columns import RecoveryColumns
from seawall.engines.debt.simulation.recovery_parts import connected_obligors, some_of

OBLIGORS, POSITIONS, POOLS = 60, 90, 40


def random_book(seed: int) -> tuple[RecoveryColumns, Any]:
    """Obligors with and without debts, pools with and without liens, owners and guarantors."""
    random = np.random.default_rng(seed)

    def sometimes(rows: Any, share: float) -> Any:
        return np.where(random.random(len(rows)) < share, rows, -1)

    obligor = np.sort(random.integers(0, OBLIGORS, POSITIONS))
    guarantor = sometimes(random.integers(0, OBLIGORS, POSITIONS), 0.08)
    below = np.array([random.integers(0, row) if row else -1 for row in range(OBLIGORS)])
    recovery = RecoveryColumns(
        positions={
            "pool": sometimes(random.integers(0, POOLS, POSITIONS), 0.2),
            "lien_position": random.integers(0, 3, POSITIONS),
            "seniority": random.integers(0, 4, POSITIONS),
            "guarantor": np.where(guarantor == obligor, -1, guarantor),
        },
        obligors={
            "free_assets_minor": random.integers(0, 30_000, OBLIGORS),
            "parent": sometimes(below, 0.1),
        },
        pools={
            "value_minor": random.integers(0, 150_000, POOLS),
            "owner": random.integers(0, OBLIGORS, POOLS),
            "number": random.permutation(POOLS),
            "volatility": random.random(POOLS),
            "factor_weight": np.full((POOLS, 1), 0.6),
        },
        liquidation=(0.2, 0.05, 0.03),
    )
    return recovery, obligor


def losses(recovery: RecoveryColumns, obligor: Any, slots: Any, exposure: Any) -> Any:
    simulation = native.DefaultSimulation(
        {
            "slot": slots,
            "default_probability": np.full(len(slots), 0.3),
            "factor_weight": np.full((len(slots), 1), 0.5),
            **recovery.obligors,
        },
        {"obligor": obligor, "exposure_minor": exposure, **recovery.positions},
        {"correlation": np.eye(1)},
        degrees_of_freedom=5.0,
        pools=recovery.pools,
        liquidation=recovery.liquidation,
    )
    return np.frombuffer(simulation.losses(seed=3, first_scenario=0, count=200), np.int64)


def connected_literally(recovery: RecoveryColumns, obligor: Any, start: int) -> set[int]:
    links: list[tuple[int, int]] = []
    for row, pool, guarantor in zip(
        obligor, recovery.positions["pool"], recovery.positions["guarantor"], strict=True
    ):
        links += [(row, recovery.pools["owner"][pool])] if pool >= 0 else []
        links += [(row, guarantor)] if guarantor >= 0 else []
    links += [(row, up) for row, up in enumerate(recovery.obligors["parent"]) if up >= 0]
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for one, other in [*links, *((b, a) for a, b in links)]:
            if one == at and other not in found:
                found.add(int(other))
                waiting.append(int(other))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_whoever_is_connected_is_found(seed: int) -> None:
    recovery, obligor = random_book(seed)
    for start in (0, 17, 59):
        found = connected_obligors(recovery, obligor, np.array([start]))
        assert set(found.tolist()) == connected_literally(recovery, obligor, start)


def test_an_obligor_behind_the_book_is_connected_to_none() -> None:
    recovery, obligor = random_book(0)
    found = connected_obligors(recovery, obligor, np.array([OBLIGORS + 3]))
    assert found.tolist() == [OBLIGORS + 3]


@pytest.mark.parametrize("seed", range(12))
def test_some_of_a_book_and_the_others_lose_what_the_book_does(seed: int) -> None:
    recovery, obligor = random_book(seed)
    exposure = np.random.default_rng(seed).integers(0, 100_000, POSITIONS)
    slots = np.arange(OBLIGORS)
    whole = losses(recovery, obligor, slots, exposure)
    one = connected_obligors(recovery, obligor, np.array([5, 40]))
    apart = np.zeros(POSITIONS, np.int64)
    parts = 0
    for rows in (one, np.setdiff1d(slots, one)):
        held = np.flatnonzero(np.isin(obligor, rows))
        part = some_of(recovery, rows, held)
        owed_by = np.searchsorted(rows, obligor[held])
        parts = parts + losses(part, owed_by, slots[rows], exposure[held])
        apart[held] += 1
    assert (apart == 1).all()
    assert (parts == whole).all()
    assert whole.max() > 0
