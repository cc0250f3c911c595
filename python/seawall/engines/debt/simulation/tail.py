"""A simulation that has been done, and what can be asked of it without another."""

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from hashlib import sha256
from typing import Any, Self

import msgspec
import numpy as np

from seawall import native
from seawall.engine import Execution
from seawall.engines.debt.simulation.changes import WhatIf, changed_book, what_if_of
from seawall.engines.debt.simulation.contributions import (
    GROUPINGS,
    Replayed,
    ranked_table,
    replay_tail,
    whole_run,
)
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.exact_figures import ExactFigures, exact_figures
from seawall.engines.debt.simulation.figures import told_figures
from seawall.engines.debt.simulation.large_pool_limit import LargePoolLimit, large_pool_limit
from seawall.engines.debt.simulation.levels import rational_level
from seawall.engines.debt.simulation.losses import importance_weights, simulate_all
from seawall.engines.debt.simulation.parts import (
    ScenarioRange,
    SimulationInputs,
    simulate_change,
    simulate_part,
)
from seawall.engines.debt.simulation.passes import uncounted
from seawall.engines.debt.simulation.quantile_shares import (
    LossRun,
    QuantileShares,
    quantile_shares,
)
from seawall.engines.debt.simulation.question_types import Bump, Change
from seawall.engines.debt.simulation.reverse import ReverseStress, reverse_stress
from seawall.engines.debt.simulation.scenario_account import ScenarioAccount, scenario_account
from seawall.engines.debt.simulation.sensitivities import bumped_inputs
from seawall.engines.debt.simulation.twins import Twin, twins
from seawall.engines.debt.simulation.types import LossBin, SimulationParameters, TailFigures
from seawall.errors import InvalidInput, NotFound
from seawall.native import RunControl
from seawall.table import Table


