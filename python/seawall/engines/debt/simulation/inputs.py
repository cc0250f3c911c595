"""What each position of a book brings to a simulation: probability, loss, and where from."""

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from seawall.engines.debt.simulation.decimal_amounts import Numbers, open_after_sale
from seawall.engines.debt.simulation.types import (
    DefaultProbabilityTerms,
    InputCounts,
    LossGivenDefaultTerms,
)
from seawall.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow


class PositionInputs(msgspec.Struct, frozen=True):
    """A figure of each position, a fraction, and how many have it from where."""

    values: Numbers  # of shape (position_count,)
    counts: InputCounts


class SeverityInputs(msgspec.Struct, frozen=True):
    """What a default costs each position, and how many have it from where."""

    open_exposure: Numbers  # that the percentage is of: all, or what a sale of collateral leaves
    lost_pct: Numbers
    counts: InputCounts


def number_column(positions: "pyarrow.Table", name: str) -> Numbers:
    """Return a column as numbers; NaN where a cell is absent."""
    values: Numbers = positions[name].to_numpy().astype(np.float64)
    return values


def default_probabilities(
    positions: "pyarrow.Table", terms: DefaultProbabilityTerms
) -> PositionInputs:
    """Return each position's default probability: stated, else by rating, else assumed.

    Raises
    ------
    InvalidInput
        Where a position has none, or states one that is not from 0 to 100 %.
    """
    stated = _stated(positions, "probability_of_default_pct")
    rated = np.full(len(stated), np.nan)
    if terms.by_rating_pct:
        ratings = positions["rating"].to_pylist()
        rated = np.array([terms.by_rating_pct.get(rating, np.nan) for rating in ratings])
    values, (from_stated, from_rating, assumed) = _first_known(
        positions,
        [stated, rated],
        terms.assumed_pct,
        what="default probability",
        place="parameters.default_probability.assumed_pct",
    )
    counts = InputCounts(
        stated=from_stated, by_rating=from_rating, by_collateral=0, assumed=assumed
    )
    return PositionInputs(values / 100, counts)


def losses_given_default(
    positions: "pyarrow.Table", terms: LossGivenDefaultTerms
) -> SeverityInputs:
    """Return each position's E[LGD | default]: stated, else by its collateral, else assumed.

    Raises
    ------
    InvalidInput
        Where a position has none, or states one that is not from 0 to 100 %.
    """
    stated = _stated(positions, "loss_given_default_pct")
    exposure = number_column(positions, "exposure")
    unsold = open_after_sale(
        exposure,
        _from_zero(positions, "collateral_value"),
        _from_zero(positions, "recovery_value"),
        haircut_pct=terms.collateral_haircut_pct,
        sale_cost_pct=terms.sale_cost_pct,
    )
    of_open = np.where(np.isnan(unsold), np.nan, np.where(exposure > 0, 100.0, 0.0))
    lost_pct, (from_stated, from_collateral, assumed) = _first_known(
        positions,
        [stated, of_open],
        terms.assumed_pct,
        what="loss given default",
        place="parameters.loss_given_default.assumed_pct",
    )
    counts = InputCounts(
        stated=from_stated, by_rating=0, by_collateral=from_collateral, assumed=assumed
    )
    is_secured = np.isnan(stated) & ~np.isnan(unsold)
    return SeverityInputs(np.where(is_secured, unsold, exposure), lost_pct, counts)


def _stated(positions: "pyarrow.Table", name: str) -> Numbers:
    values = number_column(positions, name)
    wrong = np.flatnonzero((values < 0) | (values > 100))
    if len(wrong):
        raise InvalidInput(
            f"{values[wrong[0]]:g} is not from 0 to 100 %",
            where=_place(positions, int(wrong[0]), name),
        )
    return values


def _from_zero(positions: "pyarrow.Table", name: str) -> Numbers:
    values = number_column(positions, name)
    wrong = np.flatnonzero(values < 0)
    if len(wrong):
        raise InvalidInput("is below 0", where=_place(positions, int(wrong[0]), name))
    return values


def _first_known(
    positions: "pyarrow.Table",
    sources: list[Numbers],
    assumed_pct: float | UnsetType,
    *,
    what: str,
    place: str,
) -> tuple[Numbers, list[int]]:
    """Take each position's first known figure; count how many are of each source."""
    values = np.full(len(positions), np.nan)
    counts = []
    for source in sources:
        taken = np.isnan(values) & ~np.isnan(source)
        values[taken] = source[taken]
        counts.append(int(taken.sum()))
    missing = np.flatnonzero(np.isnan(values))
    counts.append(len(missing))
    if len(missing) and assumed_pct is UNSET:
        first = _place(positions, int(missing[0]))
        raise InvalidInput(
            f"{len(missing):,} of {len(values):,} positions have no {what}, {first} the first: "
            "say what to assume",
            where=place,
        )
    values[missing] = 0.0 if assumed_pct is UNSET else assumed_pct
    return values, counts


def _place(positions: "pyarrow.Table", row: int, name: str = "") -> str:
    cells: dict[str, Any] = positions.slice(row, 1).to_pylist()[0]
    element = "" if cells["element"] is None else f".instruments[{cells['element']}]"
    return f"records[{cells['record']}]{element}" + (f".{name}" if name else "")
