"""A horizon's terms as the core takes them."""

from typing import Any

from seawall.engines.debt.horizon_types import CovenantLimits, Horizon


def native_settings(horizon: Horizon) -> dict[str, Any]:
    """All terms of a run: fractions, and None for what is not asked."""
    covenants, refinancing = horizon.covenants, horizon.refinancing
    waterfall, reset = horizon.waterfall, horizon.covenants.reset
    return {
        "default_after_months": horizon.default_after_months,
        "retains_surplus": horizon.surplus_cash == "retained",
        "test_months": covenants.test_months,
        "cure_months": covenants.cure_months,
        **native_limits("limit_", covenants.limits),
        "reset_month": 0 if reset is None else reset.from_month,
        **native_limits("reset_limit_", CovenantLimits() if reset is None else reset.limits),
        "refinancing_rate_pct": refinancing.rate_pct,
        "refinancing_amortization_months": refinancing.amortization_months,
        "refinancing_max_ltv": _fraction(refinancing.max_ltv_pct),
        "refinancing_min_dscr": refinancing.min_dscr,
        "refinancing_min_debt_yield": _fraction(refinancing.min_debt_yield_pct),
        "refinancing_cap_rate": _fraction(refinancing.cap_rate_pct),
        "haircut": _fraction(waterfall.haircut_pct),
        "sale_cost": _fraction(waterfall.sale_cost_pct),
        "administration_cost": _fraction(waterfall.administration_cost_pct),
        "months_to_sale": waterfall.months_to_sale,
        "months_to_distribution": waterfall.months_to_distribution,
        "priming_amount": waterfall.priming_amount,
        "enterprise_multiple": waterfall.enterprise_multiple,
        "enterprise_cap_rate": _fraction(waterfall.cap_rate_pct),
    }


def native_limits(prefix: str, limits: CovenantLimits) -> dict[str, float | None]:
    """Limits by covenant as plain ratios."""
    return {
        f"{prefix}dscr": limits.dscr_minimum,
        f"{prefix}icr": limits.icr_minimum,
        f"{prefix}ltv": _fraction(limits.ltv_maximum_pct),
        f"{prefix}leverage": limits.leverage_maximum,
        f"{prefix}debt_yield": _fraction(limits.debt_yield_minimum_pct),
    }


def _fraction(percent: float | None) -> float | None:
    return None if percent is None else percent / 100
