"""Small tapes for simulations, in the shape that the profile ``generic`` reads."""

from collections.abc import Sequence
from typing import Any

from seawall.session import Dataset, Session

COLUMNS = (
    "loan_id",
    "obligor_id",
    "sector",
    "rating",
    "currency",
    "outstanding",
    "collateral_value",
    "pd_pct",
    "lgd_pct",
)


def loan(number: int, **cells: Any) -> dict[str, Any]:
    """One loan of an obligor of its own: PD 5 %, LGD 40 %."""
    return {
        "loan_id": f"L{number}",
        "obligor_id": f"O{number:03}",
        "sector": "power" if number % 2 else "retail",
        "rating": "B",
        "currency": "EUR",
        "outstanding": 1000 + 10 * number,
        "collateral_value": "",
        "pd_pct": 5,
        "lgd_pct": 40,
    } | cells


def ingest(session: Session, loans: Sequence[dict[str, Any]]) -> Dataset:
    lines = [",".join(COLUMNS)]
    lines += [",".join(str(row[name]) for name in COLUMNS) for row in loans]
    return session.ingest("\n".join(lines).encode(), profile="generic", format="csv")
