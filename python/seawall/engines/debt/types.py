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

    scenario_id: Annotated[str, Meta(description="Its name.")]
    description: Annotated[str, Meta(description="A sentence for readers.")] = ""
    interest_rate_delta_pct: Annotated[float, Meta(description="Percentage points.")] = 0.0
    collateral_market_impact_pct: Annotated[float, Meta(description="A fraction.")] = 0.0
    recovery_degradation_pct: Annotated[float, Meta(description="A fraction.")] = 0.0
    default_risk_increment_pct: Annotated[float, Meta(description="A fraction of the total.")] = 0.0
    currency_changes: Annotated[
        dict[str, float], Meta(description="Of a currency's value in the book's, fractions.")
    ] = {}


class DebtExposure(msgspec.Struct, frozen=True):
    """Where a book stands, in its currency. Ratios are of the book's sums."""

    total_outstanding: Annotated[
        float, Meta(description="Principal of instruments, else the records' own totals.")
    ]
    interest_rate_pct: Annotated[
        float, Meta(description="Mean by principal, in percent; an absent rate is 0.")
    ]
    interest_payment: Annotated[float, Meta(description="Of a year.")]
    collateral_value: Annotated[float, Meta(description="What secures the debt.")]
    collateral_shortfall: Annotated[
        float, Meta(description="Debt beyond the collateral of its own record.")
    ]
    collateral_coverage_ratio: Annotated[
        float, Meta(description="Collateral over debt; 0 without debt.")
    ]
    assets_value: Annotated[float, Meta(description="What the borrowers own.")]
    leverage_ratio: Annotated[float, Meta(description="Debt over assets; 0 without assets.")]
    distressed_asset_value: Annotated[float, Meta(description="Before recovery.")]
    distressed_asset_recovery: Annotated[
        float, Meta(description="What they are expected to bring.")
    ]
    distressed_asset_recovery_ratio: Annotated[
        float, Meta(description="Recovery over value; 0 without value.")
    ]
    distressed_asset_count: Annotated[int, Meta(description="How many there are.")]
    net_exposure_after_recovery: Annotated[
        float, Meta(description="Debt beyond the collateral and recoveries of its own record.")
    ]


class ScenarioResult(msgspec.Struct, frozen=True):
    """What a scenario does to a book, in its currency."""

    scenario_id: Annotated[str, Meta(description="As the question or the engine names it.")]
    description: Annotated[str, Meta(description="A sentence for readers.")]
    interest_rate_pct: Annotated[
        float, Meta(description="Mean by principal under the scenario, in percent.")
    ]
    interest_payment: Annotated[float, Meta(description="Of a year, under the scenario.")]
    collateral_value: Annotated[float, Meta(description="Under the scenario.")]
    collateral_loss: Annotated[
        float, Meta(description="What the scenario takes of collateral, at least 0.")
    ]
    distressed_asset_value: Annotated[float, Meta(description="Under the scenario.")]
    distressed_asset_loss: Annotated[
        float, Meta(description="What the scenario takes of their value, at least 0.")
    ]
    distressed_asset_recovery: Annotated[float, Meta(description="Under the scenario.")]
    default_risk_buffer: Annotated[
        float, Meta(description="The scenario's fraction of the debt for defaults, at least 0.")
    ]
    net_exposure_after_recovery: Annotated[
        float, Meta(description="Under the scenario, with the buffer.")
    ]
    loss_estimate: Annotated[
        float, Meta(description="Growth of the net exposure, at least 0, summed over records.")
    ]
    impact_score: Annotated[
        float, Meta(description="Loss over the total outstanding, a fraction, at most 1.")
    ]


class PathQuarter(msgspec.Struct, frozen=True):
    """A book in one quarter of a supervisory path, against the book as it stands."""

    quarter: Annotated[str, Meta(description="Such as 2026Q3.")]
    loss_estimate: Annotated[
        float, Meta(description="Growth of the net exposure, at least 0, summed over records.")
    ]
    net_exposure_after_recovery: Annotated[
        float, Meta(description="In the quarter, with the buffer.")
    ]
    collateral_value: Annotated[float, Meta(description="In the quarter.")]
    interest_payment: Annotated[float, Meta(description="Of a year, at the quarter's rates.")]
    interest_rate_pct: Annotated[
        float, Meta(description="Mean by principal in the quarter, in percent.")
    ]
    default_risk_buffer: Annotated[
        float, Meta(description="The quarter's fraction of the debt for defaults, at least 0.")
    ]


