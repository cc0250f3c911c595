"""A book as a simulation sees it: obligors that default, and the positions that they owe."""

import msgspec
import numpy as np

from seawall import native
from seawall.engines.debt.book import DebtBook
from seawall.engines.debt.simulation.factor_groups import (
    FactorGroups,
    Rows,
    asset_correlations,
    factor_groups,
)
from seawall.engines.debt.simulation.inputs import (
    Numbers,
    PositionInputs,
    default_probabilities,
    losses_given_default,
    number_column,
)
from seawall.engines.debt.simulation.obligor_register import register_obligors
from seawall.engines.debt.simulation.parts import SimulationInputs
from seawall.engines.debt.simulation.types import SimulationParameters
from seawall.errors import LimitExceeded
from seawall.table import Table

_LARGEST_MINOR = 2**53  # up to here a double tells each minor unit from the next


class Obligors(msgspec.Struct, frozen=True):
    """Who may default, all of shape (obligor_count,) but where noted."""

    slot: Rows
    default_probability: Numbers
    factor_weight: Numbers  # of shape (obligor_count, factor_count)

    def some(self, rows: Rows) -> "Obligors":
        """Some of them."""
        return Obligors(self.slot[rows], self.default_probability[rows], self.factor_weight[rows])


class CreditBook:
    """Obligors and positions of a book, and the model that moves them.

    Draws belong to an obligor's slot: no order of the records, and no further loan of an obligor,
    moves anybody's.
    """

    def __init__(self, book: DebtBook, parameters: SimulationParameters) -> None:
        self.positions = Table(native.credit_positions(book.columns)).to_arrow()
        self.currency = book.columns.currency
        self.minor_per_unit: int = 10 ** native.minor_digits(self.currency)
        self.register = register_obligors(self.positions, book.earlier)
        self.obligor_ids, self.obligor = self.register.ids, self.register.row_of_position
        self._parameters = parameters
        self.probabilities = default_probabilities(self.positions, parameters.default_probability)
        self.severities = losses_given_default(self.positions, parameters.loss_given_default)
        self.groups = factor_groups(
            self.positions, self.obligor, len(self.obligor_ids), parameters.factors
        )
        self.exposure_minor = self._minor(number_column(self.positions, "exposure"), "exposure")
        self.loss_minor = self._losses(self.severities)
        self.obligors = self._model(self.probabilities.values, self.groups, parameters)
        self.inputs = self.inputs_of(self.obligors, self.obligor, self.loss_minor)
        self.simulation = self.inputs.simulation()

    def inputs_of(self, obligors: Obligors, obligor: Rows, loss_minor: Rows) -> SimulationInputs:
        """Make inputs of some obligors under this book's factors.

        Parameters
        ----------
        obligor, loss_minor : array of shape (position_count,)
            The obligor's row, and what is lost when it defaults.
        """
        freedom = self._parameters.factors.degrees_of_freedom
        names = Obligors.__struct_fields__
        return SimulationInputs(
            obligors={name: np.ascontiguousarray(getattr(obligors, name)) for name in names},
            positions={
                "obligor": np.ascontiguousarray(obligor),
                "loss_minor": np.ascontiguousarray(loss_minor),
            },
            correlation=self.groups.correlation,
            degrees_of_freedom=float("inf") if freedom is None else freedom,
            seed=self._parameters.seed,
        )

    def amount(self, minor: float) -> float:
        """An amount of the book's currency from minor units."""
        return minor / self.minor_per_unit

    def weight(self, group: int, asset_correlation: float) -> Numbers:
        """Return an obligor's factor weights: the root of R² on the factor of its group."""
        row = np.zeros(len(self.groups.names))
        row[group] = np.sqrt(asset_correlation)
        return row

    def loss_of(self, exposure: Numbers, loss_given_default: Numbers) -> Rows:
        """Return what positions lose in minor units, each rounded half to even once."""
        return self._minor(exposure * loss_given_default, "exposure")

    def _losses(self, severities: PositionInputs) -> Rows:
        return self.loss_of(number_column(self.positions, "exposure"), severities.values)

    def _minor(self, amounts: Numbers, name: str) -> Rows:
        minor: Numbers = np.rint(amounts * self.minor_per_unit)
        beyond = np.flatnonzero(minor > _LARGEST_MINOR)
        if len(beyond):
            record = self.positions["record"][int(beyond[0])].as_py()
            raise LimitExceeded("is beyond 2^53 minor units", where=f"records[{record}].{name}")
        return minor.astype(np.int64)

    def _model(
        self, probability: Numbers, groups: FactorGroups, parameters: SimulationParameters
    ) -> Obligors:
        highest = np.zeros(len(self.obligor_ids))
        np.maximum.at(highest, self.obligor, probability)
        weight = np.zeros((len(highest), len(groups.names)))
        rows = np.arange(len(highest))
        weight[rows, groups.factor_of_obligor] = np.sqrt(
            asset_correlations(highest, parameters.factors)
        )
        return Obligors(self.register.slot, highest, weight)
