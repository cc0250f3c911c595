"""What positions add to expected shortfall: the tail is simulated again, and nothing was stored."""

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from seawall import native
from seawall.engine import Execution
from seawall.engines.debt.simulation.cluster import Cluster, cluster_replay
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.factor_groups import Rows
from seawall.engines.debt.simulation.levels import rational_level
from seawall.engines.debt.simulation.parts import (
    Losses,
    ScenarioRange,
    SimulationInputs,
    SimulationPart,
    replay_part,
)
from seawall.engines.debt.simulation.passes import stop_if_cancelled
from seawall.errors import InvalidInput
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

GROUPINGS = ("obligor_id", "sector", "rating", "collateral_type", "collateral_region", "currency")
"""What positions can be added up by, beside the position itself."""


class Replayed(msgspec.Struct, frozen=True):
    """The tail of a run, position by position, all of shape (position_count,)."""

    contribution_minor: Losses  # adds up to expected shortfall, rounded half up
    default_count: Losses  # scenarios beyond value at risk in which the obligor defaults

    @property
    def nbytes(self) -> int:
        """What they weigh in memory."""
        return int(self.contribution_minor.nbytes + self.default_count.nbytes)


def replay_tail(
    simulation: native.DefaultSimulation,
    inputs: SimulationInputs,
    part: SimulationPart,
    level: float,
    *,
    weights: Any = None,
    execution: Execution,
) -> Replayed:
    """Return the contributions of one part of a run; of all of it, its expected shortfall's.

    Parameters
    ----------
    weights : array of shape (scenario_count,), optional
        Those of importance sampling, of a part from scenario 0 on.
    """
    rational = rational_level(level)
    if weights is not None:
        found = native.weighted_contributions(
            simulation,
            part.loss_minor,
            weights,
            seed=inputs.seed,
            level=rational,
            sampling=inputs.native_sampling,
            threads=execution.threads,
            control=execution.control,
        )
        counts = np.frombuffer(found["above_count"], np.uint32).astype(np.int64)
        return Replayed(np.frombuffer(found["whole_minor"], np.int64), counts)
    var_minor = native.tail_figures(part.loss_minor, level=rational)["var_minor"]
    if execution.cluster is not None:
        sums = cluster_replay(
            Cluster(execution.cluster), inputs, part, var_minor, execution.control
        )
    else:
        sums = replay_part(
            simulation,
            inputs,
            part,
            var_minor,
            threads=execution.threads,
            control=execution.control,
        )
    stop_if_cancelled(execution.control)
    minor = native.contributions(simulation, sums, part.loss_minor, level=rational)
    return Replayed(np.frombuffer(minor["whole_minor"], np.int64), sums["above_count"])


def whole_run(
    tail_losses: Losses, inputs: SimulationInputs, scenarios: ScenarioRange | None = None
) -> SimulationPart:
    """Take the losses of a run, or of some of its scenarios, as a part."""
    if scenarios is None:
        return SimulationPart(inputs.sha256, 0, tail_losses)
    end = scenarios.first + scenarios.count
    return SimulationPart(inputs.sha256, scenarios.first, tail_losses[scenarios.first : end])


def ranked_table(
    positions: "pyarrow.Table", columns: dict[str, Losses], by: str, minor_per_unit: int
) -> Table:
    """Add columns to the positions, or up by their groups, and sort by contribution."""
    import pyarrow

    names = {
        "position": ["record", "source_record_id", "element", "obligor_id"],
        "obligor_id": ["obligor", "obligor_id"],  # two obligors may have one name
    }.get(by, [by])
    rows = positions.select([*names, "exposure"])
    for name, values in columns.items():
        rows = rows.append_column(name, pyarrow.array(values))
    if by != "position":
        sums = [("exposure", "sum"), ("contribution_minor", "sum")]
        rows = rows.group_by(names, use_threads=False).aggregate(sums)
        rows = rows.rename_columns([*names, "exposure", "contribution_minor"])
        rows = rows.select([by, "exposure", "contribution_minor"])
    minor = rows["contribution_minor"].to_numpy()
    place = rows.column_names.index("contribution_minor")
    rows = rows.set_column(place, "contribution", [minor / minor_per_unit])
    return Table(rows.take(np.argsort(-minor, kind="stable")))


def parts_of(book: CreditBook, by: str) -> tuple[Rows, list[str | None]]:
    """Number the parts of a book, and say which one a position is of.

    Raises
    ------
    InvalidInput
        For another grouping than ``position`` and those of `GROUPINGS`.
    """
    held = book.positions
    if by == "position":
        return np.arange(len(held)), held["source_record_id"].to_pylist()
    if by == "obligor_id":  # two obligors may have one name
        return book.obligor, list(book.obligor_ids)
    if by not in GROUPINGS:
        raise InvalidInput(f"there are position, {', '.join(GROUPINGS)}", where="by")
    column = held[by].to_pylist()
    names = list(dict.fromkeys(column))
    code = {name: number for number, name in enumerate(names)}
    return np.array([code[name] for name in column], np.int64), names


def added(values: Any, codes: Rows) -> Any:
    """Add up what positions have by their parts."""
    sums = np.zeros(int(codes.max()) + 1, values.dtype)
    np.add.at(sums, codes, values)
    return sums
