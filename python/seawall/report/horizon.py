"""What the report shows of a book's months: cases side by side, and what the charts draw from."""

from collections.abc import Sequence

import msgspec

from seawall.engines.debt.horizon_results import (
    CaseResult,
    CovenantSummary,
    HorizonResult,
    WallQuarter,
    WaterfallResult,
)
from seawall.engines.debt.types import PathResult
from seawall.engines.debt.view import money

_SHOWN_CASES = 6
_SHOWN_QUARTERS = 20
COVENANTS = {
    "dscr": "DSCR",
    "icr": "ICR",
    "ltv": "LTV",
    "leverage": "leverage",
    "debt_yield": "debt yield",
}
BASES = {"liquidation": "liquidation", "going_concern": "going concern"}
RISK_LEVELS = ("critical", "high", "moderate", "low", "not_rated")
_RUNWAYS = ((0, 2), (3, 5), (6, 11), (12, 23))  # months
_ASSUMED = {
    "interest_accrual_method": "30/360",
    "amortisation": "nothing before maturity",
    "spread_pct": "no spread over the index",
    "maturity_date": "a maturity beyond every horizon",
}


class CaseFigures(msgspec.Struct, frozen=True):
    """A case in one row, in the book's currency. None: nothing of the kind."""

    case_id: str
    description: str
    obligors_in_default: int  # at the end, as the next
    debt_in_default: float
    first_default_month: int | None
    first_default_date: str
    most_breached: CovenantSummary | None  # the covenant broken by the most outstanding
    gap: float  # of refinancing, to the end of the horizon's last quarter
    later_gap: float
    operating_shortfall: float  # all months, as the next two
    debt_service_shortfall: float
    refinancing_shortfall: float
    recoveries: list[float | None]  # percent of the defaulted groups' claims, by BASES
    cost_of_carry: float | None  # of their liquidation


class HorizonSummary(msgspec.Struct, frozen=True):
    """The cases of a run over its horizon."""

    headline: str
    until: str  # the last day
    last_quarter: str  # in which that day is
    cases: list[CaseFigures]


def summarise(result: HorizonResult, *, obligor_count: int, currency: str) -> HorizonSummary:
    """Put the cases side by side."""
    until = result.cases[0].steps[-1].date
    last_quarter = f"{until[:4]}Q{(int(until[5:7]) + 2) // 3}"
    cases = [_figures(case, last_quarter) for case in result.cases]
    return HorizonSummary(
        headline=_headline(result, cases, obligor_count, currency),
        until=until,
        last_quarter=last_quarter,
        cases=cases,
    )


def shown_cases(result: HorizonResult) -> list[CaseResult]:
    """Choose the cases that get charts: the base and those with most debt in default, in order."""
    cases = result.cases
    worst_first = sorted(
        range(1, len(cases)), key=lambda at: (-cases[at].steps[-1].debt_in_default, at)
    )
    return [cases[at] for at in sorted([0, *worst_first[: _SHOWN_CASES - 1]])]


def shown_quarters(cases: Sequence[CaseResult]) -> list[str]:
    """Return the quarters of the wall, also those with nothing due; of a long one those with."""
    due = sorted({quarter.quarter for case in cases for quarter in case.wall})
    if not due:
        return []
    every = range(_ordinal(due[0]), _ordinal(due[-1]) + 1)
    if len(every) > _SHOWN_QUARTERS:
        return due[:_SHOWN_QUARTERS]
    return [f"{at // 4}Q{at % 4 + 1}" for at in every]


def wall_rows(case: CaseResult, quarters: Sequence[str]) -> list[WallQuarter]:
    """Return the quarters of a wall in which something falls due, those after the last as one."""
    rows = [row for row in case.wall if row.quarter <= quarters[-1]]
    later = [row for row in case.wall if row.quarter > quarters[-1]]
    if later:
        tests = dict.fromkeys(test for row in later for test in row.gap_by_test)
        rows.append(
            WallQuarter(
                quarter="later",
                maturity_count=sum(row.maturity_count for row in later),
                due=sum(row.due for row in later),
                refinanced=sum(row.refinanced for row in later),
                gap=sum(row.gap for row in later),
                untested=sum(row.untested for row in later),
                in_default=sum(row.in_default for row in later),
                gap_by_test={
                    test: sum(row.gap_by_test.get(test, 0.0) for row in later) for test in tests
                },
            )
        )
    return rows


def tests_of(case: CaseResult) -> list[str]:
    """Name the tests that bind anywhere in a wall."""
    return list(
        dict.fromkeys(test for row in case.wall for test, gap in row.gap_by_test.items() if gap)
    )


