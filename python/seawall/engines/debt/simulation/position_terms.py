"""What obligors owe, and which part of it a default costs, in the decimals that were given."""

import msgspec
import numpy as np

from seawall.engines.debt.simulation.decimal_amounts import Numbers, multiplied
from seawall.engines.debt.simulation.factor_groups import Rows


class PositionTerms(msgspec.Struct, frozen=True):
    """Positions, all of shape (position_count,); amounts in the book's currency."""

    obligor: Rows  # the row of who owes it
    exposure: Numbers  # at default
    open_exposure: Numbers  # what the sale of collateral leaves of it, where that is what is lost
    lost_pct: Numbers  # of what is open
    currency: Rows  # the row of its rates in the loss model

    @property
    def loss_given_default(self) -> Numbers:
        """E[LGD | default] as a fraction of the exposure."""
        found: Numbers = self.lost_pct * self._open_share / 100
        return found

    @property
    def _open_share(self) -> Numbers:
        ones: Numbers = np.ones(len(self.exposure))
        return np.divide(self.open_exposure, self.exposure, out=ones, where=self.exposure > 0)

    def some(self, rows: Rows) -> "PositionTerms":
        """Some of them."""
        names = self.__struct_fields__
        return PositionTerms(*(getattr(self, name)[rows] for name in names))

    def and_further(self, further: "PositionTerms") -> "PositionTerms":
        """These and others behind them."""
        pairs = ((getattr(self, n), getattr(further, n)) for n in self.__struct_fields__)
        return PositionTerms(*(np.concatenate(pair) for pair in pairs))

    def with_exposure(self, rows: Rows, exposure: float) -> "PositionTerms":
        """Another exposure of some rows, of which the same share is lost."""
        exposures, open_exposures = self.exposure.copy(), self.open_exposure.copy()
        exposures[rows] = exposure
        open_exposures[rows] = exposure * self._open_share[rows]
        return msgspec.structs.replace(self, exposure=exposures, open_exposure=open_exposures)

    def with_loss(self, rows: Rows, lost_pct: float) -> "PositionTerms":
        """Another share of some rows' exposures, whatever their collateral brings."""
        open_exposures, lost = self.open_exposure.copy(), self.lost_pct.copy()
        open_exposures[rows] = self.exposure[rows]
        lost[rows] = lost_pct
        return msgspec.structs.replace(self, open_exposure=open_exposures, lost_pct=lost)

    def multiplied(self, rows: Rows, factor: float) -> "PositionTerms":
        """Amounts of some rows times a decimal."""
        amounts = {"exposure": self.exposure.copy(), "open_exposure": self.open_exposure.copy()}
        for values in amounts.values():
            values[rows] = multiplied(values[rows], factor)
        return msgspec.structs.replace(self, **amounts)
