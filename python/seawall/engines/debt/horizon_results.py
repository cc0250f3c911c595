"""What a run with a horizon answers, in the book's currency. None is unknown, and never 0."""

import msgspec

from seawall.engines.debt.horizon_cases import CaseAssumptions
from seawall.engines.debt.link_types import Link
from seawall.engines.debt.types import LinkGap


class CaseStep(msgspec.Struct, frozen=True):
    """The book in one month of a case: levels at its end, flows within it."""

    month: int  # 1 is the first after as_of
    date: str  # of its end
    balance: float  # performing and defaulted, a level
    cash: float  # a level
    interest_arrears: float  # a level
    principal_arrears: float  # a level
    income: float | None  # of the month; of the obligors whose income is known
    interest_due: float
    interest_paid: float
    principal_due: float  # scheduled
    principal_paid: float
    prepayment: float
    maturity_due: float
    maturity_refinanced: float
    maturity_paid: float  # from cash
    default_assumption: float  # what default_rate_pct took out of the performing balance
    operating_shortfall: float
    debt_service_shortfall: float
    refinancing_shortfall: float
    distributed: float
    defaulted_balance: float  # of the obligors that defaulted in this month
    default_count: int
    dscr: float | None  # over the window of the test
    icr: float | None
    principal_coverage: float | None  # income less interest, over principal due
    dscr_grade: str | None  # adequate, marginal or insufficient


class WeekFlow(msgspec.Struct, frozen=True):
    """One of the 13 weeks after as_of, by the days on which payments are really made."""

    week: int
    date: str  # of its end
    receipts: float
    operating_payments: float
    interest: float
    principal: float
    maturity: float
    closing_cash: float
    short_obligor_count: int  # whose cash does not reach


class CovenantSummary(msgspec.Struct, frozen=True):
    """One covenant over the book."""

    covenant: str  # dscr, icr, ltv, leverage or debt_yield
    limited_count: int  # records with a limit
    tested_count: int  # of these, those whose ratio was ever known
    breach_count: int  # ever in breach
    breach_outstanding: float  # their balance at the beginning
    cured_count: int
    standing_count: int  # in breach at the end
    first_breach_month: int | None
    first_breach_date: str | None
    worst_headroom: float | None  # ratio / limit − 1, of maxima 1 − ratio / limit


class WallQuarter(msgspec.Struct, frozen=True):
    """What falls due in a calendar quarter; an anticipated repayment counts at its date."""

    quarter: str  # such as 2029Q2
    maturity_count: int
    due: float
    refinanced: float  # by tested new debt
    gap: float
    untested: float
    gap_by_test: dict[str, float]  # by what binds: ltv, dscr or debt_yield


class WaterfallTier(msgspec.Struct, frozen=True):
    """What one rank is owed and paid, over the defaulted groups or over all of them."""

    tier: str  # priming, administration, super_senior, senior, subordinated, junior
    claims: float
    paid: float
    paid_from_collateral: float
    recovery_pct: float | None  # None: nothing is owed


class WaterfallResult(msgspec.Struct, frozen=True):
    """Who bears the loss, in liquidation or as a going concern."""

    basis: str  # liquidation or going_concern
    is_hypothetical: bool  # of groups that have not defaulted, at the horizon's end
    group_count: int
    unknown_group_count: int  # without a value; in no figure
    value: float  # payments, costs and equity
    claims: float
    paid_to_creditors: float
    administration_cost: float
    sale_cost: float
    equity: float
    present_value: float | None  # of what creditors are paid
    cost_of_carry: float | None  # nominal less present value
    tiers: list[WaterfallTier]
    fulcrum_counts: dict[str, int]  # groups by the tier in which value breaks
    better_counts: dict[str, int]  # groups by what creditors get more from


class RiskLevels(msgspec.Struct, frozen=True):
    """Obligors by risk level, and how many each reason holds for."""

    critical: int
    high: int
    moderate: int
    low: int
    not_rated: int
    reasons: dict[str, int]


class PurchaseResult(msgspec.Struct, frozen=True):
    """What a purchase of the book returns in a case."""

    price_pct: float
    paid: float  # with accrued interest
    accrued_interest: float
    received: float
    terminal_value: float  # a part of what is received
    xirr_pct: float | None  # None: no rate, or not one alone, makes the value 0
    monthly_irr_pct: float | None  # a year
    multiple: float | None
    implied_default_probability: float | None  # a year, fraction


class CaseResult(msgspec.Struct, frozen=True):
    """One case over the horizon."""

    case_id: str
    description: str
    assumptions: CaseAssumptions | None  # None: of a supervisory path
    steps: list[CaseStep]
    weeks: list[WeekFlow]
    covenants: list[CovenantSummary]
    wall: list[WallQuarter]
    waterfall: list[WaterfallResult]
    risk_levels: RiskLevels
    runway_counts: dict[str, int]  # obligors by months of runway; "12+" that never run dry
    purchase: PurchaseResult | None = None
    links: list[Link] = []  # of a supervisory path
    not_covered: list[LinkGap] = []


class WhatIfResult(msgspec.Struct, frozen=True):
    """A what-if in one case, and what it changes: each difference is changed less unchanged."""

    what_if_id: str
    case_id: str
    changed: CaseResult
    differences: dict[str, float]


class Concentration(msgspec.Struct, frozen=True):
    """How the outstanding is spread over one kind of part."""

    by: str  # obligor, sector, collateral_type, collateral_region or currency
    largest: list[tuple[str, float]]  # name and percent of the book
    herfindahl_index: float
    limit_pct: float | None
    above_limit: list[str]


class HorizonResult(msgspec.Struct, frozen=True):
    """A book over its horizon, case by case, the base first."""

    as_of: str
    months: int
    cases: list[CaseResult]
    what_if: list[WhatIfResult]
    concentrations: list[Concentration]
    assumed_counts: dict[str, int]  # positions or records by what was absent and assumed
    assumptions: list[str]
