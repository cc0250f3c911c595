"""What a change of one input does to a book's figures, under the same draws."""

import msgspec
import numpy as np
from msgspec import UNSET

from seawall.engines.debt.simulation.credit_book import CreditBook, PositionTerms
from seawall.engines.debt.simulation.inputs import Numbers, losses_given_default
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
    factor = 1 + bump.change
    recovery = book.recovery
    obligors, severity, exposure = book.obligors, book.severities.values, book.exposure
    if bump.figure == "default_probability":
        raised = _within(obligors.default_probability * factor, where)
        obligors = msgspec.structs.replace(obligors, default_probability=raised)
    elif bump.figure == "asset_correlation":
        obligors = msgspec.structs.replace(
            obligors, factor_weight=obligors.factor_weight * np.sqrt(factor)
        )
    elif bump.figure == "loss_given_default":
        severity = _within(severity * factor, where)
    elif bump.figure == "collateral_value" and recovery is not None:
        value = np.rint(recovery.pools["value_minor"] * factor).astype(np.int64)
        recovery = msgspec.structs.replace(recovery, pools=recovery.pools | {"value_minor": value})
    elif bump.figure == "collateral_value":
        place = book.positions.column_names.index("collateral_value")
        moved = book.positions["collateral_value"].to_numpy().astype(float) * factor
        positions = book.positions.set_column(place, "collateral_value", [moved])
        severity = losses_given_default(positions, book.parameters.loss_given_default).values
    else:
        held = np.array(book.positions["currency"].to_pylist()) == bump.currency
        if bump.currency is UNSET or not held.any():
            raise InvalidInput("no record is in it", where=f"{where}.currency")
        exposure = np.where(held, exposure * factor, exposure)
    inputs = book.inputs_of(obligors, PositionTerms(book.obligor, exposure, severity), recovery)
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
