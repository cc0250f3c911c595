"""Some obligors of a waterfall with all that connects them, and loans that come to it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from seawall.engines.debt.simulation.decimal_amounts import Numbers
from seawall.engines.debt.simulation.factor_groups import Rows
from seawall.engines.debt.simulation.recovery_columns import RecoveryColumns

SENIORITIES = ("super_senior", "senior", "subordinated", "junior")  # by rank, as the core has them


class NewClaim(msgspec.Struct, frozen=True):
    """A loan that comes to a book, and what collateral of its own secures it."""

    obligor: int  # its row, behind the book's where it is new
    seniority: str
    value_minor: int | None  # of the collateral; None: there is none
    volatility: float
    factor_weight: Numbers  # of the collateral, of shape (factor_count,)


def connected_obligors(recovery: RecoveryColumns, obligor: Rows, rows: Rows) -> Rows:
    """Return rows of obligors, and of all whom collateral, guarantees or ownership connect to them.

    ``obligor`` is the row of each position's obligor. Rows behind the book's are connected to none.
    """
    pool, guarantor = recovery.positions["pool"], recovery.positions["guarantor"]
    parent = recovery.obligors["parent"]
    secured, guaranteed = np.flatnonzero(pool >= 0), np.flatnonzero(guarantor >= 0)
    owned = np.flatnonzero(parent >= 0)
    pairs = np.concatenate(
        [
            np.column_stack([obligor[secured], recovery.pools["owner"][pool[secured]]]),
            np.column_stack([obligor[guaranteed], guarantor[guaranteed]]),
            np.column_stack([owned, parent[owned]]),
        ]
    )
    count = len(parent)
    found = np.zeros(max(count, int(rows.max(initial=-1)) + 1), bool)
    found[rows] = True
    before = 0
    while (reached := int(found.sum())) > before:
        found[pairs[found[pairs].any(axis=1)].ravel()] = True
        before = reached
    return np.flatnonzero(found)


def some_of(recovery: RecoveryColumns, obligors: Rows, positions: Rows) -> RecoveryColumns:
    """Return rising rows of obligors and of positions, as a book of their own.

    The obligors must be all that are connected, and the positions all that they owe.
    """
    row = _new_rows(obligors, len(recovery.obligors["parent"]))
    pools = np.flatnonzero(row[recovery.pools["owner"]] >= 0)
    pool_row = _new_rows(pools, len(recovery.pools["owner"]))
    held = {name: values[positions] for name, values in recovery.positions.items()}
    of_obligors = {name: values[obligors] for name, values in recovery.obligors.items()}
    of_pools = {name: values[pools] for name, values in recovery.pools.items()}
    return RecoveryColumns(
        positions=held
        | {
            "pool": _moved(held["pool"], pool_row),
            "guarantor": _moved(held["guarantor"], row),
        },
        obligors=of_obligors | {"parent": _moved(of_obligors["parent"], row)},
        pools=of_pools | {"owner": row[of_pools["owner"]]},
        liquidation=recovery.liquidation,
    )


def with_claims(
    recovery: RecoveryColumns, obligor_count: int, claims: Sequence[NewClaim]
) -> RecoveryColumns:
    """Return a book with further claims behind its own; a new obligor has nothing else."""
    pools = recovery.pools
    secured = [claim for claim in claims if claim.value_minor is not None]
    first_pool, first_number = len(pools["owner"]), int(pools["number"].max(initial=-1)) + 1
    new_pools = {
        "value_minor": [claim.value_minor for claim in secured],
        "owner": [claim.obligor for claim in secured],
        "number": list(range(first_number, first_number + len(secured))),
        "volatility": [claim.volatility for claim in secured],
        "factor_weight": [claim.factor_weight for claim in secured],
    }
    has_pool = np.array([claim.value_minor is not None for claim in claims], bool)
    new_positions = {
        "pool": np.where(has_pool, first_pool + np.cumsum(has_pool) - 1, -1),
        "lien_position": np.zeros(len(claims), np.int64),
        "seniority": [SENIORITIES.index(claim.seniority) for claim in claims],
        "guarantor": np.full(len(claims), -1),
    }
    new_count = obligor_count - len(recovery.obligors["parent"])
    new_obligors = {
        "free_assets_minor": np.zeros(new_count, np.int64),
        "parent": np.full(new_count, -1),
    }
    return RecoveryColumns(
        positions=_behind(recovery.positions, new_positions),
        obligors=_behind(recovery.obligors, new_obligors),
        pools=_behind(pools, new_pools),
        liquidation=recovery.liquidation,
    )


def _behind(columns: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {
        name: np.concatenate(
            [values, np.asarray(new[name], values.dtype).reshape(-1, *values.shape[1:])]
        )
        for name, values in columns.items()
    }


def _new_rows(kept: Rows, count: int) -> Rows:
    row = np.full(count, -1, np.int64)
    row[kept] = np.arange(len(kept))
    return row


def _moved(rows: Rows, new_row: Rows) -> Rows:
    """Rows where they are now; −1 stays."""
    moved = np.full(len(rows), -1, np.int64)
    known = rows >= 0
    moved[known] = new_row[rows[known]]
    return moved