class Tail:
    """The losses of a book's scenarios, and what they tell.

    Parameters
    ----------
    book : CreditBook
        What was simulated.
    parameters : SimulationParameters
        Scenarios 0 … scenario_count − 1 of the seed.
    execution : Execution
        The bits of no figure depend on it. Its control counts scenarios and stops the work.
    """

    def __init__(
        self, book: CreditBook, parameters: SimulationParameters, execution: Execution
    ) -> None:
        self.book = book
        self.parameters = parameters
        self.seed = parameters.seed
        self.levels = parameters.confidence_levels
        self._execution = execution
        self.loss_minor: Any = simulate_all(
            book.simulation,
            book.inputs,
            scenario_count=parameters.scenario_count,
            execution=execution,
        )
        count = len(self.loss_minor)
        self.weights = importance_weights(  # in 2⁻²⁴
            book.simulation, book.inputs, count, execution=execution
        )

    def controlled(self, control: RunControl | None) -> Self:
        """Return the same tail, whose questions another control follows and stops, or none."""
        found = copy(self)
        vars(found)["_execution"] = msgspec.structs.replace(self._execution, control=control)
        return found

    @property
    def nbytes(self) -> int:
        """What losses, weights and the columns of the model weigh in memory."""
        weights = 0 if self.weights is None else self.weights.nbytes
        return int(self.loss_minor.nbytes + weights) + self.book.nbytes

    @property
    def scenario_count(self) -> int:
        """How many scenarios were simulated."""
        return len(self.loss_minor)

    @property
    def losses_sha256(self) -> str:
        """The hash of all losses: the same on every machine."""
        return sha256(self.loss_minor.astype("<i8").tobytes()).hexdigest()

    @cached_property
    def exact(self) -> ExactFigures:
        """What the book's losses are by closed forms."""
        return exact_figures(self.book)

    @cached_property
    def twins(self) -> list[Twin]:
        """Figures beside their exact twins; a run that misses one is refused."""
        return twins(
            self.loss_minor,
            self.exact,
            weights=self.weights,
            is_sobol=self._is_sobol,
            amount=self.book.amount,
            control=self._execution.control,
        )

    def large_pool_limit(self, level: float) -> LargePoolLimit | None:
        """Return what the tail tends to as loans become many and small; as `large_pool_limit`."""
        rational_level(level)
        return large_pool_limit(self.book, level)

    def moments(self) -> dict[str, float]:
        """Expected loss, its standard error, and the standard deviation of losses."""
        found = native.loss_moments(self.loss_minor, weights=self.weights, sobol=self._is_sobol)
        return self._amounts(found)

    def figures(self, level: float) -> TailFigures:
        """Value at risk and expected shortfall at a level such as 0.999.

        Raises
        ------
        InvalidInput
            For a level that is not between 0 and 1 or has more than nine decimals.
        """
        return self._figures(self.loss_minor, level)

    def contributions(self, level: float, *, by: str = "position") -> Table:
        """Return what each position, or each group of them, adds to expected shortfall.

        Parameters
        ----------
        by : str
            ``position``, or a name of `GROUPINGS`.

        Returns
        -------
        Table
            By falling contribution. ``contribution`` is in whole minor units and adds up to the
            expected shortfall rounded to them; ``default_count`` counts the scenarios beyond value
            at risk in which the position's obligor defaults.

        Raises
        ------
        InvalidInput
            As `figures`, and for another grouping.
        """
        if by != "position" and by not in GROUPINGS:
            raise InvalidInput(f"there are position, {', '.join(GROUPINGS)}", where="by")
        return self.ranked(self.replay(level), by=by)

    def quantile_contributions(self, level: float, *, by: str = "position") -> QuantileShares:
        """Estimate what each position, or each group of them, adds to value at risk.

        Other than those to expected shortfall they rest on the scenarios about one loss alone.

        Raises
        ------
        InvalidInput
            As `contributions`.
        """
        run = LossRun(self.loss_minor, self.weights, self._execution)
        return quantile_shares(self.book, run, level, by=by)

    def ranked(self, found: Replayed, *, by: str = "position") -> Table:
        """Return contributions that were replayed as the table of `contributions`."""
        columns = {
            "contribution_minor": found.contribution_minor,
            "default_count": found.default_count,
        }
        return ranked_table(self.book.positions, columns, by, self.book.minor_per_unit)

    def replay(self, level: float, scenarios: ScenarioRange | None = None) -> Replayed:
        """Return the contributions of each position, of all scenarios or of a batch of them."""
        part = whole_run(self.loss_minor, self.book.inputs, scenarios)
        return replay_tail(
            self.book.simulation,
            self.book.inputs,
            part,
            level,
            weights=self.weights,
            execution=self._execution,
        )

    def histogram(self, bins: int = 50, *, logarithmic: bool = False) -> list[LossBin]:
        """Return scenarios by loss, in as many bins at most."""
        found = native.loss_histogram(
            self.loss_minor, most_bins=bins, logarithmic=logarithmic, weights=self.weights
        )
        edges = [self.book.amount(edge) for edge in found["edge_minor"]]
        whole = self.scenario_count << 24
        rows = zip(edges, edges[1:], found["count"], found["weight"], strict=False)
        return [LossBin(low, high, count, weight / whole) for low, high, count, weight in rows]

    def convergence(self, level: float) -> list[tuple[int, TailFigures]]:
        """Return the figures of the first 2ᵏ scenarios, from 1,024 on, and of all."""
        found = native.convergence(
            self.loss_minor,
            level=rational_level(level),
            weights=self.weights,
            sobol=self._is_sobol,
        )
        return [
            (point["scenario_count"], told_figures(point, level, self.book.amount))
            for point in found
        ]

    def worst(self, count: int = 10) -> list[int]:
        """Return the scenarios with the largest losses, of equal ones the first."""
        return [int(s) for s in np.argsort(-self.loss_minor, kind="stable")[:count]]

    def scenario(self, scenario: int) -> ScenarioAccount:
        """Say who defaulted in one scenario, why, and what that cost.

        Raises
        ------
        NotFound
            For a scenario that was not simulated.
        """
        if not 0 <= scenario < self.scenario_count:
            raise NotFound(f"there are 0 to {self.scenario_count - 1:,}", where="scenario")
        return scenario_account(self.book, scenario, int(self.loss_minor[scenario]))

    def what_if(
        self,
        changes: Sequence[Change],
        *,
        levels: Sequence[float] | None = None,
        where: str = "changes",
    ) -> WhatIf:
        """Change loans and compare, scenario by scenario, under the same draws, at some levels.

        Only the obligors that change are simulated again, in a waterfall with those who are
        connected to them by collateral, guarantees or ownership. An obligor's default probability
        stays unless a change states it; a new obligor gets the next slot.

        Raises
        ------
        InvalidInput, NotFound
            With the place, such as ``changes[0].source_record_id``.
        """
        changed = changed_book(self.book, changes, where=where)
        every = ScenarioRange(0, self.scenario_count)
        after = self.loss_minor + simulate_change(
            changed.before,
            changed.after,
            every,
            threads=self._execution.threads,
            control=self._execution.control,
        )
        return self._compared(changed.obligor_count, after, levels or self.levels)

    def _compared(self, obligor_count: int, after: Any, levels: Sequence[float]) -> WhatIf:
        pairs = [(level, self.paired(after, level)) for level in levels]
        return what_if_of(self.book, obligor_count, self.moments()["expected"], pairs)

    def sensitivities(
        self,
        bumps: Sequence[Bump],
        *,
        levels: Sequence[float] | None = None,
        where: str = "bumps",
    ) -> list[WhatIf]:
        """Say what each bump of an input does, one after the other, under the same draws.

        Raises
        ------
        InvalidInput
            With the place, such as ``bumps[0].change``, before any of them is simulated.
        """
        return list(self.each_sensitivity(bumps, levels=levels, where=where))

    def each_sensitivity(
        self,
        bumps: Sequence[Bump],
        *,
        levels: Sequence[float] | None = None,
        where: str = "bumps",
    ) -> Iterator[WhatIf]:
        """Give `sensitivities` as they come; the first is simulated once all bumps are checked."""
        inputs = [
            bumped_inputs(self.book, bump, where=f"{where}[{index}]")
            for index, bump in enumerate(bumps)
        ]
        count = len(self.book.obligor_ids)
        for after in inputs:
            yield self._compared(count, self._of(after), levels or self.levels)

    def reverse_stress(
        self, loss: float, *, random_starts: int = 8, where: str = "loss"
    ) -> ReverseStress:
        """Find the most plausible ways in which the book loses an amount; as `reverse_stress`."""
        return reverse_stress(
            self.book,
            loss,
            random_starts=random_starts,
            threads=self._execution.threads,
            control=uncounted(self._execution.control),
            where=where,
        )

    def paired(self, after: Any, level: float) -> dict[str, Any]:
        """Return the differences to other losses of the same scenarios, and both tails."""
        return native.paired_difference(
            self.loss_minor,
            after,
            level=rational_level(level),
            weights=self.weights,
            sobol=self._is_sobol,
        )

    @property
    def _is_sobol(self) -> bool:
        return self.parameters.sampling == "sobol"

    def _of(self, inputs: SimulationInputs) -> Any:
        every = ScenarioRange(0, self.scenario_count)
        return simulate_part(
            inputs.simulation(),
            inputs,
            every,
            threads=self._execution.threads,
            control=self._execution.control,
        ).loss_minor

    def _figures(self, loss_minor: Any, level: float) -> TailFigures:
        found = native.tail_figures(
            loss_minor, level=rational_level(level), weights=self.weights, sobol=self._is_sobol
        )
        return told_figures(found, level, self.book.amount)

    def _amounts(self, minor: dict[str, Any]) -> dict[str, float]:
        return {name.removesuffix("_minor"): self.book.amount(v) for name, v in minor.items()}
