"""How the outstanding is spread over obligors, sectors, kinds and places of collateral."""

from seawall import native
from seawall.engines.debt.horizon_results import Concentration
from seawall.engines.debt.horizon_types import ConcentrationLimits

_BY = ("obligor", "sector", "collateral_type", "collateral_region", "currency")
_LARGEST = 10


def concentrations(columns: native.DebtBook, limits: ConcentrationLimits) -> list[Concentration]:
    """Measure each kind of part on the first day, in the order of their limits."""
    return [_concentration(columns, by, getattr(limits, f"{by}_pct")) for by in _BY]


def _concentration(columns: native.DebtBook, by: str, limit_pct: float | None) -> Concentration:
    found = native.concentration(
        columns,
        by,
        largest_count=_LARGEST,
        limit=None if limit_pct is None else limit_pct / 100,
    )
    total = found["total"]
    return Concentration(
        by=by,
        largest=[(name, 100 * amount / total) for name, amount in found["largest"]],
        known_pct=100 * found["known_total"] / total if total > 0 else None,
        herfindahl_index=found["herfindahl_index"],
        limit_pct=limit_pct,
        above_limit=[name for name, _ in found["above_limit"]],
    )
