"""A hand-made purchase of a book, and what a change of terms changes in each case."""

from typing import Any

from seawall.engines.debt.horizon_results import WhatIfFigures


def purchase(strain: float) -> dict[str, Any]:
    """At 80 %; the return falls with the strain, and at the worst nothing is known of it."""
    known = strain < 1
    return {
        "price_pct": 80.0,
        "paid": 5.76e8,
        "accrued": 1.5e6,
        "received": 6e7 * (1 - strain),
        "terminal_value": 6.5e8 * (1 - strain / 3),
        "xirr_pct": 21.345 - 30 * strain if known else None,
        "monthly_irr_pct": 21.405 - 30 * strain if known else None,
        "moic": 1.2326 - strain / 2 if known else None,
        "implied_default_probability_pct": 4.125 if strain else None,
        "implied_count": 37 if strain else 0,
        "unknown_count": 5,
        "flows": [],
    }


def what_if(what_if_id: str, *case_ids: str, **changes: float | None) -> dict[str, Any]:
    """Nothing but these figures changes, in every case."""
    ratios = {"received": None, "terminal_value": None, "xirr_pct": None, "moic": None}
    before = dict.fromkeys(WhatIfFigures.__struct_fields__, 1e6)
    before |= {"obligors_in_default": 4, "breach_count": 1_009, **ratios}
    after = before | changes
    difference = {
        name: None if None in (before[name], after[name]) else after[name] - before[name]
        for name in before
    }
    return {
        "what_if_id": what_if_id,
        "kind": "amend_and_extend",
        "record": 16,
        "source_record_id": "L017",
        "element": None,
        "obligor_id": "OB0017",
        "cases": [
            {"case_id": name, "before": before, "after": after, "difference": difference}
            for name in case_ids
        ],
    }
