"""Figures of a tail in the book's currency, from those of the core in minor units."""

from collections.abc import Callable
from typing import Any

from seawall.engines.debt.simulation.types import TailFigures


def told_figures(
    found: dict[str, Any], level: float, amount: Callable[[float], float]
) -> TailFigures:
    """Return what the core found at a level; ``amount`` turns minor units into the currency."""
    high = found["var_high_minor"]
    return TailFigures(
        confidence_level=level,
        value_at_risk=amount(found["var_minor"]),
        value_at_risk_low=amount(found["var_low_minor"]),
        value_at_risk_high=None if high is None else amount(high),
        expected_shortfall=amount(found["es_minor"]),
        expected_shortfall_standard_error=amount(found["es_standard_error_minor"]),
        scenarios_beyond=found["above_count"],
        effective_scenarios=found["effective_count"],
        is_thin=found["is_thin"],
    )
