"""What a run with a horizon may be told: cases, covenants, refinancing, waterfall, price, what-if.

The model is in docs/explanation/cash_flows.md. Percentages are in percent, factors are fractions.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seawall.engines.debt.link_types import HorizonLinks

MIN_MONTHS, MAX_MONTHS = 6, 24

Preset = Literal["mild", "moderate", "severe"]
MAX_CASES = 64
"""A caller's own cases, and what-ifs, of one run."""

IsoDate = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Percent = Annotated[float, Meta(ge=0, le=100)]
RatePct = Annotated[float, Meta(ge=-100, le=100)]
Ratio = Annotated[float, Meta(gt=0, le=1e6)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
PositivePct = Annotated[float, Meta(gt=0, le=1e6)]
Amount = Annotated[float, Meta(ge=0, le=1e15)]


# Of what a case assumes, in a caller's case and in a complete one.
_OF_REVENUE = Meta(description="Of revenue in every month, a factor: 0.9 is a tenth less.")
_OF_COSTS = Meta(description="Of costs in every month, a factor.")
_OF_RATES = Meta(description="Of the index of floating debt and of the rate of new debt, a factor.")
_OF_CASH = Meta(description="Of the opening cash, a factor.")
_OF_VALUES = Meta(description="Of collateral and recoveries from distressed assets, a factor.")
_DAYS_LATER = Meta(description="Receipts come so many days later.")
_DAYS_SOONER = Meta(description="Days, at most 0: -10 is ten days sooner.")


class CaseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case as a caller writes it; what is absent comes from ``based_on``, else from the base."""

    case_id: Annotated[
        str, Meta(description="Its name: not base, a preset's, a path's or another case's.")
    ]
    description: Annotated[str | UnsetType, Meta(description="A sentence for readers.")] = UNSET
    based_on: Annotated[
        Preset | UnsetType,
        Meta(description="The preset that what is absent comes from; absent: the base."),
    ] = UNSET
    revenue_change_factor: Annotated[
        Annotated[float, Meta(ge=0, le=2)] | UnsetType, _OF_REVENUE
    ] = UNSET
    cost_change_factor: Annotated[Annotated[float, Meta(ge=0, le=3)] | UnsetType, _OF_COSTS] = UNSET
    interest_rate_change_factor: Annotated[
        Annotated[float, Meta(ge=0, le=5)] | UnsetType, _OF_RATES
    ] = UNSET
    liquidity_shock_factor: Annotated[Annotated[float, Meta(ge=0, le=1)] | UnsetType, _OF_CASH] = (
        UNSET
    )
    market_value_depreciation_factor: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | UnsetType, _OF_VALUES
    ] = UNSET
    collection_period_extension_days: Annotated[
        Annotated[int, Meta(ge=0, le=366)] | UnsetType, _DAYS_LATER
    ] = UNSET
    payment_period_reduction_days: Annotated[
        Annotated[int, Meta(ge=-366, le=366)] | UnsetType, _DAYS_SOONER
    ] = UNSET


class CaseAssumptions(msgspec.Struct, frozen=True):
    """The seven assumptions of a case, complete; as given here nothing changes."""

    revenue_change_factor: Annotated[float, _OF_REVENUE] = 1.0
    cost_change_factor: Annotated[float, _OF_COSTS] = 1.0
    interest_rate_change_factor: Annotated[float, _OF_RATES] = 1.0
    liquidity_shock_factor: Annotated[float, _OF_CASH] = 1.0
    market_value_depreciation_factor: Annotated[float, _OF_VALUES] = 1.0
    collection_period_extension_days: Annotated[int, _DAYS_LATER] = 0
    payment_period_reduction_days: Annotated[int, _DAYS_SOONER] = 0


class CovenantLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of records that state none of their own; null: there is none."""

    dscr_minimum: Annotated[
        Ratio | None, Meta(description="Income over interest and scheduled principal.")
    ] = None
    icr_minimum: Annotated[Ratio | None, Meta(description="Income over interest.")] = None
    ltv_maximum_pct: Annotated[
        PositivePct | None, Meta(description="Balance over collateral, in percent.")
    ] = None
    leverage_maximum: Annotated[Ratio | None, Meta(description="Debt over income of a year.")] = (
        None
    )
    debt_yield_minimum_pct: Annotated[
        PositivePct | None, Meta(description="Income of a year over debt, in percent.")
    ] = None


class CovenantReset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits that hold from a month on, in place of the record's and the parameters'."""

    from_month: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_MONTHS)],
        Meta(description="The first month of the new limits."),
    ]
    limits: Annotated[CovenantLimits, Meta(description="What holds from then on; null: no limit.")]


class CovenantTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How covenants are tested, at the end of each month."""

    limits: Annotated[
        CovenantLimits, Meta(description="Where a record states none; none is invented.")
    ] = CovenantLimits()
    test_months: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_MONTHS)],
        Meta(description="Months of the window of a test; fewer at the beginning."),
    ] = 3
    cure_months: Annotated[
        Annotated[int, Meta(ge=0, le=MAX_MONTHS)],
        Meta(description="A breach that ends by then is cured."),
    ] = 3
    reset: Annotated[
        CovenantReset | None,
        Meta(description="Other limits from a month on; null: the same throughout."),
    ] = None


class RefinancingTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new lender asks; a test that is null is not made."""

    rate_pct: Annotated[
        Percent | None, Meta(description="Of new debt, a year; null: the maturing debt's own rate.")
    ] = None
    amortization_months: Annotated[
        Annotated[int, Meta(ge=0, le=1200)],
        Meta(description="Of its level payment; 0: interest only."),
    ] = 360
    max_ltv_pct: Annotated[
        PositivePct | None, Meta(description="New debt over collateral, in percent.")
    ] = 65.0
    min_dscr: Annotated[Ratio | None, Meta(description="Income over the new debt service.")] = 1.25
    min_debt_yield_pct: Annotated[
        PositivePct | None, Meta(description="Income of a year over new debt, in percent.")
    ] = None
    cap_rate_pct: Annotated[
        PositivePct | None, Meta(description="Value is income over it; null: value as stated.")
    ] = None


class WaterfallTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What selling and settling an estate costs and how long it takes. Defaults are judgements."""

    haircut_pct: Annotated[
        Percent, Meta(description="Of collateral, for a sale under pressure, in percent.")
    ] = 20.0
    sale_cost_pct: Annotated[Percent, Meta(description="Of what it is sold for, in percent.")] = 5.0
    months_to_sale: Annotated[
        Annotated[int, Meta(ge=0, le=120)], Meta(description="Until collateral is sold.")
    ] = 12
    months_to_distribution: Annotated[
        Annotated[int, Meta(ge=0, le=120)], Meta(description="Until dividends are paid.")
    ] = 18
    administration_cost_pct: Annotated[Percent, Meta(description="Of free assets, in percent.")] = (
        5.0
    )
    priming_amount: Annotated[
        Amount, Meta(description="Super-priority loan to each defaulted group, book's currency.")
    ] = 0.0
    enterprise_multiple: Annotated[
        Ratio | None, Meta(description="Of a year's income; null: no going concern by it.")
    ] = None
    cap_rate_pct: Annotated[
        PositivePct | None, Meta(description="The other way to enterprise value.")
    ] = None


class PurchaseTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A purchase of the whole book on ``as_of``."""

    price_pct: Annotated[
        Annotated[float, Meta(gt=0, le=1000)],
        Meta(description="Percent of the balance; accrued interest comes on top."),
    ]
    risk_free_rate_pct: Annotated[
        RatePct | None, Meta(description="Null: no implied default probability.")
    ] = None


class AmendAndExtend(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="amend_and_extend",
):
    """One position with later maturity, another price or other covenants."""

    what_if_id: Annotated[str, Meta(description="What the answer is named by.")]
    source_record_id: Annotated[str, Meta(description="The record's own identifier.")]
    source_system: Annotated[
        str | UnsetType, Meta(description="Needed where two systems use the identifier.")
    ] = UNSET
    instrument_id: Annotated[
        str | UnsetType, Meta(description="Needed where the record has several instruments.")
    ] = UNSET
    extension_months: Annotated[
        Annotated[int, Meta(ge=0, le=600)], Meta(description="How much later it matures.")
    ] = 0
    rate_change_pct: Annotated[RatePct, Meta(description="Percentage points.")] = 0.0
    spread_change_pct: Annotated[RatePct, Meta(description="Percentage points.")] = 0.0
    limits: Annotated[CovenantLimits, Meta(description="Null keeps the limit as it is.")] = (
        CovenantLimits()
    )


class Equitise(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="equitise"
):
    """A part of one position that becomes equity."""

    what_if_id: Annotated[str, Meta(description="What the answer is named by.")]
    source_record_id: Annotated[str, Meta(description="The record's own identifier.")]
    fraction: Annotated[Fraction, Meta(description="The part of the position that becomes equity.")]
    source_system: Annotated[
        str | UnsetType, Meta(description="Needed where two systems use the identifier.")
    ] = UNSET
    instrument_id: Annotated[
        str | UnsetType, Meta(description="Needed where the record has several instruments.")
    ] = UNSET


class ConcentrationLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most of the outstanding that one of a kind may have; null: there is no limit."""

    obligor_pct: Annotated[
        Percent | None, Meta(description="Of one obligor, in percent of the outstanding.")
    ] = None
    sector_pct: Annotated[
        Percent | None, Meta(description="Of one sector, in percent of the outstanding.")
    ] = None
    collateral_type_pct: Annotated[
        Percent | None,
        Meta(description="Of one kind of collateral, in percent of the outstanding."),
    ] = None
    collateral_region_pct: Annotated[
        Percent | None,
        Meta(description="Of one region of collateral, in percent of the outstanding."),
    ] = None
    currency_pct: Annotated[
        Percent | None, Meta(description="Of one stated currency, in percent of the outstanding.")
    ] = None


