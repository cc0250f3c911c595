"""All scenarios of a simulation: at once, piece by piece with a checkpoint, or over a cluster."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from seawall import native
from seawall.engine import Execution
from seawall.engines.debt.simulation.checkpoint import Checkpoint
from seawall.engines.debt.simulation.cluster import Cluster, cluster_parts
from seawall.engines.debt.simulation.parts import (
    Losses,
    ScenarioRange,
    SimulationInputs,
    SimulationPart,
    merge_parts,
    simulate_part,
)

_PIECE = 1 << 16
"""Scenarios between two writes of a checkpoint, and at most of a worker's task."""


def simulate_all(
    simulation: native.DefaultSimulation,
    inputs: SimulationInputs,
    *,
    scenario_count: int,
    execution: Execution,
) -> Losses:
    """Return the losses of scenarios 0 … scenario_count − 1, however they are computed.

    Raises
    ------
    Cancelled
        When the control stopped the work. What a checkpoint has is kept.
    Conflict
        ``checkpoint_differs`` where the checkpoint is of another simulation.
    """
    kept = None
    parts: list[SimulationPart] = []
    if execution.checkpoint is not None:
        kept = Checkpoint(execution.checkpoint, inputs.sha256)
        parts = [part for part in kept.parts() if part.end_scenario <= scenario_count]
        if execution.control is not None:
            execution.control.advance(sum(len(part.loss_minor) for part in parts))
    missing = _missing(parts, scenario_count)
    for part in _computed(simulation, inputs, missing, execution):
        if kept is not None:
            kept.append(part)
        parts.append(part)
    return merge_parts(parts).loss_minor


def importance_weights(
    simulation: native.DefaultSimulation,
    inputs: SimulationInputs,
    scenario_count: int,
    *,
    execution: Execution,
) -> Any:
    """Return the weights of scenarios in 2⁻²⁴; None where all weigh alike."""
    if inputs.sampling.kind != "importance":
        return None
    found = simulation.weights(
        seed=inputs.seed,
        first_scenario=0,
        count=scenario_count,
        sampling=inputs.native_sampling,
        threads=execution.threads,
        control=execution.control,
    )
    return np.frombuffer(found, np.uint32)


def _computed(
    simulation: native.DefaultSimulation,
    inputs: SimulationInputs,
    missing: Sequence[ScenarioRange],
    execution: Execution,
) -> Iterator[SimulationPart]:
    if execution.cluster is not None:
        cluster = Cluster(execution.cluster)
        pieces = _pieces(missing, min(_PIECE, cluster.task_size(sum(r.count for r in missing))))
        yield from cluster_parts(cluster, inputs, pieces, execution.control)
        return
    pieces = list(missing) if execution.checkpoint is None else _pieces(missing, _PIECE)
    for piece in pieces:
        yield simulate_part(
            simulation,
            inputs,
            piece,
            threads=execution.threads,
            control=execution.control,
        )


def _missing(parts: Sequence[SimulationPart], scenario_count: int) -> list[ScenarioRange]:
    """Return the gaps between parts, by rising scenario."""
    gaps = []
    next_scenario = 0
    for part in sorted(parts, key=lambda part: part.first_scenario):
        if part.first_scenario > next_scenario:
            gaps.append(ScenarioRange(next_scenario, part.first_scenario - next_scenario))
        next_scenario = part.end_scenario
    if next_scenario < scenario_count:
        gaps.append(ScenarioRange(next_scenario, scenario_count - next_scenario))
    return gaps


def _pieces(ranges: Sequence[ScenarioRange], size: int) -> list[ScenarioRange]:
    return [
        ScenarioRange(begin, min(size, whole.first + whole.count - begin))
        for whole in ranges
        for begin in range(whole.first, whole.first + whole.count, size)
    ]
