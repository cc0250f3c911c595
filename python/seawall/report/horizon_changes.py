"""What the report shows of what-ifs: the terms that were changed, and what that changes."""

from collections.abc import Mapping
from typing import Any

import msgspec

from seawall.engines.debt.horizon_results import WhatIfResult
from seawall.engines.debt.horizon_types import AmendAndExtend, CovenantLimits, Equitise
from seawall.report.wording import fixed, signed, tidy

_AMOUNTS = {
    "interest_due": "Interest due",
    "principal_due": "Scheduled principal due",
    "maturity_due": "Maturing",
    "operating_shortfall": "Operating shortfall",
    "debt_service_shortfall": "Debt-service shortfall",
    "refinancing_shortfall": "Refinancing shortfall",
    "refinancing_gap": "Refinancing gap, of the whole life",
    "debt": "Debt at the end",
    "obligors_in_default": "Obligors in default",
    "debt_in_default": "Debt in default",
    "breach_count": "Covenants broken",
    "claims": "Claims on defaulted groups",
    "paid_to_creditors": "Paid to creditors of these",
    "received": "Received of the purchase",
    "terminal_value": "Terminal value",
}
_RATIOS = {"xirr_pct": ("XIRR, %", 2), "moic": ("Multiple", 3)}
_LIMITS = {
    "dscr_minimum": "a DSCR of at least {} ×",
    "icr_minimum": "an ICR of at least {} ×",
    "ltv_maximum_pct": "an LTV of at most {} %",
    "leverage_maximum": "a leverage of at most {} ×",
    "debt_yield_minimum_pct": "a debt yield of at least {} %",
}
_UNKNOWN = "—"
_NONE = "0"  # no difference that would be seen


class ChangedFigure(msgspec.Struct, frozen=True):
    """A figure that a what-if changes in some case: one cell a case."""

    name: str
    cells: list[tuple[str, str]]  # difference; before and after


def changed_figures(found: WhatIfResult) -> list[ChangedFigure]:
    """List what visibly changes in any case; empty when nothing does."""
    written = [(field, name, 0) for field, name in _AMOUNTS.items()]
    written += [(field, name, digits) for field, (name, digits) in _RATIOS.items()]
    figures = []
    for field, name, digits in written:
        cells = [
            _cell(getattr(case.before, field), getattr(case.after, field), digits)
            for case in found.cases
        ]
        if any(difference != _NONE for difference, _ in cells):
            figures.append(ChangedFigure(name, cells))
    return figures


def terms_of(horizon: Mapping[str, Any]) -> dict[str, str]:
    """Say of each what-if of a horizon, as it was asked for, which terms it changes."""
    entries = msgspec.convert(horizon.get("what_if", []), list[AmendAndExtend | Equitise])
    return {entry.what_if_id.strip(): _terms(entry) for entry in entries}


def _cell(before: float | None, after: float | None, digits: int) -> tuple[str, str]:
    old, new = _written(before, digits), _written(after, digits)
    if before is None or after is None:
        return (_NONE, old) if before is after else (_UNKNOWN, f"{old} → {new}")
    difference = signed(after - before, digits)
    if not difference.strip("0."):
        return _NONE, old
    return difference, f"{old} → {new}"


def _written(value: float | None, digits: int) -> str:
    return _UNKNOWN if value is None else fixed(value, digits)


def _terms(entry: AmendAndExtend | Equitise) -> str:
    if isinstance(entry, Equitise):
        return f"{tidy(100 * entry.fraction)} % becomes equity"
    said = []
    if entry.extension_months:
        said.append(f"matures {entry.extension_months} months later")
    for points, name in ((entry.rate_change_pct, "rate"), (entry.spread_change_pct, "spread")):
        if points:
            said.append(f"{name} {'+' if points > 0 else ''}{tidy(points)} points")
    for field in CovenantLimits.__struct_fields__:
        limit = getattr(entry.limits, field)
        if limit is not None:
            said.append(_LIMITS[field].format(tidy(limit)))
    return ", ".join(said) or "no term is changed"
