"""What a run with a horizon answers, in the book's currency. None is unknown, and never 0."""

import msgspec
from msgspec import UNSET, UnsetType

from seawall.engines.debt.horizon_types import CaseAssumptions
from seawall.engines.debt.link_types import Link, LinkGap


class CaseStep(msgspec.Struct, frozen=True):
    """The book in one month of a case: flows within it, levels at its end.

    Of an obligor that has defaulted only the levels count, from the month after on.
    """

    month: int  # 1 is the first after as_of
    date: str  # of its end
    receipts: float
    operating_payments: float
    interest_due: float
    principal_due: float  # scheduled, without what matures
    maturity_due: float
    interest_paid: float  # also of what was in arrears
    principal_paid: float
    maturity_refinanced: float
    maturity_paid_in_cash: float
    prepaid: float
    defaulted: float  # what default_rate_pct took out of the performing balance
    operating_shortfall: float
    debt_service_shortfall: float
    refinancing_shortfall: float
    income: float  # of obligors that state one, as the next two and the ratios
    covered_interest_due: float
    covered_principal_due: float
    dscr: float | None  # over the window of the test
    icr: float | None
    principal_coverage: float | None  # income less interest, over scheduled principal
    dscr_grade: str | None  # adequate, marginal or insufficient
    debt: float  # a level, as what follows
    interest_arrears: float
    cash: float
    collateral_value: float  # where it is known
    debt_in_default: float
    obligors_in_default: int


class CaseWeek(msgspec.Struct, frozen=True):
    """The book in one of the first 13 weeks of a case, of obligors whose income is known.

    Payments come on the days that the business-day convention moves them to. Closing cash is
    opening cash and receipts, less what is paid and distributed, and with the operating shortfall.
    """

    week: int
    date: str  # its last day
    opening_cash: float
    receipts: float
    operating_payments: float
    interest_due: float
    interest_paid: float  # also of what was in arrears
    principal_due: float  # scheduled
    principal_paid: float
    maturity_due: float
    refinanced: float
    maturity_paid_in_cash: float
    operating_shortfall: float
    debt_service_shortfall: float
    refinancing_shortfall: float
    distributed: float
    closing_cash: float
    obligor_count: int
    short_count: int  # obligors with a shortfall in the week


class CovenantSummary(msgspec.Struct, frozen=True):
    """One covenant over the book."""

    covenant: str  # dscr, icr, ltv, leverage or debt_yield
    limited_count: int  # records with a limit
    tested_count: int  # of these, those whose ratio was ever known
    breach_count: int  # ever in breach
    breach_outstanding: float  # what those owe on the first day
    cured_count: int
    standing_count: int  # in breach at the end
    first_breach_month: int | None
    worst_headroom: float | None  # ratio / limit − 1, of maxima 1 − ratio / limit; None: unbounded
    first_breach_counts: list[int]  # records by the month of their first breach
    first_breach_outstanding: list[float]  # what those owe on the first day


class WallQuarter(msgspec.Struct, frozen=True):
    """What falls due in a calendar quarter; an anticipated repayment counts at its date."""

    quarter: str  # such as 2029Q2
    maturity_count: int
    due: float
    refinanced: float  # by tested new debt
    gap: float
    untested: float
    in_default: float  # what obligors that had defaulted before would have owed
    gap_by_test: dict[str, float]  # by what binds: ltv, dscr or debt_yield


class WaterfallTier(msgspec.Struct, frozen=True):
    """What one rank is owed and paid."""

    tier: str  # super_senior, senior, subordinated or junior
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
    priming_paid: float
    equity: float
    present_value: float | None  # of what a liquidation pays to claims; None: a going concern
    cost_of_carry: float | None  # nominal less present value
    tiers: list[WaterfallTier]
    fulcrum_counts: dict[str, int]  # groups by the tier in which value breaks
    better_counts: dict[str, int]  # groups by what creditors get more from


