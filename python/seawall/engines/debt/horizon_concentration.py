"""How the outstanding is spread over obligors, sectors, kinds and places of collateral."""

import math
from collections.abc import Sequence

import msgspec
from msgspec import UNSET

from seawall import native
from seawall.engines.debt.horizon_results import Concentration
from seawall.engines.debt.horizon_types import ConcentrationLimits

_BY = ("obligor", "sector", "collateral_type", "collateral_region", "currency")
_LARGEST = 10


class PartAboveLimit(msgspec.Struct, frozen=True):
    """A part that owes more than one part may, in the book's currency."""

    name: str
    outstanding: float
    excess: float


class MeasuredConcentration(msgspec.Struct, frozen=True):
    """One kind of part, with amounts in the book's currency."""

    summary: Concentration
    total: float
    known_total: float  # of records that say of which part they are
    limit: float | None  # the most that one part may owe; None: there is no limit
    above_limit: list[PartAboveLimit]  # by falling amount


def measure_concentrations(
    columns: native.DebtBook, limits: ConcentrationLimits
) -> list[MeasuredConcentration]:
    """Measure each kind of part on the first day, in the order of their limits."""
    return [_measured(columns, by, getattr(limits, f"{by}_pct")) for by in _BY]


def excess_over(limit: float, outstanding: float) -> float:
    """What a part owes beyond a limit; exactly the limit is none, however it was rounded."""
    if outstanding <= limit or math.isclose(outstanding, limit, rel_tol=1e-12):
        return 0.0
    return outstanding - limit


def _measured(columns: native.DebtBook, by: str, limit_pct: float | None) -> MeasuredConcentration:
    fraction = None if limit_pct is None else limit_pct / 100
    found = native.concentration(columns, by, largest_count=_LARGEST, limit=fraction)
    total, known_total = found["total"], found["known_total"]
    limit = None if fraction is None else fraction * total
    above = [] if limit is None else _above(limit, found["above_limit"])
    return MeasuredConcentration(
        summary=Concentration(
            by=by,
            largest=[(name, 100 * amount / total) for name, amount in found["largest"]],
            known_pct=100 * known_total / total if total > 0 else None,
            herfindahl_index=found["herfindahl_index"],
            limit_pct=limit_pct,
            above_limit=[part.name for part in above],
            excess=UNSET if limit is None else _sum(above) if known_total > 0 else None,
        ),
        total=total,
        known_total=known_total,
        limit=limit,
        above_limit=above,
    )


def _sum(above: Sequence[PartAboveLimit]) -> float:
    return math.fsum(part.excess for part in above)


def _above(limit: float, parts: Sequence[tuple[str, float]]) -> list[PartAboveLimit]:
    named = [PartAboveLimit(name, amount, excess_over(limit, amount)) for name, amount in parts]
    return [part for part in named if part.excess]