class Materiality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which fraction of the total outstanding a finding of a case is material."""

    covenants: Annotated[
        Fraction, Meta(description="What records owe that are ever in breach.")
    ] = 0.1
    refinancing: Annotated[
        Fraction, Meta(description="What falls due within the horizon and finds no new debt.")
    ] = 0.05
    liquidity: Annotated[Fraction, Meta(description="Operating and debt-service shortfalls.")] = (
        0.01
    )
    recovery: Annotated[
        Fraction, Meta(description="Claims on defaulted obligors that stay unpaid.")
    ] = 0.05


class Horizon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A book month by month. The base case, in which nothing changes, always runs and comes first.

    Then come the presets, the caller's cases and, with ``follow_supervisory``, each supervisory
    path of the run.
    """

    months: Annotated[
        Annotated[int, Meta(ge=MIN_MONTHS, le=MAX_MONTHS)],
        Meta(description="How far the book is followed."),
    ] = 12
    as_of: Annotated[
        IsoDate | UnsetType, Meta(description="Day 0; absent: the book's latest reporting date.")
    ] = UNSET
    presets: Annotated[list[Preset], Meta(description="Cases that are known by name.")] = []
    cases: Annotated[
        Annotated[list[CaseEntry], Meta(max_length=MAX_CASES)],
        Meta(description="Cases of the caller."),
    ] = []
    follow_supervisory: Annotated[
        bool, Meta(description="Whether each supervisory path of the run is a case.")
    ] = True
    links: Annotated[
        HorizonLinks, Meta(description="How a supervisory path reaches income and new debt.")
    ] = HorizonLinks()
    surplus_cash: Annotated[
        Literal["distributed", "retained"],
        Meta(description="What becomes of cash that nothing is due for."),
    ] = "distributed"
    default_after_months: Annotated[
        Annotated[int, Meta(ge=1, le=MAX_MONTHS)],
        Meta(description="Of arrears in a row, after which an obligor defaults."),
    ] = 3
    business_day_convention: Annotated[
        Literal["unadjusted", "following", "modified_following", "preceding"],
        Meta(description="Of payments; interest accrues to the unmoved day."),
    ] = "unadjusted"
    holiday_calendar: Annotated[
        str | None, Meta(description="Null: weekends alone are no business days.")
    ] = None
    covenants: Annotated[CovenantTerms, Meta(description="How covenants are tested.")] = (
        CovenantTerms()
    )
    refinancing: Annotated[RefinancingTerms, Meta(description="What a new lender asks.")] = (
        RefinancingTerms()
    )
    waterfall: Annotated[
        WaterfallTerms, Meta(description="What selling and settling costs and takes.")
    ] = WaterfallTerms()
    purchase: Annotated[
        PurchaseTerms | None, Meta(description="Of the whole book on as_of; null: none.")
    ] = None
    what_if: Annotated[
        Annotated[list[AmendAndExtend | Equitise], Meta(max_length=MAX_CASES)],
        Meta(description="Changes of terms, each compared with every case."),
    ] = []
    concentration_limits: Annotated[
        ConcentrationLimits, Meta(description="The most that one of a kind may have, in percent.")
    ] = ConcentrationLimits()
    materiality: Annotated[
        Materiality, Meta(description="From where a finding of a case is material, fractions.")
    ] = Materiality()