def runway_table(result: HorizonResult) -> tuple[list[str], list[list[int]]]:
    """Count obligors by months of runway: the headers, and a row a case; the last never run dry."""
    bands = [(low, min(high, result.months - 1)) for low, high in _RUNWAYS if low < result.months]
    headers = [f"{low} to {high} months" if low < high else f"{low} months" for low, high in bands]
    rows = [
        [
            *(sum(dry.get(month, 0) for month in range(low, high + 1)) for low, high in bands),
            sum(case.runway_counts.values()) - sum(dry.values()),
        ]
        for case in result.cases
        for dry in (dry_months(case),)
    ]
    return [*headers, f"all {result.months} months"], rows


def dry_months(case: CaseResult) -> dict[int, int]:
    """Count the obligors that run dry by their months of runway."""
    return {int(key): count for key, count in case.runway_counts.items() if key.isdigit()}


def estates(case: CaseResult, *, hypothetical: bool) -> list[WaterfallResult]:
    """Return the waterfalls of a case that have a group, be it one without a value."""
    return [
        found
        for found in case.waterfall
        if found.is_hypothetical == hypothetical
        and (found.group_count or found.unknown_group_count)
    ]


def recovery_pct(found: WaterfallResult | None) -> float | None:
    """Return what all ranks together are paid of their claims; None: nothing is owed."""
    claims = sum(tier.claims for tier in found.tiers) if found else 0.0
    return 100 * sum(tier.paid for tier in found.tiers) / claims if found and claims else None


def reasons_of(result: HorizonResult) -> list[str]:
    """Name the reasons that hold in any case, those of the gravest case first."""
    return list(dict.fromkeys(reason for case in result.cases for reason in case.risk.reasons))


def quarters_of(case: CaseResult, paths: Sequence[PathResult]) -> list[str]:
    """Name the quarters of the supervisory path that a case follows."""
    return [
        quarter.quarter
        for path in paths
        if path.path_id == case.case_id
        for quarter in path.quarters
    ]


def assumed(term: str) -> str:
    """Say what is taken for an absent term."""
    return _ASSUMED.get(term, "by the model")


def _ordinal(quarter: str) -> int:
    return 4 * int(quarter[:4]) + int(quarter[5]) - 1


def _figures(case: CaseResult, last_quarter: str) -> CaseFigures:
    last = case.steps[-1]
    first_default = next((step for step in case.steps if step.obligors_in_default), None)
    breached = [covenant for covenant in case.covenants if covenant.breach_count]
    settled = {found.basis: found for found in estates(case, hypothetical=False)}
    liquidation = settled.get("liquidation")
    return CaseFigures(
        case_id=case.case_id,
        description=case.description,
        obligors_in_default=last.obligors_in_default,
        debt_in_default=last.debt_in_default,
        first_default_month=first_default.month if first_default else None,
        first_default_date=first_default.date if first_default else "",
        most_breached=max(breached, key=lambda c: c.breach_outstanding, default=None),
        gap=sum(row.gap for row in case.wall if row.quarter <= last_quarter),
        later_gap=sum(row.gap for row in case.wall if row.quarter > last_quarter),
        operating_shortfall=sum(step.operating_shortfall for step in case.steps),
        debt_service_shortfall=sum(step.debt_service_shortfall for step in case.steps),
        refinancing_shortfall=sum(step.refinancing_shortfall for step in case.steps),
        recoveries=[recovery_pct(settled.get(basis)) for basis in BASES],
        cost_of_carry=liquidation.cost_of_carry
        if liquidation and liquidation.group_count
        else None,
    )


def _headline(
    result: HorizonResult, cases: Sequence[CaseFigures], obligor_count: int, currency: str
) -> str:
    until = result.cases[0].steps[-1].date
    start = f"Over the {result.months} months to {until}"
    worst = max(cases, key=lambda case: (case.debt_in_default, case.obligors_in_default))
    if not worst.obligors_in_default:
        among = "the base case" if len(cases) == 1 else f"any of {len(cases)} cases"
        said = [f"{start}, no obligor defaults in {among}."]
    else:
        base = cases[0]
        defaults = f"{base.obligors_in_default:,}" if base.obligors_in_default else "none"
        owed = f", owing {money(base.debt_in_default, currency)}" if base.debt_in_default else ""
        said = [f"{start}, {defaults} of {obligor_count:,} obligors default in the base case{owed}"]
        if worst is not base:
            said[0] += (
                f"; in {worst.case_id}, the gravest of {len(cases)} cases, "
                f"{worst.obligors_in_default:,}, owing {money(worst.debt_in_default, currency)}"
            )
        said[0] += "."
    parts = {
        "a refinancing gap": worst.gap,
        "a shortfall of debt service": worst.debt_service_shortfall,
        "an operating shortfall": worst.operating_shortfall,
    }
    missing = [f"{what} of {money(amount, currency)}" for what, amount in parts.items() if amount]
    if missing:
        said.append(f"The case {worst.case_id} leaves {_listed(missing)}.")
    return " ".join(said)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
