"""Who has claims on what, as a waterfall in a scenario takes it."""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from seawall import native
from seawall.engines.debt.simulation.decimal_amounts import Numbers
from seawall.engines.debt.simulation.factor_groups import FactorGroups, Rows
from seawall.engines.debt.simulation.types import LossGivenDefaultTerms
from seawall.errors import InvalidInput
from seawall.table import Table


class RecoveryColumns(msgspec.Struct, frozen=True):
    """Columns beside those that any simulation has, by name, as the core takes them."""

    positions: dict[str, Any]
    obligors: dict[str, Any]
    pools: dict[str, Any]
    liquidation: tuple[float, float, float]  # haircut, sale cost, administration cost


def recovery_columns(
    columns: native.DebtBook,
    terms: LossGivenDefaultTerms,
    *,
    order: Rows,
    obligor: Rows,
    row_of_obligor: Rows,
    groups: FactorGroups,
    minor: Callable[[Numbers, Callable[[int], str]], Rows],
) -> RecoveryColumns:
    """Read claims, collateral and free assets of a book.

    Parameters
    ----------
    order, obligor : array of shape (position_count,)
        Which of the book's positions each is, and the row of its obligor.
    row_of_obligor : array of shape (obligor_count,)
        The simulation's row of each of the book's obligors.
    minor : callable
        From amounts to minor units; it is told how the place of a row that is too large is called.

    Raises
    ------
    InvalidInput
        Where collateral is withheld, since nobody knows what of it is this book's.
    """
    if columns.collateral_withheld_count:
        raise InvalidInput(
            f"the collateral of {columns.collateral_withheld_count:,} records is withheld: say how "
            "it counts",
            where="parameters.shared_collateral",
        )
    found = {
        name: Table(table).to_arrow() for name, table in native.recovery_tables(columns).items()
    }
    positions, pools, obligors = found["positions"], found["pools"], found["obligors"]
    book_order = np.argsort(row_of_obligor)  # of the book's obligors, by row
    positions = positions.take(order)
    pool = _rows_or_none(positions["pool"])
    owner = np.full(len(pools), len(row_of_obligor))  # the first by name of those who share it
    np.minimum.at(owner, pool[pool >= 0], obligor[pool >= 0])
    weight = np.zeros((len(owner), len(groups.names)))
    rows = np.arange(len(owner))
    weight[rows, groups.factor_of_obligor[owner]] = np.sqrt(terms.collateral_correlation)
    return RecoveryColumns(
        positions={
            "pool": pool,
            "lien_position": positions["lien_position"].to_numpy(),
            "seniority": positions["seniority"].to_numpy(),
            "guarantor": _obligors_or_none(positions["guarantor"], row_of_obligor),
        },
        obligors={
            "free_assets_minor": minor(
                obligors["free_assets"].to_numpy(), lambda row: f"obligors[{row}].free_assets"
            )[book_order],
            "parent": _obligors_or_none(obligors["parent"], row_of_obligor)[book_order],
        },
        pools={
            "value_minor": minor(
                pools["value"].to_numpy(), lambda row: f"pools.{pools['pool_id'][row]}.value"
            ),
            "owner": owner,
            "number": _rank(pools),
            "volatility": np.full(len(owner), terms.collateral_volatility_pct / 100),
            "factor_weight": weight,
        },
        liquidation=(
            terms.collateral_haircut_pct / 100,
            terms.sale_cost_pct / 100,
            terms.administration_cost_pct / 100,
        ),
    )


def canonical_order(positions: Any) -> Rows:
    """Return an order of positions that does not depend on that of the records."""
    from pyarrow import compute

    names = ("obligor_id", "obligor_system", "source_record_id", "element", "record")
    keys = [(name, "ascending") for name in names]
    order: Rows = compute.sort_indices(positions, sort_keys=keys).to_numpy()
    return order


def _rows_or_none(column: Any) -> Rows:
    return np.array(column.fill_null(-1).to_numpy(), np.int64)


def _obligors_or_none(column: Any, row_of_obligor: Rows) -> Rows:
    found = _rows_or_none(column)
    return np.where(found < 0, -1, row_of_obligor[found])


def _rank(pools: Any) -> Rows:
    """Number pools by name: no order of the records moves the draws of their values."""
    from pyarrow import compute

    keys = [(name, "ascending") for name in ("pool_id", "pool_system")]
    rank = np.empty(len(pools), np.int64)
    rank[compute.sort_indices(pools, sort_keys=keys).to_numpy()] = np.arange(len(pools))
    return rank