class RiskLevels(msgspec.Struct, frozen=True):
    """Obligors by risk level, what they owe on the first day, and the reasons that hold."""

    levels: dict[str, int]
    outstanding: dict[str, float]
    reasons: dict[str, int]


class PurchaseResult(msgspec.Struct, frozen=True):
    """What the book returns to who buys it on the first day.

    It is of the positions whose recovery is known.
    """

    price_pct: float  # of the balance
    paid: float  # with the accrued interest
    accrued: float
    received: float  # within the horizon, and of defaults in it
    terminal_value: float  # of what is owed at the end of the horizon, and of obligors in default
    xirr_pct: float | None  # a year by actual days over 365; None: no rate solves the flows
    monthly_irr_pct: float | None  # compounded to a year
    moic: float | None  # inflows over outflows
    implied_default_probability_pct: float | None  # a year: the mean by what is paid
    implied_count: int  # positions of which it is known; 0 without a risk-free rate
    unknown_count: int  # positions whose recovery is not known
    flows: list[float]  # by months after the first day, which has what is paid


class CaseResult(msgspec.Struct, frozen=True):
    """One case over the horizon."""

    case_id: str
    description: str
    assumptions: CaseAssumptions | None  # None: of a supervisory path
    steps: list[CaseStep]
    covenants: list[CovenantSummary]
    wall: list[WallQuarter]
    waterfall: list[WaterfallResult]
    risk: RiskLevels
    runway_counts: dict[str, int]  # obligors by months of runway; such as "12+": never dry
    weeks: list[CaseWeek] = []  # the first 13
    purchase: PurchaseResult | UnsetType = UNSET  # where a price is given
    links: list[Link] = []  # of a supervisory path
    not_covered: list[LinkGap] = []


class WhatIfFigures(msgspec.Struct, frozen=True):
    """What a change of terms is judged by: of one case, or a difference of two."""

    interest_due: float  # all months, as what follows up to the shortfalls
    principal_due: float  # scheduled
    maturity_due: float
    operating_shortfall: float
    debt_service_shortfall: float
    refinancing_shortfall: float
    debt: float  # at the end, as the next two
    obligors_in_default: int
    debt_in_default: float
    breach_count: int  # records and covenants ever in breach
    refinancing_gap: float  # of the book's whole life
    claims: float  # on groups in default, in liquidation
    paid_to_creditors: float
    received: float | None  # of a purchase, as what follows; None: unknown, or no price is given
    terminal_value: float | None
    xirr_pct: float | None
    moic: float | None


class WhatIfCase(msgspec.Struct, frozen=True):
    """A case without and with a change of terms."""

    case_id: str
    before: WhatIfFigures
    after: WhatIfFigures
    difference: WhatIfFigures  # after less before


class WhatIfResult(msgspec.Struct, frozen=True):
    """What changing the terms of one position does in each case."""

    what_if_id: str
    kind: str  # amend_and_extend or equitise
    record: int
    source_record_id: str
    element: int | None  # among the record's instruments; None: the record has none
    obligor_id: str
    cases: list[WhatIfCase]


class Concentration(msgspec.Struct, frozen=True):
    """How the outstanding is spread over one kind of part, on the first day."""

    by: str  # obligor, sector, collateral_type, collateral_region or currency
    largest: list[tuple[str, float]]  # name and percent of the book
    known_pct: float | None  # of the book that says of which part it is
    herfindahl_index: float | None  # of that: Σ share², fractions
    limit_pct: float | None
    above_limit: list[str]  # by falling amount
    excess: float | UnsetType | None = UNSET  # what these owe beyond a limit; None: none says


class HorizonResult(msgspec.Struct, frozen=True):
    """A book over its horizon, case by case, the base first."""

    as_of: str
    months: int
    cases: list[CaseResult]
    concentrations: list[Concentration]
    assumed_counts: dict[str, int]  # positions by the term that was absent and assumed
    holidays: list[str] = []  # of the calendar that moves payments of the first 13 weeks
    what_if: list[WhatIfResult] = []
