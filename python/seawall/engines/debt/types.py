"""What the debt stress engine takes and gives. One Struct is argument, wire body and option."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seawall.engine import CurrencyRates
from seawall.engines.debt.horizon_results import HorizonResult
from seawall.engines.debt.horizon_types import Horizon
from seawall.engines.debt.link_types import Link, LinkGap, SupervisoryLinks
from seawall.supervisory import PathSource, SupervisoryPath

Fraction = Annotated[float, Meta(ge=0, le=1)]


class ScenarioEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario as a caller writes it; what is absent comes from the known scenario of that id.

    The three last shocks are fractions (−0.25 is a quarter less) in spite of their names.
    """

    scenario_id: Annotated[
        str | UnsetType,
        Meta(description="Its name, or a known scenario's, whose shocks are taken where absent."),
    ] = UNSET
    id: Annotated[str | UnsetType, Meta(description="Another name of scenario_id.")] = UNSET
    description: Annotated[str | UnsetType, Meta(description="A sentence for readers.")] = UNSET
    name: Annotated[str | UnsetType, Meta(description="Another name of description.")] = UNSET
    interest_rate_delta_pct: Annotated[
        float | UnsetType, Meta(description="Change of every rate, in percentage points.")
    ] = UNSET
    collateral_market_impact_pct: Annotated[
        Annotated[float, Meta(ge=-1)] | UnsetType,
        Meta(description="Change of collateral value, a fraction: -0.25 is a quarter less."),
    ] = UNSET
    recovery_degradation_pct: Annotated[
        Annotated[float, Meta(ge=-1)] | UnsetType,
        Meta(description="Change of what distressed assets recover, a fraction."),
    ] = UNSET
    default_risk_increment_pct: Annotated[
        float | UnsetType,
        Meta(description="Buffer for defaults, a fraction of the total outstanding."),
    ] = UNSET
    currency_changes: Annotated[
        dict[str, Annotated[float, Meta(ge=-1)]] | UnsetType,
        Meta(description="By currency code: change of its value, a fraction."),
    ] = UNSET


class BookTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which book a question is about.

    ``currency`` is the book's; records in others are converted by ``currency_rates``.
    ``shared_collateral`` says what counts for a loan whose tape states collateral that secures
    other loans too and no share of it: nothing, or the share that its own debt service has in the
    one behind the stated coverage ratio.
    """

    currency: Annotated[
        Annotated[str, Meta(pattern="^[A-Z]{3}$")] | UnsetType,
        Meta(description="ISO 4217 code; absent: the one that all records have."),
    ] = UNSET
    currency_rates: Annotated[
        CurrencyRates | UnsetType,
        Meta(description="Rates by which records in other currencies are converted."),
    ] = UNSET
    shared_collateral: Annotated[
        Literal["withheld", "by_debt_service"],
        Meta(description="What counts of collateral that others share, without a stated share."),
    ] = "withheld"


class DebtStressParameters(BookTerms, frozen=True, forbid_unknown_fields=True):
    """What a run may be told. Both thresholds are fractions of the total outstanding.

    A supervisory scenario is the name of a built-in path or a path itself; ``supervisory_links``
    say how a path reaches the book.
    """

    stress_scenarios: Annotated[
        list[ScenarioEntry],
        Meta(description="Scenarios of the caller, and known ones by their id."),
    ] = []
    supervisory_scenarios: Annotated[
        list[str | SupervisoryPath],
        Meta(description="Supervisory paths: the name of a built-in one, or a path itself."),
    ] = []
    supervisory_links: Annotated[
        SupervisoryLinks, Meta(description="How a supervisory path reaches the book.")
    ] = SupervisoryLinks()
    net_exposure_materiality_threshold_pct: Annotated[
        Fraction,
        Meta(
            description="A finding is material from this net exposure on, a fraction of the total."
        ),
    ] = 0.2
    stress_loss_materiality_threshold_pct: Annotated[
        Fraction,
        Meta(description="A finding is material from this loss on, a fraction of the total."),
    ] = 0.05
    horizon: Annotated[
        Horizon | UnsetType,
        Meta(description="The book month by month; absent: it is not followed over months."),
    ] = UNSET


class StressScenario(msgspec.Struct, frozen=True):
    """A shock applied to every record of a book, complete."""

    scenario_id: str
    description: str = ""
    interest_rate_delta_pct: Annotated[float, Meta(description="Percentage points.")] = 0.0
    collateral_market_impact_pct: Annotated[float, Meta(description="A fraction.")] = 0.0
    recovery_degradation_pct: Annotated[float, Meta(description="A fraction.")] = 0.0
    default_risk_increment_pct: Annotated[float, Meta(description="A fraction of the total.")] = 0.0
    currency_changes: Annotated[
        dict[str, float], Meta(description="Of a currency's value in the book's, fractions.")
    ] = {}


class DebtExposure(msgspec.Struct, frozen=True):
    """Where a book stands, in its currency. Ratios are of the book's sums."""

    total_outstanding: float
    interest_rate_pct: float
    interest_payment: Annotated[float, Meta(description="Of a year.")]
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


