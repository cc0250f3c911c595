"""The order in which a restructuring analyst reads covenants, wall and waterfall."""

import pyarrow

from seawall.engines.debt.horizon_lists import covenant_list, waterfall_list
from seawall.table import Table


def covenants(*rows: tuple[str, str, float | None, float, float | None]) -> Table:
    names = ("source_record_id", "covenant", "limit", "worst_ratio", "worst_headroom")
    made = [
        {
            "case_id": "base",
            "obligor_id": "o",
            "first_breach_month": 1,
            "breach_months": 0,
            "cured": False,
            "in_breach_at_end": False,
            **dict(zip(names, row, strict=True)),
        }
        for row in rows
    ]
    table = pyarrow.Table.from_pylist(made)
    for name in ("limit", "worst_headroom"):  # also where all of them are absent
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].cast(pyarrow.float64()))
    return Table(table)


def test_the_least_headroom_comes_first_and_what_has_no_limit_last() -> None:
    listed = covenant_list(
        covenants(
            ("free", "dscr", None, 0.2, None),
            ("near", "dscr", 1.2, 1.25, 0.04),
            ("broken", "ltv", 0.7, 0.9, -0.28),
        )
    )
    assert [row["record"] for row in listed.rows()] == ["broken", "near", "free"]


def test_without_limits_the_worst_ratio_of_a_kind_comes_first() -> None:
    listed = covenant_list(
        covenants(
            ("a", "ltv", None, 0.5, None),
            ("b", "dscr", None, 2.0, None),
            ("c", "ltv", None, 0.9, None),
            ("d", "dscr", None, 1.0, None),
        )
    )
    assert [row["record"] for row in listed.rows()] == ["d", "b", "c", "a"]


def test_groups_in_default_come_first_by_what_is_unpaid() -> None:
    rows = [
        {
            "case_id": "base",
            "obligor_id": group,
            "obligor_count": 1,
            "defaulted": defaulted,
            "tier": "senior",
            "claims": 100.0,
            "paid": paid,
            "is_fulcrum": False,
        }
        for group, defaulted, paid in (("a", False, 0.0), ("b", True, 60.0), ("c", True, 40.0))
    ]
    listed = list(waterfall_list(Table(pyarrow.Table.from_pylist(rows))).rows())
    assert [row["group"] for row in listed] == ["c", "b", "a"]
    assert [row["unpaid"] for row in listed] == [60.0, 40.0, 100.0]
    assert listed[1]["recovery_pct"] == 60.0
