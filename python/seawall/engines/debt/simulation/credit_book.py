"""A book as a simulation sees it: obligors that default, and the positions that they owe."""

from collections.abc import Callable

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from seawall import native
from seawall.engines.debt.book import DebtBook
from seawall.engines.debt.simulation.decimal_amounts import Minor, Numbers, minor_amounts
from seawall.engines.debt.simulation.factor_groups import (
    FactorGroups,
    Rows,
    asset_correlations,
    factor_groups,
)
from seawall.engines.debt.simulation.inputs import (
    SeverityInputs,
    default_probabilities,
    losses_given_default,
    number_column,
)
from seawall.engines.debt.simulation.levels import rational_level
from seawall.engines.debt.simulation.macro import (
    conditional_factors,
    expected_loss_minor,
    macro_columns,
    placed,
)
from seawall.engines.debt.simulation.obligor_register import register_obligors
from seawall.engines.debt.simulation.parts import SimulationInputs
from seawall.engines.debt.simulation.position_losses import loss_model
from seawall.engines.debt.simulation.position_terms import PositionTerms
from seawall.engines.debt.simulation.recovery_columns import (
    RecoveryColumns,
    canonical_order,
    recovery_columns,
)
from seawall.engines.debt.simulation.types import (
    ConditionalFactor,
    DefaultProbabilityTerms,
    InputCounts,
    SamplingResult,
    SimulationParameters,
)
from seawall.errors import InvalidInput, LimitExceeded
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
        self.loss_model = loss_model(parameters)
        self._order = np.arange(len(self.positions))
        if self.loss_model.model == "waterfall":  # whose the last cent is, is a matter of order
            self._order = canonical_order(self.positions)
            self.positions = self.positions.take(self._order)
        self.currency = book.columns.currency
        self.minor_digits = native.minor_digits(self.currency)
        self.minor_per_unit: int = 10**self.minor_digits
        self.register = register_obligors(self.positions, book.earlier)
        self.obligor_ids, self.obligor = self.register.ids, self.register.row_of_position
        self.parameters = parameters
        self.probabilities = default_probabilities(self.positions, parameters.default_probability)
        self.groups = factor_groups(
            self.positions, self.obligor, len(self.obligor_ids), parameters.factors
        )
        self.exposure = number_column(self.positions, "exposure")
        self.severities = (
            SeverityInputs(self.exposure, np.zeros(len(self.positions)), InputCounts(0, 0, 0, 0))
            if self.loss_model.model == "waterfall"
            else losses_given_default(self.positions, parameters.loss_given_default)
        )
        self.terms = PositionTerms(
            self.obligor,
            self.exposure,
            self.severities.open_exposure,
            self.severities.lost_pct,
            self.loss_model.rates.rows(self.positions, self.currency),
        )
        self.exposure_minor = self.minor(
            self.exposure, lambda row: f"records[{self.positions['record'][row]}].exposure"
        )
        self.obligors = self._model(self.probabilities.values, self.groups, parameters)
        self.recovery = self._recovery_columns(book)  # of a waterfall; else None
        self._macro = self._macro_columns()
        self.inputs = self.inputs_of(self.obligors, self.terms, self.recovery)
        try:
            self.simulation = self.inputs.simulation()
        except InvalidInput as error:
            raise placed(error, self.groups) from error
        if parameters.sampling != "plain":
            self.inputs = msgspec.structs.replace(self.inputs, sampling=self._sampling())

    @property
    def nbytes(self) -> int:
        """What its columns weigh in memory: the core has those of the inputs once more."""
        return int(self.positions.nbytes) + 2 * self.inputs.nbytes

    def inputs_of(
        self, obligors: Obligors, positions: PositionTerms, recovery: RecoveryColumns | None
    ) -> SimulationInputs:
        """Make inputs of some obligors under this book's factors, plainly drawn.

        ``recovery`` is of these obligors and positions; None where there is no waterfall.
        """
        freedom = self.parameters.factors.degrees_of_freedom
        names = Obligors.__struct_fields__
        columns = {name: np.ascontiguousarray(getattr(obligors, name)) for name in names}
        return SimulationInputs(
            obligors={
                **columns,
                **self.loss_model.obligor_columns(obligors.default_probability),
                **({} if recovery is None else recovery.obligors),
            },
            positions={
                "obligor": np.ascontiguousarray(positions.obligor),
                **self.loss_model.position_columns(positions, self.minor_digits),
                **({} if recovery is None else recovery.positions),
            },
            correlation=self.groups.correlation,
            degrees_of_freedom=float("inf") if freedom is None else freedom,
            seed=self.parameters.seed,
            pools=None if recovery is None else recovery.pools,
            liquidation=(0.0, 0.0, 0.0) if recovery is None else recovery.liquidation,
            macro=self._macro,
            discount_factors=self.loss_model.discount_factors_of_claims,
        )

    def expected_loss(self) -> float | None:
        """Return the expected loss in closed form; None where there is none."""
        if self.is_conditional:
            found = expected_loss_minor(self.simulation, self.inputs, self.loss_model)
        else:
            probability = self.obligors.default_probability[self.obligor]
            found = self.loss_model.expected_loss_minor(probability, self.inputs.positions)
        return None if found is None else self.amount(found)

    @property
    def is_conditional(self) -> bool:
        """Whether the factors are conditioned on macroeconomic values."""
        return self._macro is not None

    def conditional_factors(self) -> list[ConditionalFactor] | UnsetType:
        """Return what each factor is like given macroeconomic values; without any, UNSET."""
        if self.is_conditional:
            return conditional_factors(self.simulation, self.groups)
        return UNSET

    def largest_loss(self) -> float:
        """Return the most that the book can lose: of a position in its worst quarter."""
        lost = self.loss_model.most_lost_minor(self.inputs.positions)
        return self.amount(int(lost.max(axis=1).sum()))

    def loss_range_minor(self) -> tuple[int, int]:
        """Return what no scenario can lose less than, and what none can lose more than."""
        probability = self.obligors.default_probability[self.obligor]
        lost = self.loss_model.most_lost_minor(self.inputs.positions)
        certain = (
            lost.min(axis=1)[probability == 1] if self.loss_model.model == "fixed" else lost[:0]
        )
        return int(certain.sum()), int(lost.max(axis=1)[probability > 0].sum())

    @property
    def translation_minor(self) -> Minor:
        """What each position is worth more at the end, by its currency's rate, if it performs."""
        terms = self.terms
        return self.loss_model.rates.translation_minor(
            terms.exposure, terms.currency, self.minor_digits
        )

    def amount(self, minor: float) -> float:
        """An amount of the book's currency from minor units."""
        return minor / self.minor_per_unit

    def weight(self, group: int, asset_correlation: float) -> Numbers:
        """Return an obligor's factor weights: the root of R² on the factor of its group."""
        row = np.zeros(len(self.groups.names))
        row[group] = np.sqrt(asset_correlation)
        return row

    def _shifted(
        self, probability: Numbers, groups: FactorGroups, terms: DefaultProbabilityTerms
    ) -> Numbers:
        """Move the normal scores of probabilities, as a macroeconomic path does."""
        for name in terms.score_shifts:
            if name not in groups.names:
                where = f"parameters.default_probability.score_shifts.{name}"
                raise InvalidInput(f"there are {', '.join(groups.names)}", where=where)
        by_group = [terms.score_shifts.get(name, terms.score_shift) for name in groups.names]
        if not any(by_group):
            return probability
        shift = np.array(by_group)[groups.factor_of_obligor]
        moved = native.shifted_default_probabilities(probability.tolist(), shift.tolist())
        return np.frombuffer(moved, np.float64)

    def _macro_columns(self) -> dict[str, Numbers] | None:
        terms, shifts = self.parameters.macro, self.parameters.default_probability
        if terms is UNSET:
            return None
        if shifts.score_shift or shifts.score_shifts:
            raise InvalidInput(
                "moves the factors: default probabilities are not shifted too",
                where="parameters.macro",
            )
        return macro_columns(terms, self.groups)

    def _recovery_columns(self, book: DebtBook) -> RecoveryColumns | None:
        if self.loss_model.model != "waterfall":
            return None
        row_of_obligor = np.empty(len(self.obligor_ids), np.int64)
        row_of_obligor[self.positions["obligor"].to_numpy()] = self.obligor
        return recovery_columns(
            book.columns,
            self.parameters.loss_given_default,
            order=self._order,
            obligor=self.obligor,
            row_of_obligor=row_of_obligor,
            groups=self.groups,
            minor=self.minor,
        )

    def _sampling(self) -> SamplingResult:
        """Fix how states are drawn; a shift is chosen for the highest level."""
        asked = self.parameters
        period = {"importance": 8, "sobol": 32}[asked.sampling]
        if asked.scenario_count % period:
            raise InvalidInput(
                f"must be a multiple of {period} for sampling {asked.sampling}",
                where="parameters.scenario_count",
            )
        if asked.sampling == "sobol":
            return SamplingResult("sobol")
        found = self.simulation.choose_importance(
            seed=asked.seed, level=rational_level(max(asked.confidence_levels))
        )
        return SamplingResult("importance", found.factor_shift, found.mixing_tilt)

    def minor(self, amounts: Numbers, place: Callable[[int], str]) -> Minor:
        """Return amounts in minor units; ``place`` names a row that is refused for its size."""
        beyond = np.flatnonzero(amounts * self.minor_per_unit > _LARGEST_MINOR)
        if len(beyond):
            raise LimitExceeded("is beyond 2^53 minor units", where=place(int(beyond[0])))
        return minor_amounts(amounts, self.minor_digits)

    def _model(
        self, probability: Numbers, groups: FactorGroups, parameters: SimulationParameters
    ) -> Obligors:
        highest = np.zeros(len(self.obligor_ids))
        np.maximum.at(highest, self.obligor, probability)
        highest = self._shifted(highest, groups, parameters.default_probability)
        weight = np.zeros((len(highest), len(groups.names)))
        rows = np.arange(len(highest))
        weight[rows, groups.factor_of_obligor] = np.sqrt(
            asset_correlations(highest, parameters.factors)
        )
        return Obligors(self.register.slot, highest, weight)
