"""What a analyst reads of a horizon, worst first: covenants, wall, waterfall, price."""

from typing import TYPE_CHECKING

from seawall.engines.debt.horizon_results import HorizonResult, WallQuarter
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

_MAXIMA = ("ltv", "leverage")  # worse the higher
_WALL_AMOUNTS = ("due", "refinanced", "gap", "untested", "in_default")


def covenant_list(covenants: Table) -> Table:
    """Covenants by their worst headroom; then ratios without a limit, the worst of a kind first.

    Parameters
    ----------
    covenants : Table
        A run's table of that name.
    """
    import pyarrow
    from pyarrow import compute

    rows = covenants.to_arrow()
    headroom, ratio = rows["worst_headroom"], rows["worst_ratio"]
    is_maximum = compute.is_in(rows["covenant"], value_set=pyarrow.array(_MAXIMA))
    # In breach without a headroom: the ratio was beyond all bounds.
    unbounded = compute.and_(
        compute.is_null(headroom), compute.is_valid(rows["first_breach_month"])
    )
    order = (
        rows.append_column("margin", compute.if_else(unbounded, float("-inf"), headroom))
        .append_column("badness", compute.if_else(is_maximum, compute.negate(ratio), ratio))
        .sort_by([("margin", "ascending"), ("covenant", "ascending"), ("badness", "ascending")])
    )
    for name in ("worst_ratio", "worst_headroom"):
        shown = compute.if_else(compute.is_finite(order[name]), order[name], None)
        order = order.set_column(order.column_names.index(name), name, shown)
    return _named(
        order,
        case_id="case",
        source_record_id="record",
        obligor_id="obligor",
        covenant="covenant",
        limit="limit",
        worst_ratio="worst",
        worst_headroom="headroom",
        first_breach_month="first_breach_month",
        breach_months="breach_months",
        cured="cured",
        in_breach_at_end="in_breach_at_end",
    )


def wall_list(result: HorizonResult) -> Table:
    """The refinancing wall of each case, quarter by quarter."""
    import pyarrow

    rows = [
        {
            "case": case.case_id,
            "quarter": quarter.quarter,
            "maturities": quarter.maturity_count,
            "due": quarter.due,
            "refinanced": quarter.refinanced,
            "gap": quarter.gap,
            "untested": quarter.untested,
            "in_default": quarter.in_default,
            "binding_test": _binding_test(quarter),
        }
        for case in result.cases
        for quarter in case.wall
    ]
    text, number = pyarrow.string(), pyarrow.float64()
    types = (text, text, pyarrow.int64(), *[number] * len(_WALL_AMOUNTS), text)
    names = ("case", "quarter", "maturities", *_WALL_AMOUNTS, "binding_test")
    return Table(pyarrow.Table.from_pylist(rows, pyarrow.schema(zip(names, types, strict=True))))


def _binding_test(quarter: WallQuarter) -> str | None:
    """The test that most of a gap is due to."""
    by_test = quarter.gap_by_test
    return max(by_test, key=by_test.__getitem__) if quarter.gap > 0 else None


def waterfall_list(tiers: Table) -> Table:
    """Tiers of groups by what they are not paid: of groups in default first, then of the others.

    Parameters
    ----------
    tiers : Table
        A run's table of that name.
    """
    from pyarrow import compute

    rows = tiers.to_arrow()
    unpaid = compute.subtract(rows["claims"], rows["paid"])
    ratio = compute.divide(rows["paid"], rows["claims"])  # a tier without claims has no row
    order = (
        rows.append_column("unpaid", unpaid)
        .append_column("recovery_pct", compute.multiply(ratio, 100.0))
        .sort_by([("defaulted", "descending"), ("unpaid", "descending"), ("case_id", "ascending")])
    )
    return _named(
        order,
        case_id="case",
        obligor_id="group",
        obligor_count="obligors",
        defaulted="defaulted",
        tier="tier",
        claims="claims",
        paid="paid",
        unpaid="unpaid",
        recovery_pct="recovery_pct",
        is_fulcrum="fulcrum",
    )


def purchase_list(purchase: Table) -> Table:
    """Positions by what their purchase returns, the least first and the unknown last.

    Parameters
    ----------
    purchase : Table
        A run's table of that name.
    """
    rows = purchase.to_arrow()
    return _named(
        rows.sort_by([("xirr_pct", "ascending"), ("case_id", "ascending")]),
        case_id="case",
        source_record_id="record",
        element="element",
        obligor_id="obligor",
        paid="paid",
        accrued="accrued",
        received="received",
        terminal_value="terminal_value",
        xirr_pct="xirr_pct",
        moic="multiple",
        implied_default_probability_pct="implied_pd_pct",
    )


def _named(rows: "pyarrow.Table", **names: str) -> Table:
    return Table(rows.select(list(names)).rename_columns(list(names.values())))
