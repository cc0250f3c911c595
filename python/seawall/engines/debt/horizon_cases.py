"""The cases of a horizon: the base, presets, a caller's own, and supervisory paths by month."""

from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from seawall.engines.debt.horizon_checks import BASE, check_horizon
from seawall.engines.debt.horizon_links import refinancing_rate_link, revenue_link
from seawall.engines.debt.horizon_types import CaseAssumptions, CaseEntry, Horizon
from seawall.engines.debt.link_types import HorizonLinks, Link, NotCovered
from seawall.engines.debt.links import PathShocks
from seawall.engines.debt.paths import PathRun
from seawall.supervisory import SupervisoryPath

DRIVERS = (
    "revenue_factor",
    "cost_factor",
    "interest_rate_change_factor",
    "interest_rate_delta_pct",
    "collateral_factor",
    "recovery_factor",
    "currency_factor",
)
"""The last axis of a case's drivers; factors but for the change of rates, in points."""

_UNCHANGED = (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0)


PRESETS = {
    "mild": CaseAssumptions(0.9, 1.05, 1.1, 0.95, 0.95, 15, -5),
    "moderate": CaseAssumptions(0.8, 1.15, 1.3, 0.85, 0.85, 30, -10),
    "severe": CaseAssumptions(0.6, 1.3, 2.0, 0.7, 0.7, 60, -20),
}


class HorizonCase(msgspec.Struct, frozen=True, eq=False):
    """A case as the engine takes it."""

    case_id: str
    description: str
    drivers: NDArray[np.float64]  # (months, segment_count, len(DRIVERS)), to be read only
    refinancing_rate_delta_pct: NDArray[np.float64]  # (months,), percentage points
    liquidity_factor: float  # of the opening cash
    collection_days: int  # ≥ 0: how much later receipts come
    payment_days: int  # ≤ 0: how much sooner payments go
    assumptions: CaseAssumptions | None = None  # None: of a supervisory path
    links: list[Link] = []  # of a supervisory path: those that only a horizon has
    not_covered: list[NotCovered] = []


def complete_cases(
    horizon: Horizon,
    *,
    segment_count: int,
    paths: Sequence[PathRun] = (),
) -> list[HorizonCase]:
    """Make every case of a horizon, the base first.

    Parameters
    ----------
    horizon : Horizon
        With its presets and cases.
    segment_count : int
        Of the book.
    paths : sequence
        The supervisory paths of the run over the book's segments.

    Raises
    ------
    InvalidInput
        With its place, such as ``parameters.horizon.cases[0].payment_period_reduction_days``.
    """
    check_horizon(horizon, path_ids=[run.path.path_id for run in paths])
    named = [(BASE, "Nothing changes", CaseAssumptions())]
    named += [(name, f"Preset {name}", PRESETS[name]) for name in horizon.presets]
    for entry in horizon.cases:
        described = "" if entry.description is UNSET else entry.description
        named.append((entry.case_id.strip(), described, _assumptions(entry)))
    cases = [
        _level_case(case_id, described, assumptions, horizon.months, segment_count)
        for case_id, described, assumptions in named
    ]
    if horizon.follow_supervisory:
        cases += [
            supervisory_case(run.path, run.shocks, horizon.links, months=horizon.months)
            for run in paths
        ]
    return cases


def supervisory_case(
    path: SupervisoryPath, shocks: PathShocks, links: HorizonLinks, *, months: int
) -> HorizonCase:
    """Spread a path's quarters over months, day 0 being taken for the end of its jump-off.

    Month m is in quarter ceil(m / 3) after the jump-off; beyond the last quarter its values hold.
    The path's default increment is no driver: here obligors default by their cash flows.
    """
    last = len(path.quarters) - 1
    quarters = [min((month - 1) // 3, last) for month in range(1, months + 1)]
    by_name = {link.name: shocks.shocks[quarters, :, at] for at, link in enumerate(shocks.links)}
    declared_revenue, revenue = revenue_link(path, links)
    declared_rate, new_rate = refinancing_rate_link(path, links)
    segment_count = shocks.shocks.shape[1]
    drivers = np.empty((months, segment_count, len(DRIVERS)))
    drivers[:] = _UNCHANGED
    if not isinstance(revenue, str):
        drivers[:, :, DRIVERS.index("revenue_factor")] = revenue[quarters][:, None]
    drivers[:, :, DRIVERS.index("interest_rate_delta_pct")] = by_name["interest_rate_delta_pct"]
    for driver, shock in (
        ("collateral_factor", "collateral_market_impact"),
        ("recovery_factor", "recovery_degradation"),
        ("currency_factor", "currency_change"),
    ):
        drivers[:, :, DRIVERS.index(driver)] = 1 + by_name[shock]
    return HorizonCase(
        case_id=path.path_id,
        description=path.title,
        drivers=drivers,
        refinancing_rate_delta_pct=(
            np.zeros(months) if isinstance(new_rate, str) else new_rate[quarters]
        ),
        liquidity_factor=1.0,
        collection_days=0,
        payment_days=0,
        links=[declared_revenue, declared_rate],
        not_covered=[
            NotCovered(segment, link.name, found)
            for link, found in ((declared_revenue, revenue), (declared_rate, new_rate))
            if isinstance(found, str)
            for segment in range(segment_count)
        ],
    )


def _level_case(
    case_id: str, description: str, assumed: CaseAssumptions, months: int, segment_count: int
) -> HorizonCase:
    """A case whose factors hold from the first month to the last."""
    row = (
        assumed.revenue_change_factor,
        assumed.cost_change_factor,
        assumed.interest_rate_change_factor,
        0.0,
        assumed.market_value_depreciation_factor,
        assumed.market_value_depreciation_factor,  # what is distressed is sold in the same market
        1.0,
    )
    return HorizonCase(
        case_id=case_id,
        description=description,
        drivers=np.broadcast_to(np.array(row), (months, segment_count, len(DRIVERS))),
        refinancing_rate_delta_pct=np.zeros(months),
        liquidity_factor=assumed.liquidity_shock_factor,
        collection_days=assumed.collection_period_extension_days,
        payment_days=assumed.payment_period_reduction_days,
        assumptions=assumed,
    )


def _assumptions(entry: CaseEntry) -> CaseAssumptions:
    base = CaseAssumptions() if entry.based_on is UNSET else PRESETS[entry.based_on]
    changes = {
        name: getattr(entry, name)
        for name in CaseAssumptions.__struct_fields__
        if getattr(entry, name) is not UNSET
    }
    return msgspec.structs.replace(base, **changes)
