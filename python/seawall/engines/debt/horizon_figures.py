"""From the core's figures of one case to its result."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET

from seawall import native
from seawall.engines.debt.horizon_cases import HorizonCase
from seawall.engines.debt.horizon_results import (
    CaseResult,
    CaseStep,
    CaseWeek,
    CovenantSummary,
    PurchaseResult,
    RiskLevels,
    WallQuarter,
    WaterfallResult,
    WaterfallTier,
)
from seawall.engines.debt.horizon_types import Horizon, PurchaseTerms
from seawall.engines.debt.link_types import LinkGap
from seawall.table import Table

_GRADES = ((1.25, "adequate"), (1.0, "marginal"))


def case_result(
    case: HorizonCase,
    paths: native.DebtPaths,
    index: int,
    horizon: Horizon,
    not_covered: list[LinkGap],
    weeks: list[CaseWeek],
) -> CaseResult:
    """Gather what the core says of one case."""
    steps = list(Table(paths.steps(index)).rows())
    return CaseResult(
        case_id=case.case_id,
        description=case.description,
        assumptions=case.assumptions,
        steps=case_steps(steps, test_months=horizon.covenants.test_months),
        covenants=msgspec.convert(paths.covenant_summary(index), list[CovenantSummary]),
        wall=msgspec.convert(paths.wall(index), list[WallQuarter]),
        waterfall=[
            _waterfall(paths, index, basis, defaulted=defaulted)
            for basis in _bases(horizon)
            for defaulted in (True, False)
        ],
        risk=msgspec.convert(paths.risk(index), RiskLevels),
        runway_counts=_runway_counts(paths.runways(index)),
        weeks=weeks,
        purchase=(UNSET if horizon.purchase is None else _purchase(paths, index, horizon.purchase)),
        links=case.links,
        not_covered=not_covered,
    )


def case_steps(rows: Sequence[Mapping[str, Any]], *, test_months: int) -> list[CaseStep]:
    """Give the months of a case their coverage over the window of a test."""
    steps = []
    for index, row in enumerate(rows):
        window = rows[max(0, index + 1 - test_months) : index + 1]
        income, interest, principal = (
            math.fsum(month[name] for month in window)
            for name in ("income", "covered_interest_due", "covered_principal_due")
        )
        dscr = _ratio(income, interest + principal)
        steps.append(
            CaseStep(
                **{
                    **row,
                    "date": row["date"].isoformat(),
                    "obligors_in_default": int(row["obligors_in_default"]),
                },
                dscr=dscr,
                icr=_ratio(income, interest),
                principal_coverage=_ratio(income - interest, principal),
                dscr_grade=_grade(dscr),
            )
        )
    return steps


def case_weeks(rows: Table) -> list[CaseWeek]:
    """Read the weeks of a case from the core's table of them."""
    return [CaseWeek(**{**row, "date": row["date"].isoformat()}) for row in rows.rows()]


def _ratio(dividend: float, divisor: float) -> float | None:
    return dividend / divisor if divisor > 0 else None


def _grade(dscr: float | None) -> str | None:
    if dscr is None:
        return None
    return next((grade for limit, grade in _GRADES if dscr >= limit), "insufficient")


def _bases(horizon: Horizon) -> tuple[str, ...]:
    valued = (horizon.waterfall.enterprise_multiple, horizon.waterfall.cap_rate_pct)
    return ("liquidation",) if valued == (None, None) else ("liquidation", "going_concern")


def _waterfall(
    paths: native.DebtPaths, index: int, basis: str, *, defaulted: bool
) -> WaterfallResult:
    figures = dict(paths.waterfall(index, basis, defaulted))
    if basis == "going_concern":  # its timing is not known: only a sale has months
        figures.update(present_value=None, cost_of_carry=None)
    figures["tiers"] = [
        WaterfallTier(**tier, recovery_pct=_percent(tier["paid"], tier["claims"]))
        for tier in figures["tiers"]
    ]
    return WaterfallResult(basis=basis, is_hypothetical=not defaulted, **figures)


def _purchase(paths: native.DebtPaths, index: int, terms: PurchaseTerms) -> PurchaseResult:
    positions, book = paths.purchase(index, terms.price_pct, terms.risk_free_rate_pct)
    rows = Table(positions)
    implied, paid = (
        rows[name].to_numpy().astype(np.float64, copy=False)
        for name in ("implied_default_probability_pct", "paid")
    )
    known = ~np.isnan(implied)
    names = PurchaseResult.__struct_fields__
    figures = {name: figure for name, figure in book.items() if name in names}
    figures["implied_default_probability_pct"] = _ratio(
        math.fsum(implied[known] * paid[known]), math.fsum(paid[known])
    )
    return PurchaseResult(price_pct=terms.price_pct, implied_count=int(known.sum()), **figures)


def _percent(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole > 0 else None


def _runway_counts(counts: Sequence[int]) -> dict[str, int]:
    last = len(counts) - 1
    return {
        f"{months}+" if months == last else str(months): count
        for months, count in enumerate(counts)
        if count
    }