class PathResult(msgspec.Struct, frozen=True):
    """What a supervisory path does to a book, quarter by quarter."""

    path_id: Annotated[str, Meta(description="A built-in path's name, or the caller's own.")]
    title: Annotated[str, Meta(description="For readers.")]
    source: Annotated[PathSource, Meta(description="Where the path is from.")]
    sha256: Annotated[str, Meta(description="Of the path's canonical JSON.")]
    jump_off_quarter: Annotated[
        str, Meta(description="The last quarter that is history: changes are measured against it.")
    ]
    quarters: Annotated[list[PathQuarter], Meta(description="In their order.")]
    peak_quarter: Annotated[str, Meta(description="Of the largest loss.")]
    peak_loss: Annotated[float, Meta(description="The largest loss of a quarter.")]
    links: Annotated[list[Link], Meta(description="The steps from the path to the shocks.")]
    not_covered: Annotated[
        list[LinkGap], Meta(description="Parts of the book that a step does not reach.")
    ]


class ConvertedCurrency(msgspec.Struct, frozen=True):
    """The part of a book that was in one currency: original, rate, date and converted amount."""

    currency: Annotated[str, Meta(description="ISO 4217 code.")]
    rate: Annotated[float, Meta(description="Units of the book's currency for one unit.")]
    rate_date: Annotated[str, Meta(description="ISO date of the rate.")]
    legs: Annotated[list[dict[str, Any]], Meta(description="The quotes that the rate was made of.")]
    record_count: Annotated[int, Meta(description="Records in it.")]
    original_total_outstanding: Annotated[float, Meta(description="In the currency itself.")]
    total_outstanding: Annotated[float, Meta(description="In the book's currency.")]


class UnconvertedCurrency(msgspec.Struct, frozen=True):
    """Records left out of the book because their currency has no usable rate."""

    currency: Annotated[str, Meta(description="ISO 4217 code, as the records state it.")]
    rule: Annotated[str, Meta(description="currency_rate_missing or currency_rate_stale.")]
    reason: Annotated[str, Meta(description="A sentence for readers.")]
    record_count: Annotated[int, Meta(description="Records that were left out.")]


class SharedCollateral(msgspec.Struct, frozen=True):
    """Loans whose tape states collateral that secures other loans too."""

    rule: Annotated[
        str, Meta(description="What counts where no share is stated: withheld or by_debt_service.")
    ]
    count: Annotated[int, Meta(description="Loans whose collateral others share.")]
    stated_share_count: Annotated[int, Meta(description="The tape gives the share.")]
    debt_service_share_count: Annotated[
        int, Meta(description="The share follows from the debt service.")
    ]
    withheld_count: Annotated[
        int, Meta(description="Counted without collateral, and kept out of the collateral ratios.")
    ]
    withheld_total_outstanding: Annotated[float, Meta(description="What these owe.")]


class DebtStressResult(msgspec.Struct, frozen=True):
    """The answer of a run."""

    currency: Annotated[str, Meta(description="The book's, an ISO 4217 code: of all amounts.")]
    record_count: Annotated[int, Meta(description="Records of the book.")]
    obligor_count: Annotated[int, Meta(description="Who owe them.")]
    rate_missing_count: Annotated[int, Meta(description="Positions without a rate, taken as 0 %.")]
    total_missing_count: Annotated[
        int, Meta(description="Records without a total or an instrument, taken as 0.")
    ]
    debt_exposure: Annotated[DebtExposure, Meta(description="Where the book stands.")]
    stress_tests: Annotated[
        list[ScenarioResult], Meta(description="One a scenario, the known ones first.")
    ]
    assumptions: Annotated[list[str], Meta(description="What was taken to be so, for readers.")]
    supervisory: Annotated[
        list[PathResult], Meta(description="One a supervisory path, in the question's order.")
    ] = []
    currency_rates: Annotated[
        CurrencyRates | None, Meta(description="Null unless the book was converted.")
    ] = None
    currencies: Annotated[
        list[ConvertedCurrency], Meta(description="Of a converted book: one a currency.")
    ] = []
    unconverted: Annotated[
        list[UnconvertedCurrency],
        Meta(description="Records that were left out of the book, by currency."),
    ] = []
    shared_collateral: Annotated[
        SharedCollateral | None, Meta(description="Null when the tape states none.")
    ] = None
    horizon: Annotated[HorizonResult | UnsetType, Meta(description="Absent without a horizon.")] = (
        UNSET
    )
