"""Parts of a simulation: ranges of its scenarios, computed anywhere, that merge into the whole."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from seawall import native
from seawall.errors import InvalidInput
from seawall.native import RunControl

Losses = NDArray[np.int64]


class ScenarioRange(msgspec.Struct, frozen=True):
    """Consecutive scenarios."""

    first: int
    count: int


class SimulationInputs(msgspec.Struct, frozen=True):
    """All that losses depend on but the scenarios; small enough to be sent to a worker."""

    obligors: dict[str, Any]  # slot, default_probability, factor_weight
    positions: dict[str, Any]  # obligor, loss_minor
    correlation: Any  # of shape (factor_count, factor_count)
    degrees_of_freedom: float  # infinite: Gaussian copula
    seed: int

    @property
    def sha256(self) -> str:
        """A digest of every bit: parts of one whole have the same."""
        digest = sha256(b"seawall.simulation/1\0")
        named = {**self.obligors, **self.positions, "correlation": self.correlation}
        for name, values in sorted(named.items()):
            digest.update(f"{name}{values.shape}{values.dtype.str}\0".encode())
            digest.update(values)
        digest.update(f"{float(self.degrees_of_freedom).hex()} {self.seed}".encode())
        return digest.hexdigest()

    def simulation(self) -> native.DefaultSimulation:
        """Check everything and make it ready; raises InvalidInput and LimitExceeded."""
        return native.DefaultSimulation(
            _buffers(self.obligors),
            _buffers(self.positions),
            _buffers({"correlation": self.correlation}),
            degrees_of_freedom=self.degrees_of_freedom,
        )


def _buffers(arrays: dict[str, Any]) -> dict[str, Any]:
    """What was sent to a worker may lie anywhere in a message."""
    return {
        name: np.require(values, requirements=["C_CONTIGUOUS", "ALIGNED"])
        for name, values in arrays.items()
    }


class SimulationPart(msgspec.Struct, frozen=True):
    """The losses of consecutive scenarios."""

    inputs_sha256: str
    first_scenario: int
    loss_minor: Losses  # of shape (scenario_count,)

    @property
    def end_scenario(self) -> int:
        """The first scenario after the part."""
        return self.first_scenario + len(self.loss_minor)


def simulate_part(
    simulation: native.DefaultSimulation,
    inputs: SimulationInputs,
    scenarios: ScenarioRange,
    *,
    threads: int = 0,
    control: RunControl | None = None,
) -> SimulationPart:
    """Simulate a range of scenarios. Any split of them into parts has the same bits."""
    losses = simulation.losses(
        seed=inputs.seed,
        first_scenario=scenarios.first,
        count=scenarios.count,
        threads=threads,
        control=control,
    )
    return SimulationPart(inputs.sha256, scenarios.first, np.frombuffer(losses, np.int64))


def merge_parts(parts: Sequence[SimulationPart]) -> SimulationPart:
    """Bring the parts of one simulation together, in any order.

    Returns
    -------
    SimulationPart
        The bits of one run over all their scenarios.

    Raises
    ------
    InvalidInput
        Without a part; where one is of other inputs; where scenarios are missing between two, or in
        both. With the place, such as ``parts[3].first_scenario``.
    """
    if not parts:
        raise InvalidInput("there is none", where="parts")
    order = sorted(range(len(parts)), key=lambda index: parts[index].first_scenario)
    first = parts[order[0]]
    end = first.first_scenario
    for index in order:
        part = parts[index]
        if part.inputs_sha256 != first.inputs_sha256:
            raise InvalidInput("is of another book or seed", where=f"parts[{index}].inputs_sha256")
        if part.first_scenario != end:
            message = f"{end} was expected: scenarios are missing or in two parts"
            raise InvalidInput(message, where=f"parts[{index}].first_scenario")
        end = part.end_scenario
    losses = np.concatenate([parts[index].loss_minor for index in order])
    return SimulationPart(first.inputs_sha256, first.first_scenario, losses)
