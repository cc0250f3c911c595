"""Debt stress: exposure, scenarios, findings."""

from seawall.engines.debt.engine import DEBT_STRESS
from seawall.engines.debt.types import (
    DebtExposure,
    DebtStressParameters,
    DebtStressResult,
    ScenarioEntry,
    ScenarioResult,
    StressScenario,
)

__all__ = [
    "DEBT_STRESS",
    "DebtExposure",
    "DebtStressParameters",
    "DebtStressResult",
    "ScenarioEntry",
    "ScenarioResult",
    "StressScenario",
]
