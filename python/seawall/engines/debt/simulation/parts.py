"""Parts of a simulation: ranges of its scenarios, computed anywhere, that merge into the whole."""

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np

from seawall import native
from seawall.engines.debt.simulation.types import SamplingResult
from seawall.errors import InvalidInput
from seawall.native import RunControl

Losses = Any  # int64 of shape (scenario_count,); typed, an array is no Buffer before Python 3.12


class ScenarioRange(msgspec.Struct, frozen=True):
    """Consecutive scenarios."""

    first: int
    count: int


class SimulationInputs(msgspec.Struct, frozen=True, dict=True):
    """All that losses depend on but the scenarios; small enough to be sent to a worker."""

    obligors: dict[str, Any]  # columns by name, as `native.DefaultSimulation` takes them
    positions: dict[str, Any]
    correlation: Any  # of shape (factor_count, factor_count)
    degrees_of_freedom: float  # infinite: Gaussian copula
    seed: int
    sampling: SamplingResult = SamplingResult("plain")
    pools: dict[str, Any] | None = None  # of a waterfall
    liquidation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    discount_factors: list[float] = []  # of a waterfall by quarter
    macro: dict[str, Any] | None = None  # values that the factors are conditioned on

    @cached_property
    def sha256(self) -> str:
        """A digest of every bit: parts of one whole have the same. Taken once, not once a part."""
        digest = sha256(b"seawall.simulation/1\0")
        named = {
            **{f"obligors.{name}": values for name, values in self.obligors.items()},
            **{f"positions.{name}": values for name, values in self.positions.items()},
            **{f"pools.{name}": values for name, values in (self.pools or {}).items()},
            **{f"macro.{name}": values for name, values in (self.macro or {}).items()},
            "correlation": self.correlation,
        }
        for name, values in sorted(named.items()):
            digest.update(f"{name}{values.shape}{values.dtype.str}\0".encode())
            digest.update(values)
        digest.update(f"{float(self.degrees_of_freedom).hex()} {self.seed}".encode())
        digest.update(msgspec.json.encode((self.sampling, self.liquidation, self.discount_factors)))
        return digest.hexdigest()

    @property
    def nbytes(self) -> int:
        """What its columns weigh in memory."""
        columns = [self.obligors, self.positions, self.pools or {}, self.macro or {}]
        return sum(int(values.nbytes) for named in columns for values in named.values())

    @property
    def native_sampling(self) -> native.Sampling | None:
        """As the core takes it; None: plainly."""
        if self.sampling.kind == "sobol":
            return native.Sampling.sobol()
        if self.sampling.kind == "importance":
            return native.Sampling.importance(self.sampling.factor_shift, self.sampling.mixing_tilt)
        return None

    def simulation(self) -> native.DefaultSimulation:
        """Check everything and make it ready; raises InvalidInput and LimitExceeded."""
        return native.DefaultSimulation(
            _buffers(self.obligors),
            _buffers(self.positions),
            _buffers({"correlation": self.correlation}),
            degrees_of_freedom=self.degrees_of_freedom,
            pools=None if self.pools is None else _buffers(self.pools),
            liquidation=self.liquidation,
            discount_factors=self.discount_factors,
            macro=None if self.macro is None else _buffers(self.macro),
        )


def _buffers(arrays: dict[str, Any]) -> dict[str, Any]:
    return {name: _buffer(values) for name, values in arrays.items()}


def _buffer(values: Any) -> Any:
    """Take what was sent to a worker: it may lie anywhere in a message."""
    return np.require(values, requirements=["C_CONTIGUOUS", "ALIGNED"])


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
        sampling=inputs.native_sampling,
        threads=threads,
        control=control,
    )
    return SimulationPart(inputs.sha256, scenarios.first, np.frombuffer(losses, np.int64))


def simulate_change(
    before: SimulationInputs,
    after: SimulationInputs,
    scenarios: ScenarioRange,
    *,
    threads: int = 0,
    control: RunControl | None = None,
) -> Losses:
    """Return the losses of obligors after a change less those before it, under the same draws."""
    change = native.loss_change(
        before.simulation(),
        after.simulation(),
        seed=before.seed,
        first_scenario=scenarios.first,
        count=scenarios.count,
        sampling=before.native_sampling,
        threads=threads,
        control=control,
    )
    return np.frombuffer(change, np.int64)


def replay_part(
    simulation: native.DefaultSimulation,
    inputs: SimulationInputs,
    part: SimulationPart,
    var_minor: int,
    *,
    threads: int = 0,
    control: RunControl | None = None,
) -> dict[str, Losses]:
    """Return what each position does in the scenarios of a part that are in the tail.

    Returns
    -------
    dict
        ``above_count`` and ``at_count``, defaults in scenarios above and at value at risk, and
        where losses vary ``above_minor`` and ``at_minor``. Those of all parts of a run add up.
    """
    found = native.replay(
        simulation,
        _buffer(part.loss_minor),
        var_minor=var_minor,
        seed=inputs.seed,
        first_scenario=part.first_scenario,
        sampling=inputs.native_sampling,
        threads=threads,
        control=control,
    )
    counts = {"above_count": np.uint32, "at_count": np.uint32}
    return {
        name: np.frombuffer(values, counts.get(name, np.int64)).astype(np.int64)
        for name, values in found.items()
    }


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
