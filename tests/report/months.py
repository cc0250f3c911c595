"""A hand-made book over twelve months: a base in order, a severe case, a supervisory path."""

from typing import Any

import msgspec

from seawall.engines.debt.horizon_results import HorizonResult
from seawall.report import ReportDocument, horizon
from seawall.report.page import render

from .prices import purchase, what_if
from .reading import ReadPage
from .weeks import week

DATES = [
    "2026-04-30",
    "2026-05-31",
    "2026-06-30",
    "2026-07-31",
    "2026-08-31",
    "2026-09-30",
    "2026-10-31",
    "2026-11-30",
    "2026-12-31",
    "2027-01-31",
    "2027-02-28",
    "2027-03-31",
]
MONTHS = len(DATES)


def step(month: int, strain: float) -> dict[str, Any]:
    """A month in which a fraction of the debt service, growing with the strain, is not paid."""
    interest, principal = 2.4e6 + 11_000.25 * month, 1.1e6 + (2.5e6 if month % 3 == 0 else 0.0)
    short = strain * max(0, month - 2) / MONTHS
    maturing = 18.2e6 if month in (3, 9) else 0.0
    refinanced = maturing * (1 - 0.4 * strain)
    defaulted = 0 if not strain or month < 5 else round(4 * strain * (month - 4))
    return {
        "month": month,
        "date": DATES[month - 1],
        "receipts": 9e6 * (1 - strain / 3),
        "operating_payments": 4e6,
        "interest_due": interest,
        "principal_due": principal,
        "maturity_due": maturing,
        "interest_paid": interest * (1 - short) + (120_000.0 if month == 6 else 0.0) * strain,
        "principal_paid": principal * (1 - short),
        "maturity_refinanced": refinanced,
        "maturity_paid_in_cash": 0.0,
        "prepaid": 0.0,
        "defaulted": 0.0,
        "operating_shortfall": 31_250.5 * strain * month,
        "debt_service_shortfall": (interest + principal) * short,
        "refinancing_shortfall": maturing - refinanced,
        "income": 5e6 * (1 - strain / 3),
        "covered_interest_due": interest,
        "covered_principal_due": principal,
        "dscr": 1.4 - strain / 2,
        "icr": 2.1 - strain,
        "principal_coverage": None,
        "dscr_grade": "adequate",
        "debt": 7.2e8 - 1.1e6 * month,
        "interest_arrears": interest * short,
        "cash": 2.2e7 - 1.1e6 * month * strain,
        "collateral_value": 8e8,
        "debt_in_default": 3_410_000.75 * defaulted,
        "obligors_in_default": defaulted,
    }


def covenant(name: str, strain: float, first: int) -> dict[str, Any]:
    counts = [
        round(9 * strain / (month - first + 1)) if month >= first else 0
        for month in range(1, MONTHS + 1)
    ]
    outstanding = [1_650_000.5 * count for count in counts]
    months = [month for month, count in enumerate(counts, start=1) if count]
    return {
        "covenant": name,
        "limited_count": 0 if name == "leverage" else 240,
        "tested_count": 0 if name == "leverage" else 231,
        "breach_count": sum(counts),
        "breach_outstanding": sum(outstanding),
        "cured_count": sum(counts) // 4,
        "standing_count": sum(counts) - sum(counts) // 4,
        "first_breach_month": months[0] if months else None,
        "worst_headroom": None if name == "leverage" else 0.21 - 0.6 * strain,
        "first_breach_counts": counts,
        "first_breach_outstanding": outstanding,
    }


def quarter(at: int, strain: float) -> dict[str, Any]:
    due = 6e6 + 3.1e6 * (at * 7 % 5) + (41e6 if at in (2, 9) else 0.0)
    gap = due * min(0.9, (0.04 if at > 3 else 0.0) + 0.35 * strain)
    untested = due * 0.08
    return {
        "quarter": f"{2026 + (at + 1) // 4}Q{(at + 1) % 4 + 1}",
        "maturity_count": 3 + at % 4,
        "due": due,
        "refinanced": due - gap - untested,
        "gap": gap,
        "untested": untested,
        "in_default": 0.0,
        "gap_by_test": {"ltv": gap * 0.6, "dscr": gap * 0.4, "debt_yield": 0.0},
    }


def estate(basis: str, is_hypothetical: bool, size: float, share: float) -> dict[str, Any]:
    paid = {"senior": min(1.0, share * 1.2), "subordinated": share / 3, "junior": 0.0}
    owed = {"senior": 0.7 * size, "subordinated": 0.2 * size, "junior": 0.1 * size}
    secured = {"senior": 0.75, "subordinated": 0.1, "junior": 0.0}
    tiers = [
        {
            "tier": tier,
            "claims": owed[tier],
            "paid": owed[tier] * paid[tier],
            "paid_from_collateral": owed[tier] * paid[tier] * secured[tier],
            "recovery_pct": 100 * paid[tier],
        }
        for tier in owed
    ]
    total = sum(tier["paid"] for tier in tiers)
    waits = basis == "liquidation"
    return {
        "basis": basis,
        "is_hypothetical": is_hypothetical,
        "group_count": 17,
        "unknown_group_count": 2,
        "value": total * 1.08,
        "claims": size,
        "paid_to_creditors": total,
        "administration_cost": total * 0.05,
        "sale_cost": total * 0.03,
        "priming_paid": 0.0,
        "equity": 0.0,
        "present_value": total * 0.93 if waits else None,
        "cost_of_carry": total * 0.07 if waits else None,
        "tiers": tiers,
        "fulcrum_counts": {"senior": 4, "subordinated": 11},
        "better_counts": {"liquidation": 6, "going_concern": 9},
    }


