"""What a restructuring analyst reads of a horizon, worst first: covenants, wall, waterfall."""

from typing import TYPE_CHECKING

from seawall.engines.debt.horizon_results import HorizonResult, WallQuarter
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

_MAXIMA = ("ltv", "leverage")  # worse the higher
_WALL_AMOUNTS = ("due", "refinanced", "gap", "untested")


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
    is_maximum = compute.is_in(rows["covenant"], value_set=pyarrow.array(_MAXIMA))
    ratio = rows["worst_ratio"]
    order = rows.append_column(
        "badness", compute.if_else(is_maximum, compute.negate(ratio), ratio)
    ).sort_by(
        [("worst_headroom", "ascending"), ("covenant", "ascending"), ("badness", "ascending")]
    )
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
            "binding_test": _binding_test(quarter),
        }
        for case in result.cases
        for quarter in case.wall
    ]
    text, number = pyarrow.string(), pyarrow.float64()
    types = (text, text, pyarrow.int64(), number, number, number, number, text)
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


def _named(rows: "pyarrow.Table", **names: str) -> Table:
    return Table(rows.select(list(names)).rename_columns(list(names.values())))
