"""The cases of a horizon as people read them: a row a case, and a view of each kind of figure."""

import math
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from seawall.engines.debt.horizon_results import (
    CaseResult,
    Concentration,
    HorizonResult,
    WhatIfFigures,
    WhatIfResult,
)
from seawall.engines.debt.view import money

Columns = tuple[tuple[str, str], ...]  # name, and left or right

CASE_COLUMNS: Columns = (
    ("case", "left"),
    ("in default", "right"),
    ("owing", "right"),
    ("first breach", "left"),
    ("in breach", "right"),
    ("refinancing gap", "right"),
    ("later", "right"),
    ("shortfall", "right"),
    ("recovered", "right"),
    ("", "left"),
)
_FINDINGS = ("liquidity", "covenants", "refinancing", "recovery")
_UNKNOWN = "—"
_NAMED = 5  # parts above a limit
_ALL_PCT = 100 - 1e-9  # of the book, as sums are rounded


def case_rows(
    result: HorizonResult, findings: Mapping[str, Any], *, currency: str
) -> list[list[str]]:
    """Make one row a case, under `CASE_COLUMNS`.

    Parameters
    ----------
    findings : mapping
        By title: what the run found of the case.
    """
    rows = []
    for case in result.cases:
        last = case.steps[-1]
        of_case = {name: findings[f"{name}:{case.case_id}"] for name in _FINDINGS}
        gap = of_case["refinancing"]["value"]
        material = [name for name in _FINDINGS if of_case[name]["is_material"]]
        rows.append(
            [
                case.case_id,
                f"{last.obligors_in_default:,}",
                money(last.debt_in_default, currency),
                _first_breach(case),
                money(of_case["covenants"]["value"], currency) if _is_tested(case) else _UNKNOWN,
                money(gap, currency),
                money(of_case["refinancing"]["total_gap"] - gap, currency),
                money(of_case["liquidity"]["value"], currency),
                _recovered(case),
                "material: " + ", ".join(material) if material else "",
            ]
        )
    return rows


def case_notes(result: HorizonResult, *, currency: str) -> list[str]:
    """Say what a reader of the cases must know."""
    said = [
        f"{count:,} positions state no {term.replace('_', ' ')}: see the assumptions"
        for term, count in result.assumed_counts.items()
        if count
    ]
    if not any(covenant.limited_count for case in result.cases for covenant in case.covenants):
        said.append("no record has a covenant, and the horizon sets no limits: none is tested")
    unknown = max(
        sum(w.unknown_group_count for w in case.waterfall if w.basis == "liquidation")
        for case in result.cases
    )
    if unknown:
        said.append(
            f"what {unknown:,} groups of obligors leave to creditors is not known: collateral "
            "that secures other loans too, or has no value"
        )
    for case in result.cases:
        for link in dict.fromkeys(gap.link for gap in case.not_covered):
            parts = [gap.total_outstanding for gap in case.not_covered if gap.link == link]
            missed = money(math.fsum(parts), currency)
            said.append(f"{case.case_id}: the link {link} does not reach {missed} of the book")
    return said


def limit_sentences(result: HorizonResult, currency: str) -> list[str]:
    """Say of each limit of concentration which parts of the book are above it."""
    return [
        f"{one.by.replace('_', ' ')}: {_above_limit(one, currency)}"
        for one in result.concentrations
        if one.limit_pct is not None
    ]


def _above_limit(one: Concentration, currency: str) -> str:
    if not isinstance(one.excess, float) or not one.known_pct:
        return "not tested: no record says of which it is"
    limit = f"{one.limit_pct:g} % of the book"
    said = f"none above {limit}"
    if one.above_limit:
        largest = zip(one.above_limit[:_NAMED], one.largest, strict=False)
        named = ", ".join(f"{name} ({share:.1f} %)" for name, (_, share) in largest)
        more = len(one.above_limit) - _NAMED
        said = (
            f"{len(one.above_limit):,} above {limit} by {money(one.excess, currency)}: {named}"
            + (f" and {more:,} more" if more > 0 else "")
        )
    if one.known_pct < _ALL_PCT:
        said += f"; {100 - one.known_pct:.1f} % of the book is not tested"
    return said


def weeks_sentence(case: CaseResult, currency: str) -> str:
    """Say how the cash of obligors goes over the first weeks, and where it falls short."""
    weeks = case.weeks
    if not weeks[0].obligor_count:
        return "no obligor states an income"
    least = min(weeks, key=lambda week: week.closing_cash)  # the first of equals
    due = math.fsum(week.interest_due + week.principal_due + week.maturity_due for week in weeks)
    short = math.fsum(
        week.operating_shortfall + week.debt_service_shortfall + week.refinancing_shortfall
        for week in weeks
    )
    said = (
        f"{case.case_id}: {money(due, currency)} due, cash from "
        f"{money(weeks[0].opening_cash, currency)} to {money(weeks[-1].closing_cash, currency)}, "
        f"least {money(least.closing_cash, currency)} in week {least.week}"
    )
    if not short:
        return f"{said}; nobody is short"
    worst = max(weeks, key=lambda week: week.short_count)
    return (
        f"{said}; short of {money(short, currency)}, most obligors in week {worst.week}: "
        f"{worst.short_count:,} of {worst.obligor_count:,}"
    )


