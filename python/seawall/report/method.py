"""The definitions behind the figures, under the names of the contract."""

DEFINITIONS = (
    ("total_outstanding", "Σ principal of a record's instruments, else the record's own total"),
    ("interest_rate_pct", "Σ principal · rate / Σ principal; an absent rate is 0 % and counted"),
    ("interest_payment", "total · rate / 100, a year"),
    ("collateral_value", "the record's own when stated, else Σ over its instruments"),
    ("collateral_shortfall", "max(total − collateral, 0)"),
    ("distressed_asset_recovery", "Σ value · recovery / 100 over a record's distressed assets"),
    ("net_exposure_after_recovery", "max(total − (collateral + recovery), 0)"),
)
"""Of a record; the book's figure is the sum over records, its rate the ratio of the sums."""

STRESS_DEFINITIONS = (
    ("interest_rate_pct", "rate + interest_rate_delta_pct (percentage points)"),
    ("collateral_value", "collateral · (1 + collateral_market_impact_pct)"),
    ("distressed_asset_recovery", "recovery · (1 + recovery_degradation_pct)"),
    ("default_risk_buffer", "total · default_risk_increment_pct"),
    (
        "net_exposure_after_recovery",
        "(max(total − (stressed collateral + stressed recovery), 0) + default risk buffer) · "
        "(1 + change of the record's currency)",
    ),
    ("loss_estimate", "max(stressed net exposure − net exposure, 0)"),
)
"""Of a record under a scenario; the three last shocks are fractions in spite of their names."""
