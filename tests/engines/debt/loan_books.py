"""Books of one record a loan, straight into the core, and the settings of a run with a horizon."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from seawall import native

_TEXTS = (
    "source_record_id",
    "obligor_id",
    "currency",
    "rate_type",
    "interest_accrual_method",
    "amortisation",
    "cross_default_group",
)
_DAYS = (
    "origination_date",
    "first_payment_date",
    "next_payment_date",
    "interest_only_until",
    "anticipated_repayment_date",
    "maturity_date",
)
_COUNTS = (
    "record",
    "payment_interval_months",
    "amortization_term_months",
    "original_term_months",
    "interest_only_term_months",
)
NO_LIMITS = {
    f"{kind}_{covenant}": None
    for kind in ("limit", "reset_limit")
    for covenant in ("dscr", "icr", "ltv", "leverage", "debt_yield")
}
SETTINGS: dict[str, Any] = {
    "default_after_months": 3,
    "retains_surplus": False,
    "test_months": 3,
    "cure_months": 3,
    "reset_month": 0,
    "refinancing_rate_pct": None,
    "refinancing_amortization_months": 360,
    "refinancing_max_ltv": None,
    "refinancing_min_dscr": None,
    "refinancing_min_debt_yield": None,
    "refinancing_cap_rate": None,
    "haircut": 0.0,
    "sale_cost": 0.0,
    "administration_cost": 0.0,
    "enterprise_multiple": None,
    "enterprise_cap_rate": None,
    "months_to_sale": 0,
    "months_to_distribution": 0,
    "priming_amount": 0.0,
    **NO_LIMITS,
}
UNCHANGED = (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0)
"""Drivers of a case in which nothing changes."""


def loan_book(loans: Iterable[Mapping[str, Any]]) -> native.DebtBook:
    """Make a book; what a loan does not name is absent, but its currency, which is USD."""
    rows = [
        {"record": i, "source_record_id": f"r{i}", "currency": "USD", **loan}
        for i, loan in enumerate(loans)
    ]
    columns = {
        name: pa.array([row.get(name) for row in rows], _type(name))
        for name in dict.fromkeys(name for row in rows for name in row)
    }
    return native.DebtBook(native.import_table(pa.table(columns)))


def _type(name: str) -> pa.DataType:
    if name in _TEXTS:
        return pa.string()
    if name in _DAYS:
        return pa.date32()
    return pa.int64() if name in _COUNTS else pa.float64()


def run_case(
    book: native.DebtBook,
    *,
    as_of: date,
    months: int,
    drivers: tuple[float, ...] = UNCHANGED,
    threads: int = 1,
    liquidity: float = 1.0,
    collection_days: int = 0,
    payment_days: int = 0,
    **settings: Any,
) -> native.DebtPaths:
    """Run one case whose drivers hold from the first month to the last."""
    cube = np.broadcast_to(np.array(drivers), (months, len(book.segments), len(drivers)))
    case = ("case", cube, [0.0] * months, liquidity, collection_days, payment_days)
    return native.run_debt_paths(book, as_of, months, [case], SETTINGS | settings, threads)
