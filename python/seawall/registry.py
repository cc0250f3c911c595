"""The engines of this installation, by name. An engine is added here and nowhere else."""

from typing import Any

from seawall.engine import EngineDeclaration
from seawall.engines.debt import DEBT_STRESS
from seawall.engines.debt.simulation import DEBT_SIMULATION

ENGINES: dict[str, EngineDeclaration[Any, Any]] = {
    engine.name: engine for engine in (DEBT_STRESS, DEBT_SIMULATION)
}

PROFILE_PACKAGES = tuple(
    dict.fromkeys(("seawall.ingest.profiles", *(e.profiles for e in ENGINES.values())))
)
"""Where the built-in tape profiles lie."""
