"""Rates of currencies by quarter: a loss is converted at the rate of its default's."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from seawall.engines.debt.simulation.decimal_amounts import (
    Minor,
    Numbers,
    minor_amounts,
    multiplied,
)
from seawall.engines.debt.simulation.factor_groups import Rows
from seawall.engines.debt.simulation.types import QuarterTerms
from seawall.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow

_PLACE = "parameters.quarters.currency_factors"


class RatePaths(msgspec.Struct, frozen=True):
    """Multiples of the rates that a book is converted at; without currencies they stay."""

    currencies: tuple[str, ...] = ()  # rows from 1 on; row 0 is of all that stay
    factors: tuple[tuple[float, ...], ...] = ()  # of each currency, by quarter

    def of_quarter(self, quarter: int) -> tuple[float, ...]:
        """Return the multiples of a quarter, by currency."""
        return tuple(path[quarter] for path in self.factors)

    def rows(self, positions: "pyarrow.Table", book_currency: str) -> Rows:
        """Return the row of each position's currency.

        Raises
        ------
        InvalidInput
            For a currency that no position is in, and for the book's own.
        """
        result: Rows = np.zeros(len(positions), np.int64)
        held = np.array(positions["currency"].to_pylist()) if self.currencies else result
        for row, name in enumerate(self.currencies, start=1):
            is_held = held == name
            if name == book_currency:
                raise InvalidInput("is the book's own", where=f"{_PLACE}.{name}")
            if not is_held.any():
                raise InvalidInput("no record is in it", where=f"{_PLACE}.{name}")
            result[is_held] = row
        return result

    def converted(self, amounts: Numbers, currency: Rows, quarter: int) -> Numbers:
        """Return amounts at the rates of a quarter: the doubles nearest to the decimals."""
        if not self.currencies:
            return amounts
        result = amounts.copy()
        for row, factor in enumerate(self.of_quarter(quarter), start=1):
            held = currency == row
            result[held] = multiplied(amounts[held], factor)
        return result

    def translation_minor(self, exposure: Numbers, currency: Rows, minor_digits: int) -> Minor:
        """Return what each exposure is worth more at the last quarter's rate, in minor units."""
        if not self.currencies:
            return np.zeros(len(exposure), np.int64)
        last = self.converted(exposure, currency, len(self.factors[0]) - 1)
        return minor_amounts(last, minor_digits) - minor_amounts(exposure, minor_digits)


def rate_paths(terms: QuarterTerms, loss_model: str) -> RatePaths:
    """Read paths of rates.

    Raises
    ------
    InvalidInput
        Without a multiple for each quarter; and in a waterfall, where claims of several currencies
        share in collateral whose value has no date.
    """
    if terms.currency_factors and loss_model == "waterfall":
        raise InvalidInput(
            "a waterfall is settled at the rates that the book is converted at", where=_PLACE
        )
    for name, path in terms.currency_factors.items():
        if len(path) != terms.count:
            raise InvalidInput(
                f"must have {terms.count} for {terms.count} quarters", where=f"{_PLACE}.{name}"
            )
    names = sorted(terms.currency_factors)
    return RatePaths(tuple(names), tuple(terms.currency_factors[name] for name in names))