def case(case_id: str, description: str, strain: float) -> dict[str, Any]:
    steps = [step(month, strain) for month in range(1, MONTHS + 1)]
    weeks = [week(at, strain) for at in range(1, 14)]
    owed = steps[-1]["debt_in_default"]
    dry = {str(month): round(strain * (6 - abs(month - 6))) for month in range(MONTHS)}
    settled = [
        estate("liquidation", False, owed, 0.62),
        estate("going_concern", False, owed, 0.71),
    ]
    return {
        "case_id": case_id,
        "description": description,
        "assumptions": {},
        "steps": steps,
        "weeks": weeks,
        "covenants": [
            covenant("dscr", strain, 3),
            covenant("icr", strain / 2, 5),
            covenant("ltv", strain, 1),
            covenant("leverage", 0.0, 1),
            covenant("debt_yield", strain / 4, 6),
        ],
        "wall": [quarter(at, strain) for at in range(30)],
        "waterfall": [*(settled if owed else []), estate("liquidation", True, 4.1e8, 0.83)],
        "risk": {
            "levels": {
                "not_rated": 11,
                "low": 120 - round(70 * strain),
                "moderate": 40,
                "high": 20 + round(40 * strain),
                "critical": 9 + round(30 * strain),
            },
            "outstanding": {
                "not_rated": 2.2e7,
                "low": 4e8 - 2e8 * strain,
                "moderate": 1.4e8,
                "high": 1e8 + 1.2e8 * strain,
                "critical": 3e7 + 8e7 * strain,
            },
            "reasons": {
                "defaults within the horizon": round(32 * strain),
                "a DSCR below 1.00": 8 + round(40 * strain),
                "an LTV above 80 %": 31,
            },
        },
        "runway_counts": dry | {f"{MONTHS}+": 200 - sum(dry.values())},
        "links": [],
        "not_covered": [],
    }


def months() -> dict[str, Any]:
    severe = case("severe", "Preset severe", 1.0)
    severe["assumptions"] = {
        "revenue_change_factor": 0.6,
        "cost_change_factor": 1.3,
        "interest_rate_change_factor": 2.0,
        "liquidity_shock_factor": 0.7,
        "market_value_depreciation_factor": 0.7,
        "collection_period_extension_days": 60,
        "payment_period_reduction_days": -20,
    }
    path = case("frb_2026_severely_adverse", "Severely adverse 2026", 0.6)
    path["assumptions"] = None
    path["links"] = [
        {
            "name": "revenue",
            "formula": "1 + sensitivity · (level of the quarter / jump-off level − 1)",
            "source": "Table 6A",
            "inputs": ["nominal_gdp_growth"],
            "values": {"nominal_gdp_growth": [-0.01 * at for at in range(1, 9)]},
        }
    ]
    path["not_covered"] = [
        {
            "link": "refinancing rate",
            "reason": "no yield is published",
            "currency": "CHF",
            "collateral_type": "",
            "collateral_region": "",
            "rate_type": "",
            "record_count": 7,
            "total_outstanding": 1_250_000.0,
        }
    ]
    mild = case("mild", "Preset mild", 0.15)
    mild["assumptions"] = {"revenue_change_factor": 0.9, "collection_period_extension_days": 15}
    return {
        "as_of": "2026-03-31",
        "months": MONTHS,
        "cases": [case("base", "Nothing changes", 0.0), mild, severe, path],
        "concentrations": [
            {
                "by": "obligor",
                "largest": [["OB0001", 4.25], ["OB0107", 3.5], ["OB0033", 3.125], ["OB0002", 1.0]],
                "known_pct": 100.0,
                "herfindahl_index": 0.0112,
                "limit_pct": 4.0,
                "above_limit": ["OB0001"],
                "excess": 1_812_500.0,
            },
            {
                "by": "sector",
                "largest": [],
                "known_pct": 0.0,
                "herfindahl_index": None,
                "limit_pct": 30.0,
                "above_limit": [],
                "excess": None,
            },
            {
                "by": "currency",
                "largest": [["EUR", 92.0]],
                "known_pct": 92.0,
                "herfindahl_index": 1.0,
                "limit_pct": 95.0,
                "above_limit": [],
                "excess": 0.0,
            },
            {
                "by": "collateral_type",
                "largest": [["office", 100.0]],
                "known_pct": 100.0,
                "herfindahl_index": 1.0,
                "limit_pct": None,
                "above_limit": [],
            },
        ],
        "assumed_counts": {
            "interest_accrual_method": 41,
            "amortisation": 12,
            "spread_pct": 0,
            "maturity_date": 3,
        },
    }


def horizon_result(**changes: Any) -> HorizonResult:
    return msgspec.convert(months() | changes, HorizonResult)


def with_months(document: ReportDocument, **changes: Any) -> ReportDocument:
    held = horizon_result(**changes)
    result = msgspec.structs.replace(document.result, horizon=held)
    summary = horizon.summarise(held, obligor_count=200, currency="EUR")
    return msgspec.structs.replace(document, result=result, horizon=summary)


def with_everything(document: ReportDocument) -> ReportDocument:
    """Four cases with a price, and a what-if of them."""
    cases = [one | {"purchase": purchase(0.3)} for one in months()["cases"]]
    found = what_if("later", *(one["case_id"] for one in cases), debt=724_367_153.0)
    return with_months(document, cases=cases, what_if=[found])


def calm(document: ReportDocument, **changes: Any) -> ReadPage:
    """Read the page of one case to which a change was made."""
    return ReadPage(render(with_months(document, cases=[case("base", "", 0.0) | changes])))
