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


class CaseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case as a caller writes it; what is absent comes from ``based_on``, else from the base."""

    case_id: str
    description: str | UnsetType = UNSET
    based_on: Preset | UnsetType = UNSET
    revenue_change_factor: Annotated[float, Meta(ge=0, le=2)] | UnsetType = UNSET
    cost_change_factor: Annotated[float, Meta(ge=0, le=3)] | UnsetType = UNSET
    interest_rate_change_factor: Annotated[float, Meta(ge=0, le=5)] | UnsetType = UNSET
    liquidity_shock_factor: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    market_value_depreciation_factor: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    collection_period_extension_days: Annotated[int, Meta(ge=0, le=366)] | UnsetType = UNSET
    payment_period_reduction_days: Annotated[int, Meta(ge=-366, le=366)] | UnsetType = (
        UNSET  # ≤ 0: −10 is ten days sooner
    )


class CaseAssumptions(msgspec.Struct, frozen=True):
    """The seven assumptions of a case, complete; as given here nothing changes."""

    revenue_change_factor: float = 1.0
    cost_change_factor: float = 1.0
    interest_rate_change_factor: float = 1.0
    liquidity_shock_factor: float = 1.0
    market_value_depreciation_factor: float = 1.0
    collection_period_extension_days: int = 0
    payment_period_reduction_days: Annotated[
        int, Meta(description="Days, at most 0: -10 is ten days sooner.")
    ] = 0


class CovenantLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of records that state none of their own; null: there is none."""

    dscr_minimum: Ratio | None = None
    icr_minimum: Ratio | None = None
    ltv_maximum_pct: PositivePct | None = None
    leverage_maximum: Annotated[Ratio | None, Meta(description="Debt over income of a year.")] = (
        None
    )
    debt_yield_minimum_pct: PositivePct | None = None


class CovenantReset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits that hold from a month on, in place of the record's and the parameters'."""

    from_month: Annotated[int, Meta(ge=1, le=MAX_MONTHS)]
    limits: CovenantLimits


class CovenantTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How covenants are tested, at the end of each month."""

    limits: Annotated[
        CovenantLimits, Meta(description="Where a record states none; none is invented.")
    ] = CovenantLimits()
    test_months: Annotated[int, Meta(ge=1, le=MAX_MONTHS)] = 3  # window; fewer at the beginning
    cure_months: Annotated[int, Meta(ge=0, le=MAX_MONTHS)] = (
        3  # a breach that ends by then is cured
    )
    reset: CovenantReset | None = None


class RefinancingTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new lender asks; a test that is null is not made."""

    rate_pct: Annotated[
        Percent | None, Meta(description="Of new debt, a year; null: the maturing debt's own rate.")
    ] = None
    amortization_months: Annotated[int, Meta(ge=0, le=1200)] = 360  # 0: interest only
    max_ltv_pct: PositivePct | None = 65.0
    min_dscr: Ratio | None = 1.25
    min_debt_yield_pct: PositivePct | None = None
    cap_rate_pct: Annotated[
        PositivePct | None, Meta(description="Value is income over it; null: value as stated.")
    ] = None


class WaterfallTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What selling and settling an estate costs and how long it takes. Defaults are judgements."""

    haircut_pct: Annotated[
        Percent, Meta(description="Of collateral, for a sale under pressure, in percent.")
    ] = 20.0
    sale_cost_pct: Annotated[Percent, Meta(description="Of what it is sold for, in percent.")] = 5.0
    months_to_sale: Annotated[int, Meta(ge=0, le=120)] = 12
    months_to_distribution: Annotated[int, Meta(ge=0, le=120)] = 18
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

    price_pct: Annotated[float, Meta(gt=0, le=1000)]  # of balance; accrued interest comes on top
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

    what_if_id: str
    source_record_id: str
    source_system: Annotated[
        str | UnsetType, Meta(description="Needed where two systems use the identifier.")
    ] = UNSET
    instrument_id: Annotated[
        str | UnsetType, Meta(description="Needed where the record has several instruments.")
    ] = UNSET
    extension_months: Annotated[int, Meta(ge=0, le=600)] = 0
    rate_change_pct: Annotated[RatePct, Meta(description="Percentage points.")] = 0.0
    spread_change_pct: Annotated[RatePct, Meta(description="Percentage points.")] = 0.0
    limits: Annotated[CovenantLimits, Meta(description="Null keeps the limit as it is.")] = (
        CovenantLimits()
    )


class Equitise(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="equitise"
):
    """A part of one position that becomes equity."""

    what_if_id: str
    source_record_id: str
    fraction: Fraction
    source_system: str | UnsetType = UNSET
    instrument_id: str | UnsetType = UNSET


class ConcentrationLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most of the outstanding that one of a kind may have; null: there is no limit."""

    obligor_pct: Percent | None = None
    sector_pct: Percent | None = None
    collateral_type_pct: Percent | None = None
    collateral_region_pct: Percent | None = None
    currency_pct: Percent | None = None


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
