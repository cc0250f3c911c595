"""The engines of this installation, by name. An engine is added here and nowhere else."""

from typing import Any

from seawall.engine import EngineDeclaration
from seawall.engines.debt import DEBT_STRESS

ENGINES: dict[str, EngineDeclaration[Any, Any]] = {DEBT_STRESS.name: DEBT_STRESS}

PROFILE_PACKAGES = ("seawall.ingest.profiles", *(e.profiles for e in ENGINES.values()))
"""Where the built-in tape profiles lie."""
