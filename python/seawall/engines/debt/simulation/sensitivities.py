"""What a change of one input does to a book's figures, under the same draws."""

from decimal import Decimal

import msgspec
import numpy as np
from msgspec import UNSET

from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.decimal_amounts import (
    Numbers,
    minor_amounts,
    multiplied,
    one_and,
)
from seawall.engines.debt.simulation.inputs import losses_given_default, number_column
from seawall.engines.debt.simulation.parts import SimulationInputs
from seawall.engines.debt.simulation.question_types import Bump
from seawall.errors import InvalidInput


def bumped_inputs(book: CreditBook, bump: Bump, *, where: str) -> SimulationInputs:
    """Return the inputs of a book after a bump; nothing is held at a limit.

    Raises
    ------
    InvalidInput
        Where a figure would leave its range, for a currency that no record has, for losses
        given default in a waterfall, and for collateral values that no loss depends on.
    """
    if bump.figure == "loss_given_default" and book.recovery is not None:
        raise InvalidInput("a waterfall has no such input", where=f"{where}.figure")
    if bump.figure == "collateral_value" and not _has_collateral(book):
        raise InvalidInput("no loss of the book comes from collateral", where=f"{where}.figure")
    factor = one_and(bump.change)
    recovery = book.recovery
    obligors, positions = book.obligors, book.terms
    if bump.figure == "default_probability":
        raised = _within(obligors.default_probability * factor, where)
        obligors = msgspec.structs.replace(obligors, default_probability=raised)
    elif bump.figure == "asset_correlation":
        obligors = msgspec.structs.replace(
            obligors, factor_weight=obligors.factor_weight * np.sqrt(factor)
        )
    elif bump.figure == "loss_given_default":
        raised = multiplied(positions.lost_pct, factor)
        positions = msgspec.structs.replace(positions, lost_pct=raised)
        _within(positions.loss_given_default, where)
    elif bump.figure == "collateral_value" and recovery is not None:
        held = recovery.pools["value_minor"].astype(np.float64)
        share = np.full(len(held), float(100 * Decimal(str(factor))))
        value = minor_amounts(held, 0, percentages=share)
        recovery = msgspec.structs.replace(recovery, pools=recovery.pools | {"value_minor": value})
    elif bump.figure == "collateral_value":
        place = book.positions.column_names.index("collateral_value")
        moved = multiplied(number_column(book.positions, "collateral_value"), factor)
        table = book.positions.set_column(place, "collateral_value", [moved])
        severities = losses_given_default(table, book.parameters.loss_given_default)
        positions = msgspec.structs.replace(
            positions, open_exposure=severities.open_exposure, lost_pct=severities.lost_pct
        )
    else:
        held = np.array(book.positions["currency"].to_pylist()) == bump.currency
        if bump.currency is UNSET or not held.any():
            raise InvalidInput("no record is in it", where=f"{where}.currency")
        positions = positions.multiplied(np.flatnonzero(held), factor)
    inputs = book.inputs_of(obligors, positions, recovery)
    return msgspec.structs.replace(inputs, sampling=book.inputs.sampling)


def _has_collateral(book: CreditBook) -> bool:
    """Whether some loss given default comes from collateral, or in a waterfall some pool is."""
    if book.recovery is not None:
        return bool((book.recovery.pools["value_minor"] > 0).any())
    return book.severities.counts.by_collateral > 0


def _within(values: Numbers, where: str) -> Numbers:
    if (values > 1).any():
        raise InvalidInput(
            f"takes {int((values > 1).sum()):,} figures above 100 %", where=f"{where}.change"
        )
    return values
