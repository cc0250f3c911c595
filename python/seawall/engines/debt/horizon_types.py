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
    payment_period_reduction_days: int = 0  # ≤ 0


class CovenantLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits of records that state none of their own; null: there is none."""

    dscr_minimum: Ratio | None = None
    icr_minimum: Ratio | None = None
    ltv_maximum_pct: PositivePct | None = None
    leverage_maximum: Ratio | None = None  # debt over income of a year
    debt_yield_minimum_pct: PositivePct | None = None


class CovenantReset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits that hold from a month on, in place of the record's and the parameters'."""

    from_month: Annotated[int, Meta(ge=1, le=MAX_MONTHS)]
    limits: CovenantLimits


class CovenantTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How covenants are tested, at the end of each month."""

    limits: CovenantLimits = CovenantLimits()  # no covenant is invented
    test_months: Annotated[int, Meta(ge=1, le=MAX_MONTHS)] = 3  # window; fewer at the beginning
    cure_months: Annotated[int, Meta(ge=0, le=MAX_MONTHS)] = (
        3  # a breach that ends by then is cured
    )
    reset: CovenantReset | None = None


class RefinancingTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new lender asks; a test that is null is not made."""

    rate_pct: Percent | None = None  # of new debt, a year; null: the maturing debt's own rate
    amortization_months: Annotated[int, Meta(ge=0, le=1200)] = 360  # 0: interest only
    max_ltv_pct: PositivePct | None = 65.0
    min_dscr: Ratio | None = 1.25
    min_debt_yield_pct: PositivePct | None = None
    cap_rate_pct: PositivePct | None = None  # value is income over it; null: value as stated


class WaterfallTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What selling and settling an estate costs and how long it takes. Defaults are judgements."""

    haircut_pct: Percent = 20.0  # of collateral, for a sale under pressure
    sale_cost_pct: Percent = 5.0  # of what it is sold for
    months_to_sale: Annotated[int, Meta(ge=0, le=120)] = 12
    months_to_distribution: Annotated[int, Meta(ge=0, le=120)] = 18
    administration_cost_pct: Percent = 5.0  # of free assets
    priming_amount: Amount = 0.0  # super-priority loan to each defaulted group, book's currency
    enterprise_multiple: Ratio | None = None  # of a year's income; null: no going concern by it
    cap_rate_pct: PositivePct | None = None  # the other way to enterprise value


class PurchaseTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A purchase of the whole book on ``as_of``."""

    price_pct: Annotated[float, Meta(gt=0, le=1000)]  # of balance; accrued interest comes on top
    risk_free_rate_pct: RatePct | None = None  # null: no implied default probability


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
    source_system: str | UnsetType = UNSET  # needed where two systems use the identifier
    instrument_id: str | UnsetType = UNSET  # needed where the record has several instruments
    extension_months: Annotated[int, Meta(ge=0, le=600)] = 0
    rate_change_pct: RatePct = 0.0  # percentage points
    spread_change_pct: RatePct = 0.0  # percentage points
    limits: CovenantLimits = CovenantLimits()  # null keeps the limit as it is


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

    covenants: Fraction = 0.1  # what records owe that are ever in breach
    refinancing: Fraction = 0.05  # what falls due within the horizon and finds no new debt
    liquidity: Fraction = 0.01  # operating and debt-service shortfalls
    recovery: Fraction = 0.05  # claims on defaulted obligors that stay unpaid


class Horizon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A book month by month. The base case, in which nothing changes, always runs and comes first.

    Then come the presets, the caller's cases and, with ``follow_supervisory``, each supervisory
    path of the run.
    """

    months: Annotated[int, Meta(ge=MIN_MONTHS, le=MAX_MONTHS)] = 12
    as_of: IsoDate | UnsetType = UNSET  # day 0; absent: the book's latest reporting date
    presets: list[Preset] = []
    cases: Annotated[list[CaseEntry], Meta(max_length=MAX_CASES)] = []
    follow_supervisory: bool = True
    links: HorizonLinks = HorizonLinks()  # how a supervisory path reaches income and new debt
    surplus_cash: Literal["distributed", "retained"] = "distributed"
    default_after_months: Annotated[int, Meta(ge=1, le=MAX_MONTHS)] = 3  # of arrears in a row
    business_day_convention: Literal[
        "unadjusted", "following", "modified_following", "preceding"
    ] = "unadjusted"  # of payments; interest accrues to the unmoved day
    holiday_calendar: str | None = None  # null: weekends alone are no business days
    covenants: CovenantTerms = CovenantTerms()
    refinancing: RefinancingTerms = RefinancingTerms()
    waterfall: WaterfallTerms = WaterfallTerms()
    purchase: PurchaseTerms | None = None
    what_if: Annotated[list[AmendAndExtend | Equitise], Meta(max_length=MAX_CASES)] = []
    concentration_limits: ConcentrationLimits = ConcentrationLimits()
    materiality: Materiality = Materiality()
