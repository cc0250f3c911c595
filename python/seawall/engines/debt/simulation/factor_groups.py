"""Which systematic factor moves an obligor, by how much, and how factors move together."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from seawall.engines.debt.analytic import irb_figures
from seawall.engines.debt.simulation.decimal_amounts import Numbers
from seawall.engines.debt.simulation.inputs import number_column
from seawall.engines.debt.simulation.types import FactorTerms
from seawall.errors import InvalidInput, LimitExceeded

if TYPE_CHECKING:
    import pyarrow

MAX_FACTORS = 64

Rows = NDArray[np.int64]


class FactorGroups(msgspec.Struct, frozen=True):
    """Obligors by factor."""

    names: list[str]
    factor_of_obligor: Rows  # of shape (obligor_count,)
    correlation: Numbers  # of shape (factor_count, factor_count)


def factor_groups(
    positions: "pyarrow.Table", obligor: Rows, obligor_count: int, terms: FactorTerms
) -> FactorGroups:
    """Group obligors, each by its largest exposure; of equal ones by the first name.

    Parameters
    ----------
    obligor : array of shape (position_count,)
        The obligor's row of each position.

    Raises
    ------
    LimitExceeded
        Where there are more groups than factors can be.
    InvalidInput
        Where a correlation is of a group that is not there, of a group with itself, or given twice.
    """
    if terms.by == "none":
        names, of_obligor = ["all"], np.zeros(obligor_count, np.int64)
    else:
        names, of_obligor = _by_largest_exposure(positions, obligor, obligor_count, terms.by)
    if len(names) > MAX_FACTORS:
        raise LimitExceeded(
            f"{len(names):,} groups by {terms.by}: there may be {MAX_FACTORS}",
            where="parameters.factors.by",
        )
    return FactorGroups(names, of_obligor, _correlation(names, terms))


def asset_correlations(default_probability: Numbers, terms: FactorTerms) -> Numbers:
    """Return R² of each obligor; 0 of those that are certain to default or not to."""
    if terms.asset_correlation != "irb_corporate":
        return np.full(len(default_probability), terms.asset_correlation)
    unlike, place = np.unique(default_probability, return_inverse=True)
    of_unlike = [
        irb_figures(p, 0, asset_class="corporate").asset_correlation if 0 < p < 1 else 0.0
        for p in unlike.tolist()
    ]
    return np.array(of_unlike)[place]


def _by_largest_exposure(
    positions: "pyarrow.Table", obligor: Rows, obligor_count: int, by: str
) -> tuple[list[str], Rows]:
    groups = positions[by].combine_chunks().dictionary_encode()
    found = groups.dictionary.to_pylist()
    names = sorted(found)
    rank_of = {name: rank for rank, name in enumerate(names)}
    rank = np.array([rank_of[name] for name in found], np.int64)
    code = rank[groups.indices.to_numpy()]
    key = obligor * len(names) + code
    unlike, place = np.unique(key, return_inverse=True)
    exposure = np.bincount(place, weights=number_column(positions, "exposure"))
    # Falling exposure, then rising name, within each obligor: the first of each is its group.
    order = np.lexsort((unlike % len(names), -exposure, unlike // len(names)))
    owners = (unlike // len(names))[order]
    first = np.flatnonzero(np.diff(owners, prepend=-1))
    of_obligor = np.empty(obligor_count, np.int64)
    of_obligor[owners[first]] = (unlike % len(names))[order][first]
    held, of_held = np.unique(of_obligor, return_inverse=True)
    return [names[code] for code in held.tolist()], of_held.astype(np.int64)


def _correlation(names: list[str], terms: FactorTerms) -> Numbers:
    matrix = np.full((len(names), len(names)), terms.correlation)
    np.fill_diagonal(matrix, 1.0)
    seen: set[frozenset[str]] = set()
    for index, entry in enumerate(terms.correlations):
        where = f"parameters.factors.correlations[{index}]"
        for field in ("first", "second"):
            if getattr(entry, field) not in names:
                raise InvalidInput(f"there are {', '.join(names)}", where=f"{where}.{field}")
        pair = frozenset((entry.first, entry.second))
        if len(pair) == 1 or pair in seen:
            raise InvalidInput("must be two groups, and stand once", where=where)
        seen.add(pair)
        row, column = names.index(entry.first), names.index(entry.second)
        matrix[row, column] = matrix[column, row] = entry.correlation
    return matrix
