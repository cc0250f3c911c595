"""What a run with a horizon answers, in the book's currency. None is unknown, and never 0."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from seawall.engines.debt.horizon_types import CaseAssumptions
from seawall.engines.debt.link_types import Link, LinkGap


class CaseStep(msgspec.Struct, frozen=True):
    """The book in one month of a case: flows within it, levels at its end.

    Of an obligor that has defaulted only the levels count, from the month after on.
    """

    month: Annotated[int, Meta(description="1 is the first after as_of.")]
    date: Annotated[str, Meta(description="The last day of the month.")]
    receipts: Annotated[float, Meta(description="What arrived of revenue.")]
    operating_payments: Annotated[float, Meta(description="Costs that were paid.")]
    interest_due: Annotated[float, Meta(description="Interest of the month, without arrears.")]
    principal_due: Annotated[float, Meta(description="Scheduled, without what matures.")]
    maturity_due: Annotated[
        float, Meta(description="What the last payment day leaves of a balance.")
    ]
    interest_paid: Annotated[float, Meta(description="Also of what was in arrears.")]
    principal_paid: Annotated[float, Meta(description="Also of what was in arrears.")]
    maturity_refinanced: Annotated[float, Meta(description="By new debt.")]
    maturity_paid_in_cash: Annotated[float, Meta(description="By the obligors' cash.")]
    prepaid: Annotated[float, Meta(description="Before it was due, by prepayment_rate_pct.")]
    defaulted: Annotated[
        float, Meta(description="What default_rate_pct took out of the performing balance.")
    ]
    operating_shortfall: Annotated[
        float, Meta(description="Operating payments that neither receipts nor cash cover.")
    ]
    debt_service_shortfall: Annotated[
        float, Meta(description="Interest and scheduled principal of the month that was not paid.")
    ]
    refinancing_shortfall: Annotated[
        float, Meta(description="What neither new debt nor cash repays of maturities.")
    ]
    income: Annotated[
        float, Meta(description="Of obligors that state one, as the next two and the ratios.")
    ]
    covered_interest_due: Annotated[float, Meta(description="Interest that these obligors owe.")]
    covered_principal_due: Annotated[
        float, Meta(description="Scheduled principal that these obligors owe.")
    ]
    dscr: Annotated[
        float | None,
        Meta(
            description="Income over interest and scheduled principal, in the window of the test."
        ),
    ]
    icr: Annotated[
        float | None, Meta(description="Income over interest, in the window of the test.")
    ]
    principal_coverage: Annotated[
        float | None, Meta(description="Income less interest, over scheduled principal.")
    ]
    dscr_grade: Annotated[
        str | None, Meta(description="adequate, marginal or insufficient; null: no ratio is known.")
    ]
    debt: Annotated[
        float,
        Meta(description="Performing balance at the end of the month: a level, as what follows."),
    ]
    interest_arrears: Annotated[float, Meta(description="Interest that was due and is not paid.")]
    cash: Annotated[float, Meta(description="What the obligors hold.")]
    collateral_value: Annotated[float, Meta(description="Where it is known.")]
    debt_in_default: Annotated[float, Meta(description="Balance of obligors in default.")]
    obligors_in_default: Annotated[int, Meta(description="How many have defaulted by then.")]


class CaseWeek(msgspec.Struct, frozen=True):
    """The book in one of the first 13 weeks of a case, of obligors whose income is known.

    Payments come on the days that the business-day convention moves them to. Closing cash is
    opening cash and receipts, less what is paid and distributed, and with the operating shortfall.
    """

    week: Annotated[int, Meta(description="1 to 13.")]
    date: Annotated[str, Meta(description="Its last day.")]
    opening_cash: Annotated[float, Meta(description="At its beginning.")]
    receipts: Annotated[float, Meta(description="What arrived of revenue.")]
    operating_payments: Annotated[float, Meta(description="Costs that were paid.")]
    interest_due: Annotated[float, Meta(description="On its moved days.")]
    interest_paid: Annotated[float, Meta(description="Also of what was in arrears.")]
    principal_due: Annotated[float, Meta(description="Scheduled, on its moved days.")]
    principal_paid: Annotated[float, Meta(description="Also of what was in arrears.")]
    maturity_due: Annotated[
        float, Meta(description="What the last payment day leaves of a balance.")
    ]
    refinanced: Annotated[float, Meta(description="Of maturities, by new debt.")]
    maturity_paid_in_cash: Annotated[float, Meta(description="By the obligors' cash.")]
    operating_shortfall: Annotated[
        float, Meta(description="Operating payments that neither receipts nor cash cover.")
    ]
    debt_service_shortfall: Annotated[
        float, Meta(description="Interest and scheduled principal of the week that was not paid.")
    ]
    refinancing_shortfall: Annotated[
        float, Meta(description="What neither new debt nor cash repays of maturities.")
    ]
    distributed: Annotated[
        float, Meta(description="Surplus cash that left, in weeks in which months end.")
    ]
    closing_cash: Annotated[float, Meta(description="At its end.")]
    obligor_count: Annotated[int, Meta(description="Obligors whose income is known.")]
    short_count: Annotated[int, Meta(description="Of these, those with a shortfall in the week.")]


class CovenantSummary(msgspec.Struct, frozen=True):
    """One covenant over the book."""

    covenant: Annotated[str, Meta(description="dscr, icr, ltv, leverage or debt_yield.")]
    limited_count: Annotated[int, Meta(description="Records with a limit.")]
    tested_count: Annotated[int, Meta(description="Of these, those whose ratio was ever known.")]
    breach_count: Annotated[int, Meta(description="Records that were ever in breach.")]
    breach_outstanding: Annotated[float, Meta(description="What those owe on the first day.")]
    cured_count: Annotated[
        int, Meta(description="Of these, those whose every breach was cured in time.")
    ]
    standing_count: Annotated[int, Meta(description="Records in breach at the end.")]
    first_breach_month: Annotated[
        int | None, Meta(description="The earliest; null: there is no breach.")
    ]
    worst_headroom: Annotated[
        float | None,
        Meta(
            description="Ratio / limit - 1, of maxima 1 - ratio / limit; null: unbounded, or none "
            "is known."
        ),
    ]
    first_breach_counts: Annotated[
        list[int], Meta(description="Records by the month of their first breach.")
    ]
    first_breach_outstanding: Annotated[
        list[float], Meta(description="What those owe on the first day, by the same months.")
    ]


class WallQuarter(msgspec.Struct, frozen=True):
    """What falls due in a calendar quarter; an anticipated repayment counts at its date."""

    quarter: Annotated[str, Meta(description="Such as 2029Q2.")]
    maturity_count: Annotated[int, Meta(description="How many maturities.")]
    due: Annotated[
        float, Meta(description="What falls due: refinanced, gap, untested and in default.")
    ]
    refinanced: Annotated[float, Meta(description="By tested new debt.")]
    gap: Annotated[float, Meta(description="What new debt does not repay.")]
    untested: Annotated[
        float, Meta(description="What no test could be made of; it is taken to be refinanced.")
    ]
    in_default: Annotated[
        float, Meta(description="What obligors that had defaulted before would have owed.")
    ]
    gap_by_test: Annotated[
        dict[str, float], Meta(description="By what binds: ltv, dscr or debt_yield.")
    ]


class WaterfallTier(msgspec.Struct, frozen=True):
    """What one rank is owed and paid."""

    tier: Annotated[str, Meta(description="super_senior, senior, subordinated or junior.")]
    claims: Annotated[float, Meta(description="What it is owed.")]
    paid: Annotated[float, Meta(description="What it gets.")]
    paid_from_collateral: Annotated[float, Meta(description="Of that, from collateral.")]
    recovery_pct: Annotated[
        float | None, Meta(description="Paid over claims, in percent; null: nothing is owed.")
    ]


class WaterfallResult(msgspec.Struct, frozen=True):
    """Who bears the loss, in liquidation or as a going concern."""

    basis: Annotated[str, Meta(description="liquidation or going_concern.")]
    is_hypothetical: Annotated[
        bool,
        Meta(description="Whether it is of groups that have not defaulted, at the horizon's end."),
    ]
    group_count: Annotated[
        int, Meta(description="How many groups of connected obligors are settled.")
    ]
    unknown_group_count: Annotated[
        int, Meta(description="Groups without a value; they are in no figure.")
    ]
    value: Annotated[float, Meta(description="What there is: payments, costs and equity.")]
    claims: Annotated[float, Meta(description="What all creditors are owed.")]
    paid_to_creditors: Annotated[float, Meta(description="What claims get.")]
    administration_cost: Annotated[
        float, Meta(description="Of free assets and surpluses of collateral.")
    ]
    sale_cost: Annotated[float, Meta(description="Of collateral that is sold.")]
    priming_paid: Annotated[float, Meta(description="What the super-priority loan gets.")]
    equity: Annotated[float, Meta(description="What is left.")]
    present_value: Annotated[
        float | None,
        Meta(description="Of what a liquidation pays to claims; null: a going concern."),
    ]
    cost_of_carry: Annotated[
        float | None, Meta(description="Nominal less present value; null: a going concern.")
    ]
    tiers: Annotated[list[WaterfallTier], Meta(description="By falling rank.")]
    fulcrum_counts: Annotated[
        dict[str, int], Meta(description="Groups by the tier in which value breaks.")
    ]
    better_counts: Annotated[
        dict[str, int],
        Meta(description="Groups by the basis that creditors get more from; equal, or unknown."),
    ]


class RiskLevels(msgspec.Struct, frozen=True):
    """Obligors by risk level, what they owe on the first day, and the reasons that hold."""

    levels: Annotated[dict[str, int], Meta(description="Obligors by level.")]
    outstanding: Annotated[
        dict[str, float], Meta(description="What they owe on the first day, by level.")
    ]
    reasons: Annotated[dict[str, int], Meta(description="Obligors by each reason that holds.")]


class PurchaseResult(msgspec.Struct, frozen=True):
    """What the book returns to who buys it on the first day.

    It is of the positions whose recovery is known.
    """

    price_pct: Annotated[float, Meta(description="Percent of the balance.")]
    paid: Annotated[float, Meta(description="With the accrued interest.")]
    accrued: Annotated[float, Meta(description="Interest since the last payments.")]
    received: Annotated[float, Meta(description="Within the horizon, and of defaults in it.")]
    terminal_value: Annotated[
        float,
        Meta(description="Of what is owed at the end of the horizon, and of obligors in default."),
    ]
    xirr_pct: Annotated[
        float | None,
        Meta(description="Percent a year by actual days over 365; null: no rate solves the flows."),
    ]
    monthly_irr_pct: Annotated[
        float | None,
        Meta(
            description="Percent, by months and compounded to a year; null: no rate solves the "
            "flows."
        ),
    ]
    moic: Annotated[float | None, Meta(description="Inflows over outflows; null: nothing is paid.")]
    implied_default_probability_pct: Annotated[
        float | None,
        Meta(description="Percent a year: the mean by what is paid; null: none is known."),
    ]
    implied_count: Annotated[
        int, Meta(description="Positions of which it is known; 0 without a risk-free rate.")
    ]
    unknown_count: Annotated[int, Meta(description="Positions whose recovery is not known.")]
    flows: Annotated[
        list[float], Meta(description="By months after the first day, which has what is paid.")
    ]


class CaseResult(msgspec.Struct, frozen=True):
    """One case over the horizon."""

    case_id: Annotated[str, Meta(description="base, a preset's, a path's or the caller's own.")]
    description: Annotated[str, Meta(description="A sentence for readers.")]
    assumptions: Annotated[
        CaseAssumptions | None, Meta(description="The seven factors; null: of a supervisory path.")
    ]
    steps: Annotated[list[CaseStep], Meta(description="One a month.")]
    covenants: Annotated[list[CovenantSummary], Meta(description="One a covenant.")]
    wall: Annotated[
        list[WallQuarter], Meta(description="One a calendar quarter over the book's whole life.")
    ]
    waterfall: Annotated[
        list[WaterfallResult],
        Meta(
            description="Of groups in default and of others, in liquidation and as a going concern."
        ),
    ]
    risk: Annotated[RiskLevels, Meta(description="How the obligors stand.")]
    runway_counts: Annotated[
        dict[str, int],
        Meta(description="Obligors by months until they are without cash; such as 12+: never."),
    ]
    weeks: Annotated[list[CaseWeek], Meta(description="The first 13.")] = []
    purchase: Annotated[
        PurchaseResult | UnsetType, Meta(description="Absent: no price is given.")
    ] = UNSET
    links: Annotated[
        list[Link], Meta(description="Of a supervisory path: the steps from it to the case.")
    ] = []
    not_covered: Annotated[
        list[LinkGap],
        Meta(description="Of a supervisory path: parts of the book that a step does not reach."),
    ] = []


class WhatIfFigures(msgspec.Struct, frozen=True):
    """What a change of terms is judged by: of one case, or a difference of two."""

    interest_due: Annotated[
        float, Meta(description="Over all months, as what follows up to the shortfalls.")
    ]
    principal_due: Annotated[float, Meta(description="Scheduled.")]
    maturity_due: Annotated[
        float, Meta(description="What the last payment days leave of balances.")
    ]
    operating_shortfall: Annotated[
        float, Meta(description="Operating payments that neither receipts nor cash cover.")
    ]
    debt_service_shortfall: Annotated[
        float, Meta(description="Interest and scheduled principal that was not paid when due.")
    ]
    refinancing_shortfall: Annotated[
        float, Meta(description="What neither new debt nor cash repays of maturities.")
    ]
    debt: Annotated[float, Meta(description="Performing balance at the end, as the next two.")]
    obligors_in_default: Annotated[int, Meta(description="How many have defaulted.")]
    debt_in_default: Annotated[float, Meta(description="What they owe.")]
    breach_count: Annotated[
        int, Meta(description="Pairs of record and covenant that were ever in breach.")
    ]
    refinancing_gap: Annotated[float, Meta(description="Of the book's whole life.")]
    claims: Annotated[float, Meta(description="On groups in default, in liquidation.")]
    paid_to_creditors: Annotated[float, Meta(description="Of these claims.")]
    received: Annotated[
        float | None,
        Meta(description="Of a purchase, as what follows; null: unknown, or no price is given."),
    ]
    terminal_value: Annotated[
        float | None,
        Meta(description="Of what is owed at the end of the horizon, and of obligors in default."),
    ]
    xirr_pct: Annotated[float | None, Meta(description="Percent a year by actual days over 365.")]
    moic: Annotated[float | None, Meta(description="Inflows over outflows.")]


class WhatIfCase(msgspec.Struct, frozen=True):
    """A case without and with a change of terms."""

    case_id: Annotated[str, Meta(description="The case, by its name.")]
    before: Annotated[WhatIfFigures, Meta(description="On the book as it is.")]
    after: Annotated[WhatIfFigures, Meta(description="With the terms changed.")]
    difference: Annotated[WhatIfFigures, Meta(description="After less before.")]


class WhatIfResult(msgspec.Struct, frozen=True):
    """What changing the terms of one position does in each case."""

    what_if_id: Annotated[str, Meta(description="As the question names it.")]
    kind: Annotated[str, Meta(description="amend_and_extend or equitise.")]
    record: Annotated[int, Meta(description="Counted from 0.")]
    source_record_id: Annotated[str, Meta(description="The record's own identifier.")]
    element: Annotated[
        int | None,
        Meta(
            description="Among the record's instruments, counted from 0; null: the record has none."
        ),
    ]
    obligor_id: Annotated[str, Meta(description="Who owes it.")]
    cases: Annotated[list[WhatIfCase], Meta(description="One a case, in their order.")]


class Concentration(msgspec.Struct, frozen=True):
    """How the outstanding is spread over one kind of part, on the first day."""

    by: Annotated[
        str, Meta(description="obligor, sector, collateral_type, collateral_region or currency.")
    ]
    largest: Annotated[
        list[tuple[str, float]],
        Meta(description="Name and percent of the book, by falling amount."),
    ]
    known_pct: Annotated[
        float | None, Meta(description="Percent of the book that says of which part it is.")
    ]
    herfindahl_index: Annotated[
        float | None,
        Meta(description="The sum of squared shares, fractions of what says; null: nothing does."),
    ]
    limit_pct: Annotated[
        float | None,
        Meta(description="The most that a part may have, in percent; null: there is no limit."),
    ]
    above_limit: Annotated[
        list[str], Meta(description="Names of parts above it, by falling amount.")
    ]
    excess: Annotated[
        float | UnsetType | None,
        Meta(
            description="What these owe beyond the limit; null: no record says of which part it is."
        ),
    ] = UNSET


class HorizonResult(msgspec.Struct, frozen=True):
    """A book over its horizon, case by case, the base first."""

    as_of: Annotated[str, Meta(description="Day 0, an ISO date.")]
    months: Annotated[int, Meta(description="How far the book was followed.")]
    cases: Annotated[list[CaseResult], Meta(description="The base first.")]
    concentrations: Annotated[list[Concentration], Meta(description="One a kind of part.")]
    assumed_counts: Annotated[
        dict[str, int], Meta(description="Positions by the term that was absent and assumed.")
    ]
    holidays: Annotated[
        list[str],
        Meta(description="ISO dates of the calendar that moves payments of the first 13 weeks."),
    ] = []
    what_if: Annotated[list[WhatIfResult], Meta(description="In the question's order.")] = []