class PathQuarter(msgspec.Struct, frozen=True):
    """A book in one quarter of a supervisory path, against the book as it stands."""

    quarter: Annotated[str, Meta(description="Such as 2026Q3.")]
    loss_estimate: float
    net_exposure_after_recovery: float
    collateral_value: float
    interest_payment: float
    interest_rate_pct: float
    default_risk_buffer: float


class PathResult(msgspec.Struct, frozen=True):
    """What a supervisory path does to a book, quarter by quarter."""

    path_id: str
    title: str
    source: PathSource
    sha256: Annotated[str, Meta(description="Of the path's canonical JSON.")]
    jump_off_quarter: str
    quarters: list[PathQuarter]
    peak_quarter: Annotated[str, Meta(description="Of the largest loss.")]
    peak_loss: float
    links: list[Link]
    not_covered: list[LinkGap]


class ConvertedCurrency(msgspec.Struct, frozen=True):
    """The part of a book that was in one currency: original, rate, date and converted amount."""

    currency: str
    rate: Annotated[float, Meta(description="Units of the book's currency for one unit.")]
    rate_date: str
    legs: Annotated[list[dict[str, Any]], Meta(description="The quotes that the rate was made of.")]
    record_count: int
    original_total_outstanding: float
    total_outstanding: float


class UnconvertedCurrency(msgspec.Struct, frozen=True):
    """Records left out of the book because their currency has no usable rate."""

    currency: str
    rule: Annotated[str, Meta(description="currency_rate_missing or currency_rate_stale.")]
    reason: str
    record_count: int


class SharedCollateral(msgspec.Struct, frozen=True):
    """Loans whose tape states collateral that secures other loans too."""

    rule: Annotated[
        str, Meta(description="What counts where no share is stated: withheld or by_debt_service.")
    ]
    count: int
    stated_share_count: Annotated[int, Meta(description="The tape gives the share.")]
    debt_service_share_count: Annotated[
        int, Meta(description="The share follows from the debt service.")
    ]
    withheld_count: Annotated[
        int, Meta(description="Counted without collateral, and kept out of the collateral ratios.")
    ]
    withheld_total_outstanding: float


class DebtStressResult(msgspec.Struct, frozen=True):
    """The answer of a run."""

    currency: str
    record_count: int
    obligor_count: int
    rate_missing_count: Annotated[int, Meta(description="Positions without a rate, taken as 0 %.")]
    total_missing_count: Annotated[
        int, Meta(description="Records without a total or an instrument, taken as 0.")
    ]
    debt_exposure: DebtExposure
    stress_tests: list[ScenarioResult]
    assumptions: list[str]
    supervisory: list[PathResult] = []
    currency_rates: Annotated[
        CurrencyRates | None, Meta(description="Null unless the book was converted.")
    ] = None
    currencies: list[ConvertedCurrency] = []
    unconverted: list[UnconvertedCurrency] = []
    shared_collateral: Annotated[
        SharedCollateral | None, Meta(description="Null when the tape states none.")
    ] = None
    horizon: Annotated[HorizonResult | UnsetType, Meta(description="Absent without a horizon.")] = (
        UNSET
    )
