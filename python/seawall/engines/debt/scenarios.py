"""The scenarios of a run: the default ones, a caller's over them, and supervisory paths."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from seawall.engines.debt.types import ScenarioEntry, StressScenario
from seawall.errors import InvalidInput
from seawall.supervisory import SupervisoryPath, built_in_paths

FloatMatrix = NDArray[np.float64]

DEFAULT_SCENARIOS = (
    StressScenario(
        "interest_rate_spike", "Interest rates jump by 2.5 points", 2.5, -0.05, -0.05, 0.02
    ),
    StressScenario("market_crash", "Collateral markets lose a quarter", 0.5, -0.25, -0.15, 0.05),
    StressScenario("default_wave", "Defaults spread and recoveries fall", 1.0, -0.10, -0.35, 0.08),
)

SHOCKS = (
    "interest_rate_delta_pct",
    "collateral_market_impact_pct",
    "recovery_degradation_pct",
    "default_risk_increment_pct",
)

_LARGEST_SHOCK = 1e100  # the core's own limit: products of amounts and shocks stay finite


def complete_scenarios(entries: list[ScenarioEntry]) -> list[StressScenario]:
    """Lay a caller's entries over the default scenarios, which keep their order and stand first.

    Raises
    ------
    InvalidInput
        For an entry without an id, with two different ones, or an id that stands twice.
    """
    scenarios = {scenario.scenario_id: scenario for scenario in DEFAULT_SCENARIOS}
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        where = f"parameters.stress_scenarios[{index}]"
        scenario_id = _one_of(entry, ("scenario_id", "id"), where)
        if scenario_id is UNSET or not scenario_id.strip():
            raise InvalidInput(
                "a scenario needs an id that is not blank", where=f"{where}.scenario_id"
            )
        scenario_id = scenario_id.strip()
        if scenario_id in seen:
            raise InvalidInput(f'"{scenario_id}" stands twice', where=f"{where}.scenario_id")
        seen.add(scenario_id)
        changes = {
            name: getattr(entry, name) for name in SHOCKS if getattr(entry, name) is not UNSET
        }
        for name, shock in changes.items():
            if not abs(shock) <= _LARGEST_SHOCK:  # false for NaN too
                raise InvalidInput("must be a number up to 1e100", where=f"{where}.{name}")
        base = scenarios.get(scenario_id, StressScenario(scenario_id))
        if any(getattr(base, name) != shock for name, shock in changes.items()):
            changes["description"] = ""  # it told of shocks that are others now
        description = _one_of(entry, ("description", "name"), where)
        if description is not UNSET:
            changes["description"] = description
        if entry.currency_changes is not UNSET:
            changes["currency_changes"] = entry.currency_changes
        scenarios[scenario_id] = msgspec.structs.replace(base, **changes)
    return list(scenarios.values())


def _one_of(entry: ScenarioEntry, names: tuple[str, str], where: str) -> Any:
    given = [getattr(entry, name) for name in names if getattr(entry, name) is not UNSET]
    if len(given) == 2 and given[0] != given[1]:
        raise InvalidInput(f"{names[0]} and {names[1]} differ", where=f"{where}.{names[1]}")
    return given[0] if given else UNSET


def complete_paths(
    entries: list[str | SupervisoryPath], scenarios: list[StressScenario]
) -> list[SupervisoryPath]:
    """Look up the paths that are named.

    Raises
    ------
    InvalidInput
        For a name that is not built in, or an identifier that stands twice.
    """
    taken = {scenario.scenario_id for scenario in scenarios}
    paths = []
    for index, entry in enumerate(entries):
        where = f"parameters.supervisory_scenarios[{index}]"
        if isinstance(entry, str):
            known = built_in_paths()
            if entry not in known:
                raise InvalidInput(
                    f'"{entry}" is not built in: there are {", ".join(known)}', where=where
                )
            entry = known[entry]
        names = {entry.path_id, *(quarter_id(entry.path_id, q) for q in entry.quarters)}
        if names & taken:
            raise InvalidInput(f'"{min(names & taken)}" stands twice', where=where)
        taken |= names
        paths.append(entry)
    return paths


def quarter_id(path_id: str, quarter: str) -> str:
    """Name a quarter of a path among the scenarios of a run."""
    return f"{path_id}@{quarter}"


def native_shocks(
    scenario: StressScenario, segments: Sequence[Mapping[str, Any]], *, currency: str
) -> tuple[float, float, float, float] | FloatMatrix:
    """A scenario as the core takes it: one set of shocks, or one a segment of the book.

    Raises
    ------
    InvalidInput
        For a currency change of a currency that the book does not hold, or of the book's own.
    """
    shocks = tuple(getattr(scenario, name) for name in SHOCKS)
    if not scenario.currency_changes:
        return shocks
    held = {segment["currency"] for segment in segments}
    for code in scenario.currency_changes:
        where = f"parameters.stress_scenarios.{scenario.scenario_id}.currency_changes.{code}"
        if code == currency:
            raise InvalidInput(
                "the book's own currency does not change against itself", where=where
            )
        if code not in held:
            raise InvalidInput(
                f"the book holds {', '.join(sorted(held))} and nothing in {code}", where=where
            )
    rows = [[*shocks, scenario.currency_changes.get(s["currency"], 0.0)] for s in segments]
    return np.array(rows, dtype=np.float64)
