"""What the debt stress engine takes and gives. One Struct is argument, wire body and option."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

Fraction = Annotated[float, Meta(ge=0, le=1)]


class ScenarioEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario as a caller writes it; what is absent comes from the known scenario of that id.

    The three last shocks are fractions (−0.25 is a quarter less) in spite of their names.
    """

    scenario_id: str | UnsetType = UNSET
    id: str | UnsetType = UNSET  # another name of scenario_id
    description: str | UnsetType = UNSET
    name: str | UnsetType = UNSET  # another name of description
    interest_rate_delta_pct: float | UnsetType = UNSET  # percentage points
    collateral_market_impact_pct: Annotated[float, Meta(ge=-1)] | UnsetType = UNSET
    recovery_degradation_pct: Annotated[float, Meta(ge=-1)] | UnsetType = UNSET
    default_risk_increment_pct: float | UnsetType = UNSET


class DebtStressParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a run may be told. Both thresholds are fractions of the total outstanding."""

    stress_scenarios: list[ScenarioEntry] = []
    net_exposure_materiality_threshold_pct: Fraction = 0.2
    stress_loss_materiality_threshold_pct: Fraction = 0.05


class StressScenario(msgspec.Struct, frozen=True):
    """A shock applied to every record of a book, complete."""

    scenario_id: str
    description: str = ""
    interest_rate_delta_pct: float = 0.0  # percentage points
    collateral_market_impact_pct: float = 0.0  # fraction
    recovery_degradation_pct: float = 0.0  # fraction
    default_risk_increment_pct: float = 0.0  # fraction of the total


class DebtExposure(msgspec.Struct, frozen=True):
    """Where a book stands, in its currency. Ratios are of the book's sums."""

    total_outstanding: float
    interest_rate_pct: float
    interest_payment: float  # a year
    collateral_value: float
    collateral_shortfall: float
    collateral_coverage_ratio: float
    assets_value: float
    leverage_ratio: float
    distressed_asset_value: float
    distressed_asset_recovery: float
    distressed_asset_recovery_ratio: float
    distressed_asset_count: int
    net_exposure_after_recovery: float


class ScenarioResult(msgspec.Struct, frozen=True):
    """What a scenario does to a book, in its currency."""

    scenario_id: str
    description: str
    interest_rate_pct: float
    interest_payment: float
    collateral_value: float
    collateral_loss: float
    distressed_asset_value: float
    distressed_asset_loss: float
    distressed_asset_recovery: float
    default_risk_buffer: float
    net_exposure_after_recovery: float
    loss_estimate: float
    impact_score: float


class DebtStressResult(msgspec.Struct, frozen=True):
    """The answer of a run."""

    currency: str
    record_count: int
    obligor_count: int
    rate_missing_count: int  # positions without a rate, taken as 0 %
    total_missing_count: int  # records without a total or an instrument, taken as 0
    debt_exposure: DebtExposure
    stress_tests: list[ScenarioResult]
    assumptions: list[str]