def _is_tested(case: CaseResult) -> bool:
    return any(c.tested_count or c.breach_count for c in case.covenants)


def _first_breach(case: CaseResult) -> str:
    months = [c.first_breach_month for c in case.covenants if c.first_breach_month is not None]
    if months:
        return f"month {min(months)}"
    return "none" if _is_tested(case) else _UNKNOWN


def _recovered(case: CaseResult) -> str:
    """Of the claims on groups in default, in liquidation."""
    (found,) = [w for w in case.waterfall if w.basis == "liquidation" and not w.is_hypothetical]
    if found.claims == 0:
        return _UNKNOWN
    paid = math.fsum(tier.paid for tier in found.tiers)
    return f"{100 * paid / found.claims:.1f} %"


def covenant_sentences(case: CaseResult, currency: str) -> list[str]:
    """Say of each covenant that limits anything how many break it."""
    return [
        f"{covenant.covenant}: {covenant.breach_count:,} of {covenant.tested_count:,} tested "
        f"records in breach over {money(covenant.breach_outstanding, currency)}"
        + (
            f", first in month {covenant.first_breach_month}, {covenant.cured_count:,} cured, "
            f"{covenant.standing_count:,} standing at the end"
            if covenant.breach_count
            else ""
        )
        for covenant in case.covenants
        if covenant.limited_count
    ]


def wall_sentences(case: CaseResult, currency: str) -> list[str]:
    """Say what falls due, what of it finds no new debt, and what is in default before."""
    due, gap, untested, in_default = (
        math.fsum(getattr(quarter, name) for quarter in case.wall)
        for name in ("due", "gap", "untested", "in_default")
    )
    said = f"{money(due, currency)} due, {money(gap, currency)} of it finds no new debt"
    if untested:
        said += f", {money(untested, currency)} is untested"
    if in_default:
        said += f"; of {money(in_default, currency)} the obligors default before"
    return [said]


def waterfall_sentences(case: CaseResult, currency: str) -> list[str]:
    """Say what creditors are paid of groups in default, and would be paid of the others."""
    said = []
    for found in case.waterfall:
        if not found.group_count and not found.unknown_group_count:
            continue
        paid = math.fsum(tier.paid for tier in found.tiers)
        unknown = f", {found.unknown_group_count:,} unknown" if found.unknown_group_count else ""
        said.append(
            f"{found.basis.replace('_', ' ')} of {found.group_count:,} groups "
            f"{'not in default (hypothetical)' if found.is_hypothetical else 'in default'}"
            f"{unknown}: claims {money(found.claims, currency)}, paid {money(paid, currency)}, "
            f"costs {money(found.administration_cost + found.sale_cost, currency)}, "
            f"left for owners {money(found.equity, currency)}"
        )
    return said


def purchase_sentences(case: CaseResult, currency: str) -> list[str]:
    """Say what the book costs and returns at its price."""
    bought = case.purchase
    if bought is UNSET:
        return []
    said = [
        f"at {bought.price_pct:g} %: paid {money(bought.paid, currency)}, of it accrued "
        f"{money(bought.accrued, currency)}; received {money(bought.received, currency)}, "
        f"terminal value {money(bought.terminal_value, currency)}",
        f"XIRR {_percent(bought.xirr_pct)}, IRR {_percent(bought.monthly_irr_pct)}, "
        f"multiple {_UNKNOWN if bought.moic is None else f'{bought.moic:.3f}'}",
    ]
    if bought.implied_count:
        implied = _percent(bought.implied_default_probability_pct)
        said.append(f"implied PD {implied} a year over {bought.implied_count:,} positions")
    if bought.unknown_count:
        said.append(f"the recovery of {bought.unknown_count:,} positions is not known: left out")
    return said


def _percent(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.2f} %"


_CHANGES = {
    "debt_service_shortfall": "debt-service shortfall",
    "operating_shortfall": "operating shortfall",
    "refinancing_shortfall": "refinancing shortfall",
    "interest_due": "interest due",
    "principal_due": "principal due",
    "maturity_due": "maturing",
    "refinancing_gap": "refinancing gap",
    "debt": "debt at the end",
    "debt_in_default": "debt in default",
    "claims": "claims",
    "paid_to_creditors": "paid to creditors",
}


def what_if_sentences(found: WhatIfResult, currency: str) -> list[str]:
    """Say of each case what a change of terms changes."""
    return [f"{case.case_id}: {_changes(case.difference, currency)}" for case in found.cases]


def _changes(difference: WhatIfFigures, currency: str) -> str:
    said = [
        f"{name} {_signed(getattr(difference, field), currency)}"
        for field, name in _CHANGES.items()
        if getattr(difference, field)
    ]
    counts = {"obligors in default": difference.obligors_in_default}
    counts["breaches"] = difference.breach_count
    said += [f"{name} {count:+,}" for name, count in counts.items() if count]
    if difference.xirr_pct:
        said.append(f"XIRR {difference.xirr_pct:+.2f} points")
    if difference.moic:
        said.append(f"multiple {difference.moic:+.3f}")
    return ", ".join(said) or "nothing changes"


def _signed(amount: float, currency: str) -> str:
    return f"{'+' if amount > 0 else '−'}{money(abs(amount), currency)}"
